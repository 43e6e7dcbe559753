# Label noise of variance 2, one unit an input: theory (lines) and networks in 40 dimensions (points). a: error;
# b: training loss.
width = 17.8; height = 7.2
load "figures/style.gp"
row(curve, quantity) = strcol("curve") eq curve && strcol("quantity") eq quantity ? column("alpha") : NaN
array lambda[4] = ["0.001", "0.01", "0.05", "0.3"]
set multiplot layout 1,2 margins 0.075,0.985,0.16,0.93 spacing 0.1,0.1
set xrange [0:0.95]
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set logscale y
set label 1 "{/:Bold a}" at graph -0.13,1.04
set yrange [0.3:25]
set ytics (0.3, 1, 3, 10)
set ylabel "mse" offset 1
set key top right samplen 3
plot for [i=1:4] table("line-lambda" . lambda[i], "theory") using "alpha":"mse" with lines ls i title "λ = " . lambda[i], \
     for [i=2:4] agreement using (row("run-lambda" . lambda[i], "mse")):"sgd":"se" with yerrorbars ls 10+i notitle
set label 1 "{/:Bold b}"
set yrange [1e-6:0.6]
set ytics auto
set format y log_labels
set ylabel "training loss" offset 0.5
set nokey
plot for [i=1:4] table("line-lambda" . lambda[i], "theory") using "alpha":"loss_train" with lines ls i, \
     for [i=2:4] agreement using (row("run-lambda" . lambda[i], "loss_train")):"sgd":"se" with yerrorbars ls 10+i
unset multiplot
