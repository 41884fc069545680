//! What is measured of an établissement as a whole, all certifications together.
//!
//! The sources give neither E nor S of an établissement: no threshold can be applied here, the
//! producers apply it before they publish.

use std::fmt;

use super::{Definition, Denominator, Unit, columns};
use crate::domain::Filiere::{Agricole, Apprentissage, Pro};
use crate::domain::{Indicateur, Invalid, Maille};

const WHOLE: &str =
    "Toutes les certifications de l'établissement ensemble : ne dit rien d'une formation en particulier.";
const POINTS: &str = "En points de pourcentage ; peut être négatif.";

/// What there is to say of a figure.
enum Whole {
    /// What is said of the same figure of a cohort.
    Shared(Indicateur),
    /// It is a figure of établissements only.
    Own(Definition),
}

use Whole::{Own, Shared};

columns! {
    ($) with_wholes:
    /// What is measured of an établissement as a whole, in percent; the added value in points.
    MesureEtablissement -> Whole {
        /// Part of those who go on studying, of all.
        PartPoursuiteEtudes = "part_poursuite_etudes": Shared(Indicateur::PartPoursuiteEtudes),
        /// Part in employment after 6 months, of all.
        PartEnEmploi6Mois = "part_en_emploi_6_mois": Shared(Indicateur::PartEnEmploi6Mois),
        /// Part of the other situations after 6 months, of all.
        PartAutresSituations6Mois = "part_autres_situations_6_mois": Shared(Indicateur::PartAutresSituations6Mois),
        /// In employment after 6 months, of the leavers.
        TauxEmploi6Mois = "taux_emploi_6_mois": Shared(Indicateur::TauxEmploi6Mois),
        /// The same after 12 months.
        TauxEmploi12Mois = "taux_emploi_12_mois": Shared(Indicateur::TauxEmploi12Mois),
        /// The same after 18 months.
        TauxEmploi18Mois = "taux_emploi_18_mois": Shared(Indicateur::TauxEmploi18Mois),
        /// The same after 24 months.
        TauxEmploi24Mois = "taux_emploi_24_mois": Shared(Indicateur::TauxEmploi24Mois),
        /// What the producer expects of comparable établissements after 6 months.
        TauxEmploi6MoisAttendu = "taux_emploi_6_mois_attendu": Own(Definition {
            nom: "Taux d'emploi attendu 6 mois après la sortie",
            text: "Taux d'emploi que le producteur attend d'un établissement comparable, compte tenu de ses formations, de ses élèves et de l'emploi local.",
            formule: "donné par la source, jamais recalculé",
            unite: Unit::Pourcent,
            horizon: Some(6),
            denominator: Some(Denominator::Leavers),
            mailles: &[Maille::Etablissement],
            filieres: &[Apprentissage, Pro, Agricole],
            precautions: &[WHOLE],
            legacy: None,
        }),
        /// Observed minus expected, as published; may be negative.
        ValeurAjouteeEmploi6Mois = "valeur_ajoutee_emploi_6_mois": Own(Definition {
            nom: "Valeur ajoutée de l'établissement, emploi à 6 mois",
            text: "Écart entre le taux d'emploi constaté et le taux attendu : positif, l'établissement fait mieux que ceux qui lui ressemblent.",
            formule: "taux d'emploi à 6 mois − taux attendu, donné par la source, jamais recalculé",
            unite: Unit::Points,
            horizon: Some(6),
            denominator: None,
            mailles: &[Maille::Etablissement],
            filieres: &[Apprentissage, Pro, Agricole],
            precautions: &[WHOLE, POINTS],
            legacy: None,
        }),
        /// Broken apprenticeship contracts.
        TauxRuptureContrats = "taux_rupture_contrats": Shared(Indicateur::TauxRuptureContrats),
    }
}

impl MesureEtablissement {
    /// The indicator of a cohort that says the same; `None` for what is measured of établissements
    /// only.
    #[must_use]
    pub const fn indicateur(self) -> Option<Indicateur> {
        match self.described() {
            Shared(indicateur) => Some(*indicateur),
            Own(_) => None,
        }
    }

    /// Everything that is said of it.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        match self.described() {
            Shared(indicateur) => indicateur.definition(),
            Own(definition) => definition,
        }
    }

    /// The months after leaving at which it counts, of an observed part or rate of employment.
    #[must_use]
    pub fn horizon(self) -> Option<u8> {
        match self {
            Self::PartEnEmploi6Mois
            | Self::TauxEmploi6Mois
            | Self::TauxEmploi12Mois
            | Self::TauxEmploi18Mois
            | Self::TauxEmploi24Mois => self.definition().horizon,
            _ => None,
        }
    }
}
