//! The contract of `/api/inserjeunes`.

mod acces;
mod journaux;
mod login;
