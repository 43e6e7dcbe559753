# a: final error over the best possible one against the learning rate, for three ratios of features to
# inputs; b: paths below and above the largest stable rate.
width = 17.8; height = 7.6
load "figures/style.gp"
array beta[3] = ["0.5", "1", "2"]
array label[3] = ["1/2", "1", "2"]
rates = "0.5 1 1.5 2 2.5 3 3.5 4 4.5 5 5.25 5.5 5.75"
array best[3]
do for [i=1:3] { stats table("limit-beta" . beta[i] . "-eta1", "theory") using "floor" nooutput; best[i] = STATS_max }
set print $one
do for [r in rates] { stats table("limit-beta0.5-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max / best[1] }
set print $two
do for [r in rates] { stats table("limit-beta1-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max / best[2] }
set print $three
do for [r in rates] { stats table("limit-beta2-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max / best[3] }
stats table("limit-beta1-eta1", "theory") using "eta_max" nooutput
eta_max = STATS_max
set print
# the mean over runs at the last time
late(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("t") == 120 ? x : NaN
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
plot $one using 1:2 with lines ls 1 dt 1 title "theory, any{/:Italic  β}", \
     $two using 1:2 with lines ls 2, $three using 1:2 with lines ls 3, \
     for [i=1:3] for [r in "1 2 3 4 5"] agreement using (real(r) + 0.07*(i - 2)):(late("stable-beta" . beta[i] . "-eta" . r, column("sgd"))/best[i]):(column("se")/best[i]) \
         with yerrorbars ls 10+i title (r eq "1" ? sprintf("runs,{/:Italic  β }= %s", label[i]) : "")

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
