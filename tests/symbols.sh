#!/bin/sh
# SPDX-License-Identifier: MIT
# Every external symbol of the library starts with ov_.
#   symbols.sh LIBRARY     exit 1 with the others
set -eu
others=$(nm -g --defined-only "$1" | awk 'NF == 3 && $3 !~ /^ov_/ && $3 !~ /^__(asan|ubsan|odr_asan)/ {print $3}')
[ -z "$others" ] || {
    echo "$1: error: symbols without the prefix ov_: $others"
    exit 1
}
