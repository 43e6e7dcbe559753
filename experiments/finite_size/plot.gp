# a: sqrt(N) times the spread of the runs falls on one curve, which is theory's. b: spread and mean of
# the deviation against N, also of ReLU units. c: runs that start on a plateau and leave it. Lines: theory; points: runs.
width = 17.8; height = 7.6
load "figures/style.gp"
array size[5] = [100, 1000, 10000, 100000, 1000000]
array few[3] = [25, 50, 100]
array at[2] = [1, 10]
array early[5]
array late[5]
array mean[3]
array relu[3]
id(N) = sprintf("run-N%d", N)
# rows of agreement.csv that are about eps_g of this curve; rows near this time
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "eps_g" ? x : NaN
fourth(x) = int(x) % 10 == 0 ? x : NaN # not all points, for legibility
near(t, x) = abs(column("alpha") / t - 1) < 0.05 ? x : NaN
# agreement.csv again: this family of curves at this time
of(family, t, x) = strcol("curve")[1:strlen(family)] eq family && strcol("quantity") eq "eps_g" ? near(t, x) : NaN
inputs(c) = strstrt(c, "-N") ? real(c[strstrt(c, "-N") + 2:*]) : NaN
do for [i=1:5] {
    stats table(id(size[i]), "theory") using (near(at[1], column("sd_eps_g"))) nooutput
    early[i] = STATS_mean
    stats table(id(size[i]), "theory") using (near(at[2], column("sd_eps_g"))) nooutput
    late[i] = STATS_mean
}
do for [i=1:3] {
    stats table(sprintf("mean-N%d", few[i]), "theory") using (near(20, column("bias_eps_g"))) nooutput
    mean[i] = STATS_mean
}
do for [i=1:3] {
    stats table(sprintf("relu-N%d", size[i]), "theory") using (near(at[2], column("sd_eps_g"))) nooutput
    relu[i] = STATS_mean
}
set multiplot layout 1,3 margins 0.09,0.985,0.17,0.92 spacing 0.1,0.1

set label 1 "{/:Bold a}   √N × spread of the runs" at graph 0.0,1.05
set logscale xy
set xrange [0.08:12]
set yrange [0.0003:0.4]
set xlabel "α = steps / N" offset 0,0.4
set ylabel "√N × standard deviation of{/:Italic  ε_g}" offset 0.5
set format y log_labels
set key bottom left reverse Left samplen 1.5
plot for [i=1:5] agreement using (row(id(size[i]), column("alpha"))):(sqrt(size[i])*column("sd")):(sqrt(size[i])*column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 11+i title sprintf("{/:Italic N }= 10^{%d}", i + 1), \
     table(id(size[2]), "theory") using "alpha":(sqrt(size[2])*column("sd_eps_g")) with lines ls 1 title "theory"

set label 1 "{/:Bold b}   against N"
set xrange [12:2e6]
set yrange [3e-6:5]
set xlabel "{/:Italic N}"
set ylabel "deviation of{/:Italic  ε_g }from theory" offset 0.5
set format x log_labels
set key top right noreverse Right
plot sample [i=1:5:1] '+' using (size[int(i)]):(early[int(i)]) with lines ls 2 notitle, [i=1:5:1] '+' using (size[int(i)]):(late[int(i)]) with lines ls 3 notitle, \
     [i=1:3:1] '+' using (size[int(i)]):(relu[int(i)]) with lines ls 5 notitle, \
     [i=1:3:1] '+' using (few[int(i)]):(mean[int(i)]) with lines ls 4 notitle, \
     for [k=1:2] agreement using (of("run-", at[k], inputs(strcol("curve")))):"sd":(column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 11+k title sprintf("spread, α = %d", at[k]), \
     agreement using (of("relu-", at[2], inputs(strcol("curve")))):"sd":(column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 15 title "ReLU, α = 10", \
     agreement using (of("mean-", 20, inputs(strcol("curve")))):"deviation":"se" with yerrorbars ls 14 title "mean, α = 20"

set label 1 "{/:Bold c}   from a plateau, N = 2000"
unset logscale
set xrange [0:200]
set yrange [0:0.032]
set xlabel "α = steps / N"
set ylabel "{/:Italic ε_g};   20 × its standard deviation" offset 0.5
set format x "%g"
set format y "%g"
plot table("plateau", "theory") using "alpha":"eps_g" with lines ls 1 title "{/:Italic ε_g}, theory", \
     agreement using (row("plateau", fourth(column("alpha")))):"sgd":"se" with yerrorbars ls 11 title "mean of the runs", \
     table("plateau", "theory") using "alpha":(20*column("sd_eps_g")) with lines ls 2 title "spread, theory", \
     agreement using (row("plateau", fourth(column("alpha")))):(20*column("sd")):(20*column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 12 title "spread of the runs"
unset multiplot
