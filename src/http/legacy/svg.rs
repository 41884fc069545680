//! SVG: the three indicators at 6 months as an image that a page can embed.
//!
//! The drawing is ours. It must be readable by anyone: a title and a description for screen
//! readers, text and bars that contrast with the paper (4.5 and more for text, 3 for bars), and
//! figures written out, never shown by colour alone. No font is embedded and nothing is loaded.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

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

/// What the image shows, percents of the pupils 6 months after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vignette {
    /// The certification and its place, for the description.
    pub(super) sujet: String,
    /// The cohort.
    pub(super) millesime: String,
    pub(super) en_emploi: Option<i32>,
    pub(super) en_formation: Option<i32>,
    pub(super) autres: Option<i32>,
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

/// Where the indicators begin, and the size of the whole.
fn plan(direction: Direction) -> ([(i32, i32); 3], (i32, i32)) {
    let rang = |n: i32| match direction {
        Direction::Horizontale => (MARGE + n * (LARGEUR + MARGE), MARGE + TITRE),
        Direction::Verticale => (MARGE, MARGE + TITRE + n * HAUTEUR),
    };
    let (colonnes, lignes) = match direction {
        Direction::Horizontale => (3, 1),
        Direction::Verticale => (1, 3),
    };
    let largeur = MARGE + colonnes * (LARGEUR + MARGE);
    let hauteur = MARGE + TITRE + lignes * HAUTEUR + SOURCE;
    ([rang(0), rang(1), rang(2)], (largeur, hauteur))
}

/// The image of some figures.
pub(super) fn dessiner(vignette: &Vignette, style: Style) -> String {
    let palette = style.theme.palette();
    let (places, taille) = plan(style.direction);
    let indicateurs = [
        ("en emploi salarié", vignette.en_emploi),
        ("poursuivent leurs études", vignette.en_formation),
        ("dans une autre situation", vignette.autres),
    ];
    let mut corps = String::new();
    texte(&mut corps, (MARGE, MARGE + 18), 17, "bold", palette.texte, "6 mois après la formation");
    for (((x, y), couleur), (nom, part)) in places.into_iter().zip(palette.barres).zip(indicateurs) {
        indicateur(&mut corps, &palette, (x, y), couleur, nom, part);
    }
    let source = format!("Source : InserJeunes, millésime {}", vignette.millesime.replace('_', "-"));
    texte(&mut corps, (MARGE, taille.1 - 12), 12, "normal", palette.texte, &source);
    let phrases: Vec<_> = indicateurs.iter().map(|(nom, part)| format!("{} {nom}", pourcent(*part))).collect();
    let description = format!("{} : {}. {source}.", vignette.sujet, phrases.join(", "));
    cadre(taille, &palette, "Devenir des élèves 6 mois après la formation", &description, &corps)
}

/// The image of a missing figure.
pub(super) fn sans_donnees(message: &str, style: Style) -> String {
    let palette = style.theme.palette();
    let (_, taille) = plan(style.direction);
    let mut corps = String::new();
    texte(&mut corps, (MARGE, MARGE + 18), 17, "bold", palette.texte, "6 mois après la formation");
    texte(&mut corps, (MARGE, MARGE + TITRE + 24), 15, "normal", palette.texte, message);
    cadre(taille, &palette, "Devenir des élèves 6 mois après la formation", message, &corps)
}

/// An image with nothing on it, which screen readers pass over.
pub(super) fn vide(style: Style) -> String {
    let (_, (largeur, hauteur)) = plan(style.direction);
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

    fn vignette() -> Vignette {
        Vignette {
            sujet: "COUTURE <& ARTS> \"FLOU\" (CAP)".to_owned(),
            millesime: "2030_2031".to_owned(),
            en_emploi: Some(45),
            en_formation: Some(38),
            autres: Some(17),
        }
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
        let description = image.split("<desc id=\"description\">").nth(1).unwrap().split("</desc>").next().unwrap();
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
        let (cote, (large, _)) = plan(Direction::Horizontale);
        let (dessus, (etroit, _)) = plan(Direction::Verticale);
        assert!(cote[0].1 == cote[2].1 && dessus[0].0 == dessus[2].0 && large > etroit);
        let style = Style { direction: Direction::Verticale, theme: Theme::Lba };
        assert!(dessiner(&vignette(), style).contains("#f9f8f6"));
    }

    #[test]
    fn without_data_there_is_a_message_or_nothing_at_all() {
        assert!(sans_donnees("Données non disponibles", Style::default()).contains("Données non disponibles</text>"));
        assert!(!vide(Style::default()).contains("<text"));
    }
}
