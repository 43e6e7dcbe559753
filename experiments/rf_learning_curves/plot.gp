# a: the limit as lines, means of SGD over draws of features and teacher as points; b: what SGD does
# beyond the theory of each run's own features and teacher.
width = 17.8; height = 8.0
load "figures/style.gp"
array beta[5] = ["0.25", "0.5", "1", "2", "4"]
array label[5] = ["1/4", "1/2", "1", "2", "4"]
mean_of(i) = i < 5 ? "ensemble-beta" . beta[i] : "wide-beta" . beta[i]
own(i) = (i < 3 ? "narrow-beta" : "wide-beta") . beta[i]
of(id, x) = stringcolumn("curve") eq id && stringcolumn("quantity") eq "eps_g" ? x : NaN
set multiplot
set logscale x
set xrange [0.025:130]
set format x "%g"
set xlabel "{/:Italic t }= steps /{/:Italic  K}" offset 0,0.4

set lmargin at screen 0.1; set rmargin at screen 0.56
set bmargin at screen 0.145; set tmargin at screen 0.94
set label 1 "{/:Bold a}" at screen 0.012,0.965
set logscale y
set yrange [0.0018:0.6]
set ytics add ("0.01" 0.01, "0.1" 0.1, "0.02" 0.02, "0.005" 0.005, "0.002" 0.002, "0.05" 0.05, "0.2" 0.2, "0.5" 0.5)
set ylabel "generalisation error{/:Italic  ε_g}" offset 1
set key bottom left reverse Left samplen 3
plot table("noisy", "theory") using "t":"eps_g" with lines ls 6 title "{/:Italic β }= 1/4,{/:Italic  η }= 4", \
     agreement using "t":(of("noisy", column("sgd"))):(column("se")) with yerrorbars ls 16, \
     for [i=1:5] table("limit-beta" . beta[i], "theory") using "t":"eps_g" with lines ls i \
         title sprintf("{/:Italic β }= {/:Italic K}/{/:Italic N }= %s", label[i]), \
     for [i=1:5] agreement using "t":(of(mean_of(i), column("sgd"))):(column("se")) with yerrorbars ls 10+i

set lmargin at screen 0.655; set rmargin at screen 0.985
set label 1 "{/:Bold b}" at screen 0.575,0.965
unset logscale y
set yrange [-0.07:0.07]
set ytics 0.02 format "%g"
unset key
set ylabel "SGD / theory of the run's own features − 1" offset 1
plot 0 ls 100, \
     for [i=1:5] agreement using (column("t")*(1 + 0.06*(i - 3))):(of(own(i), column("deviation")/column("theory"))):(column("se")/column("theory")) \
         with yerrorbars ls 10+i
unset multiplot
