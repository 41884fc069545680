//! What public bug reports taught: files that look well and say something else. Each test is a
//! kind of fault, in several datasets and places; what is wrong is refused or reported, and what
//! goes in is what the undamaged file says.

mod compressed;
mod conflicts;
mod damage;
mod names;
mod numbers;
mod quotes;
mod shape;
mod texts;

use exposition::ingestion::Report;
use exposition::ingestion::plausibility::Rule;

use super::{World, uai};

/// A header of CFAs as a whole.
pub(super) const CFA: &str = "Année;UAI;Libellé;Région;Taux emploi 6 mois;Taux emploi 6 mois attendu";
/// Its file.
pub(super) const CFA_FILE: &str = "fr-en-inserjeunes-cfa.csv";
/// A header of CFDs.
pub(super) const CFD: &str =
    "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;COMMENTAIRE";
/// Its file.
pub(super) const CFD_FILE: &str = "v_formation_diplome.csv";

/// So many rows under [`CFA`], with rates from 40 on.
pub(super) fn cfas(rows: u32) -> Vec<String> {
    (0..rows)
        .map(|n| format!("cumul 2022-2023;{};CFA {n};ILE-DE-FRANCE;{};{}", uai(750_100 + n), 40 + n % 50, 38 + n % 50))
        .collect()
}

/// A file of a header and rows.
pub(super) fn file(header: &str, rows: &[impl AsRef<str>]) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text += row.as_ref();
        text.push('\n');
    }
    text
}

impl World {
    /// The names and rates of the établissements.
    pub(super) async fn wholes(&self) -> Vec<String> {
        self.rows("SELECT uai, libelle, taux_emploi_6_mois FROM mesures_etablissement ORDER BY uai").await
    }

    /// Code and label of the CFDs.
    pub(super) async fn cfds(&self) -> Vec<String> {
        self.rows("SELECT formation_diplome, libelle_long_200 FROM formations_diplome ORDER BY 1").await
    }
}

/// How often a rule found something.
pub(super) fn found(report: &Report, rule: Rule) -> u64 {
    report.findings.of(rule)
}
