#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes a gnuplot script that draws an experiment without a plot.gp:
#   overlap list DIR | generic.sh RESULTS >NAME.gp
# A panel a quantity, a colour and a dash a curve: theory as lines, the mean of the runs with its
# standard error as points. Names, times and meanings are those that the tables themselves state.
set -eu
LC_ALL=C exec awk -v results="$1" '
$1 == "curve" { id[++n_curve] = $2; for (i = 3; i <= NF; i++) asked[n_curve, $i] = 1 }
$1 == "quantity" { quantity[++n_quantity] = $2 }

function is_number(s) { return s ~ /^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$/ }
function max(a, b) { return a > b ? a : b }
function min(a, b) { return a < b ? a : b }

# Means and variances (Welford) of each quantity at each time; a time at which a run has no number
# (it has diverged) has no mean.
function read_table(c, side,    file, line, n, x, at, col, q, j, t, k, delta) {
    file = results "/" id[c] "." side ".csv"
    while ((getline line < file) > 0) {
        if (line ~ /^# columns: /) { if (length(line) > length(doc)) doc = line }
        if (line ~ /^#/) continue
        n = split(line, x, ",")
        if (!there[c, side]++) {
            for (j = 1; j <= n; j++) col[x[j]] = j
            if (time_name && time_name != x[2]) other = x[2]
            time_name = time_name ? time_name : x[2]
            continue
        }
        if (!is_number(x[2])) continue
        if (!((t = x[2]) in at)) { at[t] = ++n_time[c, side]; time[c, side, at[t]] = t }
        for (q = 1; q <= n_quantity; q++) {
            if (!(quantity[q] in col)) continue
            k = c SUBSEP side SUBSEP q SUBSEP at[t]
            if (!is_number(x[col[quantity[q]]])) { broken[k] = 1; continue }
            delta = x[col[quantity[q]]] - mean[k]
            mean[k] += delta / ++count[k]
            square[k] += delta * (x[col[quantity[q]]] - mean[k])
        }
    }
    close(file)
}
# A grid is a logarithmic one where its middle is nearer to the geometric mean of its ends.
function vote(c, side,    first, last, middle) {
    for (first = 1; first <= n_time[c, side] && time[c, side, first] <= 0; first++);
    last = n_time[c, side]
    if (last - first < 2) return
    middle = time[c, side, int((first + last) / 2)]
    first = time[c, side, first]; last = time[c, side, last]
    votes += last >= 10 * first && middle * middle < first * last * sqrt(last / first) ? 1 : -1
}
function widen_x(c, side,    i, t) {
    for (i = 1; i <= n_time[c, side]; i++) {
        t = time[c, side, i] + 0
        if (log_x && t <= 0) continue
        if (!n_x++) x_min = x_max = t
        x_min = min(x_min, t); x_max = max(x_max, t)
    }
}
function place(t) { # on the axis, from 0 to 1
    if (x_max == x_min) return 0
    return log_x ? log(t / x_min) / log(x_max / x_min) : (t - x_min) / (x_max - x_min)
}
# The rows to draw of one side of one curve, as a data block; points no closer than they are wide.
function write_rows(c, side, q,    i, k, t, se, last, n) {
    last = -1
    for (i = 1; i <= n_time[c, side]; i++) {
        k = c SUBSEP side SUBSEP q SUBSEP i; t = time[c, side, i]
        if (log_x && t <= 0) continue
        if (broken[k] || !count[k]) {
            if (side == "theory" && n) rows = rows "\n" # a line has a gap here
            continue
        }
        if (side == "sgd" && place(t) < last + 0.03) continue
        last = place(t)
        se = side == "sgd" && count[k] > 1 ? sqrt(square[k] / (count[k] - 1) / count[k]) : 0
        if (!n++) rows = rows sprintf("$%s_%d_%d << END\n", side, c, q)
        rows = rows sprintf("%s,%.10g,%.10g\n", t, mean[k], se)
        if (!n_y++) { y_min = y_max = mean[k]; positive = 1 }
        y_min = min(y_min, mean[k] - se); y_max = max(y_max, mean[k] + se)
        positive = positive && mean[k] > 0
        if (mean[k] > 0 && (!least || mean[k] < least)) least = mean[k]
    }
    if (n) rows = rows "END\n"
    return n
}
# The k-th style of style.gp; after eight, colours come again with other dashes and marks.
function style(c, with,    colour, dash) {
    colour = (c - 1) % 8 + 1
    dash = (colour - 1 + 3 * int((c - 1) / 8)) % 8 + 1
    if (with == "lines") return sprintf("ls %d dt %d", colour, dash)
    return sprintf("ls %d dt %d pt marks[%d]", 10 * (with == "points") + colour, with == "points" ? 1 : dash, dash)
}
# What the tables say about a column: "alpha: time, steps/N", "Q_k_l: w_k.w_l/N".
function meaning(name,    part, n, i, key, generic) {
    n = split(doc, part, /: |; /)
    generic = name; gsub(/_[0-9]+/, "_.", generic)
    for (i = 2; i < n; i++) {
        key = part[i]; gsub(/_[a-z]/, "_.", key)
        if (part[i] == name || (name ~ /_[0-9]+$/ && key == generic)) {
            sub(/ [<(].*/, "", part[i + 1])
            return length(part[i + 1]) < 34 ? part[i + 1] : ""
        }
    }
    return ""
}
function label(name,    what) {
    what = meaning(name)
    return what == "" ? name : name " (" what ")"
}
function axis(a, name, lo, hi, is_log,    pad) {
    printf "set %slabel \"%s\" noenhanced\n", a, label(name)
    if (is_log) {
        pad = (hi / lo) ^ 0.04
        if (pad < 1.05) pad = 1.05
        printf "set logscale %s\nset format %s log_labels\nset %stics 1e%d\n", a, a, a, \
            max(1, int(log(hi / lo) / log(10) / 4 + 0.7))
        printf "set %srange [%.6g:%.6g]\n", a, lo / pad, hi * pad
        return
    }
    pad = hi > lo ? 0.04 * (hi - lo) : hi != 0 ? 0.1 * max(hi, -hi) : 0.1
    printf "unset logscale %s\nset format %s \"%%g\"\nset %stics autofreq\nset %srange [%.10g:%.10g]\n", a, a, a, a, lo - pad, hi + pad
}
function key_entry(c,    with) {
    if (!there[c, "theory"] && !there[c, "sgd"])
        return sprintf(", \\\n    keyentry with dots lc rgb \"white\" title \"%s: no result\"", id[c])
    with = !there[c, "sgd"] ? "lines" : !there[c, "theory"] ? "points" : "linespoints"
    return sprintf(", \\\n    keyentry with %s %s title \"%s\"", with, style(c, with), id[c])
}
# In a panel of its own, beside all others: it covers nothing.
function write_key(    c, text) {
    printf "\nunset border; unset tics; unset xlabel; unset ylabel; unset logscale\n"
    printf "set tmargin at screen 1; set bmargin at screen 0\n"
    printf "set key at screen %.4f,%.4f left top Left reverse noenhanced\n", \
        (n_column * panel_width + 0.2) / width, 1 - 0.4 / height
    text = any_theory ? ", \\\n    keyentry with lines ls 1 lc rgb \"#7F7F7F\" title \"theory\"" : ""
    if (any_sgd)
        text = text ", \\\n    keyentry with points ls 11 lc rgb \"#7F7F7F\" title \"" \
            (many ? "simulation ± s.e." : "simulation") "\""
    for (c = 1; c <= min(n_curve, n_key); c++) text = text key_entry(c)
    if (n_curve > n_key)
        text = text sprintf(", \\\n    keyentry with dots lc rgb \"white\" title \"and %d more\"", n_curve - n_key)
    printf "plot NaN%s\n", text
}
function panel(q,    c, column, row, plots, left, n) {
    rows = ""; n_y = least = 0; plots = ""
    for (c = 1; c <= n_curve; c++)
        if (write_rows(c, "theory", q))
            plots = plots sprintf(", \\\n    $theory_%d_%d using 1:2 with lines %s", c, q, style(c, "lines"))
    for (c = 1; c <= n_curve; c++)
        if ((n = write_rows(c, "sgd", q)))
            plots = plots sprintf(", \\\n    $sgd_%d_%d using 1:2:($2-$3 > 0 || !%d ? $2-$3 : 1e-300):($2+$3) with yerrorbars %s", \
                c, q, positive && y_max > 30 * least, style(c, "points"))
    if (!n_y) { plots = ", \\\n    NaN"; y_min = 0; y_max = 1; positive = 0 }
    column = (q - 1) % n_column; row = int((q - 1) / n_column)
    left = column * panel_width
    printf "\n%s", rows
    printf "set lmargin at screen %.4f; set rmargin at screen %.4f\n", (left + 2.1) / width, (left + panel_width - 0.3) / width
    printf "set tmargin at screen %.4f; set bmargin at screen %.4f\n", \
        1 - (0.5 + row * row_height) / height, 1 - (0.5 + (row + 1) * row_height - 1.6) / height
    axis("y", quantity[q], positive && y_max > 30 * least ? least : y_min, y_max, positive && y_max > 30 * least)
    if (!n_y) printf "set label 1 \"no numbers yet\" at graph 0.5,0.5 center\n"
    printf "plot %s\nunset label 1\n", substr(plots, 8)
}
END {
    for (c = 1; c <= n_curve; c++) {
        if (asked[c, "theory"]) read_table(c, "theory")
        if (asked[c, "sgd"]) read_table(c, "sgd")
        vote(c, "theory"); vote(c, "sgd")
        any_theory += there[c, "theory"] > 0; any_sgd += there[c, "sgd"] > 0
        many = many || count[c, "sgd", 1, 1] > 1
        longest = max(longest, length(id[c]))
    }
    if (!any_theory && !any_sgd) {
        printf "%s: error: no result to draw\n", results >"/dev/stderr"
        exit 2
    }
    if (other) {
        printf "%s: error: curves have %s and %s as their first column, which do not fit one axis: write a plot.gp\n", results, time_name, other >"/dev/stderr"
        exit 2
    }
    log_x = votes > 0
    for (c = 1; c <= n_curve; c++) { widen_x(c, "theory"); widen_x(c, "sgd") }
    n_column = min(n_quantity, 2)
    n_row = int((n_quantity + n_column - 1) / n_column)
    row_height = min(max(6, (0.48 * n_curve + 2.6) / n_row), 11) # for the key, which stands beside
    height = 0.3 + row_height * n_row
    n_key = int((height - 0.8) / 0.48) - 3
    key_width = min(2 + 0.2 * max(longest, any_sgd ? 17 : 8), 8)
    width = 17.8
    panel_width = (width - key_width) / n_column
    printf "# Drawn by src/tools/generic.sh; a plot.gp beside experiment.yaml takes its place.\n"
    printf "width = %.4g; height = %.4g\nload \"figures/style.gp\"\nset multiplot\nunset key\n", width, height
    axis("x", time_name, x_min, x_max, log_x)
    for (q = 1; q <= n_quantity; q++) panel(q)
    write_key()
    print "unset multiplot"
}'
