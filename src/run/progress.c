/* SPDX-License-Identifier: MIT
 *
 * What people see while jobs run: one line on a terminal, few in a log.
 */
#include "overlap/run/progress.h"

#include <stdbool.h>
#include <sys/ioctl.h>

#include "overlap/base/clock.h"

/* Seconds between two looks: a terminal's line is redrawn, a log gets another line. */
static const double live_interval = 0.25, log_interval = 30.0;

static void add_rate(struct ov_text *t, double steps, double seconds)
{
    double rate = seconds > 0.0 ? steps / seconds : 0.0;
    if (rate >= 1e6)
        ov_text_addf(t, "%.2fM steps/s", rate * 1e-6);
    else if (rate >= 1e3)
        ov_text_addf(t, "%.1fk steps/s", rate * 1e-3);
    else
        ov_text_addf(t, "%.0f steps/s", rate);
}

void ov_progress_start(struct ov_progress *p, FILE *log, bool live, size_t n_job,
                       uint64_t work_total)
{
    *p = (struct ov_progress){.log = log, .live = live, .n_job = n_job, .work_total = work_total};
    p->work_began = ov_clock();
    p->last_shown = live ? p->work_began - 1.0 : p->work_began;
}

/* Columns of the terminal, less one: a longer line can't be redrawn. */
static size_t width_of(FILE *log)
{
    struct winsize size;
    bool known = ioctl(fileno(log), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? (size_t)size.ws_col - 1 : 79;
}

/* Cuts a line to so many characters of UTF-8. */
static void cut(struct ov_text *line, size_t width)
{
    size_t i = 0;
    for (size_t n = 0; i < line->len; i++) {
        bool begins = ((unsigned char)line->s[i] & 0xc0) != 0x80;
        if (begins && n++ == width)
            break;
    }
    if (i < line->len) {
        line->s[i] = '\0';
        line->len = i;
    }
}

void ov_progress_show(struct ov_progress *p, size_t running, uint64_t work_running,
                      const char *unknown)
{
    double now = ov_clock();
    if (p->work_done + work_running == 0) /* theory comes first: it is no part of the rate */
        p->work_began = now;
    if (!p->log || now - p->last_shown < (p->live ? live_interval : log_interval))
        return;
    p->last_shown = now;
    struct ov_text line = {0};
    ov_text_addf(&line, "%zu of %zu jobs, %zu running", p->n_done + p->n_failed, p->n_job, running);
    double done = (double)(p->work_done + work_running), total = (double)p->work_total;
    double elapsed = now - p->work_began;
    if (done > 0.0 && total > 0.0) {
        ov_text_addf(&line, ", %.0f %%, ", 100.0 * done / total);
        add_rate(&line, done, elapsed);
    }
    if (done > 0.02 * total) { /* too early for a forecast before */
        ov_text_addf(&line, ", ");
        ov_text_add_duration(&line, elapsed * (total - done) / done);
        ov_text_addf(&line, unknown ? " left for the rest" : " left");
    }
    if (unknown)
        ov_text_addf(&line, "; %s", unknown);
    if (p->live && !line.failed)
        cut(&line, width_of(p->log));
    if (!line.failed)
        fprintf(p->log, p->live ? "\r%s\033[K" : "%s\n", line.s);
    fflush(p->log);
    ov_text_free(&line);
}

void ov_progress_job(struct ov_progress *p, const char *name, size_t n, double seconds,
                     uint64_t work, const char *failure)
{
    if (failure)
        p->n_failed += n;
    else
        p->n_done += n;
    p->work_done += work;
    if (!p->log || !failure)
        return;
    struct ov_text line = {0};
    ov_text_addf(&line, "%sFAILED %s, ", p->live ? "\r\033[K" : "", name);
    ov_text_add_duration(&line, seconds);
    ov_text_addf(&line, " (%zu of %zu): %s", p->n_done + p->n_failed, p->n_job, failure);
    if (!line.failed)
        fprintf(p->log, "%s\n", line.s);
    fflush(p->log);
    ov_text_free(&line);
}

void ov_progress_note(struct ov_progress *p, const char *name, const char *text)
{
    if (!p->log)
        return;
    fprintf(p->log, "%s%-6s %s: %s\n", p->live ? "\r\033[K" : "", "note", name, text);
    fflush(p->log);
}

void ov_progress_end(struct ov_progress *p)
{
    if (p->log && p->live)
        fprintf(p->log, "\r\033[K");
    if (p->log)
        fflush(p->log);
}
