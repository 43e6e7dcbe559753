# a, b: root mean square cosine of two units outside of the teacher's subspace against the dimension and against
# the width, of SGD (points) and (d - k)^(-1/2) (line). c: what the teacher's fields leave open of the output
# against the width: SGD, the formula of the start, and what infinitely many units leave (particles, dashes).
width = 17.8; height = 7.2
load "figures/style.gp"
array when[3] = [0, 0.5, 2]
array open[3]
now(t) = abs(column("t") - t) < 0.01 * t + 1e-9
row(quantity, t, x) = strcol("quantity") eq quantity && now(t) ? x : NaN
number(c, key) = strstrt(c, key) ? real(c[strstrt(c, key) + strlen(key):*]) : NaN
# curves of 160 units, and of 50 dimensions
dimension(c) = c eq "width-p160" ? 50 : number(c, "dimension-d")
units(c) = number(c, "width-p")
do for [i=1:3] {
    stats table("width-p320", "theory") using (now(when[i]) ? column("f_out") : NaN) nooutput
    open[i] = STATS_mean
}
set multiplot layout 1,3 margins 0.09,0.985,0.17,0.92 spacing 0.1,0.1
set logscale xy
set ylabel "cosine of two units outside" offset 1.5

set label 1 "{/:Bold a}   160 units" at graph 0.0,1.04
set xrange [6:260]
set yrange [0.03:0.5]
set xlabel "{/:Italic d} − {/:Italic k}" offset 0,0.4
set ytics (0.03, 0.05, 0.1, 0.2, 0.5)
set xtics (10, 30, 100)
set key bottom left reverse Left samplen 2
plot x**(-0.5) with lines ls 1 title "({/:Italic d} − {/:Italic k})^{−1/2}", \
     for [i=1:3] agreement using (dimension(strcol("curve")) - 2):(row("cos_out", when[i], column("sgd"))) with points ls 11+i ps 0.7 title sprintf("SGD,{/:Italic  t} = %g", when[i])

set label 1 "{/:Bold b}   50 dimensions"
set xrange [15:430]
set xlabel "units{/:Italic  p}" offset 0,0.4
set xtics (20, 40, 80, 160, 320)
unset key
plot 48**(-0.5) with lines ls 1, \
     for [i=1:3] agreement using (units(strcol("curve"))):(row("cos_out", when[i], column("sgd"))) with points ls 11+i ps 0.7

set label 1 "{/:Bold c}   open output"
set yrange [1e-3:1]
set ytics autofreq
set format y log_labels
set ylabel "⟨Var({/:Italic  f }|{/:Italic  ν })⟩" offset 1
set key top right noreverse Right samplen 2
start(p) = (4*0.04*0.96 + 2*0.96**2*(1 + 2/48.)) / p + 2*(1 - 1/p)*48/2500.
plot start(x) with lines ls 2 dt 1 title "formula,{/:Italic  t} = 0", \
     for [i=2:3] open[i] with lines ls 1+i dt 3 title (i == 2 ? "{/:Italic p} = ∞, particles" : ""), \
     for [i=1:3] agreement using (units(strcol("curve"))):(row("f_out", when[i], column("sgd"))):"se" with yerrorbars ls 11+i
unset multiplot
