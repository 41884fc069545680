//! ETag, 304 and kept answers on the legacy contract.

use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::http::access::random_bytes;
use reqwest::{Method, Response};

use crate::common::{TestServer, sample_database};

/// What a client keeps of an answer.
fn kept(response: &Response) -> (u16, String, String) {
    let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (status, etag, caching) = (response.status().as_u16(), header("etag"), header("cache-control"));
    assert!(status != 304 || response.content_length().unwrap_or(0) == 0);
    (status, etag, caching)
}

async fn again(server: &TestServer, path: &str, etag: &str, key: Option<&str>) -> (u16, String, String) {
    let request = server.request(Method::GET, path).header("if-none-match", etag);
    kept(&key.iter().fold(request, |request, key| request.header("x-api-key", *key)).send().await.unwrap())
}

/// A code that has a national statistic, an établissement's formation, and the images of both.
async fn paths(server: &TestServer) -> Vec<String> {
    let list = server.json("/api/v1/formations?limite=1").await;
    let formation = &list["donnees"][0];
    let code = formation["certification"]["code"].as_str().unwrap();
    let uai = formation["etablissement"]["uai"].as_str().unwrap();
    let region = formation["etablissement"]["region"]["code"].as_str().unwrap();
    let bare = [
        format!("formations/{uai}-{code}"),
        format!("certifications/{code}"),
        format!("regionales/{region}/certifications/{code}"),
    ];
    let images = bare.clone().map(|path| format!("{path}.svg"));
    bare.into_iter().chain(images).map(|path| format!("/api/inserjeunes/{path}")).collect()
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_twice_and_asks_no_database() {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    let paths = paths(&server).await;
    let mut tags = Vec::new();
    for path in &paths {
        let (status, etag, caching) = kept(&server.get(path).await);
        assert_eq!((status, caching.starts_with("public, max-age=300")), (200, true), "{path} {caching}");
        tags.push(etag);
    }
    let missing = "/api/inserjeunes/certifications/99999999";
    assert_eq!(kept(&server.get(missing).await).0, 404);
    let body = server.get(missing).await.text().await.unwrap();

    test.db.close().await;
    for (path, etag) in paths.iter().zip(&tags) {
        assert_eq!(again(&server, path, etag, None).await.0, 304, "{path}");
        assert_eq!(
            again(&server, path, &format!("\"{}\"", "0".repeat(32)), None).await,
            (
                200,
                etag.clone(),
                "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400".to_owned()
            )
        );
    }
    assert_eq!(server.get(missing).await.text().await.unwrap(), body, "«not found» is kept too");
    let distinct: std::collections::BTreeSet<_> = tags.iter().collect();
    assert_eq!(distinct.len(), tags.len(), "two addresses share no answer");
}

#[tokio::test]
async fn a_kept_list_is_still_behind_its_key_and_private() {
    let test = sample_database().await;
    let secret = KeyText::from_bytes(random_bytes().unwrap());
    let key = NewApiKey {
        empreinte: &secret.hash(),
        nom: "plateforme",
        contact: None,
        droits: &[AccessScope::Legacy],
        quota: None,
        expire_le: None,
    };
    test.db.create_key(key).await.unwrap();
    let server = TestServer::start(test.db.clone()).await;
    let path = "/api/inserjeunes/certifications?items_par_page=2";
    let (status, etag, caching) = again(&server, path, "\"\"", Some(secret.expose())).await;
    assert_eq!((status, caching.as_str()), (200, "private, no-cache"));
    assert_eq!(
        again(&server, path, &etag, Some(secret.expose())).await,
        (304, etag.clone(), "private, no-cache".to_owned())
    );
    let (status, _, caching) = again(&server, path, &etag, None).await;
    assert_eq!(
        (status, caching.as_str()),
        (401, "no-store"),
        "who has no key learns nothing, not even that it is unchanged"
    );
}
