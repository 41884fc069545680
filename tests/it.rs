//! The integration tests, one binary: one link, one private PostgreSQL.

#![expect(unreachable_pub, reason = "modules share helpers; nobody is outside this crate")]

mod api;
mod architecture;
mod common;
mod embedded;
mod openapi;
