# How far above the closure runs end, as a part of what it says. a: against N; b: against the ratio of features to inputs. Points: the mean
# over late times of each run, then mean and error over runs; lines: what the claims expect, at kappa = 1/2.
width = 17.8; height = 7.6
load "figures/style.gp"
late = 20
ends(id, side) = sprintf("plot table(\"%s\", \"%s\") using \"seed\":(column(\"t\") >= late ? column(\"eps_g\") : NaN) smooth unique", id, side)
end = 0.5
measure = "set table $runs; eval ends(id, side); unset table; " . \
          "set datafile separator whitespace; stats $runs using 2 nooutput; set datafile separator \",\""
side = "sgd"
line(x) = sprintf("%g,%g,%g", x, STATS_mean/end - 1, STATS_ssd/sqrt(STATS_records)/end)
set print $relu
do for [n in "50 100 200 400"] { id = "relu-N" . n; eval measure; print line(real(n)) }
set print $linear
do for [n in "50 100 200"] { id = "linear-N" . n; eval measure; print line(real(n)) }
set print $ratio
id = "relu-N50"; eval measure; print line(0.5)
do for [b in "1 2 4 8"] { id = "ratio-beta" . b; eval measure; print line(real(b)) }
late = 60
set print $erf
do for [n in "50 100 200"] { id = "erf-N" . n; eval measure; print line(real(n)) }
late = 20
set print $own
do for [n in "50 100 200"] {
    id = "own-N" . n
    side = "theory"; eval measure; end = STATS_mean
    side = "sgd"; eval measure; print line(real(n))
}
set print

excess(V) = 0.5/(1 - 0.5*(1 + V)) - 1
set multiplot layout 1,2 margins 0.095,0.985,0.15,0.93 spacing 0.12,0
set logscale xy
set xrange [40:500]
set yrange [0.004:2.5]
set xtics ("50" 50, "100" 100, "200" 200, "400" 400)
set ytics ("0.005" 0.005, "0.01" 0.01, "0.02" 0.02, "0.05" 0.05, "0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1, "2" 2)
set xlabel "input dimension{/:Italic  N}" offset 0,0.4
set ylabel "{/:Italic ε_g}: runs / closure − 1" offset 0.5
set label 1 "{/:Bold a}" at graph -0.17,1.04
set key top right samplen 3
plot excess(12/x) ls 1 title "ReLU,{/:Italic  K }={/:Italic  N}/2", excess(6/x) ls 2 title "linear", excess((1.6 + 6/pi**2)/x) ls 3 title "sigmoidal", \
     (1 - 2.5/x)*(1 + excess(7/x)) - 1 ls 4 title "ReLU teacher,{/:Italic  K }={/:Italic  N}", \
     $relu using 1:2:3 with yerrorbars ls 11, $linear using 1:2:3 with yerrorbars ls 12, $erf using 1:2:3 with yerrorbars ls 13, \
     $own using 1:2:3 with yerrorbars ls 14

set xrange [0.4:10]
set yrange [0.02:1]
set xtics ("1/2" 0.5, "1" 1, "2" 2, "4" 4, "8" 8)
set xlabel "features per input,{/:Italic  K}/{/:Italic N}" offset 0,0.4
set label 1 "{/:Bold b}" at graph -0.19,1.04
set key top right
plot excess((2 + 5/x)/50) ls 1 title "ReLU,{/:Italic  N }= 50", excess(2/50.0) ls 100 title "what no width removes, 2/{/:Italic N}", \
     $ratio using 1:2:3 with yerrorbars ls 11
unset multiplot
