//! Publishing: versions, atomicity, going back, what is kept.

mod check;
mod corrupt;

use std::fmt::Write as _;
use std::path::PathBuf;

use exposition::config::PublicationConfig;
use exposition::db::Db;
use exposition::publication::{Mode, Outcome, PublicationError, publish, publish_as, rollback};
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
        Outcome::Published(account) => account.version,
        Outcome::Unchanged(current) => format!("unchanged {}", current.version),
        Outcome::Tried(account) => format!("tried {}", account.version),
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

#[tokio::test]
async fn a_publication_that_would_lose_too_much_is_refused_unless_forced() {
    let (test, files) = (database().await, Files::new());
    files.diplomas(&test.db).await;
    let row = |region| (region, "32020008", 100, 40, 30);
    let all = ["01", "02", "03", "04", "06", "11", "24", "27", "28"].map(row);
    files.mesures(&test.db, &all).await;
    published(&test.db).await;
    // Nine régions and their sum; a tenth may go.
    files.mesures(&test.db, &all[1..]).await;
    let tried = publish_as(&test.db, &config().publication, Mode::Trial).await.unwrap();
    let Outcome::Tried(account) = tried else { panic!("a dry run") };
    assert_eq!((account.version.as_str(), account.difference.retirees), ("2.0.0", 1));
    let changed: i64 = account.couverture.iter().map(|line| line.changes.modifiees).sum();
    assert_eq!(changed, 1, "the sum of the country");
    assert_eq!(test.db.publications().await.unwrap().len(), 1, "nothing was switched");
    assert_eq!(published_with(&test.db, &config().publication).await, "2.0.0", "one of ten is not more than 10 %");
    files.mesures(&test.db, &all[2..]).await;
    let Err(refused) = publish(&test.db, &config().publication).await else { panic!("one of nine is more than 10 %") };
    let message = refused.to_string();
    for part in [
        "refused: 1 of the 9 statistics that are served would go, more than 10 %.",
        "1 of apprentissage, regionale, 2020_2021, région 02",
        "such as 02 32020008 apprentissage 2020_2021",
        "--force",
    ] {
        assert!(message.contains(part), "{part} is not in:\n{message}");
    }
    assert_eq!(test.db.current_publication().await.unwrap().unwrap().version, "2.0.0");
    let forced = publish_as(&test.db, &config().publication, Mode::Force).await.unwrap();
    assert!(matches!(forced, Outcome::Published(account) if account.version == "3.0.0"));
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
