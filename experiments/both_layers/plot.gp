# a: eps_g in time from small random weights, means over starts; b: against K at four times and at the end;
# c: the second layer in one run; d: linear and ReLU students in time, and where finite N stops them.
width = 17.8; height = 14
load "figures/style.gp"
under(s) = strstrt(s, "-") > 0 ? under(s[1:strstrt(s, "-") - 1] . "_" . s[strstrt(s, "-") + 1:*]) : s
at(t, x) = column("alpha") == t ? x : NaN
# data blocks $time_CURVE: alpha, mean of eps_g over the runs, its error
do for [curve in "erf-run erf-early linear-stop-N30 linear-stop-N60 linear-stop-N120"] {
    times = curve eq "erf-early" ? "1 4 10 40 100 400 1000 3000" : \
        curve eq "erf-run" ? "1 4 10 40 100 400 1000 3000 10000 30000 100000 200000 300000" : "1000 3000 10000 30000 100000 300000"
    set print $Block
    do for [t in times] {
        stats table(curve, "sgd") using (at(real(t), column("eps_g"))) name "S" nooutput
        print sprintf("%s,%.6g,%.6g", t, S_mean, S_stddev/sqrt(S_records))
    }
    set print
    eval sprintf("set print $time_%s; print $Block; set print", under(curve))
}
# $size_START_TIME and $size_denoising: K, mean of eps_g over the starts
do for [start in "small large"] {
    do for [t in "3000 30000 300000 10000000"] {
        set print $Block
        do for [k in "2 4 8 16"] {
            stats table(sprintf("erf-%s-K%s", start, k), "theory") using (at(real(t), column("eps_g"))) name "S" nooutput
            print sprintf("%s,%.6g", k, S_mean)
        }
        set print
        eval sprintf("set print $size_%s_%s; print $Block; set print", start, t)
    }
}
set print $size_sgd
stats table("erf-early", "sgd") using (at(3000, column("eps_g"))) name "S" nooutput
print sprintf("16,%.6g,%.6g,1", S_mean, S_stddev/sqrt(S_records))
do for [t in "3000 30000 300000"] {
    stats table("erf-run", "sgd") using (at(real(t), column("eps_g"))) name "S" nooutput
    print sprintf("4,%.6g,%.6g,%d", S_mean, S_stddev/sqrt(S_records), t eq "3000" ? 1 : t eq "30000" ? 2 : 3)
}
set print
set print $size_denoising
do for [k in "2 4 8 16"] {
    stats table("erf-denoising-K".k, "sgd") using (column("alpha") >= 2000 ? column("eps_g") : NaN) name "S" nooutput
    print sprintf("%s,%.6g,%.6g", k, S_mean, S_stddev/sqrt(S_records/6))
}
set print
set multiplot

# ---- a ----
set logscale xy
set xrange [0.8:1.3e7]; set yrange [2e-5:2]
set format x log_labels; set format y log_labels
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
set ylabel "{/:Italic ε_g}" offset 0.5
set bmargin at screen 0.585; set tmargin at screen 0.955
set lmargin at screen 0.085; set rmargin at screen 0.47
set label 1 "{/:Bold a}   sigmoidal units, random start" at graph 0.0,1.055
set key top right Left reverse samplen 3
plot for [i=0:3] table(sprintf("erf-small-K%d", 2**(i + 1)), "theory") using "alpha":"eps_g" smooth unique with lines ls i+1 \
         title sprintf("{/:Italic K }= %d", 2**(i + 1)), \
     $time_erf_run with yerrorbars ls 12, $time_erf_early with yerrorbars ls 14

# ---- b ----
set lmargin at screen 0.565; set rmargin at screen 0.98
set label 1 "{/:Bold b}   against size"
set xrange [1.7:19]; set yrange [6e-6:2e-3]
set xtics (2, 4, 8, 16); set format x "%g"
set xlabel "student units  {/:Italic K}" offset 0,0.5
set key bottom left Left reverse samplen 3
plot 0.0002*0.3675526*4/(4*x)*10 with lines ls 100 title "slope −1", \
     for [i=1:4] "$size_small_".word("3000 30000 300000 10000000", i) with lines ls i \
         title "{/:Italic α }= ".word("3000 3×10^4 3×10^5 10^7", i), \
     for [i=1:4] "$size_large_".word("3000 30000 300000 10000000", i) with lines ls i lw 0.6, \
     $size_sgd using 1:($4 == 1 ? $2 : NaN):3 with yerrorbars ls 11, \
     $size_sgd using 1:($4 == 2 ? $2 : NaN):3 with yerrorbars ls 12, \
     $size_sgd using 1:($4 == 3 ? $2 : NaN):3 with yerrorbars ls 13, \
     $size_denoising with yerrorbars ls 18

# ---- c ----
set bmargin at screen 0.085; set tmargin at screen 0.455
set lmargin at screen 0.085; set rmargin at screen 0.47
set label 1 "{/:Bold c}   a run with {/:Italic K }= 4"
unset logscale y; set format y "%g"
set xrange [0.8:4e5]; set yrange [*:*]
set xtics auto; set format x log_labels
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
set ylabel "{/:Italic v_k}" offset 0.5
unset key
mine(x) = column("seed") == 1 ? x : NaN
plot 0.5 with lines ls 100, -0.5 with lines ls 100, \
     for [k=0:3] table("erf-run", "theory") using "alpha":(mine(column(sprintf("v_%d", k)))) with lines ls k+1, \
     for [k=0:3] table("erf-run", "sgd") using "alpha":(mine(column(sprintf("v_%d", k)))) with points ls k+11

# ---- d ----
set lmargin at screen 0.565; set rmargin at screen 0.98
set label 1 "{/:Bold d}   linear and ReLU units"
set logscale y; set format y log_labels
set xrange [0.8:1.3e7]; set yrange [1e-6:1e1]
set ylabel "{/:Italic ε_g}" offset 0.5
set key top right Left reverse samplen 3
set label 2 "{/:Italic N }= 30" at 5e5,1.1e-3*2
set label 3 "60" at 5e5,0.8e-3 offset 1.5,0
set label 4 "120" at 5e5,0.5e-3/1.7 offset 1.5,0
plot x > 1e3 ? 0.1*sqrt(2/(32.0*x)) : NaN with lines ls 100 title "slope −1/2", \
     for [k in "2 4 8"] table("linear-long-K".k, "theory") using "alpha":"eps_g" smooth unique with lines ls 2 title k eq "2" ? "linear, {/:Italic K }= 2, 4, 8" : "", \
     for [k in "2 4"] table("relu-long-K".k, "theory") using "alpha":"eps_g" smooth unique with lines ls 3 title k eq "2" ? "ReLU, {/:Italic K }= 2, 4" : "", \
     table("linear-stop-N30", "theory") using "alpha":"eps_g" with lines ls 1 title "linear, {/:Italic K }= 1, {/:Italic σ }= 0.3", \
     $time_linear_stop_N30 with yerrorbars ls 11 pt 6, \
     $time_linear_stop_N60 with yerrorbars ls 14 pt 8, \
     $time_linear_stop_N120 with yerrorbars ls 15 pt 4
unset multiplot
