//! `n_niveau_formation_diplome`: the kinds of diplomas, of which the short label is served.

use super::super::fields::Line;
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::NiveauRow;
use crate::db::ingestion::tables::Table;

const COLUMNS: &[Column] = &[
    Column::new("niveau_formation_diplome", &[]),
    Column::new("niveau_interministeriel", &[]),
    Column::new("libelle_court", &[]),
    Column::new("libelle_100", &[]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::NNiveauFormationDiplome,
    columns: COLUMNS,
    required: &[&["niveau_formation_diplome"], &["niveau_interministeriel"], &["libelle_court"], &["libelle_100"]],
    excluded: &["formation_diplome", "dispositif_formation"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Niveaux {
        niveau: at("niveau_formation_diplome"),
        interministeriel: at("niveau_interministeriel"),
        short: at("libelle_court"),
        long: at("libelle_100"),
    };
    OpenedSource::new(Table::NiveauxFormationDiplome, adapter)
}

struct Niveaux {
    niveau: Option<usize>,
    interministeriel: Option<usize>,
    short: Option<usize>,
    long: Option<usize>,
}

impl Adapter for Niveaux {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let niveau = line.field(self.niveau);
        if niveau.len() != 3 || !niveau.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Rejection::field(RejectionReason::CodeInvalide, self.niveau.unwrap_or_default(), niveau)
                .expected("attendu : 3 chiffres ou lettres"));
        }
        let [short, long] = [self.short, self.long].map(|column| output.label(line, column));
        let row = NiveauRow {
            dataset: Dataset::NNiveauFormationDiplome,
            niveau,
            interministeriel: line.filled(self.interministeriel),
            libelle_court: short.as_deref(),
            libelle_100: long.as_deref(),
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
