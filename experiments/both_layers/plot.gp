# a, b: eps_g late in training against K, mean over a window and over the runs, from the denoising start
# and from random weights; c, d: overlaps at the end of a run from both; e: what gradient flow conserves.
width = 17.8; height = 14
load "figures/style.gp"
late(x) = column("alpha") >= 2000 ? x : NaN
# data blocks $START_ACTIVATION_SIDE with K, mean of eps_g, its error: a run's late times are hardly
# independent, so the spread is divided by the root of the number of runs alone
late_times = 6 # of each run
blocks = "denoising-erf denoising-linear small-erf small-linear large-erf large-linear quiet-linear " . \
         "denoising-relu small-relu large-relu"
do for [block in blocks] {
    start = block[1:strstrt(block, "-") - 1]
    unit = block[strstrt(block, "-") + 1:*]
    list = start eq "denoising" ? (unit eq "relu" ? "2 4 8" : "2 4 8 16") : "4 8 16"
    do for [side in "theory sgd"] {
        if (!(side eq "theory" && unit eq "relu" && start ne "denoising")) {
            set print $Block
            do for [k in list] {
                stats table(sprintf("%s-%s-K%s", unit, start, k), side) using (late(column("eps_g"))) name "S" nooutput
                print sprintf("%s,%.6g,%.6g", k, S_mean, S_stddev/sqrt(S_records/late_times))
            }
            set print
            eval sprintf("set print $%s_%s_%s; print $Block; set print", start, unit, side)
        }
    }
}
set multiplot

# ---- a, b ----
set logscale xy
set xrange [1.7:19]
set yrange [2e-5:2.2e-3]
set xtics (2, 4, 8, 16)
set format y log_labels
set xlabel "student units  {/:Italic K}" offset 0,0.5
set bmargin at screen 0.50; set tmargin at screen 0.955
set lmargin at screen 0.095; set rmargin at screen 0.43
set label 1 "{/:Bold a}   denoising start" at graph 0.0,1.045
set ylabel "{/:Italic ε_g}, mean from α = 2000 to 3000" offset 0
set key bottom left reverse Left samplen 3
plot 2.2e-3/x with lines ls 100 title "slope −1", \
     $denoising_linear_theory with lines ls 2 title "linear", $denoising_relu_theory with lines ls 3 title "ReLU", \
     $denoising_erf_theory with lines ls 1 title "erf", \
     $denoising_linear_sgd with yerrorbars ls 12, $denoising_relu_sgd with yerrorbars ls 13, \
     $denoising_erf_sgd with yerrorbars ls 11

set lmargin at screen 0.46; set rmargin at screen 0.69
set label 1 "{/:Bold b}   random start"
unset ylabel; set format y ""
set xrange [3.3:19]
set key at screen 0.715,0.93 top left reverse Left samplen 2 spacing 1.25
plot $large_linear_theory with lines ls 2, $large_erf_theory with lines ls 1, \
     $small_linear_theory with lines ls 2 lw 2, $small_erf_theory with lines ls 1 lw 2, $quiet_linear_theory with lines ls 5, \
     $large_linear_sgd with yerrorbars ls 12 pt 5 title "linear, weights of s.d. 1", \
     $small_linear_sgd with yerrorbars ls 12 title "linear, s.d. 0.3", \
     $large_relu_sgd with yerrorbars ls 13 pt 9 title "ReLU, s.d. 1", \
     $small_relu_sgd with yerrorbars ls 13 title "ReLU, s.d. 0.3", \
     $large_erf_sgd with yerrorbars ls 11 pt 7 title "erf, s.d. 1", \
     $small_erf_sgd with yerrorbars ls 11 title "erf, s.d. 0.3", \
     $quiet_linear_sgd with yerrorbars ls 15 title "linear, s.d. 0.1,  {/:Italic σ }= 0.02"

# ---- e: the balance of the layers ----
unset logscale
set bmargin at screen 0.085; set tmargin at screen 0.37
set lmargin at screen 0.56; set rmargin at screen 0.98
set label 1 "{/:Bold e}   {/:Italic K }= 4, linear, small random start" at graph 0.0,1.07
set xrange [0:3050]; set yrange [-2.3:0.15]
set xtics 0,1000; set ytics 0.5
set format x "%g"; set format y "%g"
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
set ylabel "Σ_k ({/:Italic v_k}^2 − {/:Italic Q_{kk}})" offset 0
unset key
set key inside bottom left reverse Left samplen 3
balance(s) = column("seed") == s ? column("v_0")**2 - column("Q_0_0") + column("v_1")**2 - column("Q_1_1") \
    + column("v_2")**2 - column("Q_2_2") + column("v_3")**2 - column("Q_3_3") : NaN
plot 0 ls 100, \
     table("linear-quiet-K4", "theory") using "alpha":(balance(1)) with lines ls 5 title "{/:Italic σ }= 0.02", \
     table("linear-small-K4", "theory") using "alpha":(balance(1)) with lines ls 2 title "{/:Italic σ }= 0.1", \
     table("linear-quiet-K4", "sgd") using "alpha":(balance(1)) with points ls 15, \
     table("linear-small-K4", "sgd") using "alpha":(balance(1)) with points ls 12

# ---- c, d: R of the runs with K = 8, cells; the second layer beside them ----
unset label 1
unset xlabel; unset ylabel; unset border; unset key
set palette defined (-1 "#0072B2", 0 "#FFFFFF", 1 "#D55E00")
set cbrange [-1.2:1.2]
set style fill solid 1 noborder
end(x) = column("seed") == 1 && column("alpha") == 3000 ? x : NaN
do for [panel=0:1] {
    curve = panel == 0 ? "erf-denoising-K8" : "erf-small-K8"
    set lmargin at screen 0.095 + 0.17*panel; set rmargin at screen 0.225 + 0.17*panel
    set bmargin at screen 0.085; set tmargin at screen 0.37
    set xrange [-0.6:3.1]; set yrange [7.6:-0.6]
    set title sprintf("{/:Bold %s}   %s", "cd"[panel+1:panel+1], panel == 0 ? "denoising" : "random") offset 0,-0.5
    set xtics ("1" 0, "2" 1, "{/:Italic v_k}" 2.6) scale 0 offset 0,0.5
    set xlabel "teacher unit" offset -2,0.7
    if (panel == 0) { set ytics ("1" 0, "2" 1, "3" 2, "4" 3, "5" 4, "6" 5, "7" 6, "8" 7) scale 0 offset 0.5
                      set ylabel "student unit" offset 0.8; unset colorbox } \
    else { unset ytics; unset ylabel; set cbtics 1 scale 0.4 offset -0.6
           set colorbox vertical user origin 0.415,0.12 size 0.012,0.2 }
    plot for [k=0:7] for [n=0:1] table(curve, "sgd") using (end(n)):(k):(0.5):(0.5):(column(sprintf("R_%d_%d", k, n))) with boxxyerror lc palette, \
         for [k=0:7] table(curve, "sgd") using (end(2.6)):(k):(0.4):(0.5):(column(sprintf("v_%d", k))) with boxxyerror lc palette
}
unset multiplot
