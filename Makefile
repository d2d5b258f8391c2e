# make run     the whole system on this machine, with a demo book
# make test    all tests, those of the deployed system included
# make lint    formatting, clippy, documentation, JavaScript and styles, templates
# make audit   licences, sources and known defects of the dependencies; AUDIT="licenses bans sources" needs no network
# make check   the invariants of the book that `make run` left in .contacts
# make build   the functions for Lambda, in target/lambda
# make bench   what the system achieves, beside what the engine could do at best; ONLY="import upsert" measures less
# make bench-peers   an import beside the same by scripts in Python and Node, some five minutes
# make soak    everything at once for SECONDS, while all around it breaks; MODE=deployed in an emulator of AWS
# make picture  the picture of the page in the README, made anew
# make deploy  builds and deploys to AWS; it asks for what it has to know (infra/README.md)

CARGO ?= cargo
TOOLS := $(CURDIR)/.tools
CARGO_LAMBDA := cargo-lambda==1.9.2
CHECKOV := checkov==3.3.30

FUNCTIONS := contacts-api conversation-upsert csv-export csv-import web
NODE_MODULES := $(addsuffix /node_modules/.package-lock.json,functions/web infra/examples tests/browser)
API_TYPES := functions/web/types/openapi.d.ts
TEMPLATES := template.yaml infra/operations.yaml infra/artifacts.yaml

# The processor that the functions are built for, arm64 or x86_64. This machine's own needs no cross compiler.
HOST := $(patsubst aarch64,arm64,$(shell uname -m))
ARCHITECTURE ?= $(HOST)
# The stack that `make deploy` makes or updates, and parameters that it need not ask for: PARAMETERS="AlarmEmail=… …"
STACK ?= contacts
# How long a soak takes, from what all its choices follow (drawn if it is empty), and which system is soaked.
SECONDS ?= 600
SEED ?=
MODE ?= local
PARAMETERS ?=
# What `make bench` measures: pure, import, upsert, list, growth, memory, functions; all of them by default.
ONLY ?=
# What `make audit` checks.
AUDIT ?= advisories bans licenses sources

export PATH := $(TOOLS)/python/bin:$(PATH)

.PHONY: run test lint audit check build bench bench-peers hello soak picture deploy compiler chromium tools

run: compiler
	$(CARGO) run --locked --package contacts-local -- --demo

test: compiler tools chromium build $(NODE_MODULES)
	$(CARGO) test --locked --workspace
	node --test functions/web/tests/*.test.mjs
	node --test --test-concurrency=2 tests/browser/*.test.mjs

lint: compiler tools $(TOOLS)/checkov/$(CHECKOV) $(API_TYPES)
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items
	functions/web/node_modules/.bin/biome ci --error-on-warnings
	functions/web/node_modules/.bin/tsc --project functions/web
	cfn-lint --include-checks I --template $(TEMPLATES)
	$(TOOLS)/checkov/bin/checkov --config-file infra/checkov.yaml --file $(TEMPLATES)

# Not installed by itself: building cargo-deny takes minutes. Without it, the target fails.
audit:
	@command -v cargo-deny >/dev/null || { echo "nothing was checked: cargo-deny is not installed;" \
		"install it with: cargo install --locked cargo-deny" >&2; exit 1; }
	$(CARGO) deny --locked check $(AUDIT)

check: compiler
	$(CARGO) run --locked --package contacts-local -- check

# On Linux, this machine's own linker is used: Lambda has glibc 2.34, and the tests see that no newer one is needed.
# Otherwise Zig links, and rustup adds the target.
NATIVE := $(filter Linux-$(ARCHITECTURE),$(shell uname -s)-$(HOST))
build: compiler tools $(if $(NATIVE),,$(TOOLS)/python/zig)
	rm -rf target/lambda
	$(CARGO) lambda build --locked --release --lambda-dir target/lambda $(addprefix --package ,$(FUNCTIONS)) \
		$(if $(NATIVE),--compiler cargo,--$(subst _,-,$(ARCHITECTURE)))

# The last two measure the functions as they are deployed.
bench: $(if $(filter-out pure import upsert list growth,$(or $(ONLY),all)),hello,compiler)
	$(CARGO) bench --locked --package contacts-bench --bench bench -- $(CURDIR)/target $(ONLY)

hello: build
	$(CARGO) lambda build --locked --release --lambda-dir target/lambda --package contacts-bench --bin hello \
		$(if $(NATIVE),--compiler cargo,--$(subst _,-,$(ARCHITECTURE)))

bench-peers: compiler $(TOOLS)/peers/installed tests/peers/node_modules/.package-lock.json
	$(CARGO) build --locked --release --package contacts-local --package csv-import
	$(TOOLS)/peers/bin/python -B tests/peers/bench.py target/release target/bench-peers.json

# The README's.
picture: compiler chromium $(NODE_MODULES)
	$(CARGO) build --locked --package contacts-local
	node tests/browser/picture.mjs

soak: compiler $(if $(filter deployed,$(MODE)),build)
	$(CARGO) run --locked --package contacts-soak -- --seconds $(SECONDS) --mode $(MODE) $(if $(SEED),--seed $(SEED))

deploy: build
	python3 infra/deploy.py $(STACK) Architecture=$(ARCHITECTURE) $(PARAMETERS)

# SQLite and ring are C.
compiler:
	@command -v cc >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq gcc libc6-dev; } \
		|| { echo "a C compiler is needed: install gcc" >&2; exit 1; }

# The page is tested in it.
chromium:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null \
		|| { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium; } \
		|| { echo "Chromium is needed: install it, or say where it is with CHROMIUM=…" >&2; exit 1; }

tools: $(TOOLS)/python/$(CARGO_LAMBDA)

$(TOOLS)/python/installed: infra/tools.txt
	$(call venv,$(TOOLS)/python)
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check --requirement infra/tools.txt
	touch $@

# Without what it depends on: that is Zig, 400 MB, and needed only for another processor.
$(TOOLS)/python/$(CARGO_LAMBDA): $(TOOLS)/python/installed
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check --no-deps $(CARGO_LAMBDA)
	touch $@

$(TOOLS)/python/zig: $(TOOLS)/python/$(CARGO_LAMBDA)
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check $(CARGO_LAMBDA)
	touch $@

$(TOOLS)/peers/installed: tests/peers/requirements.txt
	$(call venv,$(TOOLS)/peers)
	$(TOOLS)/peers/bin/pip install --quiet --disable-pip-version-check --requirement tests/peers/requirements.txt
	touch $@

# What is written in JavaScript and needs packages. npm writes this file.
%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed, with npm: https://nodejs.org" >&2; exit 1; }
	cd $* && npm ci --no-audit --no-fund

# The page is checked against the API's document, which the API's tests keep up to date.
$(API_TYPES): functions/contacts-api/tests/openapi.json functions/web/node_modules/.package-lock.json
	functions/web/node_modules/.bin/openapi-typescript $< --root-types --root-types-no-schema-prefix --output $@

# It does not get along with the other tools.
$(TOOLS)/checkov/$(CHECKOV):
	$(call venv,$(TOOLS)/checkov)
	$(TOOLS)/checkov/bin/pip install --quiet --disable-pip-version-check $(CHECKOV)
	touch $@

define venv
rm -rf $(1)
python3 -m venv $(1) || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv \
	&& python3 -m venv $(1); } || { echo "Python 3 is needed, with its module venv" >&2; exit 1; }
endef
