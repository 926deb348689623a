# make demo   a short session from calendar to report; needs Python 3.11+ and nothing else
# make test   everything, on real parts; installs the system packages it needs with apt-get
#             (what judges instants of real time comes behind the rest, with nothing beside it)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(shell sed -e 's/\#.*//' system-packages.txt)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo test check bench soak storm catalogue commands pictures packages clean

demo: $(VENV)/.installed
	$(BIN)/studio demo

test: packages $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 3 --dist loadfile -m 'not alone'
	$(BIN)/pytest -m alone

check: $(VENV)/.installed
	$(BIN)/studio check

bench: packages $(VENV)/.installed-test
	for script in tests/bench/bench_*.py; do $(BIN)/python $$script --json || exit 1; done

# Kill the director a thousand times on accelerated sessions, then agent and copier two hundred times; 40 minutes.
storm: packages $(VENV)/.installed-test
	$(BIN)/python -m tests.storm --kills 1000
	$(BIN)/python -m tests.pc.storm --kills 200

# Our timing against the oracle over ten thousand random sheets; takes minutes.
soak: $(VENV)/.installed-test
	$(BIN)/python tests/bench/soak_timing.py

# Collect every message of the code into the Chinese catalogue, and compile it.
catalogue: $(VENV)/.installed-test
	$(BIN)/python tests/catalogue.py --write

# Write the help of every command into docs/commands.md.
commands: $(VENV)/.installed-test
	$(BIN)/python tests/helptext.py --write

# Make the pictures of the README from a demo; needs tmux too.
pictures: $(VENV)/.installed-test
	$(BIN)/python tests/pictures.py

packages:
	@installed=$$(dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(PACKAGES) 2>/dev/null | grep -c ' installed$$'); \
	if [ "$$installed" != "$(words $(PACKAGES))" ]; then \
		$(SUDO) apt-get update && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y --no-install-recommends $(PACKAGES); \
	fi

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { echo "Python 3.11+ with venv is needed: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build *.egg-info
