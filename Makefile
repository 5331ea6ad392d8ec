# Everything runs from .venv, which is made from the lock files: what is
# installed is exactly what was tested. The stamps in it tell make what is
# installed already, so that a second call starts at once.

SHELL := bash
.SHELLFLAGS := -o pipefail -ec

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
TESTED := .cache/tested
COLOR := $(if $(MAKE_TERMOUT),--color=yes)

# What a test run depends on: without a change of these, `make check` right
# after `make test` does not run the tests again.
INPUTS := $(shell find extract transform expectations warehouse dashboard flows tests data docs notebooks pyproject.toml prefect.yaml requirements*.lock \
	-type f -not -path '*/__pycache__/*')

.PHONY: run test check lint types imports audit bench prove rules dictionary licences sbom sizing lock

run: $(VENV)/.installed
	$(BIN)/ogi run

test: $(VENV)/.installed-dev
	rm -f $(TESTED)
	$(MAKE) --no-print-directory $(TESTED)

check: lint types imports audit $(TESTED)
	@cat $(TESTED)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports --no-cache

# Known vulnerabilities of the locked packages; says so where nobody can be asked.
audit: $(VENV)/.installed-dev
	$(BIN)/python -m tests.supply audit

# Documents per second and peak memory, beside what general libraries need; then
# a warehouse of made-up filings: loading, judging, publishing, asking, a night.
FILINGS ?= 20000
bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.growth --filings $(FILINGS)

# Proofs that take too long for every test run.
prove: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -s $(COLOR) -o python_files="prove_*.py" tests/prove
	$(BIN)/python -m pytest $(COLOR) -m slow

rules: $(VENV)/.installed-dev
	$(BIN)/python -c 'from expectations.rules.page import main; main()'

dictionary: $(VENV)/.installed-dev
	$(BIN)/ogi dictionary > docs/data-dictionary.md

licences: $(VENV)/.installed-dev
	$(BIN)/python -m tests.supply licences > docs/licences.md

sizing: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench.sizing > docs/sizing.md

# A bill of materials (CycloneDX) of what a run needs.
SBOM ?= .cache/sbom.cdx.json
sbom: $(VENV)/.installed-dev
	@mkdir -p $(dir $(SBOM))
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
		--output-file $(SBOM)
	@echo $(SBOM)

# Needs uv; writes no address into the locks.
lock:
	uv pip compile pyproject.toml --universal --generate-hashes -o requirements.lock
	uv pip compile pyproject.toml --extra dev --extra notebook --universal --generate-hashes \
		-c requirements.lock -o requirements-dev.lock

# The stamp holds pytest's closing line.
$(TESTED): $(INPUTS) | $(VENV)/.installed-dev
	@mkdir -p $(@D)
	$(BIN)/python -m pytest -n auto --dist loadfile $(COLOR) | tee $@.log
	@tail -n 1 $@.log > $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	touch $@

# The lock names every package with its hash, so that pip has nothing to
# resolve (hence no dependencies of what it installs); the project itself is
# linked in.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.made
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@
