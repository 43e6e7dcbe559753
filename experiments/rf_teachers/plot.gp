# Learning curves of ReLU (a) and of sigmoidal (b) features: the limit as lines, means of SGD over draws as points.
width = 17.8; height = 8.0
load "figures/style.gp"
array relu[6] = ["alike", "one", "subtracted", "opposed", "relu-learns-tanh", "relu-learns-erf"]
array relu_label[6] = ["two units, overlap 0.6", "one unit", "0.6, one subtracted", "two units, −0.6", "four of tanh", "two of erf, −0.6"]
array erf[4] = ["erf-learns-relu", "erf-alike", "erf-four", "erf-opposed"]
array erf_label[4] = ["two of ReLU, 0.6", "two units, overlap 0.6", "four, orthogonal", "two units, −0.6"]
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" ? x : NaN
sparse(x) = column("t") <= 16 || column("t") == 32 || column("t") == 40 || column("t") == 64 || column("t") == 100 ? x : NaN
set multiplot layout 1,2 margins 0.08,0.985,0.145,0.93 spacing 0.1,0
set logscale xy
set format x "%g"
set xlabel "{/:Italic t }= steps /{/:Italic  K}" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 1
set xrange [0.08:50]
set yrange [0.04:3]
set ytics ("0.05" 0.05, "0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1, "2" 2, "5" 5)
set label 1 "{/:Bold a}" at graph -0.16,1.04
set key top right samplen 3 title "ReLU features, teacher of" right
plot for [i=1:6] table(relu[i], "theory") using "t":(column("t") > 0 ? column("eps_g") : NaN) with lines ls i title relu_label[i], \
     for [i=1:6] agreement using "t":(sparse(of(relu[i], column("sgd")))):(column("se")) with yerrorbars ls 10+i

set xrange [0.08:130]
set yrange [0.02:6]
set ytics add ("0.02" 0.02)
set label 1 "{/:Bold b}" at graph -0.17,1.04
set key title "sigmoidal features, teacher of"
plot for [i=1:4] table(erf[i], "theory") using "t":"eps_g" with lines ls i title erf_label[i], \
     for [i=1:4] agreement using "t":(sparse(of(erf[i], column("sgd")))):(column("se")) with yerrorbars ls 10+i
unset multiplot
