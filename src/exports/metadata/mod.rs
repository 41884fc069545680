//! The documents about the files, by which other services understand them. All follow from the description
//! of the tables.

mod croissant;
mod csvw;
mod datapackage;
mod dcat;

use serde_json::{Value, json};

use super::file::ExportFile;
use super::sink;
use super::table::{ExportTable, Form};
use super::write::Releasing;
use crate::db::sources::StoredFile;
use crate::domain::Millesime;
use crate::domain::dataset::Licence;
use crate::domain::flat::Kind;

/// What the documents are made of.
pub(super) struct About<'a> {
    pub(super) releasing: &'a Releasing,
    pub(super) tables: &'a [ExportTable],
    pub(super) files: &'a [ExportFile],
    pub(super) sources: &'a [StoredFile],
}

/// What the publication is, whatever its version.
const DESCRIPTION: &str = "Ce que sont devenus les jeunes après une formation : emploi salarié de 6 à 24 mois après la sortie et poursuite \
     d'études, d'après InserJeunes et InserSup. Un chiffre masqué est vide, sa raison est dans « absences ».";

/// Every document: its name and its text.
pub(super) fn documents(about: &About<'_>) -> Vec<(&'static str, String)> {
    [
        ("catalogue.jsonld", dcat::document(about)),
        ("croissant.json", croissant::document(about)),
        ("csvw.json", csvw::document(about)),
        ("datapackage.json", datapackage::document(about)),
    ]
    .map(|(name, document)| (name, format!("{document:#}\n")))
    .into()
}

impl About<'_> {
    fn version(&self) -> &str {
        &self.releasing.publication.version
    }

    fn title(&self) -> String {
        let fictive = if self.releasing.publication.fictive { "Données fictives : " } else { "" };
        format!(
            "{fictive}insertion des jeunes par certification, région et établissement, publication {}",
            self.version()
        )
    }

    /// The address of a file or, for an empty name, of the list of files.
    fn address(&self, name: &str) -> String {
        format!("{}/api/v1/publications/{}/exports/{name}", self.releasing.origin, self.version())
    }

    /// The first and the last day of the cohorts: what is the same wherever the same files are published.
    fn period(&self) -> Option<[String; 2]> {
        let millesimes = || self.releasing.publication.comptes.statistiques.iter().map(|count| count.millesime);
        let first = millesimes().map(Millesime::start).min()?;
        let last = millesimes().map(Millesime::end).max()?;
        Some([format!("{first}-01-01"), format!("{last}-12-31")])
    }

    /// The files of the tables, with their table and form.
    fn tables(&self) -> impl Iterator<Item = (ExportTable, Form, &ExportFile)> {
        let forms = self.tables.iter().flat_map(|table| Form::ALL.map(|form| (*table, form)));
        forms.filter_map(|(table, form)| {
            let name = sink::name(table, form);
            Some((table, form, self.files.iter().find(|file| file.name == name)?))
        })
    }

    /// The same in one form.
    fn of_form(&self, wanted: Form) -> impl Iterator<Item = (ExportTable, &ExportFile)> {
        self.tables().filter(move |(_, form, _)| *form == wanted).map(|(table, _, file)| (table, file))
    }

    /// The files that went in, in an order that does not depend on when.
    fn sources(&self) -> Vec<Value> {
        let mut sources: Vec<_> = self
            .sources
            .iter()
            .map(|file| {
                (
                    file.dataset.as_str(),
                    &file.sha256,
                    format!("{} ({}), sha256:{}", file.dataset, file.nom, file.sha256),
                )
            })
            .collect();
        sources.sort();
        sources.into_iter().map(|(.., title)| json!({"title": title})).collect()
    }
}

/// Name, title and address of a licence; `None` for one that nobody states.
fn licence(licence: Licence) -> Option<[&'static str; 3]> {
    match licence {
        Licence::Open => {
            Some(["etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"])
        }
        Licence::Odbl => Some(["ODbL-1.0", "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"]),
        Licence::Unstated => None,
    }
}

/// Which of the words that a vocabulary has for them, in the order of the kinds.
fn word(kind: Kind, [text, integer, decimal, boolean, day]: [&'static str; 5]) -> &'static str {
    match kind {
        Kind::Text => text,
        Kind::Integer => integer,
        Kind::Decimal => decimal,
        Kind::Boolean => boolean,
        Kind::Day => day,
    }
}

/// Adds a member to an object.
fn add(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(key.to_owned(), value);
    }
}
