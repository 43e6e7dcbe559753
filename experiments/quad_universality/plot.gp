# Networks taught by symmetric Gaussian matrices and by samples of rank one. a: error against samples/d^2, d = 32; b: what it
# exceeds theory by against d, alpha = 0.6, and powers of d; c: rank of the student against d with few samples of rank one.
width = 17.8; height = 6.8
load "figures/style.gp"
array kind[2] = ["goe", "rank-one"]
array label[2] = ["Gaussian", "{/:Italic x x}^T − 1"]
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity ? x : NaN
dim(c) = strstrt(c, "-d") ? real(c[strstrt(c, "-d") + 2:*]) : NaN
of(kind, quantity, x) = strstrt(strcol("curve"), kind . "-d") == 1 && strcol("quantity") eq quantity ? x : NaN

set multiplot layout 1,3 margins 0.075,0.99,0.18,0.92 spacing 0.09,0.1
set label 1 "{/:Bold a}" at graph -0.2,1.04
set xrange [0:1.1]
set xtics 0.2
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set logscale y
set format y log_labels
set yrange [0.06:9]
set ylabel "mse" offset 0.5
set key top right samplen 2.5
plot table("line", "theory") using "alpha":"mse" with lines ls 1 title "theory", \
     for [i=1:2] agreement using (row(kind[i], "mse", column("alpha"))):"sgd":"se" with yerrorbars ls 11+i title label[i]

set label 1 "{/:Bold b}"
set logscale x
set xrange [13:44]
set xtics (16, 24, 36)
set xlabel "dimension {/:Italic d}" offset 0,0.4
set yrange [0.015:0.6]
set ylabel "mse/theory − 1" offset 0.5
set key bottom left reverse Left samplen 2.5
plot 3/x with lines ls 8 title "∝ 1/{/:Italic d}", \
     for [i=1:2] agreement using (dim(strcol("curve"))):(of(kind[i], "mse", column("deviation") / column("theory"))):(column("se") / column("theory")) with yerrorbars ls 11+i title label[i]

set label 1 "{/:Bold c}"
set xrange [13:80]
set xtics (16, 32, 64)
unset logscale y
set format y "%g"
set yrange [0:1.1]
stats table("few-d16", "theory") using "rank" nooutput
set ylabel "rank /{/:Italic d}" offset 1
set key top right noreverse Right samplen 2.5
plot STATS_max with lines ls 1 title "theory, {/:Italic α }= 0.1", \
     agreement using (dim(strcol("curve"))):(of("few", "rank", column("sgd"))):"se" with yerrorbars ls 13 title "{/:Italic x x}^T − 1", \
     agreement using (row("few-clean", "rank", 32)):"sgd":"se" with yerrorbars ls 15 title "the same, {/:Italic Δ }= 0"
unset multiplot
