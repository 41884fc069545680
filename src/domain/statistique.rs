//! What a publication says of one cohort of one certification at one place.

use super::chance::Wilson;
use super::filiere::closed_list;
use super::mesures::LATER;
use super::valeur::{pack_absences, unpack};
use super::{
    CodeCertification, Contexte, Dataset, EmploiScope, Filiere, Indicateur, Invalid, Lieu, Millesime, RaisonAbsence,
    SEUIL, Uai, Valeur,
};
use std::fmt;
use std::sync::Arc;

/// The number under which the database knows a file that went in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub i64);

/// Every indicator of a cohort, each a figure or the reason of its absence.
///
/// What is hidden is not in here at all: the figures of a cell under the threshold are dropped
/// when the publication is computed, so that no later code can disclose them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    valeurs: [Valeur; Indicateur::COUNT],
    later: Option<[[Option<i32>; 2]; LATER]>,
    published_others: Option<i32>,
}

impl Default for Figures {
    fn default() -> Self {
        Self { valeurs: [Valeur::NON_COUVERT; Indicateur::COUNT], later: None, published_others: None }
    }
}

impl Figures {
    /// The value of one indicator.
    #[must_use]
    pub fn get(&self, indicateur: Indicateur) -> Valeur {
        self.valeurs.get(indicateur as usize).copied().unwrap_or(Valeur::NON_COUVERT)
    }

    /// Sets the value of one indicator.
    pub fn set(&mut self, indicateur: Indicateur, valeur: Valeur) {
        if let Some(slot) = self.valeurs.get_mut(indicateur as usize) {
            *slot = valeur;
        }
    }

    /// E and S behind the figures at 12, 18 and 24 months, where a source counts them anew at each
    /// horizon. They are written beside the figures so that the check before the switch can look at
    /// each over its own denominator, and are not served.
    #[must_use]
    pub fn later(&self) -> Option<[[Option<i32>; 2]; LATER]> {
        self.later
    }

    /// Sets what [`Figures::later`] gives.
    pub fn set_later(&mut self, later: Option<[[Option<i32>; 2]; LATER]>) {
        self.later = later;
    }

    /// The other situations at 6 months as the source publishes them, where they are not what the
    /// two other parts leave of 100: the legacy contract shows them as they were recorded.
    #[must_use]
    pub fn published_others(&self) -> Option<i32> {
        self.published_others
    }

    /// Sets what [`Figures::published_others`] gives.
    pub fn set_published_others(&mut self, part: Option<i32>) {
        self.published_others = part;
    }

    /// The indicators without a figure, with the reason of each.
    pub fn absences(&self) -> impl Iterator<Item = (Indicateur, RaisonAbsence)> + '_ {
        Indicateur::ALL.iter().filter_map(|indicateur| Some((*indicateur, self.get(*indicateur).raison()?)))
    }

    /// The reasons packed for storage, in the order of [`Indicateur::ALL`].
    #[must_use]
    pub fn pack_absences(&self) -> i64 {
        pack_absences(&self.valeurs)
    }

    /// Rebuilds figures from their columns and [`Figures::pack_absences`].
    #[must_use]
    pub fn unpack(values: [Option<i32>; Indicateur::COUNT], absences: i64) -> Self {
        let mut figures = Self::default();
        for (index, (indicateur, value)) in Indicateur::ALL.iter().zip(values).enumerate() {
            figures.set(*indicateur, unpack(value, absences, index));
        }
        figures
    }
}

closed_list! {
    /// How an entry came by its figures.
    TypeOrigine {
        /// The source measured this certification.
        Propre = "propre",
        /// Taken over from an older diploma that this one replaced.
        DiplomeAncien = "diplome_ancien",
        /// Taken over from a newer diploma that replaced this one.
        DiplomeNouveau = "diplome_nouveau",
        /// The sum of the visible statistics of the level below.
        Agregee = "agregee",
        /// None of its own: an earlier or common year that points to its terminal years.
        AnneeTerminale = "annee_terminale",
    }
}

closed_list! {
    /// What a UAI is for the pupils of a formation.
    RoleUai {
        /// Where they are taught.
        LieuFormation = "lieu_formation",
        /// Who trains them.
        Formateur = "formateur",
        /// Who manages their training.
        Gestionnaire = "gestionnaire",
        /// Nobody knows.
        Unknown = "inconnu",
    }
}

/// Where a statistic comes from: enough to find the row it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origine {
    /// How it was obtained.
    pub type_origine: TypeOrigine,
    /// Whose figures these are: the true origin, not a step on the way.
    pub code: CodeCertification,
    /// The établissement whose figures these are and its role, when it is another than the
    /// entry's own.
    pub uai: Option<(Uai, RoleUai)>,
    /// The dataset; `None` for an entry without figures.
    pub source: Option<Dataset>,
    /// The file it was read from; `None` for an aggregate, which has many, and for an entry
    /// without figures.
    pub fichier: Option<FileId>,
    /// For an aggregate: how many visible cells were added, and how many cells there were, the
    /// hidden ones included.
    pub cellules: Option<(i32, i32)>,
}

/// The role of the établissement of an entry, and who has the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Its own.
    pub role: RoleUai,
    /// Where its pupils are taught; `None` when nothing is known, empty when nobody is named.
    pub lieux_formation: Option<Vec<Uai>>,
    /// Who trains them; the same.
    pub formateurs: Option<Vec<Uai>>,
    /// Who manages; the same.
    pub gestionnaires: Option<Vec<Uai>>,
}

/// What a publication says of one cohort of one certification at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistique {
    /// The place.
    pub lieu: Lieu,
    /// The certification.
    pub code: CodeCertification,
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
    /// The figures, shared between an entry and its copies.
    pub figures: Arc<Figures>,
    /// The measures that the source has for the cohort, hidden or not: one bit each, in the order
    /// of [`Mesure::ALL`](super::Mesure::ALL).
    pub presentes: i32,
    /// Employment < 30 % and further study < 50 %; `None` when either is unknown. The two
    /// limits are configuration.
    pub sans_perspectives: Option<bool>,
    /// Where it comes from.
    pub origine: Origine,
    /// For an établissement: its role.
    pub roles: Option<Roles>,
    /// For an earlier or common year: the terminal years.
    pub terminales: Vec<CodeCertification>,
    /// What is around.
    pub contexte: Contexte,
}

impl Statistique {
    /// Which employment its figures count.
    #[must_use]
    pub fn champ_emploi(&self) -> EmploiScope {
        EmploiScope::of(self.filiere, self.millesime)
    }

    /// The 95 % interval of each part at 6 months, whole percents, in the order of
    /// [`Statistique::AT_SIX_MONTHS`]; `None` without visible counts.
    #[must_use]
    pub fn intervals(&self) -> [Option<[i32; 2]>; 3] {
        let get = |indicateur| self.figures.get(indicateur).known();
        let size = get(Indicateur::NbAnneeTerm);
        let (emploi, poursuite) = (get(Indicateur::NbEnEmploi6Mois), get(Indicateur::NbPoursuiteEtudes));
        let others = || Some(size? - emploi? - poursuite?);
        [emploi, poursuite, others()].map(|count| Some(Wilson::of(count?, size?)?.percents()))
    }

    /// Whether its cohort is too small for any figure (DATA.md §4).
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        match self.figures.get(Indicateur::NbAnneeTerm).known() {
            Some(size) => size < SEUIL,
            None => self.figures.get(Indicateur::NbSortant) == Valeur::SOUS_SEUIL,
        }
    }

    /// Whether it has no figure beyond the size of its cohort because they are hidden, by us or by the
    /// source.
    #[must_use]
    pub fn shows_nothing(&self) -> bool {
        let shown = |indicateur: &Indicateur| {
            *indicateur != Indicateur::NbAnneeTerm && self.figures.get(*indicateur).known().is_some()
        };
        let withheld = |(_, raison)| matches!(raison, RaisonAbsence::SousSeuil | RaisonAbsence::NonDiffuse);
        self.is_hidden() || (!Indicateur::ALL.iter().any(shown) && self.figures.absences().any(withheld))
    }

    /// How it was obtained, as it is served: a copy from another établissement is one, whatever else it is.
    #[must_use]
    pub fn origin_word(&self) -> &'static str {
        let copied = self.origine.uai.is_some() && self.origine.type_origine != TypeOrigine::AnneeTerminale;
        if copied { "autre_uai" } else { self.origine.type_origine.as_str() }
    }

    /// The établissement that it was measured for and its role; neither for another level.
    #[must_use]
    pub fn measured_for(&self) -> (Option<Uai>, Option<RoleUai>) {
        let own = self.uai().zip(self.roles.as_ref().map(|roles| roles.role));
        let measured = self.origine.uai.or(own);
        (measured.map(|(uai, _)| uai).or_else(|| self.uai()), measured.map(|(_, role)| role))
    }

    /// The parts that have an interval.
    pub const AT_SIX_MONTHS: [Indicateur; 3] =
        [Indicateur::PartEnEmploi6Mois, Indicateur::PartPoursuiteEtudes, Indicateur::PartAutresSituations6Mois];

    /// The établissement, for a statistic of that level.
    #[must_use]
    pub fn uai(&self) -> Option<Uai> {
        match self.lieu {
            Lieu::Etablissement(uai) => Some(uai),
            Lieu::France | Lieu::Region(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn figures_survive_their_storage(cells in proptest::collection::vec((0..5u8, 0..100_000i32), Indicateur::COUNT)) {
            let mut figures = Figures::default();
            for (indicateur, (kind, value)) in Indicateur::ALL.iter().zip(&cells) {
                let valeur = RaisonAbsence::ALL.get(usize::from(*kind)).map_or(Valeur::Connue(*value), |r| Valeur::Absente(*r));
                figures.set(*indicateur, valeur);
            }
            let mut columns = [None; Indicateur::COUNT];
            for (column, indicateur) in columns.iter_mut().zip(Indicateur::ALL) {
                *column = figures.get(*indicateur).known();
            }
            prop_assert_eq!(Figures::unpack(columns, figures.pack_absences()), figures);
        }
    }
}
