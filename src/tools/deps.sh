#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian packages that overlap stands on: the one list of them.
#   deps.sh install [paper|dev]   installs what is missing of that group (default: base)
#   deps.sh doctor                prints what is there and what is missing
#   deps.sh list                  prints "group package" lines
set -eu

# group | package | what for, and what its absence costs
table() {
    cat <<'TABLE'
base|gcc|compiler; nothing builds without it
base|libc6-dev|the C library's headers; nothing builds without them
base|make|runs everything
base|pkg-config|finds the libraries' flags; nothing builds without it
base|libgsl-dev|ODE steppers, special functions, quadrature, distributions; nothing builds without it
base|libopenblas-dev|BLAS under LAPACK; nothing builds without it
base|liblapacke-dev|eigenvalues of overlap matrices; nothing builds without it
base|librandom123-dev|Philox, the counter-based random numbers; nothing builds without it
base|libfyaml-dev|YAML with places for error messages; nothing builds without it
base|libmuparser-dev|formulas in claims; nothing builds without it
base|libjansson-dev|JSON sidecars and verdicts; nothing builds without it
base|libssl-dev|SHA-256 of keys and tables; nothing builds without it
base|zlib1g-dev|reads compressed data files; nothing builds without it
base|dataset-fashion-mnist|the images of experiments/fashion_mnist (30 MB); no `make figures` without them
base|check|unit tests; no `make test` without it
base|jq|TAP, JUnit, lock and drift of the verdicts; no `make verify` without it
base|gnuplot-nox|figures; no `make figures` without it
paper|pandoc|reads the paper; without it no `make paper`, and its numbers are not checked
dev|clang-format-14|the formatter, pinned; no `make format-check` without it
optional|git|records the commit that made a result
optional|parallel|spreads `overlap plan --todo` over hosts
TABLE
}

is_there() {
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = ii ]
}

missing_of() {
    table | while IFS='|' read -r group package _; do
        if [ "$group" = "$1" ] && ! is_there "$package"; then printf ' %s' "$package"; fi
    done
}

install_group() {
    missing=$(missing_of "$1")
    if [ -z "$missing" ]; then
        echo "deps: all of '$1' is there"
        return
    fi
    echo "deps: installing$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null; then
        as_root=sudo
    else
        echo "deps: error: needs root: run 'apt-get install$missing' as root" >&2
        exit 2
    fi
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words
    $as_root apt-get install -y -qq --no-install-recommends $missing
}

doctor() {
    table | while IFS='|' read -r group package reason; do
        if is_there "$package"; then
            version=$(dpkg-query -W -f '${Version}' "$package")
            printf '  %-9s %-18s %s\n' "$group" "$package" "$version"
        else
            printf '  %-9s %-18s MISSING: %s\n' "$group" "$package" "$reason"
        fi
    done
}

command -v dpkg-query >/dev/null || {
    echo "deps: error: this is no Debian system; install the equivalents of:" >&2
    table | cut -d'|' -f2,3 >&2
    exit 2
}
case "${1:-}" in
install) install_group "${2:-base}" ;;
doctor) doctor ;;
list) table | cut -d'|' -f1,2 | tr '|' ' ' ;;
*)
    echo "usage: deps.sh install [paper|dev] | doctor | list" >&2
    exit 2
    ;;
esac
