# a: share of wrong signs of a linear student against alpha, formula and SGD; b: that in the end against eta_w;
# c: two sigmoidal units, wrong signs and squared error. Every table of path, committee and two is one time.
width = 17.8; height = 7.5
load "figures/style.gp"
array flips[3] = ["0", "0.1", "0.3"]
array some[3] = ["0", "0.1", "0.2"]
# eq:labels_path, T = 1, R(0) = 0
c(p) = (1 - 2*p)*sqrt(2/pi)
end(e, p) = (e + 2*(1 - e)*c(p)**2)/(2 - e)
R(a, e, p) = c(p)*(1 - exp(-e*a))
Q(a, e, p) = end(e, p) - 2*c(p)**2*exp(-e*a) + (0.25 - end(e, p) + 2*c(p)**2)*exp(-e*(2 - e)*a)
wrong(a, e, p) = acos(R(a, e, p)/sqrt(Q(a, e, p)))/pi
# alpha or eta_w, mean and standard error of a column, of the table of one time
row(x, id, what) = sprintf("stats table(\"%s\", \"sgd\") using \"%s\" name \"S\" nooutput; print sprintf(\"%%g,%%.6g,%%.3g\", %s, S_mean, S_ssd/sqrt(S_records))", id, what, x)
do for [i=1:3] {
    set print $Block
    do for [a in "0.5 1 2 4 8 16 32"] { eval row(a, sprintf("path-labels.flip%s-alpha%s", flips[i], a), "eps_c") }
    set print
    eval sprintf("set print $path%d; print $Block; set print", i)
    set print $Block
    do for [a in "10 100 1000"] { eval row(a, sprintf("two-labels.flip%s-alpha%s", some[i], a), "eps_c") }
    set print
    eval sprintf("set print $two%d; print $Block; set print", i)
    set print $Block
    do for [a in "10 100 1000"] { eval row(a, sprintf("two-labels.flip%s-alpha%s", some[i], a), "eps_g") }
    set print
    eval sprintf("set print $square%d; print $Block; set print", i)
}
set print $weights
do for [a in "1 4 16"] { eval row(a, "weights-alpha" . a, "eps_c") }
set print $committee
do for [a in "1 4 16"] { eval row(a, "committee-alpha" . a, "eps_c") }
set print $rate
do for [e in "0.1 0.3 1 1.5"] { eval row(e, "rate-eta_w" . e, "eps_c") }
unset print
set multiplot
set bmargin at screen 0.16; set tmargin at screen 0.91
set samples 300

set lmargin at screen 0.075; set rmargin at screen 0.40
set label 1 "{/:Bold a}   linear student" at graph 0.0,1.06
set logscale x
set xrange [0.3:45]; set yrange [0:0.52]; set ytics 0.1
set xtics (0.5, 1, 2, 4, 8, 16, 32)
set xlabel "{/:Italic α}" offset 0,0.4
set ylabel "share of wrong signs, {/:Italic ε_c}" offset 1
set key bottom left reverse Left samplen 2 spacing 1
plot for [i=1:3] wrong(x, 0.3, real(flips[i])) ls (i == 1 ? 1 : i == 2 ? 2 : 3) title sprintf("{/:Italic p} = %s", flips[i]), \
     for [i=1:3] sprintf("$path%d", i) using 1:2:3 with yerrorbars ls 10+i title (i == 1 ? "SGD, law" : ""), \
     $weights using ($1*1.06):2:3 with yerrorbars ls 14 title "SGD, weights", \
     $committee using ($1/1.06):2:3 with yerrorbars ls 15 title "teacher of two units"

set lmargin at screen 0.475; set rmargin at screen 0.675
set label 1 "{/:Bold b}   in the end"
set xrange [0.07:2]; set yrange [0:0.45]
set xtics (0.1, 0.3, 1, 2); set ytics 0.1
set xlabel "{/:Italic η_w}"
unset ylabel
set key top left
plot [0.07:1.95] acos(c(0)/sqrt(end(x, 0)))/pi ls 1 title "{/:Italic p} = 0", \
     $rate using 1:2:3 with yerrorbars ls 11 title "SGD"

set lmargin at screen 0.755; set rmargin at screen 0.985
set label 1 "{/:Bold c}   two sigmoidal units"
set logscale xy
set xrange [6:1700]; set yrange [0.0012:0.5]
set xtics (10, 100, 1000); set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
set xlabel "{/:Italic α}"
set key bottom left
plot for [i=1:3] sprintf("$square%d", i) using 1:2:3 with yerrorlines ls i title sprintf("{/:Italic ε_g}, {/:Italic p} = %s", some[i]), \
     for [i=1:3] sprintf("$two%d", i) using 1:2:3 with yerrorlines ls i+3 title sprintf("{/:Italic ε_c}, {/:Italic p} = %s", some[i])
unset multiplot
