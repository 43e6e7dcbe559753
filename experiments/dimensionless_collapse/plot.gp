# a: the error at four strengths of noise for 8 units (lines: equations; points: SGD), and for 4 and 16 at the
# second of them; grey, gradient flow. b: the distance from gradient flow in units of gamma/p.
width = 17.8; height = 7.6
load "figures/style.gp"
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity ? x : NaN
array gamma[4] = ["0.4", "0.8", "1.6", "3.2"]
array noise[4] = [0.05, 0.1, 0.2, 0.4]
flow(i) = "flow-scaling.gamma" . gamma[i]
noisy(i) = table("noisy-scaling.gamma" . gamma[i], "theory")
# gradient flow at the same times
array still[15]
stats table(flow(1), "theory") using (still[int(column(0)) + 1] = column("eps_g")) nooutput

set multiplot layout 1,2 margins 0.09,0.985,0.16,0.92 spacing 0.11
set logscale x
set xrange [0.08:25]
set xlabel "{/:Italic t} = α γ/{/:Italic p}" offset 0,0.4
set format x "%g"

set label 1 "{/:Bold a}" at graph -0.15,1.04
set logscale y
set yrange [1.2e-3:2.5e-2]
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set format y log_labels
set key bottom left reverse Left samplen 2
plot table(flow(1), "theory") using "t":"eps_g" with lines ls 100 lw 2 title "gradient flow", \
     for [i=1:4] noisy(i) using "t":"eps_g" with lines ls 1+i title sprintf("γ/{/:Italic p} = %g", noise[i]), \
     for [i=1:4] agreement using (row(flow(i), "eps_g", column("t"))):"sgd":"se" with yerrorbars ls 11+i title "", \
     agreement using (row("p4", "eps_g", column("t"))):"sgd":"se" with yerrorbars ls 13 pt 6 ps 0.9 title "0.1, {/:Italic p} = 4", \
     agreement using (row("p16", "eps_g", column("t"))):"sgd":"se" with yerrorbars ls 13 pt 2 ps 0.9 title "0.1, {/:Italic p} = 16"

set label 1 "{/:Bold b}"
unset logscale y
set format y "%g"
set yrange [-0.001:0.013]
set ylabel "(ε_g – ε_{flow})/(γ/{/:Italic p})" offset 0.5
set key bottom right noreverse Right
plot for [i=1:4] noisy(i) using "t":((column("eps_g") - still[int(column(0)) + 1]) / noise[i]) with lines ls 1+i title sprintf("γ/{/:Italic p} = %g", noise[i]), \
     for [i=1:4] agreement using (row(flow(i), "eps_g", column("t"))):((column("sgd") - column("theory")) / noise[i]):(column("se") / noise[i]) with yerrorbars ls 11+i title ""
unset multiplot
