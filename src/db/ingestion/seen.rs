//! Whether two rows of one file may have the same key, in a memory that does not grow.
//!
//! A Bloom filter of fixed size: «certainly not» for nearly every real file, and then the server
//! need not sort a million keys to find that no two are equal (which took longer than the copy
//! itself). «Perhaps» only means that the server looks; a file too large for the filter costs
//! that search, never a wrong answer.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Blocks of seven words, mostly within one cache line: 14 MiB in all.
const BLOCKS: usize = 1 << 18;
/// Words of a block, and bits set per key: with a million keys, a false «perhaps» is rare.
const WORDS: usize = 7;

#[derive(Debug)]
pub(super) struct Seen {
    blocks: Vec<[u64; WORDS]>,
    repeated: bool,
}

impl Default for Seen {
    fn default() -> Self {
        // Zeroed pages are only taken from the system when a key touches them.
        Self { blocks: vec![[0; WORDS]; BLOCKS], repeated: false }
    }
}

impl Seen {
    pub(super) fn insert(&mut self, key: &impl Hash) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let Some(block) = self.blocks.get_mut(usize::try_from(hash % BLOCKS as u64).unwrap_or(0)) else { return };
        // The block took 18 bits of the hash; six more choose the bit in each of seven words.
        let mut rest = hash >> 18;
        let mut all = true;
        for word in block {
            let bit = 1u64 << (rest & 63);
            all &= *word & bit != 0;
            *word |= bit;
            rest >>= 6;
        }
        self.repeated |= all;
    }

    pub(super) fn maybe_repeated(&self) -> bool {
        self.repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_always_noticed() {
        for repeated in [0, 1, 77_777, 99_999] {
            let mut seen = Seen::default();
            (0..100_000u32).for_each(|key| seen.insert(&key));
            assert!(!seen.maybe_repeated());
            seen.insert(&repeated);
            assert!(seen.maybe_repeated(), "{repeated}");
        }
    }

    #[test]
    fn a_million_different_keys_are_told_apart() {
        let mut seen = Seen::default();
        (0..1_000_000u32).for_each(|key| seen.insert(&("11", key)));
        assert!(!seen.maybe_repeated());
    }
}
