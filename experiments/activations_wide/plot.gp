# eps_g of wide students of five activations: theory as lines, the mean of SGD as points.
width = 17.8; height = 7.0
load "figures/style.gp"
array act[5] = ["erf", "relu", "tanh", "gelu", "quadratic"]
array label[5] = ["erf", "ReLU", "tanh", "GELU", "quadratic"]
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
set multiplot layout 1,2 margins 0.085,0.985,0.16,0.93 spacing 0.08
set logscale xy
set xrange [0.25:120]
set format y log_labels
set xlabel "α = steps / N" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set key bottom left reverse Left samplen 3
do for [panel=1:2] {
    tail = panel == 1 ? "" : "-weights"
    set label 1 sprintf("{/:Bold %s}   %s", "ab"[panel:panel], panel == 1 ? "law, N = 2000" : "weights, N = 500") at graph 0.02,1.04
    plot for [i=1:5] table(act[i] . tail, "theory") using "alpha":(column("alpha") > 0 ? column("eps_g") : NaN) with lines ls i title label[i], \
         for [i=1:5] agreement using "alpha":(of(act[i] . tail, column("sgd"))):"se" with yerrorbars ls (10+i)
    unset ylabel
}
unset multiplot
