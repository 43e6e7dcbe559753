# a: stationary error over eta sigma^2 against the number of units to spare; b: its excess over the
# limit of small eta; c: much later, units to spare pair off and cancel; thin lines and filled points: from random weights.
width = 17.8; height = 8.8
load "figures/style.gp"
etas = "0.001 0.003 0.01 0.03 0.1"
id(e, k) = e eq "0.1" ? sprintf("large-K%d", k) : sprintf("grid-eta_w%s-K%d", e, k)
# one number of each result: L, eta, level, level over that of the smallest eta; a line for each L
limit = NaN
set print $levels
do for [k=2:6] {
    do for [e in etas] {
        stats table(id(e, k), "theory") using (column("fixed_eps_g")) every ::0::0 nooutput
        level = STATS_min/(0.01*real(e))
        if (e eq "0.001") { limit = level }
        print sprintf("%d,%s,%.9g,%.9g", k - 2, e, level, level/limit)
    }
}
unset print
set multiplot

set lmargin at screen 0.08; set rmargin at screen 0.33
set bmargin at screen 0.15; set tmargin at screen 0.93
set label 1 "{/:Bold a}" at screen 0.012,0.96
set xrange [-0.3:4.3]; set xtics 1
set yrange [0:1.1]; set ytics 0.2
set xlabel "units to spare{/:Italic  L }={/:Italic  K }−{/:Italic  M}" offset 0,0.3
set ylabel "stationary error{/:Italic  ε_g}* / (η_w σ^2)" offset 0.8
set key top left reverse Left samplen 3
array shown[3] = ["0.1", "0.03", "0.001"]
row(e, k, x) = stringcolumn("curve") eq sprintf("run-eta_w%s-K%d", e, k) && stringcolumn("quantity") eq "eps_g" && column("alpha") == 300 ? x : NaN
plot for [i=1:3] $levels using 1:3 every 5::(i == 1 ? 4 : i == 2 ? 3 : 0) with lines ls i title "η_w = ".shown[i], \
     for [i=1:2] for [k=2:6] agreement using (k - 2):(row(shown[i], k, column("sgd")/(0.01*real(shown[i])))):(column("se")/(0.01*real(shown[i]))) \
         with yerrorbars ls i+10 title (i == 1 && k == 2 ? "SGD" : "")

set lmargin at screen 0.42; set rmargin at screen 0.64
set label 1 "{/:Bold b}" at screen 0.345,0.96
set logscale xy
set xrange [0.0025:0.12]; set xtics (0.003, 0.01, 0.03, 0.1)
set yrange [5e-4:1]; set ytics auto; set format y log_labels
set xlabel "learning rate η_w"
set ylabel "{/:Italic ε_g}*/η_w  over its value at η_w = 0.001, − 1" offset 1.3
set key top left reverse Left samplen 3
plot for [i=0:4] $levels using ($1 == i && $2 > 0.002 ? $2 : NaN):($4 - 1) with linespoints ls i+1 title sprintf("{/:Italic L }= %d", i)

set lmargin at screen 0.735; set rmargin at screen 0.985
set label 1 "{/:Bold c}" at screen 0.66,0.96
set xrange [10:1000000]; set xtics (10, 1000, 100000) ; set format x log_labels
set yrange [0.07:2]; set ytics (0.1, 0.2, 0.5, 1, 2); set format y "%g"
set xlabel "{/:Italic α }= steps /{/:Italic  N}"
set ylabel "{/:Italic ε_g }/ (η_w σ^2)" offset 1.5
set key bottom left reverse Left samplen 2 maxrows 3
array style[5] = [1, 2, 3, 4, 5]
of(k, x) = int(column(0)) % 3 == 0 && stringcolumn("curve") eq sprintf("long-run-K%d", k) && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
late(k, x) = stringcolumn("curve") eq sprintf("random-run-K%d", k) && stringcolumn("quantity") eq "eps_g" && (x == 1000 || x == 3000 || x == 5000) ? x : NaN
plot for [k=2:6] table(sprintf("long-K%d", k), "theory") using "alpha":(column("eps_g")/0.027) with lines ls k-1 title sprintf("{/:Italic L }= %d", k - 2), \
     for [k=2:4] agreement using (of(k, column("alpha"))):(column("sgd")/0.027):(column("se")/0.027) with yerrorbars ls k+9, \
     for [k=2:4] table(sprintf("random-K%d", k), "theory") using (of_seed(1, column("alpha"))):(column("eps_g")/0.027) with lines ls k-1 lw 0.7, \
     for [k=2:4] agreement using (late(k, column("alpha"))):(column("sgd")/0.027):(column("se")/0.027) with yerrorbars ls 16 title (k == 4 ? "random" : "")
unset multiplot
