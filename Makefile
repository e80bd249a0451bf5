# The one entry point for every task. `make` alone lists the targets.
#
#   PYTHON=python3.12 make run      use this Python (default: the newest of 3.13, 3.12, 3.11 found)
#   make test ARGS="-k search -x"   ARGS goes to pytest
#   make soak ARGS="--seed 7"       the same examples and schedules again (tests/soak.py)
#
# Written for GNU make 3.81 (macOS) and newer, and any POSIX sh.

PY      := .venv/bin/python
SETUP   := PYTHON="$(PYTHON)" sh packaging/setup.sh
# Tests and pictures draw into memory unless the caller names another platform.
OFFSCREEN := QT_QPA_PLATFORM="$${QT_QPA_PLATFORM:-offscreen}"

.DEFAULT_GOAL := help
.PHONY: help run tour test soak check bench package fmt venv lock clean

help: ## list the targets
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / { printf "  make %-6s  %s\n", $$1, $$2 }' Makefile

run: ## set up, fill the store with demo data once, open the window
	@$(SETUP) run
	@$(PY) -m seed demo --if-empty
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    echo "No display here, so no window: taking the tour instead, with pictures in ./tour"; \
	    $(PY) -m app tour && echo "The pictures are in $(CURDIR)/tour"; \
	else \
	    exec $(PY) -m app run; \
	fi

tour: ## drive every screen without a display and write pictures to ./tour
	@$(SETUP) run
	@$(PY) -m app tour

test: ## run all tests, headless
	@$(SETUP) dev
	@$(OFFSCREEN) $(PY) -m tests.side_by_side $(ARGS)

soak: ## by chance and for long, until one fails: properties, simulated histories, statements, schedules of sync
	@$(SETUP) dev
	@$(OFFSCREEN) $(PY) -m tests.soak $(ARGS)

check: ## ruff, mypy strict, import-linter
	@$(SETUP) tools
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo

bench: ## measure against a raw baseline (a table and JSON)
	@$(SETUP) dev
	@$(OFFSCREEN) $(PY) -m tests.bench $(ARGS)

package: ## build the Linux packages into ./dist: a .deb, and a tar.zst for a user without root
	@$(SETUP) dev
	@sh packaging/linux/build.sh

fmt: ## format the code and fix what ruff can fix
	@$(SETUP) tools
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

venv: ## only make .venv, with everything for development
	@$(SETUP) dev

lock: ## resolve the dependencies of pyproject.toml into the two lock files anew
	@$(SETUP) tools
	@ARGS="$(ARGS)" sh packaging/lock.sh

clean: ## delete .venv, ./tour and the caches (never the store)
	rm -rf .venv tour build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
