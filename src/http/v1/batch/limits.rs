//! How much a batch may ask for.

/// Elements without a key, at most; and how many are looked up together.
pub(super) const CHUNK: usize = 1000;
/// Elements with a key, at most.
pub(super) const WITH_KEY: usize = 10_000;
/// The longest body: so many elements as JSON takes them, with room for blanks.
pub(super) const BYTES: usize = 4 * 1024 * 1024;
