//! The private PostgreSQL and the command that looks at it.

mod doctor;
mod postgres;
