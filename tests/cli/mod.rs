//! The program as people run it: a process, its exit code, its output.

mod demo;
mod killed;
mod usage;
