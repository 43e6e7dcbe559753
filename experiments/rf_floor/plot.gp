# Long times against beta. a: erf features, the floor and what SGD ends at for two learning rates; b: the
# floor of erf and ReLU features in units of the error at the start, and the power that no beta reaches.
width = 17.8; height = 7.6
load "figures/style.gp"
fine = "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1 1.1 1.25 1.5 2 3 4 6 10 20 40 100"
wide(b) = b eq "2" || b eq "4" ? "wide-" : ""
# beta, mean and standard error of a column in the last rows of the runs of a group of curves
set print $flow
do for [b in fine] { stats table("flow-beta" . b, "theory") using "floor" every 1::1 nooutput; print b, ",", STATS_max, ",", 0.0 }
set print $relu
do for [b in fine] { stats table("relu-beta" . b, "theory") using "floor" every 1::1 nooutput; print b, ",", STATS_max, ",", 0.0 }
set print $eta2
do for [b in fine] { stats table("sgd-eta2-beta" . b, "theory") using "stationary" nooutput; print b, ",", STATS_max }
set print $eta4
do for [b in fine] { stats table("sgd-eta4-beta" . b, "theory") using "stationary" nooutput; print b, ",", STATS_max }
set print $draw
do for [b in "0.25 0.5 1 2 4"] { stats table(wide(b) . "draw-beta" . b, "theory") using "floor" nooutput; print b, ",", STATS_mean, ",", STATS_stddev }
set print $relu_draw
do for [b in "0.25 0.5 1 2 4"] { stats table(wide(b) . "relu-draw-beta" . b, "theory") using "floor" nooutput; print b, ",", STATS_mean, ",", STATS_stddev }
set print
# what the first row, at t = 0, holds
stats table("flow-beta1", "theory") using "eps_g" every ::0::0 nooutput; start_erf = STATS_max
stats table("relu-beta1", "theory") using "eps_g" every ::0::0 nooutput; start_relu = STATS_max
stats table("flow-beta1000", "theory") using "floor" nooutput; end_erf = STATS_max / start_erf
stats table("relu-beta1000", "theory") using "floor" nooutput; end_relu = STATS_max / start_relu
late(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" && column("t") == 100 ? x : NaN
run(b) = wide(b) . "run-beta" . b

set multiplot layout 1,2 margins 0.1,0.985,0.15,0.93 spacing 0.11,0
set logscale xy
set xrange [0.08:130]
set format x "%g"
set xlabel "{/:Italic β }= {/:Italic K }/{/:Italic  N}" offset 0,0.4
set label 1 "{/:Bold a}" at graph -0.2,1.04
set yrange [0.005:1.2]
set ytics ("0.005" 0.005, "0.01" 0.01, "0.02" 0.02, "0.05" 0.05, "0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1)
set ylabel "final error{/:Italic  ε_g}" offset 1
set key top right samplen 3
plot $eta4 using 1:2 with lines ls 2 title "SGD,{/:Italic  η }= 4", \
     $eta2 using 1:2 with lines ls 3 title "SGD,{/:Italic  η }= 2", \
     $flow using 1:2 with lines ls 1 title "best last layer", \
     for [b in "0.25 0.5 1 2 4"] agreement using (real(b)):(late(run(b), column("sgd"))):(column("se")) with yerrorbars ls 13 \
         title (b eq "1" ? "runs,{/:Italic  N }= 200" : ""), \
     $draw using 1:2 with points ls 11 title "drawn features"

set label 1 "{/:Bold b}" at graph -0.19,1.04
set yrange [0.03:1.2]
set ytics ("0.03" 0.03, "0.05" 0.05, "0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1)
set ylabel "best error / error at the start" offset 1
plot end_relu ls 100 dt 3, end_erf ls 100 dt 3, \
     $relu using 1:($2/start_relu) with lines ls 4 title "ReLU", \
     $flow using 1:($2/start_erf) with lines ls 1 title "erf", \
     $relu_draw using 1:($2/start_relu) with points ls 14, \
     $draw using 1:($2/start_erf) with points ls 11
unset multiplot
