# overlap: `make` alone says what to do next; README.md says why.
.DEFAULT_GOAL := help
.SECONDARY:
.DELETE_ON_ERROR:
SHELL := /bin/bash
B ?= build
TIER ?= ci
PREFIX ?= /usr/local

# ---- what is built ----
CC = gcc
PKGS = lapacke openblas gsl libfyaml jansson libcrypto zlib
# WERROR=1, as CI has it, turns warnings into errors; CHECKED=1 evaluates invariants (base/check.h).
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror)
# No -march=native, no contraction to fma, no fast-math: the same bits on every CPU.
# Position-independent, for the shared library. -fno-trapping-math changes no bit: without it gcc 12 leaves loops over erf or exp scalar below AVX-512.
CFLAGS = -std=c11 -D_GNU_SOURCE -O3 -g -fPIC -fno-semantic-interposition -ffp-contract=off -fno-math-errno -fno-trapping-math $(WARN) $(if $(CHECKED),-DOV_CHECKED) $(SAN)
CPPFLAGS = -Iinclude -I$(B)/gen $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lmuparser -lm
FLOORS = base num model theory sim systems config experiment store run claims paper
LIB_OBJ = $(patsubst %.c,$(B)/%.o,$(foreach f,$(FLOORS),$(wildcard src/$(f)/*.c))) $(B)/gen/sources.o $(B)/gen/filter.o
CLI_OBJ = $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/*.c))
TESTS = $(patsubst %.c,$(B)/%,$(foreach f,$(FLOORS),$(wildcard tests/$(f)/test_*.c)))

HARNESS = $(B)/tests/theory/random_problems
BENCHES = $(patsubst %.c,$(B)/%,$(wildcard tests/bench/bench_*.c))
export OPENBLAS_NUM_THREADS = 1

all: $(B)/overlap ## the library build/liboverlap.a and the program build/overlap

$(B)/liboverlap.a: $(LIB_OBJ)
	@rm -f $@ && ar rcs $@ $^
$(B)/liboverlap.so: $(LIB_OBJ)
	@echo "  LD    $@"; echo '{global: ov_*; local: *;};' > $(B)/gen/symbols
	@$(CC) -shared -Wl,-soname,liboverlap.so.0 -Wl,-z,defs -Wl,--version-script=$(B)/gen/symbols $(CFLAGS) -o $@ $^ $(LIBS)
$(B)/overlap: $(CLI_OBJ) $(B)/liboverlap.a
	@echo "  LD    $@"; $(CC) $(CFLAGS) -o $@ $^ $(LIBS)
$(B)/src/%.o: src/%.c Makefile
	@mkdir -p $(@D); echo "  CC    $<"; $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/src/run/sidecar.o: $(B)/gen/build.h
$(B)/gen/%.o: $(B)/gen/%.c
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/gen/filter.c: src/tools/numbers.lua src/tools/paper_list.lua
	@mkdir -p $(@D); { echo 'extern const char ov_paper_filter[]; const char ov_paper_filter[] =' && \
	  sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $^ && echo ';'; } > $@.tmp && mv $@.tmp $@
$(B)/gen/sources.c: src/tools/sources.sh $(foreach f,base num model theory sim,$(wildcard src/$(f)/* include/overlap/$(f)/*))
	@mkdir -p $(@D); src/tools/sources.sh > $@.tmp && mv $@.tmp $@
$(B)/gen/build.h: FORCE
	@mkdir -p $(@D); commit=$$(git describe --always --dirty=+ --abbrev=12 --exclude '*' 2>/dev/null || echo unknown); \
	  echo "#define OV_BUILD_COMMIT \"$$commit\"" | cmp -s - $@ || echo "#define OV_BUILD_COMMIT \"$$commit\"" > $@
$(B)/tests/%: tests/%.c $(B)/liboverlap.a
	@mkdir -p $(@D); echo "  CC    $<"; $(CC) $(CPPFLAGS) -Itests -Isrc/$(*D) $(CFLAGS) -MMD -MP -o $@ $< \
	  $(B)/liboverlap.a $(LIBS) $(shell pkg-config --libs check 2>/dev/null)
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TESTS:=.d) $(BENCHES:=.d) $(HARNESS:=.d)

# ---- experiments: results -> comparison -> figure -> verdicts -> paper ----
# '+' hands the job server's tokens down, and would run even under `make -n`, -q and -t.
PLUS = $(if $(or $(findstring n,$(firstword -$(MAKEFLAGS))),$(findstring q,$(firstword -$(MAKEFLAGS))),$(findstring t,$(firstword -$(MAKEFLAGS)))),,+)
# A job that failed leaves the rest to be compared, drawn and judged; $(B)/failed then fails at the end.
GO_ON = { [ $$? -eq 4 ] && touch $(B)/failed; }
WHOLE = [ ! -e $(B)/failed ]
results: all ## what has no valid result: all runs of the tier in one queue
	$(PLUS)@rm -f $(B)/failed; $(B)/overlap run --tier $(TIER) || $(GO_ON)
	@$(B)/overlap compare --tier $(TIER) || touch $(B)/failed
figures: results ## every figure (TIER=quick, ci or full; make -jN runs N jobs at once)
	@set -o pipefail; $(B)/overlap list --tier $(TIER) | sed 's,^,experiments/,' | \
	  xargs -P $(or $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),"$$(nproc)") -n 1 src/tools/plot.sh $(B) && $(WHOLE)
# The first thing that went wrong is the exit code.
KEEP = { last=$$?; [ $$code -ne 0 ] || code=$$last; }
ONE = code=0; $(B)/overlap run "$(1)" --tier $(TIER) || { code=$$?; [ $$code -eq 4 ] || exit $$code; }; \
  $(B)/overlap compare "$(1)" --tier $(TIER) || $(KEEP); src/tools/plot.sh $(B) "$(1)" || $(KEEP); \
  $(B)/overlap verify "$(1)" --tier $(TIER) --verdicts "$(B)/$$(basename "$(1)")-verdicts.json" || $(KEEP); exit $$code
fig-%: all ## one experiment's figure and verdicts: make fig-NAME
	$(PLUS)@$(call ONE,experiments/$*)
verify-%: all ## one experiment's verdicts: make verify-NAME
	$(PLUS)@$(B)/overlap run "experiments/$*" --tier $(TIER) || [ $$? -eq 4 ] || exit 2; \
	  $(B)/overlap verify "experiments/$*" --tier $(TIER) --verdicts "$(B)/$*-verdicts.json"
fig: all ## those of a directory anywhere: make fig DIR=/some/where
	$(PLUS)@[ -n "$(DIR)" ] || { echo "make fig: error: which directory? make fig DIR=/some/where" >&2; exit 2; }; $(call ONE,$(if $(wildcard $(DIR)),$(DIR:/=),$(if $(wildcard experiments/$(DIR)/experiment.yaml),experiments/$(DIR),$(DIR:/=))))
demo: fig-demo ## a tiny experiment with everything, in under a minute
	@echo "The figure is figures/demo.svg; what it says is in experiments/demo/README.md."
VERIFY = { $(B)/overlap verify --tier $(TIER) --verdicts $(B)/verdicts.json; code=$$?; \
  { src/tools/views.sh tap $(B)/verdicts.json $(B)/verify.tap && src/tools/views.sh junit $(B)/verdicts.json $(B)/verify.xml; } || exit 2; (exit $$code); }
# claims that fail or are open are no reason to stop
RED_TOO = case $$? in 1|3) ;; *) exit 2 ;; esac
verify: results ## check the claims and the numbers in paper.md
	@$(VERIFY) && $(WHOLE)
lock: results ## write experiments/claims.lock.json: what every claim says now, to be committed
	@$(VERIFY) || $(RED_TOO)
	@src/tools/views.sh lock $(B)/verdicts.json experiments/claims.lock.json
drift: all ## what moved since another revision's lock: make drift REF=v1.0
	@src/tools/drift.sh $(B) "$${REF:-HEAD}"
	@$(MAKE) --no-print-directory results
	@$(VERIFY) >$(B)/verify.log || $(RED_TOO)
	@src/tools/views.sh lock $(B)/verdicts.json $(B)/claims.lock.json
	@src/tools/views.sh drift $(B)/claims.ref.json $(B)/claims.lock.json
audit: all ## rerun stored runs chosen by chance and compare the bytes: make audit JOBS=10 SEED=1
	$(PLUS)@src/tools/audit.sh $(B) $(TIER) "$(JOBS)" "$(SEED)"
replicate: all ## every random claim on random numbers that nobody has looked at: make replicate STREAM=2
	$(PLUS)@src/tools/replicate.sh $(B) $(TIER) "$(STREAM)"
accept: all ## rewrite claims' printed numbers to the data: make accept CLAIM=demo.floor REASON="…"
	@set -f; $(B)/overlap accept --tier $(TIER) --reason "$$REASON" -- $$CLAIM
dist: all ## an archive of sources, results, figures, verdicts and checksums, from which `make verify` computes nothing
	@src/tools/dist.sh $(B) $(TIER)
paper: figures ## build/paper.html
	@$(VERIFY) || $(RED_TOO)
	@src/tools/paper.sh $(B) $(TIER)
plan: all ## what would run, and why
	@$(B)/overlap plan --tier $(TIER)
status: all ## what is there
	@$(B)/overlap status --tier $(TIER)
new: all ## start an experiment: make new EXP=mine FROM=erf_learning_curves
	@$(B)/overlap new "$(EXP)" --from "$(or $(FROM),demo)"

# ---- checks ----
test: library $(TESTS) ## unit tests, end-to-end tests and the house's own checks
	@tests/run.sh $(B) $(TESTS)
test-asan: ## the unit tests under the address and undefined-behaviour sanitizers, invariants evaluated as well
	@ASAN_OPTIONS=allocator_may_return_null=1 $(MAKE) --no-print-directory B=$(B)/asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -O1" CHECKED=1 test-unit
test-checked: ## the unit tests in a build that evaluates invariants
	@$(MAKE) --no-print-directory B=$(B)/checked CHECKED=1 test-unit
test-unit: $(TESTS)
	@tests/run.sh --unit $(B) $(TESTS)
mutants: all ## do the claims bite? one mistake at a time; make mutants ONLY=law (tests/mutants/README.md)
	@tests/mutants.sh $(B) tests/mutants "$(ONLY)"
bench: $(BENCHES) ## times, side by side with plain references, and what limits them
	@for b in $(BENCHES); do $$b || exit 1; done
harness: $(HARNESS) ## random problems: does theory end where SGD does? make harness COUNT=2000 SEED=1 ALPHA=1e4
	@$(HARNESS) --count $(or $(COUNT),2000) --seed $(or $(SEED),1) --alpha $(or $(ALPHA),1e4)
format-check: ## the sources are as clang-format-14 leaves them
	@clang-format-14 --dry-run -Werror $$(git ls-files '*.c' '*.h') && echo "format: good"
format: ## let clang-format-14 rewrite the sources
	@clang-format-14 -i $$(git ls-files '*.c' '*.h')

# ---- the machine ----
deps: ## install what is missing from Debian's packages (needs root or sudo)
	@src/tools/deps.sh install
deps-paper: ## what `make paper` needs besides
	@src/tools/deps.sh install paper
deps-dev: ## what `make format-check` needs
	@src/tools/deps.sh install dev
doctor: ## what is there, what is missing and what that costs
	@src/tools/deps.sh doctor; if [ -x $(B)/overlap ]; then $(B)/overlap doctor; else echo "build/overlap: not built yet (make all)"; fi
library: all $(B)/liboverlap.so ## the shared library build/liboverlap.so (include/README.md)
VERSION = $(shell sed -n 's/^version: *//p' CITATION.cff)
install: library ## program, libraries, headers, overlap.py and man page below PREFIX
	install -D -m 755 $(B)/overlap $(DESTDIR)$(PREFIX)/bin/overlap
	install -D -m 644 $(B)/liboverlap.a $(DESTDIR)$(PREFIX)/lib/liboverlap.a
	install -D -m 755 $(B)/liboverlap.so $(DESTDIR)$(PREFIX)/lib/liboverlap.so.0
	ln -sf liboverlap.so.0 $(DESTDIR)$(PREFIX)/lib/liboverlap.so
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: overlap' 'Description: theory and simulation of SGD in two-layer networks' 'Version: $(VERSION)' \
	  'Cflags: -I$${prefix}/include' 'Libs: -L$${prefix}/lib -loverlap' 'Libs.private: -lmuparser -lm' 'Requires.private: $(PKGS)' \
	  > $(DESTDIR)$(PREFIX)/lib/pkgconfig/overlap.pc
	install -D -m 644 include/overlap.py $(DESTDIR)$(PREFIX)/share/overlap/overlap.py
	install -D -m 644 src/cli/overlap.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/overlap
	install -D -m 644 src/cli/overlap.1 $(DESTDIR)$(PREFIX)/share/man/man1/overlap.1
	cd include && find overlap -name '*.h' -exec install -D -m 644 {} $(DESTDIR)$(PREFIX)/include/{} \;
clean: ## remove what was compiled; results stay
	rm -rf $(B)/src $(B)/tests $(B)/gen $(B)/asan $(B)/checked $(B)/overlap $(B)/liboverlap.a
distclean: ## remove the whole build directory, results included
	rm -rf $(B)
help: ## this text
	@echo "overlap: theory and simulation of SGD in two-layer networks, checked against each other."
	@echo "Next: make deps (once), make demo (a minute), make figures, make verify, make test."
	@awk '/^# ---- / {gsub(/# ---- | ----$$/, ""); part = "\n" $$0 "\n"} \
	  /^[a-z%-]+:.*## / {split($$0, x, /:.*## /); sub(/%/, "NAME", x[1]); printf "%s  %-14s %s\n", part, x[1], x[2]; part = ""}' \
	  $(firstword $(MAKEFILE_LIST))

FORCE:
.PHONY: all dist library bench harness mutants results figures fig demo verify lock drift audit replicate accept paper plan status new test test-asan test-checked test-unit format format-check \
  deps deps-paper deps-dev doctor install clean distclean help FORCE
