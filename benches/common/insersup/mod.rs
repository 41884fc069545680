//! Invented files of `fr-esr-insersup`, of any size and with the shape of the real one.
//!
//! The cube is built as its producer builds it: for each diploma and promotion a margin for the
//! country, one for its universities, some for régions and académies, a row per établissement;
//! and for each of these the whole, its halves by gender, nationality, obtention and régime, and
//! some crossings. Numbers of a half never exceed those of the whole. Small cohorts are withheld
//! (`nd`), pooled promotions flagged (`*`), small ones that could not be pooled too (`**`), and
//! what has not elapsed is blank. The number of rows of each kind is returned, so that a test
//! knows what an import must find without asking it.
//!
//! The same seed gives the same file. Nothing in it is real but the names of the régions: the
//! check letters of the UAIs are right, the établissements behind them do not exist.

#![expect(clippy::indexing_slicing, reason = "tables of constants, indexed within their own lengths")]

mod chiffres;
mod columns;

use std::io::{self, Write};

use exposition::domain::{CodeRegion, Uai};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use self::chiffres::Cohorte;
use self::columns::{Field, columns};

/// Rows of the real file.
pub(crate) const REAL_ROWS: usize = 1_036_781;

/// Which columns count leavers and those who go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// One of each a row, until `2025_S2`.
    Unique,
    /// One of each per horizon, from `2026_S1`.
    ByHorizon,
}

/// A file to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceFile {
    pub(crate) generation: Generation,
    pub(crate) lines: usize,
    pub(crate) seed: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) lines: usize,
    /// Of a diploma, at a place that the service has.
    pub(crate) gardees: usize,
    /// Of these, neither by gender nor by anything else.
    pub(crate) wholes: usize,
    /// Of the kept ones: of the country, of its universities alone, of a région.
    pub(crate) nationales: usize,
    pub(crate) universites: usize,
    pub(crate) regionales: usize,
    /// Not for the service.
    pub(crate) other_sources: usize,
    pub(crate) other_diplomes: usize,
    pub(crate) academies: usize,
}

/// Promotions, the last one too young for the late horizons.
const PROMOS: [&str; 7] = ["2020", "2021", "2022", "2023", "2020,2021", "2021,2022", "2022,2023"];
/// Établissements that teach a diploma, of so many.
const TEACHING: usize = 6;
const UNIVERSITES: usize = 150;

/// Where a row is.
#[derive(Debug, Clone, Copy)]
enum Place {
    France,
    Universites,
    Region(usize),
    Academie(usize),
    Universite(usize),
}

/// Gender, nationality, obtention, régime.
type Cell = [usize; 4];

/// The values of each, «ensemble» first.
const VALEURS: [[&str; 3]; 4] = [
    ["ensemble", "femme", "homme"],
    ["ensemble", "français", "étranger"],
    ["ensemble", "diplômé", "non diplômé"],
    ["ensemble", "formation initiale", "apprentissage"],
];

/// The whole, its halves, and gender crossed with obtention.
const CELLS: [Cell; 13] = [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [2, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 2, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 2, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 2],
    [1, 0, 1, 0],
    [1, 0, 2, 0],
    [2, 0, 1, 0],
    [2, 0, 2, 0],
];

/// A group of rows: one diploma, promotion and place.
#[derive(Debug, Clone, Copy)]
struct Groupe {
    diplome: usize,
    promo: &'static str,
    place: Place,
    /// `insersup`, or another.
    source: &'static str,
    /// Whether all diplomas of a kind are taken together.
    agrege: bool,
}

impl SourceFile {
    /// Writes it.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<Summary> {
        let columns = columns(self.generation);
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "\u{feff}{}", names.join(";"))?;
        let mut rng = StdRng::seed_from_u64(self.seed);
        let (mut summary, mut line) = (Summary::default(), Vec::new());
        for groupe in (0..).flat_map(groupes) {
            let cohorte = Cohorte::invent(&mut rng, groupe.promo);
            for cell in CELLS {
                if summary.lines == self.lines {
                    return Ok(summary);
                }
                line.clear();
                let part = cohorte.part(cell);
                for (_, field) in &columns {
                    self.field(&mut line, *field, &groupe, cell, &part)?;
                    line.push(b';');
                }
                line.pop();
                line.push(b'\n');
                out.write_all(&line)?;
                summary.count(&groupe, cell);
            }
        }
        Ok(summary)
    }

    fn field(&self, out: &mut Vec<u8>, field: Field, groupe: &Groupe, cell: Cell, part: &Cohorte) -> io::Result<()> {
        match field {
            Field::ReleaseDate => out.write_all(match self.generation {
                Generation::Unique => b"2025_S2",
                Generation::ByHorizon => b"2026_S1",
            }),
            Field::Ventilation(rang) => out.write_all(VALEURS[rang][cell[rang]].as_bytes()),
            Field::Text(text) => groupe.text(out, text),
            Field::Chiffre(chiffre) => part.write(out, chiffre),
        }
    }
}

impl Summary {
    fn count(&mut self, groupe: &Groupe, cell: Cell) {
        self.lines += 1;
        let out_of_scope = match (groupe.source, groupe.agrege, groupe.place) {
            ("insersup", false, Place::Academie(_)) => Some(&mut self.academies),
            ("insersup", false, _) => None,
            ("insersup", true, _) => Some(&mut self.other_diplomes),
            _ => Some(&mut self.other_sources),
        };
        if let Some(count) = out_of_scope {
            *count += 1;
            return;
        }
        self.gardees += 1;
        self.wholes += usize::from(cell == [0; 4]);
        match groupe.place {
            Place::France => self.nationales += 1,
            Place::Universites => self.universites += 1,
            Place::Region(_) => self.regionales += 1,
            Place::Academie(_) | Place::Universite(_) => {}
        }
    }
}

/// The groups of one diploma.
fn groupes(diplome: usize) -> impl Iterator<Item = Groupe> {
    let whole = PROMOS.into_iter().flat_map(move |promo| {
        places(diplome)
            .filter(move |place| !(promo.contains(',') && matches!(place, Place::France | Place::Universites)))
            .map(move |place| Groupe { diplome, promo, place, source: "insersup", agrege: false })
    });
    let margins = PROMOS.into_iter().take(4).flat_map(move |promo| {
        [("insersup", true), ("enquete", false)].map(|(source, agrege)| {
            let place = Place::Universites;
            Groupe { diplome, promo, place, source, agrege }
        })
    });
    whole.chain(margins)
}

fn places(diplome: usize) -> impl Iterator<Item = Place> {
    let regions = regions().count();
    let universites = (0..TEACHING).map(move |rang| Place::Universite((diplome * 7 + rang * 13) % UNIVERSITES));
    [Place::France, Place::Universites]
        .into_iter()
        .chain((0..3).map(move |rang| Place::Region((diplome + rang * 5) % regions)))
        .chain((0..2).map(move |rang| Place::Academie((diplome + rang * 7) % regions)))
        .chain(universites)
}

/// The eighteen régions; the first entry of the table gathers what is none.
fn regions() -> impl Iterator<Item = CodeRegion> {
    CodeRegion::all().filter(|region| region.as_str() != "00")
}

/// One of them; the first one, were there fewer.
fn region(number: usize) -> CodeRegion {
    regions().nth(number).or_else(|| regions().next()).unwrap_or_else(|| unreachable!("there are régions"))
}

/// The place of a university, Paris, as that of all the others.
fn uai(number: usize) -> String {
    let digits = u32::try_from(759_000 + number).unwrap_or_default();
    format!("{digits:07}{}", char::from(Uai::letter(digits)))
}
