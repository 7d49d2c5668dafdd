# Two commands matter: `make run` starts the product, `make test` proves it.
# Everything lives in this folder: .venv/ (packages), var/ (state, see STOREFOLD_HOME). Neither needs root,
# and both work as root. `make run PORT=8001 STOREFOLD_HOME=/tmp/other` runs a second one beside the first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --disable-pip-version-check --progress-bar off --root-user-action ignore
# One line a package: what pip says by itself is ten times that, and with -q it says nothing for minutes.
NAMES := sed -un 's/^Collecting \([^ ]*\).*/  \1/p; s/^\(Installing\|Successfully\).*/  \1 .../p'
PACKAGES := api history projections read_side storefold workers write_side
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

.DEFAULT_GOAL := help
.PHONY: help run test lint bench bench-history install install-dev lock clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## Install what is needed and run the whole product in the foreground (PORT, STOREFOLD_HOME)
	@exec $(BIN)/storefold run

test: install-dev lint ## Lint, type-check and run every test
	@exec $(BIN)/pytest -n 2 tests

lint: install-dev ## Ruff, mypy strict, import rules
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: install-dev ## Measure speed, side by side with the stock library; ratios first
	@exec $(BIN)/python -m bench

bench-history: install-dev ## Import a real shop's year, measure what it costs as the history grows
	@exec $(BIN)/python -m bench history

install: $(VENV)/.installed-elasticsearch ## Install the packages and Elasticsearch, and nothing twice
install-dev: install $(VENV)/.installed-dev

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is missing. Install it: apt-get install python3.11 python3.11-venv (or: pyenv install 3.11)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing. Install it: apt-get install python3.11-venv"; exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Python packages into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements.lock | $(NAMES)
	@$(PIP) -q --no-deps --no-build-isolation -e .
# Ten processes start at once: where Python may not write what it has compiled, each would compile it again.
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

# The command makes only what is missing, and names what the machine lacks (Maven) with its remedy.
$(VENV)/.installed-elasticsearch: $(wildcard $(addprefix storefold/stack/elasticsearch/*.,py java xml)) $(VENV)/.installed
	@$(BIN)/python -m storefold.stack.elasticsearch
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the test tools into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock | $(NAMES)
	@touch $@

lock: ## Re-resolve the dependencies into the lock files (hashes, no index addresses)
	uv pip compile pyproject.toml --extra local --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --extra local --extra dev --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements-dev.lock

clean: ## Remove the virtual environment and caches (not var/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
