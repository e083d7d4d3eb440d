# What a developer does, one command each; `make` alone lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test coverage check format lock upgrade

VENV := .venv
PY := $(VENV)/bin/python

# The first Python that is new enough and can make a virtual environment. Looked for only when there is none yet.
NEW_ENOUGH := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON = $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c "$(NEW_ENOUGH)" 2>/dev/null && echo "$$python" && break; done)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

serve: $(VENV)/runtime.stamp ## Serve on http://127.0.0.1:8000; train on a sample history first if there is no model yet
	@$(PY) -m training fit --if-none
	@exec $(PY) -m service

# Several tests at a time, in an order that is drawn: `--randomly-seed` with the printed seed repeats it. One thread
# of BLAS each, as many threads as cores in every process would wait for each other. A file's tests stay in one process,
# as what they share (containers, a browser, a service) takes longer to start than most of them. Compiled files are
# kept, whatever the shell says: hundreds of processes are started, and each would compile all that it imports.
PYTEST = OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(PY) -m pytest --numprocesses auto --maxprocesses 4 \
	--dist loadfile --no-loadscope-reorder --durations 20

test: check ## Check the code, then run every test that this machine can run; names what was left out, and why
	$(PYTEST)

coverage: check ## The same, and show which lines and branches no test reaches; what runs in other processes is not seen
	@mkdir -p .coverage
	$(PYTEST) --cov

check: $(VENV)/dev.stamp ## Lint, format and types, changing nothing
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

format: $(VENV)/dev.stamp ## Format the code, and mend what the linter can mend
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

lock: $(VENV)/lock/bin/uv ## Write requirements/*.txt anew from pyproject.toml, keeping the pinned versions that still fit
	$(COMPILE) --extra postgresql --output-file requirements/runtime.txt
	$(COMPILE) --extra postgresql --extra scale --constraint requirements/runtime.txt --output-file requirements/scale.txt
	$(COMPILE) --extra dev --constraint requirements/scale.txt --output-file requirements/dev.txt

upgrade: ## The same, with the newest version of everything
	rm -f requirements/runtime.txt requirements/scale.txt requirements/dev.txt
	$(MAKE) lock

# One lock for every supported Python and platform. No index is named: whoever installs brings their own.
COMPILE = $(VENV)/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-strip-extras --custom-compile-command "make lock" --quiet

$(PY):
	@test -n "$(PYTHON)" || { echo "Viewcast needs Python 3.11 or newer with its venv module" \
		"(on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

PIP_INSTALL = $(PY) -m pip install --disable-pip-version-check --require-hashes

$(VENV)/runtime.stamp: requirements/runtime.txt $(PY)
	$(PIP_INSTALL) -r requirements/runtime.txt
	@touch $@

# The development lock holds the runtime's, version for version: whoever has it needs no second installation.
$(VENV)/dev.stamp: requirements/dev.txt $(PY)
	$(PIP_INSTALL) -r requirements/dev.txt
	@touch $(VENV)/runtime.stamp $@

$(VENV)/lock/bin/uv: $(PY)
	$(PY) -m venv --clear $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --disable-pip-version-check --quiet uv
