//! `exposition actualiser`: what changed is fetched, ingested and published, and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use exposition::cli::Ending;
use exposition::cli::refresh::{RefreshArgs, once};
use exposition::config::Config;
use exposition::download::Address;
use exposition::ingestion::FileStatus;
use exposition::publication::{self, Outcome, PublicationError};
use exposition::refresh::{Found, Mode, Publishing, Refresh, RefreshError, refresh};

use super::server::{DataRequest, Reply, Server};
use super::{FILE, Network};
use crate::common::{PROGRAM, TestServer, config};
use crate::ingestion::World;

const CFA: &str = "/datasets/fr-en-inserjeunes-cfa/exports/csv?apikey=clef-fictive";
const DIPLOMAS: &str = "/v_formation_diplome.csv";
const MEASURES: &str = "/inserjeunes-mesures.csv";

/// What a portal has at one address.
#[derive(Clone)]
enum Held {
    /// A file, named by the ETag; the body follows.
    Named(&'static str, String),
    /// A file without a name for its version.
    Unnamed(String),
    /// A server that fails.
    Down,
    /// A server that says nothing.
    Silent,
}

/// A portal that can be changed.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<BTreeMap<&'static str, Held>>>);

impl Shelf {
    fn put(&self, path: &'static str, held: Held) {
        self.0.lock().unwrap().insert(path, held);
    }

    fn answer(&self, request: &DataRequest) -> Reply {
        let kind = ("content-type", "text/csv");
        match self.0.lock().unwrap().get(request.path.as_str()) {
            Some(Held::Named(etag, _)) if request.header("if-none-match") == Some(*etag) => {
                Reply::brute("304 Not Modified", &[("etag", etag)], "")
            }
            Some(Held::Named(etag, body)) => Reply::new("200 OK", &[kind, ("etag", etag)], body),
            Some(Held::Unnamed(body)) => Reply::csv(body),
            Some(Held::Down) => Reply::new("503 Service Unavailable", &[], ""),
            Some(Held::Silent) => Reply::brute("200 OK", &[kind], "").then("", Duration::from_millis(50)),
            None => Reply::new("404 Not Found", &[], ""),
        }
    }
}

fn diplomas() -> String {
    "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE\n\
     32020008;320;UN BTS;01/09/2018;\n"
        .to_owned()
}

/// One cohort of E 100, P 40 and so many in employment in each région.
fn measures(regions: &[&str], employed: i32) -> String {
    let mut content =
        "millesime;code_region;filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois\n".to_owned();
    for region in regions {
        writeln!(content, "2020_2021;{region};apprentissage;32020008;100;40;{employed}").unwrap();
    }
    content
}

const REGIONS: [&str; 9] = ["01", "02", "03", "04", "06", "11", "24", "27", "28"];

/// A database, a portal, and a way to it.
struct Bench {
    world: World,
    shelf: Shelf,
    server: Server,
    network: Network,
}

impl Bench {
    async fn new(held: impl IntoIterator<Item = (&'static str, Held)>) -> Self {
        let shelf = Shelf::default();
        for (path, held) in held {
            shelf.put(path, held);
        }
        let answering = shelf.clone();
        let server = Server::start(move |request| answering.answer(request)).await;
        let network = Network::new(&[&server]);
        Self { world: World::new().await, shelf, server, network }
    }

    fn config(&self) -> Config {
        Config { download: self.network.config.clone(), ..config() }
    }

    fn addresses(&self, paths: &[&str]) -> Vec<Address> {
        paths.iter().map(|path| Address::parse(&self.server.url(path)).unwrap()).collect()
    }

    async fn try_run(&self, paths: &[&str], mode: Mode) -> Result<Refresh, RefreshError> {
        let (config, addresses) = (self.config(), self.addresses(paths));
        let run = refresh(&self.world.pg.db, &config, &addresses, mode, &mut |_| {}).await;
        assert_eq!(self.network.rests(), 0, "what was fetched is removed");
        run
    }

    async fn run(&self, paths: &[&str]) -> Refresh {
        self.try_run(paths, Mode::Apply).await.unwrap()
    }

    /// The command, with its ending.
    async fn command(&self, paths: &[&str], trial: bool) -> Ending {
        let args =
            RefreshArgs { portals: Vec::new(), addresses: self.addresses(paths), no_portal: true, trial, every: None };
        once(&args, &self.world.pg.db, &self.config()).await.unwrap()
    }

    /// The publication that is served.
    async fn served(&self) -> Option<String> {
        self.world.pg.db.current_publication().await.unwrap().map(|publication| publication.version)
    }
}

/// What came of each address, in a word.
fn found(run: &Refresh) -> Vec<&'static str> {
    let word = |found: &Found| match found {
        Found::SameVersion => "304",
        Found::SameBytes => "same",
        Found::File(reports) => reports.iter().map(|report| report.state.as_str()).next().unwrap_or("nothing"),
        Found::NotFetched(_) => "away",
    };
    run.visits.iter().map(|visit| word(&visit.found)).collect()
}

/// The publication that was made.
fn version(run: &Refresh) -> Option<&str> {
    match &run.publishing {
        Publishing::Done(Outcome::Published(summary)) => Some(&summary.version),
        _ => None,
    }
}

fn two() -> [(&'static str, Held); 2] {
    [(DIPLOMAS, Held::Named("\"d1\"", diplomas())), (MEASURES, Held::Named("W/\"m1\"", measures(&REGIONS, 30)))]
}

#[tokio::test]
async fn the_first_run_publishes_and_the_second_is_told_304_and_changes_nothing() {
    let bench = Bench::new(two()).await;
    let first = bench.run(&[DIPLOMAS, MEASURES]).await;
    assert_eq!(found(&first), ["imported", "imported"]);
    assert_eq!(version(&first), Some("1.0.0"));
    let before = bench.world.everything().await;
    let second = bench.run(&[DIPLOMAS, MEASURES]).await;
    assert_eq!(found(&second), ["304", "304"]);
    assert!(matches!(second.publishing, Publishing::NothingNew), "{:?}", second.publishing);
    assert_eq!(bench.world.everything().await, before);
    let asked: Vec<_> =
        bench.server.requests().iter().map(|request| request.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(asked, [None, None, Some("\"d1\"".to_owned()), Some("W/\"m1\"".to_owned())]);
    assert_eq!(bench.command(&[DIPLOMAS, MEASURES], false).await, Ending::Done);
}

#[tokio::test]
async fn only_what_changed_is_fetched_and_read_again() {
    let bench = Bench::new(two()).await;
    bench.run(&[DIPLOMAS, MEASURES]).await;
    bench.shelf.put(MEASURES, Held::Named("\"m2\"", measures(&REGIONS, 31)));
    let run = bench.run(&[DIPLOMAS, MEASURES]).await;
    assert_eq!(found(&run), ["304", "imported"]);
    assert_eq!(version(&run), Some("1.0.1"), "figures were corrected, nothing came or went");
    assert_eq!(found(&bench.run(&[DIPLOMAS, MEASURES]).await), ["304", "304"]);
}

#[tokio::test]
async fn a_server_that_names_no_versions_is_known_by_what_it_sends() {
    let bench = Bench::new([(CFA, Held::Unnamed(FILE.to_owned()))]).await;
    assert_eq!(version(&bench.run(&[CFA]).await), Some("1.0.0"));
    let again = bench.run(&[CFA]).await;
    assert_eq!(found(&again), ["same"]);
    assert!(matches!(again.publishing, Publishing::NothingNew));
    // It begins to name them: the next run need not fetch.
    bench.shelf.put(CFA, Held::Named("\"c1\"", FILE.to_owned()));
    assert_eq!(found(&bench.run(&[CFA]).await), ["same"]);
    assert_eq!(found(&bench.run(&[CFA]).await), ["304"]);
    bench.shelf.put(CFA, Held::Unnamed(FILE.replace(";60;", ";66;")));
    assert_eq!(version(&bench.run(&[CFA]).await), Some("1.0.1"));
}

#[tokio::test]
async fn a_publication_that_would_lose_too_much_is_refused_and_the_one_before_is_served() {
    let bench = Bench::new(two()).await;
    bench.run(&[DIPLOMAS, MEASURES]).await;
    let server = TestServer::start(bench.world.pg.db.clone()).await;
    let address = "/api/v1/regions/01/certifications/32020008";
    let before = server.json(address).await;
    bench.shelf.put(MEASURES, Held::Named("\"m2\"", measures(&REGIONS[5..], 30)));
    let run = bench.run(&[DIPLOMAS, MEASURES]).await;
    assert_eq!(found(&run), ["304", "imported"]);
    let Publishing::Failed(PublicationError::Loss(loss)) = &run.publishing else { panic!("{:?}", run.publishing) };
    assert!(loss.to_string().contains("regionale/apprentissage/"), "{loss}");
    server.state.publications.refresh().await.unwrap();
    assert_eq!(server.json(address).await, before);
    assert_eq!(bench.served().await.as_deref(), Some("1.0.0"));

    // Nothing is new, but what is in is not published: it is tried and refused again, until
    // somebody decides.
    assert_eq!(bench.command(&[DIPLOMAS, MEASURES], false).await, Ending::Refused);
    publication::publish_as(&bench.world.pg.db, &config().publication, publication::Mode::Force).await.unwrap();
    let decided = bench.run(&[DIPLOMAS, MEASURES]).await;
    assert!(matches!(decided.publishing, Publishing::Done(Outcome::Unchanged(_))), "{:?}", decided.publishing);
    assert!(matches!(bench.run(&[DIPLOMAS, MEASURES]).await.publishing, Publishing::NothingNew));
}

#[tokio::test]
async fn one_address_that_is_down_stops_no_other_and_is_asked_again() {
    let bench = Bench::new(two()).await;
    bench.shelf.put(CFA, Held::Down);
    let paths = [CFA, DIPLOMAS, MEASURES];
    let run = bench.run(&paths).await;
    assert_eq!(found(&run), ["away", "imported", "imported"]);
    assert_eq!(version(&run), Some("1.0.0"));
    assert_eq!(bench.command(&paths, false).await, Ending::Failed);
    bench.shelf.put(CFA, Held::Named("\"c1\"", FILE.to_owned()));
    let next = bench.run(&paths).await;
    assert_eq!(found(&next), ["imported", "304", "304"]);
    assert_eq!(version(&next), Some("1.1.0"), "figures were added");
}

#[tokio::test]
async fn what_is_refused_is_remembered_nowhere_and_said_again() {
    let bench = Bench::new([(DIPLOMAS, Held::Named("\"d1\"", "a;b\n1;2\n".to_owned()))]).await;
    for _ in 0..2 {
        let run = bench.run(&[DIPLOMAS]).await;
        assert_eq!(found(&run), ["refused"]);
        assert!(matches!(run.publishing, Publishing::NothingNew));
    }
    assert_eq!(bench.command(&[DIPLOMAS], false).await, Ending::Refused);
    assert!(bench.server.requests().iter().all(|request| request.header("if-none-match").is_none()));
    // A page, and an address that is not there.
    bench.shelf.put(DIPLOMAS, Held::Named("\"d2\"", "<html>".to_owned()));
    assert_eq!(bench.command(&[DIPLOMAS], false).await, Ending::Refused);
    assert_eq!(bench.command(&["/nulle-part.csv"], false).await, Ending::Refused);
}

#[tokio::test]
async fn a_dry_run_reads_and_checks_everything_and_changes_nothing() {
    let bench = Bench::new(two()).await;
    let empty = bench.world.everything().await;
    let run = bench.try_run(&[DIPLOMAS, MEASURES], Mode::Trial).await.unwrap();
    assert_eq!(found(&run), ["would go in", "would go in"]);
    assert!(matches!(run.publishing, Publishing::Due), "{:?}", run.publishing);
    let Found::File(reports) = &run.visits[1].found else { panic!("{:?}", run.visits[1]) };
    assert_eq!((reports[0].state, reports[0].lines.gardees), (FileStatus::AImporter, 9));
    assert_eq!(bench.command(&[DIPLOMAS, MEASURES], true).await, Ending::Done);
    assert_eq!(bench.world.everything().await, empty);

    bench.run(&[DIPLOMAS, MEASURES]).await;
    let before = bench.world.everything().await;
    bench.shelf.put(MEASURES, Held::Named("\"m2\"", "a;b\n1;2\n".to_owned()));
    assert_eq!(found(&bench.try_run(&[DIPLOMAS, MEASURES], Mode::Trial).await.unwrap()), ["304", "refused"]);
    assert_eq!(bench.command(&[DIPLOMAS, MEASURES], true).await, Ending::Refused);
    assert_eq!(bench.world.everything().await, before);
}

#[tokio::test]
async fn a_second_run_at_the_same_time_says_so_and_ends() {
    let bench = Bench::new(two()).await;
    let lock = bench.world.pg.db.begin_refresh().await.unwrap().unwrap();
    let refused = bench.try_run(&[DIPLOMAS, MEASURES], Mode::Apply).await;
    assert!(matches!(refused, Err(RefreshError::Running)), "{refused:?}");
    assert_eq!(bench.command(&[DIPLOMAS, MEASURES], false).await, Ending::Done, "nobody has to act");
    assert_eq!(bench.server.requests().len(), 0);
    drop(lock);
    assert_eq!(version(&after_the_other(&bench, &[DIPLOMAS, MEASURES]).await), Some("1.0.0"));
}

/// The run as soon as PostgreSQL has noticed that the one before is gone.
async fn after_the_other(bench: &Bench, paths: &[&str]) -> Refresh {
    let begin = Instant::now();
    loop {
        match bench.try_run(paths, Mode::Apply).await {
            Err(RefreshError::Running) if begin.elapsed() < Duration::from_mins(1) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            run => return run.unwrap(),
        }
    }
}

#[tokio::test]
async fn what_an_interrupted_run_took_in_is_published_by_the_next_one() {
    let bench = Bench::new(two()).await;
    bench.shelf.put(CFA, Held::Silent);
    let paths = [DIPLOMAS, MEASURES, CFA];
    let (config, addresses) = (bench.config(), bench.addresses(&paths));
    let config = Config {
        download: exposition::config::DownloadConfig { idle_timeout: Duration::from_mins(5), ..config.download },
        ..config
    };
    {
        let mut ignored = |_: &exposition::refresh::Visit| {};
        let run = refresh(&bench.world.pg.db, &config, &addresses, Mode::Apply, &mut ignored);
        let third = async {
            while bench.server.requests().len() < 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            end = run => panic!("it should wait for the third: {end:?}"),
            () = third => {}
        }
    }
    assert_eq!(bench.served().await, None);
    let run = after_the_other(&bench, &[DIPLOMAS, MEASURES]).await;
    assert_eq!(found(&run), ["304", "304"]);
    assert_eq!(version(&run), Some("1.0.0"));
}

#[tokio::test]
async fn a_file_that_was_withdrawn_does_not_come_back_until_it_changes() {
    let bench = Bench::new([(CFA, Held::Unnamed(FILE.to_owned())), two()[1].clone()]).await;
    bench.run(&[CFA]).await;
    let files = bench.world.pg.db.files().await.unwrap();
    bench.world.pg.db.withdraw_file(&files[0].sha256).await.unwrap();
    assert_eq!(found(&bench.run(&[CFA]).await), ["same"]);
    assert_eq!(bench.world.rows("SELECT * FROM mesures_etablissement").await.len(), 0);
    bench.shelf.put(CFA, Held::Unnamed(FILE.replace(";60;", ";66;")));
    assert_eq!(found(&bench.run(&[CFA]).await), ["imported"]);
}

#[tokio::test]
async fn a_publication_that_was_rolled_back_is_not_made_again_by_a_run_that_brings_nothing() {
    let bench = Bench::new(two()).await;
    bench.run(&[DIPLOMAS, MEASURES]).await;
    bench.shelf.put(MEASURES, Held::Named("\"m2\"", measures(&REGIONS, 31)));
    assert_eq!(version(&bench.run(&[DIPLOMAS, MEASURES]).await), Some("1.0.1"));
    publication::rollback(&bench.world.pg.db, "1.0.0").await.unwrap();
    assert!(matches!(bench.run(&[DIPLOMAS, MEASURES]).await.publishing, Publishing::NothingNew));
    assert_eq!(bench.served().await.as_deref(), Some("1.0.0"));
}

#[tokio::test]
async fn what_follows_the_question_mark_of_an_address_is_kept_nowhere() {
    let bench = Bench::new([(CFA, Held::Unnamed(FILE.to_owned()))]).await;
    let run = bench.run(&[CFA]).await;
    let everything = bench.world.everything().await;
    assert!(everything.iter().any(|line| line.contains("/datasets/fr-en-inserjeunes-cfa/exports/csv")));
    assert!(!everything.iter().any(|line| line.contains("clef-fictive")));
    assert!(!format!("{:?}", run.visits).contains("clef-fictive"));
}

#[test]
fn wrong_usage_of_actualiser_is_said_before_anything_is_asked() {
    for (args, expected) in [
        (&["--adresse", "http://data.education.gouv.fr/a.csv"][..], "only https:// addresses are fetched"),
        (&["--portail", "n_mef"], "fr-esr-insersup"),
        (&["--sans-portail"], "--adresse"),
        (&["--toutes-les", "24"], "30min, 24h or 7d"),
        (&["--toutes-les", "24h", "--a-blanc"], "cannot be used with"),
    ] {
        let output = Command::new(PROGRAM).arg("actualiser").args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{args:?}: {said}");
        assert!(said.contains(expected), "{args:?}: {said}");
    }
}

#[tokio::test]
async fn the_program_refuses_a_host_outside_of_the_list_with_exit_2() {
    let world = World::new().await;
    let mut command = Command::new(PROGRAM);
    command.args(["actualiser", "--portail", "fr-en-inserjeunes-cfa"]);
    command.env("DATABASE_URL", &world.pg.url).env("EXPOSITION_DOWNLOAD_HOSTS", "depot.example");
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("data.education.gouv.fr is not one that may be asked"), "{said}");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("refused") && shown.contains("Nothing new"), "{shown}");
}
