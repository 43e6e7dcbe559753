# Students of several sizes on a training set that is used again and again. a: the first layer is trained, b: both are; points: generalisation
# error, mean over the runs with its standard error; dotted: training error; lines: theory of fresh inputs, mean over the same starts.
# c: deviation from theory against passes through the set, four units, sets of several sizes.
width = 17.8; height = 8.0
load "figures/style.gp"
array K[3] = [2, 4, 8]
array P[4] = [1000, 2000, 4000, 10000]
array set_of[4] = ["set-samples1000", "set-samples2000", "first-K4", "set-samples10000"]
# smooth unique averages over seeds; the start, out of sight, must not break the line
later(x) = x > 0 ? x : 1e-9
of(c, x) = strcol("curve") eq c && strcol("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
thin(x) = int(x) % 100 == 50 || int(x) == 250 || x == 850 ? NaN : x
student(p, i) = sprintf("%s-K%d", p == 1 ? "first" : "both", K[i])
set multiplot layout 1,3 margins 0.075,0.99,0.15,0.92 spacing 0.075,0
set logscale xy
set format x log_labels
set format y log_labels
set xrange [0.8:1900]
set yrange [1e-3:40]
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.3
set key top right samplen 2.5
do for [p=1:2] {
    set label 1 sprintf("{/:Bold %s}   %s", "ab"[p:p], p == 1 ? "first layer trained" : "both layers trained") at graph 0.0,1.05
    if (p == 1) { set ylabel "generalisation and training error" offset 1 } else { unset ylabel; unset key }
    plot for [i=1:3] table(student(p, i), "sgd") using (later(column("alpha"))):"eps_t" smooth unique with lines ls i dt 3 notitle, \
         for [i=1:3] table(student(p, i), "theory") using (later(column("alpha"))):"eps_g" smooth unique with lines ls i dt 1 notitle, \
         for [i=1:3] agreement using (of(student(p, i), thin(column("alpha")))):"sgd":"se" with yerrorbars ls 10+i \
             title sprintf("{/:Italic K }= %d", K[i]), \
         0.045 with lines ls 100 title "{/:Italic σ}^2/2", \
         keyentry with lines ls 8 dt 1 title "theory, fresh inputs", keyentry with lines ls 8 dt 3 title "training errors"
}
set label 1 "{/:Bold c}   four units, first layer"
unset logscale y
set format y "%g"
set xrange [0.08:120]
set yrange [-0.2:1.7]
set xlabel "passes through the set" offset 0,0.3
set ylabel "{/:Italic ε_g} / theory − 1" offset 1.5
set key top left reverse Left samplen 1.5
set arrow 1 from 1,graph 0 to 1,graph 1 nohead ls 100
plot 0 ls 100 notitle, \
     for [i=1:4] agreement using (of(set_of[i], column("alpha")*200/P[i])):(column("deviation")/column("theory")):(column("se")/column("theory")) \
         with yerrorlines ls 10+i title sprintf("{/:Italic P }= %d{/:Italic  N}", P[i]/200)
unset multiplot
