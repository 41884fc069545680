//! What the sources measure of one cohort.
//!
//! Append, never reorder: which measures a source withholds or has is stored by position.

use std::fmt;

use super::{Unit, columns};
use crate::domain::Indicateur as I;
use crate::domain::Invalid;

columns! {
    ($) with_measures:
    /// What a source can measure of one cohort, each with the indicator that it is published for.
    /// The spelling is that of the SQL columns.
    Mesure -> I {
        /// E: pupils in the final year.
        NbAnneeTerm = "nb_annee_term": I::NbAnneeTerm,
        /// P: of these, those who go on studying.
        NbPoursuiteEtudes = "nb_poursuite_etudes": I::NbPoursuiteEtudes,
        /// S: leavers.
        NbSortant = "nb_sortant": I::NbSortant,
        /// J6: leavers in salaried employment after 6 months.
        NbEnEmploi6Mois = "nb_en_emploi_6_mois": I::NbEnEmploi6Mois,
        /// J12: the same after 12 months.
        NbEnEmploi12Mois = "nb_en_emploi_12_mois": I::NbEnEmploi12Mois,
        /// J18: the same after 18 months.
        NbEnEmploi18Mois = "nb_en_emploi_18_mois": I::NbEnEmploi18Mois,
        /// J24: the same after 24 months.
        NbEnEmploi24Mois = "nb_en_emploi_24_mois": I::NbEnEmploi24Mois,
        /// P / E as published, percent.
        TauxPoursuiteEtudes = "taux_poursuite_etudes": I::PartPoursuiteEtudes,
        /// J6 / S as published, percent.
        TauxEmploi6Mois = "taux_emploi_6_mois": I::TauxEmploi6Mois,
        /// J12 / S as published, percent.
        TauxEmploi12Mois = "taux_emploi_12_mois": I::TauxEmploi12Mois,
        /// J18 / S as published, percent.
        TauxEmploi18Mois = "taux_emploi_18_mois": I::TauxEmploi18Mois,
        /// J24 / S as published, percent.
        TauxEmploi24Mois = "taux_emploi_24_mois": I::TauxEmploi24Mois,
        /// `DEVENIR` part of those who go on studying, percent of E.
        PartPoursuiteEtudes = "part_poursuite_etudes": I::PartPoursuiteEtudes,
        /// `DEVENIR` part in employment after 6 months, percent of E.
        PartEnEmploi6Mois = "part_en_emploi_6_mois": I::PartEnEmploi6Mois,
        /// `DEVENIR` part of the other situations after 6 months, percent of E.
        PartAutresSituations6Mois = "part_autres_situations_6_mois": I::PartAutresSituations6Mois,
        /// Broken apprenticeship contracts, percent.
        TauxRuptureContrats = "taux_rupture_contrats": I::TauxRuptureContrats,
        /// First quartile of the net monthly full-time-equivalent salary at 12 months, euros.
        Salaire12MoisQ1 = "salaire_12_mois_q1": I::Salaire12MoisQ1,
        /// Median of the same, euros.
        Salaire12MoisQ2 = "salaire_12_mois_q2": I::Salaire12MoisQ2,
        /// Third quartile of the same, euros.
        Salaire12MoisQ3 = "salaire_12_mois_q3": I::Salaire12MoisQ3,
    }
}

impl Mesure {
    /// The counts of persons in employment, by increasing horizon.
    pub const IN_EMPLOI: [Self; 4] =
        [Self::NbEnEmploi6Mois, Self::NbEnEmploi12Mois, Self::NbEnEmploi18Mois, Self::NbEnEmploi24Mois];

    /// The published employment rates, by increasing horizon.
    pub const TAUX_EMPLOI: [Self; 4] =
        [Self::TauxEmploi6Mois, Self::TauxEmploi12Mois, Self::TauxEmploi18Mois, Self::TauxEmploi24Mois];

    /// The quartiles of the salary.
    pub const SALAIRE_12_MOIS: [Self; 3] = [Self::Salaire12MoisQ1, Self::Salaire12MoisQ2, Self::Salaire12MoisQ3];

    /// The indicator that it is published for: what they count is the same.
    #[must_use]
    pub const fn indicateur(self) -> I {
        *self.described()
    }

    /// What its figures count.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.indicateur().definition().unite
    }

    /// The months after leaving at which it counts, of a count, part or rate of employment.
    #[must_use]
    pub fn horizon(self) -> Option<u8> {
        let of_employment =
            self == Self::PartEnEmploi6Mois || Self::IN_EMPLOI.contains(&self) || Self::TAUX_EMPLOI.contains(&self);
        if of_employment { self.indicateur().definition().horizon } else { None }
    }
}
