//! Rates: whole percents, rounded half to even on the exact fraction.
//!
//! Integer arithmetic only. A binary float puts 57.5 % now on one side and now on the other;
//! two services that compute the same published rate must never differ for that.

/// `part / whole` in whole percents, rounded half to even; `None` when `whole` is not positive
/// or `part` is negative.
#[must_use]
pub fn percent(part: i32, whole: i32) -> Option<i32> {
    if whole <= 0 || part < 0 {
        return None;
    }
    let (part, whole) = (i64::from(part) * 100, i64::from(whole));
    let (quotient, remainder) = (part / whole, part % whole);
    let up = match (remainder * 2).cmp(&whole) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => quotient % 2,
    };
    i32::try_from(quotient + up).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::percent;

    #[test]
    fn halves_go_to_the_even_side() {
        // 1/8 = 12.5 → 12; 3/8 = 37.5 → 38; 23/40 = 57.5 → 58; 109/200 = 54.5 → 54.
        for (part, whole, expected) in
            [(1, 8, 12), (3, 8, 38), (23, 40, 58), (109, 200, 54), (1, 3, 33), (2, 3, 67), (0, 7, 0), (7, 7, 100)]
        {
            assert_eq!(percent(part, whole), Some(expected), "{part}/{whole}");
        }
    }

    #[test]
    fn there_is_no_rate_over_nothing() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(3, -1), None);
        assert_eq!(percent(-1, 3), None);
    }

    proptest! {
        #[test]
        fn a_rate_is_never_more_than_half_a_point_away(part in 0..1_000_000i32, whole in 1..1_000_000i32) {
            let rate = i64::from(percent(part, whole).unwrap());
            let distance = (i64::from(part) * 100 - rate * i64::from(whole)).abs();
            prop_assert!(distance * 2 <= i64::from(whole));
            if distance * 2 == i64::from(whole) {
                prop_assert_eq!(rate % 2, 0);
            }
        }
    }
}
