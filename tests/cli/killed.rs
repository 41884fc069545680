//! `kill -9` in the middle: what was served stays, and a second run ends as an undisturbed one.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use exposition::db::Db;

use crate::common::{PROGRAM, TestDb, TestServer, database, sample_database};

const PATH: &str = "/api/v1/regions/32/certifications/50033616";

/// Starts the program and kills it after a while.
fn killed(url: &str, args: &[&str], after: Duration) {
    let mut child = Command::new(PROGRAM)
        .args(args)
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap();
}

fn done(url: &str, args: &[&str]) {
    let output = Command::new(PROGRAM).args(args).env("DATABASE_URL", url).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A file that takes a while: the sample's certifications in every région.
fn large_file(folder: &Path) -> String {
    let mut content =
        "millesime;code_region;filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois\n".to_owned();
    for number in 0..15_000 {
        writeln!(
            content,
            "2017_2018;{};apprentissage;9{number:07};{};10;9",
            ["11", "53"][number % 2],
            40 + number % 50
        )
        .unwrap();
    }
    for region in ["11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93"] {
        writeln!(content, "2018_2019;{region};apprentissage;50033616;60;20;21").unwrap();
    }
    let path = folder.join("inserjeunes-mesures-grand.csv");
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

async fn hash(db: &Db) -> String {
    db.current_publication().await.unwrap().unwrap().empreinte
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_ingest_and_publish_changes_nothing_and_a_second_run_completes() {
    let folder = tempfile::tempdir().unwrap();
    let file = large_file(folder.path());
    // The undisturbed run says how long there is to be killed in.
    let undisturbed = sample_database().await;
    let ingesting = timed(|| done(&undisturbed.url, &["ingest", &file]));
    let publishing = timed(|| done(&undisturbed.url, &["publish"]));

    let TestDb { db, url } = sample_database().await;
    let server = TestServer::start(db.clone()).await;
    let before = server.get(PATH).await.bytes().await.unwrap();
    let files = db.files().await.unwrap().len();
    for moment in moments(ingesting) {
        killed(&url, &["ingest", &file], moment);
        assert_eq!(server.get(PATH).await.bytes().await.unwrap(), before, "killed after {moment:?}");
    }
    let known = db.files().await.unwrap().len();
    assert!(known == files || known == files + 1, "all of the file or nothing: {known}");
    done(&url, &["ingest", &file]);
    for moment in moments(publishing) {
        killed(&url, &["publish"], moment);
        let pinned = server.get(&format!("{PATH}?publication=1.0.0")).await.bytes().await.unwrap();
        assert_eq!(pinned, before, "killed after {moment:?}");
    }
    done(&url, &["publish"]);
    assert_eq!(hash(&db).await, hash(&undisturbed.db).await);
}

/// How often each command is killed.
const KILLS: u32 = 6;

fn timed(run: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    run();
    begin.elapsed()
}

/// Moments of something that takes `whole`, a random one in each sixth of it; printed, so that a
/// failure can be looked into.
fn moments(whole: Duration) -> Vec<Duration> {
    let part = whole / KILLS;
    let found = (0..KILLS).map(|number| part * number + part.mul_f64(rand::random_range(0.0..1.0))).collect();
    println!("killed at {found:?} of {whole:?}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_may_start_on_an_empty_database_at_once() {
    let test = database().await;
    let run = |url: String| std::thread::spawn(move || done(&url, &["publications"]));
    let running: Vec<_> = (0..4).map(|_| run(test.url.clone())).collect();
    for thread in running {
        thread.join().unwrap();
    }
}
