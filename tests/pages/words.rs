//! Sentences that a fifteen-year-old understands are short.

use super::html::{pages, plain, text};
use crate::common::TestServer;

const MOST: usize = 20;

/// The paragraphs and items of a page, without the exact definitions, which say that they are harder.
fn paragraphs(page: &str) -> Vec<String> {
    let main = page.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    let easy = main.split("<h2>Chaque chiffre, exactement</h2>").next().unwrap();
    let mut found = Vec::new();
    for tag in ["<p", "<li", "<dd"] {
        for piece in easy.split(tag).skip(1) {
            if piece.starts_with(" class=\"code\"") || !piece.starts_with([' ', '>']) {
                continue;
            }
            let inner = piece.split_once('>').unwrap().1;
            let end = inner.find(&format!("</{}>", &tag[1..])).unwrap_or(inner.len());
            // What an item holds in paragraphs is read as such.
            found.push(plain(inner[..end].split("<p").next().unwrap()));
        }
    }
    found
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n']).filter(|sentence| sentence.chars().any(char::is_alphabetic))
}

#[tokio::test]
async fn no_sentence_of_a_page_has_more_than_twenty_words() {
    let server = TestServer::sample().await;
    let mut counted = 0;
    for path in pages().filter(|path| *path != "/docs/problemes") {
        for paragraph in paragraphs(&text(&server, path).await) {
            for sentence in sentences(&paragraph) {
                let words = sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
                assert!(words <= MOST, "{path}: {words} words in «{}»", sentence.trim());
                counted += 1;
            }
        }
    }
    assert!(counted > 150, "{counted}");
}

#[tokio::test]
async fn every_figure_s_name_leads_to_a_definition_that_is_there() {
    let server = TestServer::sample().await;
    let definitions = text(&server, "/donnees").await;
    let mut followed = 0;
    for path in pages() {
        let page = text(&server, path).await;
        for anchor in page.split("href=\"/donnees#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(definitions.contains(&format!("<dt id=\"{anchor}\"")), "{path}: {anchor}");
            followed += 1;
        }
    }
    assert!(followed > 40, "{followed}");
}

#[tokio::test]
async fn every_link_of_a_page_leads_somewhere() {
    let server = TestServer::sample().await;
    let mut links: Vec<String> = Vec::new();
    for path in pages() {
        let page = text(&server, path).await;
        for href in page.split(" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let href = href.replace("&#38;", "&").replace("&amp;", "&");
            if href.starts_with('/') {
                links.push(href.split('#').next().unwrap().to_owned());
            }
        }
    }
    links.sort();
    links.dedup();
    assert!(links.len() > 60, "{links:?}");
    for link in links {
        let status = server.get(&link).await.status();
        assert!(status.is_success(), "{link}: {status}");
    }
}
