# a: three spectra from one start, theory as lines, SGD as points; b: the rate at which the plateau is
# left over eta, fixed points of theory as points, the formula as lines.
width = 17.8; height = 7.5
load "figures/style.gp"
set multiplot layout 1,2 margins 0.075,0.985,0.16,0.94 spacing 0.11
is(c, x) = stringcolumn("curve") eq c && stringcolumn("quantity") eq "eps_g" && int(column("alpha")) % 15 == 0 ? x : NaN
curves = "exit-1 exit-3 exit-spike"
name(i) = i == 1 ? "1" : i == 2 ? "2.13" : "8.68"

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set xrange [0:300]
set label 1 "{/:Bold a}" at graph -0.13,1.03
set ylabel "generalisation error{/:Italic  ε_g}" offset 1.5
set logscale y
set yrange [1e-3:0.8]
set format y log_labels
set key top right samplen 3
plot for [i=1:3] table(word(curves, i), "theory") using "alpha":"eps_g" with lines ls i title "⟨{/:Italic ρ}^2⟩ = " . name(i), \
     for [i=1:3] agreement using "alpha":(is(word(curves, i), column("sgd"))):(column("se")) with yerrorbars ls 10+i, \
     x < 150 ? 2 / pi * (pi / 6 - 2 * asin(0.25)) : NaN with lines ls 100 lw 2*u title "plateau at{/:Italic  η} → 0"

set label 1 "{/:Bold b}"
unset logscale y
set format y "%g"
set xlabel "⟨{/:Italic ρ}^2⟩" offset 0,0.4
set ylabel "growth rate /{/:Italic  η_w}" offset 1
set logscale xy
set xrange [0.9:12]
set yrange [0.035:0.9]
set xtics (1, 2, 5, 10); set ytics (0.05, 0.1, 0.2, 0.5)
set key top left Left reverse samplen 3
lognormal(i) = word("0 0.25 0.5 0.75 1 1.25 1.5", i)
wide(i) = word("0 0.5 1", i)
pastur(i) = word("0.25 0.5 0.75", i)
rate = 4 / (5 * pi * sqrt(15)); rate3 = 6 / (7 * pi * sqrt(35))
plot rate * x with lines ls 1 title "{/:Italic K} = {/:Italic M} = 2", rate3 * x with lines ls 3 title "{/:Italic K} = {/:Italic M} = 3", \
     for [i=1:7] table("rate-inputs.covariance.lognormal" . lognormal(i), "theory") using (exp(lognormal(i)**2)):(column("fixed_growth") / 0.00001) every 2::1 with points ls 11, \
     for [i=1:3] table("rate-pastur-inputs.covariance.marchenko_pastur" . pastur(i), "theory") using (1 + pastur(i)):(column("fixed_growth") / 0.00001) every 2::1 with points ls 12, \
     for [i=1:3] table("rate-K3-inputs.covariance.lognormal" . wide(i), "theory") using (exp(wide(i)**2)):(column("fixed_growth") / 0.00001) every 2::1 with points ls 13, \
     keyentry with points ls 11 title "lognormal", keyentry with points ls 12 title "Marchenko-Pastur"
unset multiplot
