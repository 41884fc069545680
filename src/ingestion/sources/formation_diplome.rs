//! `n_formation_diplome`, `v_formation_diplome` and `n_formation_diplome_enquete_51`: the CFDs.
//!
//! Only the first says which diplomas replaced which; the other two have one and the same header
//! and are told apart by the file's name.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::FormationDiplomeRow;
use crate::db::ingestion::tables::Table;
use crate::domain::CodeCertification;

const OLD_COLUMNS: [&str; 7] = [
    "ancien_diplome_1",
    "ancien_diplome_2",
    "ancien_diplome_3",
    "ancien_diplome_4",
    "ancien_diplome_5",
    "ancien_diplome_6",
    "ancien_diplome_7",
];

const NEW_COLUMNS: [&str; 7] = [
    "nouveau_diplome_1",
    "nouveau_diplome_2",
    "nouveau_diplome_3",
    "nouveau_diplome_4",
    "nouveau_diplome_5",
    "nouveau_diplome_6",
    "nouveau_diplome_7",
];

const COLUMNS: &[Column] = &[
    Column::new("formation_diplome", &[]),
    Column::new("niveau_formation_diplome", &[]),
    Column::new("groupe_specialite", &[]),
    Column::new("lettre_specialite", &[]),
    Column::new("libelle_court", &[]),
    Column::new("libelle_stat_33", &[]),
    Column::new("libelle_long_200", &[]),
    Column::new("date_ouverture", &[]),
    Column::new("date_fermeture", &[]),
    Column::new("date_premiere_session", &[]),
    Column::new("date_derniere_session", &[]),
    Column::new(OLD_COLUMNS[0], &[]),
    Column::new(OLD_COLUMNS[1], &[]),
    Column::new(OLD_COLUMNS[2], &[]),
    Column::new(OLD_COLUMNS[3], &[]),
    Column::new(OLD_COLUMNS[4], &[]),
    Column::new(OLD_COLUMNS[5], &[]),
    Column::new(OLD_COLUMNS[6], &[]),
    Column::new(NEW_COLUMNS[0], &[]),
    Column::new(NEW_COLUMNS[1], &[]),
    Column::new(NEW_COLUMNS[2], &[]),
    Column::new(NEW_COLUMNS[3], &[]),
    Column::new(NEW_COLUMNS[4], &[]),
    Column::new(NEW_COLUMNS[5], &[]),
    Column::new(NEW_COLUMNS[6], &[]),
];

/// The current table.
pub(in crate::ingestion) const N_FORMATION_DIPLOME: Definition = Definition {
    dataset: Dataset::NFormationDiplome,
    columns: COLUMNS,
    required: &[
        &["formation_diplome"],
        &["niveau_formation_diplome"],
        &["libelle_long_200"],
        &["date_ouverture"],
        &["date_fermeture"],
        &["ancien_diplome_1"],
        &["nouveau_diplome_1"],
    ],
    excluded: &["mef"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open(opening)),
};

/// The view with the closed ones.
pub(in crate::ingestion) const V_FORMATION_DIPLOME: Definition = sans_lien(Dataset::VFormationDiplome);

/// The table of the survey of apprentices.
pub(in crate::ingestion) const N_FORMATION_DIPLOME_ENQUETE_51: Definition =
    sans_lien(Dataset::NFormationDiplomeEnquete51);

const fn sans_lien(dataset: Dataset) -> Definition {
    Definition {
        dataset,
        columns: COLUMNS,
        required: &[
            &["formation_diplome"],
            &["niveau_formation_diplome"],
            &["libelle_long_200"],
            &["date_ouverture"],
            &["date_fermeture"],
        ],
        excluded: &["mef", "ancien_diplome_1", "nouveau_diplome_1"],
        attend_millesime: false,
        attend_voie: false,
        quotes: Quotes::Literal,
        open: |opening| Ok(open(opening)),
    }
}

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = FormationsDiplome {
        dataset: opening.dataset,
        code: at("formation_diplome"),
        niveau: at("niveau_formation_diplome"),
        groupe: at("groupe_specialite"),
        letter: at("lettre_specialite"),
        short: at("libelle_court"),
        stat: at("libelle_stat_33"),
        long: at("libelle_long_200"),
        opening: at("date_ouverture"),
        closing: at("date_fermeture"),
        first: at("date_premiere_session"),
        last: at("date_derniere_session"),
        anciens: OLD_COLUMNS.map(at),
        nouveaux: NEW_COLUMNS.map(at),
        codes: Default::default(),
    };
    OpenedSource::new(Table::FormationsDiplome, adapter)
}

struct FormationsDiplome {
    dataset: Dataset,
    code: Option<usize>,
    niveau: Option<usize>,
    groupe: Option<usize>,
    letter: Option<usize>,
    short: Option<usize>,
    stat: Option<usize>,
    long: Option<usize>,
    opening: Option<usize>,
    closing: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    anciens: [Option<usize>; 7],
    nouveaux: [Option<usize>; 7],
    /// Older and newer codes of the current row, kept for their memory.
    codes: (Vec<CodeCertification>, Vec<CodeCertification>),
}

impl Adapter for FormationsDiplome {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let code = cfd(line, self.code)?;
        link(&mut self.codes.0, line, &self.anciens)?;
        link(&mut self.codes.1, line, &self.nouveaux)?;
        let [short, stat, long] = [self.short, self.stat, self.long].map(|column| output.label(line, column));
        let row = FormationDiplomeRow {
            dataset: self.dataset,
            code,
            niveau: line.filled(self.niveau),
            groupe_specialite: line.filled(self.groupe),
            lettre_specialite: line.filled(self.letter),
            libelle_court: short.as_deref(),
            libelle_stat_33: stat.as_deref(),
            libelle_long_200: long.as_deref(),
            date_ouverture: output.date(line, self.opening)?,
            date_fermeture: output.date(line, self.closing)?,
            premiere_session: fields::year(line, self.first)?,
            derniere_session: fields::year(line, self.last)?,
            anciens: &self.codes.0,
            nouveaux: &self.codes.1,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

/// Reads a CFD that must be there.
pub(super) fn cfd(line: &Line<'_>, column: Option<usize>) -> Result<CodeCertification, Rejection> {
    let (index, text) = (column.unwrap_or_default(), line.field(column));
    if text.is_empty() {
        return Err(Rejection::field(RejectionReason::CodeManquant, index, text));
    }
    fields::cfd(text).ok_or_else(|| {
        Rejection::field(RejectionReason::CodeInvalide, index, text).expected("attendu : un CFD, 8 caractères")
    })
}

/// Collects the filled ones of seven columns of CFDs, in their order.
fn link(codes: &mut Vec<CodeCertification>, line: &Line<'_>, columns: &[Option<usize>]) -> Result<(), Rejection> {
    codes.clear();
    for column in columns {
        if line.filled(*column).is_some() {
            codes.push(cfd(line, *column)?);
        }
    }
    Ok(())
}
