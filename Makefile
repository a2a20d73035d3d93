# Two commands carry the project: `make run` and `make test`. Everything else is for those who change it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test check format chromium constraints sample clean

run: .venv/.run ## start the dashboard and its worker on http://localhost:8501
	@$(BIN)/python -m dashboard $(ARGS)

test: .venv/.test chromium ## install what tests need and run all of them
	@$(BIN)/python -m pytest $(ARGS)

check: .venv/.test ## lint and type-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: .venv/.run ## make the committed sample data again
	$(BIN)/python -m sample_data.make

constraints: .venv/.test ## pin the packages that ours pull in
	$(BIN)/python -m pip freeze --exclude torch | grep '==' > constraints.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A bare Debian has Python but not its venv module: root gets it, everybody else is told the line to run.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Blueprint needs Python 3.11 or later: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; \
	  else echo "Python's venv module is missing. Run: sudo apt-get install python3-venv"; exit 1; fi; }
	@$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python requirements.txt constraints.txt
	@echo "Installing what Blueprint needs (a few minutes the first time) ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.test: .venv/.run requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "Chromium is missing, so the browser tests are skipped. To run them: sudo apt-get install --no-install-recommends chromium"; fi
