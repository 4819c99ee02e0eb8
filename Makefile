# The project's commands; `make` alone lists them.
PYTHON = python3
PORT ?= 8888
HOME_NOTEBOOK = notebooks/00_start_here.ipynb

VENV = .venv
CONSTRAINTS = constraints.txt
RUN = $(VENV)/bin/python -m
LAB_EXTRAS = lab,mysql,postgresql
LAB_STAMP = $(VENV)/.installed-lab
TEST_STAMP = $(VENV)/.installed-test
BENCH_STAMP = $(VENV)/.installed-bench
MUTANTS_STAMP = $(VENV)/.installed-mutants
AUDIT_STAMP = $(VENV)/.installed-audit

LAB_OPTIONS = --ServerApp.root_dir="$(CURDIR)" --ServerApp.ip=127.0.0.1 --port=$(PORT) \
	--ServerApp.port_retries=0 --LabApp.default_url=/lab/tree/$(HOME_NOTEBOOK) --LabApp.news_url=None
ifeq ($(BROWSER),none)
LAB_OPTIONS += --no-browser
endif
ifeq ($(shell id -u),0)
LAB_OPTIONS += --allow-root
endif

PAGE_OPTIONS = --template=schema_lab --Voila.ip=127.0.0.1 --port=$(PORT) --Voila.port_retries=0
PAGE_OPTIONS += --Voila.auto_token=True --Voila.tornado_settings="{'allow_remote_access': False}"
ifeq ($(BROWSER),none)
PAGE_OPTIONS += --no-browser
endif

# Where Python may not keep what it compiled, each program that a test starts compiles all of it again.
export PYTHONDONTWRITEBYTECODE :=

# What migrates, without a server. Left out: names such as `%(x)s`, which SQLAlchemy 2.0.38 mistakes for parameters.
CORE = tests/history tests/migrate tests/autogenerate --ignore=tests/autogenerate/test_names.py

# What a small change does not need: servers, a browser, and what starts many programs.
QUICK = not (postgresql or mariadb or browser or slow)

.DEFAULT_GOAL := help
.PHONY: help lab page test quick core oldest newest tour notebooks pictures lint bench journeys projects alembic-suite mutants audit clean

help: ## list these commands
	@echo "schema_lab: change your database schema from a notebook."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'
	@echo
	@echo "Variables: PORT=8888 and BROWSER=none for lab and page; PYTHON=python3 chooses the interpreter of $(VENV);"
	@echo "PARTS=\"html lock\" chooses what mutants runs."

lab: $(LAB_STAMP) ## open JupyterLab on the first notebook
	@exec $(RUN) jupyterlab $(LAB_OPTIONS)

page: $(LAB_STAMP) ## serve the panel of this project as a plain page, for who only upgrades
	@JUPYTER_PATH="$(CURDIR)/examples/page$${JUPYTER_PATH:+:$$JUPYTER_PATH}" exec $(RUN) voila examples/panel.ipynb $(PAGE_OPTIONS)

test: lint ## check everything: style, types, tests, the notebooks' outputs
	$(RUN) pytest --nbval notebooks schema_lab tests -n 2 --dist loadfile

quick: $(TEST_STAMP) ## check what a small change needs, without servers, a browser and notebooks
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) pytest -m "$(QUICK)" -n 2 --dist loadfile

core: $(TEST_STAMP) ## check what migrates, on SQLite
	$(RUN) pytest $(CORE) -m "$(QUICK)" -n 2 --dist loadfile

oldest: ## check what migrates with the oldest versions that pyproject.toml allows, in .venv-oldest
	@$(MAKE) --no-print-directory core VENV=.venv-oldest CONSTRAINTS=constraints-oldest.txt

newest: ## check what migrates, and the wheel, with Python 3.13, in .venv-newest; PYTHON names it
	@$(MAKE) --no-print-directory core VENV=.venv-newest CORE="$(CORE) tests/setup/test_packaging.py" PYTHON="$(if $(filter file,$(origin PYTHON)),python3.13,$(PYTHON))"

tour: $(LAB_STAMP) ## walk through a migration here in the terminal, and write build/tour.html
	@$(RUN) scripts.tour

notebooks: $(LAB_STAMP) ## run the notebooks and store their outputs anew
	@$(RUN) scripts.notebooks

pictures: $(TEST_STAMP) ## take README's pictures anew, in headless Chromium
	@$(RUN) scripts.screenshot

lint: $(TEST_STAMP) ## check style and types
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

bench: $(BENCH_STAMP) ## measure the speed beside alembic and Django, and write docs/performance.md
	@SCHEMA_LAB_REQUIRE_ALL=1 $(RUN) benchmarks.speed

journeys: $(TEST_STAMP) ## count the files that a reader of a candidate and of an upgrade opens
	@$(RUN) scripts.journeys

projects: $(TEST_STAMP) ## try the lab on published projects, and write docs/projects.md
	@$(RUN) scripts.projects

alembic-suite: $(TEST_STAMP) ## run Alembic's own tests, plain and beside a lab, and print the difference
	@$(RUN) scripts.alembic_suite

mutants: $(MUTANTS_STAMP) ## change what guards a database in small ways, and list the changes that no test notices
	@nice $(RUN) scripts.mutants $(PARTS)

audit: $(AUDIT_STAMP) ## look up the pinned versions in a database of known vulnerabilities
	@$(RUN) scripts.audit

clean: ## remove what the other commands made, databases excepted
	rm -rf $(VENV) .venv-* build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(LAB_STAMP): pyproject.toml $(CONSTRAINTS)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" CONSTRAINTS="$(CONSTRAINTS)" scripts/setup.sh $(LAB_EXTRAS)
	@touch $@

# The tests' extra holds the notebooks' too, so one installation serves both.
$(TEST_STAMP): pyproject.toml $(CONSTRAINTS)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" CONSTRAINTS="$(CONSTRAINTS)" scripts/setup.sh test
	@touch $(LAB_STAMP) $@

$(BENCH_STAMP): pyproject.toml $(CONSTRAINTS)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" CONSTRAINTS="$(CONSTRAINTS)" scripts/setup.sh bench
	@touch $(LAB_STAMP) $(TEST_STAMP) $@

$(MUTANTS_STAMP): pyproject.toml $(CONSTRAINTS)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" CONSTRAINTS="$(CONSTRAINTS)" scripts/setup.sh mutants
	@touch $(LAB_STAMP) $(TEST_STAMP) $@

$(AUDIT_STAMP): pyproject.toml $(CONSTRAINTS)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" CONSTRAINTS="$(CONSTRAINTS)" scripts/setup.sh audit
	@touch $@
