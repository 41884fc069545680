//! The years on a line: what became of each cohort, and where the series breaks.
//!
//! A single year is a full dot over its year; two pooled years are an open dot between them. A line
//! joins cohorts of one form only, and never two that count another employment: where the count
//! changed stands a dashed line that says so. A year without a figure is hatched.

use std::fmt::Write as _;

use super::ink::Ink;
use super::metrics::Font;
use super::outcome::short;
use super::svg;
use crate::domain::{EmploiScope, Filiere, Millesime, Valeur};

/// One cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Point {
    /// Which.
    pub(in crate::http) millesime: Millesime,
    /// In employment after 6 months, percent.
    pub(in crate::http) valeur: Valeur,
    /// Which employment that counts.
    pub(in crate::http) scope: EmploiScope,
}

/// The cohorts of one course, the oldest first.
#[derive(Debug, Clone)]
pub(in crate::http) struct Series {
    /// How it is taught, which decides where the count changed.
    pub(in crate::http) filiere: Filiere,
    /// The cohorts.
    pub(in crate::http) points: Vec<Point>,
}

/// More would stand too close to be read.
const MOST: usize = 7;
/// Width and height.
pub(in crate::http) const SIZE: (i32, i32) = (320, 196);
const LEFT: i32 = 34;
const RIGHT: i32 = 296;
const TOP: i32 = 34;
const BOTTOM: i32 = 154;

/// `2023`, `2022-2023`.
pub(in crate::http) fn years(millesime: Millesime) -> String {
    millesime.to_string().replace('_', "-")
}

impl Series {
    /// The last cohorts, as many as can be told apart.
    fn shown(&self) -> &[Point] {
        self.points.get(self.points.len().saturating_sub(MOST)..).unwrap_or(&[])
    }

    /// The first year whose leavers are counted otherwise than those before, if it lies within.
    pub(in crate::http) fn rupture(&self) -> Option<u16> {
        let scope = |year| EmploiScope::of(self.filiere, Millesime::single(year));
        let start = self.shown().iter().map(|point| point.millesime.start()).min()?;
        let end = self.shown().iter().map(|point| point.millesime.end()).max()?;
        (start + 1..=end).find(|year| scope(*year) != scope(year - 1))
    }

    /// The picture in words.
    pub(in crate::http) fn alternative(&self) -> String {
        let said = self.shown().iter().map(|point| {
            let pooled = if point.millesime.is_pooled() { " (deux années réunies)" } else { "" };
            let value = point.valeur.known().map_or_else(
                || point.valeur.raison().map_or_else(String::new, |raison| short(raison).to_owned()),
                |value| format!("{value} sur 100"),
            );
            format!("{}{pooled} : {value}", years(point.millesime))
        });
        let said: Vec<String> = said.collect();
        let rupture = self
            .rupture()
            .map(|year| format!(". L'emploi public est compté depuis {year} : avant et après ne se comparent pas"));
        format!("En emploi 6 mois après la sortie. {}{}.", said.join(" ; "), rupture.unwrap_or_default())
    }

    /// Draws it for a page, whose style sheet colours it.
    pub(in crate::http) fn draw(&self, id: &str) -> String {
        let (width, height) = SIZE;
        let mut body = String::new();
        axis(&mut body);
        if let Some(year) = self.rupture() {
            self.draw_rupture(&mut body, year);
        }
        self.draw_lines(&mut body);
        for point in self.shown() {
            self.draw_point(&mut body, point);
        }
        format!(
            "<svg class=\"annees\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}\">\
             <title id=\"{id}\">{}</title>{body}</svg>",
            svg::escape(&self.alternative())
        )
    }

    /// Where a moment stands, in half years: twice a single year, the sum of two pooled ones.
    fn x(&self, half_years: i32) -> i32 {
        let all = || self.shown().iter().map(|point| half(point.millesime));
        let (first, last) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        if first == last {
            return i32::midpoint(LEFT, RIGHT);
        }
        // Half a place is left at each end for what is written over and under the dots.
        let (left, right) = (LEFT + 22, RIGHT - 16);
        left + (half_years - first) * (right - left) / (last - first)
    }

    fn draw_rupture(&self, body: &mut String, year: u16) {
        let x = self.x(2 * i32::from(year) - 1).clamp(LEFT, RIGHT);
        let label = format!("{year} : autre mesure");
        let font = Font::regular(11);
        let start = (x - font.width(&label) / 2).clamp(0, SIZE.0 - font.width(&label));
        let _ = write!(body, "<path class=\"rupture\" d=\"M{x} {}V{BOTTOM}\"/>", TOP - 16);
        svg::text(body, (start, TOP - 20), font, Ink::Class("t"), &label);
    }

    fn draw_lines(&self, body: &mut String) {
        for pooled in [false, true] {
            let same: Vec<&Point> = self.shown().iter().filter(|point| point.millesime.is_pooled() == pooled).collect();
            for pair in same.windows(2) {
                let [a, b] = pair else { continue };
                if let (Some(from), Some(to)) = (a.valeur.known(), b.valeur.known())
                    && a.scope == b.scope
                {
                    let (from, to) = ((self.x(half(a.millesime)), y(from)), (self.x(half(b.millesime)), y(to)));
                    let _ = write!(body, "<path class=\"trait\" d=\"M{} {}L{} {}\"/>", from.0, from.1, to.0, to.1);
                }
            }
        }
    }

    fn draw_point(&self, body: &mut String, point: &Point) {
        let x = self.x(half(point.millesime));
        let pooled = point.millesime.is_pooled();
        if let Some(value) = point.valeur.known() {
            let class = if pooled { "reunies" } else { "g1" };
            let _ = write!(body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{}\" r=\"5\"/>", y(value));
            let (text, font) = (value.to_string(), Font::bold(12));
            svg::text(body, (x - font.width(&text) / 2, y(value) - 9), font, Ink::Class("t"), &text);
        } else {
            let top = y(60);
            let _ = write!(
                body,
                "<path class=\"h\" d=\"M{} {top}h14V{BOTTOM}h-14zM{0} {}l14-14M{0} {}l14-14M{0} {}l14-14\"/>",
                x - 7,
                top + 24,
                top + 44,
                top + 64
            );
        }
        // Those of pooled years stand lower where there are single years, between theirs.
        let (text, font) = (years(point.millesime), Font::regular(11));
        let lower = pooled && self.shown().iter().any(|point| !point.millesime.is_pooled());
        let baseline = if lower { BOTTOM + 32 } else { BOTTOM + 16 };
        let start = (x - font.width(&text) / 2).clamp(0, SIZE.0 - font.width(&text));
        svg::text(body, (start, baseline), font, Ink::Class("t"), &text);
    }
}

fn half(millesime: Millesime) -> i32 {
    i32::from(millesime.start()) + i32::from(millesime.end())
}

fn y(percent: i32) -> i32 {
    BOTTOM - percent.clamp(0, 100) * (BOTTOM - TOP) / 100
}

fn axis(body: &mut String) {
    for percent in [0, 50, 100] {
        let _ = write!(body, "<path class=\"axe\" d=\"M{LEFT} {}H{RIGHT}\"/>", y(percent));
        let (text, font) = (percent.to_string(), Font::regular(11));
        svg::text(body, (LEFT - 6 - font.width(&text), y(percent) + 4), font, Ink::Class("t"), &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(Millesime, Valeur)]) -> Series {
        let filiere = Filiere::Pro;
        let point = |(millesime, valeur): &(Millesime, Valeur)| Point {
            millesime: *millesime,
            valeur: *valeur,
            scope: EmploiScope::of(filiere, *millesime),
        };
        Series { filiere, points: points.iter().map(point).collect() }
    }

    #[test]
    fn the_break_of_2022_is_drawn_and_said_and_no_line_crosses_it() {
        let across = series(&[
            (Millesime::single(2020), Valeur::Connue(40)),
            (Millesime::single(2021), Valeur::Connue(42)),
            (Millesime::single(2022), Valeur::Connue(51)),
            (Millesime::single(2023), Valeur::Connue(52)),
        ]);
        let image = across.draw("a");
        assert!(image.contains("class=\"rupture\"") && image.contains("2022 : autre mesure"), "{image}");
        // 2020 to 2021 and 2022 to 2023.
        assert_eq!(image.matches("class=\"trait\"").count(), 2);
        assert!(across.alternative().contains("L'emploi public est compté depuis 2022"));
        let after =
            series(&[(Millesime::single(2022), Valeur::Connue(51)), (Millesime::single(2023), Valeur::Connue(52))]);
        assert!(!after.draw("a").contains("rupture"));
    }

    #[test]
    fn pooled_years_are_marked_and_a_hidden_one_is_hatched() {
        let points =
            series(&[(Millesime::pooled(2021), Valeur::Connue(40)), (Millesime::single(2021), Valeur::SOUS_SEUIL)]);
        let image = points.draw("a");
        assert!(image.contains("class=\"reunies\"") && image.contains("class=\"h\""), "{image}");
        let said = points.alternative();
        assert!(said.contains("2020-2021 (deux années réunies) : 40 sur 100 ; 2021 : non montré"), "{said}");
    }

    #[test]
    fn what_is_written_never_overlaps() {
        let all: Vec<_> = (2018..=2024)
            .flat_map(|year| [Millesime::single(year), Millesime::pooled(year)])
            .map(|millesime| (millesime, Valeur::Connue(100)))
            .collect();
        let image = series(&all).draw("a");
        let mut boxes: Vec<(i32, i32, i32)> = Vec::new();
        for text in image.split("<text ").skip(1) {
            let number = |name: &str| -> i32 {
                let rest = text.split(&format!("{name}=\"")).nth(1).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            let bold = text.contains("font-weight");
            let words = text.split('>').nth(1).unwrap().split('<').next().unwrap();
            let (x, y) = (number("x"), number("y"));
            let end = x + Font { size: number("font-size"), bold }.width(words);
            assert!(x >= 0 && end <= SIZE.0, "{words} {x} {end}");
            for (from, to, line) in &boxes {
                let apart = (line - y).abs() >= 11 || *from >= end || *to <= x;
                assert!(apart, "{words} at {x}, {y} overlaps {from}..{to} at {line}");
            }
            boxes.push((x, end, y));
        }
        assert!(boxes.len() > MOST * 2);
    }
}
