//! The figures of a statistic, nested by horizon, and the reason of each that is missing.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Figures, Indicateur, Statistique};

/// Un chiffre à 6, 12, 18 et 24 mois.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "a name of its own cannot begin with a digit")]
#[schema(as = ParHorizon)]
pub(in crate::http::v1) struct ByHorizon {
    /// 6 mois après la sortie.
    #[serde(rename = "6_mois")]
    #[schema(required = true, example = 35)]
    a_6_mois: Option<i32>,
    /// 12 mois après la sortie.
    #[serde(rename = "12_mois")]
    #[schema(required = true, example = 41)]
    a_12_mois: Option<i32>,
    /// 18 mois après la sortie.
    #[serde(rename = "18_mois")]
    #[schema(required = true, example = 40)]
    a_18_mois: Option<i32>,
    /// 24 mois après la sortie.
    #[serde(rename = "24_mois")]
    #[schema(required = true, example = 44)]
    a_24_mois: Option<i32>,
}

impl ByHorizon {
    pub(super) fn new(figures: &Figures, indicateurs: [Indicateur; 4]) -> Self {
        let [a_6_mois, a_12_mois, a_18_mois, a_24_mois] = indicateurs.map(|indicateur| figures.get(indicateur).known());
        Self { a_6_mois, a_12_mois, a_18_mois, a_24_mois }
    }
}

/// L'intervalle de confiance à 95 % (Wilson) de chaque part à 6 mois, en % entiers : ce qu'elle aurait pu être par le seul
/// hasard, pour une formation de même valeur. `null` quand les effectifs ne sont pas visibles.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Intervalles)]
#[expect(clippy::struct_field_names, reason = "they are the names of the indicators")]
pub(in crate::http::v1) struct Intervals {
    /// De la part en emploi.
    #[schema(required = true, example = json!([28, 43]))]
    part_en_emploi_6_mois: Option<[i32; 2]>,
    /// De la part en poursuite d'études.
    #[schema(required = true, example = json!([38, 53]))]
    part_poursuite_etudes: Option<[i32; 2]>,
    /// De la part dans une autre situation.
    #[schema(required = true, example = json!([14, 27]))]
    part_autres_situations_6_mois: Option<[i32; 2]>,
}

impl Intervals {
    pub(super) fn new(statistique: &Statistique) -> Self {
        let [part_en_emploi_6_mois, part_poursuite_etudes, part_autres_situations_6_mois] = statistique.intervals();
        Self { part_en_emploi_6_mois, part_poursuite_etudes, part_autres_situations_6_mois }
    }
}

/// Combien de jeunes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::v1) struct Effectifs {
    /// Inscrits en année terminale (E).
    #[schema(required = true, example = 162)]
    annee_terminale: Option<i32>,
    /// Parmi eux, ceux qui poursuivent des études (P).
    #[schema(required = true, example = 73)]
    poursuite_etudes: Option<i32>,
    /// Parmi eux, ceux qui ont quitté les études (S).
    #[schema(required = true, example = 89)]
    sortants: Option<i32>,
    /// Sortants en emploi salarié (J).
    en_emploi: ByHorizon,
}

impl Effectifs {
    pub(super) fn new(figures: &Figures) -> Self {
        let get = |indicateur| figures.get(indicateur).known();
        Self {
            annee_terminale: get(Indicateur::NbAnneeTerm),
            poursuite_etudes: get(Indicateur::NbPoursuiteEtudes),
            sortants: get(Indicateur::NbSortant),
            en_emploi: ByHorizon::new(figures, Indicateur::NB_EN_EMPLOI),
        }
    }
}

/// Salaire net mensuel en équivalent temps plein, 12 mois après la sortie, en euros.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::v1) struct Salaire {
    /// Premier quartile : un quart gagne moins.
    #[schema(required = true, example = 1290)]
    q1: Option<i32>,
    /// Médiane : la moitié gagne moins.
    #[schema(required = true, example = 1480)]
    q2: Option<i32>,
    /// Troisième quartile : un quart gagne plus.
    #[schema(required = true, example = 1720)]
    q3: Option<i32>,
}

impl Salaire {
    pub(super) fn new(figures: &Figures) -> Option<Self> {
        let [q1, q2, q3] = Indicateur::SALAIRE_12_MOIS.map(|indicateur| figures.get(indicateur).known());
        [q1, q2, q3].iter().any(Option::is_some).then_some(Self { q1, q2, q3 })
    }
}

/// The reasons by flat name; one for a salary without any quartile.
pub(super) fn absences(figures: &Figures) -> BTreeMap<&'static str, &'static str> {
    let mut absences: BTreeMap<_, _> =
        figures.absences().map(|(indicateur, raison)| (indicateur.as_str(), raison.as_str())).collect();
    if Salaire::new(figures).is_none() {
        let removed = Indicateur::SALAIRE_12_MOIS.map(|indicateur| absences.remove(indicateur.as_str()));
        if let Some(raison) = removed.into_iter().flatten().next() {
            absences.insert("salaire_12_mois", raison);
        }
    }
    absences
}
