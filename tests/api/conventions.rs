//! What holds for every answer: problems, conditional requests, methods, headers.

use reqwest::Method;
use serde_json::json;

use super::world::server;

#[tokio::test]
async fn every_bad_parameter_is_reported_at_once() {
    let (status, problem) = server()
        .await
        .problem("/api/v1/regions/99/certifications/3202?millesime=2023-2024&filiere=bts&inconnu=1")
        .await;
    assert_eq!(status, 400);
    let named: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["parametre"].clone()).collect();
    assert_eq!(named, ["region", "code", "millesime", "filiere", "inconnu"]);
    for error in problem["errors"].as_array().unwrap() {
        assert!(!error["detail"].as_str().unwrap().is_empty(), "{error}");
    }
    assert!(problem["request_id"].is_string() && problem["type"].is_string() && problem["title"].is_string());
}

#[tokio::test]
async fn malformed_requests_are_refused_before_the_database() {
    let server = server().await;
    for (path, status, parameter) in [
        ("/api/v1/certifications/3202", 400, "code"),
        ("/api/v1/certifications/3202000%00", 400, "code"),
        ("/api/v1/certifications?q=a%00b", 400, "q"),
        ("/api/v1/certifications?q=", 400, "q"),
        ("/api/v1/certifications?limite=0", 400, "limite"),
        ("/api/v1/certifications?limite=1001", 400, "limite"),
        ("/api/v1/certifications?limite=5&limite=6", 400, "limite"),
        ("/api/v1/certifications?curseur=zzz", 400, "curseur"),
        ("/api/v1/certifications?tri=libelle", 400, "tri"),
        ("/api/v1/certifications?champs=rien", 400, "champs"),
        ("/api/v1/certifications?part_en_emploi_6_mois[gte]=beaucoup", 400, "part_en_emploi_6_mois[gte]"),
        ("/api/v1/certifications?codes=32020008,bad", 400, "codes"),
        ("/api/v1/regions/96000/certifications", 400, "region"),
        ("/api/v1/etablissements/0350017Z", 400, "uai"),
        ("/api/v1/certifications?publication=9.9.9", 400, "publication"),
    ] {
        let (found, problem) = server.problem(path).await;
        assert_eq!((found, &problem["errors"][0]["parametre"]), (status, &json!(parameter)), "{path}: {problem}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_decoded_is_never_answered_as_one_without_the_damaged_part() {
    let server = server().await;
    let good = server.get("/api/v1/publications").await;
    assert_eq!(good.status(), 200, "kept in the cache from now on");
    let etag = good.headers()["etag"].to_str().unwrap().to_owned();
    for path in ["/api/v1/publications?curseur=%FF", "/api/v1/publications?total=%C2%9B", "/api/v1/publications?%FF=1"]
    {
        let (status, problem) = server.problem(path).await;
        assert_eq!((status, problem["errors"].as_array().unwrap().len()), (400, 1), "{path}: {problem}");
        let request = server.request(Method::GET, path).header("If-None-Match", &etag);
        assert_eq!(request.send().await.unwrap().status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_or_altered_is_refused() {
    let server = server().await;
    let body = server.json("/api/v1/certifications?limite=1").await;
    let curseur = body["pagination"]["suivant"].as_str().unwrap();
    assert_eq!(server.get(&format!("/api/v1/certifications?limite=2&curseur={curseur}")).await.status(), 200);
    let (start, last) = curseur.split_at(curseur.len() - 1);
    let altered = format!("{start}{}", if last == "A" { "Q" } else { "A" });
    for path in [
        format!("/api/v1/certifications?tri=-nb_sortant&curseur={curseur}"),
        format!("/api/v1/regions/53/certifications?curseur={curseur}"),
        format!("/api/v1/certifications?curseur={altered}"),
        format!("/api/v1/certifications?curseur={}", &curseur[1..]),
    ] {
        assert_eq!(server.problem(&path).await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn an_unchanged_answer_is_304_and_a_changed_request_has_another_tag() {
    let server = server().await;
    let path = "/api/v1/regions/11/certifications/32020008";
    let first = server.get(path).await;
    let tag = first.headers()["etag"].clone();
    assert!(!tag.to_str().unwrap().starts_with("W/"), "strong");
    assert_eq!(first.headers()["publication"], "1.0.0");
    assert_eq!(
        first.headers()["cache-control"],
        "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400"
    );
    let again = server.request(Method::GET, path).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag));
    assert!(again.bytes().await.unwrap().is_empty());
    let other = server.get(&format!("{path}?millesime=2020")).await;
    assert_ne!(other.headers()["etag"], tag);
}

#[tokio::test]
async fn a_304_needs_no_database() {
    let server = server().await;
    let path = "/api/v1/certifications/32020008";
    let tag = server.get(path).await.headers()["etag"].clone();
    server.state.db.close().await;
    let again = server.request(Method::GET, path).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(server.get(path).await.status(), 200, "a cached answer is still served");
    let (status, problem) = server.problem("/api/v1/certifications/50022137").await;
    assert_eq!(status, 503);
    assert!(!problem.to_string().contains("pool"), "no internal text: {problem}");
}

#[tokio::test]
async fn each_coding_has_its_own_tag() {
    let server = server().await;
    let path = "/api/v1/regions/11/certifications/32020008";
    let mut tags = vec![
        server.request(Method::GET, path).header("accept-encoding", "identity").send().await.unwrap().headers()["etag"]
            .clone(),
    ];
    for coding in ["gzip", "br", "zstd"] {
        let response = server.request(Method::GET, path).header("accept-encoding", coding).send().await.unwrap();
        let tag = response.headers()["etag"].clone();
        assert!(tag.to_str().unwrap().ends_with(&format!("-{coding}\"")), "{tag:?}");
        let again = server.request(Method::GET, path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag));
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let server = server().await;
    for path in
        ["/api/v1/certifications/32020008", "/api/v1/certifications", "/api/v1/certifications/99999999", "/health/live"]
    {
        let get = server.request(Method::GET, path).header("accept-encoding", "identity").send().await.unwrap();
        let head = server.request(Method::HEAD, path).header("accept-encoding", "identity").send().await.unwrap();
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(head.headers().get("etag"), get.headers().get("etag"), "{path}");
        assert_eq!(head.headers().get("content-length"), get.headers().get("content-length"), "{path}");
        assert!(head.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_problems_too() {
    let server = server().await;
    let post = server.request(Method::POST, "/api/v1/certifications").send().await.unwrap();
    assert_eq!(post.status(), 405);
    assert!(post.headers()["allow"].to_str().unwrap().contains("GET"));
    assert_eq!(post.headers()["content-type"], "application/problem+json");
    assert_eq!(server.problem("/api/v1/nulle-part").await.0, 404);
    assert_eq!(server.problem("/api/v1").await.0, 404);
}

#[tokio::test]
async fn any_page_may_read_the_answers() {
    let server = server().await;
    let response = server
        .request(Method::GET, "/api/v1/certifications/32020008")
        .header("origin", "https://exemple.fr")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_lowercase();
    for header in ["etag", "link", "publication"] {
        assert!(exposed.contains(header), "{exposed}");
    }
}

#[tokio::test]
async fn champs_keeps_the_named_fields() {
    let server = server().await;
    let body = server.json("/api/v1/certifications/32020008?champs=code,libelle").await;
    assert_eq!(body, json!({"code": "32020008", "libelle": "MÉTIERS DE L'EAU (BTS)"}));
    let list = server.json("/api/v1/certifications?champs=code&limite=1").await;
    assert_eq!(list["donnees"], json!([{"code": "24730025214"}]));
}

#[tokio::test]
async fn a_pinned_publication_is_immutable() {
    let server = server().await;
    let response = server.get("/api/v1/certifications/32020008?publication=1.0.0").await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn the_documentation_works_without_any_other_address() {
    let server = server().await;
    let page = server.get("/docs/").await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    assert!(!html.contains("https://") && !html.contains("//cdn"), "{html}");
    let contract = server.json("/api/v1/openapi.json").await;
    assert!(contract["openapi"].as_str().unwrap().starts_with("3.1"));
}
