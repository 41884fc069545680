//! Typing errors: which known word is spelt most like one that is not known.

use std::collections::BTreeMap;

/// Shorter words are too alike to guess.
const SHORTEST: usize = 4;

/// Words of so many letters may differ by two errors, shorter ones by one.
const LONG: usize = 8;

/// The known word with the fewest errors: among equals the one that most documents have, then the
/// first by letters. The first letter is taken to be right.
pub(super) fn nearest(word: &str, known: &BTreeMap<String, Vec<u32>>) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let first = letters.first().filter(|_| letters.len() >= SHORTEST)?;
    let allowed = if letters.len() >= LONG { 2 } else { 1 };
    let same_start = known.range(first.to_string()..).take_while(|(candidate, _)| candidate.starts_with(*first));
    let errors = |(candidate, documents): (&'_ String, &Vec<u32>)| {
        let other: Vec<char> = candidate.chars().collect();
        if other.len() < SHORTEST || other.len().abs_diff(letters.len()) > allowed {
            return None;
        }
        let distance = distance(&letters, &other);
        (distance <= allowed).then(|| (distance, usize::MAX - documents.len(), candidate.clone()))
    };
    same_start.filter_map(errors).min().map(|(_, _, candidate)| candidate)
}

/// Letters to add, leave out, replace or swap with their neighbour (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous: Option<char> = None;
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let neighbour = column.checked_sub(1).and_then(|index| right.get(index));
            if previous == Some(*other) && neighbour == Some(letter) {
                best = best.min(at(&before, column - 1) + 1);
            }
            current.push(best);
        }
        previous = Some(*letter);
        before = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn a_swap_of_neighbours_is_one_error() {
        for (left, right, expected) in [
            ("boulangre", "boulanger", 1),
            ("cuisine", "cuisne", 1),
            ("macon", "macon", 0),
            ("", "cap", 3),
            ("coifure", "coiffure", 1),
        ] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(left), &letters(right)), expected, "{left} {right}");
        }
    }
}
