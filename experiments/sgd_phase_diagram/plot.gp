# a: the plane of exponents with its regions, and at each point the measured exponent of d (expected: kappa +
# delta, with a minus sign in the green region). b: the distance from gradient flow at t = 2 against d. c: the overlap with
# the teacher at the noise's own time t' = 2. Points: SGD; lines: theory, where the equations hold for it, or the power expected.
width = 17.8; height = 7.2
load "figures/style.gp"
is(c, q, n) = strcol("curve") eq c && strcol("quantity") eq q && int(column(0)) >= 0 && column("t") == n
array group[5] = ["green", "greener", "wide-green", "blue", "wide-blue"]
array power[5] = [0.25, 0.5, 0.5, 0, 0]
array kappa[8] = [0, 0, 0.25, 0, 0.25, 0, 0, 0.25]
array delta[8] = [0.25, 0.5, 0.25, 0, -0.25, -0.25, -0.4, -0.5]
near(g, i) = (g == 3 || g == 5) ? sprintf("%s-d%s", group[g], word("100 1600 25600", i)) : sprintf("%s-scaling.d%s", group[g], word("100 1600 25600", i))
array far[3] = ["orange", "deep-orange", "wide-orange"]
orange(g, i) = sprintf("%s-d%s", far[g], word(g == 3 ? "100 1600 25600" : "1000 10000 100000", i))
array y[24]
array error[24]
array theory[24]
array slope[8]
do for [g=1:8] {
    do for [i=1:3] {
        k = 3 * (g - 1) + i
        if (g <= 5) {
            stats agreement using (is(near(g, i), "eps_g", 2) ? column("sgd") - column("theory") : NaN) name "S" nooutput
            stats agreement using (is(near(g, i), "eps_g", 2) ? column("se") : NaN) name "E" nooutput
        } else {
            # the last time of the run
            stats agreement using (strcol("curve") eq orange(g - 5, i) && strcol("quantity") eq "R_0_0" ? column("t") : NaN) name "T" nooutput
            stats agreement using (is(orange(g - 5, i), "R_0_0", T_max) ? column("sgd") : NaN) name "S" nooutput
            stats agreement using (is(orange(g - 5, i), "R_0_0", T_max) ? column("se") : NaN) name "E" nooutput
            stats agreement using (is(orange(g - 5, i), "R_0_0", T_max) ? column("theory") : NaN) name "U" nooutput
            theory[k] = U_mean
        }
        y[k] = S_mean; error[k] = E_mean
    }
    # the slope through three points whose logarithms are evenly spaced
    step = (g <= 5 || g == 8) ? log(16) : log(10)
    slope[g] = (log(y[3 * g]) - log(y[3 * g - 2])) / (2 * step)
}
d(g, i) = ((g <= 5 || g == 8) ? 100 : 1000) * ((g <= 5 || g == 8) ? 16 : 10) ** (i - 1.0)

set multiplot layout 1,3 margins 0.08,0.99,0.17,0.92 spacing 0.095
set label 1 "{/:Bold a}" at graph -0.17,1.04
set xrange [-0.65:0.65]
set xtics 0.25
set yrange [-0.1:0.5]
set xlabel "{/:Italic δ}" offset 0,0.4
set ylabel "{/:Italic κ}" offset 2
set style fill solid 0.25 noborder
set label 11 "green" at 0.35,0.44 center tc rgb okabe_ito[4]
set label 12 "orange" at -0.45,0.11 center tc rgb okabe_ito[2]
unset key
plot "+" using (column(1)):(-column(1)):(0.5) with filledcurves lc rgb okabe_ito[4], \
     "+" using (column(1)):(-column(1)):(-0.5 - column(1) > -0.1 ? -0.5 - column(1) : -0.1) with filledcurves lc rgb okabe_ito[2], \
     -x with lines lc rgb okabe_ito[3] lw 2, \
     kappa using (delta[$1]):(kappa[$1]) with points ls 11 pt 7, \
     kappa using (delta[$1]):($1 == 7 ? NaN : kappa[$1]):(sprintf("%.2f", slope[$1])) with labels offset 0,0.9, \
     kappa using (delta[$1]):($1 == 7 ? kappa[$1] : NaN):(sprintf("%.2f", slope[$1])) with labels offset 0,-0.9

unset label 11
unset label 12
set xtics autofreq
set label 1 "{/:Bold b}"
set logscale xy
set format xy log_labels
set xrange [60:4e4]
set yrange [1e-5:1e-2]
set xlabel "dimension{/:Italic  d}" offset 0,0.4
set ylabel "distance from gradient flow" offset 0.5
set key bottom left reverse Left samplen 1.5 title "({/:Italic δ},{/:Italic  κ})"
plot for [g=1:5] y[3 * g - 2] * (x / 100) ** -power[g] with lines ls g title sprintf("(%g, %g)", delta[g], kappa[g]), \
     for [g=1:5] for [i=1:3] "+" using (d(g, i)):(y[3 * (g - 1) + i]):(error[3 * (g - 1) + i]) every ::0::0 with yerrorbars ls 10+g title ""

set label 1 "{/:Bold c}"
set xrange [60:4e5]
set yrange [4e-3:5e-1]
set ylabel "overlap with the teacher{/:Italic  R}_{00}" offset 0.5
plot for [g=6:8] "+" using (d(g, int(column(0)) + 1)):(theory[3 * (g - 1) + int(column(0)) + 1]) every ::0::2 with lines ls g-5 title sprintf("(%g, %g)", delta[g], kappa[g]), \
     for [g=6:8] for [i=1:3] "+" using (d(g, i)):(y[3 * (g - 1) + i]):(error[3 * (g - 1) + i]) every ::0::0 with yerrorbars ls 5+g title ""
unset multiplot
