//! Who may ask: keys, tokens, and the login that gives them.

pub mod auth;
pub mod login;
