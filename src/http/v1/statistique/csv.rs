//! A statistic as one flat row of a CSV file.

use std::sync::Arc;

use serde::Serialize;

use super::around::{Comparison, ContexteResponse};
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
            "sans_perspectives",
            "contexte_region",
            "contexte_france",
            "evolution_millesime",
            "evolution_ecart",
            "rang_region",
            "rang_region_sur",
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
        cellules.push(answer.sans_perspectives.into());
        cellules.extend(contexte(answer.contexte.as_ref()));
        cellules.push(answer.roles.as_ref().map(|roles| roles.role).into());
        cellules.extend(origine(&answer.origine));
        cellules.push(answer.annees_terminales.join(" ").into());
        cellules.push(answer.origine.source.into());
        cellules.push(answer.origine.fichier.as_ref().into());
        cellules
    }
}

fn contexte(contexte: Option<&ContexteResponse>) -> [CsvCell<'_>; 6] {
    let part = |of: fn(&ContexteResponse) -> &Option<Comparison>| {
        contexte.and_then(|contexte| of(contexte).as_ref()).map(|around| around.part_en_emploi_6_mois).into()
    };
    let evolution = contexte.and_then(|contexte| contexte.evolution.as_ref());
    let rang = contexte.and_then(|contexte| contexte.rang_region.as_ref());
    [
        part(|contexte| &contexte.region),
        part(|contexte| &contexte.france),
        evolution.map(|evolution| &evolution.millesime).into(),
        evolution.map(|evolution| evolution.ecart).into(),
        rang.map(|rang| rang.rang).into(),
        rang.map(|rang| rang.sur).into(),
    ]
}

fn origine(origine: &OrigineResponse) -> [CsvCell<'_>; 4] {
    [
        origine.type_origine.into(),
        (&origine.code_certification).into(),
        origine.uai.as_ref().into(),
        origine.role_uai.into(),
    ]
}
