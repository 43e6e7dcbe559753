# a: the error of wide quadratic students at two strengths of SGD's noise: SGD (points), particles with
# the noise (lines) and without (grey); dashes at the right: what the claim says is left in the end.
# b: what the units have within the teacher's subspace (mean square of an overlap) and outside of it.
width = 17.8; height = 7.6
load "figures/style.gp"
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity ? x : NaN
array curve[2] = ["noisy", "quiet"]
array noise[2] = [0.02, 0.008]
array label[2] = ["γ/p = 0.02", "γ/p = 0.008"]
sigma = 0.5
# smooth unique averages over seeds; the start, out of sight, must not break the line
later(t) = t > 0 ? t : 1e-9

set multiplot layout 1,2 margins 0.09,0.985,0.16,0.92 spacing 0.1,0.1
set logscale xy
set xrange [0.08:14]
set xlabel "{/:Italic t} = α γ/{/:Italic p}" offset 0,0.4
set format x "%g"
set format y log_labels

set label 1 "{/:Bold a}" at graph -0.15,1.04
set yrange [8e-4:1.5]
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set key bottom left reverse Left samplen 2
plot table("flow", "theory") using (later(column("t"))):"eps_g" smooth unique with lines ls 100 lw 2 title "without noise", \
     for [i=1:2] agreement using (row(curve[i], "eps_g", column("t"))):"theory" with lines ls 1+i title label[i] . ", particles", \
     for [i=1:2] agreement using (row(curve[i], "eps_g", column("t"))):"sgd":"se" with yerrorbars ls 11+i title label[i] . ", SGD", \
     for [i=1:2] [6:14] noise[i] * sigma**2 with lines ls 1+i dt 3 notitle

set label 1 "{/:Bold b}"
set yrange [2e-3:3]
set ylabel "within and outside of the subspace" offset 0.5
set key bottom right noreverse Right
plot agreement using (row("noisy", "S_0_0", column("t"))):"theory" with lines ls 4 title "within,{/:Italic  S}_{00}", \
     agreement using (row("noisy", "S_0_0", column("t"))):"sgd":"se" with yerrorbars ls 14 title "SGD", \
     agreement using (row("noisy", "q", column("t"))):"theory" with lines ls 5 title "outside, mean{/:Italic  q}", \
     agreement using (row("noisy", "q", column("t"))):"sgd":"se" with yerrorbars ls 15 title "SGD"
unset multiplot
