# a: growth rate of small deviations from the perfect student; b: time to an error of 1e-12 without
# noise; c: where SGD with label noise ends.
width = 17.8; height = 8.6
load "figures/style.gp"
array rates[4] = ["0.25 0.5 1 1.5 2 2.5 3 3.25 3.38 3.5 3.75 4 4.25 4.5", "0.15 0.3 0.6 0.9 1.2 1.5 1.8 2 2.1 2.2 2.3 2.4 2.5", \
                  "0.1 0.2 0.4 0.6 0.8 1 1.2 1.4 1.5 1.55 1.6 1.65 1.75", "0.08 0.16 0.3 0.5 0.7 0.9 1 1.1 1.15 1.2 1.24 1.27 1.35"]
array times[4] = ["0.25 0.5 1 1.5 2 2.2 2.45 2.7 2.95 3.2 3.5 3.75 4", "0.15 0.3 0.6 0.9 1.2 1.5 1.7 1.9 2.1 2.2 2.27", \
                  "0.2 0.4 0.6 0.8 1 1.2 1.35 1.5 1.55 1.6", "0.16 0.3 0.5 0.7 0.9 1 1.1 1.15 1.2 1.23"]
array noise[4] = ["0.1 0.25 0.5 1 1.5 2 2.5 3 3.5 3.8 4 4.2 4.5 5 5.5 6", "0.05 0.1 0.25 0.5 0.8 1.1 1.4 1.7 2 2.2 2.4 2.6 2.8 3", "", \
                  "0.025 0.05 0.1 0.25 0.4 0.6 0.8 1 1.1 1.2 1.3 1.4 1.5"]
array runs[4] = ["0.5 1 2 3 3.8 4.5 5.5", "0.25 0.5 1.1 1.7 2.2 2.8", "", "0.25 0.6 0.8 1 1.2 1.4"]
id(what, k, e) = sprintf("%s-K%d-eta_w%s", what, k, e)
# one number of each result: K, eta, value, and for the noise its ratio to eta_max
array eta_max[4]
set print $rates
do for [k=1:4] { do for [e in rates[k]] {
    stats table(id("rate", k, e), "theory") using (column("fixed_growth")) every ::0::0 nooutput
    print sprintf("%d,%s,%.9g", k, e, STATS_min)
    stats table(id("rate", k, e), "theory") using (column("eta_max")) every ::0::0 nooutput
    eta_max[k] = STATS_min
} }
unset print
set print $times
do for [k=1:4] { do for [e in times[k]] {
    stats table(id("time", k, e), "theory") using (column("alpha_to_1e-12")) every ::0::0 nooutput
    print sprintf("%d,%.9g,%.9g", k, real(e)/eta_max[k], STATS_min)
} }
unset print
set print $raced
do for [e in "1 2 2.7 3.2 3.5"] {
    stats table("run-time-eta_w".e, "sgd") using (column("alpha_to_1e-12")) every 241::240 nooutput
    print sprintf("%.9g,%.9g,%.9g", real(e)/eta_max[1], STATS_mean, STATS_stddev/sqrt(STATS_records))
}
unset print
set print $noise
do for [k in "1 2 4"] { do for [e in noise[int(k)]] {
    stats table(id("noise", int(k), e), "theory") using (column("fixed_eps_g")) every ::0::0 nooutput
    print sprintf("%s,%.9g,%.9g", k, real(e)/eta_max[int(k)], STATS_min)
} }
unset print
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
plot 0 ls 100, for [k=1:4] $rates using ($1 == k ? $2 : NaN):3 with lines ls k title sprintf("{/:Italic K }= %d", k)

set lmargin at screen 0.43; set rmargin at screen 0.67
set label 1 "{/:Bold b}" at screen 0.36,0.96
set logscale y
set xrange [0:1.05]; set xtics 0.2
set yrange [30:3000]; set ytics auto; set format y log_labels
set xlabel "η_w / η_{max}"
set ylabel "{/:Italic α }at{/:Italic  ε_g }= 10^{−12}" offset 1
unset key
set arrow 1 from 2.0/3,30 to 2.0/3,3000 nohead ls 100
plot for [k=1:4] $times using ($1 == k ? $2 : NaN):3 with lines ls k, \
     $raced using 1:2:3 with yerrorbars ls 11
unset arrow 1

set lmargin at screen 0.75; set rmargin at screen 0.985
set label 1 "{/:Bold c}" at screen 0.68,0.96
set xrange [0:1.5]; set xtics 0.5
set yrange [5e-5:0.3]
set xlabel "η_w / η_{max}"
set ylabel "stationary error{/:Italic  ε_g}*" offset 1
set arrow 1 from 1,5e-5 to 1,0.3 nohead ls 100
set key at graph 0.98,0.04 bottom right samplen 3
row(k, e, x) = stringcolumn("curve") eq id("run", k, e) && stringcolumn("quantity") eq "eps_g" && column("alpha") == 200 ? x : NaN
plot for [k in "1 2 4"] $noise using ($1 == int(k) ? $2 : NaN):3 with lines ls int(k), \
     for [j=1:7] agreement using (real(word(runs[1], j))/eta_max[1]):(row(1, word(runs[1], j), column("sgd"))):"se" with yerrorbars ls 11 title (j == 1 ? "SGD" : ""), \
     for [j=1:6] agreement using (real(word(runs[2], j))/eta_max[2]):(row(2, word(runs[2], j), column("sgd"))):"se" with yerrorbars ls 12, \
     for [j=1:6] agreement using (real(word(runs[4], j))/eta_max[4]):(row(4, word(runs[4], j), column("sgd"))):"se" with yerrorbars ls 14
unset multiplot
