# Quadratic students of 50 units at two strengths of SGD's noise, against time; particles (lines), SGD (points).
# a: the error, and half of what the teacher's fields leave open of the output; dashes, gamma sigma^2/p. b: the
# cosine of two units outside of the teacher's subspace; grey, of random directions. c: what units have there.
width = 17.8; height = 7.2
load "figures/style.gp"
array curve[2] = ["loud", "quiet"]
array noise[2] = [0.04, 0.02]
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity && column("t") > 0 ? x : NaN
t(x) = x > 0 ? x : NaN
few(x) = x > 0 && !(x > 41 && x < 59) ? x : NaN # not all points, for legibility
set multiplot layout 1,3 margins 0.07,0.985,0.17,0.92 spacing 0.085,0.1
set logscale x
set xrange [0.4:80]
set xlabel "{/:Italic t} = α γ/{/:Italic p}" offset 0,0.4
set logscale y
set format y log_labels

set label 1 "{/:Bold a}   error" at graph 0.0,1.04
set yrange [0.008:12]
set ylabel "{/:Italic ε_g},  ⟨Var({/:Italic  f }|{/:Italic  ν })⟩/2" offset 1
set key top right samplen 2
plot for [i=1:2] agreement using (t(column("t"))):(row(curve[i], "eps_g", column("theory"))) with lines ls 1+i dt 1 title sprintf("{/:Italic ε_g}, γ/{/:Italic p} = %g", noise[i]), \
     for [i=1:2] agreement using (few(column("t"))):(row(curve[i], "eps_g", column("sgd"))):"se" with yerrorbars ls 11+i title (i == 1 ? "SGD" : ""), \
     for [i=1:2] agreement using (few(column("t"))):(row(curve[i], "f_out", column("sgd")/2)):(column("se")/2) with yerrorbars ls 11+i pt 7 ps 0.3 title (i == 1 ? "SGD, open output/2" : ""), \
     for [i=1:2] [10:80] noise[i] with lines ls 1+i dt 3 notitle

set label 1 "{/:Bold b}   cosine outside"
set yrange [0.05:1]
set ytics (0.05, 0.1, 0.2, 0.5, 1)
set format y "%g"
set ylabel "cosine of two units outside" offset 1
set key top left reverse Left
plot 99**(-0.5) with lines ls 100 title "random directions", \
     for [i=1:2] agreement using (t(column("t"))):(row(curve[i], "cos_out", column("theory"))) with lines ls 1+i dt 1 title sprintf("γ/{/:Italic p} = %g", noise[i]), \
     for [i=1:2] agreement using (few(column("t"))):(row(curve[i], "cos_out", column("sgd"))):"se" with yerrorbars ls 11+i title (i == 1 ? "SGD" : "")

set label 1 "{/:Bold c}   lengths outside"
set yrange [0.02:2]
set ytics autofreq
set format y log_labels
set ylabel "mean{/:Italic  q}" offset 1
unset key
plot for [i=1:2] agreement using (t(column("t"))):(row(curve[i], "q", column("theory"))) with lines ls 1+i dt 1, \
     for [i=1:2] agreement using (few(column("t"))):(row(curve[i], "q", column("sgd"))):"se" with yerrorbars ls 11+i
unset multiplot
