# a: stationary error over eta sigma^2 against K; b: eps_g in time, one teacher unit; c: two spare
# units of different length.
width = 17.8; height = 8.6
load "figures/style.gp"
array shown[3] = ["0.1", "0.02", "0.005"]
# one number of each result: M, K, eta, level
set print $levels
do for [e in "0.005 0.02 0.1"] {
    do for [m=1:2] {
        do for [k=m:4] {
            stats table(sprintf("%s-eta_w%s-K%d", word("one two", m), e, k), "theory") using (column("fixed_eps_g")) every ::0::0 nooutput
            print sprintf("%d,%d,%s,%.9g", m, k, e, STATS_min/(0.01*real(e)))
        }
    }
}
unset print
set multiplot

set lmargin at screen 0.08; set rmargin at screen 0.33
set bmargin at screen 0.155; set tmargin at screen 0.93
set label 1 "{/:Bold a}" at screen 0.012,0.96
set xrange [0.7:4.3]; set xtics 1
set yrange [0:0.75]; set ytics 0.1
set xlabel "hidden units{/:Italic  K}" offset 0,0.3
set ylabel "stationary error{/:Italic  ε_g}* / (η_w σ^2)" offset 0.8
set key top left reverse Left samplen 3
row(c, k, x) = stringcolumn("curve") eq sprintf("run-%s-K%d", c, k) && stringcolumn("quantity") eq "eps_g" && column("alpha") == 1000 ? x : NaN
plot for [i=1:3] $levels using ($1 == 1 && $3 == real(shown[i]) ? $2 : NaN):4 with lines ls i title "η_w = ".shown[i], \
     for [i=1:3] $levels using ($1 == 2 && $3 == real(shown[i]) ? $2 : NaN):4 with lines ls i dt 3 lw 2.5, \
     for [k=1:4] agreement using (k - 0.04):(row("one", k, column("sgd")/0.001)):(column("se")/0.001) with yerrorbars ls 11 title (k == 1 ? "SGD,{/:Italic  M }= 1" : ""), \
     for [k=2:4] agreement using (k + 0.04):(row("two", k, column("sgd")/0.001)):(column("se")/0.001) with yerrorbars ls 14 title (k == 2 ? "SGD,{/:Italic  M }= 2" : "")

set lmargin at screen 0.41; set rmargin at screen 0.64
set label 1 "{/:Bold b}" at screen 0.345,0.96
set logscale x
set xrange [3:10000]; set xtics auto; set format x log_labels
set yrange [0:1]; set ytics 0.2
set xlabel "{/:Italic α }= steps /{/:Italic  N}"
set ylabel "{/:Italic ε_g }/ (η_w σ^2)"
set key top right samplen 3
of(k, x) = int(column(0)) % 2 == 0 && stringcolumn("curve") eq sprintf("run-one-K%d", k) && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
plot for [k=4:1:-1] table(sprintf("one-eta_w0.1-K%d", k), "theory") using "alpha":(column("eps_g")/0.001) with lines ls k title sprintf("{/:Italic K }= %d", k), \
     for [k=1:4] agreement using (of(k, column("alpha"))):(column("sgd")/0.001):(column("se")/0.001) with yerrorbars ls k+10

set lmargin at screen 0.73; set rmargin at screen 0.985
set label 1 "{/:Bold c}" at screen 0.66,0.96
set xrange [1:1000000]; set xtics (1, 100, 10000, 1000000)
set yrange [0:1.19]; set ytics 0.2
set ylabel "overlaps{/:Italic  R}, error{/:Italic  ε_g}/(η_w σ^2)" offset 0.8
set key at graph 0.98,0.68 top right samplen 3
plot table("uneven", "theory") using "alpha":"R_0_0" with lines ls 1 title "{/:Italic R}_{1}", \
     table("uneven", "theory") using "alpha":"R_1_0" with lines ls 2 title "{/:Italic R}_{2} (spare)", \
     table("uneven", "theory") using "alpha":"R_2_0" with lines ls 3 title "{/:Italic R}_{3} (spare)", \
     table("uneven", "theory") using "alpha":(column("eps_g")/0.001) with lines ls 5 title "error"
unset multiplot
