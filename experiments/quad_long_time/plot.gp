# Long-time limit of quadratic networks, theory (lines) and networks in 60 dimensions (points; of rank one 40) against samples/d^2.
# a: error; b: training loss; c: rank of the student over d.
width = 17.8; height = 6.8
load "figures/style.gp"
row(curve, quantity) = strcol("curve") eq curve && strcol("quantity") eq quantity ? column("alpha") : NaN
array id[3] = ["clean", "strong", "noisy"]
array label[3] = ["λ = 0.05", "λ = 0.3", "λ = 0.05, Δ = 0.5"]
array quantity[3] = ["mse", "loss_train", "rank"]
array ylabels[3] = ["mse", "training loss", "rank /{/:Italic d}"]

set multiplot layout 1,3 margins 0.085,0.99,0.18,0.92 spacing 0.09,0.1
set xrange [0:1.1]
set xtics 0.2
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set logscale y
set format y log_labels
do for [p=1:3] {
    set label 1 sprintf("{/:Bold %s}", "abc"[p:p]) at graph -0.22,1.04
    set ylabel ylabels[p] offset (p == 1 ? 0.5 : 1)
    if (p == 1) { set yrange [8e-4:8]; set nokey }
    if (p == 2) { set yrange [1e-4:0.2]; set nokey }
    if (p == 3) { unset logscale y; set format y "%g"; set yrange [0:0.65]; set key bottom right samplen 2.5 }
    plot for [i=1:3] table("line-" . id[i], "theory") using "alpha":quantity[p] with lines ls 1+i title (p == 3 ? label[i] : ""), \
         for [i=1:3] agreement using (row(id[i], quantity[p])):"sgd":"se" with yerrorbars ls 11+i notitle, \
         for [i=1:3] agreement using (row("few-" . id[i], quantity[p])):"sgd":"se" with yerrorbars ls 11+i notitle
}
unset multiplot
