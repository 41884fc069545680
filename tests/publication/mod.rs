//! Publishing: versions, atomicity, going back, what is kept.

mod check;
mod columns;
mod corrupt;
mod questions;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use exposition::config::PublicationConfig;
use exposition::db::Db;
use exposition::publication::{Loss, Mode, Outcome, PublicationError, publish, publish_as, rollback};
use tempfile::TempDir;

use crate::common::{TestServer, config, database, ingest, sample_database};

/// The nomenclature of one diploma and its regional figures.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn diplomas(&self, db: &Db) {
        let content = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE\n\
                       32020008;320;UN BTS;01/09/2018;\n50022137;500;UN CAP;01/09/2018;\n";
        ingest(db, &self.write("v_formation_diplome.csv", content)).await;
    }

    /// Rows of (région, code, E, P, J6), all of one millésime.
    async fn mesures(&self, db: &Db, rows: &[(&str, &str, i32, i32, i32)]) {
        let mut content =
            "millesime;code_region;filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois\n".to_owned();
        for (region, code, e, p, j) in rows {
            writeln!(content, "2020_2021;{region};apprentissage;{code};{e};{p};{j}").unwrap();
        }
        ingest(db, &self.write("inserjeunes-mesures.csv", &content)).await;
    }
}

async fn published(db: &Db) -> String {
    published_with(db, &PublicationConfig { max_loss_percent: 100, ..config().publication }).await
}

async fn published_with(db: &Db, config: &PublicationConfig) -> String {
    match publish(db, config).await.unwrap() {
        Outcome::Published(summary) => summary.version,
        Outcome::Unchanged(current) => format!("unchanged {}", current.version),
        Outcome::Tried(summary) => format!("tried {}", summary.version),
    }
}

#[tokio::test]
async fn the_version_says_whether_something_was_removed_added_or_corrected() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 30)]).await;
    assert_eq!(published(&test.db).await, "1.0.0");
    assert_eq!(published(&test.db).await, "unchanged 1.0.0");
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 31)]).await;
    assert_eq!(published(&test.db).await, "1.0.1", "corrected");
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 31), ("11", "50022137", 60, 10, 20)]).await;
    assert_eq!(published(&test.db).await, "1.1.0", "added");
    files.mesures(&test.db, &[("11", "50022137", 60, 10, 20)]).await;
    assert_eq!(published(&test.db).await, "2.0.0", "removed");
}

const REGIONS: [&str; 9] = ["01", "02", "03", "04", "06", "11", "24", "27", "28"];

fn cells(regions: &[&'static str]) -> Vec<(&'static str, &'static str, i32, i32, i32)> {
    regions.iter().map(|region| (*region, "32020008", 100, 40, 30)).collect()
}

async fn refused(db: &Db, mode: Mode) -> Box<Loss> {
    let Err(PublicationError::Loss(loss)) = publish_as(db, &config().publication, mode).await else {
        unreachable!("a loss must be refused")
    };
    loss
}

#[tokio::test]
async fn a_slice_that_would_lose_too_many_figures_refuses_the_publication_and_is_shown() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    files.mesures(&test.db, &cells(&REGIONS)).await;
    published(&test.db).await;
    files.mesures(&test.db, &cells(&REGIONS[2..])).await;
    assert_eq!(published_with(&test.db, &config().publication).await, "2.0.0", "two figures are none to speak of");
    files.mesures(&test.db, &cells(&REGIONS[5..])).await;
    let loss = refused(&test.db, Mode::default()).await;
    let own = "regionale/apprentissage/part_poursuite_etudes";
    let first = loss.slices.iter().find(|loss| loss.slice.to_string() == own).unwrap();
    assert_eq!((first.before, first.after, first.lost), (7, 4, 3));
    assert_eq!(first.examples, ["03 32020008 2020_2021 apprentissage", "06 32020008 2020_2021 apprentissage"]);
    let national = loss.slices.iter().find(|loss| loss.slice.to_string().starts_with("nationale"));
    assert!(national.is_none(), "the sum of the country is no figure of a source");
    let message = loss.to_string();
    for part in [own, "before", "after", "03 32020008", "--accepter perte:regionale/apprentissage/", "--force"] {
        assert!(message.contains(part), "{part} is not in:\n{message}");
    }
    assert_eq!(test.db.current_publication().await.unwrap().unwrap().version, "2.0.0");
    let Outcome::Tried(tried) = publish_as(&test.db, &config().publication, Mode::Trial).await.unwrap() else {
        panic!("a dry run")
    };
    assert_eq!(tried.losses, loss.slices, "a dry run shows what would be refused");
}

#[tokio::test]
async fn only_the_slices_that_are_accepted_may_go_and_they_are_recorded() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    files.mesures(&test.db, &cells(&REGIONS)).await;
    published(&test.db).await;
    files.mesures(&test.db, &cells(&REGIONS[4..])).await;
    let slices: BTreeSet<_> = refused(&test.db, Mode::default()).await.slices.iter().map(|loss| loss.slice).collect();
    let one = slices.first().copied().unwrap();
    let left = refused(&test.db, Mode::Prudent([one].into())).await;
    assert_eq!(left.slices.len(), slices.len() - 1);
    let names: Vec<_> = slices.iter().map(|slice| format!("perte:{slice}")).collect();
    let accepted = publish_as(&test.db, &config().publication, Mode::Prudent(slices)).await.unwrap();
    assert!(matches!(accepted, Outcome::Published(_)));
    let served = test.db.current_publication().await.unwrap().unwrap();
    assert_eq!(served.acceptances.iter().collect::<BTreeSet<_>>(), names.iter().collect());
    files.mesures(&test.db, &cells(&REGIONS[8..])).await;
    let forced = publish_as(&test.db, &config().publication, Mode::Force).await.unwrap();
    assert!(matches!(forced, Outcome::Published(_)));
    let served = test.db.current_publication().await.unwrap().unwrap();
    assert_eq!(served.acceptances.len(), names.len(), "force accepts every slice, by name");
}

#[tokio::test]
async fn etablissements_as_a_whole_are_slices_too() {
    let (test, files) = (database().await, Files::new());
    let header = "Année;UAI;Libellé;Région;Taux emploi 6 mois;Taux emploi 6 mois attendu;Taux emploi 12 mois";
    let rows: Vec<_> = ["0750100B", "0750107J", "0750114S", "0750121Z", "0750128G"]
        .map(|uai| format!("cumul 2022-2023;{uai};CFA;ILE-DE-FRANCE;60;58;66"))
        .into();
    let file = |rows: &[String]| format!("{header}\n{}\n", rows.join("\n"));
    ingest(&test.db, &files.write("fr-en-inserjeunes-cfa.csv", &file(&rows))).await;
    published(&test.db).await;
    ingest(&test.db, &files.write("fr-en-inserjeunes-cfa.csv", &file(&rows[..2]))).await;
    let names: Vec<_> =
        refused(&test.db, Mode::default()).await.slices.iter().map(|loss| loss.slice.to_string()).collect();
    let of = |figure: &str| format!("ensemble_etablissement/apprentissage/ensemble/{figure}");
    assert_eq!(names, ["taux_emploi_6_mois", "taux_emploi_12_mois", "taux_emploi_6_mois_attendu"].map(of));
}

#[tokio::test]
async fn a_national_file_that_takes_the_place_of_sums_is_no_loss() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    files.mesures(&test.db, &cells(&REGIONS)).await;
    published(&test.db).await;
    let national = "millesime;filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois\n\
                    2020_2021;apprentissage;32020008;900;360;270\n";
    ingest(&test.db, &files.write("inserjeunes-mesures-national.csv", national)).await;
    let issue = publish(&test.db, &config().publication).await.unwrap();
    assert!(matches!(issue, Outcome::Published(summary) if summary.losses.is_empty()));
}

#[tokio::test]
async fn the_same_sources_in_another_order_say_the_same() {
    let rows = [("11", "32020008", 100, 40, 30), ("53", "50022137", 60, 10, 20)];
    let (one, other, files) = (database().await, database().await, Files::new());
    files.diplomas(&one.db).await;
    files.mesures(&one.db, &rows).await;
    files.mesures(&other.db, &rows).await;
    files.diplomas(&other.db).await;
    published(&one.db).await;
    published(&other.db).await;
    let hash = async |db: &Db| db.current_publication().await.unwrap().unwrap().empreinte;
    assert_eq!(hash(&one.db).await, hash(&other.db).await);
}

#[tokio::test]
async fn a_running_server_follows_a_publication_and_its_rollback() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 30)]).await;
    published(&test.db).await;
    let server = TestServer::start(test.db.clone()).await;
    let path = "/api/v1/regions/11/certifications/32020008?champs=part_en_emploi";
    let shown = async || server.json(path).await["part_en_emploi"]["6_mois"].as_i64().unwrap();
    assert_eq!(shown().await, 30);
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 55)]).await;
    published(&test.db).await;
    eventually(async || shown().await == 55).await;
    let pinned = server.json(&format!("{path}&publication=1.0.0")).await;
    assert_eq!(pinned["part_en_emploi"]["6_mois"], 30, "a pinned publication stays");
    rollback(&test.db, "1.0.0").await.unwrap();
    eventually(async || shown().await == 30).await;
}

async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.expect("it never came true");
}

#[tokio::test]
async fn only_the_last_publications_keep_their_rows_and_the_served_one_always_does() {
    let (test, files) = (database().await, Files::new());
    let kept = PublicationConfig { kept: 2, ..config().publication };
    files.diplomas(&test.db).await;
    for j in 30..34 {
        files.mesures(&test.db, &[("11", "32020008", 100, 40, j)]).await;
        published_with(&test.db, &kept).await;
    }
    let rows: Vec<_> = test.db.publications().await.unwrap().into_iter().map(|p| (p.version, p.purgee)).collect();
    let expected = [("1.0.3", false), ("1.0.2", false), ("1.0.1", true), ("1.0.0", true)];
    assert_eq!(rows, expected.map(|(version, purged)| (version.to_owned(), purged)));
    assert!(matches!(rollback(&test.db, "1.0.0").await, Err(PublicationError::Purged(_))));
    assert!(matches!(rollback(&test.db, "7.0.0").await, Err(PublicationError::Unknown(_))));
    rollback(&test.db, "1.0.2").await.unwrap();
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 40)]).await;
    let one = PublicationConfig { kept: 1, ..kept };
    published_with(&test.db, &one).await;
    let left: Vec<_> =
        test.db.publications().await.unwrap().into_iter().filter(|p| !p.purgee).map(|p| p.version).collect();
    assert_eq!(left, ["1.0.4"]);
}

#[tokio::test]
async fn nothing_is_published_of_nothing_or_of_codes_without_a_name() {
    let (test, files) = (database().await, Files::new());
    assert!(matches!(publish(&test.db, &config().publication).await, Err(PublicationError::Empty)));
    files.mesures(&test.db, &[("11", "32020008", 100, 40, 30)]).await;
    let refused = publish(&test.db, &config().publication).await;
    assert!(matches!(refused, Err(PublicationError::NoNomenclature { rows: 1 })), "{refused:?}");
    assert!(test.db.current_publication().await.unwrap().is_none());
}

#[tokio::test]
async fn two_publications_at_once_are_made_one_after_the_other() {
    let test = sample_database().await;
    let files = Files::new();
    files.diplomas(&test.db).await;
    let settings = config().publication;
    let (one, other) = tokio::join!(publish(&test.db, &settings), publish(&test.db, &settings));
    let made = [one.unwrap(), other.unwrap()].iter().filter(|issue| matches!(issue, Outcome::Published(_))).count();
    assert_eq!(made, 1, "the second finds nothing left to say");
}

#[tokio::test]
async fn a_publication_names_the_files_it_was_made_from() {
    let test = sample_database().await;
    let publication = test.db.current_publication().await.unwrap().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let written = exposition::sample::write_to(folder.path()).unwrap();
    assert_eq!(publication.fichiers.len(), written.len());
    assert!(publication.fictive);
}
