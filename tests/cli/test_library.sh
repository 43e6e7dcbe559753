#!/bin/bash
# SPDX-License-Identifier: MIT
# The installed library, from C, C++ and Python: the examples of include/README.md as they are printed there.
. tests/cli/lib.sh

check "make install" 0 make -s -C "$root" install B="${B:-build}" DESTDIR="$work" PREFIX=/usr/elsewhere
lib=$work/usr/elsewhere/lib
export PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work LD_LIBRARY_PATH=$lib
holds "only ov_ is seen" bash -c "nm -D --defined-only '$lib/liboverlap.so' | awk '{print \$NF}' | grep -v '^ov_' | (! grep .)"
holds "pkg-config: the version is the program's" grep -q "^overlap $(pkg-config --modversion overlap)\b" <("$overlap" --version)

awk '/^```/ {inside = 0} inside {print} /^```c example.c$/ {inside = 1}' "$root/include/README.md" >example.c
awk '/^```/ {inside = 0} inside {print} /^```python example.py$/ {inside = 1}' "$root/include/README.md" >example.py
build=$(sed -n 's/^    cc example.c/cc example.c/p' "$root/include/README.md")
holds "C: no more than 40 lines" test "$(wc -l <example.c)" -le 40 -a "$(wc -l <example.c)" -gt 20
check "C: built and run as printed" 0 bash -c "$build"
cp out c_out
holds "C: four times" test "$(wc -l <c_out)" = 4
says "C: at the teacher" '^alpha =    0: eps_g = 0\(0\) in theory, [0-9.e-]+ in runs$' c_out
if command -v g++ >gxx; then
    printf '#include "overlap/overlap.h"\nint main() { ov_rows rows = {}; ov_rows_free(&rows); return 0; }\n' >example.cc
    # shellcheck disable=SC2046
    check "C++" 0 g++ -Wall -Wextra -Werror example.cc $(pkg-config --cflags --libs overlap) -o example_cc
    check "C++: runs" 0 ./example_cc
else
    echo "skip C++: no g++ here"
fi
small s
cat >>s/experiment.yaml <<'YAML'
  - {id: b, K: 3, theory: {fluctuations: true}, sgd: {engine: law, seeds: 11}}
YAML
check "a run of the program" 0 "$overlap" run s --out there --stream 2
cat >compute.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "overlap/overlap.h"

/* compute FILE SIDE [CURVE]: the lines of its table */
int main(int argc, char **argv)
{
    static char text[100000];
    struct ov_rows r;
    struct ov_error err;
    FILE *f = fopen(argv[1], "r");
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    if (ov_compute(&r, ov_systems, text, argc > 3 ? argv[3] : NULL, strcmp(argv[2], "sgd") ? OV_THEORY : OV_SGD, 2, &err) != OV_OK)
        return fprintf(stderr, "%s\n", err.text), err.status;
    printf("seed");
    for (size_t i = 0; i < r.n_col; i++)
        printf(",%s", r.column[i]);
    for (size_t i = 0; i < r.n_run * r.n_row * r.n_col; i++) {
        if (i % r.n_col == 0)
            printf("\n%llu", (unsigned long long)(r.first + i / r.n_col / r.n_row));
        printf(",%.17g", r.rows[i]);
    }
    printf("\n");
    ov_rows_free(&r);
    return 0;
}
C
# shellcheck disable=SC2046
check "C: any curve" 0 cc compute.c $(pkg-config --cflags --libs overlap) -o compute
for curve in a b; do
    for side in theory sgd; do
        check "C: $curve $side" 0 ./compute s/experiment.yaml $side $curve
        holds "C: the numbers of the program's table, $curve $side" diff <(grep -v '^#' there/$curve.$side.csv) out
    done
done
sed 's/eta_w: 0.5/eta_w: 40/; s/activation: erf/activation: quadratic/' s/experiment.yaml >div.yaml && mkdir div && mv div.yaml div/experiment.yaml
"$overlap" run div --out gone --stream 2 --curve b --side sgd --quiet
check "C: runs that diverge" 0 ./compute div/experiment.yaml sgd b
holds "C: runs that diverge: rows up to then, and nan" diff <(grep -v '^#' gone/b.sgd.csv) out
holds "C: runs that diverge: they do" grep -q nan out
check "C: no such curve" 1 ./compute s/experiment.yaml sgd none
says "C: no such curve: says so" "^text: error: no curve has the id 'none'\$"
sed 's/K: 2/K: two/' s/experiment.yaml >wrong.yaml
check "C: a mistake in the text" 1 ./compute wrong.yaml theory
says "C: a mistake has its place" "^text:[0-9]+:[0-9]+: error: "
sed '/sgd/s/, sgd:.*/}/; /^ *sgd:/d' s/experiment.yaml >one.yaml
check "C: a side that is not there" 1 ./compute one.yaml sgd
says "C: a side that is not there: says so" "curve 'a' has no 'sgd'"

if ! command -v python3 >python; then
    echo "skip Python: no python3 here"
    exit 0
fi
export PYTHONPATH=$root/include OVERLAP_LIBRARY=$lib/liboverlap.so PYTHONDONTWRITEBYTECODE=1
check "Python: run as printed" 0 python3 example.py
says "Python: the columns of fluctuations" "'bias_Q_0_0', .*'sd_eps_g'" out
# Theory of the same curve is the same number from both.
holds "Python: theory as in C" diff <(sed -E 's/.*eps_g = ([0-9.e-]+).*theory.*/\1/' c_out) <(sed -nE 's/.*eps_g = ([0-9.e-]+) in theory.*/\1/p' out)

cat >same.py <<'PY'
import overlap
text = open("s/experiment.yaml").read()
for curve in "a", "b":
    for side in "theory", "sgd":
        mine, table = overlap.compute(text, side, curve, stream=2), overlap.load("there/%s.%s.csv" % (curve, side))
        assert list(mine) == list(table) + ["diverged_at"], (list(mine), list(table))
        for name in table:
            assert list(map(repr, mine[name])) == list(map(repr, table[name])), (curve, side, name)
        print("same", curve, side, len(mine["seed"]))
try:
    overlap.compute(text, "theory", "none")
except overlap.Error as error:
    print("refused:", error, error.status)
import array
again = overlap.theory(N=50, K=2, M=1, eta_w=0.5, init={"kind": "informed"}, alpha=array.array("d", [0, 1]))
assert list(again["alpha"]) == [0, 1] and len(overlap.theory(K=1, M=1, eta_w=0.5, init={"kind": "informed"}, alpha=range(4))["alpha"]) == 4
far = overlap.compute(open("div/experiment.yaml").read(), "sgd", "b")
assert any(x == x for x in far["diverged_at"]), far["diverged_at"]
try:
    overlap.compute(text, stream=0)
except ValueError:
    print("no stream 0")
PY
check "Python: the numbers of the program's tables" 0 python3 same.py
holds "Python: every side of every curve" test "$(grep -c ^same out)" = 4
holds "Python: no stream 0" grep -qx "no stream 0" out
says "Python: no such curve" "^refused: text: error: no curve has the id 'none' 1\$" out
