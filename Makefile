# The chores, each a verb. A new machine needs Python 3.11 or later and make, nothing else: `make run`.
# Everything is installed into .venv from a lock file with hashes; nothing outside this folder is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
TEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format eval lock wheel clean

help:  ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(READY)  ## make .venv from the lock file (a second call is instant)

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Coalition Watch needs Python 3.11 or later; '$(PYTHON)' is `$(PYTHON) --version 2>&1 | head -n 1`." >&2; \
	  echo "Name another one, for example: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu it is in the package python3-venv." >&2; exit 1; }
	@echo "installing the locked packages into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

run: setup  ## run the service: polls, reads, alerts, shows the board
	@exec $(BIN)/coalition-watch run

demo: setup  ## show what it does, offline, in a scratch folder
	@exec $(BIN)/coalition-watch demo

# Three processes for two cores, as a third of the time is waiting; a file stays in one, for its fixtures are shared.
test: setup  ## run all tests (TEST_ARGS="-k ledger" for some)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TEST_ARGS)

check: setup  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup  ## put the code into its format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# Annotated articles: any folder of JSON articles with claims, e.g. make eval GOLD=folder
GOLD ?= $(firstword $(wildcard tests/data/articles ../shared/corpus/articles))

eval: setup  ## measure claims on annotated articles (GOLD=folder) and the whole way on the storyline
	$(if $(GOLD),$(BIN)/coalition-watch evaluate $(GOLD))
	$(BIN)/coalition-watch evaluate --storyline tests/data/storyline

lock: setup  ## renew the lock files from requirements*.in
	@for name in requirements requirements-build requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url $(LOCK_ARGS) $$name.in --output-file $$name.lock || exit 1; done

wheel: setup  ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean:  ## remove what the verbs made, but not data/
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
