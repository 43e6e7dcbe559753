# a: runs and theory in time; b, c: eps_g times (eta alpha)^2, one teacher and two. Grey: formulas.
width = 17.8; height = 7.4
load "figures/style.gp"
m = 2/pi*3**(-1.5)
of(curve) = strcol("curve") eq curve && strcol("quantity") eq "eps_g" && column("alpha") > 0 ? column("alpha") : NaN
theory_of(curve) = table(curve, "theory")
own(x, eta, n, s2) = (n - 1)*n**2/(16*m)/(eta*x + n**2/(2*m*s2))**2
along(x, eta, a2) = 12/(16*m)/(eta*x + 3/(m*a2))**2
two(x, eta, s) = 35.54/(eta*x + 8*35.54/s)**2
square(x, eta, K) = 3.0*(K - 1)/(64*(K + 2))/(eta/real(K)*x)**2
decay = 0.06078 # of eq:deviation for these two units, eta = 1
# of two units that differ in both, by x = a^2/D
when(x) = (x - 2*log(1 + x) - 1/(1 + x) - (0.5 - 2*log(2)))*3/(m*0.01)
both(x) = m/12*(0.01*(1 + x)/x**3)**2*(1 + x)*(3 + x)
set multiplot
set bmargin at screen 0.16; set tmargin at screen 0.91
set logscale xy
set format x log_labels; set format y log_labels
set samples 300

set lmargin at screen 0.075; set rmargin at screen 0.345
set label 1 "{/:Bold a}   runs" at graph 0.0,1.06
set xrange [10:4000]; set yrange [1e-13:0.2]
set xlabel "{/:Italic α}" offset 0,0.4
set ylabel "{/:Italic ε_g}" offset 1
set key bottom left Left reverse samplen 2
array run[4] = ["one", "off-run", "along-M2-run", "square-run"]
array label_of[4] = ["{/:Italic v }= 1", "{/:Italic v }= 1/2, one teacher", "{/:Italic v }= 1/2, two teachers", "{/:Italic v }= 1/2, quadratic"]
plot sample [100:300] 5.0e-10*exp(-decay*(x - 300)) ls 100 lw 2.5, \
     [30:4000] own(x, 0.3, 2, 0.01) ls 100 lw 2.5, [100:4000] two(x, 0.3, 4*(0.04 + 0.04942**2)) ls 100 lw 2.5, [300:4000] square(x, 0.04, 2) ls 100 lw 2.5, \
     for [i=1:4] agreement using (of(run[i])):"theory" with lines ls i title label_of[i], \
     for [i=1:4] agreement using (of(run[i])):"sgd":"se" with yerrorbars ls 10+i

set lmargin at screen 0.425; set rmargin at screen 0.675
set label 1 "{/:Bold b}   one teacher"
set xrange [10:1e6]; set yrange [0.1:200]
set xlabel "{/:Italic η_w α}"
set ylabel "({/:Italic η_w α})^2{/:Italic ε_g}" offset 0.5
set format y "%g"; set ytics (0.1, 1, 10, 100)
set key top left
scaled = "(column(\"alpha\") > 0 ? 0.1*column(\"alpha\") : NaN):((0.1*column(\"alpha\"))**2*column(\"eps_g\"))"
plot sample [10:1e6] 4/(16*m) ls 100 lw 1.2 dt 3, [10:1e6] 12/(16*m) ls 100 lw 1.2 dt 3, \
     [10:1e5] x**2*own(x, 1, 2, 0.01) ls 100 lw 2.5, [10:1e5] x**2*own(x, 1, 3, 0.01) ls 100 lw 2.5, [10:1e6] x**2*along(x, 1, 0.01) ls 100 lw 2.5, \
     [t=0.05:2.6] '+' using (when(10**t)):(when(10**t)**2*both(10**t)) with lines ls 100 lw 2.5, \
     theory_of("off-K2") using @scaled with lines ls 1 title "own parts, {/:Italic n }= 2", \
     theory_of("off-K3") using @scaled with lines ls 2 title "{/:Italic n }= 3", \
     theory_of("along") using @scaled with lines ls 3 title "lengths, {/:Italic n }= 2", \
     theory_of("both") using @scaled with lines ls 4 title "both"

set lmargin at screen 0.745; set rmargin at screen 0.985
set label 1 "{/:Bold c}   from random weights"
set xrange [100:3e6]; set yrange [0.5:500]
set ytics (1, 10, 100)
unset ylabel
set key top right noreverse Right
plot sample [100:3e6] 35.54 ls 100 lw 2.5, [100:3e6] 4/(16*m) ls 100 lw 2.5, [100:3e6] 8/(16*m) ls 100 lw 2.5, \
     for [s=1:6] theory_of("random-M2") using (of_seed(s, 0.1*column("alpha"))):((0.1*column("alpha"))**2*column("eps_g")) with lines ls 3 dt 1 title (s == 1 ? "two teachers" : ""), \
     for [s=1:4] theory_of("random") using (of_seed(s, 0.1*column("alpha"))):((0.1*column("alpha"))**2*column("eps_g")) with lines ls 2 title (s == 1 ? "one teacher" : "")
unset multiplot
