//! Why a row is rejected: a code for programs and a French sentence for people.

use serde::Serialize;

use crate::domain::Invalid;

/// Why a row is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    /// Not as many fields as the header.
    NombreDeChamps,
    /// A UAI of another shape, or with a wrong check letter.
    UaiInvalide,
    /// A code of another shape.
    CodeInvalide,
    /// No code.
    CodeManquant,
    /// A code of a nomenclature that the filière does not use.
    CodeEtFiliere,
    /// A filière that the dataset does not have.
    FiliereInconnue,
    /// No cohort, or one that cannot be.
    MillesimeInvalide,
    /// A région that does not exist.
    RegionInconnue,
    /// Two codes of two régions.
    RegionsContraires,
    /// A population that is not in the list.
    PopulationInconnue,
    /// No number.
    NombreInvalide,
    /// A number that may be a thousand times what it seems.
    NombreAmbigu,
    /// A number that this measure cannot have.
    ValeurImpossible,
    /// Numbers of persons that contradict each other.
    EffectifsIncoherents,
    /// Quartiles that do not rise.
    QuartilesIncoherents,
    /// Neither true nor false.
    BooleenInvalide,
    /// No latitude or longitude on this earth.
    PositionInvalide,
    /// No day.
    DateInvalide,
    /// Two rows with one key that say different things.
    Conflit,
}

impl RejectionReason {
    /// The sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NombreDeChamps => "La ligne n'a pas autant de champs que l'en-tête.",
            Self::UaiInvalide => "L'UAI n'est pas valide.",
            Self::CodeInvalide => "Le code de certification n'a pas la forme attendue.",
            Self::CodeManquant => "Le code de certification est absent.",
            Self::CodeEtFiliere => "Le code n'est pas de la nomenclature de cette filière.",
            Self::FiliereInconnue => "La filière n'est pas connue de ce jeu de données.",
            Self::MillesimeInvalide => "Le millésime n'est ni une année ni deux années qui se suivent.",
            Self::RegionInconnue => "La région n'existe pas.",
            Self::RegionsContraires => "Le code INSEE et le code académique désignent deux régions différentes.",
            Self::PopulationInconnue => "La population n'est pas dans la liste.",
            Self::NombreInvalide => "La valeur n'est pas un nombre.",
            Self::NombreAmbigu => {
                "Le nombre peut se lire de deux façons : 12,000 est-il douze ou douze mille ? L'écrire 12 ou 12000."
            }
            Self::ValeurImpossible => "La valeur est impossible pour cette mesure.",
            Self::EffectifsIncoherents => "Les effectifs se contredisent.",
            Self::QuartilesIncoherents => "Les quartiles de salaire ne sont pas croissants.",
            Self::BooleenInvalide => "La valeur n'est ni vraie ni fausse.",
            Self::PositionInvalide => "La coordonnée n'est pas un nombre de degrés possible.",
            Self::DateInvalide => "La date n'est pas valide.",
            Self::Conflit => "Deux lignes de même clé disent des choses différentes ; aucune n'est retenue.",
        }
    }
}

/// Why one row is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rejection {
    /// The reason.
    pub(super) motif: RejectionReason,
    /// Position of the column, when it is about one.
    pub(super) column: Option<usize>,
    /// The field's text, or the row's key.
    pub(super) valeur: String,
    /// What was expected, when the reason alone does not say it.
    pub(super) precision: Option<String>,
}

impl Rejection {
    /// About one field.
    #[must_use]
    pub(super) fn field(motif: RejectionReason, column: usize, valeur: &str) -> Self {
        Self { motif, column: Some(column), valeur: valeur.to_owned(), precision: None }
    }

    /// About the row.
    #[must_use]
    pub(super) fn line(motif: RejectionReason, valeur: String) -> Self {
        Self { motif, column: None, valeur, precision: None }
    }

    /// With what was expected.
    #[must_use]
    pub(super) fn expected(mut self, precision: impl Into<String>) -> Self {
        self.precision = Some(precision.into());
        self
    }

    /// With what the domain says of the text.
    #[must_use]
    pub(super) fn car(self, invalid: Invalid) -> Self {
        self.expected(invalid.0)
    }
}
