//! The pages for people, over real HTTP and the sample.

mod answers;
mod figures;
mod html;
mod walk;
mod words;
