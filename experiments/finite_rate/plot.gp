# The stationary error over eta sigma^2 against the learning rate, in units of the largest stable one: eq:deviation solved
# (lines), theory's fixed points (small points), runs (with error bars), and the first two orders in eta (grey).
width = 12; height = 8
load "figures/style.gp"
array act[5] = ["erf", "relu", "tanh", "gelu", "softplus"]
array called[5] = ["sigmoidal", "ReLU", "tanh", "GELU", "softplus"]
# moments of g': m, a, c, b = <g'>, <g'^2>, <g'^3>, <g'^4>
array m[5] = [1/sqrt(pi), 0.5, 0.605705509602, 0.5, 0.5]
array a[5] = [2/(pi*sqrt(3)), 0.5, 0.464402902448, 0.455850865649, 0.293379035858]
array c[5] = [(2/pi)**1.5/2, 0.5, 0.389351949447, 0.433776298474, 0.190068553787]
array b[5] = [4/(pi**2*sqrt(5)), 0.5, 0.341509207317, 0.433955838856, 0.131594313066]
A11(i, e) = 2*a[i] - e*(b[i] + a[i]**2)
A12(i, e) = 2*m[i]**2 - 2*e*c[i]*m[i]
A22(i, e) = 2*a[i] - 2*e*a[i]**2
exact(i, e) = (a[i]*(a[i]*A22(i, e) - m[i]**2*A12(i, e)) + m[i]**2*(A11(i, e)*m[i]**2 - A12(i, e)*a[i]))/(A11(i, e)*A22(i, e) - A12(i, e)**2)
second(i, e) = 0.25*(2*a[i] + 0.5*e*(2*b[i] + 2*a[i]**2))
array largest[5]
array rates[5] = ["0.1153 0.346 0.6921 1.038 1.384 1.73 1.961 2.122", "0.0634 0.1902 0.3804 0.5706 0.7608 0.951 1.078 1.167", \
    "0.08253 0.2476 0.4951 0.7427 0.9903 1.238 1.403 1.518", "0.06886 0.2066 0.4132 0.6197 0.8263 1.033 1.171 1.267", \
    "0.1346 0.4037 0.8073 1.211 1.615 2.018 2.287 2.476"]
do for [i=1:5] {
    set print $Block
    do for [e in rates[i]] {
        stats table(act[i] . "-eta_w" . e, "theory") using (column("fixed_eps_g")) name "S" nooutput
        stats table(act[i] . "-eta_w" . e, "theory") using (column("eta_max")) name "X" nooutput
        largest[i] = X_max
        sigma = act[i] eq "relu" ? 1e-5 : 1e-3
        print sprintf("%.6g,%.6g", real(e)/X_max, S_max/(real(e)*sigma**2))
    }
    set print
    eval sprintf("set print $fixed_%d; print $Block; set print", i)
    if (act[i] eq "gelu") { continue }
    set print $Block
    do for [j in "3 5 7"] {
        e = word(rates[i], int(j))
        stats table("run-" . act[i] . "-eta_w" . e, "sgd") using (column("alpha") >= 100 ? column("eps_g")/(real(e)*0.02**2) : NaN) name "S" nooutput
        # six times of 48 runs
        print sprintf("%.6g,%.6g,%.3g", real(e)/largest[i], S_mean, S_stddev/sqrt(S_records/6.0))
    }
    set print
    eval sprintf("set print $run_%d; print $Block; set print", i)
}
set logscale y
set xrange [0:1]; set yrange [0.12:8]; set ytics (0.2, 0.5, 1, 2, 5)
set xlabel "{/:Italic η_w} / {/:Italic η}_{max}" offset 0,0.4
set ylabel "{/:Italic ε_g^*} / ({/:Italic η_w} {/:Italic σ}^2)" offset 1
set key top left reverse Left samplen 3
set samples 300
plot for [i=1:5] [0:1] second(i, x*largest[i]) ls 100, \
     for [i=1:5] [0:0.985] exact(i, x*largest[i]) ls i title called[i], \
     $fixed_1 with points ls 11, $fixed_2 with points ls 12, $fixed_3 with points ls 13, $fixed_4 with points ls 14, $fixed_5 with points ls 15, \
     $run_1 with yerrorbars ls 11 pt 7, $run_2 with yerrorbars ls 12 pt 7, $run_3 with yerrorbars ls 13 pt 7, $run_5 with yerrorbars ls 15 pt 7
