/* SPDX-License-Identifier: MIT
 *
 * overlap SUBCOMMAND …: the table of contents.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "cli.h"
#include "overlap/base/alloc.h"
#include "overlap/store/provenance.h"
#include "overlap/config/schema.h"
#include "overlap/run/sidecar.h"

const struct ov_command ov_commands[] = {
    {"run", "[DIR…]", "ocsntjSeEkqh", "compute what has no valid result: theory and simulation",
     "Without DIR: every experiment of the tier below experiments/, all in one queue, the longest\n"
     "runs first. Results go to build/results/NAME (or --out): CURVE.theory.csv, CURVE.sgd.csv,\n"
     "each with a JSON file beside it. What is there and valid is not computed again. Long runs "
     "keep their\n"
     "state below jobs/ and go on from there if they are killed.\n",
     "  overlap run demo\n"
     "  overlap run demo --set eta_w=0.1 --curve erf\n"
     "  overlap run --tier quick --jobs 2\n",
     ov_command_run},
    {"compare", "[DIR…]", "osnth",
     "write agreement.csv: simulation against theory, seed by seed; and summary.csv",
     "Every seed is compared with the theory that started at its own overlaps. What has not\n"
     "changed since is left as it is. Without DIR: every experiment of the tier.\n",
     "  overlap compare demo\n", ov_command_compare},
    {"verify", "[DIR…]", "osntpvh", "check the claims, and the numbers in paper.md",
     "Without DIR: every experiment below experiments/, and paper.md. Prints a row a claim: what is\n"
     "expected ± margin, measured ± standard error, from n seeds, the verdict, what is set against\n"
     "what (simulation, theory, formula; quoted: a number from elsewhere, as it says; regression: one\n"
     "of this program), and the curve and time (curve @ time) that decide it; then why claims were\n"
     "revised, and each verdict other than PASS:\n"
     "  PASS          the 90 % interval of what is measured lies inside of the margin\n"
     "  FAIL          it lies outside, or numbers are not finite\n"
     "  INCONCLUSIVE  neither; says how many seeds would decide\n"
     "  STALE         results are of other parameters or sources, MISSING: not there: overlap run\n"
     "  SKIPPED       not judged: of a larger tier; or not random, on a --stream other than 1\n"
     "The last line counts: N passed, N failed, N skipped; claims and the paper's numbers together,\n"
     "INCONCLUSIVE, STALE and MISSING among the failed. Writes build/verdicts.json (or --verdicts\n"
     "FILE; on another stream build/stream-N/verdicts.json), which 'make verify' turns into TAP and\n"
     "JUnit. Exit code 0: all good; 1: a claim or a number is wrong; 2: bad usage, bad, stale or\n"
     "missing data; 3: inconclusive.\n"
     "With --paper FILE, experiments with mistakes are left out, and make the exit code 2.\n\n"
     "A paper is Markdown, and a number of it that is to be checked is written as a span:\n"
     "  [0.0364]{claim=\"demo.floor\"}                what claim floor of demo measured\n"
     "  [0.0289(25)]{claim=\"demo.floor-sgd\"}        of what is random, with its standard error\n"
     "  [784]{param=\"demo.erf.N\"}                   parameter N of curve erf of demo\n"
     "and, where a claim has several: curve=\"K4\" (of an order \"K2>K3\"), at=\"100\" its time,\n"
     "of=\"value\" or \"expect\", \"se\", \"margin\", \"n\", \"at\"; scale=\"100\" multiplies, for per cent.\n"
     "In a section whose heading has the class .results every number needs one.\n",
     "  overlap verify demo\n"
     "  overlap verify demo --paper mine.md\n"
     "  overlap verify --stream 7\n",
     ov_command_verify},
    {"accept", "CLAIM…", "rpth", "rewrite claims' printed numbers to what the data say",
     "CLAIM is EXPERIMENT.ID. Rewrites what paper.md (or --paper FILE) prints of it, in spans such\n"
     "as [0.0364]{claim=\"demo.floor\"} ('overlap verify --help'), and, of a failing claim of kind\n"
     "round or margin, the number expect in experiment.yaml; prints the difference.\n"
     "--reason TEXT stands beside each new number. Refused (exit code 2) without a reason or\n"
     "valid data, and wherever the variable CI is set: a person accepts, and reviews the change.\n",
     "  overlap accept demo.floor --reason \"the rate was a typing mistake\"\n", ov_command_accept},
    {"plan", "[DIR…]", "ocsSntjTKh", "say what would run, and why",
     "The column memory is what one process takes; CPU the time of the runs to do, from what the\n"
     "last ones took, else the steps of a simulation. The last lines sum up, for --jobs processes.\n"
     "A run may come in pieces, such as the alphas of a quadratic network's curve: each counts as a\n"
     "run. With --todo: a shell's commands, a line for each block of missing runs (with --chunk 10min: as\n"
     "many as take so long, by the times of earlier runs), for GNU parallel or a job array. They run as\n"
     "printed, from anywhere; whichever is last puts the tables together.\n",
     "  overlap plan demo\n"
     "  overlap plan --tier full --jobs 8\n"
     "  overlap plan demo --todo --chunk 10min | parallel\n",
     ov_command_plan},
    {"list", "[DIR…]", "th", "name the experiments of a tier, or what is in one",
     "Without DIR: the names of the experiments of the tier below experiments/, one a line. With\n"
     "DIR: a line 'curve ID theory sgd' for each curve, with the sides that it has, and a line\n"
     "'quantity NAME' for eps_g (or the system's first quantity) and each that a claim reads.\n",
     "  overlap list --tier full\n"
     "  overlap list demo\n",
     ov_command_list},
    {"status", "[DIR…]", "osnth", "say what is there: results, comparison, figure",
     "A comparison or a figure is 'stale' where it is older than its tables, or they are not valid;\n"
     "a figure is '-' with --set, --stream or --out, of whose results none is drawn.\n"
     "Jobs that are being computed at this moment and take long have a line each: how far they\n"
     "are, of theory how many right-hand sides of the limit at which it is given up; 'stopped' are\n"
     "those whose process is gone.\n",
     "  overlap status\n"
     "  overlap status demo --set eta_w=0.1\n",
     ov_command_status},
    {"table", "[DIR…]", "ocsntSwCamyh",
     "ask the results: rows and columns of all curves in one table",
     "A row a curve, side and seed, at one time. Columns are those of the tables, parameters and\n"
     "variables of curves (eta_w, init.std, K, eta: 'overlap keys --formulas'), what a table says of\n"
     "itself above its header (activation), and experiment, curve, group, side. Without --columns: whose\n"
     "row it is, the parameters in which curves differ, the time, and eps_g (or the system's first\n"
     "quantity). --where takes comparisons of formulas, joined by 'and', and those by 'or'; texts are\n"
     "compared by == and !=. Tables that are not valid are left out, and said on stderr.\n",
     "  overlap table demo --mean\n"
     "  overlap table learning_rate --where 'eta_w > 1 and side == sgd' --columns eta_w,seed,eps_g\n"
     "  overlap table demo --at all --format json | jq .eps_g\n",
     ov_command_table},
    {"new", "NAME", "fh", "copy an experiment to experiments/NAME",
     "Of --from NAME (demo), one below experiments/. The README of the copy begins with a title of\n"
     "its own, to be filled in.\n",
     "  overlap new mine --from demo\n", ov_command_new},
    {"keys", "[SYSTEM] [KEY…]", "FJh", "the reference of experiment.yaml",
     "First the names of all keys, then each with its type, range, default and meaning. In place\n"
     "of SYSTEM also 'experiment' (the file itself), 'claims', or a kind of claim, which a key of the\n"
     "same name follows (scaling). KEY is a name, a path (init.std), a pattern ('eta*'), a part of a\n"
     "name, or of what the key means (noise).\n",
     "  overlap keys two-layer\n"
     "  overlap keys init.std\n"
     "  overlap keys noise\n"
     "  overlap keys --formulas\n"
     "  overlap keys --json-schema >experiment.schema.json\n",
     ov_command_keys},
    {"doctor", "", "h", "what this installation is made of, and what it lacks", "",
     "  overlap doctor\n", ov_command_doctor},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

/* Characters of UTF-8 text, which printf takes for bytes. */
static int width_of(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void print_usage(FILE *f)
{
    fprintf(f,
            "overlap %s: SGD in two-layer networks, theory against simulation\n\n"
            "usage: overlap COMMAND [ARGUMENTS]\n\n",
            OV_VERSION);
    for (const struct ov_command *c = ov_commands; c->name; c++)
        fprintf(f, "  %-8s %s%*s %s\n", c->name, c->arguments, 16 - width_of(c->arguments), "",
                c->doc);
    fprintf(f, "\n'overlap help COMMAND' says more; --version prints the version.\n"
               "Exit codes: 0 good, 1 a claim failed, 2 bad usage, configuration or data,\n"
               "3 inconclusive, 4 a job failed or diverged.\n");
}

static const struct ov_command *find_command(const char *name)
{
    for (const struct ov_command *c = ov_commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[16] = {0};
    for (size_t i = 0; ov_commands[i].name && i < 15; i++)
        names[i] = ov_commands[i].name;
    fprintf(stderr, "overlap: error: unknown command '%s'%s\n", name,
            ov_suggest(name, names) ? ov_hint(name, names).text : "; 'overlap --help' lists them");
    return EXIT_USER;
}

static void stop_without_memory(size_t bytes)
{
    (void)bytes;
    fprintf(stderr, "overlap: error: out of memory\n");
    exit(EXIT_JOB);
}

static bool is_pipe(int fd)
{
    struct stat s;
    return fstat(fd, &s) == 0 && S_ISFIFO(s.st_mode);
}

int main(int argc, char **argv)
{
    ov_on_no_memory(stop_without_memory);
    gsl_set_error_handler_off();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USER;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_GOOD;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("overlap %s (commit %s)\n", OV_VERSION, ov_build_commit());
        return EXIT_GOOD;
    }
    bool asks = strcmp(argv[1], "help") == 0;
    if (asks && argc == 2) {
        print_usage(stdout);
        return EXIT_GOOD;
    }
    const char *name = asks ? argv[2] : argv[1];
    const struct ov_command *command = find_command(name);
    if (!command)
        return unknown_command(name);
    if (asks) {
        ov_command_help(command);
        return EXIT_GOOD;
    }
    struct ov_options options;
    int code = EXIT_USER;
    if (ov_options_read(&options, command, argc, argv)) {
        if (options.help)
            ov_command_help(command);
        code = options.help ? EXIT_GOOD : command->run(&options);
    }
    ov_options_free(&options);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (is_pipe(STDOUT_FILENO)) /* whose reader has what it wants: overlap plan | head */
            return code;
        fprintf(stderr, "overlap: error: can't write to standard output\n");
        code = code == EXIT_GOOD ? EXIT_JOB : code;
    }
    return code;
}
