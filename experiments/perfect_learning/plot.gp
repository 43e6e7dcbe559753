# eps_g of noise-free students of every unit: theory as lines, the mean of SGD as points.
width = 17.8; height = 7.5
load "figures/style.gp"
array curve[13] = ["erf", "relu", "leaky_relu", "sin", "linear", "quadratic", "he2", "he3", "he4", "tanh", "softplus", "gelu", "silu"]
array label[13] = ["erf", "ReLU", "leaky ReLU", "sin", "linear", "x^2", "He_2", "He_3", "He_4", "tanh", "softplus", "GELU", "SiLU"]
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
positive(x) = x > 1e-14 ? x : NaN
set multiplot layout 1,2 margins 0.085,0.985,0.16,0.93 spacing 0.09
set logscale y
set xrange [0:410]
set yrange [1e-14:1e7]
set ytics ("10^{-14}" 1e-14, "10^{-10}" 1e-10, "10^{-6}" 1e-6, "10^{-2}" 1e-2, "10^2" 1e2, "10^6" 1e6)
set format y log_labels
set xlabel "α = steps / N" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set key top right samplen 2 maxrows 4
do for [panel=1:2] {
    first = panel == 1 ? 1 : 8; last = panel == 1 ? 7 : 13
    set label 1 sprintf("{/:Bold %s}", "ab"[panel:panel]) at graph -0.12,1.04
    plot for [i=first:last] table(curve[i], "theory") using "alpha":(positive(column("eps_g"))) with lines ls (i-first+1) title label[i], \
         for [i=first:last] agreement using "alpha":(of(curve[i], positive(column("sgd")))):"se" with yerrorbars ls (10+i-first+1)
    unset ylabel
}
unset multiplot
