# Overlaps of noise-free students with their teacher: theory, the mean over its starts, as lines; the mean of the runs, with its
# standard error, as points. a: as many units as the teacher; b: one and two units to spare; c-e: R of run 1 at the end.
width = 17.8; height = 8.2
load "figures/style.gp"
array curve[5] = ["equal-K2", "equal-K4", "both", "one-spare", "two-spare"]
array label[5] = ["{/:Italic K }={/:Italic  M }= 2", "{/:Italic K }={/:Italic  M }= 4", "2, both layers", "one to spare", "two to spare"]
later(x) = x > 0 ? x : 1e-9
of(c, q, x) = strcol("curve") eq c && strcol("quantity") eq q && column("alpha") > 0 ? x : NaN
set multiplot
set logscale x
set xrange [0.9:6000]
set yrange [-0.03:1.55]
set ytics 0,0.2,1
set format x log_labels
set xlabel "α = steps / N" offset 0,0.3
set bmargin at screen 0.15; set tmargin at screen 0.91

set label 1 "{/:Bold a}   no unit to spare" at graph 0.0,1.06
set lmargin at screen 0.07; set rmargin at screen 0.385
set ylabel "overlap" offset 1
set key at graph 0.02,1.0 top left reverse Left samplen 2
set label 2 "pairs" at 5500,0.9 right tc rgb "#555555"
set label 3 "others" at 5500,0.09 right tc rgb "#555555"
plot for [i=1:3] table(curve[i], "theory") using (later(column("alpha"))):"R_match" smooth unique with lines ls i notitle, \
     for [i=1:3] table(curve[i], "theory") using (later(column("alpha"))):"R_rest" smooth unique with lines ls i notitle, \
     for [i=1:3] agreement using (of(curve[i], "R_match", column("alpha"))):"sgd":"se" with yerrorbars ls 10+i notitle, \
     for [i=1:3] agreement using (of(curve[i], "R_rest", column("alpha"))):"sgd":"se" with yerrorbars ls 10+i notitle, \
     for [i=1:3] keyentry with linespoints ls i title label[i]

set label 1 "{/:Bold b}   units to spare, {/:Italic M }= 2"
set lmargin at screen 0.455; set rmargin at screen 0.765
set xrange [0.9:3000]
set ylabel "overlap;  5 × spare error" offset 1
unset label 2; unset label 3
plot for [i=4:5] table(curve[i], "theory") using (later(column("alpha"))):"R_match" smooth unique with lines ls i notitle, \
     for [i=4:5] table(curve[i], "theory") using (later(column("alpha"))):"R_rest" smooth unique with lines ls i dt 2 notitle, \
     for [i=4:5] table(curve[i], "theory") using (later(column("alpha"))):(5*column("spare")) smooth unique with lines ls i dt 3 notitle, \
     for [i=4:5] agreement using (of(curve[i], "R_match", column("alpha"))):"sgd":"se" with yerrorbars ls 10+i notitle, \
     for [i=4:5] agreement using (of(curve[i], "R_rest", column("alpha"))):"sgd":"se" with yerrorbars ls 10+i notitle, \
     for [i=4:5] agreement using (of(curve[i], "spare", column("alpha"))):(5*column("sgd")):(5*column("se")) with yerrorbars ls 10+i notitle, \
     for [i=4:5] keyentry with linespoints ls i title label[i], \
     keyentry with lines ls 1 title "pairs, least", keyentry with lines ls 1 dt 2 title "others, largest", \
     keyentry with lines ls 1 dt 3 title "spare units"

# ---- c-e: R of one run at its last time ----
unset logscale x
unset key
unset label 1
unset xlabel; unset ylabel; unset border; unset xtics; unset ytics
set palette defined (-1 "#0072B2", 0 "#FFFFFF", 1 "#D55E00")
set cbrange [-1:1]
unset colorbox
set style fill solid 1 border rgb "#CCCCCC"
array panel[3] = ["equal-K4", "one-spare", "two-spare"]
array K[3] = [4, 3, 4]
array M[3] = [4, 2, 2]
at_end(x) = column("seed") == 1 && column("alpha") == 2000 ? x : NaN
R(i, n) = column(sprintf("R_%d_%d", i, n))
do for [p=1:3] {
    top = 0.93 - 0.30*(p - 1)
    set lmargin at screen 0.84; set rmargin at screen 0.84 + 0.026*M[p]
    set tmargin at screen top; set bmargin at screen top - 0.056*K[p]
    set xrange [-0.5:M[p] - 0.5]; set yrange [K[p] - 0.5:-0.5]
    set label 1 sprintf("{/:Bold %s}", "cde"[p:p]) at graph -0.1,1.0 right
    if (p == 3) { set colorbox horizontal user origin 0.83,0.075 size 0.14,0.014
                  set cbtics ("−1" -1, "0" 0, "1" 1) scale 0.4 offset 0,0.5
                  set label 2 "{/:Italic R }of one run" at screen 0.83,0.968 }
    plot for [i=0:K[p]-1] for [n=0:M[p]-1] table(panel[p], "sgd") using (at_end(n)):(i):(0.47):(0.47):(R(i, n)) with boxxyerror lc palette
}
unset multiplot
