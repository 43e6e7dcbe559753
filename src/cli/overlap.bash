# SPDX-License-Identifier: MIT
# Completion for bash: source it, or install it as share/bash-completion/completions/overlap. For zsh:
#     autoload -U +X bashcompinit && bashcompinit && source overlap.bash
# Commands, options and experiments are those that the program itself names.
_overlap()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]} command=${COMP_WORDS[1]}
    local words=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$command" = help ]; }; then
        words="help $("$program" --help 2>/dev/null | sed -n '/^usage/,/^.overlap help/s/^  \([a-z]*\) .*/\1/p')"
    elif [[ $word == -* ]]; then
        words=$("$program" "$command" --help 2>/dev/null | sed -n 's/^  \(--[a-z]*\).*/\1/p')
    else
        case $before in
        --tier) words="quick ci full" ;;
        --side) words="theory sgd" ;;
        --paper | --out | --verdicts) ;;
        *) words=$("$program" list --tier full 2>/dev/null) ;;
        esac
    fi
    while IFS= read -r match; do COMPREPLY+=("$match"); done < <(
        compgen -W "$words" -- "$word"
        [[ $word == -* ]] || [ "$COMP_CWORD" -eq 1 ] || compgen -f -- "$word"
    )
}
complete -o filenames -F _overlap overlap
