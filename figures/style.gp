# The look of every figure. src/tools/plot.sh sets name, results, terminal and target; a plot.gp may
# set width and height (cm) before it loads this file, and then only draws.
#   theory: lines, `ls k`;  simulation: points with error bars or bands, `ls 10+k`
# Eight styles: Okabe & Ito's colours, which colour-blind readers tell apart, each with a dash type and
# a point type of its own, so that a figure survives a black-and-white printer.
if (!exists("width")) width = 17.8 # a page; 8.6 is one column
if (!exists("height")) height = 7.0
set encoding utf8
if (terminal eq "pdf") {
    set terminal pdfcairo enhanced color font "Helvetica,8" size width / 2.54, height / 2.54
    u = 1.0
} else {
    # 96 px an inch, and fonts in px: the same 8 pt
    set terminal svg enhanced font "Helvetica,10.7" size int(width / 2.54 * 96), int(height / 2.54 * 96) \
        background "#ffffff" name name
    u = 1.2
}
set output target

array okabe_ito[8] = ["#000000", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F"]
array marks[8] = [6, 4, 8, 10, 12, 7, 5, 9]
set dashtype 1 solid
set dashtype 2 (8, 3)
set dashtype 3 (3, 2)
set dashtype 4 (8, 3, 2, 3)
set dashtype 5 (14, 3)
set dashtype 6 (8, 3, 2, 3, 2, 3)
set dashtype 7 (2, 2)
set dashtype 8 (5, 5)
do for [k=1:8] {
    set style line k lc rgb okabe_ito[k] lw 1.4*u dt k pt marks[k] ps 0.45*u
    set style line 10+k lc rgb okabe_ito[k] lw 0.9*u dt 1 pt marks[k] ps 0.45*u
}
set errorbars 0.5
set style line 100 lc rgb "#B0B0B0" lw 0.7*u dt solid # frames, zero lines
set style line 101 lc rgb "#E6E6E6" lw 0.5*u dt solid # grids

set datafile separator ","
set datafile commentschars "#"
set datafile missing "nan"
set border 3 lw 0.8*u
set tics nomirror out scale 0.6
set key noautotitle samplen 3 spacing 1.1 height 0.3
set format y "%g"
# gnuplot's labels of powers of ten on log axes
log_labels = "10^{%L}"

# Columns of the results by name; `seed` 0 stands for runs that depend on nothing.
table(curve, side) = sprintf("%s/%s.%s.csv", results, curve, side)
agreement = results . "/agreement.csv"
# One row a table: its last, means over seeds, with the parameters that differ; x where it is of this group and side.
summary = results . "/summary.csv"
of_group(g, side, x) = stringcolumn("group") eq g && stringcolumn("side") eq side ? x : NaN
of_seed(s, x) = (column("seed") == s || column("seed") == 0) ? x : NaN
