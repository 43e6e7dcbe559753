# Error (a) and training loss (b) of quadratic networks in time: networks in 40 dimensions (points), dynamical mean-field theory
# (lines, with a band of two standard errors), infinitely many samples (dashed), and with label noise the end by the equations of
# long times (dotted).
width = 17.8; height = 7.6
load "figures/style.gp"
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity ? x : NaN
array curve[3] = ["clean", "noisy", "few"]
array label[3] = ["α = 0.5", "α = 0.5, Δ = 1", "α = 0.2"]
array colour[3] = [2, 3, 4]

set multiplot layout 1,2 margins 0.08,0.985,0.15,0.94 spacing 0.1,0.1
set logscale xy
set xlabel "{/:Italic t}" offset 0,0.4
set xrange [0.045:18]
set format x "%g"

set label 1 "{/:Bold a}" at graph -0.15,1.04
set yrange [0.01:6]
set ytics (0.01, 0.03, 0.1, 0.3, 1, 3)
set ylabel "mse" offset 1
set label 2 "{/:Italic α }= ∞" at 0.72,0.018 right
plot for [i=1:3] table(curve[i], "theory") using "t":(column("mse")-2*column("mse_se")):(column("mse")+2*column("mse_se")) with filledcurves ls colour[i] fs transparent solid 0.25 noborder notitle, \
     table("population", "theory") using "t":"mse" with lines ls 100 dt 2 lw 2 notitle, \
     table("end", "theory") using (5.5):"mse":(12.0):(0.0) with vectors nohead lc rgb "black" lw 1.2*u dt 3 notitle, \
     for [i=1:3] table(curve[i], "theory") using "t":"mse" with lines ls colour[i] notitle, \
     for [i=1:3] agreement using (row(curve[i], "mse", column("t"))):"sgd":"se" with yerrorbars ls 10+colour[i] notitle

unset label 2
set label 1 "{/:Bold b}"
set yrange [0.0007:4]
set ytics (0.001, 0.01, 0.1, 1)
set ylabel "training loss" offset 0.5
set key bottom left reverse Left samplen 2.5
plot for [i=1:3] table(curve[i], "theory") using "t":(column("loss_train")-2*column("loss_train_se")):(column("loss_train")+2*column("loss_train_se")) with filledcurves ls colour[i] fs transparent solid 0.25 noborder notitle, \
     for [i=1:3] table(curve[i], "theory") using "t":"loss_train" with lines ls colour[i] notitle, \
     for [i=1:3] agreement using (row(curve[i], "loss_train", column("t"))):"sgd":"se" with yerrorbars ls 10+colour[i] title label[i]
unset multiplot
