# Densities over the units of all runs: SGD as filled histograms, the particles that start with the same
# runs as lines. a: one unit of the teacher. b: two. c: both overlaps of the units of one run at the end, SGD
# and particles.
width = 17.8; height = 7.4
load "figures/style.gp"
array colour[3] = [8, 7, 6]
array when[3] = [0, 1, 5]
array then[3] = [0, 20, 200]
now(t) = abs(column("t") - t) < 0.01 * t + 1e-9 ? 1 : 0
bin = 0.05
stats table("one-units", "sgd") using (column("t") > 4 ? column("m_0") : NaN) nooutput
units = STATS_records
weight(t) = real(now(t)) / (units * bin)
place(t, x) = now(t) ? bin * floor(x / bin) + bin / 2 : -99 # rows of other times, with weight 0, out of sight
set multiplot layout 1,3 margins 0.06,0.985,0.17,0.92 spacing 0.075,0.1
set style fill solid 0.45 noborder
set boxwidth bin absolute
set xlabel "overlap with a teacher unit{/:Italic  m_{j}}" offset 0,0.4
set ylabel "density of units" offset 1

set label 1 "{/:Bold a}   one teacher unit" at graph 0.0,1.04
set xrange [-0.5:1.3]
set yrange [0:8]
set xtics 0.5
set key top right samplen 2
plot for [i=1:3] table("one-units", "sgd") using (place(when[i], column("m_0"))):(weight(when[i])) smooth frequency \
         with boxes ls 10+colour[i] title sprintf("SGD,{/:Italic  t} = %g", when[i]), \
     for [i=1:3] table("one-units", "theory") using (place(when[i], column("m_0"))):(weight(when[i])) smooth frequency \
         with histeps ls 1 lw 1.2 dt 1 title (i == 1 ? "particles" : "")

set label 1 "{/:Bold b}   two"
set xrange [-0.6:1.9]
plot for [i=1:3] table("two-units", "sgd") using (place(then[i], column("m_0"))):(weight(then[i])) smooth frequency \
         with boxes ls 10+colour[i] title sprintf("SGD,{/:Italic  t} = %g", then[i]), \
     for [i=1:3] table("two-units", "theory") using (place(then[i], column("m_0"))):(weight(then[i])) smooth frequency \
         with histeps ls 1 lw 1.2 dt 1 title (i == 1 ? "particles" : "")

set label 1 "{/:Bold c}   both overlaps of one run"
set xrange [-0.6:1.9]
set yrange [-0.6:2.4]
set xlabel "overlap{/:Italic  m_{j}}_{0} with one" offset 0,0.4
set ylabel "overlap{/:Italic  m_{j}}_{1} with the other" offset 1
one(t, x) = now(t) && column("seed") == 1 ? x : NaN
plot for [i=1:3] table("two-units", "theory") using "m_0":(one(then[i], column("m_1"))) with points ls 10+colour[i] pt 7 ps 0.5 title sprintf("{/:Italic t} = %g, particles", then[i]), \
     for [i=1:3] table("two-units", "sgd") using "m_0":(one(then[i], column("m_1"))) with points ls 11 pt 6 ps 0.5 lw 0.6 title (i == 1 ? "SGD" : "")
unset multiplot
