# Students as wide as their teacher: error of single networks in 40 dimensions (points) and the best solution of theory (line);
# grey: where the equations have three solutions.
width = 8.6; height = 7.0
load "figures/style.gp"
set margins 8,2,3,1
set xrange [0.15:0.35]
set xlabel "{/:Italic α }= samples/{/:Italic d }^2" offset 0,0.4
set logscale y
set yrange [1e-8:20]
set format y log_labels
set ylabel "mse" offset 0.5
set xtics 0.05
set key bottom left reverse Left samplen 3
many(n, x) = n > 1 ? x : NaN
plot table("line", "theory") using "alpha":(many(column("n_roots"), 20)):(1e-8) with filledcurves lc rgb "#E6E6E6" title "three solutions", \
     table("line", "theory") using "alpha":"mse" with lines ls 3 title "the best", \
     for [a in "0.22 0.27 0.32"] table("run-alpha" . a, "sgd") using "alpha":"mse" with points ls 12 title (a eq "0.22" ? "networks" : "")
