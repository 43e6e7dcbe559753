# a: thresholds against the student's width for three teachers, lines: as lambda -> 0; dotted: of interpolation.
# b: error of wide students in 32 dimensions against samples/d^2, lambda = 0.001 (theory: line) and gradient flow without.
# c: of three widths in 30 dimensions, lambda = 0.002, on both sides of their thresholds (grey).
# d: theory's training loss at lambda = 10^-7, over its largest value, against alpha over the closed form's threshold.
width = 17.8; height = 13.4
load "figures/style.gp"
array id[3] = ["thin", "third", "half"]
of(i, k) = table(id[i] . "-kappa" . k, "theory")
set print $map1
do for [k in "0.1 0.11 0.13 0.15 0.2 0.25 0.3 0.35 0.4 0.5 0.6 0.8 1"] {
    stats of(1, k) using "alpha_pr_plus" nooutput; x = STATS_max
    stats of(1, k) using "alpha_inter" nooutput; print k, ",", x, ",", STATS_max
}
set print $map2
do for [k in "0.3 0.31 0.33 0.35 0.4 0.45 0.5 0.55 0.6 0.65 0.7 0.8 1"] {
    stats of(2, k) using "alpha_pr_plus" nooutput; x = STATS_max
    stats of(2, k) using "alpha_inter" nooutput; print k, ",", x, ",", STATS_max
}
set print $map3
do for [k in "0.5 0.51 0.53 0.55 0.6 0.65 0.7 0.75 0.8 0.9 1"] {
    stats of(3, k) using "alpha_pr_plus" nooutput; x = STATS_max
    stats of(3, k) using "alpha_inter" nooutput; print k, ",", x, ",", STATS_max
}
set print
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "mse" ? x : NaN

set multiplot layout 2,2 margins 0.095,0.985,0.085,0.96 spacing 0.1,0.13
set label 1 "{/:Bold a}" at graph -0.14,1.04
set xrange [0:1.02]
set yrange [0.08:0.5]
set xlabel "width of the student {/:Italic κ}" offset 0,0.4
set ylabel "samples/{/:Italic d }^2" offset 1
set key top left reverse Left samplen 3
plot $map1 using 1:2 with lines ls 2 dt 1 title "κ* = 0.1", $map1 using 1:3 with lines ls 2 dt 3 notitle, \
     $map2 using 1:2 with lines ls 3 dt 1 title "κ* = 0.3", $map2 using 1:3 with lines ls 3 dt 3 notitle, \
     $map3 using 1:2 with lines ls 4 dt 1 title "κ* = 0.5", $map3 using 1:3 with lines ls 4 dt 3 notitle

set label 1 "{/:Bold b}"
set xrange [0.02:0.55]
set xtics 0.1
set logscale y
set yrange [1e-6:8]
set format y log_labels
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set ylabel "mse" offset 0.5
set key bottom left reverse Left samplen 2
plot table("line", "theory") using "alpha":"mse" with lines ls 3 title "λ = 0.001", \
     agreement using (row("ridge", column("alpha"))):"sgd":"se" with yerrorbars ls 13 notitle, \
     table("flow", "sgd") using "alpha":"mse" with points ls 12 title "λ = 0, κ = 1", \
     table("narrow-flow", "sgd") using (0.335):"mse" with points ls 14 title "λ = 0, κ = 0.31", \
     for [g in "0.01 0.0001"] table("start-gamma" . g, "sgd") using (g eq "0.01" ? 0.322 : 0.318):"mse" with points ls 15 title (g eq "0.01" ? "λ = 0, small start" : "")

set label 1 "{/:Bold c}"
set xrange [0.15:0.55]
array wide[3] = ["0.4", "0.6", "1"]
is(k, c) = c eq "short-kappa" . k || strstrt(c, "near-kappa" . k . "-") == 1 || c eq "beyond-kappa" . k . "-lambda0.002"
side(k, x) = is(k, strcol("curve")) && strcol("quantity") eq "mse" ? x : NaN
set arrow 1 from 0.3176,graph 0 to 0.3176,graph 1 nohead ls 100
set arrow 2 from 0.3272,graph 0 to 0.3272,graph 1 nohead ls 100
plot table("side-line-kappa0.4", "theory") using "alpha":"mse" with lines ls 2 title "κ = 0.4", \
     table("side-line-kappa1", "theory") using "alpha":"mse" with lines ls 4 title "κ = 0.6, 1", \
     for [i=1:3] agreement using (column("alpha") + 0.01 * (i - 2)):(side(wide[i], column("sgd"))):"se" with yerrorbars ls 11+i notitle
unset arrow

set label 1 "{/:Bold d}"
unset logscale y
set format y "%g"
array peak[5] = ["thin", "third", "third-narrow", "half", "half-narrow"]
array threshold[5] = [0.157572, 0.327155, 0.317614, 0.422175, 0.417660]
array called[5] = ["κ* = 0.1, κ = 1", "0.3, 1", "0.3, 0.4", "0.5, 1", "0.5, 0.6"]
array most[5]
set xrange [*:*]
set yrange [*:*]
do for [i=1:5] {
    stats table("peak-" . peak[i], "theory") using "loss_train" nooutput
    most[i] = STATS_max
}
set xrange [0.979:1.021]
set xtics 0.01
set yrange [0.15:1.02]
set xlabel "samples over those of the threshold" offset 0,0.4
set ylabel "training loss, over its largest" offset 1
set arrow 1 from 1,graph 0 to 1,graph 1 nohead ls 100
plot for [i=1:5] table("peak-" . peak[i], "theory") using (column("alpha") / threshold[i]):(column("loss_train") / most[i]) with lines ls 1+i title called[i]
unset multiplot
