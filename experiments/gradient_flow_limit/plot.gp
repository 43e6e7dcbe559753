# The distance of SGD from gradient flow, in units of gamma/p, at three rates for each activation: what is
# the same for all of them is of first order. Lines: equations with the noise, points: SGD.
width = 17.8; height = 6.8
load "figures/style.gp"
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "eps_g" && column("t") > 0 ? x : NaN
array act[3] = ["erf", "relu", "square"]
array title[3] = ["sigmoidal", "ReLU", "quadratic"]
rate(a, i) = a == 3 ? word("0.04 0.07 0.125", i) : word("0.1 0.2 0.4", i)
flow(a, i) = act[a] . "-scaling.gamma" . rate(a, i)
noisy(a, i) = table(act[a] . "-noisy-scaling.gamma" . rate(a, i), "theory")
noise(a, i) = rate(a, i) / 2.0
array still[15]
array top[3] = [0.011, 0.015, 1.4]

set multiplot layout 1,3 margins 0.095,0.99,0.17,0.9 spacing 0.08
set xrange [0:5.1]
set xlabel "{/:Italic t} = α γ/{/:Italic p}" offset 0,0.4
set key at graph 0.7,0.28 noreverse Right samplen 2
do for [a=1:3] {
    set xrange [*:*]; set yrange [*:*]
    stats table(flow(a, 1), "theory") using (still[int(column(0)) + 1] = column("eps_g")) nooutput
    set label 1 sprintf("{/:Bold %s} %s", word("a b c", a), title[a]) at graph 0,1.06
    if (a == 1) { set ylabel "(ε_g – ε_{flow})/(γ/{/:Italic p})" offset 0.5 } else { unset ylabel }
    set xrange [0:5.1]; set yrange [0:top[a]]
    if (a == 3) { set key at graph 1,0.97 noreverse Right }
    plot for [i=1:3] noisy(a, i) using "t":((column("eps_g") - still[int(column(0)) + 1]) / noise(a, i)) with lines ls 1+i title sprintf("γ/{/:Italic p} = %.3g", noise(a, i)), \
         for [i=1:3] agreement using (row(flow(a, i), column("t"))):((column("sgd") - column("theory")) / noise(a, i)):(column("se") / noise(a, i)) with yerrorbars ls 11+i title ""
}
unset multiplot
