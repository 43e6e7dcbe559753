# a: growth rate of small deviations from the perfect student; b: time to an error of 1e-12 without
# noise; c: where SGD with label noise ends.
width = 17.8; height = 8.6
load "figures/style.gp"
array eta_max[4]
do for [k=1:4] {
    stats summary using (of_group("rate-K".k, "theory", column("eta_max"))) nooutput
    eta_max[k] = STATS_max
}
set multiplot

set lmargin at screen 0.085; set rmargin at screen 0.35
set bmargin at screen 0.155; set tmargin at screen 0.93
set label 1 "{/:Bold a}" at screen 0.012,0.96
set xrange [0:4.6]; set xtics 1
set yrange [-0.45:0.4]; set ytics 0.2
set xlabel "learning rate η_w" offset 0,0.3
set ylabel "growth rate of deviations" offset 1
set key bottom left reverse Left samplen 3
set key at graph 0.02,0.98 top left maxrows 2
plot 0 ls 100, for [k=1:4] summary using (of_group("rate-K".k, "theory", column("eta_w"))):"fixed_growth" with lines ls k title sprintf("{/:Italic K }= %d", k)

set lmargin at screen 0.43; set rmargin at screen 0.67
set label 1 "{/:Bold b}" at screen 0.36,0.96
set logscale y
set xrange [0:1.05]; set xtics 0.2
set yrange [30:3000]; set ytics auto; set format y log_labels
set xlabel "η_w / η_{max}"
set ylabel "{/:Italic α }at{/:Italic  ε_g }= 10^{−12}" offset 1
unset key
set arrow 1 from 2.0/3,30 to 2.0/3,3000 nohead ls 100
plot for [k=1:4] summary using (of_group("time-K".k, "theory", column("eta_w") / eta_max[k])):"alpha_to_1e-12" with lines ls k, \
     summary using (of_group("run-time", "sgd", column("eta_w") / eta_max[1])):"alpha_to_1e-12":"alpha_to_1e-12_se" with yerrorbars ls 11
unset arrow 1

set lmargin at screen 0.75; set rmargin at screen 0.985
set label 1 "{/:Bold c}" at screen 0.68,0.96
set xrange [0:1.5]; set xtics 0.5
set yrange [5e-5:0.3]
set xlabel "η_w / η_{max}"
set ylabel "stationary error{/:Italic  ε_g}*" offset 1
set arrow 1 from 1,5e-5 to 1,0.3 nohead ls 100
set key at graph 0.98,0.04 bottom right samplen 3
plot for [k in "1 2 4"] summary using (of_group("noise-K".k, "theory", column("eta_w") / eta_max[int(k)])):"fixed_eps_g" with lines ls int(k), \
     for [k in "1 2 4"] summary using (of_group("run-K".k, "sgd", column("eta_w") / eta_max[int(k)])):"eps_g":"eps_g_se" with yerrorbars ls 10+int(k) title (k eq "1" ? "SGD" : "")
unset multiplot
