//! legacy: the contract of `/api/inserjeunes`, its quirks, nothing else.

pub mod auth;
pub mod erreur;
pub mod login;
