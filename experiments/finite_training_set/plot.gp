# a, b: generalisation and training error of sets of different sizes, means over the seeds with their
# standard error; the line is theory for fresh inputs. Left a linear unit, right two sigmoidal ones.
width = 17.8; height = 9.5
load "figures/style.gp"
array P[4] = [200, 400, 800, 1600]
array Q[5] = [400, 1000, 2000, 4000, 10000]
set multiplot layout 1,2 margins 0.09,0.99,0.135,0.93 spacing 0.07,0
set logscale xy
set format y log_labels
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.3
set ylabel "generalisation and training error" offset 0.8
of(c, q) = stringcolumn("curve") eq c && stringcolumn("quantity") eq q && column("alpha") > 0

# smooth unique averages over seeds; the start, out of sight, must not break the line
later(x) = x > 0 ? x : 1e-9

set label 1 "{/:Bold a}   linear unit,{/:Italic  σ }= 1" at graph 0.0,1.04
set xrange [0.9:3500]
set yrange [8e-4:3]
set key bottom left reverse Left samplen 2.5
linear(i) = sprintf("linear-samples%d", P[i])
plot for [i=1:4] agreement using (of(linear(i), "eps_g") ? column("alpha") : NaN):"sgd":"se" with yerrorbars ls 11+i \
         title sprintf("{/:Italic P }= %d{/:Italic  N}", P[i] / 200), \
     for [i=1:4] table(linear(i), "sgd") using (later(column("alpha"))):"eps_t" smooth unique with lines ls 1+i dt 3, \
     table(linear(1), "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls 1 lw 1.5 title "theory, fresh inputs", \
     keyentry with lines ls 8 dt 3 title "training errors"

set label 1 "{/:Bold b}   two sigmoidal units,{/:Italic  σ }= 0.3"
set xrange [0.45:3000]
set yrange [9e-4:1]
unset ylabel
sigmoidal(i) = sprintf("erf-samples%d", Q[i])
plot for [i=1:5] agreement using (of(sigmoidal(i), "eps_g") ? column("alpha") : NaN):"sgd":"se" with yerrorbars ls 11+i \
         title sprintf("{/:Italic P }= %d{/:Italic  N}", Q[i] / 200), \
     for [i=1:5] table(sigmoidal(i), "sgd") using (later(column("alpha"))):"eps_t" smooth unique with lines ls 1+i dt 3, \
     agreement using (of(sigmoidal(5), "eps_g") ? column("alpha") : NaN):"theory" with lines ls 1 lw 1.5 title "theory, fresh inputs"
unset multiplot
