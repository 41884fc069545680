//! The service among the engines that it stands beside in production, each really started.

mod nginx;
mod replica;
