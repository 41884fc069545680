//! What a publication will say, before it is known what of it may be shown.
//!
//! An entry does not hold figures, it points to the cohort that was measured. A copy points to
//! the same cohort as its origin, so copying is free, whoever shows figures says whose they are,
//! and the verdict on what may be shown is made once per cohort.

use std::collections::BTreeMap;

use super::agregation::{CellKey, Cohorte, Provenance};
use crate::domain::{CodeCertification, RoleUai, Roles, TypeOrigine};

/// The measured cohort behind an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chiffres {
    /// Number of the cohort.
    pub cohorte: usize,
    /// How the entry came by it.
    pub relation: TypeOrigine,
    /// The role of the cohort's établissement, when it is another than the entry's.
    pub figures_role: Option<RoleUai>,
}

impl Chiffres {
    /// The figures of a cohort, under its own key.
    #[must_use]
    pub fn own(cohorte: usize, provenance: Provenance) -> Self {
        let relation = match provenance {
            Provenance::Propre(_) => TypeOrigine::Propre,
            Provenance::Agregee { .. } => TypeOrigine::Agregee,
        };
        Self { cohorte, relation, figures_role: None }
    }
}

/// One entry, without its key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Whose figures it shows; none for an earlier or common year.
    pub chiffres: Option<Chiffres>,
    /// The terminal years of an earlier or common year, in the order of their codes.
    pub terminales: Vec<CodeCertification>,
    /// For an établissement: the roles.
    pub roles: Option<Roles>,
}

impl Entry {
    /// Adds a terminal year.
    pub fn add_terminale(&mut self, code: CodeCertification) {
        if let Err(at) = self.terminales.binary_search(&code) {
            self.terminales.insert(at, code);
        }
    }

    /// Whether its figures come straight from a source, under its own code and place.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.chiffres.is_some_and(|c| c.relation == TypeOrigine::Propre && c.figures_role.is_none())
    }
}

/// The entries of one place, millésime and filière, by code: the world in which the continuum of
/// statistics, the earlier years and the common years act.
pub type Groupe = BTreeMap<CodeCertification, Entry>;

/// Every entry, by its key.
pub type Entries = Vec<(CellKey, Entry)>;

/// The entries that the sources give: `first` is the number of the first cohort of the group.
#[must_use]
pub fn own(cohortes: &[Cohorte], first: usize) -> Groupe {
    let entry = |(offset, cohorte): (usize, &Cohorte)| {
        let chiffres = Some(Chiffres::own(first + offset, cohorte.provenance));
        (cohorte.key.code, Entry { chiffres, ..Entry::default() })
    };
    cohortes.iter().enumerate().map(entry).collect()
}

/// Whether two cohorts belong to one group.
#[must_use]
pub fn same_group(a: &Cohorte, b: &Cohorte) -> bool {
    (a.key.lieu, a.key.millesime, a.key.filiere) == (b.key.lieu, b.key.millesime, b.key.filiere)
}
