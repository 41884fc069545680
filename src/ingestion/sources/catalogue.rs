//! `catalogue-apprentissage`: who teaches, trains and manages each diploma in apprenticeship.
//!
//! Only lines that one of the two catalogues publishes count; the others are drafts, and what is
//! wrong in them does not matter here. An empty UAI is data: the catalogue names nobody, and this
//! is later told apart from naming somebody else. A UAI that is filled must be right. The ministry's
//! key of a line, where there is one, is kept: platforms have it in their catalogues.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::formation_diplome::cfd;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::CatalogueRow;
use crate::db::ingestion::tables::Table;
use crate::domain::Uai;

/// Why a line is left out.
const UNPUBLISHED: &str = "formation non publiée (published et catalogue_published faux)";

/// The catalogue.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::CatalogueApprentissage,
    columns: &[
        Column::new("cfd", &[]),
        Column::new("uai_formation", &[]),
        Column::new("etablissement_formateur_uai", &[]),
        Column::new("etablissement_gestionnaire_uai", &[]),
        Column::new("published", &[]),
        Column::new("catalogue_published", &[]),
        Column::new("cle_ministere_educatif", &[]),
    ],
    required: &[
        &["uai_formation"],
        &["cfd"],
        &["etablissement_formateur_uai"],
        &["etablissement_gestionnaire_uai"],
        &["published", "catalogue_published"],
    ],
    excluded: &[],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Catalogue {
        published: [at("published"), at("catalogue_published")],
        cfd: at("cfd"),
        formation: at("uai_formation"),
        formateur: at("etablissement_formateur_uai"),
        gestionnaire: at("etablissement_gestionnaire_uai"),
        ministry_key: at("cle_ministere_educatif"),
    };
    OpenedSource::new(Table::CatalogueApprentissage, adapter)
}

struct Catalogue {
    published: [Option<usize>; 2],
    cfd: Option<usize>,
    formation: Option<usize>,
    formateur: Option<usize>,
    gestionnaire: Option<usize>,
    ministry_key: Option<usize>,
}

impl Adapter for Catalogue {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let [published, catalogue] = self.published;
        // Both are read: a word that is neither true nor false in either one is not passed over.
        let (published, catalogue) = (boolean(line, published)?, boolean(line, catalogue)?);
        if !published && !catalogue {
            *output.hors_perimetre.entry(UNPUBLISHED).or_default() += 1;
            return Ok(());
        }
        let row = CatalogueRow {
            dataset: Dataset::CatalogueApprentissage,
            cfd: cfd(line, self.cfd)?,
            formation: uai(line, self.formation)?,
            formateur: uai(line, self.formateur)?,
            gestionnaire: uai(line, self.gestionnaire)?,
            ministry_key: line.filled(self.ministry_key),
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

/// An empty one is nobody.
fn uai(line: &Line<'_>, column: Option<usize>) -> Result<Option<Uai>, Rejection> {
    line.filled(column).map(|_| fields::uai(line, column)).transpose()
}

/// `true` or `false` as exports write them; an empty one, and a column that is not there, is false.
fn boolean(line: &Line<'_>, column: Option<usize>) -> Result<bool, Rejection> {
    let Some(text) = line.filled(column) else { return Ok(false) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "vrai" | "1" => Ok(true),
        "false" | "faux" | "0" => Ok(false),
        _ => Err(Rejection::field(RejectionReason::BooleenInvalide, column.unwrap_or_default(), text)
            .expected("attendu : true ou false")),
    }
}
