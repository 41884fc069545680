//! The catalogue: every indicator and every measure, described once.
//!
//! What is said of an indicator anywhere follows from its entry in [`indicators`]: the columns that
//! are selected and copied, the check before the switch, `/indicateurs` and its texts, what lists
//! filter and sort by, the columns of CSV files, the names on the legacy API. The figures of an
//! établissement as a whole are in [`wholes`], what the sources measure in [`measures`].
//!
//! ## To add an indicator
//!
//! Say `part_en_emploi_30_mois`:
//!
//! 1. `domain/catalogue/indicators.rs`: one entry at the *end* of the list (two bits of reason per
//!    indicator are stored in its order), with the texts that `/indicateurs` shows. If it is one of
//!    a family by horizon, its array (`PART_EN_EMPLOI`) and `HORIZONS` grow with it.
//! 2. `migrations/000N_….sql`: `ALTER TABLE statistiques ADD COLUMN part_en_emploi_30_mois integer;`
//!    A test holds the columns of a migrated database against the catalogue.
//! 3. `indicators/figures.rs`: where the figure comes from. It passes through `verdict`, which hides
//!    it by the denominator of its entry; the property tests there run over every indicator.
//! 4. `http/v1/statistique/figures.rs`: its place in the nested JSON of an answer.
//!
//! A new measure of the sources, if it needs one, is an entry of `measures.rs`, a column of
//! `mesures` in the same migration and, in `ingestion/sources/`, the spellings of its column. Then
//! `.ci/sqlx` and `cargo run -- openapi` write anew what is generated from all this.

pub mod indicators;
pub mod measures;
pub mod wholes;

use super::{Filiere, Maille, SEUIL};

/// What a figure counts, which decides what values are possible and how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of persons, 0 or more.
    Personnes,
    /// A whole percent, 0 to 100.
    Pourcent,
    /// A difference of percents, −100 to 100.
    Points,
    /// Whole euros a month.
    Euros,
}

impl Unit {
    /// The word of the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personnes => "personnes",
            Self::Pourcent => "pourcentage",
            Self::Points => "points",
            Self::Euros => "euros_par_mois",
        }
    }
}

/// Whose number a figure is counted over: where they are fewer than [`SEUIL`], it is hidden
/// (DATA.md §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// E, the pupils of the final year; where their number is unknown, S.
    FinalYear,
    /// S, those of them who left. Hidden with the final year as well.
    Leavers,
    /// The contracts of apprenticeship, whose number nobody gives: hidden with the final year.
    Contracts,
}

impl Denominator {
    /// How it is called where percentages are explained.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FinalYear => "inscrits en année terminale",
            Self::Leavers => "sortants",
            Self::Contracts => "contrats d'apprentissage",
        }
    }
}

/// One indicator, in words and in facts.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The name to show, in French.
    pub nom: &'static str,
    /// What it says, in one or two French sentences.
    pub text: &'static str,
    /// How it is obtained.
    pub formule: &'static str,
    /// What it counts.
    pub unite: Unit,
    /// Months after leaving, for what is measured then.
    pub horizon: Option<u8>,
    /// Whose number decides whether it may be shown; `None` where none does.
    pub denominator: Option<Denominator>,
    /// Levels that have it.
    pub mailles: &'static [Maille],
    /// Filières that have it.
    pub filieres: &'static [Filiere],
    /// What must be known before comparing; `{seuil}` stands for [`SEUIL`].
    precautions: &'static [&'static str],
    /// Its key on the legacy API, if it has one.
    pub legacy: Option<&'static str>,
}

impl Definition {
    /// Of whom it is a percentage; `None` for a number, an amount or a difference.
    #[must_use]
    pub fn percentage_of(&self) -> Option<&'static str> {
        self.denominator.filter(|_| self.unite == Unit::Pourcent).map(Denominator::name)
    }

    /// What must be known before comparing.
    pub fn precautions(&self) -> impl Iterator<Item = String> {
        self.precautions.iter().map(|text| text.replace("{seuil}", &SEUIL.to_string()))
    }

    /// Whether it is published a year or more after the first figures of its millésime.
    #[must_use]
    pub const fn is_late(&self) -> bool {
        matches!(self.horizon, Some(13..))
    }
}

/// Every indicator by its name: those of a cohort in the order of the answers, then those of an
/// établissement as a whole that no cohort has.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Definition)> {
    let cohorts = super::Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), indicateur.definition()));
    let wholes = super::MesureEtablissement::ALL.iter().filter(|mesure| mesure.indicateur().is_none());
    cohorts.chain(wholes.map(|mesure| (mesure.as_str(), mesure.definition())))
}

/// A closed list of columns, each with its definition: as [`closed_list`](super::filiere), and a
/// macro that hands the names of the columns to another one as literals, for statements that are
/// checked when the program is compiled.
///
/// `$d` is the token `$`, which the macro that is made needs for itself.
macro_rules! columns {
    (($d:tt) $with:ident: $(#[$doc:meta])* $name:ident -> $definition:ty {
        $($(#[$member_doc:meta])* $member:ident = $column:tt: $described:expr,)+
    }) => {
        crate::domain::filiere::closed_list! {
            $(#[$doc])*
            $name { $($(#[$member_doc])* $member = $column,)+ }
        }

        impl $name {
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            const fn described(self) -> &'static $definition {
                match self { $(Self::$member => const { &$described },)+ }
            }
        }

        /// Expands to `$then! { [columns] … }`.
        macro_rules! $with {
            ($d then:ident $d($d rest:tt)*) => { $d then! { [$($column)+] $d($d rest)* } };
        }
        pub(crate) use $with;
    };
}
use columns;

#[cfg(test)]
mod tests;
