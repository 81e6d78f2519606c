# `make` alone prints this help.  Everything lives in .venv/ and .dondoc/; nothing outside this folder is changed.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Every command, and tests start hundreds, takes a third less time to begin once its bytecode is kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run dev test parts check fmt bench lock openapi clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Serve the seeded plan with a PostgreSQL of its own (PORT=8000)
	@exec $(BIN)/dondoc serve

dev: $(VENV)/.dev ## Serve as `run` does, anew whenever a file of the service changes
	@exec $(BIN)/watchfiles --filter all "$(BIN)/dondoc serve" app docs embedded_postgres migrations seeds

# What needs programs beside Python's packages, and what asks, starts, loads or kills services of its own.
REAL := node or libreoffice or poolers or proxies or browser
MORE := load or fuzz
# A browser is driven by an event loop of its own, beside which no other test can have one: it gets processes to itself.

test: $(VENV)/.dev ## Run the tests, on a PostgreSQL of their own
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not ($(REAL) or $(MORE))"

parts: $(VENV)/.dev ## Run the tests with other programs, or under load (ONLY=load)
	$(if $(ONLY),,$(BIN)/python -m pytest -n auto --dist worksteal -m browser)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "$(or $(ONLY),not browser and ($(REAL) or $(MORE)))"

check: $(VENV)/.dev ## Look at style, types, layers and lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if grep -nE '[a-z]+://' requirements*.lock; then echo "a lock file holds an address"; exit 1; fi

fmt: $(VENV)/.dev ## Format the code and sort imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## Measure beside limits (SIZE=1m, PARTS="T1 T2", SECONDS=10)
	$(BIN)/python -m bench $(PARTS)

openapi: $(VENV)/.dev ## Write the OpenAPI snapshot that the tests compare
	$(BIN)/python -m tests.contract.snapshot

lock: $(VENV)/.dev ## Resolve the three lock files anew
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra reports -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra embedded --extra reports --group build -c requirements.lock -o requirements-embedded.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra embedded --extra objects --extra reports --group build --group dev -c requirements-embedded.lock -o requirements-dev.lock
# python-jose names two pure-Python back ends that are unsafe and that it never loads beside cryptography.
LOCK := --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	--no-emit-package ecdsa --no-emit-package rsa

clean: ## Remove what was installed and cached; .dondoc/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit("Dondoc needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 …") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements-embedded.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the service needs (once) …"
	@$(PIP) install --no-deps --require-hashes -r requirements-embedded.lock
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests and linters need (once) …"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
