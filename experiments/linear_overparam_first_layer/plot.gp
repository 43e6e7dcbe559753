# a: stationary error against eta_w K: one curve for all sizes, with a pole; b: eps_g below the pole,
# at it and beyond it.
width = 17.8; height = 8.6
load "figures/style.gp"
array K[3] = [2, 4, 8]
array etas[3] = ["0.005 0.01 0.02 0.03 0.05 0.1 0.15 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.95 0.98 0.99", "0.0025 0.005 0.01 0.02 0.03 0.05 0.075 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.475 0.49 0.495", \
                 "0.00125 0.0025 0.005 0.01 0.02 0.03 0.05 0.075 0.1 0.125 0.15 0.175 0.2 0.225 0.2375 0.245 0.2475"]
array runs[3] = ["0.1 0.4 0.75 0.9", "0.075 0.15 0.3 0.425", "0.0125 0.125 0.175 0.2125"]
# one number of each result: size, eta K, level
set print $levels
do for [i=1:3] {
    do for [e in etas[i]] {
        stats table(sprintf("grid-K%d-eta_w%s", K[i], e), "theory") using (column("fixed_eps_g")) every ::0::0 nooutput
        print sprintf("%d,%.9g,%.9g", i, K[i]*real(e), STATS_min/0.01)
    }
}
unset print
set multiplot

set lmargin at screen 0.095; set rmargin at screen 0.50
set bmargin at screen 0.165; set tmargin at screen 0.93
set label 1 "{/:Bold a}" at screen 0.012,0.96
set logscale y
set xrange [0:2.1]
set yrange [0.003:100]
set format y log_labels
set xlabel "η_w{/:Italic  K}" offset 0,0.3
set ylabel "stationary error{/:Italic  ε_g}* / σ^2" offset 0.5
set key top left reverse Left samplen 4
set arrow 1 from 2,0.003 to 2,100 nohead ls 100
set label 2 "pole" at 1.98,0.006 right
row(i, e, x) = stringcolumn("curve") eq sprintf("run-K%d-eta_w%s", K[i], e) && stringcolumn("quantity") eq "eps_g" && column("alpha") == 60 ? x : NaN
plot for [i=1:3] $levels using ($1 == i ? $2 : NaN):3 with lines ls i title sprintf("theory,{/:Italic  K }= %d", K[i]), \
     for [j=1:4] agreement using (K[1]*real(word(runs[1], j))):(row(1, word(runs[1], j), column("sgd")/0.01)):(column("se")/0.01) with yerrorbars ls 11 title (j == 1 ? "SGD,{/:Italic  K }= 2" : ""), \
     for [j=1:4] agreement using (K[2]*real(word(runs[2], j))):(row(2, word(runs[2], j), column("sgd")/0.01)):(column("se")/0.01) with yerrorbars ls 12 title (j == 1 ? "SGD,{/:Italic  K }= 4" : ""), \
     for [j=1:4] agreement using (K[3]*real(word(runs[3], j))):(row(3, word(runs[3], j), column("sgd")/0.01)):(column("se")/0.01) with yerrorbars ls 13 title (j == 1 ? "SGD,{/:Italic  K }= 8" : "")

set lmargin at screen 0.60; set rmargin at screen 0.985
unset arrow 1; unset label 2
set label 1 "{/:Bold b}" at screen 0.525,0.96
set xrange [0:20.5]
set yrange [0.5:60000]
set xlabel "{/:Italic α }= steps /{/:Italic  N}"
set ylabel "{/:Italic ε_g }/ σ^2" offset 0.8
set key top left reverse Left samplen 4
array shown[3] = ["0.55", "0.5", "0.45"]
of(e, x) = int(column(0)) % 4 == 0 && stringcolumn("curve") eq "path-eta_w".e && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
plot for [i=1:3] table("path-eta_w".shown[i], "theory") using "alpha":(column("eps_g")/0.01) with lines ls i title sprintf("η_w{/:Italic  K }= %g", 4*real(shown[i])), \
     for [i=1:3] agreement using (of(shown[i], column("alpha"))):(column("sgd")/0.01):(column("se")/0.01) with yerrorbars ls 10+i title (i == 1 ? "SGD" : "")
unset multiplot
