//! What the program did not write is told, table and text, and never left out or guessed.

use exposition::db::DbError;
use exposition::domain::{CodeCertification, Lieu};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::common::{TestDb, database, sample_database};

/// A good row of a table; the tables of the sources have three columns more.
fn good(table: &str) -> Value {
    let row = match table {
        "mesures" => json!({"dataset": "inserjeunes-mesures", "maille": "regionale", "lieu": "11",
            "code_certification": "32020008", "filiere": "pro", "millesime": "2022", "non_diffusees": 0}),
        "mesures_etablissement" => json!({"dataset": "fr-en-inserjeunes-cfa", "uai": "0350017D", "filiere": "pro",
            "millesime": "2022", "dont_apprentis_eple": "ensemble", "region": "53", "non_diffusees": 0}),
        "insersup" => json!({"dataset": "fr-esr-insersup", "maille": "nationale", "lieu": "",
            "universites_seules": false, "code_certification": "2500133", "millesime": "2022", "genre": "ensemble",
            "nationalite": "ensemble", "obtention_diplome": "ensemble", "regime_inscription": "ensemble",
            "ensemble": true, "non_diffusees": 0}),
        "formations_diplome" => json!({"dataset": "v_formation_diplome", "formation_diplome": "32020008",
            "anciens_diplomes": [], "nouveaux_diplomes": []}),
        "mefs" => json!({"dataset": "n_mef", "mef": "2322002213", "mef_stat_11": "23220022136",
            "formation_diplome": "32020008"}),
        "liens_formation_groupe" => json!({"dataset": "n_lien_formation_groupe", "groupe_formation": "G1",
            "formation_diplome": "32020008"}),
        "diplomes_sise" => json!({"dataset": "n_diplome_sise", "diplome_sise": "2500133"}),
        "annuaire" => json!({"dataset": "fr-en-annuaire-education", "uai": "0350017D"}),
        "catalogue_apprentissage" => json!({"dataset": "catalogue-apprentissage", "cfd": "32020008"}),
        "tables_passage" => {
            json!({"dataset": "rncp-cfd", "relation": "meme_formation", "codes": ["CFD:32020008", "RNCP:1"]})
        }
        "rattachements" => json!({"dataset": "acce-rattachements", "uai": "0350017D", "uai_mere": "0350017D"}),
        _ => unreachable!("{table}"),
    };
    let mut row = row;
    for column in ["fichier_id", "ligne", "empreinte"] {
        row[column] = json!(1);
    }
    row
}

async fn insert(connection: &mut PgConnection, table: &str, row: &Value) {
    let sql = format!("INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1)");
    sqlx::query(AssertSqlSafe(sql)).bind(row).execute(connection).await.unwrap();
}

/// What reading the sources says, which it must be unable to do.
async fn told(test: &TestDb) -> String {
    let refused = test.db.begin_publication().await.map(|_| ()).unwrap_err();
    let DbError::Corrupt(told) = refused else { unreachable!("{refused}") };
    told
}

#[tokio::test]
async fn a_source_row_that_cannot_be_read_is_an_error_that_names_it() {
    let test = database().await;
    let mut connection = test.connection().await;
    for (table, column, text, what) in [
        ("mesures", "dataset", json!("inserjeunes"), "«inserjeunes» is no dataset"),
        ("mesures", "lieu", json!("1"), "«1» is no place"),
        ("mesures", "code_certification", json!("3202000x"), "«3202000x» is no code of a certification"),
        ("mesures", "filiere", json!("scolaire"), "«scolaire» is no filière"),
        ("mesures", "millesime", json!("2022_2024"), "«2022_2024» is no millésime"),
        ("mesures_etablissement", "uai", json!("035001"), "«035001» is no UAI"),
        ("mesures_etablissement", "dont_apprentis_eple", json!("tous"), "«tous» is no population"),
        ("mesures_etablissement", "region", json!("99"), "«99» is no code of a région"),
        ("insersup", "code_certification", json!("250013"), "«250013» is no code of a certification"),
        ("formations_diplome", "dataset", json!("n_mef"), "rows of n_mef"),
        ("formations_diplome", "anciens_diplomes", json!(["32020008", "?"]), "«?» is no code of a certification"),
        ("formations_diplome", "nouveaux_diplomes", json!([""]), "«» is no code of a certification"),
        ("mefs", "formation_diplome", json!("32"), "«32» is no code of a certification"),
        ("liens_formation_groupe", "formation_diplome", json!("32"), "«32» is no code of a certification"),
        ("diplomes_sise", "diplome_sise", json!("32"), "«32» is no code of a certification"),
        ("annuaire", "dataset", json!("annuaire-2031"), "«annuaire-2031» is no dataset"),
        ("annuaire", "dataset", json!("inserjeunes-mesures"), "rows of inserjeunes-mesures"),
        ("annuaire", "departement", json!("999"), "«999» is no département"),
        ("annuaire", "academie", json!("99"), "«99» is no académie"),
        ("catalogue_apprentissage", "uai_formateur", json!("nobody"), "«nobody» is no UAI"),
        ("tables_passage", "codes", json!(["CFD:32020008", "RNCP:?"]), "«RNCP:?» is no code of a platform"),
        ("tables_passage", "relation", json!("cousine"), "«cousine» is no relation of two codes"),
        ("rattachements", "uai_mere", json!("nobody"), "«nobody» is no UAI"),
    ] {
        let mut row = good(table);
        row[column] = text;
        insert(&mut connection, table, &row).await;
        let told = told(&test).await;
        assert!(told.starts_with(what) && told.ends_with(&format!("in table {table}")), "{table}.{column}: {told}");
        sqlx::query(AssertSqlSafe(format!("TRUNCATE {table}"))).execute(&mut connection).await.unwrap();
        insert(&mut connection, table, &good(table)).await;
    }
    let (drafting, _) = test.db.begin_publication().await.expect("the good rows are read");
    drafting.abandon().await.unwrap();
}

#[tokio::test]
async fn a_published_row_that_cannot_be_read_is_an_error_that_names_it() {
    let test = sample_database().await;
    let mut connection = test.connection().await;
    let publication = test.db.current_publication().await.unwrap().unwrap().id;
    let code: String = sqlx::query_scalar("SELECT min(code_certification) FROM statistiques WHERE lieu = ''")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let code = CodeCertification::from_stored(&code).unwrap();
    for spoil in [
        "UPDATE certifications SET anciens = '{?}'",
        "UPDATE statistiques SET certifications_terminales = '{32020008,?}'",
        "UPDATE statistiques SET certifications_terminales = NULL, source = '?'",
    ] {
        sqlx::query(spoil).execute(&mut connection).await.unwrap();
        let told = match test.db.certification(publication, code).await {
            Err(error) => error,
            Ok(_) => test.db.statistiques_at_lieu(publication, Lieu::France, code).await.unwrap_err(),
        };
        assert!(matches!(&told, DbError::Corrupt(what) if what.starts_with("«?» is no ")), "{spoil}: {told}");
        sqlx::query("UPDATE certifications SET anciens = '{}'").execute(&mut connection).await.unwrap();
    }
}
