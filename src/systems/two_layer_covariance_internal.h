/* SPDX-License-Identifier: MIT
 *
 * What inputs of several variances, images and hidden manifolds ask of a curve of system two-layer.
 * Included by two_layer_internal.h, whose structs it names.
 */
#ifndef OVERLAP_SYSTEMS_TWO_LAYER_COVARIANCE_INTERNAL_H
#define OVERLAP_SYSTEMS_TWO_LAYER_COVARIANCE_INTERNAL_H

/* ---- covariances ---- */
extern const struct ov_key ov_inputs_keys[];
extern const char *const ov_blocks_words[];
extern const struct ov_key ov_block_start_keys[];
extern const struct ov_field ov_as_blocks_T, ov_as_blocks_QR;

/* Reads these of `inputs` of kind gaussian, N too where images have it. OV_EUSER, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_covariance_read(struct ov_two_layer *s, struct ov_value *params,
                                               struct ov_value *inputs, struct ov_error *err);
OV_NODISCARD enum ov_status ov_covariance_take_blocks(struct ov_covariance *c,
                                                      const struct ov_value *blocks,
                                                      struct ov_error *err);
void ov_covariance_free(struct ov_covariance *c);

/* Lines of the canonical text; none for white inputs and for images of sgd. */
void ov_covariance_describe(struct ov_text *out, const struct ov_covariance *c);

/* Reads overlaps that are given block by block, and takes their totals for the problem's. OV_EUSER:
 * not as many as the covariance has, of another shape, no covariance; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_block_starts_read(struct ov_two_layer *s, struct ov_value *params,
                                                 struct ov_error *err);

/* All that a covariance asks of the two sides, when all else is read: N, whole numbers of directions,
 * blocks, and what of `theory` goes with it. Says whether the start is drawn. OV_EUSER. */
OV_NODISCARD enum ov_status ov_covariance_complete(struct ov_two_layer *s, struct ov_value *params,
                                                   struct ov_error *err);
OV_NODISCARD enum ov_status ov_covariance_check_N(const struct ov_two_layer *s,
                                                  struct ov_value *params, struct ov_error *err);
OV_NODISCARD enum ov_status ov_covariance_check_blocks(const struct ov_two_layer *s,
                                                       struct ov_value *params,
                                                       struct ov_error *err);

/* Does theory have blocks; does sgd have Gaussian inputs of several variances? */
bool ov_theory_has_blocks(const struct ov_two_layer *s);
bool ov_sgd_has_covariance(const struct ov_two_layer *s);
bool ov_theory_needs_N(const struct ov_two_layer *s); /* even if its start is fixed */
/* Does theory start from what is measured on weights? */
bool ov_start_is_measured(const struct ov_two_layer *s);

/* How many blocks theory has; how many without any reduction, 0 for that of a density. */
size_t ov_covariance_blocks(const struct ov_two_layer *s);
size_t ov_covariance_exact(const struct ov_covariance *c, size_t N);

/* The variances (N) of the directions. */
OV_NODISCARD enum ov_status ov_covariance_variances(double *rho, const struct ov_two_layer *s,
                                                    struct ov_error *err);

/* <rho^2>, the mean square of the variances of inputs whose mean variance is 1 (paper.md eq:neff). False
 * where it takes a file of images to know it. */
bool ov_covariance_mean_square(double *mean, const struct ov_two_layer *s);

/* The blocks of theory, and those of sgd, which are never reduced. The caller's to free, on error
 * too. */
OV_NODISCARD enum ov_status ov_blocks_of_theory(struct ov_blocks **b, const struct ov_two_layer *s,
                                                struct ov_error *err);
OV_NODISCARD enum ov_status ov_blocks_of_sgd(struct ov_blocks **b, const struct ov_two_layer *s,
                                             struct ov_error *err);

/* p with the weights of the run with this key as given ones; freed in any case. */
OV_NODISCARD enum ov_status ov_given_weights(struct ov_problem *own, const struct ov_problem *p,
                                             uint64_t key, struct ov_error *err);
void ov_given_weights_free(struct ov_problem *own);

/* The overlaps that theory starts from, o of as many blocks as s->problem has. */
OV_NODISCARD enum ov_status ov_start_of_theory(struct ov_overlaps *o, const struct ov_two_layer *s,
                                               uint64_t key, struct ov_error *err);

/* Runs of an engine on Gaussian inputs of a covariance; with engine weights one after the other. */
OV_NODISCARD enum ov_status ov_covariance_run(double *rows, const struct ov_weights_kept *kept,
                                              const struct ov_two_layer *s, const uint64_t *key,
                                              size_t n_run, const struct ov_tick *tick,
                                              struct ov_error *err);

/* The rows of a path, with blocks behind the fields' overlaps where asked for. */
size_t ov_path_width(const struct ov_two_layer *s, enum ov_side side);
/* Does theory's solver have to hand out blocks; and its row (ov_problem_row_width) as the table has it,
 * in place: of images Q and R are overlaps of the weights, as sgd's are, the sum over blocks. */
bool ov_path_needs_blocks(const struct ov_two_layer *s);
const double *ov_path_row(double *row, const struct ov_two_layer *s);
/* The overlaps of a row of theory's solver, of as many blocks as the start has. */
void ov_path_end(struct ov_overlaps *o, const double *row, const struct ov_overlaps *start,
                 const struct ov_two_layer *s);
void ov_path_column(char name[32], const struct ov_two_layer *s, enum ov_side side, size_t i);

/* ---- hidden manifolds ---- */

extern const struct ov_key ov_manifold_keys[];

/* Reads `inputs.hidden_manifold`; and, when all else is read, what does not go with it. OV_EUSER. */
OV_NODISCARD enum ov_status ov_manifold_read(struct ov_two_layer *s, struct ov_value *params,
                                             struct ov_value *inputs, struct ov_error *err);
OV_NODISCARD enum ov_status ov_manifold_check(const struct ov_two_layer *s, struct ov_value *params,
                                              struct ov_error *err);
/* A side's lines of the canonical text. */
void ov_manifold_describe(struct ov_text *out, const struct ov_two_layer *s, enum ov_side side);
/* The blocks of theory's run with this key (NULL: isotropic; the caller's to free, on error too) and
 * its start, which is created here. */
OV_NODISCARD enum ov_status ov_manifold_start(struct ov_blocks **blocks, struct ov_overlaps *o,
                                              const struct ov_two_layer *s, uint64_t key,
                                              struct ov_error *err);

/* ---- images ---- */

/* The images of a run, and what turns them into inputs; all zero before. */
struct ov_loaded {
    struct ov_dataset train, test;
    double *mean;
    float *number; /* of whitened images, first those to train on */
    struct ov_images train_images, test_images;
};
OV_NODISCARD enum ov_status ov_loaded_read(struct ov_loaded *l, const struct ov_data *d,
                                           struct ov_error *err);
void ov_loaded_free(struct ov_loaded *l);

/* The variances (N) of images, largest first: of mean 1, or of sgd's own as they are.
 *   out  basis  (N,N) row i: direction i by pixels; may be NULL
 * Found once for all runs of a process. */
OV_NODISCARD enum ov_status ov_images_spectrum(double *rho, double *basis,
                                               const struct ov_two_layer *s, struct ov_error *err);

/* What the path in v means (owned by the caller), the images' number and pixels, and the hash of the
 * file's bytes. OV_EUSER at v. */
OV_NODISCARD enum ov_status ov_data_file(char **path, size_t *n, size_t *N, char sha[OV_KEY_SIZE],
                                         const struct ov_value *v, const char *dir,
                                         struct ov_error *err);
/* N is the number of pixels, and if it is given it must be that. OV_EUSER. */
OV_NODISCARD enum ov_status ov_data_take_N(struct ov_problem *p, struct ov_value *params, size_t N,
                                           const char *path, struct ov_error *err);

#endif
