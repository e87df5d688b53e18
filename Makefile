# Two commands do all set-up: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: demo test check serve setup format

demo: ## A simulated marketplace, built and served at http://127.0.0.1:8000/
	@$(PYTHON) bootstrap.py run
	@export ASSAY_HOME=$${ASSAY_HOME:-var/demo}; test -f $$ASSAY_HOME/demo.json || $(BIN)/assay demo --replace; $(BIN)/assay serve

serve: ## Your own installation, kept in ./var
	@$(PYTHON) bootstrap.py run
	@$(BIN)/assay serve

setup:
	@$(PYTHON) bootstrap.py test

test: setup check ## Everything that must hold, with real PostgreSQL and a real browser
	@$(BIN)/python -m tests.run

check: setup ## Formatting, lint, types, import contracts, Spanish catalogue, generated docs
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > /tmp/assay-contracts.$$$$ 2>&1 || { cat /tmp/assay-contracts.$$$$; exit 1; }
	@$(BIN)/python -m assay.web.po check

format: setup
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .
