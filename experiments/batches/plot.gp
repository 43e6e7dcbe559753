# a: stationary error, B/(eta sigma^2) times, against eta/B; b: growth of deviations where two units are to spare. Grey: formulas.
width = 17.8; height = 8
load "figures/style.gp"
first(x) = column("alpha") == 0 ? x : NaN
h(L) = 2/sqrt(3) + L
series(L, x) = h(L)/(2*pi)/(1 - x/pi*(2/sqrt(5) + 2.0/3 + 4*L/sqrt(3) + L**2)/h(L))
fixed(curve, what) = sprintf("stats table(\"%s\", \"theory\") using (first(column(\"%s\"))) name \"S\" nooutput", curve, what)
# K, B, eta/B, B eps_g/(eta sigma^2), growth
set print $size
do for [b in "1 2 4 8 16"] { do for [k=2:6] {
    id = sprintf("size-batch%s-K%d", b, k)
    eval fixed(id, "fixed_eps_g"); e = S_mean
    eval fixed(id, "fixed_growth")
    print sprintf("%d,%s,%.6g,%.6g,%.6g", k, b, 0.1/real(b), real(b)*e/1e-3, S_mean)
} }
set print $small
do for [b in "1 4 16 64"] { do for [k=2:4:2] {
    id = sprintf("small-batch%s-K%d", b, k)
    eval fixed(id, "fixed_eps_g"); e = S_mean
    eval fixed(id, "fixed_growth")
    print sprintf("%d,%s,%.6g,%.6g,%.6g", k, b, 0.01/real(b), real(b)*e/1e-4, S_mean)
} }
# SGD: the mean over runs of the mean over late times
set print $sgd
do for [c in "run-batch1 run-batch2 run-batch4 run-K2-batch1 run-K2-batch4 same"] {
    late = c eq "same" ? 400 : 100
    rate = c eq "same" ? 0.1 : 0.4
    b = c eq "same" ? 1 : real(c[strlen(c):*])
    last = c eq "same" ? 1600 : 400
    n = 0; sum = 0; square = 0
    stats table(c, "sgd") using "seed" name "N" nooutput
    do for [s=1:int(N_max)] {
        stats table(c, "sgd") using (column("seed") == s && column("alpha") >= late ? column("eps_g") : NaN) name "S" nooutput
        n = n + 1; sum = sum + S_mean; square = square + S_mean**2
    }
    mean = sum/n
    f = b/(rate*0.01)
    print sprintf("%d,%.6g,%.6g,%.6g", strstrt(c, "K2") ? 2 : 4, rate/b, f*mean, f*sqrt((square/n - mean**2)/(n - 1)))
}
unset print
set multiplot
set bmargin at screen 0.16; set tmargin at screen 0.91
set logscale x
set format x log_labels

set lmargin at screen 0.09; set rmargin at screen 0.56
set label 1 "{/:Bold a}   stationary error" at graph 0.0,1.06
set xrange [1e-4:0.8]; set yrange [0:2.6]; set ytics 0.4
set xlabel "{/:Italic η_w / B}" offset 0,0.4
set ylabel "{/:Italic B ε_g}* / (η_w σ^2)" offset 0.5
set key at graph 0.03,0.98 top left reverse Left samplen 2
plot [1e-4:0.8] for [L=0:4] [1e-4:(L < 3 ? 0.42 : 0.15)] series(L, x) ls 100 lw 2.5, \
     for [k=2:6] $size using ($1 == k ? $3 : NaN):4 with points ls k-1 title sprintf("{/:Italic L }= %d, {/:Italic η_w }= 0.1", k - 2), \
     $small using ($1 == 2 ? $3 : NaN):4 with points ls 1 ps 0.9 title "{/:Italic L }= 0, {/:Italic η_w }= 0.01", $small using ($1 == 4 ? $3 : NaN):4 with points ls 3 ps 0.9 title "{/:Italic L }= 2, {/:Italic η_w }= 0.01", \
     $sgd using 2:3:4 with yerrorbars ls 16 title "SGD, {/:Italic η_w }= 0.4 and 0.1"

set lmargin at screen 0.67; set rmargin at screen 0.985
set label 1 "{/:Bold b}   growth of deviations"
set logscale y
set xrange [0.8:90]; set yrange [5e-9:1e-2]
set format x "%g"; set format y log_labels; set xtics (1, 4, 16, 64)
set xlabel "batch {/:Italic B}" offset 0,0.4
set ylabel "rate, in 1/{/:Italic α}" offset 0.5
set key inside top right noreverse Right samplen 2
set ytics auto
plot [1:64] 2*0.1**2*0.01/(pi*x) ls 100 lw 2.5, [1:64] 2*0.01**2*0.01/(pi*x) ls 100 lw 2.5, \
     for [k=4:6] $size using ($1 == k ? $2 : NaN):5 with points ls k-1 title sprintf("{/:Italic L }= %d, {/:Italic η_w }= 0.1", k - 2), \
     $small using ($1 == 4 ? $2 : NaN):5 with points ls 3 ps 0.9 title "{/:Italic L }= 2, {/:Italic η_w }= 0.01"
unset multiplot
