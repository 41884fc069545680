//! A web site: an address that a browser may open without harm.

use url::Url;

/// The address of a web site: `http` or `https` with a host, as it was written; `www.…` gets
/// `https://`. Anything else («néant», `javascript:…`) is none.
#[must_use]
pub fn site_web(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let address = if bare { format!("https://{text}") } else { text.to_owned() };
    let unsafe_char = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | '\\' | '`');
    let url = Url::parse(&address).ok().filter(|_| !address.contains(unsafe_char))?;
    let begins = |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let web = (begins("http://") || begins("https://")) && url.username().is_empty();
    let host = |host: &str| !host.is_empty() && !host.trim_end_matches('.').eq_ignore_ascii_case("www");
    (web && url.host_str().is_some_and(host)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_web_stays_and_everything_else_goes() {
        for (text, expected) in [
            ("https://lycee.exemple.fr/accueil?x=1", Some("https://lycee.exemple.fr/accueil?x=1")),
            (" HTTP://lycee.exemple.fr ", Some("HTTP://lycee.exemple.fr")),
            ("www.exemple.fr", Some("https://www.exemple.fr")),
            ("javascript:alert(1)", None),
            ("JavaScript://exemple.fr/%0aalert(1)", None),
            ("data:text/html,x", None),
            ("néant", None),
            ("exemple.fr", None),
            ("contact@exemple.fr", None),
            ("http://", None),
            ("http:exemple.fr", None),
            ("https:///", None),
            ("http://exemple.fr/\"onclick=x", None),
            ("http://un deux.fr", None),
            ("www.", None),
            ("ftp://exemple.fr", None),
            ("", None),
        ] {
            assert_eq!(site_web(text).as_deref(), expected, "{text}");
        }
    }
}
