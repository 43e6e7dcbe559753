# a: error against the student's width, d = 30, theory (line) and networks (points). b: students as wide as their teacher, single networks
# in 40 dimensions (points) and the best solution of theory (line); grey: where the equations have three solutions. c: shares of runs
# that end below an error, d = 20, by two ways down and from two starts.
width = 17.8; height = 7.0
load "figures/style.gp"
row(x) = strstrt(strcol("curve"), "width-kappa") == 1 && strcol("quantity") eq "mse" ? x : NaN
units(c) = strstrt(c, "kappa") ? real(c[strstrt(c, "kappa") + 5:*]) : NaN
many(n, x) = n > 1 ? x : NaN
set print $line
do for [k in "0.16 0.18 0.2 0.22 0.24 0.26 0.28 0.3 0.32 0.34 0.36 0.38 0.4 0.45 0.5 0.55 0.6 0.65 0.7 1 2"] {
    stats table("line-kappa" . k, "theory") using "mse" nooutput; print k, ",", STATS_max
}
set print

set multiplot layout 1,3 margins 0.075,0.99,0.18,0.92 spacing 0.09,0.1
set label 1 "{/:Bold a}" at graph -0.2,1.04
set logscale x
set xrange [0.15:2.4]
set xtics (0.2, 0.3, 0.5, 1, 2)
set xlabel "width of the student {/:Italic κ}" offset 0,0.4
set yrange [0:1]
set ylabel "mse" offset 1
set arrow 1 from 0.3,graph 0 to 0.3,graph 1 nohead ls 100
set arrow 2 from 0.603,graph 0 to 0.603,graph 1 nohead ls 100
set label 2 "{/:Italic κ}*" at 0.31,0.06
set label 3 "{/:Italic κ}_{min}" at 0.62,0.06
set key top right samplen 2.5
plot $line using 1:2 with lines ls 3 title "theory", \
     agreement using (units(strcol("curve"))):(row(column("sgd"))):"se" with yerrorbars ls 12 title "networks"
unset arrow
unset label

set label 1 "{/:Bold b}" at graph -0.2,1.04
unset logscale x
set xrange [0.06:0.35]
set xtics 0.1,0.1
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set logscale y
set yrange [1e-8:20]
set format y log_labels
set ylabel "mse" offset 0.5
set key bottom left reverse Left samplen 1.5
plot table("little", "theory") using "alpha":(many(column("n_roots"), 20)):(1e-8) with filledcurves lc rgb "#E6E6E6" title "three roots", \
     table("little", "theory") using "alpha":"mse" with lines ls 3 title "the best", \
     table("before", "sgd") using "alpha":"mse" with points ls 12 title "networks", \
     for [a in "0.27 0.32"] table("run-alpha" . a, "sgd") using "alpha":"mse" with points ls 12

set label 1 "{/:Bold c}"
unset logscale y
set logscale x
set format x log_labels
set xrange [1e-8:20]
set xtics 100
set format y "%g"
set yrange [0:1]
set xlabel "mse" offset 0,0.4
set ylabel "share of the runs below" offset 1
set key top left reverse Left samplen 2.5
plot table("flow", "sgd") using "mse":(1) smooth cnormal with lines ls 2 title "flow, tiny start", \
     table("lbfgs-gamma2e-07", "sgd") using "mse":(1) smooth cnormal with lines ls 3 title "L-BFGS, tiny", \
     table("flow-large", "sgd") using "mse":(1) smooth cnormal with lines ls 6 title "flow, large", \
     table("lbfgs-gamma1.2", "sgd") using "mse":(1) smooth cnormal with lines ls 5 title "L-BFGS, large"
unset multiplot
