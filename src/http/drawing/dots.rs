//! A hundred dots, ten by ten, in three groups: what people of low numeracy understand best.
//!
//! A group is told by its colour and by its shape: discs, triangles, hollow squares. Each is one
//! path, and a disc is the round end of a line without length: a picture must weigh little.

use std::fmt::Write as _;

use super::ink::Ink;
use super::outcome::Outcome;

/// Where a picture of dots stands and how large it is.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Place {
    /// Left.
    pub(in crate::http) x: i32,
    /// Top.
    pub(in crate::http) y: i32,
    /// Width and height of the place of one dot.
    pub(in crate::http) cell: i32,
}

/// Draws the dots; where not all three parts are known, a hatched square in their place.
pub(in crate::http) fn draw(body: &mut String, place: Place, outcome: &Outcome, inks: [Ink; 3], line: &str) {
    let Some(parts) = outcome.complete() else {
        return hatched(body, place, line);
    };
    let mut first = 0;
    for ((index, part), ink) in parts.into_iter().enumerate().zip(inks) {
        let path: String = (first..first + part).map(|dot| shape(index, place, dot)).collect();
        first += part;
        if !path.is_empty() {
            let _ = write!(body, "<path {} d=\"{path}\"/>", pen(index, place.cell, ink));
        }
    }
}

/// One dot of a group, in a square of 20.
pub(in crate::http) fn mark(index: usize, ink: Ink) -> String {
    let place = Place { x: 0, y: 0, cell: 20 };
    format!("<path {} d=\"{}\"/>", pen(index, place.cell, ink), shape(index, place, 0))
}

/// With what the shapes of a group are drawn.
fn pen(index: usize, cell: i32, ink: Ink) -> String {
    match index {
        0 => format!("{} stroke-width=\"{}\" stroke-linecap=\"round\"", ink.stroke(), cell * 4 / 5),
        1 => ink.fill(),
        _ => format!("{} stroke-width=\"{}\" fill=\"none\"", ink.stroke(), cell / 6),
    }
}

/// The dot at a place of the hundred, row by row.
fn shape(index: usize, Place { x, y, cell }: Place, dot: i32) -> String {
    let (left, top, r) = (x + dot % 10 * cell, y + dot / 10 * cell, cell * 2 / 5);
    let (middle, centre) = (left + cell / 2, top + cell / 2);
    match index {
        0 => format!("M{middle} {centre}h0"),
        1 => format!("M{middle} {}l{r} {h}h-{d}z", centre - r, h = 2 * r - 1, d = 2 * r),
        _ => format!("M{} {}h{d}v{d}h-{d}z", middle - r + 2, centre - r + 2, d = 2 * r - 4),
    }
}

/// A place for which there are no figures: seen at a glance, and neither empty nor zero.
fn hatched(body: &mut String, Place { x, y, cell }: Place, line: &str) {
    let side = cell * 10;
    let mut path = String::new();
    for step in (cell..2 * side).step_by(usize::try_from(cell.max(1)).unwrap_or(1)) {
        // From the left or the bottom edge to the top or the right one.
        let (from, to) = ((step - side).max(0), step.min(side));
        let _ = write!(path, "M{} {}L{} {}", x + from, y + step - from, x + to, y + step - to);
    }
    let _ = write!(
        body,
        "<path d=\"{path}\" {line} fill=\"none\"/><rect x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\" rx=\"4\" \
         {line} fill=\"none\" stroke-dasharray=\"6 4\"/>"
    );
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Valeur;

    fn drawn(parts: [Valeur; 3]) -> String {
        let mut body = String::new();
        let inks = ["g1", "g2", "g3"].map(Ink::Class);
        draw(&mut body, Place { x: 0, y: 0, cell: 20 }, &Outcome { who: "élèves", parts }, inks, "class=\"h\"");
        body
    }

    /// How many discs, triangles and squares there are.
    fn counted(body: &str) -> [usize; 3] {
        let path = |class: &str| {
            body.split("<path ").find(|path| path.starts_with(&format!("class=\"{class}"))).unwrap_or_default()
        };
        ["g1", "g2", "g3"].map(|class| path(class).matches('M').count())
    }

    proptest! {
        #[test]
        fn there_are_as_many_dots_of_each_shape_as_the_part_says(emploi in 0..=100i32, studies in 0..=100i32) {
            let studies = studies.min(100 - emploi);
            let parts = [emploi, studies, 100 - emploi - studies];
            let expected = parts.map(|part| usize::try_from(part).unwrap());
            prop_assert_eq!(counted(&drawn(parts.map(Valeur::Connue))), expected);
        }
    }

    #[test]
    fn what_is_hidden_is_hatched_and_has_no_dot() {
        for parts in [[Valeur::SOUS_SEUIL; 3], [Valeur::Connue(40), Valeur::NON_DIFFUSE, Valeur::NON_DIFFUSE]] {
            let body = drawn(parts);
            assert_eq!(counted(&body), [0, 0, 0]);
            assert!(body.contains("stroke-dasharray"), "{body}");
        }
    }
}
