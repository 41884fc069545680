//! Where a statistic was measured; it decides the maille.

use super::{CodeRegion, Maille, Uai};

/// The place of a statistic: the country, a région or an établissement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lieu {
    /// The whole country, stored as the empty text.
    France,
    /// A région, by INSEE code.
    Region(CodeRegion),
    /// An établissement, by UAI.
    Etablissement(Uai),
}

impl Lieu {
    /// The level that this kind of place belongs to.
    #[must_use]
    pub fn maille(self) -> Maille {
        match self {
            Self::France => Maille::Nationale,
            Self::Region(_) => Maille::Regionale,
            Self::Etablissement(_) => Maille::Etablissement,
        }
    }

    /// The text under which it is stored: empty, 2 characters or 8.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::France => "",
            Self::Region(region) => region.as_str(),
            Self::Etablissement(uai) => uai.as_str(),
        }
    }

    /// Takes a place as the database holds it.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        match text.len() {
            0 => Some(Self::France),
            2 => CodeRegion::from_stored(text).map(Self::Region),
            _ => Uai::from_stored(text).map(Self::Etablissement),
        }
    }
}
