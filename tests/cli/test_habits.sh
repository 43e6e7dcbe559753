#!/bin/bash
# SPDX-License-Identifier: MIT
# What people type by habit: help, pipes, other words for keys, completion.
. "$(dirname "$0")/lib.sh"

check "help" 0 "$overlap" help
says "help: the commands" '^  run +\[DIR…\]' out
check "help COMMAND" 0 "$overlap" help plan
holds "help COMMAND: as --help" diff <("$overlap" plan --help) out
check "help: no such command" 2 "$overlap" help plam
says "help: no such command: did you mean" "did you mean 'plan'"
for command in run compare verify accept plan list status table new keys doctor; do
    check "$command --help" 0 "$overlap" $command --help
    says "$command --help: an example" "^  overlap $command" <(sed -n '/^examples:$/,$p' out)
done

small experiments/s
sed -i '/^claims/,$d' experiments/s/experiment.yaml
cat >>experiments/s/experiment.yaml <<'YAML'
  - {id: b, theory: true, eta_w: 0.3}
  - {id: c, theory: true, eta_w: 0.2}
YAML
holds "a reader that has enough: quiet, and no failure" bash -c "set -o pipefail; '$overlap' keys 2>err | head -1 >one && test ! -s err"
check "--curve, twice" 0 "$overlap" plan s --curve c --curve b
holds "--curve, twice: both, in the order of the file" test "$(awk '$1 == "s" { printf "%s ", $2 }' out)" = "b c "
check "--curve, one that is not there" 2 "$overlap" plan s --curve b --curve d
says "--curve, one that is not there: it is named" "no curve or group 'd'"

mistake() { # NAME SED PATTERN
    mkdir -p m
    sed "$2" experiments/s/experiment.yaml >m/experiment.yaml
    check "$1" 2 "$overlap" plan m
    says "$1: what instead" "$3"
}
mistake "theory: yes" 's/theory: true, eta_w: 0.3/theory: yes, eta_w: 0.3/' "not 'yes'; write true"
mistake "theory: No" 's/theory: true, eta_w: 0.3/theory: No, eta_w: 0.3/' "not 'No'; write false"
mistake "lr" 's/eta_w: 0.3/lr: 0.3/' "unknown key 'lr' of a curve; did you mean 'eta_w'"
mistake "learning_rate" 's/eta_w: 0.3/learning_rate: 0.3/' "did you mean 'eta_w'"
mistake "a non-breaking space behind a key" $'s/^  N: 50/  N:\xc2\xa050/' 'm/experiment.yaml:6:5: error: a non-breaking space \(U\+00A0\)'
mistake "a non-breaking space in front" $'s/^  N: 50/ \xc2\xa0N: 50/' 'm/experiment.yaml:6:2: error: a non-breaking space'
sed $'s/^title: .*/title: a\xc2\xa0small one, 5\xc2\xa0%/' experiments/s/experiment.yaml >m/experiment.yaml
check "a non-breaking space in a text" 0 "$overlap" plan m

check "an experiment that is like none" 2 "$overlap" run experiments/qqqqqq
says "an experiment that is like none: where the names are" "; 'overlap list --tier full' names them all$"

# ---- completion ----
# shellcheck source=/dev/null
. "$root/src/cli/overlap.bash"
complete_words() { # WORD…: what the last one may become
    COMP_WORDS=("$overlap" "$@") COMP_CWORD=$#
    _overlap
    printf '%s\n' "${COMPREPLY[@]}" | sort -u | paste -sd ' '
}
holds "completion: commands" test "$(complete_words pl)" = plan
holds "completion: help" test "$(complete_words help st)" = status
holds "completion: options" test "$(complete_words plan --to)" = --todo
holds "completion: experiments" test "$(complete_words run s)" = s
holds "completion: tiers" test "$(complete_words run --tier q)" = quick
