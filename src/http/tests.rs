//! The conventions, seen from outside, without any database: every request of these tests that
//! reached SQL would be answered 503.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use tower::ServiceExt as _;

use super::parameters::{Asked, Parameters, Reader};
use super::publication::CurrentPublication;
use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::HttpConfig;
use crate::db::Db;
use crate::db::publications::{Publication, PublicationCounts};

fn surround(router: Router) -> Router {
    let config = Config::from_lookup(&|_| None).unwrap();
    let usage = usage::UsageCounter::new(Db::connect(NOWHERE, &config.database).unwrap(), config.clock);
    layers::surround(router, layers::cors(), Counts { usage, metrics: Arc::default() })
}

fn limit(router: Router, config: &HttpConfig) -> Router {
    router.layer(from_fn_with_state(Arc::new(Limits::new(config)), layers::limit))
}

/// Nobody listens there: port 9 of loopback is reserved for discarding.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:9/nothing?sslmode=disable";

struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl TestResponse {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{:?}", String::from_utf8_lossy(&self.body)))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn publication(id: i32, version: &str, purgee: bool) -> Publication {
    Publication {
        id,
        version: version.to_owned(),
        creee_le: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        programme: "0.1.0".to_owned(),
        fictive: id == 3,
        empreinte: format!("{id:064}"),
        comptes: PublicationCounts::default(),
        acceptances: Vec::new(),
        fichiers: std::collections::BTreeMap::new(),
        courante: id == 3,
        purgee,
    }
}

fn services(publications: Vec<Publication>) -> Services {
    let mut config = Config::from_lookup(&|_| None).unwrap();
    config.database.acquire_timeout = Duration::from_millis(50);
    let db = Db::connect(NOWHERE, &config.database).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
    let services = Services::new(db.clone(), Clock::Fixed(day), config.http);
    Services { publications: CurrentPublication::with(db, publications), ..services }
}

fn state(publications: Vec<Publication>) -> AppState {
    services(publications).into()
}

fn service() -> Router {
    router(state(vec![publication(3, "1.1.0", false), publication(2, "1.0.0", false), publication(1, "0.1.0", true)]))
}

async fn ask(service: &Router, method: &str, uri: &str, headers: &[(&str, &str)]) -> TestResponse {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = service.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    TestResponse {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

async fn get(uri: &str) -> TestResponse {
    ask(&service(), "GET", uri, &[]).await
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_that_names_the_request() {
    let answer = ask(&service(), "GET", "/api/v1/nulle-part", &[("x-request-id", "abc-1")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-request-id"), "abc-1");
    let json = answer.json();
    assert_eq!(json["type"], "/docs/problemes#route_inconnue");
    assert_eq!(json["instance"], "/api/v1/nulle-part");
    assert_eq!(json["request_id"], "abc-1");
    assert_eq!(json["status"], 404);
}

#[tokio::test]
async fn a_request_identifier_that_could_not_be_logged_is_replaced() {
    for wild in ["a b", "\"x\"", &"x".repeat(65)] {
        let answer = ask(&service(), "GET", "/health/live", &[("x-request-id", wild)]).await;
        assert_eq!(answer.header("x-request-id").len(), 16, "{wild}");
    }
}

#[tokio::test]
async fn another_method_is_refused_and_the_right_ones_named() {
    let answer = ask(&service(), "DELETE", "/api/v1/indicateurs", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET,HEAD");
    assert_eq!(answer.json()["code"], "methode_refusee");
}

#[tokio::test]
async fn who_accepts_no_coding_is_told_which_there_are() {
    let answer = ask(&service(), "GET", "/api/v1/indicateurs", &[("accept-encoding", "identity;q=0")]).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    let json = answer.json();
    assert_eq!((&json["status"], &json["code"]), (&406.into(), &"codage_refuse".into()));
    assert_eq!((answer.header("etag"), answer.header("content-encoding")), ("", ""));
}

#[tokio::test]
async fn everything_that_is_wrong_is_listed_at_once() {
    let answer = get("/api/v1/indicateurs?limite=0&total=oui&couleur=bleu&champs=code,taille&publication=9.9.9").await;
    // The unknown publication asks the database, which is away.
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let answer = get("/api/v1/indicateurs?limite=0&total=oui&couleur=bleu&champs=code,taille&limite=3").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let json = answer.json();
    let errors = json["errors"].as_array().unwrap();
    let names: Vec<_> = errors.iter().map(|error| error["parametre"].as_str().unwrap()).collect();
    assert_eq!(names, ["limite", "limite", "total", "champs", "couleur"]);
    assert_eq!(errors[1]["detail"], "attendu : un nombre entier de 1 à 1000");
    assert_eq!(errors[3]["valeur"], "taille");
    let unknown = errors[4]["detail"].as_str().unwrap();
    assert!(unknown.ends_with("permis : champs, curseur, limite, publication, total"), "{unknown}");
}

#[tokio::test]
async fn numbers_outside_their_domain_are_refused() {
    for limite in ["0", "1001", "-1", "1.5", "+5", "", "99999999999999999999", "1e3", "%31%30%30%31"] {
        let answer = get(&format!("/api/v1/indicateurs?limite={limite}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{limite}");
    }
    assert_eq!(get("/api/v1/indicateurs?limite=1000").await.status, StatusCode::OK);
}

#[tokio::test]
async fn damaged_text_is_refused_wherever_it_stands() {
    for uri in [
        "/api/v1/indicateurs/a%00b",
        "/api/v1/indicateurs/%ff",
        "/api/v1/indicateurs?champs=code%00",
        "/api/v1/indicateurs?champs=%ff",
        "/api/v1/indicateurs?champs=%e9",
        "/api/v1/indicateurs?%00=1",
        "/api/v1/indicateurs?champs=%2",
    ] {
        let answer = get(uri).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert_eq!(answer.json()["code"], "parametres_invalides", "{uri}");
    }
}

#[tokio::test]
async fn a_well_formed_name_that_does_not_exist_is_a_404_that_says_where_to_look() {
    let answer = get("/api/v1/indicateurs/taux_de_bonheur").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.json()["detail"].as_str().unwrap().contains("/api/v1/indicateurs"));
    assert_eq!(answer.header("publication"), "1.1.0");
    assert_eq!(answer.header("etag"), "");
}

#[tokio::test]
async fn a_list_is_paged_to_its_end_without_repeating() {
    let service = service();
    let (mut uri, mut seen) = ("/api/v1/indicateurs?limite=7&total=true".to_owned(), Vec::new());
    loop {
        let answer = ask(&service, "GET", &uri, &[]).await;
        let json = answer.json();
        assert_eq!(json["pagination"]["total"], 26);
        seen.extend(json["donnees"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()));
        let Some(curseur) = json["pagination"]["suivant"].as_str() else {
            assert_eq!(answer.header("link"), "");
            break;
        };
        let link = answer.header("link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        assert!(link.contains(curseur) && link.contains("limite=7"), "{link}");
        uri = link.to_owned();
    }
    let expected: Vec<_> = super::v1::codes_indicateurs().collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_cursor_is_refused_when_edited_or_used_elsewhere() {
    let service = service();
    let json = ask(&service, "GET", "/api/v1/indicateurs?limite=2", &[]).await.json();
    let curseur = json["pagination"]["suivant"].as_str().unwrap().to_owned();
    let (head, tail) = curseur.split_at(curseur.len() / 2);
    let edited = format!(
        "{head}{}",
        if tail.starts_with('A') { tail.replacen('A', "B", 1) } else { format!("A{}", tail.split_at(1).1) }
    );
    for uri in [
        format!("/api/v1/indicateurs?curseur={edited}"),
        format!("/api/v1/indicateurs?curseur={tail}"),
        "/api/v1/indicateurs?curseur=".to_owned(),
        format!("/api/v1/referentiels/regions?curseur={curseur}"),
        format!("/api/v1/indicateurs?curseur={curseur}&publication=1.0.0"),
    ] {
        let answer = ask(&service, "GET", &uri, &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("curseur"), "{uri}");
    }
    let fine = ask(&service, "GET", &format!("/api/v1/indicateurs?curseur={curseur}&limite=9"), &[]).await;
    assert_eq!(fine.status, StatusCode::OK);
}

#[tokio::test]
async fn a_matching_etag_is_a_304_under_any_of_its_codings() {
    let service = service();
    let uri = "/api/v1/indicateurs";
    let plain = ask(&service, "GET", uri, &[]).await.header("etag").to_owned();
    let gzip = ask(&service, "GET", uri, &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_eq!(gzip.header("etag"), plain.strip_suffix('"').unwrap().to_owned() + "-gzip\"");
    for tag in
        [plain.clone(), gzip.header("etag").to_owned(), format!("W/{plain}"), format!("\"x\", {plain}"), "*".to_owned()]
    {
        let answer = ask(&service, "GET", uri, &[("if-none-match", &tag)]).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{tag}");
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("publication"), "1.1.0");
        assert!(!answer.header("etag").is_empty() && !answer.header("cache-control").is_empty());
    }
    for tag in ["\"x\"", plain.trim_matches('"'), &plain.replace('"', "'")] {
        assert_eq!(ask(&service, "GET", uri, &[("if-none-match", tag)]).await.status, StatusCode::OK, "{tag}");
    }
    let absent = ask(&service, "GET", "/api/v1/indicateurs/rien", &[("if-none-match", "*")]).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_etag_changes_with_what_the_answer_depends_on_and_with_nothing_else() {
    let etags = async |service: &Router, uri: &str, accept: &str| {
        ask(service, "GET", uri, &[("accept", accept)]).await.header("etag").to_owned()
    };
    let service = service();
    let base = etags(&service, "/api/v1/indicateurs?limite=5&total=true", "*/*").await;
    assert_eq!(base, etags(&service, "/api/v1/indicateurs?total=true&limite=%35", "*/*").await);
    let mut different = vec![base];
    for (uri, accept) in [
        ("/api/v1/indicateurs?limite=6&total=true", "*/*"),
        ("/api/v1/indicateurs", "*/*"),
        ("/api/v1/indicateurs", "text/csv"),
        ("/api/v1/indicateurs?publication=1.0.0", "*/*"),
    ] {
        different.push(etags(&service, uri, accept).await);
    }
    let tomorrow = Services {
        clock: Clock::Fixed(NaiveDate::from_ymd_opt(2026, 2, 1).unwrap()),
        ..services(vec![publication(3, "1.1.0", false)])
    };
    different.push(etags(&router(tomorrow.into()), "/api/v1/indicateurs", "*/*").await);
    let count = different.len();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), count);
    assert_eq!(
        etags(&service, "/api/v1/indicateurs.csv", "*/*").await,
        etags(&service, "/api/v1/indicateurs", "text/csv").await
    );
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    for uri in ["/api/v1/indicateurs", "/api/v1/indicateurs.csv", "/api/v1/indicateurs/nb_sortant", "/api/v1/rien"] {
        for coding in ["identity", "gzip", "zstd"] {
            let headers = [("accept-encoding", coding), ("x-request-id", "same")];
            let get = ask(&service(), "GET", uri, &headers).await;
            let head = ask(&service(), "HEAD", uri, &headers).await;
            assert_eq!(head.status, get.status);
            assert!(head.body.is_empty());
            for name in ["etag", "content-type", "publication", "cache-control", "vary", "content-encoding"] {
                assert_eq!(head.header(name), get.header(name), "{uri} {coding} {name}");
            }
            let length = head.header("content-length");
            assert!(length.is_empty() || length == get.body.len().to_string(), "{uri} {coding} {length}");
        }
    }
    let head = ask(&service(), "HEAD", "/api/v1/indicateurs", &[]).await;
    assert!(!head.header("content-length").is_empty());
}

#[tokio::test]
async fn a_pinned_publication_is_immutable_and_a_retired_one_is_gone() {
    let answer = get("/api/v1/indicateurs?publication=1.0.0").await;
    assert_eq!(
        (answer.header("publication"), answer.header("cache-control")),
        ("1.0.0", "public, max-age=31536000, immutable")
    );
    assert_eq!(answer.json()["publication"], "1.0.0");
    assert_eq!(answer.header("donnees-fictives"), "");
    let answer = get("/api/v1/indicateurs?publication=0.1.0").await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("Recommencez"));
}

#[tokio::test]
async fn fictitious_data_say_so() {
    assert_eq!(get("/api/v1/indicateurs").await.header("donnees-fictives"), "oui");
}

#[tokio::test]
async fn fields_can_be_chosen() {
    let json = get("/api/v1/indicateurs/nb_sortant?champs=unite,code").await.json();
    assert_eq!(json, serde_json::json!({"code": "nb_sortant", "unite": "personnes"}));
    let json = get("/api/v1/indicateurs?limite=1&champs=code").await.json();
    assert_eq!(json["donnees"], serde_json::json!([{"code": "nb_annee_term"}]));
}

#[tokio::test]
async fn the_csv_twin_is_the_whole_list() {
    let service = service();
    let csv = ask(&service, "GET", "/api/v1/indicateurs.csv?separateur=;", &[]).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"indicateurs-1.1.0.csv\"");
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("\u{feff}code;nom;"), "a spreadsheet knows UTF-8 by its mark");
    assert_eq!(text.matches("\r\n").count(), 27);
    let refused = ask(&service, "GET", "/api/v1/indicateurs.csv?limite=3", &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.json()["detail"].as_str().unwrap().contains("en CSV : bom, publication, separateur"));
    assert_eq!(ask(&service, "GET", "/api/v1/indicateurs/nb_sortant.csv", &[]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_slash_too_many_is_taken_away_with_the_method_and_the_query() {
    let service = service();
    for (method, asked, expected) in [
        ("GET", "/api/v1/indicateurs/?limite=3", "/api/v1/indicateurs?limite=3"),
        ("HEAD", "/api/v1/indicateurs/", "/api/v1/indicateurs"),
        ("POST", "/api/v1/formations/lot/", "/api/v1/formations/lot"),
        ("GET", "/health/live/", "/health/live"),
        ("GET", "/docs/problemes/", "/docs/problemes"),
    ] {
        let answer = ask(&service, method, asked, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (308, expected), "{method} {asked}");
    }
    assert_eq!(get("/docs/").await.status, StatusCode::OK);
    for unknown in ["/api/v1/nulle-part/", "/api/inserjeunes/regionales/", "//exemple.fr/"] {
        assert_eq!(get(unknown).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn the_root_names_addresses_that_are_answered() {
    let service = service();
    let root = ask(&service, "GET", "/", &[("accept", "application/json")]).await;
    assert_eq!(root.header("content-type"), "application/json");
    let root = root.json();
    let named = root.as_object().unwrap().values().filter_map(Value::as_str).filter(|text| text.starts_with('/'));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 5, "{root}");
    for address in named {
        // Without a database some of them are 503, and none is 404.
        assert_ne!(get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn answers_may_be_kept_for_five_minutes_and_served_when_nothing_else_can_be() {
    let answer = get("/api/v1/indicateurs").await;
    let kept = "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400";
    assert_eq!(answer.header("cache-control"), kept);
    let pinned = get("/api/v1/indicateurs?publication=1.0.0").await;
    assert_eq!(pinned.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn a_batch_is_a_post_whose_query_and_body_are_refused_together() {
    let service = service();
    let refused = ask(&service, "GET", "/api/v1/formations/lot", &[]).await;
    assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "POST"));
    let request =
        Request::post("/api/v1/formations/lot?couleur=bleu&champs=x").header("content-type", "application/json");
    let response = service.clone().oneshot(request.body(Body::from("[1,")).unwrap()).await.unwrap();
    assert_eq!(
        (response.status(), response.headers()["cache-control"].to_str().unwrap()),
        (StatusCode::BAD_REQUEST, "no-store")
    );
    let body: Value = serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap();
    let named: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|error| error["parametre"].as_str().unwrap()).collect();
    assert_eq!(named, ["champs", "couleur", "corps"]);
}

#[tokio::test]
async fn without_a_publication_data_are_503_and_the_reasons_are_given() {
    let service = router(state(Vec::new()));
    let answer = ask(&service, "GET", "/api/v1/indicateurs", &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "30");
    let ready = ask(&service, "GET", "/health/ready", &[]).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["raisons"].as_array().unwrap().len(), 2);
    assert_eq!(ask(&service, "GET", "/health/live", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_without_internal_text() {
    let answer = get("/api/v1/sources").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert_eq!(answer.json()["code"], "base_indisponible");
    assert!(!text.contains("PostgreSQL") && !text.contains("pool"), "{text}");
}

#[tokio::test]
async fn any_site_may_read_and_see_the_headers_that_matter() {
    let answer = ask(&service(), "GET", "/api/v1/rien", &[("origin", "https://exemple.fr")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    for name in ["etag", "link", "publication", "retry-after", "x-request-id"] {
        assert!(answer.header("access-control-expose-headers").contains(name), "{name}");
    }
}

#[tokio::test]
async fn the_documentation_needs_no_other_site() {
    let page = get("/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = String::from_utf8(page.body).unwrap();
    assert!(!text.contains("https://") && !text.contains("http://"), "{text}");
    assert_eq!(get("/docs/swagger-ui-bundle.js").await.status, StatusCode::OK);
    assert_eq!(get("/api/v1/openapi.json").await.json()["openapi"], "3.1.0");
    assert!(String::from_utf8(get("/docs/problemes").await.body).unwrap().contains("id=\"surcharge\""));
}

#[tokio::test]
async fn a_panic_is_a_500_without_its_text_and_overload_a_503() {
    let broken = Router::new().route("/boum", axum::routing::get(async || -> &'static str { panic!("le secret") }));
    let answer = ask(&surround(broken), "GET", "/boum", &[]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!String::from_utf8(answer.body.clone()).unwrap().contains("secret"));
    assert_eq!(answer.json()["code"], "erreur_interne");

    let slow =
        Router::new().route("/lent", axum::routing::get(async || tokio::time::sleep(Duration::from_mins(1)).await));
    let config = HttpConfig {
        max_concurrency: 1,
        request_timeout: Duration::from_millis(200),
        ..state(Vec::new()).config.clone()
    };
    let service = surround(limit(slow, &config));
    let (first, second) = tokio::join!(ask(&service, "GET", "/lent", &[]), ask(&service, "GET", "/lent", &[]));
    assert_eq!(first.json()["code"], "delai_depasse");
    assert_eq!(second.json()["code"], "surcharge");
    assert_eq!((first.header("retry-after"), second.header("retry-after")), ("5", "1"));
    let third = ask(&service, "GET", "/lent", &[]).await;
    assert_eq!(third.json()["code"], "delai_depasse", "the place of the first is free again");
}

/// A row of the route that these tests bring along.
#[derive(Clone, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Essai)]
struct Trial {
    rang: i64,
}

impl csv::CsvRow for Trial {
    fn columns() -> Vec<&'static str> {
        vec!["rang"]
    }

    fn cells(&self) -> Vec<csv::CsvCell<'_>> {
        vec![self.rang.into()]
    }
}

/// What the route takes.
struct LegacyRequest {
    minimum: i64,
    page: page::Page<i64>,
}

impl Parameters for LegacyRequest {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let conditions = reader.conditions(&[crate::domain::Indicateur::NbSortant]);
        let minimum = conditions.first().map_or(0, |condition| i64::from(condition.valeur));
        Some(Self { minimum, page: reader.page::<i64, Trial>()? })
    }
}

/// A long list whose database goes away after `good` rows; counts how often it is read.
#[derive(Clone)]
struct LongList {
    good: i64,
    minimum: i64,
    reads: Arc<std::sync::atomic::AtomicUsize>,
}

impl page::Listing for LongList {
    type Key = i64;
    type Row = Trial;

    async fn rows(
        &self,
        _: &request::DataRequest,
        after: Option<i64>,
        nombre: i64,
    ) -> Result<Vec<(i64, Trial)>, crate::db::DbError> {
        self.reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let start = after.map_or(self.minimum, |after| after + 1);
        let away = crate::db::DbError::from(sqlx::Error::PoolTimedOut);
        let read = (start..start + nombre).map(|rang| (rang, Trial { rang })).collect();
        if start >= self.good { Err(away) } else { Ok(read) }
    }

    async fn total(&self, _: &request::DataRequest) -> Result<u64, crate::db::DbError> {
        Ok(7)
    }
}

fn trial_service(good: i64) -> (Router, Arc<std::sync::atomic::AtomicUsize>) {
    let reads = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let state = state(vec![publication(3, "1.1.0", false)]);
    let list = LongList { good, minimum: 0, reads: Arc::clone(&reads) };
    let handler = move |asked: Asked<LegacyRequest>| async move {
        let list = LongList { minimum: asked.wanted.minimum, ..list };
        page::list_answer(&asked.request, asked.wanted.page, list).await
    };
    let guard = Arc::new(Guard { state: state.clone(), scope: RouteGroup::Data });
    let route = Router::new()
        .route("/essai", axum::routing::get(handler.clone()))
        .route("/essai.csv", axum::routing::get(handler));
    (surround(route.route_layer(from_fn_with_state(guard, conditional_layer))), reads)
}

#[tokio::test]
async fn what_was_answered_once_is_answered_from_memory() {
    let (service, reads) = trial_service(i64::MAX / 2);
    let first = ask(&service, "GET", "/essai?limite=2&total=true", &[]).await;
    assert_eq!(first.json()["donnees"], serde_json::json!([{"rang": 0}, {"rang": 1}]));
    assert_eq!(first.json()["pagination"]["total"], 7);
    let again = ask(&service, "GET", "/essai?total=true&limite=2", &[]).await;
    let head = ask(&service, "HEAD", "/essai?total=true&limite=2", &[]).await;
    assert_eq!((again.body, head.header("etag")), (first.body.clone(), first.header("etag")));
    assert_eq!(reads.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn errors_are_not_kept() {
    let (service, reads) = trial_service(0);
    for _ in 0..2 {
        assert_eq!(ask(&service, "GET", "/essai", &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(reads.load(std::sync::atomic::Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_csv_file_that_breaks_in_the_middle_does_not_look_complete() {
    let (service, _) = trial_service(3000);
    for coding in ["identity", "gzip"] {
        let request = Request::builder().uri("/essai.csv").header("accept-encoding", coding).body(Body::empty());
        let response = service.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(to_bytes(response.into_body(), usize::MAX).await.is_err(), "{coding}");
    }
    let (service, _) = trial_service(0);
    assert_eq!(ask(&service, "GET", "/essai.csv", &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn filters_are_typed_and_belong_to_the_cursor() {
    let (service, _) = trial_service(i64::MAX / 2);
    let json = ask(&service, "GET", "/essai?limite=1&nb_sortant%5Bgte%5D=20", &[]).await.json();
    assert_eq!(json["donnees"], serde_json::json!([{"rang": 20}]));
    let curseur = json["pagination"]["suivant"].as_str().unwrap();
    let other = ask(&service, "GET", &format!("/essai?limite=1&nb_sortant[gte]=21&curseur={curseur}"), &[]).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    for wrong in ["nb_sortant[gte]=vingt", "nb_sortant[plus]=20", "nb_sortant=20", "nb_annee_term[gte]=20"] {
        let refused = ask(&service, "GET", &format!("/essai?{wrong}"), &[]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
