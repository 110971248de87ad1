# One line each: `make help`.
PY := .venv/bin/python
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run test soak bench rows lint docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

.venv/.app-ready: requirements/app.txt
	@sh scripts/system-packages.sh run
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/app.txt
	@touch $@

.venv/.dev-ready: requirements/dev.txt .venv/.app-ready
	@sh scripts/system-packages.sh test
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@if [ -e build/playwright-browser ]; then $(PY) -m playwright install chromium --with-deps; fi
	@touch $@

# Without a network the programme runs all the same: /scan then reads pictures on the server only, and the log says so.
static/vendor/jsQR.js: front/package-lock.json
	@sh scripts/node-packages.sh front && mkdir -p static/vendor \
	  && cp front/node_modules/jsqr/LICENSE static/vendor/jsQR.LICENSE && cp front/node_modules/jsqr/dist/jsQR.js $@ \
	  || echo "jsQR could not be installed: /scan will read pictures on the server only." >&2

# Verifiers that others wrote, for tests/outside.
tests/outside/node_modules/.ready: tests/outside/package.json tests/outside/package-lock.json
	@sh scripts/node-packages.sh tests/outside && touch $@

# Lighthouse measures the verification page in `make soak` only.
tests/outside/lighthouse/node_modules/.ready: tests/outside/lighthouse/package-lock.json
	@sh scripts/node-packages.sh tests/outside/lighthouse && touch $@

build/merkle/.ready: requirements/merkle.txt .venv/.app-ready
	@test -x build/merkle/bin/python || python3 -m venv build/merkle
	@build/merkle/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/merkle.txt
	@touch $@

build/oracles/.ready: requirements/oracles.txt .venv/.app-ready
	@test -x build/oracles/bin/python || python3 -m venv build/oracles
	@build/oracles/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/oracles.txt
	@touch $@

# Without it the programme runs all the same: then a clerk looks whether a photograph shows a face.
build/faces/.ready: requirements/faces.txt .venv/.app-ready
	@test -x build/faces/bin/python || python3 -m venv build/faces
	@build/faces/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/faces.txt \
	  && touch $@ || echo "The finder of faces could not be installed: a clerk looks at photographs." >&2

run: .venv/.app-ready static/vendor/jsQR.js build/faces/.ready ## start the demo programme at http://127.0.0.1:8000 (SQLite, in ./var)
	@SKILLS_ENV=demo $(PY) -m skills.cli run

test: .venv/.dev-ready static/vendor/jsQR.js tests/outside/node_modules/.ready build/oracles/.ready build/merkle/.ready build/faces/.ready lint ## everything: lint, types, import contracts, all tests on SQLite and PostgreSQL, browser tests
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup -m "not soak"

coverage: .venv/.dev-ready static/vendor/jsQR.js tests/outside/node_modules/.ready build/oracles/.ready build/merkle/.ready build/faces/.ready ## the tests once more, with the lines and branches that none of them walks
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup -m "not soak" --cov --cov-report=term

soak: .venv/.dev-ready static/vendor/jsQR.js tests/outside/node_modules/.ready tests/outside/lighthouse/node_modules/.ready build/oracles/.ready build/merkle/.ready build/faces/.ready ## long fault, load and fuzz runs
	@SKILLS_FUZZ=50 $(PY) -m pytest -n $(JOBS) --dist loadgroup -m "soak or fuzz"

bench: .venv/.dev-ready ## speeds as ratios against something named; writes build/bench.json
	@$(PY) -m bench

rows: .venv/.dev-ready static/vendor/jsQR.js tests/outside/node_modules/.ready build/oracles/.ready build/merkle/.ready ## the sixty rows of the feature list with their tests; writes build/rows.json
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup -q --rows -m "row and not soak"

lint: .venv/.dev-ready ## ruff, mypy --strict, import contracts
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

docs: .venv/.dev-ready ## remake the pages of docs/ that are made from the code, and the screenshots
	@$(PY) -m skills.cli docs
	@$(PY) -m pytest -q -m browser --pictures tests/journeys

clean: ## remove what was built
	rm -rf .venv build var static/vendor front/node_modules tests/outside/node_modules tests/outside/lighthouse/node_modules
