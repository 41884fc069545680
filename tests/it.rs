//! The integration tests, one binary: one link, one private PostgreSQL.

mod api;
mod common;
mod embedded;
mod openapi;
