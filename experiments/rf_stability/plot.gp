# a: final error over the best possible one against the learning rate, for three ratios of features to
# inputs; b: paths below and above the largest stable rate.
width = 17.8; height = 7.6
load "figures/style.gp"
array beta[3] = ["0.5", "1", "2"]
array label[3] = ["1/2", "1", "2"]
array best[3]
of_beta(g, side, i, x) = column("beta") == real(beta[i]) ? of_group(g, side, x) : NaN
do for [i=1:3] { stats summary using (of_beta("limit", "theory", i, column("floor"))) nooutput; best[i] = STATS_max }
stats summary using (of_beta("limit", "theory", 2, column("eta_max"))) nooutput
eta_max = STATS_max
runs(i) = beta[i] eq "2" ? "stable-beta2" : "stable"
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" ? x : NaN
set multiplot layout 1,2 margins 0.085,0.985,0.15,0.93 spacing 0.11,0

set logscale y
set xrange [0:6.4]
set yrange [0.9:30]
set ytics ("1" 1, "2" 2, "5" 5, "10" 10, "20" 20)
set xlabel "learning rate{/:Italic  η}" offset 0,0.4
set ylabel "final error / best possible error" offset 1
set label 1 "{/:Bold a}" at graph -0.17,1.04
set arrow 1 from eta_max, graph 0 to eta_max, graph 1 nohead ls 100
set label 2 "η_{max}" at eta_max, graph 0.96 right offset -0.5,0
set key top left reverse Left samplen 3
plot for [i=1:3] summary using (of_beta("limit", "theory", i, column("eta"))):(column("eta") < eta_max ? column("stationary") / best[i] : NaN) with lines ls i dt i \
         title i == 1 ? "theory, any{/:Italic  β}" : "", \
     for [i=1:3] summary using (of_beta(runs(i), "sgd", i, column("eta") + 0.07*(i - 2))):(column("eps_g") / best[i]):(column("eps_g_se") / best[i]) \
         with yerrorbars ls 10+i title sprintf("runs,{/:Italic  β }= %s", label[i])

unset arrow 1; unset label 2
set xrange [0:5]
set xtics 1
set yrange [0.1:4e5]
set ytics auto
set format y log_labels
set xlabel "{/:Italic t }= steps /{/:Italic  K}" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set label 1 "{/:Bold b}" at graph -0.19,1.04
array eta[3] = [8, 7, 5]
plot for [i=1:3] table(sprintf("path-eta%d", eta[i]), "theory") using "t":"eps_g" with lines ls i+1 \
         title sprintf("{/:Italic η }= %d", eta[i]), \
     for [i=1:3] agreement using "t":(of(sprintf("unstable-eta%d", eta[i]), column("sgd"))):(column("se")) with yerrorbars ls 11+i
unset multiplot
