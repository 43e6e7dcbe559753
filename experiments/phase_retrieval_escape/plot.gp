# a: each run's time to half of the teacher's direction against what its start tells (line), one unit in
# five dimensions. b: the mean over runs (points) and over gradient flows from a hundred starts (crosses) against d, with the
# formula (line); open squares, two, four and eight units with their formulas (ticks). c: the share of the teacher's
# direction in time: means of runs (points) and of gradient flows from the same starts (lines).
width = 17.8; height = 7.2
load "figures/style.gp"
row(curve, x) = strcol("curve") eq curve && strcol("quantity") eq "share" ? x : NaN
array d[5] = [100, 1000, 10000, 100000, 1000000]
array noise[5] = [0.02, 0.02, 0.04, 0.08, 0.08]
run(i) = sprintf("d%d", d[i])
start(i) = sprintf("starts-scaling.d%d", d[i])
first(x) = column("t") == 0 ? x : NaN
psi(p) = p == 1 ? -1.96351 : p == 2 ? -0.577216 : p == 4 ? 0.422784 : 1.256118
array mean[5]
array error[5]
array flow[5]
array flow_error[5]
do for [i=1:5] {
    stats table(run(i), "sgd") using (first(column("alpha_half") * noise[i] / (1 + 2 * noise[i]))) name "S" nooutput
    mean[i] = S_mean; error[i] = S_mean_err
}
do for [i=2:5] {
    stats table(start(i), "theory") using (first(column("alpha_half") * 0.02)) name "S" nooutput
    flow[i] = S_mean; flow_error[i] = S_mean_err
}
flow[1] = NaN; flow_error[1] = NaN
array wide[3]
array wide_error[3]
do for [j=1:3] {
    stats table(sprintf("p%d", 2**j), "sgd") using (first(column("alpha_half") * 0.02 / 1.04)) name "S" nooutput
    wide[j] = S_mean; wide_error[j] = S_mean_err
}

set multiplot layout 1,3 margins 0.08,0.99,0.17,0.92 spacing 0.085
set label 1 "{/:Bold a}" at graph -0.16,1.04
set xrange [0:3.3]
set yrange [0:5.2]
set xlabel "ln(1/{/:Italic c}_0^2 – 1)/8" offset 0,0.4
set ylabel "time to half of the teacher,{/:Italic  t}" offset 0.8
set key top left Left reverse samplen 1 spacing 0.95
plot x with lines ls 1 title "gradient flow", \
     for [i=1:5] table(run(i), "sgd") using (first(log(1 / column("share") - 1) / 8)):(column("alpha_half") * noise[i]) with points ls 11+i ps 0.4 title sprintf("{/:Italic d} = 10^%d", i + 1)

set label 1 "{/:Bold b}"
set logscale x
set format x log_labels
set xrange [50:3e6]
set yrange [0.4:3.4]
set xlabel "dimension{/:Italic  d}" offset 0,0.4
set ylabel "mean time, less 2γ/{/:Italic p}" offset 0.8
set key top left Left reverse
plot (log(x / 2) - psi(1)) / 8 with lines ls 1 title "one unit", \
     for [j=1:3] [700:1400] (log(x / 2) - psi(2**j)) / 8 with lines ls 1+j title sprintf("%d units", 2**j), \
     mean using (d[$1]):(mean[$1]):(error[$1]) with yerrorbars ls 11 title "SGD", \
     flow using (d[$1]):(flow[$1]):(flow_error[$1]) with yerrorbars ls 17 pt 2 title "gradient flow", \
     wide using (1000):(wide[$1]):(wide_error[$1]) with yerrorbars ls 14 title ""

set label 1 "{/:Bold c}"
unset logscale x
set format x "%g"
set xrange [0:3.2]
set yrange [0:1.65]
set xlabel "{/:Italic t} = α γ/{/:Italic p}" offset 0,0.4
set ylabel "share of the teacher's direction" offset 0.8
set key top left Left reverse
plot for [i=1:4] agreement using (row(run(i), column("t"))):"theory" with lines ls 1+i title sprintf("{/:Italic d} = 10^%d", i + 1), \
     for [i=1:4] agreement using (row(run(i), int(column("t") * 10 + 0.5) % 2 == 0 ? column("t") : NaN)):"sgd":"se" with yerrorbars ls 11+i title ""
unset multiplot
