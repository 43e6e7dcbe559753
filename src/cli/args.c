/* SPDX-License-Identifier: MIT
 *
 * The options of all subcommands.
 */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/config/schema.h"

/* Every option once: its letter, name, argument and meaning. */
static const struct {
    int letter;
    const char *name, *argument, *doc;
} option_table[] = {
    {'o', "out", "DIR", "results below DIR instead of build/results/NAME"},
    {'c', "curve", "ID", "only this curve or group; may be given several times"},
    {'s', "set", "KEY=VALUE",
     "override a parameter: eta_w=0.1, init.std=0.5, K4.sgd.seeds=3;\n"
     "                     results then are in build/results/NAME+eta_w=0.1…"},
    {'t', "tier", "TIER", "quick, ci (default) or full"},
    {'j', "jobs", "N", "processes at once (default: all CPUs, or what make -jN grants)"},
    {'n', "stream", "N",
     "other random numbers, all else equal (default: 1); results\n"
     "                     then are in build/stream-N/NAME"},
    {'S', "side", "SIDE", "only theory, or only sgd"},
    {'e', "seed", "A[-B]", "only the runs with these seeds' numbers"},
    {'E', "seeds", "A-B", "as if the curves had these seeds only; goes with --out"},
    {'k', "checkpoint", "SECONDS",
     "keep the state of long runs this often (default: 60; 0: at every chance)"},
    {'q', "quiet", NULL, "no progress"},
    {'p', "paper", "FILE", "this paper's numbers, in place of those of paper.md"},
    {'v', "verdicts", "FILE", "write verdicts there instead of build/verdicts.json"},
    {'r', "reason", "TEXT", "why the new number is right: one line, kept beside it"},
    {'T', "todo", NULL, "one command a block of missing runs"},
    {'K', "chunk", "TIME|N",
     "with --todo: lines of about this long (10min, 90s, 2h), or of N runs"},
    {'F', "formulas", NULL, "what formulas of claims may name: functions, constants, variables"},
    {'J', "json-schema", NULL, "a JSON schema of experiment.yaml, for editors"},
    {'w', "where", "CONDITION", "only rows for which it holds: 'K > 4 and sigma == 0.1'"},
    {'C', "columns", "NAMES", "these columns, with commas between them: eta_w,alpha,eps_g"},
    {'a', "at", "TIME", "first, last (default), all, or the time measured nearest to a number"},
    {'m', "mean", NULL, "means over seeds, and their standard errors, NAME_se"},
    {'y', "format", "FORMAT", "csv (default), json (an object a line) or text (aligned)"},
    {'f', "from", "NAME", "the experiment to copy (default: demo)"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof option_table / sizeof *option_table };

void ov_command_help(const struct ov_command *c)
{
    printf("usage: overlap %s%s%s [OPTIONS]\n%s\n", c->name, *c->arguments ? " " : "", c->arguments,
           c->doc);
    if (*c->more)
        printf("\n%s", c->more);
    printf("\noptions:\n");
    for (int i = 0; i < N_OPTIONS; i++) {
        char left[64];
        if (!strchr(c->options, option_table[i].letter))
            continue;
        snprintf(left, sizeof left, "--%s%s%s", option_table[i].name,
                 option_table[i].argument ? " " : "",
                 option_table[i].argument ? option_table[i].argument : "");
        printf("  %-18s %s\n", left, option_table[i].doc);
    }
    if (strchr(c->options, 'j'))
        printf("-j N is short for --jobs N.\n");
    printf("\nexamples:\n%s", c->examples);
}

static bool complain(const struct ov_command *c, const char *what, const char *word)
{
    fprintf(stderr, "overlap %s: error: %s '%s'; 'overlap %s --help' lists the options\n", c->name,
            what, word, c->name);
    return false;
}

static bool read_number(uint64_t *x, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(text, &end, 10);
    *x = parsed;
    return errno == 0 && *end == '\0' && end != text && text[0] != '-';
}

/* "3", or "3-40". */
static bool read_range(uint64_t *first, uint64_t *last, const char *text)
{
    char word[64];
    size_t dash = strcspn(text, "-");
    snprintf(word, sizeof word, "%.*s", (int)dash, text);
    return dash < sizeof word && read_number(first, word) &&
           read_number(last, text[dash] ? text + dash + 1 : word) && *first <= *last;
}

/* --chunk: a number of runs, or a time such as 90s, 10min, 2h. */
static bool read_chunk(struct ov_options *o, const struct ov_command *c, const char *word)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"s", 1.0}, {"min", 60.0}, {"h", 3600.0}};
    char *end;
    double n = strtod(word, &end);
    if (read_number(&o->chunk_runs, word) && o->chunk_runs > 0)
        return true;
    o->chunk_runs = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (end != word && strcmp(end, units[i].unit) == 0 && n > 0.0 && n <= 1e6) {
            o->chunk_seconds = n * units[i].seconds;
            return true;
        }
    return complain(c, "--chunk wants a time such as 90s, 10min or 2h, or a number of runs, not",
                    word);
}

static bool read_tier(enum ov_tier *tier, const char *word)
{
    for (int i = 0; ov_tier_names[i]; i++)
        if (strcmp(word, ov_tier_names[i]) == 0) {
            *tier = (enum ov_tier)i;
            return true;
        }
    return false;
}

static bool take(struct ov_options *o, const struct ov_command *c, int letter, const char *word)
{
    uint64_t n;
    switch (letter) {
    case 'o':
        o->out = word;
        return *word || complain(c, "an empty --out", word);
    case 'c':
        o->curve[o->n_curve++] = word;
        return true;
    case 's':
        o->set[o->n_set++] = word;
        return strchr(word, '=') || complain(c, "--set wants KEY=VALUE, not", word);
    case 't':
        return read_tier(&o->tier, word) || complain(c, "--tier is quick, ci or full, not", word);
    case 'j':
        if (!read_number(&n, word) || n < 1 || n > 256)
            return complain(c, "--jobs wants a number from 1 to 256, not", word);
        o->workers = (unsigned)n;
        return true;
    case 'n':
        return (read_number(&o->stream, word) && o->stream > 0) ||
               complain(c, "--stream wants a number from 1 on, not", word);
    case 'S':
        o->side = word;
        return strcmp(word, "theory") == 0 || strcmp(word, "sgd") == 0 ||
               complain(c, "--side is theory or sgd, not", word);
    case 'e':
        o->any_seed = false;
        return read_range(&o->seed, &o->last_seed, word) ||
               complain(c, "--seed wants a number or a range such as 3-40, not", word);
    case 'E':
        o->some_seeds = true;
        return (strchr(word, '-') && read_range(&o->first, &o->last, word)) ||
               complain(c, "--seeds wants FIRST-LAST, not", word);
    case 'k':
        if (!ov_schema_number(&o->checkpoint, word) || o->checkpoint < 0.0)
            return complain(c, "--checkpoint wants seconds, 0 or more, not", word);
        return true;
    case 'q':
        return o->quiet = true;
    case 'p':
        o->paper = word;
        return true;
    case 'v':
        o->verdicts = word;
        return true;
    case 'r':
        o->reason = word;
        return true;
    case 'T':
        return o->todo = true;
    case 'K':
        return read_chunk(o, c, word);
    case 'F':
        return o->formulas = true;
    case 'J':
        return o->json_schema = true;
    case 'w':
        o->where = word;
        return true;
    case 'C':
        o->columns = word;
        return true;
    case 'a':
        o->at = word;
        return true;
    case 'm':
        return o->mean = true;
    case 'y':
        o->format = word;
        return strcmp(word, "csv") == 0 || strcmp(word, "json") == 0 || strcmp(word, "text") == 0 ||
               complain(c, "--format is csv, json or text, not", word);
    case 'f':
        o->from = word;
        return true;
    default:
        return o->help = true;
    }
}

static bool wrong_option(const struct ov_command *c, const char *word)
{
    const char *names[N_OPTIONS + 1] = {0};
    int n = 0;
    for (int i = 0; i < N_OPTIONS; i++)
        if (strchr(c->options, option_table[i].letter))
            names[n++] = option_table[i].name;
    const char *near = strncmp(word, "--", 2) == 0 ? ov_suggest(word + 2, names) : NULL;
    if (!near || strcmp(near, word + 2) == 0)
        return complain(c, "unknown option, or its argument is missing:", word);
    fprintf(stderr, "overlap %s: error: unknown option '%s'; did you mean '--%s'?\n", c->name, word,
            near);
    return false;
}

static char *join(int argc, char **argv)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "overlap");
    for (int i = 1; i < argc; i++)
        ov_text_addf(&t, " %s", argv[i]);
    return t.s;
}

bool ov_options_read(struct ov_options *o, const struct ov_command *c, int argc, char **argv)
{
    struct option longs[N_OPTIONS + 1] = {0};
    int n = 0;
    *o = (struct ov_options){.tier = OV_CI, .any_seed = true, .checkpoint = 60.0, .stream = 1};
    o->dir = calloc((size_t)argc + 1, sizeof *o->dir);
    o->set = calloc((size_t)argc + 1, sizeof *o->set);
    o->command = join(argc, argv);
    o->curve = calloc((size_t)argc + 1, sizeof *o->curve);
    if (!o->dir || !o->set || !o->curve || !o->command)
        return complain(c, "out of memory", "");
    for (int i = 0; i < N_OPTIONS; i++)
        if (strchr(c->options, option_table[i].letter))
            longs[n++] = (struct option){option_table[i].name,
                                         option_table[i].argument ? required_argument : no_argument,
                                         NULL, option_table[i].letter};
    opterr = 0;
    optind = 2;
    for (;;) {
        int letter = getopt_long(argc, argv, strchr(c->options, 'j') ? "hj:" : "h", longs, NULL);
        if (letter == -1)
            break;
        if (letter == '?' || letter == ':')
            return wrong_option(c, argv[optind - 1]);
        if (!take(o, c, letter, optarg))
            return false;
    }
    while (optind < argc)
        o->dir[o->n_dir++] = argv[optind++];
    if (!o->help && strstr(c->arguments, "DIR") && c->arguments[0] != '[' && o->n_dir == 0)
        return complain(c, "no experiment directory given; expected", c->arguments);
    if (o->out && o->n_dir != 1 && !o->help)
        return complain(c, "--out goes with exactly one DIR; got it with --out", o->out);
    if (!o->out && o->some_seeds && !o->help)
        return complain(c, "--seeds goes with --out, as its tables lack the others; got none for",
                        o->dir[0]);
    return true;
}

void ov_options_free(struct ov_options *o)
{
    free(o->dir);
    free(o->set);
    free(o->curve);
    free((char *)o->command);
}

int ov_report(const struct ov_error *err)
{
    bool placed = strstr(err->text, "error: ") != NULL;
    if (err->status != OV_OK)
        fprintf(stderr, "%s%s\n", placed ? "" : "overlap: error: ",
                err->text[0] ? err->text : ov_status_name(err->status));
    switch (err->status) {
    case OV_OK:
        return EXIT_GOOD;
    case OV_EUSER:
        return EXIT_USER;
    default:
        return EXIT_JOB;
    }
}
