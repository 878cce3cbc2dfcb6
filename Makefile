# `make` lists what can be done. Everything runs in .venv, made on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MARK   := $(VENV)/.installed
# What `make test-long` begins from, and how many times as much as CI it does.
SEED   := $(or $(SEED),$(shell date +%s))
EFFORT ?= 10
# `make test ARGS=tests/story/cli` runs a part. Counting the covered lines takes a third of the time again.
COVERAGE := --cov=mamctl --cov-branch --cov-report=term:skip-covered --cov-fail-under=90

.PHONY: help demo check test coverage test-long golden fuzz lint bench parts docs picture venv clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(MARK) ## the virtual environment with everything in it

$(MARK): pyproject.toml constraints.txt
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[audio,speech]' --group dev
	@touch $(MARK)

demo: $(MARK) ## the whole day on the embedded practice world
	@$(BIN)/mamctl demo

parts: ## the real outside parts that the integration tests need
	@bash tests/parts.sh

check: $(MARK) ## lint and the unit tests, in about a minute
	@HYPOTHESIS_PROFILE=check $(BIN)/python -m pytest -q -n 2 tests/unit
	@$(MAKE) -s lint

test: $(MARK) parts ## every test, the real parts included
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

coverage: $(MARK) parts ## every test, with the lines and branches that they cover; fails below 90 %
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(COVERAGE) $(ARGS)

test-long: $(MARK) ## an hour or more of what CI samples: kills, a simulated year, fuzzing (SEED=7 repeats a run)
	@bash tests/parts.sh image
	@echo "seed $(SEED); make test-long SEED=$(SEED) repeats this"
	@TEST_EFFORT=$(EFFORT) TEST_SEED=$(SEED) $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m long $(ARGS)
	@HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -q -n 2 --hypothesis-seed=$(SEED) --timeout 1200 tests/unit
	@$(BIN)/python -m tests.fuzz --seconds 1200 --seed $(SEED)

golden: $(MARK) ## record again what every command prints (tests/golden); read the diff before you commit it
	@$(BIN)/python -m tests.golden

lint: $(MARK) ## formatting, style, types, layers
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/ruff check src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fuzz: $(MARK) ## spoilt inputs for every reader of outside data, about a minute (ARGS='--seconds 600 --seed 7')
	@$(BIN)/python -m tests.fuzz $(ARGS)

docs: $(MARK) ## the documents that are generated from the program
	@HOME=/nonexistent COLUMNS=100 TERM=dumb $(BIN)/python docs/generate.py

picture: $(MARK) ## draw the terminal in README.md again, from what the demo prints
	@$(BIN)/python docs/picture.py

bench: $(MARK) ## benchmarks, as ratios against a reference of the same run
	@$(BIN)/python -m bench $(ARGS)

clean: ## throw the virtual environment and caches away
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage*
