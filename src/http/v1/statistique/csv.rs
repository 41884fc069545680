//! A statistic as one flat row of a CSV file.

use std::sync::Arc;

use serde::Serialize;

use super::contexte::{Comparison, ContexteResponse, EvolutionResponse};
use super::origine::OrigineResponse;
use super::request::Resolved;
use super::response::StatistiqueResponse;
use crate::domain::{Figures, Indicateur};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::request::DataRequest;

/// A statistic as one flat row: its indicators under their flat names (DATA.md §3.2).
#[derive(Debug, Clone)]
pub struct StatistiqueCsvRow {
    figures: Arc<Figures>,
    answer: StatistiqueResponse,
}

impl StatistiqueCsvRow {
    pub(in crate::http::v1) fn new(resolved: &Resolved, request: &DataRequest) -> Self {
        let figures = Arc::clone(&resolved.named.statistique.figures);
        Self { answer: StatistiqueResponse::new(resolved, request), figures }
    }
}

impl Serialize for StatistiqueCsvRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.answer.serialize(serializer)
    }
}

impl CsvRow for StatistiqueCsvRow {
    fn columns() -> Vec<&'static str> {
        let mut columns = vec![
            "code_certification",
            "type",
            "libelle",
            "niveau_code",
            "niveau_libelle",
            "formation_fermee",
            "maille",
            "region",
            "uai",
            "etablissement",
            "commune",
            "distance_km",
            "filiere",
            "millesime",
        ];
        columns.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        columns.extend([
            "absences",
            "champ_emploi",
            "intervalle_95_part_en_emploi_6_mois_bas",
            "intervalle_95_part_en_emploi_6_mois_haut",
            "intervalle_95_part_poursuite_etudes_bas",
            "intervalle_95_part_poursuite_etudes_haut",
            "intervalle_95_part_autres_situations_6_mois_bas",
            "intervalle_95_part_autres_situations_6_mois_haut",
            "sans_perspectives",
            "contexte_region",
            "contexte_france",
            "evolution_part_en_emploi_6_mois_millesime",
            "evolution_part_en_emploi_6_mois_ecart",
            "evolution_part_en_emploi_6_mois_recouvrement",
            "evolution_part_en_emploi_6_mois_net",
            "evolution_part_poursuite_etudes_millesime",
            "evolution_part_poursuite_etudes_ecart",
            "evolution_part_poursuite_etudes_recouvrement",
            "evolution_part_poursuite_etudes_net",
            "rang_region",
            "rang_region_sur",
            "rang_region_nettement_mieux",
            "rang_region_nettement_moins_bien",
            "repere_groupe",
            "repere_nombre",
            "quart_part_en_emploi_6_mois",
            "quart_part_poursuite_etudes",
            "quart_devenir_favorable",
            "quadrant",
            "contexte_absences",
            "role_uai",
            "origine",
            "origine_code_certification",
            "origine_uai",
            "origine_role_uai",
            "annees_terminales",
            "source",
            "fichier",
        ]);
        columns
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let Self { figures, answer } = self;
        let etablissement = answer.etablissement.as_ref();
        let niveau = answer.certification.niveau.as_ref();
        let mut cellules = vec![
            (&answer.certification.code).into(),
            answer.certification.type_code.into(),
            (&answer.certification.libelle).into(),
            niveau.map(|niveau| &niveau.code).into(),
            niveau.map(|niveau| &niveau.libelle).into(),
            answer.certification.formation_fermee.into(),
            answer.maille.into(),
            answer.region.as_ref().map(|region| region.code).into(),
            etablissement.map(|etablissement| &etablissement.uai).into(),
            etablissement.and_then(|etablissement| etablissement.nom.as_ref()).into(),
            etablissement.and_then(|etablissement| etablissement.commune.as_ref()).into(),
            etablissement.and_then(|etablissement| etablissement.distance_km).into(),
            answer.filiere.into(),
            (&answer.millesime).into(),
        ];
        cellules.extend(Indicateur::ALL.iter().map(|i| CsvCell::from(figures.get(*i).known())));
        let absences = figures.absences().map(|(i, raison)| format!("{i}={raison}"));
        cellules.push(absences.collect::<Vec<_>>().join(" ").into());
        cellules.push(answer.champ_emploi.into());
        cellules.extend(answer.intervalle_95.limits().map(CsvCell::from));
        cellules.push(answer.sans_perspectives.into());
        cellules.extend(contexte(&answer.contexte));
        cellules.push(answer.roles.as_ref().map(|roles| roles.role).into());
        cellules.extend(origine(&answer.origine));
        cellules.push(answer.annees_terminales.join(" ").into());
        cellules.push(answer.origine.source.into());
        cellules.push(answer.origine.fichier.as_ref().into());
        cellules
    }
}

fn contexte(contexte: &ContexteResponse) -> Vec<CsvCell<'_>> {
    let part = |around: &Option<Comparison>| around.as_ref().map(|around| around.part_en_emploi_6_mois).into();
    let mut cellules = vec![part(&contexte.region), part(&contexte.france)];
    let EvolutionResponse { part_en_emploi_6_mois, part_poursuite_etudes } = &contexte.evolution;
    for evolution in [part_en_emploi_6_mois, part_poursuite_etudes].map(Option::as_ref) {
        cellules.push(evolution.map(|evolution| &evolution.millesime).into());
        cellules.push(evolution.map(|evolution| evolution.ecart).into());
        cellules.push(evolution.map(|evolution| evolution.recouvrement).into());
        cellules.push(evolution.and_then(|evolution| evolution.net).into());
    }
    let rang = contexte.rang_region.as_ref();
    cellules.push(rang.map(|rang| rang.rang).into());
    cellules.push(rang.map(|rang| rang.sur).into());
    cellules.push(rang.and_then(|rang| rang.nettement_mieux).into());
    cellules.push(rang.and_then(|rang| rang.nettement_moins_bien).into());
    let (reperes, quart) = (contexte.reperes.as_ref(), contexte.quart.as_ref());
    cellules.push(reperes.map(|reperes| reperes.groupe).into());
    cellules.push(reperes.map(|reperes| reperes.nombre).into());
    cellules.push(quart.map(|quart| quart.part_en_emploi_6_mois).into());
    cellules.push(quart.map(|quart| quart.part_poursuite_etudes).into());
    cellules.push(quart.map(|quart| quart.devenir_favorable).into());
    cellules.push(contexte.quadrant.into());
    let absences = contexte.absences.iter().map(|(key, raison)| format!("{key}={raison}"));
    cellules.push(absences.collect::<Vec<_>>().join(" ").into());
    cellules
}

fn origine(origine: &OrigineResponse) -> [CsvCell<'_>; 4] {
    [
        origine.type_origine.into(),
        (&origine.code_certification).into(),
        origine.uai.as_ref().into(),
        origine.role_uai.into(),
    ]
}
