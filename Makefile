# make demo   set up and scan a sample        make test    set up and run the tests
# make check  formatting, lint, types, layers make docs    pages made from data
# make bench  speed and memory as ratios      make samples the sample documents
# make wheel  build the wheel and try it in an environment of its own
# make tour   walk through the pages on the samples, and write pictures

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.PHONY: demo test check docs bench quality tour samples wheel clean

$(VENV)/.user: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,cluster,ocr,serve,team]'
	touch $@ $(VENV)/.user

demo: $(VENV)/.user
	$(BIN)/fairterms scan samples/documents/it-rfp-problems.pdf
	@echo "Open the page with: $(BIN)/fairterms app"

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/build.py --check

docs: $(VENV)/.dev
	$(BIN)/python docs/build.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/throughput.py

quality: $(VENV)/.dev
	$(BIN)/python benchmarks/quality.py $(SHARED) dev /tmp/fairterms-dev.jsonl
	$(BIN)/python benchmarks/quality.py $(SHARED) check /tmp/fairterms-check.jsonl

tour: $(VENV)/.dev
	$(BIN)/python -m tests.views.tour artifacts/tour

samples: $(VENV)/.dev
	$(BIN)/python -m samples.build

wheel: $(VENV)/.dev
	rm -rf dist build/wheel
	$(BIN)/python -m build --wheel --outdir dist
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/python -m pip install --quiet dist/*.whl
	cd build && wheel/bin/fairterms scan ../samples/documents/saas-agreement.pdf

clean:
	rm -rf $(VENV) build dist artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
