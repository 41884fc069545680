//! Integration tests, in one binary.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by panicking, in its helpers too")]

mod common;
mod ingestion;
