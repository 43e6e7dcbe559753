# Eigenvalues of trained students in 40 dimensions, bins of a quarter (points), and theory (lines).
# a: few samples; b: enough for the teacher's part to stand apart; c: label noise; d: fewer units.
width = 17.8; height = 9.6
load "figures/style.gp"
array id[4] = ["few", "parted", "merged", "narrow"]
array what[4] = ["{/:Italic α }= 0.2", "{/:Italic α }= 0.4", "{/:Italic α }= 0.5, {/:Italic Δ }= 1", "{/:Italic α }= 0.5, {/:Italic Δ }= 1, {/:Italic κ }= 0.4"]
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "density" ? x : NaN

set multiplot layout 2,2 margins 0.075,0.99,0.125,0.95 spacing 0.08,0.13
set xrange [0:8.6]
set xtics 2
set logscale y
set format y log_labels
set yrange [0.003:5]
set key top right samplen 2.5
do for [p=1:4] {
    set label 1 sprintf("{/:Bold %s}   %s", "abcd"[p:p], what[p]) at graph 0.0,1.05
    set xlabel (p > 2 ? "eigenvalue {/:Italic z}" : "") offset 0,0.4
    set ylabel (p % 2 ? "density" : "") offset 0.5
    plot agreement using (row(id[p], column("z"))):"sgd":"se" with yerrorbars ls 12 title (p == 1 ? "networks" : ""), \
         table("line-" . id[p], "theory") using "z":"density" with lines ls 3 dt 1 title (p == 1 ? "theory" : "")
}
unset multiplot
