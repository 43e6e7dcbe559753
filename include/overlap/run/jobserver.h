/* SPDX-License-Identifier: MIT
 *
 * A client of GNU make's job server, so that `make -jN` bounds all processes together.
 */
#ifndef OVERLAP_RUN_JOBSERVER_H
#define OVERLAP_RUN_JOBSERVER_H

#include <stdbool.h>
#include <stddef.h>

struct ov_jobserver {
    bool present;
    bool alone;  /* make was told -j1, and has no job server then: one process is all it grants */
    int in, out; /* ours to close */
    char tokens[256]; /* the bytes taken, to be given back as they were */
    size_t n_token;
};

/* Finds the job server that MAKEFLAGS names ("R,W", the two ends of a pipe, or "fifo:PATH"). Where
 * there is none, or where what it names is anything else than one pipe, `present` is false and
 * nothing is touched; `alone` then is true where the last -j among make's options is -j1. */
void ov_jobserver_open(struct ov_jobserver *s);
/* Takes a token if one is free at this moment. */
bool ov_jobserver_acquire(struct ov_jobserver *s);
void ov_jobserver_release(struct ov_jobserver *s);
/* Gives back what is still held. */
void ov_jobserver_close(struct ov_jobserver *s);

#endif
