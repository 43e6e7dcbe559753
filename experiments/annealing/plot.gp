# a: eps_g against alpha for rates that fall as powers; b: what is left of c/alpha, times alpha; c: rates in steps.
# d: momentum, runs against the rate over 1 - m. Grey: formulas.
width = 17.8; height = 12.5
load "figures/style.gp"
array exponent[6] = ["0.25", "0.5", "0.75", "1", "1.25", "1.5"]
of(curve) = strcol("curve") eq curve && strcol("quantity") eq "eps_g" && column("alpha") > 0 ? column("alpha") : NaN
eta(s, alpha) = 0.5*(1 + alpha/4.0)**(-s)
rest(eta) = eta/(2*(2 - eta))
A(c) = c**2/(2*(2*c - 1))
h = 2/(pi*sqrt(3))
B(c) = (A(2.5*c) + 3*A(0.5*c))/4
# $KIND: c and alpha eps_g at the end of the curve
do for [kind in "linear erf two two_erf"] {
    set print $Block
    do for [time in (kind eq "linear" ? "1.2 1.5 2 3 4 6 8 12 16" : kind eq "erf" ? "9 10 12 16 20 30 40" : kind eq "two" ? "3 4 6 8 12 16" : "20 24 30 40 60")] {
        stats table(sprintf("%s-eta_w.decay.time%s", kind eq "two_erf" ? "two-erf" : kind, time), "theory") using (column("alpha")*column("eps_g")) name "S" nooutput
        print sprintf("%g,%.6g", 0.5*time, S_max)
    }
    set print
    eval sprintf("set print $%s; print $Block; set print", kind)
}
set multiplot
set bmargin at screen 0.59; set tmargin at screen 0.95
set logscale xy
set format x log_labels; set format y log_labels

set lmargin at screen 0.095; set rmargin at screen 0.48
set label 1 "{/:Bold a}   powers" at graph 0.0,1.06
set xrange [0.1:1e4]; set yrange [3e-5:0.7]
set xlabel "{/:Italic α}" offset 0,0.4
set ylabel "{/:Italic ε_g}" offset 0.4
set key bottom left reverse Left samplen 2 title "{/:Italic ρ}" left
set samples 200
set xrange [0.1:1e4]
plot for [i=1:3] [1:1e4] rest(eta(real(exponent[i]), x)) ls 100 lw 2.5, [10:1e4] A(2.0)/x ls 100 lw 2.5, \
     for [i=1:6] table("power-eta_w.decay.exponent" . exponent[i], "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls i title exponent[i], \
     for [i=1:6] agreement using (of("power-eta_w.decay.exponent" . exponent[i])):"sgd":"se" every 3 with yerrorbars ls 10+i

set lmargin at screen 0.60; set rmargin at screen 0.985
set label 1 "{/:Bold b}   rates {/:Italic c}/{/:Italic α}"
set xrange [0.5:35]; set yrange [0.4:30]
set xlabel "{/:Italic c}"
set ylabel "{/:Italic α ε_g}/σ^2"
set format x "%g"; set format y "%g"
set xtics (0.5, 1, 2, 5, 10, 20); set ytics (0.5, 1, 2, 5, 10, 20)
set key top left notitle
plot [0.53:25] A(x) ls 100 lw 2.5, [1.45:25] A(x*h) ls 100 lw 2.5, [1.06:35] B(x) ls 100 lw 2.5 dt 2, [2.9:35] B(x*h) ls 100 lw 2.5 dt 2, \
     $linear with points ls 1 title "linear, theory", $erf with points ls 2 title "sigmoidal, theory", \
     $two with points ls 5 title "two variances, theory", $two_erf with points ls 5, \
     for [time in "2 4 8"] agreement using (column("alpha") == 1000 && strcol("curve") eq "linear-run-eta_w.decay.time" . time && strcol("quantity") eq "eps_g" ? 0.5*time : NaN):(column("sgd")*1000):(column("se")*1000) with yerrorbars ls 13 title (time eq "2" ? "linear, runs" : ""), \
     for [time in "10 16"] agreement using (column("alpha") == 1000 && strcol("curve") eq "erf-run-eta_w.decay.time" . time && strcol("quantity") eq "eps_g" ? 0.5*time : NaN):(column("sgd")*1000):(column("se")*1000) with yerrorbars ls 14 title (time eq "10" ? "sigmoidal, runs" : "")

set bmargin at screen 0.09; set tmargin at screen 0.45
set lmargin at screen 0.095; set rmargin at screen 0.48
set label 1 "{/:Bold c}   steps"
set xrange [1:1e3]; set yrange [1e-3:0.6]
set xtics auto; set ytics auto
set format x log_labels; set format y log_labels
set xlabel "{/:Italic α}"
set ylabel "{/:Italic ε_g}"
unset key
plot for [i=0:3] [1:1e3] rest(0.8*0.25**i) ls 100 lw 2.5, table("steps", "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls 1, \
     agreement using (of("steps")):"sgd":"se" with yerrorbars ls 12

set lmargin at screen 0.60; set rmargin at screen 0.985
set label 1 "{/:Bold d}   momentum, at the same {/:Italic η_w}"
set xrange [0.08:50]; set yrange [2e-4:2]
set key bottom right reverse Left title "{/:Italic m}" left
array momentum[3] = ["0", "0.5", "0.9"]
plot for [i=1:3] [2:50] rest(0.1/(1 - real(momentum[i]))) ls 100 lw 2.5, \
     for [i=1:3] table("heavy-momentum" . momentum[i], "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls i title momentum[i], \
     for [i=1:3] agreement using (of("heavy-momentum" . momentum[i])):"sgd":"se" with yerrorbars ls 10+i
unset multiplot
