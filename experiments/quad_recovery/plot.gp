# a: thresholds against the student's width for three teachers, lines: as lambda -> 0; dotted: of interpolation.
# b: error of wide students in 32 dimensions against samples/d^2, lambda = 0.001 (theory: line) and gradient flow without.
width = 17.8; height = 7.2
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

set multiplot layout 1,2 margins 0.095,0.985,0.16,0.93 spacing 0.1,0.1
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
unset multiplot
