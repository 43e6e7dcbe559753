# a: the spread of the runs along the way, theory as a line. b: how sqrt(N) (eps_g - theory) is
# distributed over the runs at three times, in units of the spread that theory predicts; the line is the
# normal density about the predicted mean.
width = 17.8; height = 7.2
load "figures/style.gp"
array when[3] = [1, 20, 100]
array sd[3]
array bias[3]
array middle[3]
N = 500.0
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "eps_g" ? x : NaN
near(t, x) = abs(column("alpha") / t - 1) < 0.01 ? x : NaN
now(t) = abs(column("alpha") / t - 1) < 0.01 ? 1 : 0
do for [i=1:3] {
    stats table("erf", "theory") using (near(when[i], column("sd_eps_g"))) nooutput
    sd[i] = STATS_mean
    stats table("erf", "theory") using (near(when[i], column("bias_eps_g"))) nooutput
    bias[i] = STATS_mean
    stats table("erf", "theory") using (near(when[i], column("eps_g"))) nooutput
    middle[i] = STATS_mean
}
stats table("erf", "sgd") using (near(1, 1)) nooutput
runs = STATS_records
set multiplot

set lmargin at screen 0.09; set rmargin at screen 0.41; set bmargin at screen 0.17; set tmargin at screen 0.92
set label 1 "{/:Bold a}   spread of the runs" at graph 0.0,1.04
set logscale xy
set xrange [0.08:200]
set yrange [0.002:0.4]
set xlabel "α = steps / N" offset 0,0.4
set ylabel "√N × standard deviation of{/:Italic  ε_g}" offset 0.5
set format y log_labels
set key bottom left reverse Left samplen 2
plot table("erf", "theory") using "alpha":(sqrt(N)*column("sd_eps_g")) with lines ls 1 title "theory, erf", \
     table("relu", "theory") using "alpha":(sqrt(N)*column("sd_eps_g")) with lines ls 2 title "theory, ReLU", \
     agreement using (row("erf", column("alpha"))):(sqrt(N)*column("sd")):(sqrt(N)*column("sd")/sqrt(2*column("n"))) with yerrorbars ls 11 title "runs, erf", \
     agreement using (row("relu", column("alpha"))):(sqrt(N)*column("sd")):(sqrt(N)*column("sd")/sqrt(2*column("n"))) with yerrorbars ls 12 title "runs, ReLU"

unset logscale
set format y "%g"
set xrange [-4.4:4.4]
set yrange [0:0.52]
set xtics 2
set style fill solid 0.35 noborder
unset key
bin = 0.4
set boxwidth bin absolute
density(x, m) = exp(-(x - m)**2 / 2) / sqrt(2*pi)
do for [i=1:3] {
    set lmargin at screen 0.485 + 0.172*(i - 1)
    set rmargin at screen 0.635 + 0.172*(i - 1)
    set label 1 sprintf("{/:Bold %s}   α = %d", "bcd"[i:i], when[i])
    if (i == 1) { set ylabel "density of the runs" offset 0.5 } else { unset ylabel; set format y "" }
    if (i == 2) { set xlabel "({/:Italic ε_g} − theory) / predicted spread" offset 0,0.4 } else { unset xlabel }
    # rows of other times go, with weight 0, where nobody sees them
    plot table("erf", "sgd") using (now(when[i]) ? bin*floor((column("eps_g") - middle[i])/sd[i]/bin) + bin/2 : -99):(real(now(when[i]))/(runs*bin)) \
             smooth frequency with boxes ls 13, \
         density(x, bias[i]/sd[i]) with lines ls 1
}
unset multiplot
