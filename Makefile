# Two commands matter: `make demo` tells the story on a real policy, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1

.PHONY: help setup demo test test-long bench lint format docs clean

help:            # list the commands
	@grep -E '^[a-z-]+:.*#' $(MAKEFILE_LIST) | sed 's/:[^#]*#/\t/' | expand -t 14

setup: .venv/.ready-dev   # make the environment only

.venv/.ready-run: requirements/uv.txt requirements/run.txt pyproject.toml scripts/setup.sh
	@PYTHON=$(PYTHON) scripts/setup.sh run

.venv/.ready-dev: requirements/uv.txt requirements/run.txt requirements/dev.txt pyproject.toml scripts/setup.sh
	@PYTHON=$(PYTHON) scripts/setup.sh dev

demo: .venv/.ready-run    # run the Kaiconn policy end to end, then serve the portal and the console
	@scripts/npm.sh run || echo "setup: htmx is not to be had here; the pages work without it" >&2
	@$(BIN)/python -m troth.demo $(if $(filter 0,$(SERVE)),--no-serve,)

test: setup      # all that CI runs
	@scripts/test.sh

test-long: setup # the sizes for the night
	@TROTH_TESTS=night $(BIN)/python -m pytest -m "long or not long" -n 2

bench: setup     # benchmarks; ONLY=name some of them, JSON=path writes them too
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY),) $(if $(JSON),--json $(JSON),)

lint: setup      # the checks that need no test run
	@scripts/lint.sh

format: setup    # put the code into its shape
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

docs: setup      # write the generated reference pages anew
	@$(BIN)/python scripts/docs.py

clean:           # remove what the commands made
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
