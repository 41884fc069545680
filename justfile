# What is done often: `just` lists it. Each line is a command that can also be typed.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# A running service with the sample data
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Everything that a change must pass (what CI runs)
ci:
    .ci/run

# Format, then the lints
lint:
    cargo fmt
    cargo clippy --all-targets --locked -- -D warnings

# All tests, or those whose name contains a text
test *filter:
    cargo test --locked -- {{ filter }}

# Tests of published files and recordings; `files` holds data/ and compat/
test-files files:
    EXPOSITION_TEST_FILES={{ files }} cargo test --locked --test it -- --include-ignored --skip holds_until

# openapi/, .sqlx/ and the derived tables of the documentation
regenerate:
    .ci/regenerate

# The answers that README.md shows, from the sample data
examples:
    .ci/examples

# A new migration with the next number: just migration add_a_column
migration name:
    @last=$(ls migrations | sed -n 's/^\([0-9]*\)_.*/\1/p' | sort -n | tail -1); \
     file=migrations/$(printf '%04d' $((10#$last + 1)))_{{ name }}.sql; touch "$file"; echo "$file"

# The documentation of the code
doc:
    cargo doc --no-deps --document-private-items --open

# Speed of ingestion, publication and answers (docs/BENCHMARKS.md)
bench name="http":
    cargo bench --bench {{ name }}

# The image, as docker-compose.yml builds it
image:
    docker compose build

# What the program is made of, as CycloneDX (cargo install --locked cargo-cyclonedx): target/exposition.cdx.json
sbom:
    cargo cyclonedx --format json --spec-version 1.5 --override-filename exposition.cdx
    mv exposition.cdx.json target/exposition.cdx.json

# The files of deploy/, read by the programs that will
deployment:
    .ci/deployment
