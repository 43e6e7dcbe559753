# a: paths for four strengths of label noise; b: final error against the learning rate.
width = 17.8; height = 7.6
load "figures/style.gp"
array sigma[4] = ["0", "0.25", "0.5", "1"]
array beta[3] = ["0.5", "2", "10"]
array label[3] = ["1/2", "2", "10"]
rates = "0.01 0.02 0.05 0.1 0.2 0.5 1 1.5 2 2.5 3 3.5 4 4.5 5 5.5"
set print $one
do for [r in rates] { stats table("rate-beta0.5-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max }
set print $two
do for [r in rates] { stats table("rate-beta2-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max }
set print $three
do for [r in rates] { stats table("rate-beta10-eta" . r, "theory") using "stationary" nooutput; print r, ",", STATS_max }
array best[3]
do for [i=1:3] { stats table("flow-beta" . beta[i], "theory") using "stationary" nooutput; best[i] = STATS_max }
set print
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" ? x : NaN
late(id, x) = column("t") == 120 ? of(id, x) : NaN
sparse(x) = column("t") <= 16 || column("t") == 32 || column("t") == 64 ? x : NaN
set multiplot layout 1,2 margins 0.085,0.985,0.15,0.93 spacing 0.11,0
set logscale xy

set xrange [0.03:400]
set yrange [0.006:0.4]
set ytics ("0.01" 0.01, "0.02" 0.02, "0.05" 0.05, "0.1" 0.1, "0.2" 0.2)
set format x "%g"
set xlabel "{/:Italic t }= steps /{/:Italic  K}" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 1
set label 1 "{/:Bold a}" at graph -0.17,1.04
set key bottom left reverse Left samplen 3
plot for [i=1:4] table("slow-sigma" . sigma[i], "theory") using "t":"eps_g" with lines ls 10+i lc rgb "#B0B0B0" title (i == 1 ? "{/:Italic η }= 1/4" : ""), \
     for [i=1:4] table("limit-sigma" . sigma[i], "theory") using "t":"eps_g" with lines ls i \
         title sprintf("{/:Italic η }= 1,{/:Italic  σ }= %s", sigma[i]), \
     for [i=1:4] agreement using "t":(sparse(of("run-sigma" . sigma[i], column("sgd")))):(column("se")) with yerrorbars ls 10+i

set xrange [0.008:7]
set yrange [0.006:1]
set ytics add ("0.5" 0.5, "1" 1)
set xlabel "learning rate{/:Italic  η}" offset 0,0.4
set ylabel "final error{/:Italic  ε_g},{/:Italic  σ }= 1/2" offset 1
set label 1 "{/:Bold b}" at graph -0.19,1.04
set key top left
plot for [i=1:3] best[i] ls 100, \
     $one using 1:2 with lines ls 1 title sprintf("{/:Italic β }= %s", label[1]), \
     $two using 1:2 with lines ls 2 title sprintf("{/:Italic β }= %s", label[2]), \
     $three using 1:2 with lines ls 3 title sprintf("{/:Italic β }= %s", label[3]), \
     for [i=1:2] for [r in "1 2 4"] agreement using (real(r)):(late("end-beta" . beta[i] . "-eta" . r, column("sgd"))):(column("se")) with yerrorbars ls 10+i
unset multiplot
