# a: what particles miss of the error of SGD against the number of units (points: mean over runs of
# SGD - theory, with standard errors), and powers of p; grey, what the formula of the start says without overlaps
# outside of the subspace. b: how far runs from different starts are apart, of SGD and of the particles.
width = 17.8; height = 7.6
load "figures/style.gp"
array size[4] = [20, 40, 80, 160]
array family[2] = ["square", "erf"]
array when[2] = [0.3, 0.5]
near(t, x) = abs(column("t") / t - 1) < 0.05 ? x : NaN
of(family, t, x) = strcol("curve")[1:strlen(family)] eq family && strcol("quantity") eq "eps_g" ? near(t, x) : NaN
units(c) = strstrt(c, "-p") ? real(c[strstrt(c, "-p") + 2:*]) : NaN
array theory[8]
array sgd[8]
array n[2]
do for [f=1:2] {
    do for [i=1:4] {
        stats table(sprintf("%s-p%d", family[f], size[i]), "theory") using (near(when[f], column("eps_g"))) nooutput
        theory[4*(f-1)+i] = STATS_ssd
        stats table(sprintf("%s-p%d", family[f], size[i]), "sgd") using (near(when[f], column("eps_g"))) nooutput
        sgd[4*(f-1)+i] = STATS_ssd
        n[f] = STATS_records
    }
}
set multiplot layout 1,2 margins 0.09,0.985,0.16,0.92 spacing 0.1,0.1
set logscale xy
set xrange [16:220]
set xtics (20, 40, 80, 160)
set xlabel "units{/:Italic  p}" offset 0,0.4
set format y log_labels

set label 1 "{/:Bold a}   what particles miss" at graph 0.0,1.04
set yrange [5e-6:0.3]
set ylabel "| SGD − particles |, mean over runs" offset 0.5
set key bottom left reverse Left samplen 2 maxrows 4
plot 1/x + 0.0475 with lines ls 8 title "1/{/:Italic p} + ({/:Italic d} − {/:Italic k})/{/:Italic d}²", \
     1/x with lines ls 1 lw 0.8 title "1/{/:Italic p}", \
     0.07/x with lines ls 3 lw 0.8 title "∝ 1/{/:Italic p}", \
     agreement using (units(strcol("curve"))):(of("infinite", 0.1, abs(column("deviation")))):"se" with yerrorbars ls 18 title "{/:Italic t} = 0.1, {/:Italic d} → ∞", \
     agreement using (units(strcol("curve"))):(of("square", 0.1, abs(column("deviation")))):"se" with yerrorbars ls 11 title "{/:Italic t} = 0.1", \
     agreement using (units(strcol("curve"))):(of("square", 1, abs(column("deviation")))):"se" with yerrorbars ls 13 title "{/:Italic t} = 1", \
     agreement using (units(strcol("curve"))):(of("erf", 2, abs(column("deviation")))):"se" with yerrorbars ls 12 title "erf, {/:Italic t} = 2"

set label 1 "{/:Bold b}   what starts differ by"
set yrange [1e-3:1]
set ylabel "standard deviation of{/:Italic  ε_g} over starts" offset 0.5
set key top right noreverse Right maxrows 6
plot sample [i=1:4:1] '+' using (size[int(i)]):(theory[int(i)]) with lines ls 1 title "particles, {/:Italic t} = 0.3", \
     [i=1:4:1] '+' using (size[int(i)]):(sgd[int(i)]):(sgd[int(i)]/sqrt(2*n[1])) with yerrorbars ls 11 title "SGD", \
     [i=1:4:1] '+' using (size[int(i)]):(theory[4+int(i)]) with lines ls 2 title "erf, {/:Italic t} = 0.5", \
     [i=1:4:1] '+' using (size[int(i)]):(sgd[4+int(i)]):(sgd[4+int(i)]/sqrt(2*n[2])) with yerrorbars ls 12 title "SGD", \
     [x=20:160] '+' using 1:(0.02*sqrt(20/$1)) with lines ls 100 title "∝{/:Italic  p}^{−1/2}"
unset multiplot
