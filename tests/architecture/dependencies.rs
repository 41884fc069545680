//! Every dependency of Cargo.toml is used: what nothing uses is compiled all the same.

use std::collections::BTreeSet;
use std::fs;
use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use super::source::{files, root};

/// The names below a heading, as the code writes them.
fn named(manifest: &str, heading: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_")).collect()
}

/// Every word of the code in these folders; comments and texts are none.
fn words(folders: &[&str]) -> BTreeSet<String> {
    fn collect(stream: TokenStream, found: &mut BTreeSet<String>) {
        for token in stream {
            match token {
                TokenTree::Group(group) => collect(group.stream(), found),
                TokenTree::Ident(word) => found.extend([word.to_string()]),
                _ => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    for file in folders.iter().flat_map(|folder| files(&root().join(folder), "rs")) {
        collect(TokenStream::from_str(&fs::read_to_string(file).unwrap()).unwrap(), &mut found);
    }
    found
}

#[test]
fn every_dependency_is_used() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for (heading, folders) in
        [("[dependencies]", &["src"][..]), ("[dev-dependencies]", &["src", "tests", "benches"][..])]
    {
        let (names, words) = (named(&manifest, heading), words(folders));
        assert!(names.len() >= 3, "{heading}: only {names:?} found");
        let unused: Vec<_> = names.into_iter().filter(|name| !words.contains(name)).collect();
        assert!(unused.is_empty(), "{heading}: nothing in {folders:?} uses {unused:?}");
    }
}

#[test]
fn a_word_in_a_comment_is_no_use() {
    let manifest = "[dependencies]\nfutures-util = \"0.3\"\n\n[dev-dependencies]\nurl = \"2\"\n";
    assert_eq!(named(manifest, "[dependencies]"), ["futures_util"]);
    assert_eq!(named(manifest, "[dev-dependencies]"), ["url"]);
    assert!(!words(&["tests/architecture"]).contains("resembles"), "a word of this text alone");
}
