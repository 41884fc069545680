//! What an operator may let in although a rule speaks against it, by name; nothing else can be
//! accepted. What was accepted is part of the provenance.

use std::fmt;

use super::filiere::closed_list;
use super::{Filiere, Indicateur, Invalid, Maille, MesureEtablissement, Population};

closed_list! {
    /// What may be accepted of a file.
    Acceptance {
        /// Figures that contradict each other on more rows than chance explains.
        Contradictions = "contradictions",
        /// Texts with characters that were lost before the file came here.
        Text = "texte",
        /// A measure that the file replaced, or the year before, has and this one lacks.
        LostColumn = "colonne_disparue",
    }
}

/// A part of a publication that may shrink too much: one figure, of one kind of place and course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slice {
    /// Of certifications.
    Certifications(Maille, Filiere, Indicateur),
    /// Of établissements as a whole.
    Wholes(Filiere, Population, MesureEtablissement),
}

/// What stands in the place of the maille in the name of a slice of établissements as a whole.
const WHOLES: &str = "ensemble_etablissement";

impl Slice {
    /// Reads `regionale/pro/taux_emploi_6_mois`, or
    /// `ensemble_etablissement/pro/dont_apprentis/taux_emploi_6_mois`.
    ///
    /// # Errors
    /// No such slice; the message shows both forms and what is allowed where the text went wrong.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match *text.split('/').collect::<Vec<_>>().as_slice() {
            [WHOLES, filiere, population, figure] => Ok(Self::Wholes(
                Filiere::parse(filiere)?,
                Population::parse(population)?,
                MesureEtablissement::parse(figure)?,
            )),
            [maille, filiere, figure] => {
                Ok(Self::Certifications(Maille::parse(maille)?, Filiere::parse(filiere)?, Indicateur::parse(figure)?))
            }
            _ => Err(Invalid(format!(
                "attendu : maille/filière/indicateur, par exemple regionale/pro/taux_emploi_6_mois, ou \
                 {WHOLES}/filière/population/indicateur"
            ))),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certifications(maille, filiere, figure) => write!(f, "{maille}/{filiere}/{figure}"),
            Self::Wholes(filiere, population, figure) => write!(f, "{WHOLES}/{filiere}/{population}/{figure}"),
        }
    }
}

/// How the acceptance of a loss begins on the command line and in the provenance.
pub const LOSS: &str = "perte:";

/// Reads `perte:` and a slice, which is all that a publication lets an operator accept.
///
/// # Errors
/// Another word, or no slice; the message says what is expected.
pub fn parse_loss(text: &str) -> Result<Slice, Invalid> {
    let slice = text.strip_prefix(LOSS).ok_or_else(|| {
        Invalid(format!("attendu : {LOSS} et une tranche, par exemple {LOSS}regionale/pro/taux_emploi_6_mois"))
    })?;
    Slice::parse(slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_is_read_as_it_is_written() {
        let wholes = Population::ALL.iter().flat_map(|population| {
            MesureEtablissement::ALL.iter().map(|figure| Slice::Wholes(Filiere::Pro, *population, *figure))
        });
        let cells = Maille::ALL.iter().flat_map(|maille| {
            Indicateur::ALL.iter().map(|figure| Slice::Certifications(*maille, Filiere::Apprentissage, *figure))
        });
        for slice in wholes.chain(cells) {
            assert_eq!(Slice::parse(&slice.to_string()), Ok(slice));
            assert_eq!(parse_loss(&format!("perte:{slice}")), Ok(slice));
        }
    }

    #[test]
    fn what_is_no_slice_says_what_is_expected() {
        for (text, said) in [
            ("contradictions", "perte:"),
            ("perte:", "maille/filière/indicateur"),
            ("perte:regionale/pro", "maille/filière/indicateur"),
            ("perte:regional/pro/taux_emploi_6_mois", "regionale"),
            ("perte:regionale/lycee/taux_emploi_6_mois", "agricole"),
            ("perte:regionale/pro/taux", "taux_emploi_12_mois"),
            ("perte:ensemble_etablissement/pro/tous/taux_emploi_6_mois", "dont_apprentis"),
        ] {
            let message = parse_loss(text).unwrap_err().to_string();
            assert!(message.contains(said), "{text}: {message}");
        }
    }
}
