/* SPDX-License-Identifier: MIT
 *
 * overlap doctor: libraries, CPU and what is missing.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <gsl/gsl_version.h>
#include <jansson.h>
#include <libfyaml.h>
#include <openssl/crypto.h>

#include "overlap/run/memory.h"
#include "overlap/store/provenance.h"
#include "overlap/run/sidecar.h"
#include "overlap/systems/systems.h"

/* What the program runs at run time, and what its absence costs. */
static const struct {
    const char *program, *question, *cost;
} programs[] = {
    {"gnuplot", "gnuplot --version", "no figures ('make deps' installs gnuplot-nox)"},
    {"jq", "jq --version", "no TAP, JUnit, lock and drift ('make deps' installs jq)"},
    {"pandoc", "pandoc --version",
     "no build/paper.html, and the paper's numbers are not checked ('make deps-paper')"},
    {"git", "git --version", "results do not record the commit that made them"},
    {"parallel", "parallel --version",
     "no GNU parallel: 'overlap plan --todo' still lists the jobs"},
};

static bool first_line(char line[256], const char *question)
{
    char shell[300];
    snprintf(shell, sizeof shell, "%s 2>/dev/null </dev/null", question);
    FILE *f = popen(shell, "r");
    bool got = f && fgets(line, 256, f);
    if (f)
        pclose(f);
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got;
}

static void print_cpu(void)
{
    printf("  %-10s %zu CPUs;", "machine", ov_machine_cpus());
#if defined(__x86_64__)
    printf(" AVX2 %s, AVX-512 %s", __builtin_cpu_supports("avx2") ? "yes" : "no",
           __builtin_cpu_supports("avx512f") ? "yes" : "no");
#endif
    printf("\n");
}

int ov_command_doctor(const struct ov_options *o)
{
    (void)o;
    printf("overlap %s, commit %s, compiler %s\n", OV_VERSION, ov_build_commit(), __VERSION__);
    printf("  %-10s %s (built against %s)\n", "GSL", gsl_version, GSL_VERSION);
    printf("  %-10s %s\n", "libfyaml", fy_library_version());
    printf("  %-10s %s\n", "jansson", JANSSON_VERSION);
    printf("  %-10s %s\n", "OpenSSL", OpenSSL_version(OPENSSL_VERSION));
    print_cpu();
    printf("  systems   ");
    for (const struct ov_system *const *s = ov_systems; *s; s++)
        printf(" %s", (*s)->name);
    printf("\n");
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        char line[256];
        bool there = first_line(line, programs[i].question);
        printf("  %-10s %s\n", programs[i].program, there ? line : "missing");
        if (!there)
            printf("  %-10s costs you: %s\n", "", programs[i].cost);
    }
    return EXIT_GOOD;
}
