# Means after one step with standard errors, and the exact values, for both simulators.
width = 8.6; height = 6.0
load "figures/style.gp"
set lmargin at screen 0.17; set rmargin at screen 0.97; set bmargin at screen 0.13; set tmargin at screen 0.95
# the formulas of README.md at N = 4, eta_w = 2, eta_v = 4, sigma = 0.5
array exact[3] = [0.5, 3.25, 0]
numbers = "R_0_0 Q_0_0 v_0"
after(q) = column("alpha") > 0 ? column(q) : NaN
array mean[6]; array se[6]
do for [i=1:6] {
    stats table(i <= 3 ? "law" : "weights", "sgd") using (after(word(numbers, (i - 1)%3 + 1))) nooutput
    mean[i] = STATS_mean; se[i] = STATS_ssd/sqrt(STATS_records)
}
set xrange [0.4:3.6]
set xtics ("{/:Italic R}" 1, "{/:Italic Q}" 2, "{/:Italic v}" 3) scale 0
set yrange [-0.6:4]
set ylabel "mean after one step" offset 0
set key top right
plot for [i=1:3] "+" using (i + ($0 > 0 ? 0.3 : -0.3)):(exact[i]) every ::0::1 with lines ls 1 title i == 1 ? "exact" : "", \
     for [i=1:3] "+" using (i - 0.1):(mean[i]):(se[i]) every ::0::0 with yerrorbars ls 12 title i == 1 ? "law" : "", \
     for [i=1:3] "+" using (i + 0.1):(mean[i+3]):(se[i+3]) every ::0::0 with yerrorbars ls 13 title i == 1 ? "weights" : ""
