# a: the best error, as a part of that at the start, against N for widths that are powers of N or exponential in it; b: the width that a
# given accuracy needs.
width = 17.8; height = 8.4
load "figures/style.gp"
sizes = "6 8 10 14 20 30 40 50 70 100 140 200 300 400 600 800 1200"
array rate[3] = ["0.1", "0.2", "0.5"]
array grade[2] = ["2", "4"]
# 2 floor/tau2, where tau2 is 1/3 of a sigmoidal unit, 1/2 of a ReLU unit
floors(group, n) = sprintf("stats table(\"%s-N%s\", \"theory\") using \"floor\" nooutput", group, n)
do for [i=1:3] {
    eval sprintf("set print $erf%d", i)
    do for [n in sizes] { eval floors("erf-K.exp" . rate[i], n); print n, ",", 6*STATS_max }
    eval sprintf("set print $relu%d", i)
    do for [n in sizes] { eval floors("relu-K.exp" . rate[i], n); print n, ",", 4*STATS_max }
}
do for [i=1:2] {
    eval sprintf("set print $power%d", i)
    do for [n in "6 10 20 50 100 200 500 1000 2000 10000"] { eval floors("power-K.power" . grade[i], n); print n, ",", 6*STATS_max }
}
array level[5] = ["0.1", "0.01", "0.001", "1e-06", "1e-09"]
array label[5] = ["10^{−1}", "10^{−2}", "10^{−3}", "10^{−6}", "10^{−9}"]
set print $width
do for [n in "6 8 10 14 20 30 40 50 70 100 140 200 300 400 800"] {
    line = n
    do for [i=1:5] { stats table("level-N" . n, "theory") using (column("log10_K_to_" . level[i])) nooutput; line = line . sprintf(",%.6f", STATS_max) }
    print line
}
set print
set multiplot layout 1,2 margins 0.095,0.98,0.14,0.93 spacing 0.1,0
set logscale xy
set format y log_labels
set xrange [1.5:3000]
set yrange [1e-13:1]
set xlabel "input dimension{/:Italic  N}" offset 0,0.4
set ylabel "best / initial error" offset 1
set label 1 "{/:Bold a}" at graph -0.18,1.04
set key bottom left reverse Left samplen 3
plot for [i=1:2] "$power".i using 1:2 with lines ls 8 title (i == 1 ? "{/:Italic K }={/:Italic  N}^{ 2},{/:Italic  N}^{ 4}" : ""), \
     for [i=1:3] "$erf".i using 1:2 with lines ls i title "{/:Italic K }= e^{" . rate[i] . " {/:Italic N}}", \
     for [i=1:3] "$relu".i using 1:2 with lines ls 3+i title "e^{" . rate[i] . " {/:Italic N}}, ReLU"

unset logscale
set format y "%g"
set xrange [0:800]
set yrange [0:80]
set ylabel "log_{10} of the width{/:Italic  K }needed" offset 1
set label 1 "{/:Bold b}" at graph -0.17,1.04
set key top left title "best / initial error"
plot for [i=5:1:-1] $width using 1:(column(i + 1)) with lines ls i title label[i], \
     x*0.1/log(10) ls 100 title "{/:Italic K }= e^{0.1 {/:Italic N}}"
unset multiplot
