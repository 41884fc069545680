//! Indicateur: the figures that the service publishes for one cohort, one list for all uses.
//!
//! The order is that of the storage (two bits of reason per indicator) and of the CSV columns:
//! append, never reorder.

use super::Invalid;
use super::filiere::closed_list;
use std::fmt;

closed_list! {
    /// A published figure. The spelling is that of SQL columns, filters, `absences` and CSV.
    Indicateur {
        /// E.
        NbAnneeTerm = "nb_annee_term",
        /// P.
        NbPoursuiteEtudes = "nb_poursuite_etudes",
        /// S.
        NbSortant = "nb_sortant",
        /// J6.
        NbEnEmploi6Mois = "nb_en_emploi_6_mois",
        /// J12.
        NbEnEmploi12Mois = "nb_en_emploi_12_mois",
        /// J18.
        NbEnEmploi18Mois = "nb_en_emploi_18_mois",
        /// J24.
        NbEnEmploi24Mois = "nb_en_emploi_24_mois",
        /// P / E.
        PartPoursuiteEtudes = "part_poursuite_etudes",
        /// J6 / E.
        PartEnEmploi6Mois = "part_en_emploi_6_mois",
        /// J12 / E.
        PartEnEmploi12Mois = "part_en_emploi_12_mois",
        /// J18 / E.
        PartEnEmploi18Mois = "part_en_emploi_18_mois",
        /// J24 / E.
        PartEnEmploi24Mois = "part_en_emploi_24_mois",
        /// 100 − the two parts above, at 6 months.
        PartAutresSituations6Mois = "part_autres_situations_6_mois",
        /// The same at 12 months.
        PartAutresSituations12Mois = "part_autres_situations_12_mois",
        /// The same at 18 months.
        PartAutresSituations18Mois = "part_autres_situations_18_mois",
        /// The same at 24 months.
        PartAutresSituations24Mois = "part_autres_situations_24_mois",
        /// J6 / S.
        TauxEmploi6Mois = "taux_emploi_6_mois",
        /// J12 / S.
        TauxEmploi12Mois = "taux_emploi_12_mois",
        /// J18 / S.
        TauxEmploi18Mois = "taux_emploi_18_mois",
        /// J24 / S.
        TauxEmploi24Mois = "taux_emploi_24_mois",
        /// Broken apprenticeship contracts, given by the source.
        TauxRuptureContrats = "taux_rupture_contrats",
        /// First quartile of the salary at 12 months, given by the source.
        Salaire12MoisQ1 = "salaire_12_mois_q1",
        /// Median of the same.
        Salaire12MoisQ2 = "salaire_12_mois_q2",
        /// Third quartile of the same.
        Salaire12MoisQ3 = "salaire_12_mois_q3",
    }
}

/// Whose number a figure is counted over: where they are fewer than [`SEUIL`](super::SEUIL), it is
/// hidden (DATA.md §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// E, the pupils of the final year; where their number is unknown, S.
    FinalYear,
    /// S, those of them who left. Hidden with the final year as well.
    Leavers,
    /// The contracts of apprenticeship, whose number nobody gives: hidden with the final year.
    Contracts,
}

impl Indicateur {
    /// Whose number decides whether the figure may be shown; `None` for E itself, which is always
    /// shown, and for salaries, which are not counted over the cohort.
    #[must_use]
    pub const fn denominator(self) -> Option<Denominator> {
        match self {
            Self::NbAnneeTerm | Self::Salaire12MoisQ1 | Self::Salaire12MoisQ2 | Self::Salaire12MoisQ3 => None,
            Self::TauxEmploi6Mois | Self::TauxEmploi12Mois | Self::TauxEmploi18Mois | Self::TauxEmploi24Mois => {
                Some(Denominator::Leavers)
            }
            Self::TauxRuptureContrats => Some(Denominator::Contracts),
            Self::NbPoursuiteEtudes
            | Self::NbSortant
            | Self::NbEnEmploi6Mois
            | Self::NbEnEmploi12Mois
            | Self::NbEnEmploi18Mois
            | Self::NbEnEmploi24Mois
            | Self::PartPoursuiteEtudes
            | Self::PartEnEmploi6Mois
            | Self::PartEnEmploi12Mois
            | Self::PartEnEmploi18Mois
            | Self::PartEnEmploi24Mois
            | Self::PartAutresSituations6Mois
            | Self::PartAutresSituations12Mois
            | Self::PartAutresSituations18Mois
            | Self::PartAutresSituations24Mois => Some(Denominator::FinalYear),
        }
    }

    /// How many indicators there are.
    pub const COUNT: usize = Self::ALL.len();

    /// J at 6, 12, 18, 24 months.
    pub const NB_EN_EMPLOI: [Self; 4] =
        [Self::NbEnEmploi6Mois, Self::NbEnEmploi12Mois, Self::NbEnEmploi18Mois, Self::NbEnEmploi24Mois];
    /// J / E at 6, 12, 18, 24 months.
    pub const PART_EN_EMPLOI: [Self; 4] =
        [Self::PartEnEmploi6Mois, Self::PartEnEmploi12Mois, Self::PartEnEmploi18Mois, Self::PartEnEmploi24Mois];
    /// Other situations at 6, 12, 18, 24 months.
    pub const PART_AUTRES_SITUATIONS: [Self; 4] = [
        Self::PartAutresSituations6Mois,
        Self::PartAutresSituations12Mois,
        Self::PartAutresSituations18Mois,
        Self::PartAutresSituations24Mois,
    ];
    /// J / S at 6, 12, 18, 24 months.
    pub const TAUX_EMPLOI: [Self; 4] =
        [Self::TauxEmploi6Mois, Self::TauxEmploi12Mois, Self::TauxEmploi18Mois, Self::TauxEmploi24Mois];
    /// Quartiles of the salary at 12 months.
    pub const SALAIRE_12_MOIS: [Self; 3] = [Self::Salaire12MoisQ1, Self::Salaire12MoisQ2, Self::Salaire12MoisQ3];
}

/// The horizons, in months, in the order of the arrays above.
pub const HORIZONS: [u8; 4] = [6, 12, 18, 24];
