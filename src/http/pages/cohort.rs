//! One cohort on a page: the picture of a hundred, its words, its tables. Every page that shows
//! figures of a course shows them through this.

use crate::domain::catalogue::indicators::HORIZONS;
use crate::domain::{Figures, Indicateur, Statistique, Unit, Valeur, lecture};
use crate::http::drawing::dots::{self, Place};
use crate::http::drawing::ink::Ink;
use crate::http::drawing::outcome::{Outcome, SITUATIONS, short, situation};
use crate::http::drawing::svg::escape;
use crate::http::pages::words;

/// The classes of the three groups in the style sheet.
const GROUPS: [Ink; 3] = [Ink::Class("g1"), Ink::Class("g2"), Ink::Class("g3")];

/// A figure in a table, or why there is none.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// The indicator, whose definition its name leads to.
    pub(super) code: &'static str,
    /// What is shown.
    pub(super) text: String,
    /// Whether it is a figure.
    pub(super) known: bool,
}

impl Cell {
    /// That of an indicator.
    pub(super) fn new(figures: &Figures, indicateur: Indicateur) -> Self {
        Self::of(indicateur.as_str(), indicateur.definition().unite, figures.get(indicateur))
    }

    /// That of a value.
    pub(super) fn of(code: &'static str, unite: Unit, valeur: Valeur) -> Self {
        match valeur {
            Valeur::Connue(number) => Self { code, text: shown(number, unite), known: true },
            Valeur::Absente(raison) => Self { code, text: short(raison).to_owned(), known: false },
        }
    }
}

fn shown(number: i32, unite: Unit) -> String {
    match unite {
        Unit::Personnes => number.to_string(),
        Unit::Pourcent => format!("{number}\u{a0}%"),
        Unit::Points => format!("{}{}", if number > 0 { "+" } else { "" }, number),
        Unit::Euros => words::euros(number),
    }
}

/// A line of the legend: the shape, the number, what it means.
#[derive(Debug, Clone)]
pub(super) struct Legend {
    pub(super) mark: String,
    pub(super) number: i32,
    pub(super) text: &'static str,
    pub(super) code: &'static str,
}

/// A figure with its name, in a line of its own.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) cell: Cell,
}

/// What there is of one horizon.
#[derive(Debug, Clone)]
pub(super) struct Horizon {
    pub(super) months: u8,
    pub(super) cells: [Cell; 3],
}

/// One cohort.
#[derive(Debug, Clone)]
pub(super) struct Cohort {
    /// «apprentis en dernière année en 2023».
    pub(super) who: String,
    /// The picture, whole.
    pub(super) picture: String,
    pub(super) legend: Vec<Legend>,
    /// Why there is no picture of all hundred.
    pub(super) why: Option<String>,
    pub(super) chance: Option<String>,
    pub(super) counted: Option<&'static str>,
    pub(super) whose: Option<String>,
    pub(super) sizes: Vec<Named>,
    pub(super) horizons: Vec<Horizon>,
    /// The part of the contracts that were broken, for apprentices.
    pub(super) contracts: Option<Cell>,
    /// Whether little became of most.
    pub(super) poor: bool,
}

impl Cohort {
    /// That of a statistic; `id` is for the picture, one of its own on the page.
    pub(super) fn new(statistique: &Statistique, id: &str) -> Self {
        let figures = &statistique.figures;
        let outcome = Outcome::of_statistique(statistique);
        let who = words::cohort(statistique);
        Self {
            picture: picture(&outcome, &who, id),
            legend: legend(&outcome),
            why: outcome.why(),
            chance: words::chance(statistique),
            counted: words::counted(statistique),
            whose: lecture::whose(statistique),
            sizes: sizes(figures),
            horizons: horizons(figures),
            contracts: figures
                .get(Indicateur::TauxRuptureContrats)
                .known()
                .map(|_| Cell::new(figures, Indicateur::TauxRuptureContrats)),
            poor: statistique.sans_perspectives == Some(true),
            who,
        }
    }
}

/// The hundred dots with their alternative.
fn picture(outcome: &Outcome, who: &str, id: &str) -> String {
    let mut body = String::new();
    dots::draw(&mut body, Place { x: 2, y: 2, cell: 20 }, outcome, GROUPS, "class=\"h\"");
    let alternative = escape(&format!("{} ({who})", outcome.alternative()));
    format!(
        "<svg class=\"points\" viewBox=\"0 0 204 204\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{alternative}\
         </title>{body}</svg>"
    )
}

fn legend(outcome: &Outcome) -> Vec<Legend> {
    let lines = outcome.parts.into_iter().enumerate().zip(GROUPS).zip(SITUATIONS);
    let known = lines.filter_map(|(((index, part), ink), indicateur)| {
        let number = part.known()?;
        let mark = format!("<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\">{}</svg>", dots::mark(index, ink));
        Some(Legend { mark, number, text: situation(index, number > 1), code: indicateur.as_str() })
    });
    known.collect()
}

fn sizes(figures: &Figures) -> Vec<Named> {
    let names = [
        (Indicateur::NbAnneeTerm, "Inscrits en dernière année"),
        (Indicateur::NbPoursuiteEtudes, "Parmi eux, poursuivent leurs études"),
        (Indicateur::NbSortant, "Parmi eux, ont quitté les études"),
    ];
    names.into_iter().map(|(indicateur, name)| Named { name, cell: Cell::new(figures, indicateur) }).collect()
}

fn horizons(figures: &Figures) -> Vec<Horizon> {
    let families =
        Indicateur::PART_EN_EMPLOI.into_iter().zip(Indicateur::PART_AUTRES_SITUATIONS).zip(Indicateur::TAUX_EMPLOI);
    let rows = HORIZONS.into_iter().zip(families);
    rows.map(|(months, ((emploi, others), leavers))| Horizon {
        months,
        cells: [emploi, others, leavers].map(|indicateur| Cell::new(figures, indicateur)),
    })
    .collect()
}

/// A place beside others.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub(super) name: String,
    /// Whether it is the one that the page is about.
    pub(super) here: bool,
    pub(super) cell: Cell,
    /// The bar, which says what the cell says.
    pub(super) picture: String,
}

impl Bar {
    /// A bar; `mark` is where the région stands.
    pub(super) fn new(name: impl Into<String>, cell: Cell, value: Option<i32>, mark: Option<i32>) -> Self {
        let length = value.unwrap_or(0).clamp(0, 100);
        let mark = mark.map_or_else(String::new, |at| format!("<path class=\"rupture\" d=\"M{at} 0V12\"/>"));
        let content = if value.is_some() {
            format!("<rect class=\"g1\" y=\"1\" width=\"{length}\" height=\"10\"/>")
        } else {
            "<path class=\"h\" d=\"M0 12l12-12M20 12l12-12M40 12l12-12M60 12l12-12M80 12l12-12\"/>".to_owned()
        };
        let picture = format!(
            "<svg class=\"barre\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"fond\" \
             y=\"1\" width=\"100\" height=\"10\"/>{content}{mark}</svg>"
        );
        Self { name: name.into(), here: false, cell, picture }
    }

    /// The one that the page is about.
    pub(super) fn here(self) -> Self {
        Self { here: true, ..self }
    }
}
