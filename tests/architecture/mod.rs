//! The rules that keep the crate livable, read off its own source: which folder may use which,
//! and whether the documentation names what there is.

mod documentation;
mod layers;
mod source;
