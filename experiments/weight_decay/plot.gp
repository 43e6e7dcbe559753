# eps_g late in training against weight decay: a, first layer; b, both layers; c, theory with much label
# noise, as the relative change against no decay.
width = 17.8; height = 7
load "figures/style.gp"
late_times = 6 # of each run
late(x) = column("alpha") >= 2000 ? x : NaN
# data blocks $MODE_K_SIDE: decay, mean of eps_g over the window and the runs, its error; no decay stands
# at the left edge
place(w) = w eq "0" ? 4e-6 : w eq "1e-05" ? 1e-5 : w eq "3e-05" ? 3e-5 : real(w)
do for [mode in "first both"] {
    sizes = mode eq "first" ? "2 3 4" : "2 4 8"
    do for [k in sizes] {
        do for [side in "theory sgd"] {
            set print $Block
            do for [w in "0 1e-05 3e-05 0.0001 0.0003 0.001"] {
                stats table(sprintf("%s-K%s-weight_decay%s", mode, k, w), side) using (late(column("eps_g"))) name "S" nooutput
                print sprintf("%g,%.6g,%.6g", place(w), S_mean, S_stddev/sqrt(S_records/late_times))
            }
            set print
            eval sprintf("set print $%s_%s_%s; print $Block; set print", mode, k, side)
        }
    }
}
do for [k in "2 3"] {
    set print $Block
    stats table(sprintf("loud-K%s-weight_decay0", k), "theory") using "fixed_eps_g" name "Z" nooutput
    do for [w in "0 3e-05 0.0001 0.0002 0.0003 0.0005 0.001"] {
        stats table(sprintf("loud-K%s-weight_decay%s", k, w), "theory") using "fixed_eps_g" name "S" nooutput
        print sprintf("%s,%.6g", w, S_mean/Z_mean - 1)
    }
    set print
    eval sprintf("set print $loud_%s; print $Block; set print", k)
}
set multiplot
set bmargin at screen 0.19; set tmargin at screen 0.91
set logscale xy
set xrange [3e-6:1.5e-3]; set yrange [3e-5:1e-2]
set format y log_labels
set xtics ("0" 4e-6, "10^{−5}" 1e-5, "10^{−4}" 1e-4, "10^{−3}" 1e-3)
set xlabel "weight decay{/:Italic  γ}" offset 0,0.4

set lmargin at screen 0.085; set rmargin at screen 0.37
set label 1 "{/:Bold a}   first layer" at graph 0.0,1.06
set ylabel "{/:Italic ε_g}, mean from α = 2000 to 3000" offset 0.5
set key top left reverse Left samplen 3
plot $first_2_theory with lines ls 1 title "{/:Italic K }= 2", $first_3_theory with lines ls 2 title "{/:Italic K }= 3", \
     $first_4_theory with lines ls 3 title "{/:Italic K }= 4", \
     $first_2_sgd with yerrorbars ls 11, $first_3_sgd with yerrorbars ls 12, $first_4_sgd with yerrorbars ls 13

set lmargin at screen 0.395; set rmargin at screen 0.68
set label 1 "{/:Bold b}   both layers, denoising start"
unset ylabel; set format y ""
plot $both_2_theory with lines ls 1 title "{/:Italic K }= 2", $both_4_theory with lines ls 3 title "{/:Italic K }= 4", \
     $both_8_theory with lines ls 4 title "{/:Italic K }= 8", \
     $both_2_sgd with yerrorbars ls 11, $both_4_sgd with yerrorbars ls 13, $both_8_sgd with yerrorbars ls 14

unset logscale
set lmargin at screen 0.765; set rmargin at screen 0.985
set label 1 "{/:Bold c}   first layer,{/:Italic  σ }= 1"
set xrange [0:6.2]; set yrange [-0.9:0.6]
set xtics 2; set ytics 0.5
set format y "%g"
set xlabel "weight decay 10^4{/:Italic  γ}" offset 0,0.4
set ylabel "change of{/:Italic  ε_g^*}, per cent" offset 0.8
plot 0 ls 100, $loud_2 using ($1*1e4):($2*100) with linespoints ls 1 pt 7 title "{/:Italic K }= 2", \
     $loud_3 using ($1*1e4):($2*100) with linespoints ls 2 pt 5 title "{/:Italic K }= 3"
unset multiplot
