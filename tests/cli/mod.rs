//! The program as people run it: a process, its exit code, its output.

mod demo;
mod keys;
mod killed;
mod serve;
mod usage;
