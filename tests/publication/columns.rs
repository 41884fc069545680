//! The columns of a migrated database are those of the catalogue, and those that are written.

use exposition::db::ingestion::tables::Table;
use exposition::db::write;
use exposition::domain::{Indicateur, Mesure, MesureEtablissement};
use sqlx::PgConnection;

use crate::common::database;

/// The columns of a table that hold whole numbers and may be NULL, by position.
async fn figures(connection: &mut PgConnection, table: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 AND data_type = 'integer' AND is_nullable = 'YES'
         ORDER BY ordinal_position",
    )
    .bind(table)
    .fetch_all(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn every_indicator_and_measure_has_its_column() {
    let test = database().await;
    let mut connection = test.connection().await;
    let indicators: Vec<&str> = Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()).collect();
    let measures: Vec<&str> = Mesure::ALL.iter().map(|mesure| mesure.as_str()).collect();
    let wholes: Vec<&str> = MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str()).collect();
    for (table, known) in [
        ("statistiques", indicators),
        ("mesures", measures),
        ("mesures_etablissement", wholes.clone()),
        ("statistiques_etablissement", wholes),
    ] {
        let found = figures(&mut connection, table).await;
        let missing: Vec<_> = known.iter().filter(|name| !found.iter().any(|column| column == *name)).collect();
        assert!(missing.is_empty(), "{table} has no column {missing:?}: add a migration");
    }
}

#[tokio::test]
async fn every_column_is_written_and_every_column_that_is_written_exists() {
    let test = database().await;
    let mut connection = test.connection().await;
    let sources = Table::STORED.map(|table| (table.name(), table.copy_in()));
    for (table, copy) in sources.into_iter().chain(write::tables()) {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY 1",
        )
        .bind(table)
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut written = copy.columns().to_vec();
        written.sort_unstable();
        assert_eq!(written, found, "{table}");
    }
}
