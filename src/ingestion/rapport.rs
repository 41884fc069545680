//! The report of one file: what it was taken for and why, and what became of each of its lines.
//!
//! Every line read is in exactly one of the counts; [`Comptes::solde`] is checked before an
//! import is committed, so that nothing is lost silently.

use std::collections::BTreeMap;

use serde::Serialize;

use super::header::Header;
use super::plausibility::{Acceptances, Findings};
use super::rejets::{MotifRejet, Rejet};
use crate::db::ingestion::{Portee, Trouvailles};

/// How many examples of each finding a report shows.
const EXEMPLES: usize = 10;
/// Longest text of a value in a report, in characters.
const LONGUEUR: usize = 120;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Etat {
    /// Its rows are in.
    Importe,
    /// Its rows were in already: nothing was done.
    DejaPresent,
    /// It was refused whole: nothing changed.
    Refuse,
    /// It stands in a folder and is none of the datasets that are imported.
    Ignore,
    /// It is elsewhere and could not be fetched: nothing changed.
    Injoignable,
}

impl Etat {
    /// The word in the operator's table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Importe => "imported",
            Self::DejaPresent => "already in",
            Self::Refuse => "refused",
            Self::Ignore => "skipped",
            Self::Injoignable => "not fetched",
        }
    }
}

/// The form of `inserjeunes-mesures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forme {
    /// One cohort a line.
    Large,
    /// One measure a line.
    Longue,
}

/// What became of the lines, the header not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Comptes {
    /// Read.
    pub lues: u64,
    /// In the database.
    pub gardees: u64,
    /// Say the same as an earlier line.
    pub identiques: u64,
    /// Replaced by a later line of the same file, where the last one counts.
    pub remplacees: u64,
    /// In a directory: say something else of an établissement that an earlier line has, which
    /// counts.
    pub repetees: u64,
    /// Not for the service: in the long form measures that it does not have, in a cube the
    /// margins that it does not use.
    pub ignorees: u64,
    /// Rejected.
    pub rejetees: u64,
}

impl Comptes {
    /// Lines read that are in no other count; 0 in a true report.
    #[must_use]
    pub fn solde(&self) -> i128 {
        i128::from(self.lues)
            - [self.gardees, self.identiques, self.remplacees, self.repetees, self.ignorees, self.rejetees]
                .map(i128::from)
                .iter()
                .sum::<i128>()
    }
}

/// One finding on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exemple {
    /// Number of the line in the file, the header being line 1.
    pub ligne: u64,
    /// The column as the file calls it, when it is about one.
    pub colonne: Option<String>,
    /// The field's text, or the row's key.
    pub valeur: String,
    /// The sentence.
    pub raison: String,
}

/// The lines rejected for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejets {
    /// The code.
    pub motif: MotifRejet,
    /// The sentence.
    pub raison: &'static str,
    /// How many.
    pub nombre: u64,
    /// The first ones.
    pub exemples: Vec<Exemple>,
}

/// The report of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Rapport {
    /// The path as it was given or found, or the address without its query.
    pub fichier: String,
    /// What became of it.
    pub etat: Etat,
    /// Why, when it did not go in.
    pub motif: Option<String>,
    /// Identifier of the dataset.
    pub dataset: Option<&'static str>,
    /// Why it was taken for that.
    pub reconnu_par: Option<String>,
    /// The form, for `inserjeunes-mesures`.
    pub forme: Option<Forme>,
    /// Encoding of the whole file.
    pub encodage: Option<&'static str>,
    /// Separator.
    pub separateur: Option<char>,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: Option<String>,
    /// Bytes.
    pub taille: u64,
    /// Columns that the dataset does not know.
    pub colonnes_ignorees: Vec<String>,
    /// In the long form: measures that the service does not have, with their lines.
    pub mesures_ignorees: BTreeMap<String, u64>,
    /// Lines of which the service makes no use, by the reason; neither kept nor rejected.
    pub hors_perimetre: BTreeMap<&'static str, u64>,
    /// What became of the lines.
    pub lignes: Comptes,
    /// Rejected lines, by reason.
    pub rejets: Vec<Rejets>,
    /// In a directory: the first lines that are left out because an earlier one has their
    /// établissement.
    pub repetitions: Vec<Exemple>,
    /// What was noticed of lines that are kept, by rule.
    #[serde(rename = "constats")]
    pub findings: Findings,
    /// What the operator let in that would have been refused.
    #[serde(rename = "acceptations")]
    pub acceptances: Acceptances,
    /// Millésimes found.
    pub millesimes: Vec<String>,
    /// The scopes that the file now holds.
    pub portees: Vec<Portee>,
    /// Rows of older files that it replaced.
    pub lignes_anciennes_remplacees: u64,
    /// How long it took.
    pub secondes: f64,
    /// Lines read per second.
    pub lignes_par_seconde: f64,
}

impl Rapport {
    /// The report of a file of which nothing is known yet.
    #[must_use]
    pub fn new(fichier: String) -> Self {
        Self {
            fichier,
            etat: Etat::Refuse,
            motif: None,
            dataset: None,
            reconnu_par: None,
            forme: None,
            encodage: None,
            separateur: None,
            sha256: None,
            taille: 0,
            colonnes_ignorees: Vec::new(),
            mesures_ignorees: BTreeMap::new(),
            hors_perimetre: BTreeMap::new(),
            lignes: Comptes::default(),
            rejets: Vec::new(),
            repetitions: Vec::new(),
            findings: Findings::default(),
            acceptances: Acceptances::default(),
            millesimes: Vec::new(),
            portees: Vec::new(),
            lignes_anciennes_remplacees: 0,
            secondes: 0.0,
            lignes_par_seconde: 0.0,
        }
    }

    /// Records a rejected line.
    pub(super) fn rejeter(&mut self, ligne: u64, rejet: &Rejet, header: &Header) {
        let groupe = self.groupe(rejet.motif);
        groupe.nombre += 1;
        if groupe.exemples.len() < EXEMPLES {
            let colonne = rejet.colonne.map(|index| header.label(index));
            groupe.exemples.push(exemple(ligne, colonne, &rejet.valeur, rejet.motif, rejet.precision.as_deref()));
        }
        self.lignes.rejetees += 1;
    }

    /// Records lines that the server rejected.
    pub(super) fn rejeter_trouvailles(&mut self, motif: MotifRejet, trouvailles: &Trouvailles) {
        if trouvailles.nombre == 0 {
            return;
        }
        let groupe = self.groupe(motif);
        groupe.nombre += trouvailles.nombre;
        for (ligne, cle) in trouvailles.exemples.iter().take(EXEMPLES) {
            groupe.exemples.push(exemple(u64::try_from(*ligne).unwrap_or(0), None, cle, motif, None));
        }
        self.lignes.rejetees += trouvailles.nombre;
    }

    /// Records lines of a directory that are left out for an earlier one of the same key.
    pub(super) fn ecarter_repetitions(&mut self, trouvailles: &Trouvailles) {
        self.lignes.repetees = trouvailles.nombre;
        self.repetitions = trouvailles
            .exemples
            .iter()
            .take(EXEMPLES)
            .map(|(ligne, cle)| Exemple {
                ligne: u64::try_from(*ligne).unwrap_or(0),
                colonne: None,
                valeur: cle.chars().take(LONGUEUR).collect(),
                raison: "Une ligne précédente décrit déjà cet établissement ; elle est retenue.".to_owned(),
            })
            .collect();
    }

    fn groupe(&mut self, motif: MotifRejet) -> &mut Rejets {
        let at = self.rejets.iter().position(|groupe| groupe.motif == motif).unwrap_or_else(|| {
            self.rejets.push(Rejets { motif, raison: motif.phrase(), nombre: 0, exemples: Vec::new() });
            self.rejets.len() - 1
        });
        // `at` was found or just pushed.
        #[expect(clippy::indexing_slicing, reason = "found or pushed on the line above")]
        &mut self.rejets[at]
    }
}

fn exemple(ligne: u64, colonne: Option<String>, valeur: &str, motif: MotifRejet, precision: Option<&str>) -> Exemple {
    let raison = match precision {
        None => motif.phrase().to_owned(),
        Some(precision) => format!("{} ({precision})", motif.phrase().trim_end_matches('.')),
    };
    Exemple { ligne, colonne, valeur: valeur.chars().take(LONGUEUR).collect(), raison }
}
