# Two commands set everything up: make run, make test. Each step is done once, shows what it does and can be repeated.
.DELETE_ON_ERROR:
.PHONY: help setup run test check soak format constraints clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STATE := $(if $(ZHIYIN_STATE),$(ZHIYIN_STATE),.state)
# Where PyTorch's CPU wheels come from, if not from the default index: make run TORCH_INDEX=address
PIP_EXTRA := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX),)

help:
	@echo "make run    set up what is missing, then talk to zhiyin (or start the Telegram bot where a token is set)"
	@echo "make test   set up what is missing, then run the tests"
	@echo "make check  format, lint, types, import contracts, tests: what CI runs"
	@echo "make soak   the long runs"
	@echo "make format rewrite the code's format"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: install it, or make run PYTHON=/path/to/python3.11" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 is needed, $(PYTHON) is another: make run PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "==> making $(VENV)"
	@"$(PYTHON)" -m venv $(VENV)

# The stamps are written last: a step that was cut off runs again. pip keeps what it has built, so nothing is built twice.
$(VENV)/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing packages (the first time llama.cpp is compiled: about 8 minutes on 2 cores)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -c constraints.txt $(PIP_EXTRA) -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo "==> installing test and check tools"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -c constraints.txt $(PIP_EXTRA) -e ".[dev]"
	@touch $@

setup: $(VENV)/run.stamp
	@$(BIN)/zhiyin setup

run: $(VENV)/run.stamp
	@if [ -n "$$TELEGRAM_BOT_TOKEN" ]; then exec $(BIN)/zhiyin telegram; else exec $(BIN)/zhiyin chat; fi

test: $(VENV)/dev.stamp
	@$(BIN)/zhiyin setup
	@$(BIN)/python -m pytest

check: $(VENV)/dev.stamp
	@echo "==> format and lint"; $(BIN)/ruff format --check . && $(BIN)/ruff check .
	@echo "==> types"; $(BIN)/mypy
	@echo "==> import contracts"; $(BIN)/lint-imports
	@$(BIN)/zhiyin setup
	@$(BIN)/python -m pytest

soak: $(VENV)/dev.stamp
	@$(BIN)/zhiyin setup
	@$(BIN)/python -m pytest -m soak --override-ini addopts="-q --strict-markers"

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

constraints: $(VENV)/dev.stamp
	@{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable \
	  | sed 's/+cpu$$//' | grep -viE '^(pip|setuptools|wheel|zhiyin)=='; } > constraints.partial && mv constraints.partial constraints.txt

clean:
	rm -rf $(STATE)/index .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
