# a: a linear unit, theory (lines), SGD (points), formula (grey bands); b: two sigmoidal units, the means of SGD and of
# theory from the same draws, and the formula; c: a linear unit, b = 2.5, a = 1/2.
width = 17.8; height = 13
load "figures/style.gp"
set multiplot layout 2,2 margins 0.085,0.985,0.09,0.96 spacing 0.11,0.15
set logscale xy
set format x log_labels; set format y log_labels
is(c, x) = stringcolumn("curve") eq c && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
# sum over j <= N of j^-p exp(-c j^-p), by the integral
H1(N) = pi**2/6 - 1.0/N
H2(N) = 2.612375349 - 2/sqrt(N)
S1(c, N) = sqrt(pi/c)/2 - 1.0/N + c/(3.0*N**3)
S2(c, N) = 2.678938535*2/3/c**(1.0/3) - 2/sqrt(N) + c/(2.0*N**2)
linear1(x, N) = S1(0.4*N*x/H1(N), N)/(2*H1(N))/0.9
linear2(x, N) = S2(0.4*N*x/H2(N), N)/(2*H2(N))/0.9
h = 2/(pi*sqrt(3)); g = 1/pi
erf1(x, N) = 1.25/(2*H1(N))*((h + g)*S1(0.2*(h + g)*N*x/H1(N), N) + (h - g)*S1(0.2*(h - g)*N*x/H1(N), N))
erf2(x, N) = 1.25/(2*H2(N))*((h + g)*S2(0.2*(h + g)*N*x/H2(N), N) + (h - g)*S2(0.2*(h - g)*N*x/H2(N), N))
set samples 200

set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set ylabel "generalisation error{/:Italic  ε_g}" offset 1.8
set label 1 "{/:Bold a}   one linear unit" at graph 0.0,1.05
set xrange [0.007:130]
set yrange [1e-6:1]
set key bottom left reverse Left samplen 3
plot [0.007:130] linear1(x, 1e5) ls 100 lw 4, linear2(x, 1e5) ls 100 lw 4, [0.1:10] linear1(x, 1000) ls 100 lw 4, [0.1:10] linear2(x, 1000) ls 100 lw 4 title "formula", \
     table("line-inputs.covariance.power2", "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls 2 title "{/:Italic N }= 10^5,{/:Italic  a }= 1", \
     table("line-inputs.covariance.power1.5", "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls 3 title "{/:Italic N }= 10^5,{/:Italic  a }= 1/2", \
     agreement using "alpha":(is("run", column("theory"))) with lines ls 2 dt 1 lw 0.8, \
     agreement using "alpha":(is("run-half", column("theory"))) with lines ls 3 dt 1 lw 0.8, \
     agreement using "alpha":(is("run", column("sgd"))):"se" with yerrorbars ls 12 title "SGD,{/:Italic  N }= 1000,{/:Italic  a }= 1", \
     agreement using "alpha":(is("run-half", column("sgd"))):"se" with yerrorbars ls 13 title "SGD,{/:Italic  N }= 1000,{/:Italic  a }= 1/2"

set label 1 "{/:Bold b}   two sigmoidal units"
set xrange [0.07:140]
set yrange [1e-3:0.4]
plot x < 1 ? NaN : erf1(x, 500) ls 100 lw 4, x < 1 ? NaN : erf2(x, 500) ls 100 lw 4 title "formula", \
     agreement using "alpha":(is("erf", column("theory"))) with lines ls 2 title "theory,{/:Italic  a }= 1", \
     agreement using "alpha":(is("erf-half", column("theory"))) with lines ls 3 title "theory,{/:Italic  a }= 1/2", \
     agreement using "alpha":(is("erf", column("sgd"))):"se" with yerrorbars ls 12 title "SGD,{/:Italic  N }= 500,{/:Italic  a }= 1", \
     agreement using "alpha":(is("erf-half", column("sgd"))):"se" with yerrorbars ls 13 title "SGD,{/:Italic  N }= 500,{/:Italic  a }= 1/2"

set key at screen 0.57,0.40 left top reverse Left samplen 3
set label 1 "{/:Bold c}   a teacher in the leading directions"
set xrange [0.007:40]
set yrange [1e-10:1]
G = pi**4/90
c2(x, N) = 0.4*N*x/H2(N)
flow2(x, N) = 2/3.0/c2(x, N)**2/(2*G)
sgd2(x, N) = flow2(x, N)/0.9 + 0.05/H2(N)*0.892979512*2/3/c2(x, N)**(4/3.0)*1.341487257/G/0.81
plot [0.01:30] sgd2(x, 5000) ls 100 lw 4, [0.05:10] sgd2(x, 1000) ls 100 lw 4 title "formula", \
     [0.01:30] flow2(x, 5000) ls 1 dt 3 lw 1.5 title "its gradient flow,{/:Italic  N }= 5000", \
     table("steep-line", "theory") using (column("alpha") > 0 ? column("alpha") : NaN):"eps_g" with lines ls 3 title "theory,{/:Italic  N }= 5000", \
     for [time in "0.1 1 10"] table("steep-flow-alpha" . time, "theory") using "alpha":"eps_g" with points ls 1 title (time eq "1" ? "theory of gradient flow" : ""), \
     agreement using "alpha":(is("steep-run", column("theory"))) with lines ls 3 dt 1 lw 0.8, \
     agreement using "alpha":(is("steep-run", column("sgd"))):"se" with yerrorbars ls 13 title "SGD,{/:Italic  N }= 1000"
unset multiplot
