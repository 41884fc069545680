//! The three indicators at 6 months as an image that a page can embed.
//!
//! The drawing is ours. It must be readable by anyone: a title and a description for screen
//! readers, text and bars that contrast with the paper (4.5 and more for text, 3 for bars), and
//! figures written out, never shown by colour alone. No font is embedded and nothing is loaded, so that
//! texts are measured and broken into lines as in every picture of the service
//! ([`crate::http::drawing`]).

use std::fmt::Write as _;

use crate::domain::Indicateur;
use crate::http::drawing::ink::Ink;
use crate::http::drawing::metrics::Font;
use crate::http::drawing::svg::{escape, lines, text};
use crate::http::legacy::answers::chiffres::Chiffres;

/// The look of the page that embeds the image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http::legacy) enum Theme {
    /// The State's design system.
    #[default]
    Dsfr,
    /// La bonne alternance.
    Lba,
}

/// How the indicators are put.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http::legacy) enum Direction {
    /// Side by side.
    #[default]
    Horizontal,
    /// One above the other.
    Vertical,
}

/// How the image looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http::legacy) struct Style {
    pub(in crate::http::legacy) theme: Theme,
    pub(in crate::http::legacy) direction: Direction,
}

/// What an image shows: one block under the other, all of one place and cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http::legacy) struct Thumbnail {
    /// The certification, for the description.
    pub(in crate::http::legacy) subject: String,
    /// The région, where it is to be named.
    pub(in crate::http::legacy) region: Option<&'static str>,
    /// The cohort.
    pub(in crate::http::legacy) millesime: String,
    pub(in crate::http::legacy) blocks: Vec<Block>,
}

/// Figures of one kind of pupils.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http::legacy) struct Block {
    /// Whose they are, where it is to be said.
    pub(in crate::http::legacy) title: Option<&'static str>,
    /// Or a sentence in their place.
    pub(in crate::http::legacy) content: Result<Shares, String>,
}

/// Percents of the pupils 6 months after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::legacy) struct Shares {
    pub(in crate::http::legacy) en_emploi: Option<i32>,
    pub(in crate::http::legacy) in_formation: Option<i32>,
    pub(in crate::http::legacy) others: Option<i32>,
}

impl Shares {
    /// `None` without either of the two figures that an image is about.
    pub(in crate::http::legacy) fn of(chiffres: &Chiffres) -> Option<Self> {
        let (en_emploi, in_formation) =
            (chiffres.known(Indicateur::PartEnEmploi6Mois), chiffres.known(Indicateur::PartPoursuiteEtudes));
        en_emploi.or(in_formation)?;
        Some(Self { en_emploi, in_formation, others: chiffres.known(Indicateur::PartAutresSituations6Mois) })
    }

    fn named(self) -> [(&'static str, Option<i32>); 3] {
        [
            ("en emploi salarié", self.en_emploi),
            ("poursuivent leurs études", self.in_formation),
            ("dans une autre situation", self.others),
        ]
    }
}

struct Palette {
    paper: &'static str,
    text: &'static str,
    bar_background: &'static str,
    bars: [&'static str; 3],
}

impl Theme {
    fn palette(self) -> Palette {
        match self {
            Self::Dsfr => Palette {
                paper: "#ffffff",
                text: "#161616",
                bar_background: "#e5e5f4",
                bars: ["#000091", "#18753c", "#666666"],
            },
            Self::Lba => Palette {
                paper: "#f9f8f6",
                text: "#1e1e1e",
                bar_background: "#e4e1db",
                bars: ["#0063cb", "#a558a0", "#716043"],
            },
        }
    }
}

/// Width of one indicator.
const WIDTH: i32 = 216;
/// Height of one indicator.
const HEIGHT: i32 = 92;
/// Around and between.
const MARGIN: i32 = 20;
/// The line under the title.
const TITLE: i32 = 40;
/// The line of the source.
const SOURCE: i32 = 28;
/// The sizes of its two kinds of long lines.
const HEADING: Font = Font::bold(17);
const SMALL: Font = Font::regular(12);
/// A line more of the heading or of the source.
const MORE_LINES: [i32; 2] = [21, 15];

/// The line over a block that says whose it is.
const BLOCK_TITLE: i32 = 32;

impl Direction {
    /// Columns and rows of the three indicators of a block.
    fn grid(self) -> (i32, i32) {
        match self {
            Self::Horizontal => (3, 1),
            Self::Vertical => (1, 3),
        }
    }

    /// What a line may take.
    fn line(self) -> i32 {
        self.grid().0 * (WIDTH + MARGIN) - MARGIN
    }

    /// Where the indicators of a block begin, under its top.
    fn places(self, top: i32) -> [(i32, i32); 3] {
        let place = |n: i32| match self {
            Self::Horizontal => (MARGIN + n * (WIDTH + MARGIN), top),
            Self::Vertical => (MARGIN, top + n * HEIGHT),
        };
        [place(0), place(1), place(2)]
    }
}

impl Block {
    /// How much the title takes.
    fn title_height(&self) -> i32 {
        self.title.map_or(0, |_| BLOCK_TITLE)
    }

    /// The block as a sentence.
    fn sentence(&self) -> String {
        let said = match &self.content {
            Ok(shares) => {
                let said = shares.named().map(|(nom, part)| format!("{} {nom}", percent(part)));
                said.join(", ")
            }
            Err(message) => message.clone(),
        };
        self.title.map_or_else(|| said.clone(), |title| format!("{title}, {said}"))
    }

    fn draw(&self, body: &mut String, top: i32, style: Style) {
        let palette = style.theme.palette();
        let ink = Ink::Colour(palette.text);
        if let Some(title) = self.title {
            text(body, (MARGIN, top + 16), Font::bold(16), ink, title);
        }
        let top = top + self.title_height();
        match &self.content {
            Err(message) => {
                let wrapped = Font::regular(15).wrap(message, style.direction.line(), 4);
                lines(body, (MARGIN, top + 24), (Font::regular(15), ink), &wrapped);
            }
            Ok(shares) => {
                let places = style.direction.places(top).into_iter().zip(palette.bars);
                for ((place, colour), (nom, part)) in places.zip(shares.named()) {
                    indicateur(body, &palette, place, colour, nom, part);
                }
            }
        }
    }
}

/// Width and height of an image whose blocks have so many titles.
fn size(blocks: &[Block], direction: Direction) -> (i32, i32) {
    let (columns, rows) = direction.grid();
    let blocks: i32 = blocks.iter().map(|block| block.title_height() + rows * HEIGHT).sum();
    (MARGIN + columns * (WIDTH + MARGIN), MARGIN + TITLE + blocks + SOURCE)
}

/// The image of some figures.
pub(in crate::http::legacy) fn draw(thumbnail: &Thumbnail, style: Style) -> String {
    let source = format!("Source : InserJeunes, millésime {}", thumbnail.millesime.replace('_', "-"));
    let sentences: Vec<_> = thumbnail.blocks.iter().map(Block::sentence).collect();
    let place = thumbnail.region.map_or_else(String::new, |region| format!(", {region}"));
    let description = format!("{}{place} : {}. {source}.", thumbnail.subject, sentences.join(" ; "));
    draw_blocks(&thumbnail.blocks, &place, &source, &description, style)
}

/// The image of a missing figure.
pub(in crate::http::legacy) fn without_data(message: &str, style: Style) -> String {
    let block = Block { title: None, content: Err(message.to_owned()) };
    draw_blocks(&[block], "", "", message, style)
}

/// Blocks one under the other, between a title and the line of the source.
fn draw_blocks(blocks: &[Block], place: &str, source: &str, description: &str, style: Style) -> String {
    let palette = style.theme.palette();
    let (_, rows) = style.direction.grid();
    let when = format!("6 mois après la formation{place}");
    let heading = HEADING.wrap(&when, style.direction.line(), 4);
    let source = SMALL.wrap(source, style.direction.line(), 2);
    let (width, height) = size(blocks, style.direction);
    let [of_heading, of_source] = [(&heading, MORE_LINES[0]), (&source, MORE_LINES[1])]
        .map(|(lines, each)| i32::try_from(lines.len().saturating_sub(1)).unwrap_or(0) * each);
    let height = height + of_heading + of_source;
    let mut body = String::new();
    let ink = Ink::Colour(palette.text);
    lines(&mut body, (MARGIN, MARGIN + 18), (HEADING, ink), &heading);
    let mut top = MARGIN + TITLE + of_heading;
    for block in blocks {
        block.draw(&mut body, top, style);
        top += block.title_height() + rows * HEIGHT;
    }
    lines(&mut body, (MARGIN, height - 12 - of_source), (SMALL, ink), &source);
    let titre = format!("Devenir des élèves {when}");
    frame((width, height), &palette, &titre, description, &body)
}

/// An image with nothing on it, which screen readers pass over.
pub(in crate::http::legacy) fn empty(style: Style) -> String {
    let (width, height) = size(&[Block { title: None, content: Err(String::new()) }], style.direction);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\"></svg>"
    )
}

fn frame((width, height): (i32, i32), palette: &Palette, titre: &str, description: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"titre description\" lang=\"fr\" \
         font-family=\"Marianne, Arial, sans-serif\"><title id=\"titre\">{}</title><desc id=\"description\">{}</desc>\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>{body}</svg>",
        escape(titre),
        escape(description),
        palette.paper,
    )
}

fn indicateur(body: &mut String, palette: &Palette, (x, y): (i32, i32), colour: &str, nom: &str, part: Option<i32>) {
    let ink = Ink::Colour(palette.text);
    text(body, (x, y + 28), Font::bold(28), ink, &percent(part));
    text(body, (x, y + 50), fitting(nom), ink, nom);
    let length = part.unwrap_or(0).clamp(0, 100) * WIDTH / 100;
    let top = y + 60;
    let _ = write!(
        body,
        "<rect x=\"{x}\" y=\"{top}\" width=\"{WIDTH}\" height=\"12\" rx=\"3\" fill=\"{}\"/>\
         <rect x=\"{x}\" y=\"{top}\" width=\"{length}\" height=\"12\" rx=\"3\" fill=\"{colour}\"/>",
        palette.bar_background,
    );
}

/// The largest font in which a name stays beside its neighbours.
fn fitting(nom: &str) -> Font {
    let fonts = [15, 14, 13].map(Font::regular);
    fonts.into_iter().find(|font| font.width(nom) <= WIDTH).unwrap_or(SMALL)
}

/// A percent as French writes it, with a no-break space.
fn percent(part: Option<i32>) -> String {
    part.map_or_else(|| "non connu :".to_owned(), |part| format!("{part}\u{a0}%"))
}

pub(in crate::http::legacy) use crate::http::drawing::svg::answer;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::drawing::palette::tests::contrast;

    fn of(blocks: Vec<Block>) -> Thumbnail {
        Thumbnail {
            subject: "COUTURE <& ARTS> \"FLOU\" (CAP)".to_owned(),
            region: None,
            millesime: "2030_2031".to_owned(),
            blocks,
        }
    }

    fn block(title: Option<&'static str>) -> Block {
        let shares = Shares { en_emploi: Some(45), in_formation: Some(38), others: Some(17) };
        Block { title, content: Ok(shares) }
    }

    fn thumbnail() -> Thumbnail {
        of(vec![block(None)])
    }

    fn description(image: &str) -> &str {
        image.split("<desc id=\"description\">").nth(1).unwrap().split("</desc>").next().unwrap()
    }

    #[test]
    fn text_and_bars_stand_out_in_every_theme() {
        for theme in [Theme::Dsfr, Theme::Lba] {
            let palette = theme.palette();
            assert!(contrast(palette.text, palette.paper) >= 4.5, "{theme:?}");
            for bar in palette.bars {
                for background in [palette.paper, palette.bar_background] {
                    assert!(contrast(bar, background) >= 3.0, "{theme:?} {bar} on {background}");
                }
            }
        }
    }

    #[test]
    fn the_image_says_its_figures_to_those_who_cannot_see_it() {
        let image = draw(&thumbnail(), Style::default());
        assert!(image.contains("<title id=\"titre\">") && image.contains("role=\"img\""));
        let description = description(&image);
        for words in ["45\u{a0}% en emploi", "38\u{a0}% poursuivent", "17\u{a0}% dans une autre", "2030-2031"] {
            assert!(description.contains(words), "{description}");
        }
    }

    #[test]
    fn labels_cannot_become_markup() {
        let image = draw(&thumbnail(), Style::default());
        assert!(image.contains("COUTURE &lt;&amp; ARTS&gt; &quot;FLOU&quot; (CAP)"), "{image}");
        assert!(!image.contains("<& ARTS>"));
    }

    #[test]
    fn the_indicators_stand_side_by_side_or_one_above_the_other() {
        let (side, above) = (Direction::Horizontal.places(60), Direction::Vertical.places(60));
        let (large, _) = size(&[block(None)], Direction::Horizontal);
        let (narrow, _) = size(&[block(None)], Direction::Vertical);
        assert!(side[0].1 == side[2].1 && above[0].0 == above[2].0 && large > narrow);
        let style = Style { direction: Direction::Vertical, theme: Theme::Lba };
        assert!(draw(&thumbnail(), style).contains("#f9f8f6"));
    }

    #[test]
    fn blocks_stand_one_under_the_other_and_one_without_figures_says_so() {
        let empty = Block { title: Some("Apprentissage"), content: Err("Données non disponibles".to_owned()) };
        let both = Thumbnail { region: Some("Bretagne"), ..of(vec![block(Some("Voie scolaire")), empty]) };
        for direction in [Direction::Horizontal, Direction::Vertical] {
            let image = draw(&both, Style { direction, ..Style::default() });
            assert_eq!(image.matches("font-size=\"28\"").count(), 3, "{image}");
            let at = |words: &str| image.find(words).unwrap();
            assert!(at(">Voie scolaire</text>") < at(">Apprentissage</text>"), "{image}");
            assert!(at(">Apprentissage</text>") < at(">Données non disponibles</text>"), "{image}");
            let heading = ">6 mois après la formation, Bretagne</text>";
            let broken = ">6 mois après la</text>";
            assert!(image.contains(if direction == Direction::Horizontal { heading } else { broken }), "{image}");
            let said = description(&image);
            assert!(said.contains("Voie scolaire, 45\u{a0}% en emploi"), "{said}");
            assert!(said.contains("Apprentissage, Données non disponibles"), "{said}");
            let (alone, together) = (size(&[block(None)], direction), size(&both.blocks, direction));
            assert!(alone.0 == together.0 && together.1 > alone.1);
        }
    }

    #[test]
    fn no_text_leaves_its_place_or_touches_another() {
        let region = Some("Provence-Alpes-Côte d'Azur");
        let both = Thumbnail { region, ..of(vec![block(Some("Voie scolaire")), block(Some("Apprentissage"))]) };
        let place = format!(", {}", both.region.unwrap());
        for direction in [Direction::Horizontal, Direction::Vertical] {
            let image = draw_blocks(
                &both.blocks,
                &place,
                "Source : InserJeunes, millésime 2022-2023",
                "",
                Style { direction, ..Style::default() },
            );
            let mut baselines: Vec<(i32, i32, i32)> = Vec::new();
            let limit: i32 = image.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
            for piece in image.split("<text ").skip(1) {
                let number = |name: &str| -> i32 {
                    piece.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
                };
                let words = piece.split('>').nth(1).unwrap().split('<').next().unwrap().replace("&#39;", "'");
                let font = Font { size: number("font-size"), bold: piece.contains("bold") };
                let (x, y) = (number("x"), number("y"));
                let end = x + font.width(&words);
                assert!(end <= limit, "{words} ends at {end} of {limit}");
                for (from, to, line) in &baselines {
                    assert!((line - y).abs() >= 12 || *from >= end || *to <= x, "{words} at {x}, {y} touches another");
                }
                baselines.push((x, end, y));
            }
        }
    }

    #[test]
    fn without_data_there_is_a_message_or_nothing_at_all() {
        assert!(without_data("Données non disponibles", Style::default()).contains("Données non disponibles</text>"));
        assert!(!empty(Style::default()).contains("<text"));
    }
}
