# Everything runs in .venv, which the first target makes by itself from a bare python3 (3.11, 3.12 or 3.13).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PY := .venv/bin/python
READY := .venv/ready

.PHONY: help
help: ## Show what can be made
	@awk 'BEGIN { FS = ":.*## " } /^[a-z%-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# A venv that was made elsewhere, or whose Python has gone away, is made again.
ifneq ($(wildcard $(PY))$(shell cat $(READY) 2>/dev/null),$(PY)$(CURDIR))
.PHONY: $(READY)
endif
$(READY): pyproject.toml constraints.txt tools/bootstrap.sh
	@PYTHON='$(PYTHON)' tools/bootstrap.sh

.PHONY: demo
demo: $(READY) ## Run a week of real flights through real Airflow, one day of it broken
	@$(PY) -m demo

.PHONY: ui
ui: $(READY) ## Open the Airflow UI on what the demo left behind
	@$(PY) -m demo ui

.PHONY: test
test: $(READY) ## Run every test
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal

.PHONY: pictures
pictures: $(READY) ## Take the pictures of docs/pictures anew, in a real Airflow and a browser
	@MLMONITOR_KEEP_PICTURES=1 MLMONITOR_REQUIRE_SERVERS=1 $(PY) -m pytest tests/e2e/test_on_call.py

.PHONY: lint
lint: $(READY) ## Check style, formatting and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

.PHONY: format
format: $(READY) ## Mend what ruff can mend by itself
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

.PHONY: matrix
matrix: $(READY) ## Run the smoke tests on every supported Airflow, Python and pandas
	@$(PY) -m tools.matrix

.PHONY: bench
bench: bench-speed bench-parse bench-store bench-calibration bench-operational bench-detection bench-quiet bench-parity bench-invariants ## Run every benchmark

bench-%: $(READY) ## Run one benchmark: speed, parse, store, viewers, calibration, operational, detection
	@$(PY) -m benchmarks.$*

.PHONY: constraints
constraints: $(READY) ## Pin the newest versions that work together
	@{ echo '# The versions the tests ran with, for Python 3.11 to 3.13; `make constraints` writes them.'; \
	   $(PY) -m uv pip compile pyproject.toml -q --universal --python-version 3.11 --all-extras --group dev \
	     --no-header --no-annotate; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt

.PHONY: clean
clean: ## Remove what was built, the venv included
	@rm -rf .venv build dist .demo .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
