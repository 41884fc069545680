//! SVG: the three indicators at 6 months as an image that a page can embed.
//!
//! The drawing is ours. It must be readable by anyone: a title and a description for screen
//! readers, text and bars that contrast with the paper (4.5 and more for text, 3 for bars), and
//! figures written out, never shown by colour alone. No font is embedded and nothing is loaded.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::chiffres::Chiffres;

/// The look of the page that embeds the image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// The State's design system.
    #[default]
    Dsfr,
    /// La bonne alternance.
    Lba,
}

/// How the indicators are put.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// Side by side.
    #[default]
    Horizontale,
    /// One above the other.
    Verticale,
}

/// How the image looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) theme: Theme,
    pub(super) direction: Direction,
}

/// What an image shows: one block under the other, all of one place and cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vignette {
    /// The certification, for the description.
    pub(super) sujet: String,
    /// The région, where it is to be named.
    pub(super) region: Option<&'static str>,
    /// The cohort.
    pub(super) millesime: String,
    pub(super) blocks: Vec<Block>,
}

/// Figures of one kind of pupils.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Whose they are, where it is to be said.
    pub(super) title: Option<&'static str>,
    /// Or a sentence in their place.
    pub(super) content: Result<Shares, String>,
}

/// Percents of the pupils 6 months after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shares {
    pub(super) en_emploi: Option<i32>,
    pub(super) en_formation: Option<i32>,
    pub(super) autres: Option<i32>,
}

impl Shares {
    /// `None` without either of the two figures that an image is about.
    pub(super) fn of(chiffres: &Chiffres) -> Option<Self> {
        let (en_emploi, en_formation) = (chiffres.connu("taux_en_emploi_6_mois"), chiffres.connu("taux_en_formation"));
        en_emploi.or(en_formation)?;
        Some(Self { en_emploi, en_formation, autres: chiffres.connu("taux_autres_6_mois") })
    }

    fn named(self) -> [(&'static str, Option<i32>); 3] {
        [
            ("en emploi salarié", self.en_emploi),
            ("poursuivent leurs études", self.en_formation),
            ("dans une autre situation", self.autres),
        ]
    }
}

struct Palette {
    papier: &'static str,
    texte: &'static str,
    fond_de_barre: &'static str,
    barres: [&'static str; 3],
}

impl Theme {
    fn palette(self) -> Palette {
        match self {
            Self::Dsfr => Palette {
                papier: "#ffffff",
                texte: "#161616",
                fond_de_barre: "#e5e5f4",
                barres: ["#000091", "#18753c", "#666666"],
            },
            Self::Lba => Palette {
                papier: "#f9f8f6",
                texte: "#1e1e1e",
                fond_de_barre: "#e4e1db",
                barres: ["#0063cb", "#a558a0", "#716043"],
            },
        }
    }
}

/// Width of one indicator.
const LARGEUR: i32 = 216;
/// Height of one indicator.
const HAUTEUR: i32 = 92;
/// Around and between.
const MARGE: i32 = 20;
/// The line under the title.
const TITRE: i32 = 40;
/// The line of the source.
const SOURCE: i32 = 28;

/// The line over a block that says whose it is.
const BLOCK_TITLE: i32 = 32;

impl Direction {
    /// Columns and rows of the three indicators of a block.
    fn grid(self) -> (i32, i32) {
        match self {
            Self::Horizontale => (3, 1),
            Self::Verticale => (1, 3),
        }
    }

    /// Where the indicators of a block begin, under its top.
    fn places(self, top: i32) -> [(i32, i32); 3] {
        let place = |n: i32| match self {
            Self::Horizontale => (MARGE + n * (LARGEUR + MARGE), top),
            Self::Verticale => (MARGE, top + n * HAUTEUR),
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
                let said = shares.named().map(|(nom, part)| format!("{} {nom}", pourcent(part)));
                said.join(", ")
            }
            Err(message) => message.clone(),
        };
        self.title.map_or_else(|| said.clone(), |title| format!("{title}, {said}"))
    }

    fn draw(&self, corps: &mut String, top: i32, style: Style) {
        let palette = style.theme.palette();
        if let Some(title) = self.title {
            texte(corps, (MARGE, top + 16), 16, "bold", palette.texte, title);
        }
        let top = top + self.title_height();
        match &self.content {
            Err(message) => texte(corps, (MARGE, top + 24), 15, "normal", palette.texte, message),
            Ok(shares) => {
                let places = style.direction.places(top).into_iter().zip(palette.barres);
                for ((place, couleur), (nom, part)) in places.zip(shares.named()) {
                    indicateur(corps, &palette, place, couleur, nom, part);
                }
            }
        }
    }
}

/// Width and height of an image whose blocks have so many titles.
fn size(blocks: &[Block], direction: Direction) -> (i32, i32) {
    let (columns, rows) = direction.grid();
    let blocks: i32 = blocks.iter().map(|block| block.title_height() + rows * HAUTEUR).sum();
    (MARGE + columns * (LARGEUR + MARGE), MARGE + TITRE + blocks + SOURCE)
}

/// The image of some figures.
pub(super) fn dessiner(vignette: &Vignette, style: Style) -> String {
    let source = format!("Source : InserJeunes, millésime {}", vignette.millesime.replace('_', "-"));
    let sentences: Vec<_> = vignette.blocks.iter().map(Block::sentence).collect();
    let place = vignette.region.map_or_else(String::new, |region| format!(", {region}"));
    let description = format!("{}{place} : {}. {source}.", vignette.sujet, sentences.join(" ; "));
    draw_blocks(&vignette.blocks, &place, &source, &description, style)
}

/// The image of a missing figure.
pub(super) fn sans_donnees(message: &str, style: Style) -> String {
    let block = Block { title: None, content: Err(message.to_owned()) };
    draw_blocks(&[block], "", "", message, style)
}

/// Blocks one under the other, between a title and the line of the source.
fn draw_blocks(blocks: &[Block], place: &str, source: &str, description: &str, style: Style) -> String {
    let palette = style.theme.palette();
    let (_, rows) = style.direction.grid();
    let taille = size(blocks, style.direction);
    let mut corps = String::new();
    let when = format!("6 mois après la formation{place}");
    texte(&mut corps, (MARGE, MARGE + 18), 17, "bold", palette.texte, &when);
    let mut top = MARGE + TITRE;
    for block in blocks {
        block.draw(&mut corps, top, style);
        top += block.title_height() + rows * HAUTEUR;
    }
    texte(&mut corps, (MARGE, taille.1 - 12), 12, "normal", palette.texte, source);
    let titre = format!("Devenir des élèves {when}");
    cadre(taille, &palette, &titre, description, &corps)
}

/// An image with nothing on it, which screen readers pass over.
pub(super) fn vide(style: Style) -> String {
    let (largeur, hauteur) = size(&[Block { title: None, content: Err(String::new()) }], style.direction);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{largeur}\" height=\"{hauteur}\" \
         viewBox=\"0 0 {largeur} {hauteur}\" aria-hidden=\"true\"></svg>"
    )
}

fn cadre((largeur, hauteur): (i32, i32), palette: &Palette, titre: &str, description: &str, corps: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{largeur}\" height=\"{hauteur}\" \
         viewBox=\"0 0 {largeur} {hauteur}\" role=\"img\" aria-labelledby=\"titre description\" lang=\"fr\" \
         font-family=\"Marianne, Arial, sans-serif\"><title id=\"titre\">{}</title><desc id=\"description\">{}</desc>\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>{corps}</svg>",
        echapper(titre),
        echapper(description),
        palette.papier,
    )
}

fn indicateur(corps: &mut String, palette: &Palette, (x, y): (i32, i32), couleur: &str, nom: &str, part: Option<i32>) {
    texte(corps, (x, y + 28), 28, "bold", palette.texte, &pourcent(part));
    texte(corps, (x, y + 50), 15, "normal", palette.texte, nom);
    let longueur = part.unwrap_or(0).clamp(0, 100) * LARGEUR / 100;
    let haut = y + 60;
    let _ = write!(
        corps,
        "<rect x=\"{x}\" y=\"{haut}\" width=\"{LARGEUR}\" height=\"12\" rx=\"3\" fill=\"{}\"/>\
         <rect x=\"{x}\" y=\"{haut}\" width=\"{longueur}\" height=\"12\" rx=\"3\" fill=\"{couleur}\"/>",
        palette.fond_de_barre,
    );
}

fn texte(corps: &mut String, (x, y): (i32, i32), taille: i32, graisse: &str, couleur: &str, texte: &str) {
    if texte.is_empty() {
        return;
    }
    let texte = echapper(texte);
    let _ = write!(
        corps,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{taille}\" font-weight=\"{graisse}\" fill=\"{couleur}\">{texte}</text>"
    );
}

/// A percent as French writes it, with a no-break space.
fn pourcent(part: Option<i32>) -> String {
    part.map_or_else(|| "non connu :".to_owned(), |part| format!("{part}\u{a0}%"))
}

/// Text that means nothing to XML; characters that XML cannot hold are left out.
fn echapper(texte: &str) -> String {
    let mut sur = String::with_capacity(texte.len());
    for c in texte.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => sur.push_str("&amp;"),
            '<' => sur.push_str("&lt;"),
            '>' => sur.push_str("&gt;"),
            '"' => sur.push_str("&quot;"),
            '\'' => sur.push_str("&#39;"),
            c => sur.push(c),
        }
    }
    sur
}

/// 200 with an image.
pub(super) fn reponse(image: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml; charset=utf-8"))], image).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(blocks: Vec<Block>) -> Vignette {
        Vignette {
            sujet: "COUTURE <& ARTS> \"FLOU\" (CAP)".to_owned(),
            region: None,
            millesime: "2030_2031".to_owned(),
            blocks,
        }
    }

    fn block(title: Option<&'static str>) -> Block {
        let shares = Shares { en_emploi: Some(45), en_formation: Some(38), autres: Some(17) };
        Block { title, content: Ok(shares) }
    }

    fn vignette() -> Vignette {
        of(vec![block(None)])
    }

    fn description(image: &str) -> &str {
        image.split("<desc id=\"description\">").nth(1).unwrap().split("</desc>").next().unwrap()
    }

    /// Relative luminance (WCAG 2.1).
    fn luminance(couleur: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(couleur.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contraste(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_bars_stand_out_in_every_theme() {
        for theme in [Theme::Dsfr, Theme::Lba] {
            let palette = theme.palette();
            assert!(contraste(palette.texte, palette.papier) >= 4.5, "{theme:?}");
            for barre in palette.barres {
                for fond in [palette.papier, palette.fond_de_barre] {
                    assert!(contraste(barre, fond) >= 3.0, "{theme:?} {barre} on {fond}");
                }
            }
        }
    }

    #[test]
    fn the_image_says_its_figures_to_those_who_cannot_see_it() {
        let image = dessiner(&vignette(), Style::default());
        assert!(image.contains("<title id=\"titre\">") && image.contains("role=\"img\""));
        let description = description(&image);
        for words in ["45\u{a0}% en emploi", "38\u{a0}% poursuivent", "17\u{a0}% dans une autre", "2030-2031"] {
            assert!(description.contains(words), "{description}");
        }
    }

    #[test]
    fn labels_cannot_become_markup() {
        let image = dessiner(&vignette(), Style::default());
        assert!(image.contains("COUTURE &lt;&amp; ARTS&gt; &quot;FLOU&quot; (CAP)"), "{image}");
        assert!(!image.contains("<& ARTS>"));
    }

    #[test]
    fn the_indicators_stand_side_by_side_or_one_above_the_other() {
        let (cote, dessus) = (Direction::Horizontale.places(60), Direction::Verticale.places(60));
        let (large, _) = size(&[block(None)], Direction::Horizontale);
        let (etroit, _) = size(&[block(None)], Direction::Verticale);
        assert!(cote[0].1 == cote[2].1 && dessus[0].0 == dessus[2].0 && large > etroit);
        let style = Style { direction: Direction::Verticale, theme: Theme::Lba };
        assert!(dessiner(&vignette(), style).contains("#f9f8f6"));
    }

    #[test]
    fn blocks_stand_one_under_the_other_and_one_without_figures_says_so() {
        let empty = Block { title: Some("Apprentissage"), content: Err("Données non disponibles".to_owned()) };
        let both = Vignette { region: Some("Bretagne"), ..of(vec![block(Some("Voie scolaire")), empty]) };
        for direction in [Direction::Horizontale, Direction::Verticale] {
            let image = dessiner(&both, Style { direction, ..Style::default() });
            assert_eq!(image.matches("font-size=\"28\"").count(), 3, "{image}");
            let at = |words: &str| image.find(words).unwrap();
            assert!(at(">Voie scolaire</text>") < at(">Apprentissage</text>"), "{image}");
            assert!(at(">Apprentissage</text>") < at(">Données non disponibles</text>"), "{image}");
            assert!(image.contains("6 mois après la formation, Bretagne</text>"), "{image}");
            let said = description(&image);
            assert!(said.contains("Voie scolaire, 45\u{a0}% en emploi"), "{said}");
            assert!(said.contains("Apprentissage, Données non disponibles"), "{said}");
            let (alone, together) = (size(&[block(None)], direction), size(&both.blocks, direction));
            assert!(alone.0 == together.0 && together.1 > alone.1);
        }
    }

    #[test]
    fn without_data_there_is_a_message_or_nothing_at_all() {
        assert!(sans_donnees("Données non disponibles", Style::default()).contains("Données non disponibles</text>"));
        assert!(!vide(Style::default()).contains("<text"));
    }
}
