# a: eps_g of six students, one run each, theory started at that run's overlaps; b: what SGD does
# beyond theory, over all seeds (bars: engine
# law; crosses: engine weights); c-f: teacher-student overlaps before and after specialisation.
width = 17.8; height = 13.5
load "figures/style.gp"
array K[6] = [2, 3, 4, 5, 6, 8]
student(k, side) = table(sprintf("student-K%d", k), side)
shown(s, x) = column("seed") == s && column("alpha") > 0 ? x : NaN
sparse(x) = column("alpha") < 1000 || int(column("alpha")) % 500 == 0 ? thin(x) : NaN
thin(x) = column("alpha") < 100 || int(column("alpha")) % 100 == 0 ? x : NaN
set multiplot

# ---- a: learning curves ----
set lmargin at screen 0.09; set rmargin at screen 0.60
set bmargin at screen 0.42; set tmargin at screen 0.955
set label 1 "{/:Bold a}" at screen 0.012,0.975
set logscale xy
set xrange [0.09:3500]
set yrange [5e-4:3]
set format x ""
set format y log_labels
set ylabel "generalisation error{/:Italic  ε_g}" offset 0.5
set key bottom left reverse Left samplen 4
plot for [i=1:6] student(K[i], "theory") using "alpha":(shown(1, column("eps_g"))) with lines ls i \
         title sprintf("{/:Italic K }= %d%s", K[i], K[i] < 4 ? " (unrealisable)" : K[i] > 4 ? " (over-parameterised)" : ""), \
     for [i=1:6] student(K[i], "sgd") using "alpha":(thin(shown(1, column("eps_g")))) with points ls 10+i

# ---- b: deviation, mean over seeds ----
set bmargin at screen 0.095; set tmargin at screen 0.385
set label 1 "{/:Bold b}" at screen 0.012,0.40
unset logscale y
set format x log_labels
set format y "%g"
set yrange [-0.25:0.25]
set ytics 0.1
set xlabel "{/:Italic α }= steps /{/:Italic  N}" offset 0,0.3
set ylabel "SGD / theory − 1" offset 0.5
set key top left Left reverse samplen 1 width -6
of_weights(k, x) = stringcolumn("curve") eq sprintf("weights-K%d", k) && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
of(k, x) = stringcolumn("curve") eq sprintf("student-K%d", k) && stringcolumn("quantity") eq "eps_g" && column("alpha") > 0 ? x : NaN
plot 0 ls 100, \
     for [i=1:6] agreement using (of(K[i], column("alpha"))*(1 + 0.02*(i - 3.5))):(sparse(column("deviation")/column("theory"))):(column("se")/column("theory")) \
         with yerrorbars ls 10+i, \
     for [i in "1 3 6"] agreement using (of_weights(K[int(i)], column("alpha")*(1 + 0.02*(i - 3.1)))):(sparse(column("deviation")/column("theory"))) \
         with points ls 10+int(i) pt 2 ps 0.5*u title int(i) == 1 ? "the other simulator: {/:Italic K }= 2, 4, 8" : ""
unset key

# ---- c-f: overlaps R of seed 1, K = 4 and K = 8, on the plateau and at the end ----
unset logscale x
unset label 1
unset xlabel; unset ylabel; unset border
unset xtics; unset ytics
set palette defined (-1 "#0072B2", 0 "#FFFFFF", 1 "#D55E00")
set cbrange [-1:1]
unset colorbox
set cbtics ("−1" -1, "0" 0, "1" 1) scale 0.4 offset 0,0.7
set style fill solid 1 noborder
at(a, x) = column("seed") == 1 && column("alpha") == a ? x : NaN
R(i, n) = column(sprintf("R_%d_%d", i, n))

do for [panel=0:3] {
    k = panel < 2 ? 4 : 8
    a = panel % 2 == 0 ? 100 : 3000
    left = panel % 2 == 0 ? 0.665 : 0.835
    top = panel < 2 ? 0.93 : 0.515
    tall = panel < 2 ? 0.21 : 0.42
    set lmargin at screen left; set rmargin at screen left + 0.135
    set tmargin at screen top; set bmargin at screen top - tall
    set xrange [-0.5:3.5]; set yrange [k-0.5:-0.5]
    set title sprintf("{/:Bold %s}  (α = %d)", "cdef"[panel+1:panel+1], a) offset 0,-0.4
    set xtics ("1" 0, "2" 1, "3" 2, "4" 3) scale 0 offset 0,0.5
    if (panel % 2 == 0) {
        set ytics 1,1 scale 0 offset 0.5
        set for [i=0:k-1] ytics add (sprintf("%d", i + 1) i)
        set ylabel sprintf("student unit,{/:Italic  K }= %d", k) offset 0.5
    } else { unset ytics; unset ylabel }
    if (panel > 1) { set xlabel "teacher unit" offset 0,0.7 } else { unset xlabel }
    if (panel == 3) { set colorbox horizontal user origin 0.70,0.645 size 0.24,0.012
                      set cblabel "overlap R (cell: theory, square: SGD)" offset 0,1.2 }
    # theory fills the cell, SGD a square in its middle: where they agree the square is hardly seen
    plot for [i=0:k-1] for [n=0:3] student(k, "theory") using (at(a, n)):(i):(0.5):(0.5):(R(i, n)) with boxxyerror lc palette, \
         for [i=0:k-1] for [n=0:3] student(k, "sgd") using (at(a, n)):(i):(0.22):(0.22):(R(i, n)) with boxxyerror lc palette
}
unset multiplot
