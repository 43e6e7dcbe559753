# eps_g of noise-free students of every unit: theory as lines, the mean of SGD as points. a, b: two units on
# two. c: one unit on one, with the rates of the elementary linearised equations beside (grey).
width = 17.8; height = 7.5
load "figures/style.gp"
array curve[13] = ["erf", "relu", "leaky_relu", "sin", "linear", "quadratic", "he2", "he3", "he4", "tanh", "softplus", "gelu", "silu"]
array label[13] = ["erf", "ReLU", "leaky", "sin", "linear", "x^2", "He_2", "He_3", "He_4", "tanh", "softplus", "GELU", "SiLU"]
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
positive(x) = x > 1e-14 ? x : NaN
array one[5] = ["one-erf", "one-relu", "one-tanh", "one-gelu", "one-quadratic"]
array name[5] = ["erf", "ReLU", "tanh", "GELU", "x^2"]
# of eps_g: the smaller of 2 eta <x^2 g'^2> and 2 eta <g'^2> - eta^2 <g'^4>
array rate[5] = [2*0.5*2/(pi*3**1.5), 0.3 - 0.3**2/2, 2*0.5*0.1078103527, 2*0.3*0.4558508656 - 0.3**2*0.4339558389, 8*0.02 - 48*0.02**2]
array from[5] = [60, 50, 60, 50, 60]
array at[5]
do for [i=1:5] {
    stats table(one[i], "theory") using (column("alpha") == from[i] ? log(column("eps_g")) : NaN) nooutput
    at[i] = STATS_mean
}
set multiplot layout 1,3 margins 0.09,0.99,0.16,0.93 spacing 0.05
set logscale y
set xrange [0:410]
set yrange [1e-14:1e9]
set xtics 100
set ytics ("10^{-14}" 1e-14, "10^{-10}" 1e-10, "10^{-6}" 1e-6, "10^{-2}" 1e-2, "10^2" 1e2)
set format y log_labels
set xlabel "α = steps / N" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set key top right samplen 1.2 width -1 maxrows 4
do for [panel=1:2] {
    if (panel == 2) { unset ylabel }
    first = panel == 1 ? 1 : 8; last = panel == 1 ? 7 : 13
    set label 1 sprintf("{/:Bold %s}", "ab"[panel:panel]) at graph -0.12,1.04
    plot for [i=first:last] table(curve[i], "theory") using "alpha":(positive(column("eps_g"))) with lines ls (i-first+1) title label[i], \
         for [i=first:last] agreement using "alpha":(of(curve[i], positive(column("sgd")))):"se" with yerrorbars ls (10+i-first+1)
}
set xrange [0:205]
set xtics 50
set label 1 "{/:Bold c}" at graph -0.12,1.04
plot for [i=1:5] [from[i]:205] exp(at[i] - rate[i] * (x - from[i])) with lines ls 100 lw 4 notitle, \
     for [i=1:5] table(one[i], "theory") using "alpha":(positive(column("eps_g"))) with lines ls i title name[i], \
     for [i=1:5] agreement using "alpha":(int(column("alpha")) % 25 == 0 ? of(one[i], positive(column("sgd"))) : NaN):"se" with yerrorbars ls 10+i
unset multiplot
