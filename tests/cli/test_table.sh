#!/bin/bash
# SPDX-License-Identifier: MIT
# overlap table: rows and columns against the tables on disk; conditions; means; formats; mistakes; the
# one-liners of experiments/README.md.
. "$(dirname "$0")/lib.sh"

small experiments/s
sed -i '/^claims/,$d; /^curves/,$d' experiments/s/experiment.yaml
cat >>experiments/s/experiment.yaml <<'YAML'
curves:
  - {id: rate, vary: {eta_w: [0.1, 0.2, 0.4]}, theory: true, sgd: {seeds: 3}}
  - {id: linear, activation: linear, K: 1, theory: true}
YAML
check "nothing there" 2 "$overlap" table s
says "nothing there: what to do" 'no table to ask: overlap run makes them'
"$overlap" run s >log 2>&1
t=build/results/s
# cell FILE COLUMN [ROW]: of a CSV, the last row unless a number is given
cell() { awk -F, -v c="$2" -v r="${3:-0}" '!/^#/ {if (!k) {for (k = NF; k && $k != c; k--); next} if (++n == r || !r) x = $k} END {print x}' "$1"; }

check "all curves" 0 "$overlap" table s
holds "all curves: nine runs of each side, and one" test "$(wc -l <out)" = 20
holds "all curves: what differs is a column" test "$(head -1 out)" = "curve,side,seed,K,eta_w,alpha,eps_g"
check "one curve" 0 "$overlap" table s --curve rate-eta_w0.2 --side sgd --columns seed,eta_w,eps_g,R_0_0
holds "one curve: its last row" test "$(tail -1 out)" = "3,0.20000000000000001,$(cell $t/rate-eta_w0.2.sgd.csv eps_g),$(cell $t/rate-eta_w0.2.sgd.csv R_0_0)"
check "at a time" 0 "$overlap" table s --curve linear --at 1.001 --columns alpha,eps_g
holds "at a time: the nearest one" test "$(tail -1 out)" = "1,$(cell $t/linear.theory.csv eps_g 3)"
check "far from any" 2 "$overlap" table s --curve linear --at 1.5
says "far from any: said" '^overlap: error: --at: curve linear of s is not measured near alpha = 1.5$'
check "all times" 0 "$overlap" table s --curve linear --at all --columns eps_g
holds "all times: the column" diff <(sed 1d out) <(awk -F, '!/^#/ && n++ {print $3}' $t/linear.theory.csv)

check "where" 0 "$overlap" table s --where 'eta_w > 0.15 and side == sgd and seed != 2 or activation == "linear"' --columns curve,seed
holds "where: two seeds of two curves, and the other" diff <(sed 1d out) - <<'ROWS'
rate-eta_w0.2,1
rate-eta_w0.2,3
rate-eta_w0.4,1
rate-eta_w0.4,3
linear,1
ROWS
check "where, a formula" 0 "$overlap" table s --where '10*eta_w <= sqrt(4) and seed == 1' --columns curve --side theory
holds "where, a formula: two rates, and not that of the last" test "$(sed 1d out | tr '\n' ' ')" = "rate-eta_w0.1 rate-eta_w0.2 "
check "where, no comparison" 2 "$overlap" table s --where eta_w
says "where, no comparison: said" "compares nothing: it takes ==, !=, <, <=, >, >="
check "where, an unknown name" 2 "$overlap" table s --where 'eta > 0.1 and etaw > 1'
says "where, an unknown name: did you mean" "unknown name 'etaw'; did you mean 'eta_w'"
check "where, an order of texts" 2 "$overlap" table s --where 'side < sgd'
says "where, an order of texts: said" "'side' is a text: == and != only"

check "mean" 0 "$overlap" table s --mean --curve rate-eta_w0.4 --side sgd --columns eta_w,eps_g
holds "mean: of the seeds, with its error" awk -F, -v OFS=, -v mine="$(tail -1 out)" '
    !/^#/ && $2 == 5 {n++; x += $3; y[n] = $3}
    END {m = x/n; for (i in y) s += (y[i] - m)^2; split(mine, c, ","); e = sqrt(s/(n - 1)/n)
         exit !(n == 3 && (c[2]/m - 1)^2 < 1e-24 && (c[3]/e - 1)^2 < 1e-20)}' $t/rate-eta_w0.4.sgd.csv
holds "mean: names" test "$(head -1 out)" = "eta_w,eps_g,eps_g_se"

# ---- summary.csv: what figures read ----
check "summary.csv" 0 "$overlap" compare s
u=$t/summary.csv
holds "summary.csv: a row a table" test "$(grep -vc '^#' $u)" = 8
of() { awk -F, -v id="$1" -v side="$2" -v c="$3" '/^#/ {next} !k {for (k = NF; k && $k != c; k--); next} $1 == id && $3 == side {print $k}' $u; }
"$overlap" table s --mean --curve rate-eta_w0.4 --side sgd --columns K,eta_w,alpha,eps_g,R_0_0 | sed 1d >one
holds "summary.csv: what table says" test "$(cat one)" = "$(of rate-eta_w0.4 sgd K),$(of rate-eta_w0.4 sgd eta_w),$(of rate-eta_w0.4 sgd alpha),$(of rate-eta_w0.4 sgd eps_g),$(of rate-eta_w0.4 sgd eps_g_se),$(of rate-eta_w0.4 sgd R_0_0),$(of rate-eta_w0.4 sgd R_0_0_se)"
holds "summary.csv: a column that a curve has not is nan" test "$(of linear theory R_1_0)" = nan -a "$(of rate-eta_w0.1 theory R_1_0)" != nan
touch -d '1 hour ago' $u
check "summary.csv: again" 0 "$overlap" compare s
holds "summary.csv: left alone" test -n "$(find $u -mmin +30)"
rm $u
check "summary.csv: removed" 0 "$overlap" compare s
holds "summary.csv: written again" test -s $u

cp $t/rate-eta_w0.1.sgd.csv kept.csv
printf x >>$t/rate-eta_w0.1.sgd.csv
check "summary.csv: a table that is broken" 2 "$overlap" compare s
holds "summary.csv: a table that is broken: the others are there" test "$(grep -vc '^#' $u)" = 7
cp kept.csv $t/rate-eta_w0.1.sgd.csv
check "summary.csv: mended" 0 "$overlap" compare s
holds "summary.csv: mended: all are there" test "$(grep -vc '^#' $u)" = 8

check "json" 0 "$overlap" table s --format json --columns curve,eta_w
holds "json: an object a row" test "$(jq -r 'select(.eta_w > 0.3) | .curve' out | sort -u)" = "$(printf 'linear\nrate-eta_w0.4')"
check "text" 0 "$overlap" table s --format text --columns curve,eta_w
holds "text: aligned" test "$(cut -c1-8 out | sort -u | tr -s '\n ' ' ')" = "curve linear rate-eta "
check "a column that is none" 2 "$overlap" table s --columns epsg
says "a column that is none: did you mean" "curve rate-eta_w0.1 of s has no 'epsg'; did you mean 'eps_g'"
check "a format that is none" 2 "$overlap" table s --format cvs
says "a format that is none: said" '--format is csv, json or text, not'
printf x >>$t/linear.theory.csv
check "a table that is broken" 0 "$overlap" table s --side theory
says "a table that is broken: said" '^overlap table: note: s, curve linear, theory: '
holds "a table that is broken: the others are there" test "$(wc -l <out)" = 10

# ---- the documents' one-liners ----
while IFS= read -r line; do
    [[ $line =~ ^\ {4}overlap\ table ]] || continue
    for reader in Rscript gnuplot python3 ""; do [[ $line == *"$reader"* ]] && break; done
    if [[ $line == *python3* ]] && ! python3 -c 'import pandas' 2>/dev/null; then echo "ok one-liner: pandas # SKIP pandas is not installed"; continue; fi
    command -v ${reader:-true} >/dev/null || { echo "ok one-liner: $reader # SKIP it is not installed"; continue; }
    line=${line//overlap table mine/$overlap table s}
    rm -f out err mine.*
    check "one-liner: ${reader:-alone}" 0 bash -c "$line"
    holds "one-liner: ${reader:-alone}: says something" test -s out -o -s mine.svg -o -s mine.csv
done <"$root/experiments/README.md"
