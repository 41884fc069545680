//! A statistic as one flat row of a CSV file: the columns of [`FlatStatistique`], which exports have too.

use std::sync::Arc;

use serde::Serialize;

use super::request::Resolved;
use super::response::StatistiqueResponse;
use crate::domain::flat::FlatRow as _;
use crate::exports::rows::FlatStatistique;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::request::DataRequest;

/// A statistic as one flat row: its indicators under their flat names (DATA.md §3.2).
#[derive(Debug, Clone)]
pub struct StatistiqueCsvRow {
    flat: FlatStatistique,
    answer: StatistiqueResponse,
}

impl StatistiqueCsvRow {
    pub(in crate::http::v1) fn new(resolved: Resolved, request: &DataRequest) -> Self {
        let answer = StatistiqueResponse::new(&resolved, request);
        let Resolved { named, repere, .. } = resolved;
        let points = repere.and_then(|repere| Some((repere.nombre, repere.points?)));
        let fichier = answer.origine.fichier.as_deref().map(Arc::from);
        Self { flat: FlatStatistique::new(named, points, fichier, answer.certification.formation_fermee), answer }
    }
}

impl Serialize for StatistiqueCsvRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.answer.serialize(serializer)
    }
}

impl CsvRow for StatistiqueCsvRow {
    fn columns() -> Vec<&'static str> {
        FlatStatistique::columns().iter().map(|column| column.description.name).collect()
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        FlatStatistique::columns().iter().map(|column| column.cell(&self.flat)).collect()
    }
}
