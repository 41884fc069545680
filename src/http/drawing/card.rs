//! The card: one course at one place, as a picture that any site can show.
//!
//! Of fixed proportions, since nothing in it can grow: what is too long is broken into lines or
//! cut, and stands whole in the title for those who listen to it.

use super::dots::{self, Place};
use super::metrics::Font;
use super::outcome::{Outcome, situation};
use super::palette::{Palette, Theme};
use super::svg;

/// Width and height of every card.
pub(in crate::http) const SIZE: (i32, i32) = (480, 290);
const MARGIN: i32 = 20;
/// Where the words beside the dots begin.
const WORDS: i32 = 216;

/// What a card shows.
#[derive(Debug, Clone)]
pub(in crate::http) struct Card {
    /// The course.
    pub(in crate::http) subject: String,
    /// Where, and by whom it is taught.
    pub(in crate::http) place: String,
    /// Who was counted: «apprentis en dernière année en 2023».
    pub(in crate::http) cohort: String,
    /// What became of them.
    pub(in crate::http) outcome: Outcome,
    /// Where the figures come from.
    pub(in crate::http) source: String,
}

impl Card {
    /// The title, whole.
    pub(in crate::http) fn title(&self) -> String {
        format!("{}, {}", self.subject, self.place)
    }

    /// What the card says, whole.
    pub(in crate::http) fn description(&self) -> String {
        format!("{} ({}). {}.", self.outcome.alternative(), self.cohort, self.source)
    }

    /// The picture.
    pub(in crate::http) fn draw(&self, theme: Theme) -> String {
        let palette = theme.palette();
        let mut body = String::new();
        let most = SIZE.0 - 2 * MARGIN;
        let (title, small) = (Font::bold(16), Font::regular(12));
        let subject = title.wrap(&self.subject, most, 2);
        let next = svg::lines(&mut body, (MARGIN, MARGIN + 14), (title, palette.text), &subject);
        svg::text(&mut body, (MARGIN, next), small, palette.quiet, &small.cut(&self.place, most));
        let place = Place { x: MARGIN, y: 88, cell: 17 };
        let line = format!("stroke=\"{}\"", palette.line);
        dots::draw(&mut body, place, &self.outcome, palette.groups, &line);
        self.words(&mut body, &palette);
        svg::text(&mut body, (MARGIN, SIZE.1 - 10), small, palette.quiet, &small.cut(&self.source, most));
        svg::alone(SIZE, palette.paper, &self.title(), &self.description(), &body)
    }

    /// What is beside the dots: each number with its mark and its words, or why there is none.
    fn words(&self, body: &mut String, palette: &Palette) {
        let most = SIZE.0 - WORDS - MARGIN;
        let (plain, small) = (Font::regular(14), Font::regular(12));
        let heading = Font::bold(14).wrap(&format!("Sur 100 {}", self.cohort), most, 2);
        let mut y = svg::lines(body, (WORDS, 100), (Font::bold(14), palette.text), &heading) + 10;
        for ((index, part), ink) in self.outcome.parts.into_iter().enumerate().zip(palette.groups) {
            let Some(number) = part.known() else { continue };
            let text = number.to_string();
            svg::text(body, (WORDS, y + 8), Font::bold(26), ink, &text);
            let left = WORDS + Font::bold(26).width("100") + 8;
            let words = plain.wrap(situation(index, number > 1), SIZE.0 - left - MARGIN, 2);
            let start = if words.len() > 1 { y - 5 } else { y + 4 };
            svg::lines(body, (left, start), (plain, palette.text), &words);
            y += 40;
        }
        if let Some(why) = self.outcome.why() {
            svg::lines(body, (WORDS, y), (small, palette.text), &small.wrap(&why, most, 4));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Valeur;

    fn card(parts: [Valeur; 3]) -> Card {
        Card {
            subject: "Maintenance des véhicules <option> B véhicules de transport routier et de marchandises en tout genre (BAC PRO)".to_owned(),
            place: "Lycée professionnel de la Châtaigneraie et du Vieux Hêtre réunis (fictif), Saint-Denis-de-la-Réunion".to_owned(),
            cohort: "apprentis en dernière année en 2022 ou 2023".to_owned(),
            outcome: Outcome { who: "apprentis", parts },
            source: "InserJeunes, données fictives, publication 1.0.0".to_owned(),
        }
    }

    #[test]
    fn a_card_fits_its_frame_and_weighs_little() {
        let worst = [Valeur::Connue(0), Valeur::Connue(0), Valeur::Connue(100)];
        for parts in [worst, [Valeur::Connue(34), Valeur::Connue(33), Valeur::Connue(33)], [Valeur::SOUS_SEUIL; 3]] {
            for (_, theme) in Theme::ALL {
                let image = card(parts).draw(theme);
                assert!(image.len() < 6000, "{}", image.len());
                for y in image.split(" y=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                    assert!(y.parse::<i32>().unwrap() <= SIZE.1, "{y}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_in_the_picture_is_whole_in_its_words() {
        let image = card([Valeur::Connue(45), Valeur::Connue(38), Valeur::Connue(17)]).draw(Theme::Light);
        assert!(image.contains('…'));
        let title = image.split("<title id=\"titre\">").nth(1).unwrap().split('<').next().unwrap();
        assert!(title.contains("&lt;option&gt;") && title.ends_with("Saint-Denis-de-la-Réunion"), "{title}");
        let said = image.split("<desc id=\"description\">").nth(1).unwrap().split('<').next().unwrap();
        for words in ["45 sont en emploi", "38 poursuivent", "17 sont dans une autre", "2022 ou 2023"] {
            assert!(said.contains(words), "{said}");
        }
        for number in [">45<", ">38<", ">17<"] {
            assert!(image.contains(number), "{image}");
        }
    }
}
