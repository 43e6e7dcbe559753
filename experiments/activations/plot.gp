# eps_g of six pairs of student and teacher, all from the same overlaps: theory as a line, twice the
# standard deviation of a run that theory predicts as a band, five runs as points.
width = 17.8; height = 10.5
load "figures/style.gp"
array curve[6] = ["erf", "tanh", "relu", "linear", "quadratic", "relu-on-erf"]
array label[6] = ["erf", "tanh", "ReLU", "linear", "quadratic", "ReLU on erf"]
set multiplot layout 2,3 margins 0.085,0.985,0.115,0.94 spacing 0.06,0.12
set logscale xy
set xrange [0.4:500]
set yrange [3e-4:3]
set format y log_labels
set style fill solid 0.25 noborder
unset key
positive(x) = x > 1e-5 ? x : 1e-5
run(s, x) = column("seed") == s && column("alpha") > 0 ? x : NaN

do for [i=1:6] {
    theory = table(curve[i], "theory")
    set label 1 sprintf("{/:Bold %s}   %s", "abcdef"[i:i], label[i]) at graph 0.02,1.06
    if (i > 3) { set xlabel "α = steps / N" offset 0,0.4 } else { unset xlabel }
    if (i % 3 == 1) { set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5; set format y log_labels } \
    else { unset ylabel; set format y "" }
    if (i == 6) {
        set key bottom left reverse Left samplen 2
    }
    plot theory using "alpha":(positive(column("eps_g") - 2*column("sd_eps_g"))):(column("eps_g") + 2*column("sd_eps_g")) \
             with filledcurves lc rgb okabe_ito[3] title "theory ± 2 s.d. of a run", \
         theory using "alpha":"eps_g" with lines ls 3 dt 1 title "theory", \
         for [s=1:5] table(curve[i], "sgd") using "alpha":(run(s, column("eps_g"))) with points ls 12 pt 6 ps 0.3 \
             title (s == 1 ? "five runs" : "")
}
unset multiplot
