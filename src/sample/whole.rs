//! The files of the établissements as a whole, all certifications together, with their added
//! value: `fr-en-inserjeunes-cfa` and `fr-en-inserjeunes-lycee_pro`.
//!
//! The second has three overlapping populations and writes `nd` for what it withholds; the first
//! writes percents as `21.0` and leaves blanks.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::cohortes::{Cohorte, Formation};
use super::etablissements::{Etablissement, Type};
use super::mesures::{outcome, part, pooled, years};
use super::random::Random;
use super::table::{Dialect, text};
use crate::domain::{Filiere, Millesime};

const CFA: &str = "\
    Année;UAI;Libellé;Région;DEVENIR Part poursuite études;DEVENIR Part en emploi 6 mois;\
    DEVENIR Part autre situation 6 mois;Part contrats apprentissage interrompus;Taux poursuite études;\
    Taux emploi 6 mois;Taux emploi 6 mois attendu;VA emploi 6 mois;Taux emploi 12 mois;Taux emploi 18 mois;\
    Taux emploi 24 mois;num_ligne";
const LYCEE: &str = "\
    Année;UAI;Libellé;Région;Dont apprentis en EPLE;DEVENIR Part poursuite études;DEVENIR Part en emploi 6 mois;\
    DEVENIR Part autre situation 6 mois;Taux poursuite études;Taux emploi 6 mois;Taux emploi 6 mois attendu;\
    VA emploi 6 mois;Taux emploi 12 mois;Taux emploi 18 mois;Taux emploi 24 mois";

/// The file of the CFA.
pub(super) fn cfa(etablissements: &[Etablissement], formations: &[Formation<'_>]) -> String {
    let cfa: Vec<&Etablissement> = etablissements.iter().filter(|e| e.kind == Type::Cfa).collect();
    let lines = cfa.iter().flat_map(|etablissement| pooled().map(|millesime| (*etablissement, millesime)));
    let rows: Vec<WholeRow<'_>> = lines
        .enumerate()
        .map(|(index, (etablissement, millesime))| line(etablissement, millesime, "", index + 1, formations))
        .collect();
    text(Dialect::WindowsBom, CFA, &rows, |row, column| match row.value(column) {
        ColumnKind::Text(text) => text,
        ColumnKind::Number(number) => number.map(|number| format!("{number}.0")).unwrap_or_default(),
    })
}

/// The file of the lycées. The real one leaves the agricultural ones to their ministry; they are
/// in this one so that every établissement of the sample has a name.
pub(super) fn lycees(etablissements: &[Etablissement], formations: &[Formation<'_>]) -> String {
    let mut rows = Vec::new();
    for etablissement in etablissements.iter().filter(|e| e.kind != Type::Cfa) {
        for millesime in pooled() {
            for population in ["ensemble", "dont apprentis", "dont élèves en voie pro sco"] {
                rows.push(line(etablissement, millesime, population, rows.len() + 1, formations));
            }
        }
    }
    text(Dialect::UnixBom, LYCEE, &rows, |row, column| match row.value(column) {
        ColumnKind::Text(text) => text,
        ColumnKind::Number(number) => number.map_or_else(|| "nd".to_owned(), |number| number.to_string()),
    })
}

struct WholeRow<'a> {
    etablissement: &'a Etablissement,
    millesime: Millesime,
    population: &'static str,
    number: usize,
    cohorte: Cohorte,
}

/// What a column holds; the two files write numbers and their absence differently.
enum ColumnKind {
    Text(String),
    Number(Option<i32>),
}

fn line<'a>(
    etablissement: &'a Etablissement,
    millesime: Millesime,
    population: &'static str,
    number: usize,
    formations: &[Formation<'_>],
) -> WholeRow<'a> {
    let wanted = |filiere: Filiere| match population {
        "dont apprentis" => filiere == Filiere::Apprentissage,
        "dont élèves en voie pro sco" => filiere != Filiere::Apprentissage,
        _ => true,
    };
    let here = formations.iter().filter(|f| f.etablissement.uai == etablissement.uai && wanted(f.filiere));
    let cohortes = here.filter_map(|formation| formation.cohorte(&years(millesime)));
    let cohorte = cohortes.fold(Cohorte::default(), Cohorte::plus);
    WholeRow { etablissement, millesime, population, number, cohorte }
}

impl WholeRow<'_> {
    fn value(&self, column: &str) -> ColumnKind {
        let text = match column {
            "Année" => format!("cumul {}", self.millesime.to_string().replace('_', "-")),
            "UAI" => self.etablissement.uai.clone(),
            "Libellé" => self.etablissement.nom.clone(),
            "Région" => capitals(self.etablissement.region.region().nom),
            "Dont apprentis en EPLE" => self.population.to_owned(),
            "num_ligne" => format!("{}.0", self.number),
            figure => return ColumnKind::Number(self.figure(figure)),
        };
        ColumnKind::Text(text)
    }

    fn figure(&self, column: &str) -> Option<i32> {
        let Cohorte { e, p, j: [six, twelve, eighteen, twenty_four] } = self.cohorte;
        let s = self.cohorte.s();
        let elapsed = self.millesime.end() < 2023;
        match column {
            "DEVENIR Part poursuite études" => outcome(self.cohorte, "DEVENIR_part_poursuite_etudes"),
            "DEVENIR Part en emploi 6 mois" => outcome(self.cohorte, "DEVENIR_part_en_emploi_6_mois"),
            "DEVENIR Part autre situation 6 mois" => outcome(self.cohorte, "DEVENIR_part_autre_situation_6_mois"),
            "Part contrats apprentissage interrompus" => part(e, e).map(|_| self.random("rupture").between(8, 27)),
            "Taux poursuite études" => part(p, e),
            "Taux emploi 6 mois" => part(six, s),
            "Taux emploi 6 mois attendu" => self.expected(),
            "VA emploi 6 mois" => Some(part(six, s)? - self.expected()?),
            "Taux emploi 12 mois" => part(twelve, s),
            "Taux emploi 18 mois" => part(eighteen, s).filter(|_| elapsed),
            "Taux emploi 24 mois" => part(twenty_four, s).filter(|_| elapsed),
            _ => None,
        }
    }

    /// What is expected of comparable établissements: a few points from what is observed.
    fn expected(&self) -> Option<i32> {
        let [six, ..] = self.cohorte.j;
        let observed = part(six, self.cohorte.s())?;
        Some((observed + self.random("attendu").between(-7, 7)).clamp(0, 100))
    }

    fn random(&self, what: &str) -> Random {
        Random::named(&[what, &self.etablissement.uai, &self.millesime.to_string(), self.population])
    }
}

/// Upper case without accents, as the files write régions (`ILE-DE-FRANCE`).
fn capitals(name: &str) -> String {
    name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_uppercase).collect()
}
