//! What every page has around its content.

use std::sync::{Arc, LazyLock};

use sha2::{Digest as _, Sha256};

use super::theme::SiteTheme;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// How the service is called.
pub(in crate::http) const SERVICE: &str = "exposition";

/// The one style sheet.
pub(super) const STYLE: &str = include_str!("style.css");

/// Its address, which changes with it, so that browsers may keep it for ever.
pub(super) static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/style-{}.css", fingerprint(STYLE)));

/// A few characters that change with a text.
pub(super) fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text).iter().copied().take(4).collect::<Vec<_>>())
}

/// The ways through the site.
pub(super) const NAVIGATION: [(&str, &str); 6] = [
    ("/", "Accueil"),
    ("/recherche", "Rechercher"),
    ("/comparer", "Comparer"),
    ("/couverture", "Ce qu'on sait"),
    ("/donnees", "Données et mots"),
    ("/docs", "API"),
];

/// The same content in another form.
#[derive(Debug, Clone)]
pub(super) struct Twin {
    /// What it is called.
    pub(super) label: &'static str,
    /// Media type.
    pub(super) kind: &'static str,
    /// Address.
    pub(super) href: String,
}

/// A relation of the page to another address.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// `next`, `canonical`.
    pub(super) rel: &'static str,
    /// Address.
    pub(super) href: String,
}

/// What a page says around its content.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) service: &'static str,
    /// The entry of the navigation that this page is.
    pub(super) current: &'static str,
    /// Whether the figures are those of the sample.
    pub(super) fictive: bool,
    /// The publication that the page is made from.
    pub(super) version: Option<String>,
    pub(super) twins: Vec<Twin>,
    pub(super) links: Vec<Link>,
    /// JSON-LD, already safe inside a script element.
    pub(super) json_ld: Option<String>,
    pub(super) theme: Arc<SiteTheme>,
}

impl Layout {
    /// That of a page made from a publication.
    pub(super) fn new(request: &DataRequest, title: impl Into<String>, description: impl Into<String>) -> Self {
        let publication = request.publication();
        Self {
            fictive: publication.fictive,
            version: Some(publication.version.clone()),
            ..Self::bare(request.state(), title, description)
        }
    }

    /// That of a page that knows of no publication.
    pub(super) fn bare(state: &AppState, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            service: SERVICE,
            current: "",
            fictive: false,
            version: None,
            twins: Vec::new(),
            links: Vec::new(),
            json_ld: None,
            theme: Arc::clone(&state.theme),
        }
    }

    /// With its entry of the navigation.
    pub(super) fn at(self, current: &'static str) -> Self {
        Self { current, ..self }
    }

    /// With the same content as JSON.
    pub(super) fn json(self, href: impl Into<String>) -> Self {
        self.twin("JSON", "application/json", href)
    }

    /// With the same content as CSV.
    pub(super) fn csv(self, href: impl Into<String>) -> Self {
        self.twin("CSV", "text/csv", href)
    }

    /// With the same content in another form.
    pub(super) fn twin(mut self, label: &'static str, kind: &'static str, href: impl Into<String>) -> Self {
        self.twins.push(Twin { label, kind, href: href.into() });
        self
    }

    /// With a relation to another address.
    pub(super) fn link(mut self, rel: &'static str, href: impl Into<String>) -> Self {
        self.links.push(Link { rel, href: href.into() });
        self
    }

    /// With facts for machines that read pages. Inside a script element nothing but `</` could end
    /// it, and `<` can be written otherwise in JSON.
    pub(super) fn facts(self, facts: &serde_json::Value) -> Self {
        Self { json_ld: Some(facts.to_string().replace('<', "\\u003c")), ..self }
    }
}
