# eps_g, Q and R of one student unit: theory as lines, mean and standard error of the runs as points.
width = 17.8; height = 6.5
load "figures/style.gp"
set multiplot layout 1,2 margins 0.085,0.985,0.19,0.92 spacing 0.11
theory = table("erf", "theory")
is(q, x) = stringcolumn("quantity") eq q && int(column("alpha")) % 4 == 0 ? x : NaN

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set xrange [-1:61]
set label 1 "{/:Bold a}" at graph -0.15,1.04
set ylabel "generalisation error{/:Italic  ε_g}" offset 1
set logscale y
set format y log_labels
set yrange [3e-4:0.5]
set key top right
plot theory using "alpha":"eps_g" with lines ls 1 title "theory", \
     agreement using "alpha":(is("eps_g", column("sgd"))):(column("se")) with yerrorbars ls 12 title "SGD, mean ± s.e."

set label 1 "{/:Bold b}"
set ylabel "overlaps{/:Italic  Q},{/:Italic  R}"
unset logscale y
set format y "%g"
set yrange [-0.05:1.15]
set key center right
plot theory using "alpha":"Q_0_0" with lines ls 2 title "{/:Italic Q}, theory", \
     theory using "alpha":"R_0_0" with lines ls 3 title "{/:Italic R}, theory", \
     agreement using "alpha":(is("Q_0_0", column("sgd"))):(column("se")) with yerrorbars ls 12 title "{/:Italic Q}, SGD", \
     agreement using "alpha":(is("R_0_0", column("sgd"))):(column("se")) with yerrorbars ls 13 title "{/:Italic R}, SGD"
unset multiplot
