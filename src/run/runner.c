/* SPDX-License-Identifier: MIT
 *
 * 1. What is to do is cut into blocks (ov_batch_block), the longest first over all batches; what
 *    does not know its work may be long and comes before.
 * 2. Child processes, as many as workers (with make's job server, one more than the tokens it
 *    grants), are given one block after the other, so that short ones cost no process each. They
 *    store the runs themselves and reply with what failed.
 * 3. A child that crashes takes one run with it: the runs it was computing together are tried one
 *    by one, the rest of its block goes back to the others.
 * 4. As soon as the last run of a batch is stored, its table is put together, by a child too.
 */
#include "overlap/run/runner.h"
#include "overlap/run/sidecar.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/clock.h"
#include "overlap/run/jobserver.h"
#include "overlap/run/memory.h"
#include "overlap/store/results.h"
#include "runner_internal.h"

enum { MAX_WORKERS = 256 };
#define STOPPED_BY(name) "stopped by " name "; the same command goes on from there"

volatile sig_atomic_t ov_runner_stopped;

static void stop(int signal_number)
{
    ov_runner_stopped = signal_number;
}

/* ---- children ---- */

static void be_child(struct runner *r, size_t slot, int in, int out)
{
    for (size_t i = 0; i < r->n_worker; i++) /* whose end tells them that there is no more to do */
        if (r->worker[i].pid > 0) {
            close(r->worker[i].tasks);
            close(r->worker[i].replies);
        }
    ov_runner_child(r->plan, r->options, r->started, &r->shared[slot], in, out);
}

/* A process for an idle worker. */
static enum ov_status start(struct runner *r, size_t slot)
{
    struct worker *w = &r->worker[slot];
    int down[2], up[2] = {-1, -1};
    if (pipe2(down, O_CLOEXEC) != 0)
        return ov_fail(r->err, OV_EIO, "pipe: %s", strerror(errno));
    pid_t parent = getpid(), pid = pipe2(up, O_CLOEXEC) == 0 ? fork() : -1;
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(OV_EIO);
        close(down[1]);
        close(up[0]);
        be_child(r, slot, down[0], up[1]);
    }
    int why = errno;
    close(down[0]);
    close(up[1]); /* of -1: nothing */
    if (pid < 0) {
        close(down[1]);
        close(up[0]);
        return ov_fail(r->err, OV_EIO, "no process: %s", strerror(why));
    }
    w->pid = pid;
    w->tasks = down[1];
    w->replies = up[0];
    w->length = 0;
    return OV_OK;
}

/* Gives a worker the next task; it has a process then. */
static enum ov_status deal(struct runner *r, size_t slot, bool token)
{
    struct worker *w = &r->worker[slot];
    enum ov_status status = w->pid ? OV_OK : start(r, slot);
    if (status != OV_OK) {
        if (token)
            ov_jobserver_release(&r->server);
        return status;
    }
    w->task = r->n_urgent ? r->urgent[--r->n_urgent] : r->queue[r->next++].task;
    w->busy = true;
    w->token = token;
    w->started = ov_clock();
    w->resumed_at = 0;
    r->shared[slot] = (struct shared){.from = w->task.from, .to = w->task.from};
    r->n_busy++;
    /* if it has died meanwhile, the end of its other pipe tells */
    ssize_t ignored = write(w->tasks, &w->task, sizeof w->task);
    (void)ignored;
    return OV_OK;
}

/* The worker's task is over, one way or another. */
static void put_down(struct runner *r, struct worker *w)
{
    w->busy = false;
    r->n_busy--;
    if (w->token)
        ov_jobserver_release(&r->server);
    w->token = false;
}

/* All of the task that has not failed is stored. */
static void take_end(struct runner *r, struct worker *w)
{
    const struct task *task = &w->task;
    struct ov_batch *b = &r->plan->batch[task->batch];
    size_t n = ov_runner_todo(b, task->from, task->to);
    put_down(r, w);
    if (task->kind == ASSEMBLE) {
        b->table_valid = r->trouble[task->batch].n == 0;
        r->report->n_table += b->table_valid;
        return;
    }
    char *name = ov_runner_name(b, task->from, task->to);
    if (n > 0)
        ov_progress_job(&r->progress, name, n, ov_clock() - w->started,
                        n * work_of(b) - w->resumed_at, NULL);
    free(name);
    for (size_t i = task->from; i < task->to; i++)
        if (ov_job_todo(&b->job[i]))
            b->job[i].valid = true;
    r->report->n_done += n;
    if (w->resumed_at == 0) { /* else it is the time of a part */
        b->cost.seconds += w->reply.head.cpu;
        b->cost.n_run += n;
        ov_cost_note(b, w->reply.head.cpu, n);
    }
    ov_runner_stored(r, task->batch, task->from, task->to);
}

static void take_note(struct runner *r, struct worker *w, const struct reply *head,
                      const char *text)
{
    unsigned long long at;
    char *name = ov_runner_name(&r->plan->batch[w->task.batch], head->from, head->to);
    if (sscanf(text, "resumes at %llu", &at) == 1)
        w->resumed_at += at;
    ov_progress_note(&r->progress, name, text);
    free(name);
}

/* What a dead child had stored is valid; what it was at is tried alone, unless all are to stop. */
static void take_crash(struct runner *r, size_t slot, const char *why)
{
    const struct task task = r->worker[slot].task;
    struct ov_batch *b = &r->plan->batch[task.batch];
    size_t from = r->shared[slot].from, to = r->shared[slot].to;
    put_down(r, &r->worker[slot]);
    if (task.kind == ASSEMBLE) {
        ov_runner_fail(r, &task, 0, OV_EIO, why);
        return;
    }
    size_t before = ov_batch_valid(b);
    ov_batch_look(b);
    size_t stored = ov_batch_valid(b) - before;
    if (stored > 0)
        ov_progress_job(&r->progress, b->curve->id, stored, 0.0, stored * work_of(b), NULL);
    r->report->n_done += stored;
    if (from == to) /* before it began: the whole task is to blame */
        from = task.from, to = task.to;
    ov_runner_add_jobs(r, task.batch, to, task.to);
    ov_runner_add_jobs(r, task.batch, task.from, from);
    bool alone = ov_runner_stopped || ov_runner_todo(b, from, to) == 1;
    for (size_t i = to; i-- > from;)
        if (ov_job_todo(&b->job[i]) && alone)
            ov_runner_fail(r, &task, i, OV_EIO, why);
        else
            ov_runner_add_jobs(r, task.batch, i, i + 1);
    ov_runner_stored(r, task.batch, 0, b->n_job);
}

/* A child has closed its pipe. */
static void bury(struct runner *r, size_t slot)
{
    struct worker *w = &r->worker[slot];
    int code = 0;
    char why[128];
    while (waitpid(w->pid, &code, 0) < 0 && errno == EINTR)
        ;
    close(w->tasks);
    close(w->replies);
    w->pid = 0;
    if (WIFSIGNALED(code))
        snprintf(why, sizeof why, "killed by signal %d (%s)", WTERMSIG(code),
                 strsignal(WTERMSIG(code)));
    else if (WEXITSTATUS(code) == STOPPED_KEPT || WEXITSTATUS(code) == STOPPED_BARE)
        snprintf(why, sizeof why, "stopped; %s",
                 WEXITSTATUS(code) == STOPPED_KEPT ? "its state is kept"
                                                   : "it has no state to keep");
    else
        snprintf(why, sizeof why, "its process ended with exit code %d", WEXITSTATUS(code));
    if (w->busy)
        take_crash(r, slot, why);
}

/* Reads what there is of a reply, and takes it when it is whole. */
static void listen(struct runner *r, size_t slot)
{
    struct worker *w = &r->worker[slot];
    size_t head = sizeof w->reply.head, whole = head;
    if (w->length >= head)
        whole += w->reply.head.n;
    ssize_t got = read(w->replies, (char *)&w->reply + w->length, whole - w->length);
    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        bury(r, slot);
        return;
    }
    w->length += (size_t)got;
    if (w->length < head || w->length < head + w->reply.head.n)
        return;
    w->length = 0;
    w->reply.text[w->reply.head.n] = '\0';
    if (w->reply.head.kind == NOTE)
        take_note(r, w, &w->reply.head, w->reply.text);
    else if (w->reply.head.kind == FAILED)
        ov_runner_fail(r, &w->task, w->reply.head.from, w->reply.head.status, w->reply.text);
    else
        take_end(r, w);
}

/* Waits a quarter of a second at most for children to speak or end. */
static void wait_for_children(struct runner *r)
{
    struct pollfd fds[MAX_WORKERS];
    size_t slot[MAX_WORKERS], n = 0;
    for (size_t i = 0; i < r->n_worker; i++) {
        if (!r->worker[i].busy)
            continue;
        if (ov_runner_stopped)
            kill(r->worker[i].pid, SIGTERM); /* which may have come to this process only */
        slot[n] = i;
        fds[n++] = (struct pollfd){.fd = r->worker[i].replies, .events = POLLIN};
    }
    ov_runner_show(r);
    if (poll(fds, n, 250) <= 0)
        return;
    for (size_t j = 0; j < n; j++)
        if (fds[j].revents & (POLLIN | POLLHUP | POLLERR))
            listen(r, slot[j]);
}

static size_t idle_slot(const struct runner *r)
{
    size_t found = r->n_worker;
    for (size_t i = r->n_worker; i-- > 0;)
        if (!r->worker[i].busy && (found == r->n_worker || r->worker[i].pid))
            found = i; /* one that has a process, if any */
    return found;
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

static bool has_next(const struct runner *r)
{
    return ov_runner_waiting(r) > 0 && !ov_runner_stopped;
}

static enum ov_status run_all(struct runner *r)
{
    enum ov_status status = OV_OK;
    bool token;
    while (r->n_busy > 0 || (status == OV_OK && has_next(r))) {
        while (status == OV_OK && has_next(r) && may_start(r, &token))
            status = deal(r, idle_slot(r), token);
        if (r->n_busy > 0)
            wait_for_children(r);
    }
    for (size_t i = 0; i < r->n_worker; i++)
        if (r->worker[i].pid)
            close(r->worker[i].tasks);
    for (size_t i = 0; i < r->n_worker; i++)
        if (r->worker[i].pid) {
            while (waitpid(r->worker[i].pid, NULL, 0) < 0 && errno == EINTR)
                ;
            close(r->worker[i].replies);
        }
    return status;
}

static size_t choose_workers(const struct runner *r)
{
    size_t n = r->options->workers;
    if (n == 0)
        n = r->server.present ? MAX_WORKERS : r->server.alone ? 1 : ov_machine_cpus();
    if (n > ov_runner_waiting(r))
        n = ov_runner_waiting(r);
    n = n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : n;
    return ov_plan_workers_within(r->plan, n, ov_machine_memory());
}

static enum ov_status run_children(struct runner *r)
{
    r->n_worker = choose_workers(r);
    size_t bytes = r->n_worker * sizeof *r->shared;
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    r->worker = calloc(r->n_worker, sizeof *r->worker);
    enum ov_status status = OV_ENOMEM;
    if (shared != MAP_FAILED && r->worker) {
        r->shared = shared;
        void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* a child may die with a task unread */
        ov_progress_start(&r->progress, r->options->log, r->options->live, ov_plan_todo(r->plan),
                          ov_runner_work(r->plan));
        const struct sigaction ours = {.sa_handler = stop};
        const struct sigaction once = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
        struct sigaction theirs, of_int;
        sigaction(SIGTERM, &ours, &theirs);
        sigaction(SIGINT, &once, &of_int); /* Ctrl-C: a second one does not wait */
        status = run_all(r);
        sigaction(SIGTERM, &theirs, NULL);
        sigaction(SIGINT, &of_int, NULL);
        ov_runner_show_end(r);
        ov_progress_end(&r->progress);
        signal(SIGPIPE, before);
    } else {
        ov_fail(r->err, status, "out of memory");
    }
    free(r->worker);
    if (shared != MAP_FAILED)
        munmap(shared, bytes);
    return status;
}

/* Tables that lack only runs which were left out here: another process may have stored them. */
static enum ov_status look_for_others(struct runner *r)
{
    for (size_t i = 0; i < r->plan->n_batch; i++) {
        struct ov_batch *b = &r->plan->batch[i];
        size_t valid = ov_batch_valid(b);
        if (b->table_valid || r->trouble[i].n > 0 || valid == b->n_job)
            continue;
        ov_batch_look(b);
        ov_runner_add_table(r, i);
    }
    return ov_runner_waiting(r) > 0 ? run_children(r) : OV_OK;
}

enum ov_status ov_plan_run(struct ov_plan *plan, const struct ov_run_options *options,
                           struct ov_run_report *report, struct ov_error *err)
{
    struct runner r = {.plan = plan, .options = options, .report = report, .err = err};
    *report = (struct ov_run_report){0};
    if (err)
        *err = (struct ov_error){0};
    r.started = ov_clock();
    ov_runner_stopped = 0;
    if (ov_plan_check_memory(plan, ov_machine_memory(), err) != OV_OK)
        return OV_EUSER;
    ov_runner_sweep(plan);
    for (size_t i = 0; i < plan->n_batch; i++)
        report->n_reused += ov_batch_valid(&plan->batch[i]);
    r.trouble = ov_xcalloc(plan->n_batch, sizeof *r.trouble);
    ov_runner_fill_queue(&r);
    ov_jobserver_open(&r.server);
    enum ov_status status = ov_runner_waiting(&r) > 0 ? run_children(&r) : OV_OK;
    if (status == OV_OK && !ov_runner_stopped)
        status = look_for_others(&r);
    if (ov_runner_stopped)
        ov_runner_add_failure(
            &r, OV_EIO, ov_runner_stopped == SIGINT ? STOPPED_BY("SIGINT") : STOPPED_BY("SIGTERM"));
    report->stopped = ov_runner_stopped;
    ov_jobserver_close(&r.server);
    ov_runner_sweep_blocks(plan);
    ov_runner_tell(&r);
    free(r.trouble);
    free(r.queue);
    free(r.urgent);
    if (status != OV_OK && r.status == OV_OK)
        r.status = status;
    return r.status;
}
