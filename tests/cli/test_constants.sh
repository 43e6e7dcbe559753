#!/bin/bash
# SPDX-License-Identifier: MIT
# The constants of the sources are what the programs of tests/constants make anew, to the last digit.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

make_anew() { "${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$1" "$root/tests/constants/$1.c" -lquadmath; }

if ! make_anew polynomials 2>err; then
    # libquadmath is there where long double has 64 bits
    grep -q quadmath err && echo "skip constants: no libquadmath here" && exit 0
    cat err
    exit 1
fi
holds "constants: programs build" eval "make_anew erf_sum && make_anew legendre"

# without signs, and without zeros at the end
plain() { sed -E 's/-?(0x1\.[0-9a-f]*[1-9a-f])0*p/\1p/'; }

# Horner's rules of a header as they follow each other
horner() { sed -nE 's/^ *(double )?[pqw] = ([pqw] \* [rzt] \+ )?(-?0x1\.[0-9a-f]+p[-+][0-9]+);$/\3/p' "$1" | sed -E 's/0+p/p/'; }
./polynomials >made
made() { sed -n '/^numbers/!p' made | cut -d ' ' -f 2- | tr ' ' '\n'; }
same() { diff <(made) <(horner "$1"); }
header=$root/include/overlap/num/fmath_inline.h
holds "constants: the polynomials of fmath_inline.h" same "$header"
sed 's/0x1.2b5f68a50d903p-3/0x1.2b5f68a50d904p-3/' "$header" >off.h
check "constants: one unit in the last place is seen" 1 same off.h
holds "constants: it was changed" test -n "$(diff "$header" off.h)"

# all constants in binary, wherever they stand
grep -ohE '0x1\.[0-9a-f]{9,}p[-+][0-9]+' -r "$root/src" "$root/include" | plain | sort -u >used
cut -d ' ' -f 2- made | tr ' ' '\n' | plain | sort -u >known
others() { grep -vxFf known used; }
check "constants: nothing in binary that is not made anew" 1 others
holds "constants: there are many of them" test "$(wc -l <used)" -gt 60

# six terms of tanh
terms() { sed -nE '/ov_sigmoid_tanh\[OV_SIGMOIDS\] = /,/};/p' "$1" | grep -oE '0\.[0-9]{15}|1\.[0-9]{15}' | paste -d ' ' - -; }
./erf_sum >tanh
holds "constants: tanh as a sum of erf units" diff tanh <(terms "$root/src/theory/gauss_sigmoids.c")
holds "constants: of six terms" test "$(wc -l <tanh)" -eq 6

# Gauss-Legendre in orthant.c: as doubles
doubles() { awk '{printf "%.16e\n", $1}'; }
table() { sed -nE "/^static const double $1\[NODES\] = /,/};/p" "$2" | grep -oE '[0-9]\.[0-9]+(e-[0-9]+)?' | doubles; }
./legendre >rule
holds "constants: the nodes of orthant.c" diff <(cut -d ' ' -f 1 rule | doubles) <(table node "$root/src/theory/orthant.c")
holds "constants: and their weights" diff <(cut -d ' ' -f 2 rule | doubles) <(table weight "$root/src/theory/orthant.c")
