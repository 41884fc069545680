//! What is around a statistic: région and France, the change since an earlier cohort, the rank, and
//! why each part that is missing is.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::contexte;
use crate::domain::reperes::{Points, Position, Repere, position};
use crate::domain::{Indicateur, Statistique};
use crate::http::v1::reperes::RepartitionResponse;

/// Ce qui entoure la statistique. Une clé `null` a sa raison dans `absences`, sauf quand elle n'a pas de sens pour cette
/// statistique : la France n'a pas de région, un chiffre repris d'un autre établissement n'a pas de rang.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ContexteReponse)]
pub(in crate::http::v1) struct ContexteResponse {
    /// La même certification dans sa région.
    #[schema(required = true)]
    pub(super) region: Option<Comparison>,
    /// La même certification en France.
    #[schema(required = true)]
    pub(super) france: Option<Comparison>,
    /// Le changement de chaque chiffre depuis un millésime antérieur comparable.
    pub(super) evolution: EvolutionResponse,
    /// Rang parmi les établissements de la région dont la part en emploi est visible.
    #[schema(required = true)]
    pub(super) rang_region: Option<Rang>,
    /// Comment se répartissent les statistiques visibles du même type de diplôme, de la même maille, dans la région (en
    /// France pour une statistique nationale) : voir `/api/v1/reperes`.
    #[schema(required = true)]
    pub(super) reperes: Option<PointsResponse>,
    /// Dans quel quart de ces statistiques se trouve celle-ci, de 1 (le plus bas) à 4 (le plus haut).
    #[schema(required = true)]
    pub(super) quart: Option<Quart>,
    /// De quel côté des deux moyennes : `emploi_haut_poursuite_haute`, `emploi_haut_poursuite_basse`,
    /// `emploi_bas_poursuite_haute` ou `emploi_bas_poursuite_basse` ; égal à la moyenne compte comme bas.
    #[schema(required = true, example = "emploi_haut_poursuite_basse")]
    pub(super) quadrant: Option<&'static str>,
    /// Pour chaque partie absente, la raison : `rupture_de_serie` (l'emploi public n'était pas compté de la même façon),
    /// `trop_peu` (moins de cinq établissements à classer, moins de vingt statistiques pour un repère), `sans_precedent` (aucun millésime antérieur de même forme et
    /// de même origine), `sans_effectif` (le chiffre ou ses effectifs ne sont pas visibles).
    #[schema(example = json!({"evolution_part_en_emploi_6_mois": "rupture_de_serie"}))]
    pub(super) absences: BTreeMap<&'static str, &'static str>,
}

/// Le chiffre ailleurs, et l'écart de la statistique.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Comparaison)]
pub(in crate::http::v1) struct Comparison {
    /// Part en emploi à 6 mois, en %.
    #[schema(example = 38)]
    pub(super) part_en_emploi_6_mois: i32,
    /// Ici moins ailleurs, en points.
    #[schema(example = -3)]
    pub(super) ecart: i32,
}

/// Le changement de chaque chiffre. L'emploi n'est comparé qu'à un millésime où il est compté de la même façon
/// (`champ_emploi`) ; la poursuite d'études l'est aussi au-delà.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EvolutionReponse)]
pub(in crate::http::v1) struct EvolutionResponse {
    /// De la part en emploi à 6 mois.
    #[schema(required = true)]
    pub(super) part_en_emploi_6_mois: Option<Evolution>,
    /// De la part en poursuite d'études.
    #[schema(required = true)]
    pub(super) part_poursuite_etudes: Option<Evolution>,
}

/// Le changement depuis un millésime antérieur : le plus récent qui n'a pas d'année en commun, sinon le plus récent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::v1) struct Evolution {
    /// Millésime antérieur.
    #[schema(example = "2020_2021")]
    pub(super) millesime: String,
    /// Maintenant moins avant, en points.
    #[schema(example = 2)]
    pub(super) ecart: i32,
    /// Vrai quand les deux millésimes ont une année en commun : la moitié du changement ne se voit pas.
    #[schema(example = false)]
    pub(super) recouvrement: bool,
    /// Vrai quand l'écart dépasse le hasard : l'intervalle à 95 % de la différence (Newcombe) ne contient pas 0.
    /// `null` quand les effectifs ne sont pas visibles.
    #[schema(required = true, example = false)]
    pub(super) net: Option<bool>,
}

/// Un rang, le meilleur d'abord, et ce qu'il vaut.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON")]
pub(in crate::http::v1) struct Rang {
    /// Rang ; des ex æquo ont le même. Deux rangs voisins ne disent souvent que le hasard : voir les deux nombres qui
    /// suivent.
    #[schema(example = 7)]
    pub(super) rang: i32,
    /// Sur combien d'établissements, celui-ci compris.
    #[schema(example = 12)]
    pub(super) sur: i32,
    /// Combien des autres font mieux au-delà du hasard ; `null` quand un effectif n'est pas visible.
    #[schema(required = true, example = 1)]
    pub(super) nettement_mieux: Option<i32>,
    /// Combien des autres font moins bien au-delà du hasard.
    #[schema(required = true, example = 2)]
    pub(super) nettement_moins_bien: Option<i32>,
}

impl From<contexte::Rang> for Rang {
    fn from(contexte::Rang { rang, sur, beyond_chance }: contexte::Rang) -> Self {
        let nettement_mieux = beyond_chance.map(|others| others.better);
        Self { rang, sur, nettement_mieux, nettement_moins_bien: beyond_chance.map(|others| others.worse) }
    }
}

/// Des points de repère qui existent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PointsReponse)]
pub(in crate::http::v1) struct PointsResponse {
    /// `type` : les statistiques du même type de diplôme ; `niveau` : celles du même niveau, le type en ayant moins de 20.
    #[schema(example = "type")]
    pub(super) groupe: &'static str,
    /// Combien elles sont.
    #[schema(example = 57)]
    pub(super) nombre: i32,
    /// Part des inscrits en emploi salarié à 6 mois.
    pub(super) part_en_emploi_6_mois: RepartitionResponse,
    /// Part des inscrits qui poursuivent des études.
    pub(super) part_poursuite_etudes: RepartitionResponse,
    /// Part des inscrits en emploi à 6 mois ou en études.
    pub(super) devenir_favorable: RepartitionResponse,
}

/// Le quart où se trouve chaque chiffre ; sur une limite, le plus bas des deux.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::v1) struct Quart {
    /// De la part en emploi à 6 mois.
    #[schema(example = 3)]
    pub(super) part_en_emploi_6_mois: i32,
    /// De la part en poursuite d'études.
    #[schema(example = 2)]
    pub(super) part_poursuite_etudes: i32,
    /// Des deux réunies.
    #[schema(example = 3)]
    pub(super) devenir_favorable: i32,
}

impl PointsResponse {
    fn new(repere: &Repere, points: &Points) -> Self {
        let [emploi, poursuite, favorable] = points.repartitions.map(RepartitionResponse::from);
        Self {
            groupe: points.groupe.as_str(),
            nombre: repere.nombre,
            part_en_emploi_6_mois: emploi,
            part_poursuite_etudes: poursuite,
            devenir_favorable: favorable,
        }
    }
}

impl Quart {
    fn new(points: &Points, position: Position) -> Self {
        let [part_en_emploi_6_mois, part_poursuite_etudes, devenir_favorable] = points.quarters(position);
        Self { part_en_emploi_6_mois, part_poursuite_etudes, devenir_favorable }
    }
}

impl ContexteResponse {
    /// `repere` is that beside which the statistic is seen.
    pub(super) fn new(statistique: &Statistique, repere: Option<&Repere>) -> Self {
        let contexte = &statistique.contexte;
        let part = statistique.figures.get(Indicateur::PartEnEmploi6Mois).known();
        let compare = |elsewhere: Option<i32>| {
            let (elsewhere, part) = elsewhere.zip(part)?;
            Some(Comparison { part_en_emploi_6_mois: elsewhere, ecart: part - elsewhere })
        };
        let evolution = |evolution: contexte::Evolution| Evolution {
            millesime: evolution.millesime.to_string(),
            ecart: evolution.ecart,
            recouvrement: evolution.millesime.overlaps(statistique.millesime),
            net: evolution.net,
        };
        let points = repere.and_then(|repere| Some((repere, repere.points.as_ref()?)));
        let standing = points.and_then(|(_, points)| Some((points, position(&statistique.figures)?)));
        Self {
            region: compare(contexte.region.known()),
            france: compare(contexte.france.known()),
            evolution: EvolutionResponse {
                part_en_emploi_6_mois: contexte.emploi.known().map(evolution),
                part_poursuite_etudes: contexte.poursuite.known().map(evolution),
            },
            rang_region: contexte.rang.known().map(Rang::from),
            reperes: points.map(|(repere, points)| PointsResponse::new(repere, points)),
            quart: standing.map(|(points, position)| Quart::new(points, position)),
            quadrant: standing.map(|(points, position)| points.quadrant(position).as_str()),
            absences: statistique.contexte_absences(points.is_some()),
        }
    }
}
