/* SPDX-License-Identifier: MIT
 *
 * 1. Each job that has no valid result becomes a child process, up to the number of workers; with
 *    make's job server, one more than the tokens it grants.
 * 2. A child computes, stores its rows atomically and leaves; its error message, if any, comes
 *    through a pipe, whose end also tells that it is done.
 * 3. As soon as the last job of a batch is done, its table is put together.
 */
#include "overlap/run/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "overlap/run/jobserver.h"
#include "overlap/run/memory.h"
#include "overlap/base/clock.h"
#include "overlap/run/progress.h"
#include "runner_internal.h"

enum { MAX_WORKERS = 256 };

volatile sig_atomic_t ov_runner_stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    ov_runner_stopped = 1;
}

struct runner {
    struct ov_plan *plan;
    const struct ov_run_options *options;
    struct ov_run_report *report;
    struct ov_error *err;
    enum ov_status status;
    struct ov_jobserver server;
    struct ov_batch **queue; /* (plan->n_batch) the longest runs first */
    struct worker *worker;   /* (n_worker) */
    size_t n_worker, n_busy;
    volatile uint64_t *work; /* (n_worker) steps done, shared with the children */
    struct ov_progress progress;
    double started;
};

static void job_name(struct ov_text *t, const struct worker *w)
{
    const struct ov_batch *b = w->batch;
    unsigned long long first = w->job[0]->seed, last = w->job[w->n_job - 1]->seed;
    ov_text_addf(t, "%s %s %s", b->experiment->name, b->curve->id, ov_side_name(b->side));
    if (w->n_job > 1)
        ov_text_addf(t, " seeds %llu-%llu", first, last);
    else if (first > 0)
        ov_text_addf(t, " seed %llu", first);
}

static uint64_t work_of(const struct ov_batch *b)
{
    return ov_batch_side(b)->work;
}

static void add_failure(struct runner *r, enum ov_status status, const char *line)
{
    if (r->status == OV_OK)
        r->status = status;
    if (!r->err)
        return;
    size_t used = r->err->status == OV_OK ? 0 : strlen(r->err->text);
    snprintf(r->err->text + used, sizeof r->err->text - used, "%s%s", used ? "\n" : "", line);
    r->err->status = r->status;
}

static void fail_worker(struct runner *r, const struct worker *w, enum ov_status status)
{
    struct ov_text line = {0};
    job_name(&line, w);
    ov_text_addf(&line, ": %s", w->message);
    add_failure(r, status, line.failed ? w->message : line.s);
    ov_text_free(&line);
}

/* Starts the worker's jobs in a process of their own. */
static enum ov_status start(struct runner *r, size_t slot)
{
    struct worker *w = &r->worker[slot];
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return ov_fail(r->err, OV_EIO, "pipe: %s", strerror(errno));
    r->work[slot] = 0;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(OV_EIO);
        close(fds[0]);
        ov_runner_child(w, r->options, &r->work[slot], fds[1]);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return ov_fail(r->err, OV_EIO, "fork: %s", strerror(errno));
    }
    w->pid = pid;
    w->fd = fds[0];
    w->length = 0;
    w->resumed_at = 0;
    w->started = ov_clock();
    r->n_busy++;
    return OV_OK;
}

/* What diverges is a result, and told. */
static void say_diverged(struct runner *r, const struct ov_batch *b)
{
    struct ov_text name = {0}, what = {0};
    ov_text_addf(&name, "%s %s %s", b->experiment->name, b->curve->id, ov_side_name(b->side));
    ov_text_addf(&what, "%zu of %zu runs diverge, the first at %s = %.6g", b->n_diverged, b->n_job,
                 ov_curve_time(b->curve), b->first_diverged);
    if (!name.failed && !what.failed)
        ov_progress_note(&r->progress, name.s, what.s);
    ov_text_free(&name);
    ov_text_free(&what);
}

static void assemble(struct runner *r, struct ov_batch *b)
{
    struct ov_error err = {0};
    if (b->table_valid || ov_batch_valid(b) < b->n_job)
        return;
    enum ov_status status =
        ov_batch_assemble(b, r->options->command, ov_clock() - r->started, &err);
    if (status != OV_OK) {
        add_failure(r, status, err.text);
        return;
    }
    r->report->n_table++;
    if (b->n_diverged > 0)
        say_diverged(r, b);
}

/* Puts an ended child's outcome where it belongs. */
static void finish(struct runner *r, struct worker *w)
{
    int code = 0;
    while (waitpid(w->pid, &code, 0) < 0 && errno == EINTR)
        ;
    close(w->fd);
    r->n_busy--;
    if (w->token)
        ov_jobserver_release(&r->server);
    enum ov_status status = WIFEXITED(code) ? (enum ov_status)WEXITSTATUS(code) : OV_EIO;
    if (WIFSIGNALED(code))
        w->length = (size_t)snprintf(w->message, sizeof w->message, "killed by signal %d (%s)",
                                     WTERMSIG(code), strsignal(WTERMSIG(code)));
    w->message[w->length] = '\0';
    struct ov_text name = {0};
    job_name(&name, w);
    ov_progress_job(&r->progress, name.failed ? "?" : name.s, w->n_job, ov_clock() - w->started,
                    w->n_job * work_of(w->batch) - w->resumed_at,
                    status == OV_OK ? NULL : w->message);
    ov_text_free(&name);
    for (size_t i = 0; i < w->n_job; i++) {
        w->job[i]->valid = status == OV_OK || ov_job_stored(w->batch, w->job[i]);
        r->report->n_done += w->job[i]->valid;
        r->report->n_failed += !w->job[i]->valid;
    }
    if (status == OV_OK)
        assemble(r, w->batch);
    else
        fail_worker(r, w, status);
    w->pid = 0;
}

/* Takes whole notes off the front of what a child has said, into the log. */
static void take_notes(struct runner *r, struct worker *w)
{
    char *end;
    unsigned long long at;
    w->message[w->length] = '\0';
    while (w->message[0] == NOTE_BEGINS && (end = strchr(w->message, NOTE_ENDS))) {
        struct ov_text name = {0};
        *end = '\0';
        job_name(&name, w);
        if (sscanf(w->message + 1, "resumes at %llu", &at) == 1)
            w->resumed_at = at;
        ov_progress_note(&r->progress, name.failed ? "?" : name.s, w->message + 1);
        ov_text_free(&name);
        w->length -= (size_t)(end + 1 - w->message);
        memmove(w->message, end + 1, w->length + 1);
    }
}

/* Waits a quarter of a second at most for children to speak or end. */
static void wait_for_children(struct runner *r)
{
    struct pollfd fds[MAX_WORKERS];
    size_t slot[MAX_WORKERS], n = 0;
    uint64_t running = 0;
    for (size_t i = 0; i < r->n_worker; i++) {
        if (r->worker[i].pid == 0)
            continue;
        running += r->work[i];
        if (ov_runner_stopped)
            kill(r->worker[i].pid, SIGTERM); /* which may have come to this process only */
        slot[n] = i;
        fds[n++] = (struct pollfd){.fd = r->worker[i].fd, .events = POLLIN};
    }
    ov_progress_show(&r->progress, n, running);
    if (poll(fds, n, 250) <= 0)
        return;
    for (size_t j = 0; j < n; j++) {
        struct worker *w = &r->worker[slot[j]];
        if (!(fds[j].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        size_t room = sizeof w->message - 1 - w->length;
        ssize_t got = read(w->fd, w->message + w->length, room);
        if (got > 0) {
            w->length += (size_t)got;
            take_notes(r, w);
        } else if (got == 0 || errno != EINTR) {
            finish(r, w);
        }
    }
}

/* Steps of what a process is given at once; of those who don't know theirs, as theory, any number,
 * so they begin. */
static double forecast(const struct ov_batch *b)
{
    double n = (double)(ov_batch_side(b)->group < b->n_job ? ov_batch_side(b)->group : b->n_job);
    return work_of(b) > 0 ? n * (double)work_of(b) : HUGE_VAL;
}

/* The longest first, so that none of them is left over when all others are done; else as planned.
 */
static int by_forecast(const void *x, const void *y)
{
    const struct ov_batch *a = *(struct ov_batch *const *)x, *b = *(struct ov_batch *const *)y;
    double p = forecast(a), q = forecast(b);
    return p != q ? (p < q) - (p > q) : (a > b) - (a < b);
}

static enum ov_status make_queue(struct runner *r)
{
    r->queue = calloc(r->plan->n_batch + 1, sizeof(struct ov_batch *));
    if (!r->queue)
        return ov_fail(r->err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < r->plan->n_batch; i++)
        r->queue[i] = &r->plan->batch[i];
    qsort(r->queue, r->plan->n_batch, sizeof(struct ov_batch *), by_forecast);
    return OV_OK;
}

/* The next job to do; false if there is none. */
static bool next_job(struct runner *r, size_t *b, size_t *j)
{
    if (ov_runner_stopped)
        return false;
    for (; *b < r->plan->n_batch; (*b)++, *j = 0)
        for (; *j < r->queue[*b]->n_job; (*j)++)
            if (ov_job_todo(&r->queue[*b]->job[*j]))
                return true;
    return false;
}

/* Takes the next jobs of one batch, as many as its system makes together: those to do of seeds
 * 1 … group, group + 1 … 2 group, and so on, so that the same runs come together again after a
 * kill, whatever else has been stored by then. */
static void take_jobs(struct runner *r, struct worker *w, size_t *b, size_t *j)
{
    w->batch = r->queue[*b];
    w->n_job = 0;
    size_t group = ov_batch_side(w->batch)->group;
    if (group > OV_GROUP_MAX)
        group = OV_GROUP_MAX;
    size_t end = (*j / group + 1) * group;
    for (; *j < w->batch->n_job && *j < end; (*j)++)
        if (ov_job_todo(&w->batch->job[*j]))
            w->job[w->n_job++] = &w->batch->job[*j];
}

static size_t idle_slot(const struct runner *r)
{
    for (size_t i = 0; i < r->n_worker; i++)
        if (r->worker[i].pid == 0)
            return i;
    return r->n_worker;
}

/* One process is ours by right; each further one needs a token where make deals them out. */
static bool may_start(struct runner *r, bool *token)
{
    *token = false;
    if (idle_slot(r) == r->n_worker)
        return false;
    if (r->n_busy == 0 || !r->server.present)
        return true;
    *token = ov_jobserver_acquire(&r->server);
    return *token;
}

static enum ov_status run_all(struct runner *r)
{
    size_t b = 0, j = 0;
    enum ov_status status = OV_OK;
    bool token;
    while (status == OV_OK && (next_job(r, &b, &j) || r->n_busy > 0)) {
        while (status == OV_OK && next_job(r, &b, &j) && may_start(r, &token)) {
            size_t slot = idle_slot(r);
            take_jobs(r, &r->worker[slot], &b, &j);
            r->worker[slot].token = token;
            status = start(r, slot);
        }
        if (r->n_busy > 0)
            wait_for_children(r);
    }
    while (r->n_busy > 0)
        wait_for_children(r);
    return status;
}

static size_t choose_workers(const struct runner *r)
{
    size_t n = r->options->workers;
    if (n == 0)
        n = r->server.present ? MAX_WORKERS : ov_machine_cpus();
    size_t todo = ov_plan_todo(r->plan);
    if (n > todo)
        n = todo;
    n = n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : n;
    return ov_plan_workers_within(r->plan, n, ov_machine_memory());
}

static uint64_t work_to_do(const struct ov_plan *plan)
{
    uint64_t work = 0;
    for (size_t i = 0; i < plan->n_batch; i++)
        work += ov_batch_todo(&plan->batch[i]) * work_of(&plan->batch[i]);
    return work;
}

static enum ov_status run_children(struct runner *r)
{
    size_t bytes = r->n_worker * sizeof *r->work;
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    r->worker = calloc(r->n_worker, sizeof *r->worker);
    enum ov_status status = OV_ENOMEM;
    if (shared != MAP_FAILED && r->worker && make_queue(r) == OV_OK) {
        r->work = shared;
        ov_progress_start(&r->progress, r->options->log, r->options->live, ov_plan_todo(r->plan),
                          work_to_do(r->plan));
        const struct sigaction ours = {.sa_handler = stop};
        struct sigaction theirs;
        ov_runner_stopped = 0;
        sigaction(SIGTERM, &ours, &theirs);
        status = run_all(r);
        sigaction(SIGTERM, &theirs, NULL);
        ov_progress_end(&r->progress);
        if (ov_runner_stopped)
            add_failure(r, OV_EIO, "stopped by SIGTERM; the same command goes on from there");
    } else {
        ov_fail(r->err, status, "out of memory");
    }
    free(r->worker);
    free(r->queue);
    if (shared != MAP_FAILED)
        munmap(shared, bytes);
    return status;
}

enum ov_status ov_plan_run(struct ov_plan *plan, const struct ov_run_options *options,
                           struct ov_run_report *report, struct ov_error *err)
{
    struct runner r = {.plan = plan, .options = options, .report = report, .err = err};
    *report = (struct ov_run_report){0};
    if (err)
        *err = (struct ov_error){0};
    r.started = ov_clock();
    size_t todo = ov_plan_todo(plan);
    if (ov_plan_check_memory(plan, ov_machine_memory(), err) != OV_OK)
        return OV_EUSER;
    ov_runner_sweep(plan);
    for (size_t i = 0; i < plan->n_batch; i++)
        report->n_reused += ov_batch_valid(&plan->batch[i]);
    for (size_t i = 0; i < plan->n_batch; i++)
        assemble(&r, &plan->batch[i]); /* what only lacks its table */
    if (todo > 0) {
        ov_jobserver_open(&r.server);
        r.n_worker = choose_workers(&r);
        enum ov_status status = run_children(&r);
        ov_jobserver_close(&r.server);
        if (status != OV_OK && r.status == OV_OK)
            r.status = status;
    }
    return r.status;
}
