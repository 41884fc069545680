//! The integration tests, one binary: one link, one private PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests fail as tests do"
)]
#![expect(unreachable_pub, reason = "modules share helpers; nobody is outside this crate")]

mod api;
mod architecture;
mod cli;
mod common;
mod download;
mod embedded;
mod ingestion;
mod legacy;
mod matching;
mod openapi;
mod pages;
mod production;
mod publication;
mod readme;
mod real;
