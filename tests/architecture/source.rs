//! Source files as tokens: what they name and what text they hold, comments left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What one source file uses.
#[derive(Debug, Default)]
pub struct Source {
    /// Paths within the crate, from its root: `["db", "publications", "Publication"]`.
    pub inner: Vec<Vec<String>>,
    /// First segments of the other paths, those of unit tests left out.
    pub outer: Vec<String>,
    /// String literals, documentation left out.
    pub texts: Vec<String>,
    /// The same without those of unit tests.
    pub own_texts: Vec<String>,
}

impl Source {
    /// Reads the source of the module at `module` (`["http", "v1"]`).
    pub fn parse(text: &str, module: &[&str]) -> Self {
        let mut source = Self::default();
        let module: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
        source.read(TokenStream::from_str(text).unwrap(), &module);
        source
    }

    fn read(&mut self, stream: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at..] {
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] if hash.as_char() == '#' => {
                    self.attribute(attribute.stream(), module);
                    2
                }
                [TokenTree::Punct(hash), TokenTree::Punct(inner), TokenTree::Group(attribute), ..]
                    if hash.as_char() == '#' && inner.as_char() == '!' =>
                {
                    self.attribute(attribute.stream(), module);
                    3
                }
                [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(body), ..] if word == "mod" => {
                    self.read(body.stream(), &[module, &[name.to_string()]].concat());
                    3
                }
                [TokenTree::Ident(_), ..] => self.path(&tokens[at..], &[], module),
                [TokenTree::Group(group), ..] => {
                    self.read(group.stream(), module);
                    1
                }
                [TokenTree::Literal(literal), ..] => {
                    let text = Some(literal.to_string()).filter(|text| text.contains('"'));
                    self.own_texts.extend(text.clone().filter(|_| !in_tests(module)));
                    self.texts.extend(text);
                    1
                }
                _ => 1,
            };
        }
    }

    /// Documentation comments arrive as `doc` attributes; they may name anything.
    fn attribute(&mut self, stream: TokenStream, module: &[String]) {
        let first = stream.clone().into_iter().next();
        if !matches!(first, Some(TokenTree::Ident(name)) if name == "doc") {
            self.read(stream, module);
        }
    }

    /// Reads the path that `tokens` begin with, below `prefix`; returns how many of them it is.
    fn path(&mut self, tokens: &[TokenTree], prefix: &[String], module: &[String]) -> usize {
        let (mut names, mut at) = (prefix.to_vec(), 0);
        while let Some(TokenTree::Ident(name)) = tokens.get(at) {
            names.push(name.to_string());
            at += 1;
            if !is_separator(&tokens[at..]) {
                self.add(&names, module);
                return at;
            }
            at += 2;
        }
        match tokens.get(at) {
            Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Brace => {
                self.list(list.stream(), &names, module);
                at + 1
            }
            _ => {
                self.add(&names, module);
                at
            }
        }
    }

    /// `prefix::{a, b::c}`: each as a path of its own.
    fn list(&mut self, stream: TokenStream, prefix: &[String], module: &[String]) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        for item in tokens.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')) {
            self.path(item, prefix, module);
        }
    }

    /// Resolves `crate`, `self` and `super`.
    fn add(&mut self, names: &[String], module: &[String]) {
        let ups = names.iter().take_while(|name| *name == "super").count();
        let first = names.first().map(String::as_str);
        let (base, skip) = match first {
            Some("crate") => (&module[..0], 1),
            Some("self") => (module, 1),
            Some("super") => (&module[..module.len() - ups], ups),
            _ => {
                // Unit tests may make what a layer itself may not know of.
                self.outer.extend(names.first().filter(|_| !in_tests(module)).cloned());
                return;
            }
        };
        let path = [base, &names[skip..]].concat();
        self.inner.extend(Some(path).filter(|path| !path.is_empty()));
    }
}

fn in_tests(module: &[String]) -> bool {
    module.last().is_some_and(|name| name == "tests")
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(a), TokenTree::Punct(b), ..] if a.as_char() == ':' && b.as_char() == ':')
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder` with this extension, in order.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module that a file under `src` is: `src/http/v1/mod.rs` is `["http", "v1"]`.
pub fn module(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root().join("src")).unwrap().with_extension("");
    let names = relative.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| !["mod", "lib", "main"].contains(&name.as_str())).collect()
}
