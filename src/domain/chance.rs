//! How far a part of a small cohort can be from what the course is worth.
//!
//! A cohort is one draw: another year with the same course, the same teachers and the same jobs
//! would have given another part. Wilson's interval says within what limits (E. B. Wilson, 1927),
//! and Newcombe's, made of two of them, how far two parts can differ by that alone (R. G.
//! Newcombe, *Statistics in Medicine* 17, 1998, method 10). Both hold for the cohorts of twenty
//! that are published here, where the interval of the schoolbook (p ± 1.96 √(pq/n)) does not.
//!
//! Sums, products, quotients and square roots of binary floats are the same on every machine
//! (IEEE 754), so a publication is too.

/// The quantile of the normal law that leaves out 2.5 % at each end.
const Z: f64 = 1.959_963_984_540_054;

/// A part of a cohort with its 95 % interval, all three between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilson {
    /// The part itself.
    part: f64,
    low: f64,
    high: f64,
}

impl Wilson {
    /// The interval of `count` persons of `size`; `None` unless 0 ≤ `count` ≤ `size` and 0 < `size`.
    #[must_use]
    pub fn of(count: i32, size: i32) -> Option<Self> {
        if size <= 0 || !(0..=size).contains(&count) {
            return None;
        }
        let (size, square) = (f64::from(size), Z * Z);
        let part = f64::from(count) / size;
        let scale = 1.0 + square / size;
        let middle = (part + square / (2.0 * size)) / scale;
        let reach = Z * (part * (1.0 - part) / size + square / (4.0 * size * size)).sqrt() / scale;
        // In exact numbers the part lies between its limits; the last bits of 0 and of all do not
        // always say so.
        let (low, high) = ((middle - reach).clamp(0.0, part), (middle + reach).clamp(part, 1.0));
        Some(Self { part, low, high })
    }

    /// The two limits in whole percents, each to the nearest.
    #[must_use]
    pub fn percents(self) -> [i32; 2] {
        #[expect(clippy::cast_possible_truncation, reason = "a limit is between 0 and 1")]
        [self.low, self.high].map(|limit| (limit * 100.0).round() as i32)
    }

    /// The limits between which the difference of this part and `other` lies, as fractions of 1.
    #[must_use]
    pub fn difference(self, other: Self) -> [f64; 2] {
        let difference = self.part - other.part;
        [difference - self.room_below(other).sqrt(), difference + other.room_below(self).sqrt()]
    }

    /// Whether the two parts differ by more than chance: the interval of their difference leaves
    /// out 0. The square roots of [`Wilson::difference`] are spared, since classes of hundreds of
    /// établissements are compared two by two.
    #[must_use]
    pub fn differs_from(self, other: Self) -> bool {
        let difference = self.part - other.part;
        let room = if difference > 0.0 { self.room_below(other) } else { other.room_below(self) };
        difference * difference > room
    }

    /// Whether this part is the larger one.
    #[must_use]
    pub fn is_above(self, other: Self) -> bool {
        self.part > other.part
    }

    /// The square of how far `self − other` can be too large by chance.
    fn room_below(self, other: Self) -> f64 {
        let (own, others) = (self.part - self.low, other.high - other.part);
        own * own + others * others
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wilson(count: i32, size: i32) -> Wilson {
        Wilson::of(count, size).unwrap()
    }

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 0.000_05
    }

    #[test]
    fn the_intervals_of_one_part_are_those_of_the_literature() {
        // Newcombe, Statistics in Medicine 17:857 (1998), table I, method 3.
        for (count, size, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let found = wilson(count, size);
            assert!(close(found.low, low) && close(found.high, high), "{count}/{size}: {found:?}");
        }
    }

    #[test]
    fn the_intervals_of_a_difference_are_those_of_the_literature() {
        // Newcombe, Statistics in Medicine 17:873 (1998), table II, method 10.
        for (a, b, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ] {
            let found = wilson(a.0, a.1).difference(wilson(b.0, b.1));
            assert!(close(found[0], low) && close(found[1], high), "{a:?} − {b:?}: {found:?}");
        }
    }

    #[test]
    fn limits_are_whole_percents_and_a_part_that_cannot_be_has_none() {
        assert_eq!(wilson(81, 263).percents(), [26, 37]);
        assert_eq!(wilson(0, 20).percents(), [0, 16]);
        assert_eq!(wilson(20, 20).percents(), [84, 100]);
        for (count, size) in [(0, 0), (1, 0), (-1, 20), (21, 20), (0, -1)] {
            assert_eq!(Wilson::of(count, size), None, "{count}/{size}");
        }
    }

    #[test]
    fn two_parts_differ_when_the_interval_of_their_difference_leaves_out_zero() {
        assert!(wilson(56, 70).differs_from(wilson(48, 80)), "0.0524 to 0.3339");
        assert!(wilson(48, 80).differs_from(wilson(56, 70)), "and the other way round");
        assert!(!wilson(5, 56).differs_from(wilson(0, 29)), "-0.0381 to 0.1926");
        assert!(!wilson(7, 20).differs_from(wilson(14, 40)), "the same part");
    }

    #[test]
    fn the_limits_of_none_and_of_all_begin_and_end_with_the_part() {
        assert_eq!(wilson(0, 6).low.to_bits(), 0.0_f64.to_bits());
        assert_eq!(wilson(6, 6).high.to_bits(), 1.0_f64.to_bits());
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_part_and_narrows_as_the_cohort_grows(size in 1..2000i32, count in 0..2000i32) {
            let count = count % (size + 1);
            let (one, ten) = (wilson(count, size), wilson(count * 10, size * 10));
            prop_assert!(0.0 <= one.low && one.low <= one.part && one.part <= one.high && one.high <= 1.0);
            prop_assert!(ten.high - ten.low < one.high - one.low);
        }

        #[test]
        fn the_short_way_to_compare_says_what_the_interval_says(
            m in 1..400i32, a in 0..400i32, n in 1..400i32, b in 0..400i32,
        ) {
            let (one, other) = (wilson(a % (m + 1), m), wilson(b % (n + 1), n));
            let [low, high] = one.difference(other);
            // Where a limit is 0 up to the last bits, either answer is right.
            prop_assume!(low.abs() > 1e-12 && high.abs() > 1e-12);
            prop_assert_eq!(one.differs_from(other), low > 0.0 || high < 0.0);
            prop_assert_eq!(one.differs_from(other), other.differs_from(one));
        }
    }
}
