# Needs only Python 3.11 (or later) and make: every target makes the virtual environment it runs in.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= out/sample
STAMP  := $(VENV)/.stamp

.PHONY: run run-files test test-spark check format bench bench-register docs pictures lock clean venv

# The main job on files, then the invented county (nobody real) with its desk to sign in to, until Ctrl-C.
# RUN_SERVE=0 stops after the county's first families; PORT chooses the port; DOUDI_HOME the data folder.
# A second start has the file job's results already: `make run-files` does that job again.
RUN_SERVE ?= 1
PORT      ?= 8000
run: $(OUT)/.done
ifeq ($(RUN_SERVE),0)
	$(BIN)/doudi demo --if-empty --first 1500
else
	$(BIN)/doudi demo --serve --port $(PORT)
endif

$(OUT)/.done: $(STAMP)
	$(MAKE) --no-print-directory run-files
	touch $@

# A recipe-made county file of 1,000 households, assessed; then the receipt of one of them.
run-files: $(STAMP)
	$(BIN)/doudi sample $(OUT)
	$(BIN)/doudi assess $(OUT)/county.xlsx --on 2025-10-15 --values $(OUT)/values.toml --out $(OUT)/result.xlsx
	$(BIN)/doudi explain $(OUT)/county.xlsx --on 2025-10-15 --values $(OUT)/values.toml --household H000001

test: $(STAMP)
	$(BIN)/python -m pytest -q -m "not spark"

test-spark: $(VENV)/.stamp-spark
	$(BIN)/python -m pytest -q -m spark

# Changes nothing: format, lint, types, import contracts, health, generated documents.
check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --no-fix .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q tests/health
	$(BIN)/doudi docs --check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.stamp-spark $(VENV)/.stamp-bench
	$(BIN)/python -m bench

# Fills a register of a million households once (an hour), then measures the desk on it (ten minutes).
bench-register: $(STAMP)
	$(BIN)/python -m bench.register fill
	$(BIN)/python -m bench.register measure

# Rewrites docs/law and the generated parts of docs/guide.
docs: $(STAMP)
	$(BIN)/doudi docs

# Takes the guide's pictures anew: the browser tests do it, with the clock of a fixed day. Date fields speak Chinese where
# Debian's chromium-l10n is installed beside chromium.
pictures: $(STAMP)
	DOUDI_PICTURES=docs/guide/img $(BIN)/python -m pytest -q -m browser

# Resolves every dependency anew and pins it by hash, without index addresses.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet --upgrade uv
	.ci/lock $(VENV)-lock/bin

clean:
	rm -rf $(VENV) $(VENV)-lock out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	touch $@

# What one extra adds on top of requirements.lock.
$(VENV)/.stamp-%: requirements-%.lock $(STAMP)
	$(BIN)/pip install --quiet --require-hashes -r $<
	touch $@
