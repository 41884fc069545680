//! What every page answers with, whatever it is asked.

use reqwest::Method;

use super::html::{link, pages, text};
use crate::common::{TestServer, database, sample_database};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
const FRAGMENT: &str = "/integrer/formations/0359834Z/50033616";

#[tokio::test]
async fn every_page_has_its_policy_no_cookie_no_script_and_little_weight() {
    let server = TestServer::sample().await;
    let home = text(&server, "/").await;
    let style = super::html::attribute(home.split("rel=\"stylesheet\"").nth(1).unwrap(), "href").unwrap();
    let style = server.get(&style).await;
    assert_eq!(style.headers()["cache-control"], "public, max-age=31536000, immutable");
    let style = style.text().await.unwrap();
    assert!(style.len() < 8 * 1024, "{}", style.len());
    for path in pages() {
        let response = server.request(Method::GET, path).header("accept", "text/html").send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["content-security-policy"], POLICY, "{path}");
        assert!(headers.get("set-cookie").is_none(), "{path}");
        let compressed: u64 = headers.get("content-length").map_or(0, |n| n.to_str().unwrap().parse().unwrap());
        let page = response.text().await.unwrap();
        assert!(!page.contains("<script>") && !page.contains(" style=") && !page.contains(" onclick="), "{path}");
        let scripts = page.split("<script").skip(1);
        assert!(scripts.into_iter().all(|script| script.starts_with(" type=\"application/ld+json\"")), "{path}");
        assert!(page.len() + style.len() < 40 * 1024 && compressed < 30 * 1024, "{path}: {}", page.len());
        assert!(!page.contains("https://") || path == "/etablissements" || page.contains("schema.org"), "{path}");
    }
}

#[tokio::test]
async fn a_fragment_may_be_framed_and_weighs_less_than_six_kilobytes() {
    let server = TestServer::sample().await;
    for theme in ["", "?theme=clair", "?theme=sombre", "?theme=contraste"] {
        for path in
            [FRAGMENT.to_owned(), format!("{FRAGMENT}.svg"), "/integrer/formations/0359834Z/23910033605".to_owned()]
        {
            let response = server.get(&format!("{path}{theme}")).await;
            let policy = response.headers()["content-security-policy"].to_str().unwrap();
            assert_eq!(policy, POLICY.replace("frame-ancestors 'none'", "frame-ancestors *"));
            let body = response.text().await.unwrap();
            assert!(body.len() < 6000 && body.contains("<title") && body.contains("<desc"), "{path}: {}", body.len());
        }
    }
    assert_eq!(server.get(&format!("{FRAGMENT}?theme=rose")).await.status(), 400);
    let page = text(&server, "/formations/0359834Z/50033616").await;
    let oembed = server.json(&link(&page, "oEmbed")).await;
    assert_eq!((&oembed["type"], &oembed["version"]), (&"rich".into(), &"1.0".into()));
    assert!(oembed["html"].as_str().unwrap().contains(FRAGMENT), "{oembed}");
    assert_eq!(server.problem("/oembed?url=https://exemple.fr/").await.0, 404);
}

#[tokio::test]
async fn hostile_input_is_shown_as_text_and_never_an_error_of_the_service() {
    let server = TestServer::sample().await;
    let long = "é".repeat(500);
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'; DROP TABLE certifications; --",
        "{{7*7}}",
        "../../etc/passwd",
        "\u{202e}\u{0}",
        "%",
        "\\",
        "a & !b | :*",
        long.as_str(),
    ] {
        let coded: String = form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let segment = coded.replace('+', "%20");
        for path in [
            format!("/recherche?q={coded}"),
            format!("/recherche?q=coiffure&ou={coded}"),
            format!("/recherche?q=coiffure&suite={coded}"),
            format!("/comparer?f={coded}&q={coded}&ou={coded}"),
            format!("/certifications/50033616?ou={coded}"),
            format!("/certifications/50033616?millesime={coded}"),
            format!("/formations/0359834Z/50033616?filiere={coded}"),
            format!("/formations/{segment}/{segment}"),
            format!("/certifications/{segment}"),
            format!("/etablissements/{segment}"),
            format!("{FRAGMENT}?theme={coded}"),
            format!("/oembed?url={coded}"),
            format!("/theme/{segment}"),
            format!("/{segment}"),
            format!("/?publication={coded}"),
        ] {
            let response = server.request(Method::GET, &path).header("accept", "text/html").send().await.unwrap();
            let status = response.status().as_u16();
            assert!(status < 500, "{path}: {status}");
            let body = response.text().await.unwrap();
            for markup in ["<script>alert", "<img src=x", "DROP TABLE certifications</script"] {
                assert!(!body.contains(markup), "{path}");
            }
            assert!(
                !body.contains("49") || !hostile.contains("7*7") || body.contains("{{7*7}}") || status < 400,
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_address_is_a_page_for_people_and_a_problem_for_programs() {
    let server = TestServer::sample().await;
    let page = text(&server, "/nulle-part").await;
    assert!(page.contains("Page introuvable") && page.contains("name=\"q\""), "{page}");
    for path in ["/nulle-part", "/formations/0359834Z/x", "/certifications/99999999", "/etablissements/0010001W"] {
        let (status, problem) = server.problem(path).await;
        assert!(status == 404 || status == 400, "{path}");
        assert!(problem["detail"].is_string());
        let page = server.get(path).await;
        assert_eq!((page.status().as_u16(), &page.headers()["cache-control"]), (status, &"no-store".parse().unwrap()));
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8", "{path}");
    }
    let api = server.request(Method::GET, "/api/v1/nulle-part").header("accept", "text/html").send().await.unwrap();
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    let post = server.request(Method::POST, "/recherche").send().await.unwrap();
    assert_eq!(post.status(), 405);
    assert!(post.headers()["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn a_course_without_figures_here_says_where_there_are_some() {
    let server = TestServer::sample().await;
    let response = server.get("/formations/0599818B/32025010").await;
    let status = response.status();
    let page = response.text().await.unwrap();
    assert!(
        status == 404 && page.contains("Aucun chiffre n'est publié") || page.contains("Aucun chiffre n&#39;est publié"),
        "{page}"
    );
    assert!(page.contains("Il y a des chiffres ailleurs"), "{page}");
}

#[tokio::test]
async fn a_page_is_cached_pinned_and_answered_304_like_the_api() {
    let server = TestServer::sample().await;
    for path in ["/", "/formations/0359834Z/50033616", FRAGMENT] {
        let first = server.get(path).await;
        let tag = first.headers()["etag"].clone();
        assert_eq!(first.headers()["publication"], "1.0.0");
        assert!(first.headers()["cache-control"].to_str().unwrap().starts_with("public, max-age=300"));
        let again = server.request(Method::GET, path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
        let pinned = server.get(&format!("{path}?publication=1.0.0")).await;
        assert!(pinned.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
        assert_eq!(server.get(&format!("{path}?publication=9.9.9")).await.status(), 400, "{path}");
    }
    server.state.db.close().await;
    assert_eq!(server.get("/formations/0359834Z/50033616").await.status(), 200, "a kept page");
    let away = server.get("/etablissements/0359834Z").await;
    assert_eq!((away.status().as_u16(), &away.headers()["retry-after"]), (503, &"5".parse().unwrap()));
    assert!(away.text().await.unwrap().contains("Réessayez"));
}

#[tokio::test]
async fn the_twins_of_a_page_are_where_its_address_says() {
    let server = TestServer::sample().await;
    let api = server.json("/formations/0359834Z/50033616.json").await;
    assert_eq!(api, server.json("/api/v1/formations/0359834Z/50033616").await);
    for (path, kind) in [
        ("/formations/0359834Z/50033616.csv", "text/csv"),
        ("/formations/0359834Z/50033616.svg", "image/svg+xml"),
        ("/certifications/50033616.csv", "text/csv"),
        ("/etablissements/0359834Z.csv", "text/csv"),
        ("/couverture.csv", "text/csv"),
        ("/donnees.json", "application/json"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
    }
}

#[tokio::test]
async fn the_map_of_the_site_lists_pages_that_exist() {
    let server = TestServer::sample().await;
    let map = server.get("/sitemap.xml").await.text().await.unwrap();
    let addresses: Vec<String> =
        map.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert!(addresses.len() > 200, "{}", addresses.len());
    for address in addresses.iter().step_by(20).chain(addresses.iter().take(10)) {
        let path = address.strip_prefix("http://127.0.0.1:8080").unwrap_or_else(|| panic!("{address}"));
        assert_eq!(server.get(path).await.status(), 200, "{address}");
    }
    assert!(server.get("/robots.txt").await.text().await.unwrap().contains("/sitemap.xml"));
}

#[tokio::test]
async fn without_a_publication_a_page_says_so() {
    let server = TestServer::start(database().await.db).await;
    let response = server.get("/").await;
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"30".parse().unwrap()));
    assert!(response.text().await.unwrap().contains("Réessayez"));
    assert_eq!(server.get("/docs/problemes").await.status(), 200);
}

#[tokio::test]
async fn an_operator_s_look_comes_over_the_neutral_one() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("theme.css", ":root{--lien:#000091}"),
        ("entete.html", "<p>République</p>"),
        ("pied.html", "<p>Un ministère</p>"),
        ("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let mut config = crate::common::config().http;
    config.site.theme = Some(folder.path().to_owned());
    config.site.publisher = Some("Ministère <test>".to_owned());
    let server = TestServer::configured(sample_database().await.db, config).await;
    let page = text(&server, "/mentions-legales").await;
    for words in ["<p>République</p>", "<p>Un ministère</p>", "/theme/theme.css?", "Ministère &#60;test&#62;"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(server.get("/theme/theme.css").await.text().await.unwrap(), ":root{--lien:#000091}");
    assert_eq!(server.get("/theme/logo.svg").await.headers()["content-type"], "image/svg+xml");
    assert_eq!(server.get("/theme/entete.html").await.status(), 404);
}

#[tokio::test]
async fn what_the_trial_page_proposes_is_answered_on_the_data_that_are_served() {
    let server = TestServer::sample().await;
    let trial = server.get("/docs/").await;
    assert!(trial.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
    assert!(trial.text().await.unwrap().contains("<title>Essayer l&#39;API – exposition</title>"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        assert_eq!(server.get(&format!("/docs/{file}")).await.status(), 200, "{file}");
    }
    let start = server.get("/docs/swagger-initializer.js").await.text().await.unwrap();
    assert!(start.contains("/docs/contrat.json"), "{start}");
    assert_eq!(server.get("/docs/nulle-part.js").await.status(), 404);
    let document = server.json("/docs/contrat.json").await;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(parameters) = item["get"]["parameters"].as_array() else { continue };
        let of_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let address = of_path.fold(path.clone(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap();
            path.replace(&format!("{{{name}}}"), parameter["example"].as_str().unwrap())
        });
        if path != "/api/v1/cles/moi/usage" {
            assert_eq!(server.get(&address).await.status(), 200, "{address}");
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
