//! The operator's own look: a folder that is read once, at the start.
//!
//! `theme.css` comes after the style sheet of the service and can change its custom properties;
//! `entete.html` and `pied.html` stand inside the header and the footer. Other files of the folder
//! (logos, fonts) are served beside the style sheet, under `/theme/`. Whoever can write the folder
//! could change the program as well, so its HTML is taken as it is; the policy of the pages still
//! lets no script run.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use axum::body::Bytes;

use super::layout::fingerprint;

/// What may be in the folder, by the ending of its name.
const KINDS: [(&str, &str); 7] = [
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
    ("ico", "image/x-icon"),
];

/// A file of a theme.
#[derive(Debug, Clone)]
pub(in crate::http) struct ThemeFile {
    pub(in crate::http) kind: &'static str,
    pub(in crate::http) bytes: Bytes,
}

/// The operator's look; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct SiteTheme {
    header: Option<String>,
    footer: Option<String>,
    style: Option<String>,
    files: BTreeMap<String, ThemeFile>,
}

impl SiteTheme {
    /// Reads a folder.
    ///
    /// # Errors
    /// The folder or a file of it that cannot be read, a text that is not UTF-8.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let text = |name: &str| match fs::read_to_string(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        };
        let mut theme = Self { header: text("entete.html")?, footer: text("pied.html")?, ..Self::default() };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == ending) else { continue };
            if entry.file_type()?.is_file() {
                theme.files.insert(name, ThemeFile { kind, bytes: fs::read(entry.path())?.into() });
            }
        }
        theme.style = text("theme.css")?.map(|style| format!("/theme/theme.css?{}", fingerprint(&style)));
        Ok(theme)
    }

    /// A file of it, by name.
    pub(in crate::http) fn file(&self, name: &str) -> Option<&ThemeFile> {
        self.files.get(name)
    }

    pub(super) fn style_address(&self) -> Option<&str> {
        self.style.as_deref()
    }

    pub(super) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    pub(super) fn footer(&self) -> Option<&str> {
        self.footer.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_a_style_sheet_a_header_a_footer_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("theme.css", ":root{--lien:#000091}");
        write("entete.html", "<p>Ministère</p>");
        write("logo.svg", "<svg/>");
        write("secret.txt", "no");
        let theme = SiteTheme::read(folder.path()).unwrap();
        assert!(theme.style_address().unwrap().starts_with("/theme/theme.css?"));
        assert_eq!((theme.header(), theme.footer()), (Some("<p>Ministère</p>"), None));
        assert_eq!(theme.file("logo.svg").unwrap().kind, "image/svg+xml");
        assert!(theme.file("secret.txt").is_none() && theme.file("../theme.css").is_none());
        assert!(SiteTheme::read(&folder.path().join("nowhere")).is_err());
    }
}
