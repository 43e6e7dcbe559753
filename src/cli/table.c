/* SPDX-License-Identifier: MIT
 *
 * overlap table: questions to the data. Rows of all curves' tables in one, with the parameters of
 * their curves as columns.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/config/schema.h"
#include "overlap/num/stats.h"
#include "table_internal.h"

static const double near_enough = 0.05;

/* ---- cells ---- */

bool ov_table_number(double *x, const struct place *p, const char *name)
{
    int column = ov_table_find(&p->r->table, name);
    if (column >= 0) {
        *x = ov_result_at(p->r, p->seed, p->time, (size_t)column);
        return true;
    }
    return ov_curve_variable(x, p->c, name);
}

bool ov_table_text(char text[TEXT_ROOM], const struct place *p, const char *name)
{
    const char *own = strcmp(name, "experiment") == 0 ? p->e->name
                      : strcmp(name, "curve") == 0    ? p->c->id
                      : strcmp(name, "group") == 0    ? p->c->group
                      : strcmp(name, "side") == 0     ? (p->side == OV_SGD ? "sgd" : "theory")
                                                      : NULL;
    char *said = own ? NULL : ov_table_comment(&p->r->table, name);
    if (own || said)
        snprintf(text, TEXT_ROOM, "%s", own ? own : said);
    free(said);
    return own || said;
}

static bool fill(struct cell *cell, const struct place *p, const char *name)
{
    *cell = (struct cell){.x = NAN};
    return ov_table_number(&cell->x, p, name) || ov_table_text(cell->text, p, name);
}

/* ---- columns ---- */

static enum ov_status add_column(struct question *q, const char *name, size_t n,
                                 struct ov_error *err)
{
    for (size_t i = 0; i < q->n; i++)
        if (strlen(q->name[i]) == n && strncmp(q->name[i], name, n) == 0)
            return OV_OK;
    if (q->n == MOST_COLUMNS || n >= NAME_ROOM)
        return ov_fail(err, OV_EUSER, "--columns: more than %d columns, or a name too long",
                       MOST_COLUMNS);
    snprintf(q->name[q->n++], NAME_ROOM, "%.*s", (int)n, name);
    return OV_OK;
}

static bool is_derived(const struct ov_experiment *e, const char *name)
{
    for (const struct ov_variable *v = e->system->variables; v && v->name; v++)
        if (strcmp(v->name, name) == 0)
            return true;
    return false;
}

/* Is it a parameter in which curves differ? */
static bool differs(const struct ov_experiments *all, const char *name)
{
    double first = NAN, x;
    bool any = false;
    for (size_t i = 0; i < all->n; i++)
        for (size_t c = 0; c < all->e[i]->n_curve; c++) {
            bool has = ov_curve_variable(&x, &all->e[i]->curve[c], name);
            if (any && has && x != first)
                return true;
            first = has ? x : first;
            any = any || has;
        }
    return false;
}

/* Without --columns: whose row it is, the parameters that differ, the time, the main quantity. */
static enum ov_status usual_columns(struct question *q, const struct ov_experiments *all,
                                    struct ov_error *err)
{
    static const char *const first[] = {"experiment", "curve", "side", "seed"};
    enum ov_status status = OV_OK;
    for (size_t i = all->n > 1 ? 0 : 1; i < 4 && status == OV_OK; i++)
        if (i < 3 || !q->o->mean)
            status = add_column(q, first[i], strlen(first[i]), err);
    for (size_t i = 0; i < all->n; i++)
        for (size_t c = 0; c < all->e[i]->n_curve; c++) {
            const struct ov_curve *curve = &all->e[i]->curve[c];
            for (size_t v = 0; v < curve->n_variable && status == OV_OK; v++) {
                const char *name = curve->variable[v];
                if (!is_derived(all->e[i], name) && differs(all, name))
                    status = add_column(q, name, strlen(name), err);
            }
        }
    for (size_t i = 0; i < all->n && status == OV_OK; i++) {
        const struct ov_curve *c = &all->e[i]->curve[0];
        const struct ov_side_plan *s = &c->side[c->side[OV_THEORY].n_run > 0 ? OV_THEORY : OV_SGD];
        const char *time = ov_curve_time(c), *main = ov_side_main_quantity(s);
        status = add_column(q, time, strlen(time), err);
        if (status == OV_OK)
            status = add_column(q, main, strlen(main), err);
    }
    return status;
}

/* Of summary.csv: whose row it is, the parameters that differ, and all that any table has. */
static enum ov_status all_columns(struct question *q, const struct ov_experiment *e,
                                  struct ov_error *err)
{
    static const char *const first[] = {"curve", "group", "side"};
    const struct ov_experiments all = {.e = (struct ov_experiment **)&e, .n = 1};
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < 3 && status == OV_OK; i++)
        status = add_column(q, first[i], strlen(first[i]), err);
    for (size_t c = 0; c < e->n_curve; c++) {
        const struct ov_curve *curve = &e->curve[c];
        for (size_t v = 0; v < curve->n_variable && status == OV_OK; v++) {
            const char *name = curve->variable[v];
            if (!is_derived(e, name) && differs(&all, name))
                status = add_column(q, name, strlen(name), err);
        }
    }
    for (size_t c = 0; c < e->n_curve; c++)
        for (int side = OV_THEORY; side <= OV_SGD; side++)
            for (size_t i = 0; i < e->curve[c].side[side].n_col && status == OV_OK; i++) {
                const char *name = e->curve[c].side[side].column[i].name;
                status = add_column(q, name, strlen(name), err);
            }
    return status;
}

static enum ov_status choose_columns(struct question *q, const struct ov_experiments *all,
                                     struct ov_error *err)
{
    enum ov_status status = OV_OK;
    if (!q->o->columns)
        return usual_columns(q, all, err);
    for (const char *s = q->o->columns; status == OV_OK; s++) {
        size_t n = strcspn(s, ",");
        status = n > 0 ? add_column(q, s, n, err)
                       : ov_fail(err, OV_EUSER, "--columns wants names with commas between them");
        s += n;
        if (!*s)
            break;
    }
    return status;
}

/* ---- rows ---- */

static struct cell *new_row(struct question *q)
{
    if (q->n_row == q->room) {
        q->room = q->room ? 2 * q->room : 64;
        q->cell = ov_xrealloc(q->cell, q->room, 2 * q->n * sizeof *q->cell);
    }
    return q->cell + 2 * q->n * q->n_row++; /* room for the errors of means */
}

/* The row of the table that --at means. */
static enum ov_status find_time(size_t *at, const struct question *q, const struct place *p,
                                struct ov_error *err)
{
    int column = ov_table_find(&p->r->table, ov_curve_time(p->c));
    double asked, best = INFINITY;
    *at = p->r->n_time - 1;
    if (!q->o->at || strcmp(q->o->at, "last") == 0)
        return OV_OK;
    if (strcmp(q->o->at, "first") == 0) {
        *at = 0;
        return OV_OK;
    }
    if (!ov_schema_number(&asked, q->o->at))
        return ov_fail(err, OV_EUSER, "--at is first, last, all or a time, not '%s'", q->o->at);
    for (size_t j = 0; j < p->r->n_time && column >= 0; j++) {
        double off = fabs(ov_result_at(p->r, 0, j, (size_t)column) - asked);
        if (off < best) {
            best = off;
            *at = j;
        }
    }
    return best <= near_enough * fabs(asked)
               ? OV_OK
               : ov_fail(err, OV_EUSER, "--at: curve %s of %s is not measured near %s = %s",
                         p->c->id, p->e->name, ov_curve_time(p->c), q->o->at);
}

/* The column, or else the parameter, that was probably meant. */
static struct ov_hint hint(const char *name, const struct place *p)
{
    const char **names = ov_xcalloc(p->r->table.n_col + 1, sizeof *names);
    for (size_t i = 0; i < p->r->table.n_col; i++)
        names[i] = p->r->table.column[i];
    struct ov_hint found = ov_hint(name, names);
    free(names);
    return *found.text ? found : ov_hint(name, p->c->variable);
}

/* The row of one seed, or the mean over those of all: column i and, at n + i, its standard error. */
static enum ov_status add_row(struct question *q, struct place p, struct ov_error *err)
{
    struct cell *row = new_row(q), one;
    size_t n = q->o->mean ? p.r->n_seed : 1;
    double *x = ov_xcalloc(n, sizeof *x);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < q->n && status == OV_OK; i++) {
        row[q->n + i] = (struct cell){.x = NAN};
        if (!fill(&row[i], &p, q->name[i])) {
            if (!q->o->columns)
                continue;
            status = ov_fail(err, OV_EUSER, "--columns: curve %s of %s has no '%s'%s", p.c->id,
                             p.e->name, q->name[i], hint(q->name[i], &p).text);
            break;
        }
        bool measured = ov_table_find(&p.r->table, q->name[i]) >= 0 &&
                        strcmp(q->name[i], ov_curve_time(p.c)) != 0;
        if (!q->o->mean || !measured)
            continue;
        for (size_t s = 0; s < n; s++) {
            struct place other = p;
            other.seed = s;
            fill(&one, &other, q->name[i]);
            x[s] = one.x;
        }
        struct ov_mean m = ov_mean_of(x, n);
        row[i].x = m.mean;
        row[q->n + i].x = m.se;
        q->has_error[i] = q->has_error[i] || !isnan(m.se);
    }
    free(x);
    return status;
}

static enum ov_status add_table(struct question *q, struct place p, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    bool all = q->o->at && strcmp(q->o->at, "all") == 0;
    size_t only = 0, n_seed = q->o->mean ? 1 : p.r->n_seed;
    if (!all)
        status = find_time(&only, q, &p, err);
    for (p.seed = 0; p.seed < n_seed && status == OV_OK; p.seed++)
        for (p.time = all ? 0 : only; p.time < (all ? p.r->n_time : only + 1) && status == OV_OK;
             p.time++) {
            bool yes = true;
            if (q->o->where)
                status = ov_table_where(&yes, &p, q->o->where, err);
            if (yes && status == OV_OK)
                status = add_row(q, p, err);
        }
    return status;
}

static bool is_chosen(const struct ov_options *o, const struct ov_curve *c, enum ov_side side)
{
    bool named = o->n_curve == 0;
    for (size_t i = 0; i < o->n_curve; i++)
        named = named || strcmp(o->curve[i], c->id) == 0 || strcmp(o->curve[i], c->group) == 0;
    return named && c->side[side].n_run > 0 &&
           (!o->side || strcmp(o->side, side == OV_SGD ? "sgd" : "theory") == 0);
}

static enum ov_status ask(struct question *q, const struct ov_experiment *e, struct ov_error *err)
{
    char *out = ov_out_of(q->o, e);
    enum ov_status status = OV_OK;
    for (size_t c = 0; c < e->n_curve && status == OV_OK; c++)
        for (int side = OV_THEORY; side <= OV_SGD && status == OV_OK; side++) {
            struct ov_result r;
            if (!is_chosen(q->o, &e->curve[c], (enum ov_side)side))
                continue;
            ov_result_read(&r, out, e, &e->curve[c], (enum ov_side)side, NULL);
            struct place p = {e, &e->curve[c], (enum ov_side)side, &r, 0, 0};
            if (r.state == OV_VALID)
                status = add_table(q, p, err);
            else if (q->n_missing++ == 0 && !q->o->quiet)
                fprintf(stderr, "overlap table: note: %s, curve %s, %s: %s\n", e->name,
                        e->curve[c].id, side == OV_SGD ? "sgd" : "theory", r.why);
            ov_result_free(&r);
        }
    free(out);
    return status;
}

enum ov_status ov_write_summary(const struct ov_experiment *e, const struct ov_options *o,
                                struct ov_error *err)
{
    struct ov_options means = {.out = o->out,
                               .set = o->set,
                               .n_set = o->n_set,
                               .tier = o->tier,
                               .stream = o->stream,
                               .mean = true,
                               .quiet = true};
    struct question *q = ov_xcalloc(1, sizeof *q);
    char *out = ov_out_of(o, e), *path = ov_xprintf("%s/summary.csv", out), *text = NULL;
    size_t n = 0;
    q->o = &means;
    q->format = CSV;
    enum ov_status status = all_columns(q, e, err);
    if (status == OV_OK)
        status = ask(q, e, err);
    FILE *to = status == OV_OK && q->n_row > 0 ? open_memstream(&text, &n) : NULL;
    if (to) {
        fprintf(
            to,
            "# overlap: the last row of each table, means over seeds, NAME_se their standard errors\n");
        ov_table_print(to, q);
        if (fclose(to) != 0)
            status = ov_fail(err, OV_ENOMEM, "out of memory");
        if (status == OV_OK)
            status = ov_file_update(path, text, n, err);
    }
    free(text);
    free(path);
    free(out);
    free(q->cell);
    free(q);
    return status;
}

int ov_command_table(const struct ov_options *o)
{
    struct question q = {.o = o};
    struct ov_error err = {0};
    struct ov_experiments all;
    if (o->format)
        q.format = strcmp(o->format, "csv") == 0    ? CSV
                   : strcmp(o->format, "json") == 0 ? JSON
                                                    : ALIGNED;
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK && all.n > 0)
        status = choose_columns(&q, &all, &err);
    for (size_t i = 0; i < all.n && status == OV_OK; i++)
        status = ask(&q, all.e[i], &err);
    if (status == OV_OK && q.n_missing > 1)
        fprintf(stderr, "overlap table: note: %zu tables in all are not there or not valid\n",
                q.n_missing);
    if (status == OV_OK && q.n_row == 0 && q.n_missing > 0)
        status = ov_fail(&err, OV_EUSER, "no table to ask: overlap run makes them");
    if (status == OV_OK)
        ov_table_print(stdout, &q);
    free(q.cell);
    ov_experiments_free(&all);
    return status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
