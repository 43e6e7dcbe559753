# a: theory from four initial asymmetries; b: runs of SGD and the theory of their starts; c: overlaps of
# one of these runs; d: the time at which half of the plateau is reached, mean and spread, against N; e: how units
# lose what they have off the teachers, f: how their asymmetry grows meanwhile; grey: eq:plateau_wait.
width = 17.8; height = 16.5
load "figures/style.gp"
first(x) = column("alpha") == 0 ? x : NaN
do for [side in "theory sgd"] {
    set print $Block
    do for [n in "100 300 1000 3000"] {
        stats table("random-N" . n, side) using (first(column("alpha_to_0.0073"))) name "S" nooutput
        print sprintf("%s,%.6g,%.6g,%.6g", n, S_mean, S_stddev, S_stddev/sqrt(S_records))
    }
    set print
    eval sprintf("set print $times_%s; print $Block; set print", side)
}
set multiplot
shown(s, x) = column("seed") == s && column("alpha") > 0 ? x : NaN
last(a, i) = a > 0 ? 0.1*a : NaN
sparse(x) = int(column("alpha")) % 20 == 0 ? x : NaN

# ---- a ----
set lmargin at screen 0.085; set rmargin at screen 0.51
set bmargin at screen 0.745; set tmargin at screen 0.97
set label 1 "{/:Bold a}   {/:Italic η }= 0.1, identical units but for an asymmetry{/:Italic  a}" at graph 0,1.07
set logscale y
set xrange [0:3000]; set yrange [1e-6:0.05]
set format y log_labels
set xtics 1000
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
set key bottom left reverse Left samplen 2
positive(x) = x > 1e-9 ? x : NaN
plot for [i=1:4] table(sprintf("asym%d", 2*i), "theory") using "alpha":(positive(column("eps_g"))) with lines ls i \
         title sprintf("{/:Italic a }= 10^{−%d}", 2*i), \
     table("asym8", "theory") using "alpha":"eps_plateau" with lines ls 100

# ---- b ----
set lmargin at screen 0.605; set rmargin at screen 0.985
set label 1 "{/:Bold b}   {/:Italic η }= 0.5,{/:Italic  N }= 1000, random starts"
set xrange [0:320]; set yrange [2e-4:0.05]
set xtics 100
unset ylabel
unset key
plot for [s=1:5] table("path", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls s, \
     for [s=1:5] table("path", "sgd") using "alpha":(sparse(shown(s, column("eps_g")))) with points ls 10+s

# ---- c ----
unset logscale
set lmargin at screen 0.085; set rmargin at screen 0.51
set bmargin at screen 0.4; set tmargin at screen 0.635
set label 1 "{/:Bold c}   one of these runs"
set yrange [-0.03:1.08]; set ytics 0.2
set format y "%g"
set ylabel "overlap with the teacher{/:Italic  R_{km}}" offset 0.5
set key at graph 0.02,0.97 top left reverse Left samplen 3
plot table("path", "theory") using "alpha":(shown(1, column("R_0_0"))) with lines ls 1 title "{/:Italic R}_{11}", \
     table("path", "theory") using "alpha":(shown(1, column("R_0_1"))) with lines ls 2 title "{/:Italic R}_{12}", \
     table("path", "theory") using "alpha":(shown(1, column("R_1_0"))) with lines ls 3 title "{/:Italic R}_{21}", \
     table("path", "theory") using "alpha":(shown(1, column("R_1_1"))) with lines ls 4 title "{/:Italic R}_{22}", \
     table("path", "sgd") using "alpha":(sparse(shown(1, column("R_0_0")))) with points ls 11, \
     table("path", "sgd") using "alpha":(sparse(shown(1, column("R_0_1")))) with points ls 12, \
     table("path", "sgd") using "alpha":(sparse(shown(1, column("R_1_0")))) with points ls 13, \
     table("path", "sgd") using "alpha":(sparse(shown(1, column("R_1_1")))) with points ls 14

# ---- d ----
set lmargin at screen 0.605; set rmargin at screen 0.985
set label 1 "{/:Bold d}   when half of the plateau is reached"
set logscale x
set xrange [70:4500]; set yrange [20:260]
set xtics (100, 300, 1000, 3000); set ytics 50
set xlabel "{/:Italic N}" offset 0,0.5
set ylabel "{/:Italic α }= steps /{/:Italic  N}" offset 0.8
set style fill solid 0.25 noborder
unset key
set key inside bottom right noreverse Right samplen 2
plot $times_theory using 1:($2-$3):($2+$3) with filledcurves lc rgb okabe_ito[3] title "theory, ± 1 s.d. of the starts", \
     $times_theory using 1:2 with lines ls 3 dt 1 title "theory, mean", \
     $times_sgd using ($1*1.03):2:3 with yerrorbars ls 12 title "SGD, mean ± 1 s.d."

# ---- e ----
set lmargin at screen 0.085; set rmargin at screen 0.51
set bmargin at screen 0.075; set tmargin at screen 0.29
lambda(eta) = 4*eta/(5*pi*sqrt(15))
set label 1 "{/:Bold e}   what units differ by off the teachers"
unset logscale; set logscale y
set xrange [0:280]; set yrange [0.01:0.13]
set xtics 100 autofreq; set xtics 100; set ytics (0.01, 0.02, 0.05, 0.1)
set format y "%g"
set xlabel "{/:Italic η α}" offset 0,0.5
set ylabel "{/:Italic δ }={/:Italic  Q}_{11} −{/:Italic  Q}_{12}" offset 0.5
set key top right noreverse Left samplen 3
plot [x=0:280] 0.1/(1 + 0.3*lambda(1)*x) with lines ls 100 title "formula", \
     table("wide8", "theory") using (0.02*column("alpha")):(column("alpha") < 13000 ? column("Q_0_0") - column("Q_1_0") : NaN) with lines ls 1 title "theory, {/:Italic η }= 0.02", \
     for [i=1:3] table("wide-run-alpha" . word("100 200 300", i), "sgd") using (last(column("alpha"), i)):(column("Q_0_0") - column("Q_1_0")) with points ls 12 title i == 1 ? "SGD, {/:Italic η }= 0.1" : ""

# ---- f ----
set lmargin at screen 0.605; set rmargin at screen 0.985
set label 1 "{/:Bold f}   asymmetry meanwhile, {/:Italic η }= 0.02"
set xrange [0:14500]; set yrange [3e-9:2]
set xtics 5000; set ytics autofreq
set format y log_labels
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.5
set ylabel "{/:Italic R}_{11} −{/:Italic  R}_{12}" offset 0.8
set key top left noreverse Left samplen 3
plot [x=0:14500] 1e-8*exp(lambda(0.02)*x)/(1 + 0.3*lambda(0.02)*x)**(2/3.) with lines ls 100 title "formula", \
     [x=0:14500] 1e-8*exp(lambda(0.02)*x) with lines ls 3 dt 3 title "e^{{/:Italic λα}}", \
     table("wide8", "theory") using "alpha":(column("R_0_0") - column("R_0_1")) with lines ls 1 title "theory"
unset multiplot
