//! The pages for people, over real HTTP and the sample.

mod answers;
mod figures;
mod html;
mod usage;
mod walk;
mod words;
