# a: SGD (points) and theory (lines) for three numbers D of hidden variables; b: what other theories have, for
# D = N/4; c: what is left in the end against D/N: eq:manifold_floor (grey), theory, runs.
width = 17.8; height = 6.6
load "figures/style.gp"
set multiplot layout 1,3 margins 0.07,0.985,0.17,0.92 spacing 0.085
is(c, x) = stringcolumn("curve") eq c && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
lines = "lines-inputs.hidden_manifold.D100 lines-inputs.hidden_manifold.D400 lines-four"
runs = "quarter as-many four"

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set logscale xy
set xrange [0.085:40]
set yrange [0.008:0.7]
set ylabel "generalisation error{/:Italic  ε_g}" offset 1.8
set label 1 "{/:Bold a}" at graph -0.16,1.04
set key bottom left Left reverse samplen 3
averaged(c) = sprintf("<awk -F, '!/^#/ && $1 != \"seed\" && $2 > 0 {n[$2]++; x[$2] += $3} END {for (t in n) print t \",\" x[t]/n[t]}' %s | sort -g", table(c, "theory"))
plot for [i=1:3] averaged(word(lines, i)) using 1:2 with lines ls i title (i == 1 ? "{/:Italic D }={/:Italic  N}/4" : i == 2 ? "{/:Italic D }={/:Italic  N}" : "{/:Italic D }= 4{/:Italic N}"), \
     for [i=1:3] agreement using "alpha":(is(word(runs, i), column("sgd"))):(column("se")) with yerrorbars ls 10+i

set label 1 "{/:Bold b}"
unset ylabel
set yrange [0.001:0.7]
plot averaged("lines-inputs.hidden_manifold.D100") using 1:2 with lines ls 1 title "theory,{/:Italic  D }={/:Italic  N}/4", \
     averaged("lines-of-theory.inputsvisible") using 1:2 with lines ls 4 title "all is visible", \
     averaged("lines-of-theory.inputsisotropic") using 1:2 with lines ls 5 title "white inputs", \
     agreement using "alpha":(is("quarter", column("sgd"))):(column("se")) with yerrorbars ls 11 title "SGD"

set label 1 "{/:Bold c}"
set xlabel "{/:Italic D}/{/:Italic N}" offset 0,0.4
set ylabel "error that is left" offset 1.8
set xrange [0.1:2.5]; set yrange [0.003:0.4]
set key bottom right noreverse Right samplen 2
b(g) = 1 - g + g*(pi/2 - 1)
visible(g) = 1 - (sqrt(b(g)**2 + 4*g*g*(pi/2 - 1)) - b(g))/(2*g)
left(M, g) = M/pi*(asin(0.5) - asin(visible(g)/2))
last(c, s, t, q) = sprintf("<awk -F, '!/^#/ && $1 != \"seed\" && $2 == %d {n++; x += $3; y += $3*$3} END {m = x/n; print m \",\" sqrt((y/n - m*m)/(n - 1))}' %s", t, table(c, s))
plot left(2, x) with lines ls 100 title "formula", left(1, x) with lines ls 100, \
     for [d in "50 100 200 400"] last("floor-inputs.hidden_manifold.D" . d, "theory", 30000, 0) using (d/400.):1:2 with yerrorbars ls 11 title d eq "50" ? "gradient flow,{/:Italic  K }= 2" : "", \
     for [d in "25 100"] last("floor-run-inputs.hidden_manifold.D" . d, "sgd", 600, 0) using (d/100.):1:2 with yerrorbars ls 12 title d eq "25" ? "SGD,{/:Italic  K }= 1" : ""
unset multiplot
