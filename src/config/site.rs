//! The pages for people: who publishes them, and how they look.

use std::path::PathBuf;

use super::form;
use super::setting::Standard::Unset;
use super::setting::settings;

settings! {
    /// Who publishes the pages, and how they look.
    pub struct SiteConfig {
        /// Address under which people reach the service, without a slash at its end: the sitemap and the
        /// fragments to copy are made with it.
        pub public_url: Option<String> = ("EXPOSITION_PUBLIC_URL", form::origin(), Unset("the address it listens on")),
        /// Folder with `theme.css`, `entete.html`, `pied.html` and the files that they name: the operator's own look.
        pub theme: Option<PathBuf> = ("EXPOSITION_THEME", form::folder(), Unset("the neutral look")),
        /// Who publishes the pages (name, address, director of publication), for the legal notice.
        pub publisher: Option<String> = ("EXPOSITION_PUBLISHER", form::words(), Unset("the notice says that nobody is named")),
        /// Who hosts them (name, address, telephone), for the legal notice.
        pub hosting: Option<String> = ("EXPOSITION_HOSTING", form::words(), Unset("the notice says that nobody is named")),
        /// Whom to write to, an address of mail or of a form.
        pub contact: Option<String> = ("EXPOSITION_CONTACT", form::words(), Unset("none is shown")),
    }
}
