# a: eps_g of seven of the nine pairs of student and teacher, theory as lines, SGD as points; b: how
# the deviations of all numbers are distributed.
width = 17.8; height = 7.5
load "figures/style.gp"
set multiplot layout 1,2 margins 0.075,0.985,0.16,0.94 spacing 0.10
curves = "erf relu linear quadratic tanh erf-on-relu relu-on-erf erf-weights relu-weights"
names = "erf|ReLU|linear|quadratic|tanh|erf on ReLU|ReLU on erf"
name_of(i) = names[(i == 1 ? 1 : bar(i - 1) + 1):(i == 7 ? strlen(names) : bar(i) - 1)]
bar(n) = n == 0 ? 0 : bar(n - 1) + strstrt(names[bar(n - 1) + 1:*], "|")
is(c, q, x) = stringcolumn("curve") eq c && stringcolumn("quantity") eq q && column("alpha") > 0 ? x : NaN

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set logscale x
set xrange [0.085:12]
set label 1 "{/:Bold a}" at graph -0.13,1.03
set ylabel "generalisation error{/:Italic  ε_g}" offset 1
set logscale y
set yrange [0.07:9]
set ytics (0.1, 0.2, 0.5, 1, 2, 5)
set key top left maxrows 4 samplen 3
plot for [i=1:7] table(word(curves, i), "theory") using "alpha":(column("alpha") > 0 ? column("eps_g") : NaN) with lines ls i title name_of(i), \
     for [i=1:7] agreement using "alpha":(is(word(curves, i), "eps_g", column("sgd"))):(column("se")) with yerrorbars ls 10+i

set label 1 "{/:Bold b}"
unset logscale
set xlabel "z = (SGD − theory) / standard error" offset 0,0.4
set ylabel "share of all numbers below{/:Italic  z}" offset 1
set xrange [-4:4]
set yrange [0:1]
set xtics 2
set ytics 0.25
set key top left Left reverse
z(none) = column("se") > 0 ? column("z") : 0
of_law(none) = strstrt(stringcolumn("curve"), "weights") == 0 && column("se") > 0
of_weights(none) = strstrt(stringcolumn("curve"), "weights") > 0 && column("se") > 0
plot norm(x) ls 100 lw 4*u title "Gaussian", \
     agreement using (z(0)):(of_law(0)) smooth cnormal ls 1 title "engine law", \
     agreement using (z(0)):(of_weights(0)) smooth cnormal ls 2 title "engine weights"
unset multiplot
