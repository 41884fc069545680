//! The rules that keep the crate livable, read off its own source: which folder may use which,
//! whether the documentation names what there is, and that no test passes without having run.

mod dependencies;
mod deployment;
mod documentation;
mod language;
mod layers;
mod names;
mod source;
mod tests_run;
