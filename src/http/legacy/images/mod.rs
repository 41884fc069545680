//! The figures as images that a page can embed.

pub(in crate::http) mod svg;
