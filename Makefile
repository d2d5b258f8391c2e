# make run     the whole system on this machine, with a demo book
# make test    all tests
# make lint    formatting, clippy, documentation
# make check   the invariants of the book that `make run` left in .contacts

CARGO ?= cargo
TOOLS := $(CURDIR)/.tools
# The versions that the tests were written with.
AWS_CLI := awscli==1.45.11

export PATH := $(TOOLS)/python/bin:$(PATH)

.PHONY: run test lint check compiler aws-cli

run: compiler
	$(CARGO) run --locked --package contacts-local -- --demo

test: compiler aws-cli
	$(CARGO) test --locked --workspace

lint: compiler
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items

check: compiler
	$(CARGO) run --locked --package contacts-local -- check

# SQLite and ring are C.
compiler:
	@command -v cc >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq gcc libc6-dev; } \
		|| { echo "a C compiler is needed: install gcc" >&2; exit 1; }

# The tour of the README is tested with the AWS CLI.
aws-cli: $(TOOLS)/python/$(AWS_CLI)

$(TOOLS)/python/$(AWS_CLI):
	rm -rf $(TOOLS)/python
	python3 -m venv $(TOOLS)/python || { test "$$(id -u)" = 0 && apt-get update -qq \
		&& apt-get install -y -qq python3-venv && python3 -m venv $(TOOLS)/python; }
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check $(AWS_CLI)
	touch $@
