# Everything runs from .venv, which is made from requirements.lock and nothing else.
# A second Python has its own: make lint fast VENV=.venv-newest PYTHON=python3.13
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Processes are started by the dozen: each would compile the same modules again.
export PYTHONDONTWRITEBYTECODE :=
# Tests wait more than they compute: two cores are faster with six at a time than with
# four. Each runs a Temporal server of its own: beyond eight, those want more than they give.
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS ?= $(shell echo $$(( $(CORES) < 6 ? 6 : $(CORES) > 8 ? 8 : $(CORES) )))
# All of `make mutants`, or a part: make mutants MUTANTS='letterbox.domain.retention*'
MUTANTS ?=

# A copied or moved folder brings an environment that runs the original's code.
OWN := $(abspath $(BIN))/python
IS_ELSEWHERE := $(shell test -e $(BIN)/letterbox && ! grep -qF -e '!$(OWN)' -e ' $(OWN)' -e '"$(OWN)' $(BIN)/letterbox && echo yes)

.PHONY: run test fast lint mutants bench install lock clean $(if $(IS_ELSEWHERE),$(VENV)/installed)
.DEFAULT_GOAL := run

install: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Letterbox needs Python 3.11 or newer; say: make PYTHON=python3.x $(MAKECMDGOALS)"; exit 1; }
	@echo "installing what Letterbox needs into $(VENV) (some minutes the first time) …"
	$(if $(IS_ELSEWHERE),$(PYTHON) -m venv --clear $(VENV),test -x $(BIN)/python || $(PYTHON) -m venv $(VENV))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

run: install
	@$(BIN)/letterbox up

test: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder --durations=10

# All that starts and kills no processes.
fast: install
	$(BIN)/python -m pytest -m "not processes" -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

mutants: install
	nice -n 19 $(BIN)/mutmut run --max-children $(CORES) $(if $(MUTANTS),'$(MUTANTS)')
	$(BIN)/mutmut results

bench: install
	$(BIN)/python -m bench

# Exact versions with hashes for every platform; names no registry.
lock:
	$(BIN)/uv pip compile --quiet --only-binary :all: --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --only-binary :all: --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --constraint requirements.lock --custom-compile-command "make lock" --output-file deploy/requirements.lock pyproject.toml

clean:
	rm -rf .venv $(VENV) build mutants *.egg-info
