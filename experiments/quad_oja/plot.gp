# a: error of the flow on infinitely many samples, networks in 80 dimensions (points) and theory (lines); b: distance to the
# end, which falls as t^-3 with room for all that is to be learnt, and as 1/t without (dotted: the laws).
width = 17.8; height = 7.2
load "figures/style.gp"
row(curve, quantity, x) = strcol("curve") eq curve && strcol("quantity") eq quantity ? x : NaN
rho(x) = 2*sqrt(((1 + sqrt(0.5))**2 - x)*(x - (1 - sqrt(0.5))**2))/(2*pi*x)
cubic(t) = t < 20 ? NaN : (pi**2/12 - 1.2020569/2)/8*rho(0.5)/t**3
linear(t) = t < 5 ? NaN : log(2)*rho(1.5)/(2*t)
array curve[2] = ["enough", "too-few"]
array run[2] = ["run", "run-too-few"]
array label[2] = ["κ = 1", "κ = 0.25"]

set multiplot layout 1,2 margins 0.085,0.985,0.16,0.93 spacing 0.1,0.1
set logscale xy
set format x log_labels
set xlabel "{/:Italic t}" offset 0,0.4

set label 1 "{/:Bold a}" at graph -0.15,1.04
set xrange [0.05:8]
set yrange [0.12:2]
set format x "%g"
set ytics (0.1, 0.2, 0.5, 1, 2)
set ylabel "mse" offset 1
set key bottom left reverse Left samplen 3
plot for [i=1:2] table(curve[i], "theory") using "t":"mse" with lines ls 1+i title label[i], \
     for [i=1:2] agreement using (row(run[i], "mse", column("t"))):"sgd":"se" with yerrorbars ls 11+i title label[i] . ",{/:Italic  d }= 80"

set label 1 "{/:Bold b}"
set xrange [0.1:1e4]
set yrange [1e-14:5]
set ytics auto
set format x log_labels
set format y log_labels
set ylabel "distance to the end" offset 0.5
plot cubic(x) with lines ls 100 dt 3 lw 2 title "laws", linear(x) with lines ls 100 dt 3 lw 2 notitle, \
     for [i=1:2] table(curve[i], "theory") using "t":"distance" with lines ls 1+i title label[i], \
     for [i=1:2] agreement using (row(run[i], "distance", column("t"))):"sgd":"se" with yerrorbars ls 11+i notitle
unset multiplot
