//! A streaming replica for the reads, which lags: every answer is one publication, whole.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use exposition::config::Secret;
use exposition::db::Db;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::api::world;
use crate::common::{TestServer, config, ingest};

/// Behind by this much: a notification of the primary comes long before the rows.
const LAG: &str = "150ms";

/// Where the programs of PostgreSQL are.
fn programs() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = installed.map(|entry| entry.path().join("bin")).filter(|path| path.join("pg_basebackup").exists());
    std::env::var_os("EXPOSITION_PG_BIN").map(PathBuf::from).into_iter().chain(found).max().unwrap()
}

/// PostgreSQL refuses root: it runs as the user that owns the folder.
fn as_owner(program: &str) -> Command {
    let path = if program == "mkdir" { program.into() } else { programs().join(program) };
    if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    }
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A server of PostgreSQL on a socket beside its folder, stopped with the test.
struct Cluster {
    folder: PathBuf,
}

/// Where the socket of a cluster is: in its folder a copy would take it along.
fn socket(folder: &Path) -> PathBuf {
    folder.with_extension("socket")
}

impl Cluster {
    fn start(folder: &Path, settings: &str) -> Self {
        run(as_owner("mkdir").arg(socket(folder)));
        let options =
            format!("-c listen_addresses= -c unix_socket_directories={} {settings}", socket(folder).display());
        let mut start = as_owner("pg_ctl");
        start
            .args(["start", "-w", "-s", "-D"])
            .arg(folder)
            .arg("-l")
            .arg(folder.with_extension("log"))
            .arg("-o")
            .arg(options);
        // The server inherits what it is given: a pipe would stay open as long as it runs.
        let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{}", std::fs::read_to_string(folder.with_extension("log")).unwrap_or_default());
        Self { folder: folder.to_owned() }
    }

    fn url(&self, database: &str) -> String {
        let socket = socket(&self.folder).display().to_string().replace('/', "%2F");
        format!("postgres://owner@localhost:5432/{database}?host={socket}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_owner("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-s", "-D"]).arg(&self.folder);
        let _ = stop.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A primary and its replica, which is behind by [`LAG`].
fn pair(folder: &TempDir) -> (Cluster, Cluster) {
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    if nix::unistd::geteuid().is_root() {
        run(Command::new("chown").arg("postgres").arg(folder.path()));
    }
    run(as_owner("initdb")
        .args(["--auth=trust", "--username=owner", "--encoding=UTF8", "--locale=C", "-N", "-D"])
        .arg(&first));
    let primary = Cluster::start(&first, "-c wal_level=replica -c max_wal_senders=4 -c fsync=off");
    run(as_owner("createdb").args(["-U", "owner", "-h"]).arg(socket(&first)).arg("exposition"));
    run(as_owner("pg_basebackup")
        .args(["-U", "owner", "-R", "-X", "stream", "-c", "fast", "-h"])
        .arg(socket(&first))
        .arg("-D")
        .arg(&second));
    let replica = Cluster::start(&second, &format!("-c recovery_min_apply_delay={LAG} -c fsync=off"));
    (primary, replica)
}

/// Publishes the world with a figure that is told by the version: J6 of one cohort is 100 + the number of
/// the publication.
async fn publish(db: &Db, folder: &Path, number: u32) {
    let path = folder.join("inserjeunes-mesures.csv");
    std::fs::write(&path, world::MESURES.replace(";162;73;89;57;", &format!(";300;73;227;{};", 100 + number))).unwrap();
    ingest(db, &path).await;
    exposition::publication::publish(db, &config().publication).await.unwrap();
}

/// What goes on asking: how many answers came, and what was wrong with them.
async fn ask(url: String, stop: Arc<AtomicBool>, asked: Arc<AtomicU64>) -> Vec<String> {
    let client = crate::common::client().build().unwrap();
    let mut wrong = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let path = "/api/v1/regions/11/certifications/32020008?millesime=2019_2020";
        let response = client.get(format!("{url}{path}")).header("cache-control", "no-cache").send().await.unwrap();
        let (status, version) = (response.status().as_u16(), response.headers().get("publication").cloned());
        let body: serde_json::Value = response.json().await.unwrap();
        asked.fetch_add(1, Ordering::Relaxed);
        // 1.0.N shows 100 + N.
        let number =
            version.as_ref().and_then(|version| version.to_str().ok()?.rsplit('.').next()?.parse::<i64>().ok());
        let shown = body["effectifs"]["en_emploi"]["6_mois"].as_i64();
        if status != 200 || shown.is_none() || shown != number.map(|number| 100 + number) {
            wrong.push(format!("{status} {version:?} {shown:?}"));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs pg_basebackup and runuser"]
async fn over_a_thousand_switches_before_a_replica_that_lags_no_answer_is_mixed_or_missing() {
    // Where the user of PostgreSQL gets to, and short enough for the name of a socket.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let (primary, replica) = pair(&folder);
    let mut settings = config();
    // As the commands do, publishing reads the primary alone.
    let writer = Db::connect(&primary.url("exposition"), &settings.database).unwrap();
    settings.database.read_url = Some(Secret::new(replica.url("exposition")));
    let db = Db::connect(&primary.url("exposition"), &settings.database).unwrap();
    db.migrate().await.unwrap();
    world::publish_measured_in(&writer, &world::MESURES.replace(";162;73;89;57;", ";300;73;227;100;")).await;
    let begin = Instant::now();
    while db.current_publication().await.ok().flatten().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the replica does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    settings.http.cache_bytes = 0;
    let server = TestServer::configured(db.clone(), settings.http).await;
    let ended = CancellationToken::new();
    let follow = server.state.publications.clone().follow(Duration::from_millis(50), ended.clone());
    let follow = tokio::spawn(follow);
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let asking: Vec<_> =
        (0..3).map(|_| tokio::spawn(ask(server.url.clone(), Arc::clone(&stop), Arc::clone(&asked)))).collect();
    // Four publications that are new to the replica, then to and fro between them.
    for number in 1..=4 {
        publish(&writer, folder.path(), number).await;
    }
    for switch in 0..1_000_u32 {
        exposition::publication::rollback(&writer, &format!("1.0.{}", switch % 5)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.store(true, Ordering::Relaxed);
    let mut wrong = Vec::new();
    for one in asking {
        wrong.extend(one.await.unwrap());
    }
    ended.cancel();
    follow.await.unwrap();
    let asked = asked.load(Ordering::Relaxed);
    println!("{asked} answers over 1,000 switches, {} wrong", wrong.len());
    assert!(asked > 1_000, "{asked}");
    assert!(wrong.is_empty(), "{} of {asked}: {:?}", wrong.len(), wrong.iter().take(5).collect::<Vec<_>>());
    assert_eq!(server.get("/api/v1/publications").await.headers()["publication"], "1.0.4");
}
