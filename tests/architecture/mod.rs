//! The rules that keep the crate livable, read off its own source: which folder may use which,
//! and whether the documentation names what there is.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod documentation;
mod layers;
mod source;
