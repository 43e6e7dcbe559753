# Students of real images with labels of a random teacher: small points are single runs, large ones
# their mean; lines are the mean of theory for Gaussian inputs from the same starts, thin of covariance 1,
# thick grey of that of the images. a: the first layer is trained; b: both are; c: whitened images, two units.
width = 17.8; height = 8.5
load "figures/style.gp"
array K[3] = [2, 4, 8]
array kind[2] = ["first", "both"]
array label[2] = ["first layer trained", "both layers trained"]
set multiplot layout 1,3 margins 0.072,0.99,0.145,0.93 spacing 0.025,0
set logscale xy
set xrange [0.085:950]
set yrange [1e-4:1.2]
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.3
set key bottom left reverse Left samplen 3.5
# smooth unique averages over seeds; the start, out of sight, must not break the line
later(x) = x > 0 ? x : 1e-9
thin(x) = x < 420 || int(x) % 100 == 0 ? x : NaN
student(p, i, side) = table(sprintf("%s-K%d", kind[p], K[i]), side)
do for [p=1:2] {
    set label 1 sprintf("{/:Bold %s}   %s", "ab"[p:p], label[p]) at graph 0.0,1.045
    if (p == 1) { set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5; set format y log_labels } \
    else { unset ylabel; set format y ""; unset key }
    thick = p == 1 ? "covariance covariance-K4 covariance-K8" : "covariance-both"
    plot for [c in thick] table(c, "theory") using (later(column("alpha"))):"eps_g" smooth unique with lines ls 100 lw 4*u, \
         for [i=1:3] student(p, i, "sgd") using (thin(later(column("alpha")))):"eps_g" with points ls i+11 pt 7 ps 0.12, \
         for [i=1:3] student(p, i, "theory") using (later(column("alpha"))):"eps_g" smooth unique with lines ls i+1, \
         for [i=1:3] student(p, i, "sgd") using (later(column("alpha"))):"eps_g" smooth unique with points ls i+11, \
         keyentry with lines ls 1 lw 1*u title "theory, white", \
         keyentry with lines ls 100 lw 4*u title "theory, images'", \
         keyentry with points ls 18 pt 6 title "SGD", \
         for [i=1:3] keyentry with linespoints ls i+1 title sprintf("{/:Italic K }= %d", K[i])
}
set label 1 "{/:Bold c}   whitened images"
plot table("whitened", "theory") using (later(column("alpha"))):"eps_g" smooth unique with lines ls 2, \
     table("whitened", "sgd") using (later(column("alpha"))):"eps_g" with points ls 12 pt 7 ps 0.12, \
     table("whitened", "sgd") using (later(column("alpha"))):"eps_g" smooth unique with points ls 12
unset multiplot
