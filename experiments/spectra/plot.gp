# a: eps_g, theory in blocks as lines, SGD as points; whitened: what inputs of one variance would do; b: one
# overlap in each block of the student whose inputs have three variances.
width = 17.8; height = 7.5
load "figures/style.gp"
set multiplot layout 1,2 margins 0.075,0.985,0.16,0.94 spacing 0.10
curves = "erf relu linear quadratic tanh erf-on-relu three whitened"
names = "erf|ReLU|linear|quadratic|tanh|erf on ReLU|three variances|erf, whitened"
bar(n) = n == 0 ? 0 : bar(n - 1) + strstrt(names[bar(n - 1) + 1:*], "|")
name_of(i) = names[(i == 1 ? 1 : bar(i - 1) + 1):(i == 8 ? strlen(names) : bar(i) - 1)]
is(c, q, x) = stringcolumn("curve") eq c && stringcolumn("quantity") eq q && column("alpha") > 0 ? x : NaN
after(x) = column("alpha") > 0 ? x : NaN

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set logscale x
set xrange [0.085:24]
set label 1 "{/:Bold a}" at graph -0.13,1.03
set ylabel "generalisation error{/:Italic  ε_g}" offset 1.8
set logscale y
set yrange [0.01:200]
set format y log_labels
set key top right maxrows 4 samplen 3
plot for [i=1:8] table(word(curves, i), "theory") using "alpha":(after(column("eps_g"))) with lines ls i title name_of(i), \
     for [i=1:8] agreement using "alpha":(is(word(curves, i), "eps_g", column("sgd"))):(column("se")) with yerrorbars ls 10+i

set label 1 "{/:Bold b}"
unset logscale y
set format y "%g"
set ylabel "overlap{/:Italic  R}_{11} with its teacher" offset 1
set yrange [0:0.28]
set key top left Left reverse samplen 3
blocks = "R_0_0_b0 R_0_0_b1 R_0_0_b2"
rho = "4 1.2 0.4"
plot for [i=1:3] table("three", "theory") using "alpha":(after(column(word(blocks, i)))) with lines ls i title "directions with{/:Italic  ρ} = " . word(rho, i), \
     for [i=1:3] agreement using "alpha":(is("three", word(blocks, i), column("sgd"))):(column("se")) with yerrorbars ls 10+i
unset multiplot
