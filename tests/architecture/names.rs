//! The names that a source file declares, those of its unit tests left out.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Functions, types, traits, constants, modules, variants, fields, parameters and variables.
pub fn declared(text: &str) -> Vec<String> {
    let mut names = Names::default();
    read(TokenStream::from_str(text).unwrap(), &mut names);
    names.own
}

/// Fields and variants that serde or sqlx read or write under these names.
pub fn serialised(text: &str) -> Vec<String> {
    let mut names = Names::default();
    read(TokenStream::from_str(text).unwrap(), &mut names);
    names.serialised
}

#[derive(Default)]
struct Names {
    own: Vec<String>,
    serialised: Vec<String>,
}

fn read(stream: TokenStream, names: &mut Names) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let (mut at, mut serialised) = (0, false);
    while at < tokens.len() {
        let rest = &tokens[at..];
        at += match rest {
            [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(_), ..]
                if word == "mod" && name == "tests" =>
            {
                3
            }
            [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] if hash.as_char() == '#' => {
                serialised |= is_serialised(attribute);
                2
            }
            // `const fn`, `static mut`: the name comes after the next word.
            [TokenTree::Ident(word), TokenTree::Ident(next), ..]
                if is_item(word) && (next == "fn" || next == "mut") =>
            {
                1
            }
            [TokenTree::Ident(word), TokenTree::Ident(name), ..] if is_item(word) => {
                names.own.push(name.to_string());
                let body = if word == "struct" || word == "enum" { item_body(rest) } else { None };
                if let Some((length, body)) = body {
                    members(body, if serialised { &mut names.serialised } else { &mut names.own });
                    serialised = false;
                    length
                } else {
                    2
                }
            }
            [TokenTree::Ident(word), ..] if word == "let" || word == "for" && is_loop(rest) => {
                1 + pattern(&rest[1..], &mut names.own)
            }
            [TokenTree::Ident(name), TokenTree::Punct(colon), next, ..]
                if colon.as_char() == ':' && !is_colon(next) =>
            {
                names.own.extend(Some(name.to_string()).filter(|_| at == 0 || !is_colon(&tokens[at - 1])));
                2
            }
            [TokenTree::Group(group), ..] => {
                read(group.stream(), names);
                1
            }
            _ => 1,
        };
    }
}

fn is_item(word: &proc_macro2::Ident) -> bool {
    ["fn", "struct", "enum", "trait", "type", "const", "static", "mod", "union"].iter().any(|keyword| word == keyword)
}

/// `for x in y {`, and not `impl X for Y {`.
fn is_loop(tokens: &[TokenTree]) -> bool {
    let brace = |token: &&TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let mut before = tokens.iter().take_while(|token| !brace(token));
    before.any(|token| matches!(token, TokenTree::Ident(word) if word == "in"))
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(colon) if colon.as_char() == ':')
}

/// Whether an attribute derives what makes the names of members words of the JSON or of the SQL.
fn is_serialised(attribute: &Group) -> bool {
    let text = attribute.stream().to_string();
    text.starts_with("derive")
        && ["Serialize", "Deserialize", "FromRow", "IntoParams"].iter().any(|name| text.contains(name))
}

/// The braces of a struct or an enum, and how many tokens lead through them.
fn item_body(tokens: &[TokenTree]) -> Option<(usize, &Group)> {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Some((at + 1, group)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => return None,
            TokenTree::Punct(end) if end.as_char() == ';' => return None,
            _ => {}
        }
    }
    None
}

/// The fields of a struct or the variants of an enum, with theirs.
fn members(body: &Group, names: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1)) {
            (TokenTree::Ident(name), Some(next)) if is_colon(next) && !tokens.get(at + 2).is_some_and(is_colon) => {
                names.extend(Some(name.to_string()).filter(|_| at == 0 || !is_colon(&tokens[at - 1])));
            }
            (TokenTree::Ident(name), next) if is_variant(&tokens[..at], next) => names.push(name.to_string()),
            (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace => members(group, names),
            _ => {}
        }
    }
}

/// A name between commas, after attributes, is a variant.
fn is_variant(before: &[TokenTree], next: Option<&TokenTree>) -> bool {
    let begins = match before.last() {
        None => true,
        Some(TokenTree::Punct(comma)) => comma.as_char() == ',',
        Some(TokenTree::Group(attribute)) => attribute.delimiter() == Delimiter::Bracket,
        Some(_) => false,
    };
    begins
        && next.is_none_or(|next| {
            matches!(next, TokenTree::Group(_))
                || matches!(next, TokenTree::Punct(p) if [',', '='].contains(&p.as_char()))
        })
}

/// The variables of a pattern, up to what it is matched with; returns its length.
fn pattern(tokens: &[TokenTree], names: &mut Vec<String>) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(end) => ['=', ';', ':', '<'].contains(&end.as_char()),
        TokenTree::Ident(word) => word == "in",
        _ => false,
    };
    let length = tokens.iter().position(ends).unwrap_or(tokens.len());
    variables(&tokens[..length], names);
    length
}

fn variables(tokens: &[TokenTree], names: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if tokens.get(at + 1).is_none_or(|next| !is_colon(next)) => {
                let name = name.to_string();
                names.extend(
                    Some(name).filter(|name| name.starts_with(char::is_lowercase) && name != "mut" && name != "ref"),
                );
            }
            TokenTree::Group(group) => variables(&group.stream().into_iter().collect::<Vec<_>>(), names),
            _ => {}
        }
    }
}
