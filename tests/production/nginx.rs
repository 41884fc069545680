//! nginx with the configuration that is shipped: what it keeps, what it never keeps, and that it goes on
//! alone.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::header::HeaderMap;
use tempfile::TempDir;

use crate::common::cable::{Cable, State};
use crate::common::{PROGRAM, client, config, database, ingest, sample_database};

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Not killed: the workers of nginx would stay.
        kill(Pid::from_raw(self.0.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        self.0.wait().unwrap();
    }
}

/// The program's own server on a database, and its address.
async fn serve(database: &str) -> (Running, String) {
    let mut program = Command::new(PROGRAM);
    program.args(["serve", "--port", "0"]).env("DATABASE_URL", database).env("EXPOSITION_POLL_S", "0.2");
    program.env("EXPOSITION_RATE_PER_ADDRESS", "1000000").env("EXPOSITION_TRUSTED_PROXIES", "127.0.0.1");
    let mut program = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let out = BufReader::new(program.stdout.take().unwrap());
    let line = tokio::task::spawn_blocking(|| out.lines().next().unwrap().unwrap()).await.unwrap();
    let address = line.strip_prefix("Listening on http://").and_then(|rest| rest.split(' ').next()).unwrap();
    (Running(program), address.to_owned())
}

/// The shipped configuration, in a folder and on a port of its own.
struct Nginx {
    folder: TempDir,
    url: String,
    process: Running,
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/nginx").join(name)
}

/// Whether files that this process writes belong to root: the workers of nginx then need its rights.
fn is_root(folder: &Path) -> bool {
    std::fs::metadata(folder).unwrap().uid() == 0
}

/// What stands around a file for the http block.
fn whole(folder: &Path) -> String {
    let owner = if is_root(folder) { "user root;" } else { "" };
    let at = folder.display();
    let kept =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {at}/{kind};"));
    format!(
        "{owner} daemon off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/error.log;\nevents {{}}\n\
         http {{ access_log off; {} include {at}/exposition.conf; }}\n",
        kept.join(" ")
    )
}

impl Nginx {
    /// In front of a service; `short`: answers are kept for a second, where a test cannot wait for five
    /// minutes.
    async fn before(service: &str, short: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut text = std::fs::read_to_string(shipped("exposition.conf")).unwrap();
        text = text.replace("/etc/nginx/exposition", &at.display().to_string());
        text = text.replace("/var/cache/nginx/exposition", &at.join("cache").display().to_string());
        if short {
            let begin = "        proxy_cache exposition;\n";
            assert!(text.contains(begin));
            text =
                text.replace(begin, &format!("{begin}proxy_ignore_headers Cache-Control; proxy_cache_valid 200 1s;\n"));
        }
        std::fs::write(at.join("exposition.conf"), text).unwrap();
        std::fs::write(at.join("upstream.conf"), format!("server {service} max_fails=1 fail_timeout=1s;")).unwrap();
        std::fs::write(at.join("listen.conf"), format!("listen 127.0.0.1:{port};")).unwrap();
        std::fs::copy(shipped("publication.conf"), at.join("publication.conf")).unwrap();
        std::fs::write(at.join("nginx.conf"), whole(at)).unwrap();
        let process = Running(Self::command(at).spawn().expect("nginx is not installed"));
        let url = format!("http://127.0.0.1:{port}");
        let begin = Instant::now();
        while reqwest_get(&url, "/health/live").await.is_err() {
            let log = std::fs::read_to_string(at.join("error.log")).unwrap_or_default();
            assert!(begin.elapsed() < Duration::from_secs(10), "nginx does not answer: {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { folder, url, process }
    }

    fn command(folder: &Path) -> Command {
        let mut nginx = Command::new("nginx");
        nginx
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        nginx
    }

    async fn until(&self, path: &str, good: impl Fn(&Answer) -> bool) {
        until(&self.url, path, good).await;
    }

    /// Status, headers and body.
    async fn get(&self, path: &str) -> Answer {
        reqwest_get(&self.url, path).await.unwrap()
    }

    /// What nginx did with a request.
    async fn did(&self, path: &str) -> String {
        cache(&self.get(path).await.1)
    }

    /// The shipped command.
    fn purge(&self, version: &str) {
        let nginx = format!("nginx -p {0} -c {0}/nginx.conf", self.folder.path().display());
        let mut purge = Command::new(shipped("purge"));
        let status = purge.arg(version).arg(self.folder.path()).env("NGINX", nginx).stderr(Stdio::null()).status();
        assert!(status.unwrap().success());
    }
}

/// Status, headers and body.
type Answer = (u16, HeaderMap, String);

/// Asks until the answer is as it should be.
async fn until(url: &str, path: &str, good: impl Fn(&Answer) -> bool) {
    let begin = Instant::now();
    loop {
        let answer = reqwest_get(url, path).await.unwrap();
        if good(&answer) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(15), "{path}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn reqwest_get(url: &str, path: &str) -> reqwest::Result<Answer> {
    let response = client().timeout(Duration::from_secs(10)).build()?.get(format!("{url}{path}")).send().await?;
    Ok((response.status().as_u16(), response.headers().clone(), response.text().await?))
}

fn cache(headers: &HeaderMap) -> String {
    headers.get("x-cache").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

const LIST: &str = "/api/v1/certifications?limite=5";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx"]
async fn behind_nginx_what_is_public_is_kept_and_nothing_else() {
    let test = sample_database().await;
    let (_service, address) = serve(&test.url).await;
    let nginx = Nginx::before(&address, false).await;
    nginx.until(LIST, |(status, ..)| *status == 200).await;
    let (_, first, body) = nginx.get(LIST).await;
    let (_, second, again) = nginx.get(LIST).await;
    assert_eq!((cache(&second).as_str(), &again), ("HIT", &body));
    assert_eq!(first["etag"], second["etag"]);
    assert!(!second.contains_key("ratelimit"), "what is left of another's allowance: {second:?}");
    // A known answer is not sent again, and the service is not asked.
    let client = client().build().unwrap();
    let known =
        client.get(format!("{}{LIST}", nginx.url)).header("if-none-match", &first["etag"]).send().await.unwrap();
    assert_eq!((known.status().as_u16(), cache(known.headers()).as_str()), (304, "HIT"));
    // Pages and the old contract as well; errors, health and what a key asks for are not kept.
    for path in ["/", "/formations/0359834Z/50033616", "/api/inserjeunes/regionales/53/certifications/50033616"] {
        assert_eq!([nginx.did(path).await, nginx.did(path).await], ["MISS", "HIT"], "{path}");
    }
    for path in ["/api/v1/certifications/99999999", "/api/v1/certifications?limite=0"] {
        assert_eq!([nginx.did(path).await, nginx.did(path).await], ["MISS", "MISS"], "{path}");
    }
    assert_eq!(nginx.did("/health/ready").await, "");
    for path in [format!("{LIST}&apiKey=x"), "/api/inserjeunes/formations".to_owned()] {
        assert!(["BYPASS", "MISS"].contains(&nginx.did(&path).await.as_str()), "{path}");
        assert!(["BYPASS", "MISS"].contains(&nginx.did(&path).await.as_str()), "{path}");
    }
    let keyed = client.get(format!("{}{LIST}", nginx.url)).header("x-api-key", "unknown").send().await.unwrap();
    assert_eq!(cache(keyed.headers()), "BYPASS", "it is counted for its key");
    // A crowd that wants the same is one request.
    let path = "/api/v1/formations?limite=50";
    let crowd: Vec<_> = (0..20).map(|_| nginx.did(path)).collect();
    let did = futures_util::future::join_all(crowd).await;
    assert_eq!(did.iter().filter(|did| *did == "MISS").count(), 1, "{did:?}");
    // A part of a file is a part of a file.
    let export = format!("{}/api/v1/publications/1.0.0/exports/SHA256SUMS", nginx.url);
    let part = client.get(export).header("range", "bytes=0-63").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.bytes().await.unwrap().len()), (206, 64));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx"]
async fn behind_nginx_cached_answers_go_on_without_database_and_service() {
    let test = sample_database().await;
    let (url, cable) = Cable::to(&test).await;
    let (service, address) = serve(&url).await;
    let nginx = Nginx::before(&address, true).await;
    nginx.until(LIST, |(status, ..)| *status == 200).await;
    let body = nginx.get(LIST).await.2;
    // Old enough to be asked for again: while it is, the kept one answers.
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    assert_eq!(nginx.did(LIST).await, "STALE");
    cable.set(State::Cut);
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    for _ in 0..5 {
        assert_eq!(nginx.get(LIST).await.2, body, "without the database");
    }
    drop(service);
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    for _ in 0..20 {
        let (status, headers, answer) = nginx.get(LIST).await;
        assert_eq!((status, &answer), (200, &body), "without the service: {headers:?}");
    }
    assert_eq!(nginx.get("/api/v1/certifications?limite=6").await.0, 502, "what was never asked for");
    drop(nginx.process);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx"]
async fn purge_forgets_the_answers_of_an_older_publication() {
    let test = database().await;
    crate::api::world::publish_in(&test).await;
    let (_service, address) = serve(&test.url).await;
    let nginx = Nginx::before(&address, false).await;
    nginx.until(LIST, |(status, ..)| *status == 200).await;
    assert_eq!(nginx.get(LIST).await.1["publication"], "1.0.0");
    let changed = crate::api::world::MESURES.replace(";162;73;89;", ";163;74;89;");
    let path = nginx.folder.path().join("inserjeunes-mesures.csv");
    std::fs::write(&path, changed).unwrap();
    ingest(&test.db, &path).await;
    exposition::publication::publish(&test.db, &config().publication).await.unwrap();
    let direct = format!("http://{address}");
    until(&direct, LIST, |(_, headers, _)| headers["publication"] == "1.0.1").await;
    let (_, headers, _) = nginx.get(LIST).await;
    assert_eq!((cache(&headers).as_str(), &headers["publication"]), ("HIT", &"1.0.0".parse().unwrap()));
    nginx.purge("1.0.1");
    nginx.until(LIST, |(_, headers, _)| headers["publication"] == "1.0.1").await;
    // Going back finds what was kept.
    nginx.purge("-");
    nginx.until(LIST, |(_, headers, _)| headers["publication"] == "1.0.0").await;
}
