//! Just enough reading of the pages' own HTML, one row to a line, to compare what they say.

use std::collections::BTreeMap;

use crate::common::TestServer;

/// Addresses of every kind of page, on the sample: those that the browser's tests visit as well. One of
/// them there is not, and one has no figures.
const ADDRESSES: &str = include_str!("addresses.txt");

/// The addresses of pages that are there.
pub fn pages() -> impl Iterator<Item = &'static str> {
    ADDRESSES.lines().filter(|path| *path != "/nulle-part")
}

/// The text of a page, whatever its status.
pub async fn text(server: &TestServer, path: &str) -> String {
    let response = server.request(reqwest::Method::GET, path).header("accept", "text/html").send().await.unwrap();
    assert!(response.status().as_u16() < 500, "{path}");
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{path}");
    response.text().await.unwrap()
}

/// A figure that a page shows: the cohort of its row, if it names one, the indicator, the text.
pub type Shown = (Option<String>, String, String);

/// Every figure of a page, in its order.
pub fn shown(page: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    for line in page.lines() {
        let millesime = attribute(line, "data-millesime");
        for piece in line.split("data-chiffre=\"").skip(1) {
            let (code, rest) = piece.split_once('"').unwrap();
            let text = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            found.push((millesime.clone(), code.to_owned(), text.to_owned()));
        }
    }
    found
}

/// The value of the first attribute of that name.
pub fn attribute(html: &str, name: &str) -> Option<String> {
    let rest = html.split(&format!("{name}=\"")).nth(1)?;
    Some(rest.split('"').next()?.to_owned())
}

/// What a reader sees: without markup, with the few entities that the templates write.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let entities: BTreeMap<&str, &str> =
        [("&#39;", "'"), ("&#34;", "\""), ("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&quot;", "\"")].into();
    entities.into_iter().fold(text, |text, (entity, c)| text.replace(entity, c))
}

/// Where a link leads whose text contains some words.
pub fn link(page: &str, words: &str) -> String {
    let links = page.split("<a ").skip(1);
    let mut found = links.filter(|link| plain(&format!("<a {}", link.split("</a>").next().unwrap())).contains(words));
    let href = found.find_map(|link| attribute(link, "href"));
    assert!(href.is_some(), "no link with «{words}»");
    href.unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&")
}
