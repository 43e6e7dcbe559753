# a: floor against the number of features; b: the width that an accuracy needs.
width = 17.8; height = 7.6
load "figures/style.gp"
K12 = "1 2 5 10 20 50 100 200 500 1000 2000 5000 10000 30000 100000 300000 1000000"
K50 = "1 3 10 20 30 50 70 100 200 300 1000 3000 10000 30000 100000 300000 1000000 3000000 10000000 30000000 100000000 300000000 1000000000 3000000000 10000000000"
K200 = "1 3 10 30 70 100 150 200 250 300 400 600 1000 3000 10000 30000 100000 300000 1000000 3000000 10000000 30000000 100000000 300000000 1000000000 3000000000 10000000000 30000000000 100000000000 300000000000 1000000000000"
K1000 = "1 3 10 30 100 300 600 1000 1500 2000 3000 10000 30000 100000 300000 1000000 3000000 10000000 30000000 100000000 300000000 1000000000 3000000000 10000000000 30000000000 100000000000 300000000000 1000000000000"
set print $n12
do for [k in K12] { stats table("N12-K" . k, "theory") using "floor" nooutput; print k, ",", STATS_max }
set print $n50
do for [k in K50] { stats table("N50-K" . k, "theory") using "floor" nooutput; print k, ",", STATS_max }
set print $n200
do for [k in K200] { stats table("N200-K" . k, "theory") using "floor" nooutput; print k, ",", STATS_max }
set print $n1000
do for [k in K1000] { stats table("N1000-K" . k, "theory") using "floor" nooutput; print k, ",", STATS_max }
set print $draw12
do for [k in "5 10 20 50 100 200 500 1000"] { stats table((k eq "500" || k eq "1000" ? "wide-N12-K" : "draw-N12-K") . k, "theory") using "floor" nooutput; print k, ",", STATS_mean, ",", STATS_stddev }
set print $draw50
do for [k in "10 30 100 300 1000"] { stats table("draw-N50-K" . k, "theory") using "floor" nooutput; print k, ",", STATS_mean, ",", STATS_stddev }
array level[5] = ["0.1", "0.01", "0.001", "0.0001", "1e-05"]
array label[5] = ["10^{−1}", "10^{−2}", "10^{−3}", "10^{−4}", "10^{−5}"]
set print $width
do for [n in "25 50 100 200 400 800 1600 3200"] {
    line = n
    do for [i=1:5] { stats table("width-N" . n, "theory") using (column("log10_K_to_" . level[i])) nooutput; line = line . sprintf(",%.6f", STATS_max) }
    print line
}
set print
set multiplot layout 1,2 margins 0.085,0.985,0.15,0.93 spacing 0.11,0
set logscale xy
set format xy log_labels
set xrange [1:1e12]
set yrange [1e-6:0.4]
set xlabel "number of features{/:Italic  K}" offset 0,0.4
set ylabel "best possible error{/:Italic  ε_g}" offset 1
set label 1 "{/:Bold a}" at graph -0.17,1.04
set key top right samplen 3
plot $n12 using 1:2 with lines ls 1 title "{/:Italic N }= 12", \
     $n50 using 1:2 with lines ls 2 title "50", \
     $n200 using 1:2 with lines ls 3 title "200", \
     $n1000 using 1:2 with lines ls 4 title "1000", \
     $draw12 using 1:2:3 with yerrorbars ls 11, $draw50 using 1:2:3 with yerrorbars ls 12

unset logscale y
set xrange [20:4000]
set yrange [0:34]
set format y "%g"
set xlabel "input dimension{/:Italic  N}" offset 0,0.4
set ylabel "log_{10} of the width{/:Italic  K }needed" offset 1
set label 1 "{/:Bold b}" at graph -0.19,1.04
set key top left reverse Left samplen 3 title "best / initial error" left
plot for [i=5:1:-1] $width using 1:(column(i + 1)) with linespoints ls i title label[i]
unset multiplot
