//! What the report says: its numbers, under the names of its JSON.

use serde::{Deserialize, Serialize};

use super::Prospects;

/// Rows, and how many are covered; by number and by weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Rows.
    pub lignes: u64,
    /// Rows with figures.
    pub lignes_couvertes: u64,
    /// Their weight.
    pub poids: u64,
    /// The weight of those with figures.
    pub poids_couvert: u64,
}

impl Share {
    /// Adds a row.
    pub fn add(&mut self, weight: u64, covered: bool) {
        self.lignes += 1;
        self.poids += weight;
        if covered {
            self.lignes_couvertes += 1;
            self.poids_couvert += weight;
        }
    }

    /// The share of the rows, in tenths of a percent; `None` without rows.
    #[must_use]
    pub fn of_rows(&self) -> Option<u64> {
        per_thousand(self.lignes_couvertes, self.lignes)
    }

    /// The share of the weight; the same.
    #[must_use]
    pub fn of_weight(&self) -> Option<u64> {
        per_thousand(self.poids_couvert, self.poids)
    }
}

/// A share in tenths of a percent, halves up.
#[must_use]
pub fn per_thousand(part: u64, whole: u64) -> Option<u64> {
    (whole > 0).then(|| (2000 * part + whole) / (2 * whole))
}

/// A share under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelled {
    /// What it is the share of.
    pub nom: String,
    /// The rest of the name, where it has two parts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub voie: String,
    /// The share.
    #[serde(flatten)]
    pub part: Share,
}

/// One step of the waterfall: what it covers that those before it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Which one.
    pub etape: String,
    /// Rows that it covers.
    pub lignes: u64,
    /// Their weight.
    pub poids: u64,
    /// Rows covered so far.
    pub cumul_lignes: u64,
    /// Their weight.
    pub cumul_poids: u64,
}

/// A reason, and who repairs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Motif {
    /// The status.
    pub statut: String,
    /// Who repairs it.
    pub chez: String,
    /// Rows.
    pub lignes: u64,
    /// Their weight.
    pub poids: u64,
    /// What to do.
    pub action: String,
}

/// A heavy row without figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heavy {
    /// Its identifier.
    pub id: String,
    /// Its label.
    pub libelle: String,
    /// Its weight.
    pub poids: u64,
    /// Its status.
    pub statut: String,
    /// Who repairs it.
    pub chez: String,
    /// What is to be told of it.
    pub avis: String,
    /// What to do.
    pub action: String,
}

/// A correction that can go, or should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Corrected {
    /// The row.
    pub id: String,
    /// The code that it was given.
    pub code: String,
    /// Why.
    pub motif: String,
    /// Whether the rules give the same without it.
    pub inutile: bool,
    /// Whether its code is closed.
    pub code_ferme: bool,
}

/// What became of a row, for the next report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowOutcome {
    /// The row.
    pub id: String,
    /// Its status.
    pub statut: String,
    /// Whether it asks the same as another one.
    pub empreinte: u64,
}

/// The whole report, without who asked and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// 1: the headline.
    pub ensemble: Share,
    /// 2: codes as given, treatments of the publication, matching rule by rule.
    pub cascade: Vec<Stage>,
    /// 3: by perimeter.
    pub perimetres: Vec<Labelled>,
    /// 4: by kind of diploma and voie.
    pub types_diplome: Vec<Labelled>,
    /// 5: by role of the UAI that has the figures.
    pub roles: Vec<Labelled>,
    /// 6: why not, and who repairs.
    pub motifs: Vec<Motif>,
    /// Of `plusieurs`: rows of a common year.
    pub annees_communes: u64,
    /// Rows without figures that have those of the région, and of the country.
    pub repli_regional: u64,
    /// The same of the country.
    pub repli_national: u64,
    /// 7: the heaviest rows without figures.
    pub lourdes: Vec<Heavy>,
    /// 8: corrections that became useless or whose code is closed.
    pub corrections: Vec<Corrected>,
    /// How many corrections were used.
    pub corrections_utilisees: u64,
    /// 11: what pupils wish for.
    pub perspectives: Prospects,
    /// Every row, for the next report.
    pub lignes: Vec<RowOutcome>,
    /// The datasets of the figures and links, with their licences.
    pub sources: Vec<String>,
}
