# Overlaps of runs of finite N, both layers trained (filled) or the first one (open), at alpha = 5. a: standard deviation
# of a run, b: mean of its deviation from theory, against N. Lines: theory, exactly as N^-1/2 and 1/N; points: runs.
width = 17.8; height = 7.6
load "figures/style.gp"
array family[2] = ["both", "first"]
array of[5] = ["both", "both", "both", "first", "first"]
array quantity[5] = ["R_0_0", "Q_0_0", "v_0", "R_0_0", "Q_0_0"]
array colour[5] = [2, 3, 4, 2, 3]
array mark[5] = [7, 5, 9, 6, 4]
array dash[5] = [1, 1, 1, 2, 2]
array sd[5]
array bias[5]
late(x) = column("alpha") == 5 ? x : NaN
do for [i=1:5] {
    stats table(of[i] . "-N300", "theory") using (late(column("sd_" . quantity[i]))) nooutput
    sd[i] = STATS_mean * sqrt(300)
    stats table(of[i] . "-mean-N50", "theory") using (column("bias_" . quantity[i])) nooutput
    bias[i] = STATS_mean * 50
}
inputs(c) = real(c[strstrt(c, "-N") + 2:*])
# rows of agreement.csv: this quantity of the curves whose names start so
row(start, q, x) = strcol("curve")[1:strlen(start)] eq start && strcol("quantity") eq q ? late(x) : NaN
N(start, q) = row(start, q, inputs(strcol("curve")))
label(i) = sprintf("{/:Italic %s}_{%s}%s", quantity[i][1:1], quantity[i][1:1] eq "v" ? "0" : "00", of[i] eq "both" ? ", both layers" : ", first layer")

set multiplot layout 1,2 margins 0.085,0.985,0.16,0.91 spacing 0.1,0.1
set logscale xy
set format x log_labels
set format y log_labels
set xlabel "{/:Italic N}" offset 0,0.3

set label 1 "{/:Bold a}   spread, {/:Italic N}^{ −1/2}" at graph 0.0,1.05
set xrange [20:60000]
set yrange [0.0007:0.2]
set ylabel "standard deviation of a run" offset 0.5
plot for [i=1:5] sd[i]/sqrt(x) with lines ls colour[i] dt dash[i] notitle, \
     for [i=1:5] agreement using (N(of[i] . "-N", quantity[i])):"sd":(column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 10+colour[i] pt mark[i] notitle, \
     for [i=1:3] agreement using (N("weights-N", quantity[i])):"sd":(column("sd")/sqrt(2*column("n"))) \
         with yerrorbars ls 11 pt 2 ps 0.6*u notitle

set label 1 "{/:Bold b}   shift of the mean, 1/{/:Italic N}"
set xrange [20:130]
set yrange [0.0012:2]
set format x "%g"
set xtics (25, 50, 100)
set ytics ("0.002" 0.002, "0.005" 0.005, "0.01" 0.01, "0.02" 0.02, "0.05" 0.05, "0.1" 0.1, "1" 1)
set ylabel "|mean of the runs − theory|" offset 0.5
set key top right Left reverse samplen 3
plot for [i=1:5] abs(bias[i])/x with lines ls colour[i] dt dash[i] notitle, \
     for [i=1:5] agreement using (N(of[i] . "-mean-N", quantity[i])):(abs(column("deviation"))):"se" \
         with yerrorbars ls 10+colour[i] pt mark[i] notitle, \
     for [i=1:3] agreement using (N("weights-mean-N", quantity[i])):(abs(column("deviation"))):"se" \
         with yerrorbars ls 11 pt 2 ps 0.6*u notitle, \
     for [i=1:5] keyentry with linespoints ls colour[i] dt dash[i] pt mark[i] title label(i), \
     keyentry with points ls 11 pt 2 ps 0.6*u title "both layers, engine weights"
unset multiplot
