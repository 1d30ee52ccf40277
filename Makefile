# What a newcomer needs: `make demo`, then `make test`. Only Python 3.11 or newer is assumed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo look pictures zone test everywhere check simulate faults bench clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/run.stamp: requirements/run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Hanse needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp requirements/bench.lock requirements/bench-alone.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/bench-alone.lock
	@touch $@

demo: $(VENV)/run.stamp ## set up the eight-city Zone and run one working day of it
	$(BIN)/hanse day demo

look: $(VENV)/run.stamp ## see the day of `make demo` in a browser, until Ctrl-C
	$(BIN)/hanse look demo

zone: $(VENV)/run.stamp ## serve the eight-city Zone until Ctrl-C
	test -f demo/zone/tokens.json || $(BIN)/hanse zone init demo/zone
	$(BIN)/hanse zone serve demo/zone

pictures: $(VENV)/dev.stamp ## take the documents' pictures of the pages, of the day of `make demo`
	test -s demo/day/.hanse-day || $(BIN)/hanse day demo
	$(BIN)/python -m tests.web.pictures demo

test: $(VENV)/dev.stamp ## all tests, in parallel
	$(BIN)/python -m pytest -q -n auto

everywhere: $(VENV)/dev.stamp ## all tests, each on SQLite and on PostgreSQL: takes longer
	HANSE_TEST_EVERYWHERE=1 $(BIN)/python -m pytest -q -n auto

check: $(VENV)/dev.stamp ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_tidy.py

simulate: $(VENV)/dev.stamp ## run the league in one thread under faults, 200 seeds
	$(BIN)/hanse simulate --seeds 200 --steps 600

faults: $(VENV)/dev.stamp ## days of the league on real processes that are killed, frozen, cut off
	$(BIN)/python -m faults

bench: $(VENV)/bench.stamp ## measure speed and memory beside peers and bounds
	$(BIN)/python -m benches

clean: ## remove what was made here
	rm -rf $(VENV) demo build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
