# Two commands: `make run` opens the portal, `make test` proves it. Everything else is for those who build it.
PYTHON ?= python3
WORKERS ?= auto
ARGS ?=
BIN := .venv/bin
STRICT := $(wildcard guichet/kernel/*.py */states.py */lifecycles.py */rules.py */selectors.py */selectors/*.py */services/*.py */services/*/*.py funding/calculations.py guichet/embedded.py)

.DEFAULT_GOAL := help
.PHONY: help run demo-reset code mails install test test-install lint format types coverage mutants bench lock cycles clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: install  ## Open the portal with its demonstration (Ctrl-C stops everything)
	@exec $(BIN)/python scripts/run.py

demo-reset: install  ## Start the demonstration again from nothing
	@exec $(BIN)/python scripts/run.py --reset

code: install  ## Print the second-factor code of the demonstration's agents
	@$(BIN)/python manage.py code_demonstration

mails: install  ## Read the last mails the local portal sent
	@exec $(BIN)/python scripts/mails.py $(ARGS)

install:
	@$(PYTHON) scripts/setup.py

test-install:
	@$(PYTHON) scripts/setup.py --install
	@$(BIN)/python scripts/browser.py

test: test-install  ## Run every test: real PostgreSQL, Valkey, worker and browser (ARGS="-k word")
	@exec env -u DJANGO_SETTINGS_MODULE $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: install  ## Style, templates, walls between layers, missing migrations, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/migrations.py
	$(MAKE) --no-print-directory types

types: install
	$(BIN)/mypy $(STRICT)

format: install  ## Let ruff write the code its way
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: test-install  ## Branch coverage of kernel, lifecycles, rules and services: 95 % at least
	env -u DJANGO_SETTINGS_MODULE $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --include='guichet/kernel/*,*/lifecycles.py,*/rules.py,*/services/*' --fail-under=95

mutants: install  ## Change the kernel and the tables of the law one bit at a time; read what survives
	$(BIN)/python scripts/mutants.py $(ARGS)

bench: install  ## Measure pages and papers with 10 000 files (ARGS="--help"); prints JSON
	$(BIN)/python -m bench $(ARGS)

cycles: install  ## Write docs/cycles.md from the tables of the law
	$(BIN)/python manage.py ecrire_cycles

lock: install  ## Compile the locks anew from requirements*.in
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes requirements-dev.in -o requirements-dev.txt

clean:  ## Remove what was installed and made here, the demonstration's data included
	@if [ -x $(BIN)/python ]; then $(BIN)/python scripts/clean.py; fi
	rm -rf .venv var staticfiles mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache htmlcov .coverage*
