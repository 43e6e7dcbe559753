/* SPDX-License-Identifier: MIT
 *
 * What the subcommands share: options, errors as people read them, exit codes.
 */
#ifndef OVERLAP_CLI_CLI_H
#define OVERLAP_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"
#include "overlap/experiment/experiment.h"
#include "overlap/run/jobs.h"

enum ov_exit { EXIT_GOOD = 0, EXIT_CLAIM = 1, EXIT_USER = 2, EXIT_OPEN = 3, EXIT_JOB = 4 };

/* All options of all subcommands; each subcommand takes those it names. */
struct ov_options {
    const char **dir; /* (n_dir) the plain arguments */
    size_t n_dir;
    const char **curve; /* (n_curve) */
    size_t n_curve;
    const char *out, *side, *from, *paper, *verdicts, *command;
    const char *reason;
    double chunk_seconds;                      /* of --chunk: a duration, */
    uint64_t chunk_runs;                       /* or a number; both 0 without */
    const char *where, *columns, *at, *format; /* of table */
    const char **set;                          /* (n_set) */
    size_t n_set;
    enum ov_tier tier;
    unsigned workers;
    double checkpoint;        /* seconds between two states of a run on disk */
    uint64_t seed, last_seed; /* of --seed; all without (see any_seed) */
    uint64_t first, last;     /* of --seeds, with some_seeds */
    uint64_t stream;          /* of random numbers: 1, or what --stream says */
    bool any_seed, some_seeds, todo, quiet, formulas, json_schema, mean, help;
};

struct ov_command {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *options;   /* the option letters it takes, see args.c */
    const char *doc;       /* one line */
    const char *more;      /* the rest of --help */
    const char *examples;  /* of --help, a line each */
    int (*run)(const struct ov_options *options);
};
extern const struct ov_command ov_commands[]; /* name NULL at the end */

int ov_command_run(const struct ov_options *o);
int ov_command_compare(const struct ov_options *o);
int ov_command_verify(const struct ov_options *o);
int ov_command_plan(const struct ov_options *o);
int ov_command_list(const struct ov_options *o);
int ov_command_status(const struct ov_options *o);
int ov_command_new(const struct ov_options *o);
int ov_command_doctor(const struct ov_options *o);
int ov_command_accept(const struct ov_options *o);
int ov_command_table(const struct ov_options *o);
int ov_command_keys(const struct ov_options *o);

/* Prints a JSON schema of experiment.yaml; false: could not. */
bool ov_print_json_schema(void);

/* Writes OUT/summary.csv: of each table that is there and valid the last row, means over seeds and their standard
 * errors, with the parameters in which the experiment's curves differ. One that has these bytes is left alone. */
OV_NODISCARD enum ov_status ov_write_summary(const struct ov_experiment *e,
                                             const struct ov_options *o, struct ov_error *err);

/* What is to do as commands of a shell, a line each, and a last line that says how many and what comes after
 * them. They run as printed, from anywhere. */
void ov_print_todo(const struct ov_plan *plan, const struct ov_options *o);

/* Reads argv[2…] for one command.
 * Returns true, or false with one line on stderr. ov_options_free in both cases. */
bool ov_options_read(struct ov_options *o, const struct ov_command *command, int argc, char **argv);
void ov_options_free(struct ov_options *o);
void ov_command_help(const struct ov_command *command);

/* Prints err to stderr ("overlap: " in front where it has no place of its own) and returns the
 * documented exit code of its status. */
int ov_report(const struct ov_error *err);

/* Adds the lines of `more`, an error, to those of err, whose status becomes that of `more`. */
void ov_error_append(struct ov_error *err, const struct ov_error *more);

/* Loads the named directories, or every experiments/NAME where none is named.
 *   out  e   (n) owned by the caller: ov_experiments_free
 * Without names, experiments above the tier are loaded too: the caller skips them (ov_is_above).
 * On error every directory's mistakes are in err. */
struct ov_experiments {
    struct ov_experiment **e;
    size_t n;
};
enum ov_status ov_experiments_load(struct ov_experiments *all, const struct ov_options *o,
                                   struct ov_error *err);
void ov_experiments_free(struct ov_experiments *all);

/* The same, but an experiment with mistakes, where none was named, keeps no other from being loaded:
 * its mistakes are reported on stderr, and that it is left out.
 *   out  n_left_out  how many those are */
enum ov_status ov_experiments_load_good(struct ov_experiments *all, size_t *n_left_out,
                                        const struct ov_options *o, struct ov_error *err);

/* "; did you mean 'experiments/NAME'?" for a DIR that is not there, or a NAME ("" as `front`) that no
 * experiment has; where none is near, those that it is a part of, else nothing. */
struct ov_hint ov_experiment_hint(const char *front, const char *word);

/* True where nobody named the experiment and it belongs to a larger tier. */
bool ov_is_above(const struct ov_options *o, const struct ov_experiment *e);

/* Reads the claims of all experiments and evaluates them; those above the tier are SKIPPED, and
 * on a stream other than 1 those that are not random.
 *   out  claims  owned by the caller, also on error */
enum ov_status ov_claims_load(struct ov_claims *claims, const struct ov_experiments *all,
                              const struct ov_options *o, struct ov_error *err);

/* The output directory: --out, or build/results/NAME, with --set build/results/NAME+SETTINGS, so that
 * results of the experiment as it is written stay; with --stream below build/stream-N; allocated. */
char *ov_out_of(const struct ov_options *o, const struct ov_experiment *e);

/* Plans all experiments that were named, or those of the tier, or of them what --curve names.
 *   out  plan  appended to; the caller's to free, also on error */
enum ov_status ov_plan_load(struct ov_plan *plan, const struct ov_experiments *all,
                            const struct ov_options *o, struct ov_error *err);

#endif
