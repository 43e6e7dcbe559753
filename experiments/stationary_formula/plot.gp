# a: stationary error over eta sigma^2 against eta for five activations; b, c: quadratic units with
# unequal v* turn to where label noise costs least.
width = 17.8; height = 8.6
load "figures/style.gp"
array act[5] = ["linear", "erf", "tanh", "relu", "quadratic"]
array label[5] = ["linear", "erf", "tanh", "ReLU", "quadratic"]
# one number of each result: activation, eta, level
set print $levels
do for [a=1:5] {
    do for [e in (a < 5 ? "0.0025 0.005 0.01 0.02 0.04 0.07 0.1" : "0.0025 0.005 0.01 0.02 0.04 0.07")] {
        stats table(sprintf("%s-eta_w%s", act[a], e), "theory") using (column("fixed_eps_g")) every ::0::0 nooutput
        print sprintf("%d,%s,%.9g", a, e, STATS_min/(0.01*real(e)))
    }
}
unset print
row(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("alpha") == 600 ? x : NaN
run(a, e) = a == 5 ? "run-quadratic" : sprintf("run-%s-eta_w%s", act[a], e)
set multiplot

set lmargin at screen 0.095; set rmargin at screen 0.50
set bmargin at screen 0.165; set tmargin at screen 0.93
set label 1 "{/:Bold a}" at screen 0.012,0.96
set logscale xy
set xrange [0.002:0.125]
set yrange [0.1:9]
set ytics (0.1, 0.2, 0.5, 1, 2, 5)
set xtics (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1)
set xlabel "learning rate η_w" offset 0,0.3
set ylabel "stationary error{/:Italic  ε_g}* / (η_w σ^2)" offset 1
set key at graph 0.02,0.60 top left reverse Left samplen 3 maxrows 3
# the key from the top curve down
order(a) = int(word("5 1 4 3 2", a))
plot for [b=1:5] $levels using ($1 == order(b) ? $2 : NaN):3 with lines ls order(b) title label[order(b)], \
     for [a=1:5] agreement using (0.04):(row(run(a, "0.04"), column("sgd")/0.0004)):(column("se")/0.0004) with yerrorbars ls 10+a \
         title (a == 1 ? "SGD" : ""), \
     for [a=1:4] agreement using (0.1):(row(run(a, "0.1"), column("sgd")/0.001)):(column("se")/0.001) with yerrorbars ls 10+a

unset logscale y
set lmargin at screen 0.60; set rmargin at screen 0.985
set bmargin at screen 0.57; set tmargin at screen 0.93
set label 1 "{/:Bold b}" at screen 0.525,0.96
set xrange [3:30000]
set xtics auto; set format x ""
set yrange [0:3]
set ytics 1
unset xlabel
set ylabel "{/:Italic ε_g }/ (η_w σ^2)" offset 0.5
set key at graph 0.97,0.42 top right samplen 3
# every second time
of(q, x) = int(column(0)) % 2 == 0 && stringcolumn("curve") eq "drift-run" && stringcolumn("quantity") eq q && column("alpha") > 0 ? x : NaN
plot table("drift-run", "theory") using "alpha":(column("eps_g")/0.01) with lines ls 5 title "theory", \
     agreement using (of("eps_g", column("alpha"))):(column("sgd")/0.01):(column("se")/0.01) with yerrorbars ls 15 title "SGD"

set bmargin at screen 0.165; set tmargin at screen 0.53
set label 1 "{/:Bold c}" at screen 0.525,0.56
set format x log_labels
set yrange [-0.1:2.9]
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.3
set ylabel "overlaps{/:Italic  Q}" offset 0.5
set key at graph 0.03,0.98  top left reverse Left samplen 3
array Q[3] = ["Q_0_0", "Q_1_1", "Q_1_0"]
array Qname[3] = ["{/:Italic Q}_{11}", "{/:Italic Q}_{22}", "{/:Italic Q}_{12}"]
plot for [i=1:3] table("drift-run", "theory") using "alpha":Q[i] with lines ls i+1 title Qname[i], \
     for [i=1:3] agreement using (of(Q[i], column("alpha"))):"sgd":"se" with yerrorbars ls i+11
unset multiplot
