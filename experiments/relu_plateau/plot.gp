# a: runs and theory of their starts; b: when half of the plateau is left, against N; c: heights and rates against K. Grey: formulas.
width = 17.8; height = 7.4
load "figures/style.gp"
first(x) = column("alpha") == 0 ? x : NaN
# of theory and runs: N, mean time of exit, its standard error
set print $theory_K2
do for [n in "100 1000 10000 100000"] {
    stats table("starts-N" . n, "theory") using (first(column("alpha_to_0.0383"))) name "S" nooutput
    print sprintf("%s,%.6g,%.6g", n, S_mean, S_stddev/sqrt(S_records))
}
set print $theory_K3
do for [n in "100 1000 10000 100000"] {
    stats table("starts-K3-N" . n, "theory") using (first(column("alpha_to_0.0835"))) name "S" nooutput
    print sprintf("%s,%.6g,%.6g", n, S_mean, S_stddev/sqrt(S_records))
}
set print $runs_K2
do for [n in "100 1000 3000"] {
    stats table("run-N" . n, "sgd") using (first(column("alpha_to_0.0383"))) name "S" nooutput
    print sprintf("%s,%.6g,%.6g", n, S_mean, S_stddev/sqrt(S_records))
}
set print $runs_K3
stats table("run-K3", "sgd") using (first(column("alpha_to_0.0835"))) name "S" nooutput
print sprintf("1000,%.6g,%.6g", S_mean, S_stddev/sqrt(S_records))
set print $ends
do for [kind in "relu erf"] {
    do for [k=2:4] {
        stats table(sprintf("%s-K%d", kind, k), "theory") using (first(column("fixed_eps_g"))) name "H" nooutput
        stats table(sprintf("%s-K%d", kind, k), "theory") using (first(column("fixed_growth"))) name "G" nooutput
        print sprintf("%s,%d,%.6g,%.6g", kind, k, H_mean, G_mean/0.001)
    }
}
unset print
J(c) = (sqrt(1 - c**2) + (pi - acos(c))*c)/(2*pi)
eps(K, r, p) = e(K, r, K*r**2 + p, K*r**2 - p/(K - 1.0))
e(K, r, Q, C) = 0.5*(K*Q/2 + K*(K - 1)*Q*J(C/Q) - 2*K**2*sqrt(Q)*J(r/sqrt(Q)) + K/2.0 + K*(K - 1)/(2*pi))
sigmoid(K) = K/pi*(pi/6 - K*asin(1.0/(2*K)))
array r[4] = [0, 0.52458, 0.35793, 0.26983]
array p[4] = [0, 0.16739, 0.34487, 0.47390]
array rate[4] = [0, 0.239237, 0.205281, 0.191277]
array rate_erf[4] = [0, 0.06575, 0.046118, 0.035647]
set multiplot
set bmargin at screen 0.16; set tmargin at screen 0.91
shown(s, x) = column("seed") == s && column("alpha") > 0 ? x : NaN
sparse(x) = int(column("alpha")) % 30 == 0 ? x : NaN

set lmargin at screen 0.075; set rmargin at screen 0.37
set label 1 "{/:Bold a}   from random weights" at graph 0.0,1.06
set logscale y
set xrange [0:900]; set yrange [5e-4:20]
set format y log_labels; set xtics 200
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.4
set ylabel "{/:Italic ε_g}" offset 1
set key top right samplen 2
plot [0:900] eps(2, r[2], p[2]) ls 100 lw 2.5, eps(3, r[3], p[3]) ls 100 lw 2.5, sigmoid(2) ls 100 lw 2.5, \
     for [s=1:3] table("run-N1000", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls 1 title (s == 1 ? "two ReLU units" : ""), \
     for [s=1:2] table("run-K3", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls 2 title (s == 1 ? "three" : ""), \
     for [s=1:2] table("run-erf", "theory") using "alpha":(shown(s, column("eps_g"))) with lines ls 3 title (s == 1 ? "two sigmoidal units" : ""), \
     for [s=1:3] table("run-N1000", "sgd") using "alpha":(sparse(shown(s, column("eps_g")))) with points ls 11, \
     for [s=1:2] table("run-K3", "sgd") using "alpha":(sparse(shown(s, column("eps_g")))) with points ls 12, \
     for [s=1:2] table("run-erf", "sgd") using "alpha":(sparse(shown(s, column("eps_g")))) with points ls 13

unset logscale y
set lmargin at screen 0.45; set rmargin at screen 0.68
set label 1 "{/:Bold b}   when half of it is left"
set logscale x
set xrange [70:1.5e5]; set yrange [80:480]
set format x log_labels; set format y "%g"
set xtics auto; set ytics 100
set xlabel "{/:Italic N}" offset 0,0.4
set ylabel "{/:Italic α }" offset 1
set key top left reverse Left samplen 2
stats $theory_K2 using 2 every ::1::1 name "A" nooutput
stats $theory_K3 using 2 every ::1::1 name "B" nooutput
plot A_mean + log(x/1000)/(0.2*rate[2]) ls 100 lw 2.5, B_mean + log(x/1000)/(0.2*rate[3]) ls 100 lw 2.5, \
     $theory_K2 using 1:2:3 with yerrorlines ls 1 title "two, theory", $theory_K3 using 1:2:3 with yerrorlines ls 2 title "three, theory", \
     $runs_K2 using ($1*1.15):2:3 with yerrorbars ls 17 ps 0.8 title "two, runs", $runs_K3 using ($1*1.15):2:3 with yerrorbars ls 18 ps 0.8 title "three, runs"

unset logscale x
set lmargin at screen 0.755; set rmargin at screen 0.985
set label 1 "{/:Bold c}   as {/:Italic η_w} → 0"
set logscale y
set xrange [1.6:4.4]; set yrange [0.008:3]
set xtics (2, 3, 4); set format x "%g"; set format y "%g"; set ytics (0.01, 0.1, 1)
set xlabel "units {/:Italic K}" offset 0,0.4
unset ylabel
set key top right noreverse Right samplen 2
plot for [k=2:4] [k-0.25:k+0.25] eps(k, r[k], p[k]) ls 100 lw 2.5, for [k=2:4] [k-0.25:k+0.25] sigmoid(k) ls 100 lw 2.5, \
     for [k=2:4] [k-0.25:k+0.25] rate[k] ls 100 lw 2.5, for [k=2:4] [k-0.25:k+0.25] rate_erf[k] ls 100 lw 2.5, \
     $ends using (strcol(1) eq "relu" ? $2 : NaN):3 with points ls 1 title "height, ReLU", $ends using (strcol(1) eq "erf" ? $2 : NaN):3 with points ls 3 title "height, sigmoidal", \
     $ends using (strcol(1) eq "relu" ? $2 : NaN):4 with points ls 6 title "rate/η_w, ReLU", $ends using (strcol(1) eq "erf" ? $2 : NaN):4 with points ls 8 title "rate/η_w, sigmoidal"
unset multiplot
