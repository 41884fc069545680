//! The report of one file: what it was taken for and why, and what became of each of its lines.
//!
//! Every line read is in exactly one of the counts; [`LineCounts::balance`] is checked before an
//! import is committed, so that nothing is lost silently.

use std::collections::BTreeMap;

use serde::Serialize;

use super::header::{ColumnLabels, Header};
use super::labels::visible;
use super::plausibility::{Acceptances, Findings};
use super::records::Quotes;
use super::rejections::{Rejection, RejectionReason};
use crate::db::ingestion::{Contradiction, ReplacementScope, ServerFindings};

/// How many examples of each finding a report shows.
const EXAMPLES: usize = 10;
/// Longest text of a value in a report, in characters.
const LENGTH: usize = 120;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
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
    /// It would go in; it was read to its end and checked, and nothing changed.
    AImporter,
}

impl FileStatus {
    /// The word in the operator's table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Importe => "imported",
            Self::DejaPresent => "already in",
            Self::Refuse => "refused",
            Self::Ignore => "skipped",
            Self::Injoignable => "not fetched",
            Self::AImporter => "would go in",
        }
    }
}

/// The form of `inserjeunes-mesures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One cohort a line.
    Large,
    /// One measure a line.
    Longue,
}

/// What became of the lines, the header not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineCounts {
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

impl LineCounts {
    /// Lines read that are in no other count; 0 in a true report.
    #[must_use]
    pub fn balance(&self) -> i128 {
        i128::from(self.lues)
            - [self.gardees, self.identiques, self.remplacees, self.repetees, self.ignorees, self.rejetees]
                .map(i128::from)
                .iter()
                .sum::<i128>()
    }
}

/// One finding on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Number of the line in the file, the header being line 1.
    #[serde(rename = "ligne")]
    pub line: u64,
    /// The column as the file calls it, when it is about one.
    #[serde(rename = "colonne")]
    pub column: Option<String>,
    /// The field's text, or the row's key.
    pub valeur: String,
    /// The sentence.
    pub raison: String,
}

/// The lines rejected for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejections {
    /// The code.
    pub motif: RejectionReason,
    /// The sentence.
    pub raison: &'static str,
    /// How many.
    pub nombre: u64,
    /// The first ones.
    pub exemples: Vec<Example>,
}

/// The report of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The path as it was given or found, or the address without its query.
    pub fichier: String,
    /// What became of it.
    #[serde(rename = "etat")]
    pub state: FileStatus,
    /// Why, when it did not go in.
    pub motif: Option<String>,
    /// Identifier of the dataset.
    pub dataset: Option<&'static str>,
    /// Why it was taken for that.
    pub reconnu_par: Option<String>,
    /// The form, for `inserjeunes-mesures`.
    pub forme: Option<Form>,
    /// Encoding of the whole file.
    pub encodage: Option<&'static str>,
    /// Separator.
    pub separateur: Option<char>,
    /// What quotes are in it.
    #[serde(rename = "guillemets")]
    pub quotes: Option<Quotes>,
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
    #[serde(rename = "lignes")]
    pub lines: LineCounts,
    /// Rejected lines, by reason.
    pub rejets: Vec<Rejections>,
    /// In a directory: the first lines that are left out because an earlier one has their
    /// établissement.
    pub repetitions: Vec<Example>,
    /// What was noticed of lines that are kept, by rule.
    #[serde(rename = "constats")]
    pub findings: Findings,
    /// What the operator let in that would have been refused.
    #[serde(rename = "acceptations")]
    pub acceptances: Acceptances,
    /// Millésimes found.
    pub millesimes: Vec<String>,
    /// The scopes that the file now holds.
    #[serde(rename = "portees")]
    pub scopes: Vec<ReplacementScope>,
    /// Rows of older files that it replaced.
    pub lignes_anciennes_remplacees: u64,
    /// How long it took.
    pub secondes: f64,
    /// Lines read per second.
    pub lignes_par_seconde: f64,
}

impl Report {
    /// The report of a file of which nothing is known yet.
    #[must_use]
    pub fn new(fichier: String) -> Self {
        Self {
            fichier,
            state: FileStatus::Refuse,
            motif: None,
            dataset: None,
            reconnu_par: None,
            forme: None,
            encodage: None,
            separateur: None,
            quotes: None,
            sha256: None,
            taille: 0,
            colonnes_ignorees: Vec::new(),
            mesures_ignorees: BTreeMap::new(),
            hors_perimetre: BTreeMap::new(),
            lines: LineCounts::default(),
            rejets: Vec::new(),
            repetitions: Vec::new(),
            findings: Findings::default(),
            acceptances: Acceptances::default(),
            millesimes: Vec::new(),
            scopes: Vec::new(),
            lignes_anciennes_remplacees: 0,
            secondes: 0.0,
            lignes_par_seconde: 0.0,
        }
    }

    /// Records a rejected line.
    pub(super) fn reject(&mut self, line: u64, rejection: &Rejection, header: &Header) {
        let groupe = self.groupe(rejection.motif);
        groupe.nombre += 1;
        if groupe.exemples.len() < EXAMPLES {
            let column = rejection.column.map(|index| header.label(index));
            groupe.exemples.push(example(
                line,
                column,
                &rejection.valeur,
                rejection.motif,
                rejection.precision.as_deref(),
            ));
        }
        self.lines.rejetees += 1;
    }

    /// Records lines that the server rejected.
    pub(super) fn reject_findings(&mut self, motif: RejectionReason, server_findings: &ServerFindings) {
        if server_findings.nombre == 0 {
            return;
        }
        let groupe = self.groupe(motif);
        groupe.nombre += server_findings.nombre;
        for (line, key) in server_findings.exemples.iter().take(EXAMPLES) {
            groupe.exemples.push(example(u64::try_from(*line).unwrap_or(0), None, key, motif, None));
        }
        self.lines.rejetees += server_findings.nombre;
    }

    /// Records lines that contradict each other: both of each pair, and the columns that differ.
    pub(super) fn reject_contradictions(
        &mut self,
        all: &ServerFindings,
        pairs: &[Contradiction],
        labels: &ColumnLabels,
    ) {
        if all.nombre == 0 {
            return;
        }
        let motif = RejectionReason::Conflit;
        let label = |stored: &String| {
            labels.iter().find(|(name, _)| name == stored).map_or_else(|| stored.clone(), |(_, label)| label.clone())
        };
        let groupe = self.groupe(motif);
        groupe.nombre += all.nombre;
        for pair in pairs {
            // That a figure is withheld shows in its own column already.
            let told = pair.columns.iter().filter(|name| pair.columns.len() == 1 || *name != "non_diffusees");
            let columns = told.map(label).collect::<Vec<_>>().join(", ");
            for (line, other) in [(pair.line, pair.other), (pair.other, pair.line)] {
                let precision = format!("la ligne {other} a la même clé et diffère par {columns}");
                let line = u64::try_from(line).unwrap_or(0);
                groupe.exemples.push(example(line, Some(columns.clone()), &pair.key, motif, Some(&precision)));
            }
        }
        groupe.exemples.sort_by_key(|example| example.line);
        groupe.exemples.truncate(EXAMPLES);
        self.lines.rejetees += all.nombre;
    }

    /// Records lines of a directory that are left out for an earlier one of the same key.
    pub(super) fn drop_repetitions(&mut self, server_findings: &ServerFindings) {
        self.lines.repetees = server_findings.nombre;
        self.repetitions = server_findings
            .exemples
            .iter()
            .take(EXAMPLES)
            .map(|(line, key)| Example {
                line: u64::try_from(*line).unwrap_or(0),
                column: None,
                valeur: key.chars().take(LENGTH).collect(),
                raison:
                    "Une autre ligne décrit cet établissement, la première ouverte ou la première ; elle est retenue."
                        .to_owned(),
            })
            .collect();
    }

    fn groupe(&mut self, motif: RejectionReason) -> &mut Rejections {
        let at = self.rejets.iter().position(|groupe| groupe.motif == motif).unwrap_or_else(|| {
            self.rejets.push(Rejections { motif, raison: motif.sentence(), nombre: 0, exemples: Vec::new() });
            self.rejets.len() - 1
        });
        // `at` was found or just pushed.
        #[expect(clippy::indexing_slicing, reason = "found or pushed on the line above")]
        &mut self.rejets[at]
    }
}

fn example(
    line: u64,
    column: Option<String>,
    valeur: &str,
    motif: RejectionReason,
    precision: Option<&str>,
) -> Example {
    let raison = match precision {
        None => motif.sentence().to_owned(),
        Some(precision) => format!("{} ({precision})", motif.sentence().trim_end_matches('.')),
    };
    Example { line, column, valeur: visible(valeur).chars().take(LENGTH).collect(), raison }
}
