# a: errors that six students with too few units end with; b: runs of SGD and theory with K = 2, M = 4,
# first layer and both; c, d: overlaps at the end of one run of each, with the second layer.
width = 17.8; height = 12
load "figures/style.gp"
last(x) = column("alpha") > 0 ? x : NaN
pairs = "1-M2 1-M3 1-M4 2-M3 2-M4 3-M4"
# data blocks: place, mean over the starts of the fixed point's error
do for [what in "first-0.5 first-0.1 first-0.01 both-0.5 slow-0.01 slowest-0.001"] {
    mode = what[1:strstrt(what, "-") - 1]
    eta = what[strstrt(what, "-") + 1:*]
    set print $Block
    do for [i=1:6] {
        pair = word(pairs, i)
        curve = mode eq "first" ? sprintf("first-K%s", i == 6 ? "3-eta_w" . eta : pair . "-eta_w" . eta) \
                                : sprintf("%s-K%s", mode, i == 6 ? "3" : pair)
        stats table(curve, "theory") using (last(column("fixed_eps_g"))) name "S" nooutput
        print sprintf("%d,%.6g", i, S_mean)
    }
    set print
    block = mode . "_" . substr(eta, 3, 9)
    eval sprintf("set print $end_%s; print $Block; set print", block)
}
set print $sgd
do for [mode in "first both"] {
    do for [m=3:4] {
        stats table(sprintf("sgd-%s-M%d", mode, m), "sgd") using (column("alpha") >= 1000 ? column("eps_g") : NaN) name "S" nooutput
        print sprintf("%d,%.6g,%.6g", m + 1, S_mean, S_stddev/sqrt(12))
    }
}
set print
set multiplot

# ---- a ----
set lmargin at screen 0.085; set rmargin at screen 0.505
set bmargin at screen 0.12; set tmargin at screen 0.94
set label 1 "{/:Bold a}" at graph 0.0,1.045
set logscale y
set xrange [0.5:6.5]; set yrange [0.008:0.75]
set xtics ("1, 2" 1, "1, 3" 2, "1, 4" 3, "2, 3" 4, "2, 4" 5, "3, 4" 6) scale 0
set ytics ("0.01" 0.01, "0.02" 0.02, "0.05" 0.05, "0.1" 0.1, "0.2" 0.2)
set xlabel "units of student and teacher,  {/:Italic K, M}" offset 0,0.4
set ylabel "generalisation error at the end,{/:Italic  ε_g}" offset 0.5
set key inside top left reverse Left samplen 1 maxrows 4 width -4
plot $end_first_5 with points ls 11 ps 1.1 lw 1.5 title "first layer,{/:Italic  η }= 0.5", \
     $end_first_1 with points ls 11 pt 8 ps 1.1 lw 1.5 title "first layer,{/:Italic  η }= 0.1", \
     $end_first_01 with points ls 11 pt 12 ps 1.1 lw 1.5 title "first layer,{/:Italic  η }= 0.01", \
     $end_both_5 with points ls 12 pt 6 ps 1.1 lw 1.5 title "both layers,{/:Italic  η }= 0.5", \
     $end_slow_01 with points ls 12 pt 8 ps 1.1 lw 1.5 title "both,{/:Italic  η }= 0.01", \
     $end_slowest_001 with points ls 12 pt 12 ps 1.1 lw 1.5 title "both,{/:Italic  η }= 0.001", \
     table("pairs", "theory") using (5.25):(last(column("fixed_eps_g"))) with points pt 2 ps 0.8 lc rgb okabe_ito[3] lw 1.5 \
         title "that, 2 + 2: a saddle", \
     $sgd using ($1-0.25):2:3 with yerrorbars pt 7 ps 0.5 lc rgb okabe_ito[4] title "SGD,{/:Italic  η }= 0.5"

# ---- b ----
set lmargin at screen 0.59; set rmargin at screen 0.985
set bmargin at screen 0.56; set tmargin at screen 0.94
set label 1 "{/:Bold b}   {/:Italic K }= 2,{/:Italic  M }= 4,{/:Italic  η }= 0.5" at graph 0,1.09
set logscale xy
set xrange [0.25:3500]; set yrange [0.025:1]
set xtics auto; set xtics scale 0.6
unset ytics; set ytics ("0.05" 0.05, "0.1" 0.1, "0.5" 0.5) nomirror scale 0.6
set format x log_labels
unset ylabel
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
unset key
set key inside top right samplen 3 width 0
shown(s, x) = column("seed") == s && column("alpha") > 0 ? x : NaN
plot for [s=1:3] table("sgd-first-M4", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls 1 title (s == 1 ? "first layer" : ""), \
     for [s=1:3] table("sgd-both-M4", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls 2 title (s == 1 ? "both layers" : ""), \
     for [s=1:3] table("sgd-first-M4", "sgd") using "alpha":(shown(s, column("eps_g"))) with points ls 11, \
     for [s=1:3] table("sgd-both-M4", "sgd") using "alpha":(shown(s, column("eps_g"))) with points ls 12

# ---- c, d ----
unset logscale; unset label 1
unset xlabel; unset ylabel; unset border; unset key
set format x "%g"
set palette defined (-1 "#0072B2", 0 "#FFFFFF", 1 "#D55E00")
set cbrange [-2:2]
set style fill solid 1 noborder
end(x) = column("seed") == 1 && column("alpha") == 3000 ? x : NaN
do for [panel=0:1] {
    curve = panel == 0 ? "sgd-first-M4" : "sgd-both-M4"
    set lmargin at screen 0.61; set rmargin at screen 0.87
    set tmargin at screen 0.385 - 0.18*panel; set bmargin at screen 0.285 - 0.18*panel
    set xrange [-0.6:5.1]; set yrange [1.6:-0.6]
    set label 1 sprintf("{/:Bold %s}   %s", "cd"[panel+1:panel+1], panel == 0 ? "first layer" : "both layers") at graph 0,1.22
    set xtics ("1" 0, "2" 1, "3" 2, "4" 3, "{/:Italic v_k}" 4.6) scale 0 offset 0,0.5
    set ytics ("1" 0, "2" 1) scale 0 offset 0.5
    if (panel == 1) { set xlabel "teacher unit" offset -2,0.7
                      set cbtics 1 scale 0.4 offset -0.6
                      set colorbox vertical user origin 0.905,0.12 size 0.014,0.25 } else { unset colorbox }
    plot for [k=0:1] for [n=0:3] table(curve, "sgd") using (end(n)):(k):(0.5):(0.5):(column(sprintf("R_%d_%d", k, n))) with boxxyerror lc palette, \
         for [k=0:1] table(curve, "sgd") using (end(4.6)):(k):(0.4):(0.5):(column(sprintf("v_%d", k))) with boxxyerror lc palette
}
unset multiplot
