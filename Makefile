# Two targets matter to a newcomer: `make demo` and `make test`. Both set themselves up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo
TERMS ?= ../shared/terms/codes.tsv

.PHONY: setup demo test lint types layers sizes mappings unit conformance scores corpus samples fuzz bench wheel golden train clean help

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## virtual environment with the locked dependencies

$(VENV)/.ready: pyproject.toml uv.lock
	@command -v uv >/dev/null 2>&1 || [ -x .uv/bin/uv ] || { $(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv; }
	@UV=$$(command -v uv || echo .uv/bin/uv); $$UV sync --quiet --frozen --python $$(command -v $(PYTHON))
	@touch $@

demo: setup ## convert the example reports of this project and show one summary
	@$(BIN)/casefhir convert examples/*.txt -o $(OUT) --fail-on error
	@echo; echo "Results (open the .html files in a browser):"; ls -1 $(OUT); echo
	@cat $(OUT)/$$(ls $(OUT) | grep 'summary.en.md' | head -n 1)

test: setup lint types layers sizes mappings unit wheel conformance scores ## every check

lint:
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types:
	@$(BIN)/mypy

layers:
	@$(BIN)/lint-imports

sizes:
	@$(BIN)/python tools/sizes.py

mappings: setup ## every row of the tables: ids, names, codes, units, its own examples
	@$(BIN)/casefhir mappings check $(addprefix --terms ,$(if $(wildcard $(TERMS)),$(TERMS) tests/codes.tsv))

unit:
	@$(BIN)/pytest -n 2 --dist loadfile

wheel: setup ## build the wheel and try it in an empty environment
	@$(BIN)/python tools/try_wheel.py

conformance: setup ## HL7's Java validator over the example, golden and seed bundles (needs java and mvn)
	@if command -v java >/dev/null && command -v mvn >/dev/null; then $(BIN)/python tools/conformance_run.py; else echo "conformance: skipped, java or mvn is missing"; fi

scores: setup ## scores on ../shared against the floors in tests/scores.toml
	@$(BIN)/python tools/scores.py

corpus: setup ## which facts the working tree adds, loses and alters over ../shared, against HEAD
	@$(BIN)/python tools/corpus.py

samples: setup ## every report of ../shared: converted, checked, judged; what is no case refused (an hour)
	@$(BIN)/python tools/samples.py --java 50

fuzz: setup ## 20,000 damaged reports of every format (half an hour); `make test` runs a twentieth
	@$(BIN)/python tools/fuzz.py

bench: setup ## speed, as ratios
	@$(BIN)/python tools/bench.py
	@$(BIN)/python tools/bench_readers.py

golden: setup ## rewrite the golden cases after looking at what changed
	@$(BIN)/pytest tests/cases -q --update

train: setup ## train the tagger again, bit-identical (needs ../shared)
	@uv run tools/train_tagger.py --shared ../shared --out mappings/models

clean:
	rm -rf $(VENV) .uv out dist
