# `make help` lists what there is to do. Everything needs rustup's Rust and Node.js >= 20, and nothing else.

.DEFAULT_GOAL := help
# But for `test`, which says what can go on side by side.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
.PHONY: help archive-test run test build bench bench-archive bench-memory lint fuzz oracle sent live python clean cargo-test node-test package-test page browser-test screenshots audit release-check publish-npm publish-crate

# Without a number node leaves one processor unused, which is half of two.
NODE_TEST = node --test --test-reporter=spec --test-concurrency=$(shell node -p 'os.availableParallelism()')
FUZZ_SECONDS ?= 60
ARCHIVE_GB ?= 10
SEED ?= 1
COUNT ?= 200
PREFECT ?= 3.9.1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: page ## build, validate the captured events, then serve the page
	@mkdir -p target/run
	@node -e 'process.stdout.write(zlib.gunzipSync(fs.readFileSync(0)))' < tests/cases/events.ndjson.gz > target/run/events.ndjson
	node pkg/cli/main.js validate target/run/events.ndjson
	npm run --silent --workspace www preview

test: ## every check and test
	@# The modules are linked on one processor.
	$(MAKE) --jobs=2 SIDE_BY_SIDE=1 build cargo-test
	$(MAKE) lint node-test live python package-test browser-test

build: node_modules/.package-lock.json ## leave pkg/ ready to publish
	cargo run --quiet --bin prefect-events-pack
	node tools/pack/manifest.js
	node tools/pack/notices.js
	node tools/pack/readme.js

cargo-test:
	cargo test --workspace

node-test: build
	$(NODE_TEST) tests/node/*.test.js

package-test: build
	$(NODE_TEST) tests/package/*.test.js

page: build ## build the page into target/www
	npm run --silent --workspace www build

browser-test: page ## the page and the widget in real browsers
	node tests/browser/run.js
	BROWSER=firefox node tests/browser/run.js

screenshots: page ## pictures of the page: target/screenshots, and docs/images for the README
	node tests/browser/screenshots.js

lint: build ## formatting, clippy, documentation, Biome, TypeScript
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package prefect-events --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --package prefect-events --no-deps
	npx biome ci
	npx tsc --project tsconfig.json
	npx tsc --project www/tsconfig.json

bench: build ## speed: against JSON.parse and Ajv, of building, of the triggers, of the modules against the same code natively, and of what crosses to JavaScript
	node --expose-gc tests/bench/speed.js
	node --expose-gc tests/bench/build.js
	node --expose-gc tests/bench/engine.js
	node --expose-gc tests/bench/tune.js
	node --expose-gc tests/bench/native.js
	cargo run --quiet --bin prefect-events-pack -- bench
	node tests/bench/boundary.js
	node tools/python.js build
	node tests/bench/python.js

bench-archive: build ## speed and memory of archives, of ARCHIVE_GB (10) GB
	node tools/python.js build
	target/python/venv/bin/python tests/bench/archive.py --gigabytes $(ARCHIVE_GB)

bench-memory: build ## peak memory of the command line: for 1 GB of NDJSON, and for 1,000,000 events of a server
	node tests/bench/memory.js
	node tests/bench/pull.js
	node tools/python.js build
	node tests/bench/python-memory.js

fuzz: ## look for input that breaks the core, FUZZ_SECONDS (60) per target
	@cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked
	@node tests/fuzz/seeds.js
	@# Without a sanitizer stable Rust will do, and there is no unsafe code for one to watch.
	@cargo fuzz build --fuzz-dir tests/fuzz --sanitizer none
	@for name in $$(cargo fuzz list --fuzz-dir tests/fuzz); do \
		cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none $$name \
			tests/fuzz/corpus/$$name tests/fuzz/seeds/$$name -- \
			-max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=60 -dict=tests/fuzz/words.dict || exit 1; \
	done

audit: node_modules/.package-lock.json ## known vulnerabilities and licences of dependencies; installs cargo-deny if it is missing
	@cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked
	cargo deny --locked check
	npm audit --workspace pkg --omit dev
	npm audit --audit-level high

release-check: ## whether Cargo.toml, pkg/package.json and CHANGELOG.md have the version of TAG
	node tools/release.js "$(TAG)"

publish-npm: build ## publish the package to npm, from hosted CI
	cd pkg && npm publish --provenance --access public

publish-crate: ## publish the crate to crates.io, from hosted CI
	cargo publish --locked --package prefect-events

oracle: ## compare the triggers with a real Prefect (PREFECT=3.9.1) on COUNT (200) random scenarios of a SEED (1)
	cargo build --release --example oracle-engine
	python3 tests/oracle/main.py --seed $(SEED) --count $(COUNT) --prefect $(PREFECT) $(ORACLE_FLAGS)

sent: build ## send built events to a real Prefect (PREFECT=3.9.1) and compare what it has of them
	python3 tests/sent/main.py --prefect $(PREFECT) $(SENT_FLAGS)

live: page ## read from real Prefect servers, which it starts; without Python 3.10 or newer it is skipped
	node tests/live/run.js

python: build ## build and test the Python wheel; without Python 3.10 or newer it is skipped
	node tools/python.js

archive-test: ## read an archive on a real Ray, which is downloaded into target/ray
	node tools/python.js build
	target/python/venv/bin/python -m venv target/ray
	target/ray/bin/python -m pip install --quiet --disable-pip-version-check ray zstandard pytest target/python/dist/*.whl fsspec
	cd target/ray && bin/python -m pytest --quiet -p no:cacheprovider $(CURDIR)/tests/archive

clean: ## remove everything that was made
	cargo clean
	rm -rf node_modules pkg/wasm pkg/schemas/event*.json pkg/schemas/prefect*.json pkg/schemas/automation.json pkg/schemas/trigger.json pkg/schemas/deployment-triggers.json pkg/schemas/scenario.json pkg/events.d.ts pkg/scenario.d.ts pkg/types.d.ts pkg/inputs.d.ts pkg/inline.global.js pkg/widget.global.js pkg/widget.author.json pkg/custom-elements.json pkg/README.md pkg/LICENSE-APACHE pkg/LICENSE-MIT pkg/THIRD_PARTY_NOTICES.txt python/prefect_events/_types.py python/licenses tests/fuzz/target tests/fuzz/corpus

# npm writes this file last.
node_modules/.package-lock.json: package-lock.json
	npm ci
	@touch $@
