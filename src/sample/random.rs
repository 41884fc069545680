//! A pseudo-random generator of our own, because the sample must stay the same file for ever:
//! the generators of crates may change their output with a version.
//!
//! SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixing steps on 64 bits. Each
//! figure draws from a stream named after what it describes, so that adding an établissement
//! does not change the others.

/// Changing it changes every figure of the sample.
const SEED: u64 = 0x0D0F_1C71_0E55_2026;

/// A stream of pseudo-random numbers.
pub(super) struct Random(u64);

impl Random {
    /// The stream that belongs to a name, such as a UAI and a code.
    pub(super) fn named(parts: &[&str]) -> Self {
        // FNV-1a; a separator no part contains keeps ("a", "bc") and ("ab", "c") apart.
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325 ^ SEED, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        low.saturating_add(i32::try_from(self.next() % span).unwrap_or(0))
    }

    /// True `percent` times out of a hundred.
    pub(super) fn chance(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_is_splitmix64() {
        // Published first outputs of SplitMix64 for the seed 1234567.
        let mut random = Random(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn both_ends_of_a_range_are_drawn_and_nothing_beyond() {
        let mut random = Random::named(&["essai"]);
        let drawn: std::collections::BTreeSet<i32> = (0..500).map(|_| random.between(-2, 2)).collect();
        assert_eq!(drawn, (-2..=2).collect());
    }

    #[test]
    fn streams_of_different_names_differ() {
        assert_ne!(Random::named(&["a", "bc"]).next(), Random::named(&["ab", "c"]).next());
        assert_eq!(Random::named(&["a", "b"]).next(), Random::named(&["a", "b"]).next());
    }
}
