//! The program as people run it: a process, its exit code, its output.

mod calls;
mod demo;
mod healthcheck;
mod keys;
mod killed;
mod refresh;
mod request_log;
mod roles;
mod serve;
mod usage;
