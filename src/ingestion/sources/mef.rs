//! `n_mef`: the years of the school-based courses. Where several MEFs share a MEFSTAT11, the last
//! row counts.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::formation_diplome::cfd;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::MefRow;
use crate::db::ingestion::tables::Table;

const COLUMNS: &[Column] = &[
    Column::new("mef", &[]),
    Column::new("dispositif_formation", &[]),
    Column::new("formation_diplome", &[]),
    Column::new("duree_dispositif", &[]),
    Column::new("annee_dispositif", &[]),
    Column::new("libelle_long", &[]),
    Column::new("date_ouverture", &[]),
    Column::new("date_fermeture", &[]),
    Column::new("mef_stat_11", &[]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::NMef,
    columns: COLUMNS,
    required: &[
        &["mef"],
        &["mef_stat_11"],
        &["formation_diplome"],
        &["dispositif_formation"],
        &["annee_dispositif"],
        &["date_ouverture"],
        &["date_fermeture"],
    ],
    excluded: &[],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Mefs {
        mef: at("mef"),
        mef_stat_11: at("mef_stat_11"),
        formation_diplome: at("formation_diplome"),
        dispositif: at("dispositif_formation"),
        duration: at("duree_dispositif"),
        annee: at("annee_dispositif"),
        libelle: at("libelle_long"),
        opening: at("date_ouverture"),
        closing: at("date_fermeture"),
    };
    OpenedSource::new(Table::Mefs, adapter)
}

struct Mefs {
    mef: Option<usize>,
    mef_stat_11: Option<usize>,
    formation_diplome: Option<usize>,
    dispositif: Option<usize>,
    duration: Option<usize>,
    annee: Option<usize>,
    libelle: Option<usize>,
    opening: Option<usize>,
    closing: Option<usize>,
}

impl Adapter for Mefs {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let (index, text) = (self.mef_stat_11.unwrap_or_default(), line.field(self.mef_stat_11));
        if text.is_empty() {
            return Err(Rejection::field(RejectionReason::CodeManquant, index, text));
        }
        let mef_stat_11 = fields::mef_stat_11(text).ok_or_else(|| {
            Rejection::field(RejectionReason::CodeInvalide, index, text)
                .expected("attendu : un MEFSTAT11, 11 caractères")
        })?;
        let libelle = output.label(line, self.libelle);
        let row = MefRow {
            dataset: Dataset::NMef,
            mef: line.field(self.mef),
            mef_stat_11,
            formation_diplome: cfd(line, self.formation_diplome)?,
            dispositif: line.filled(self.dispositif),
            duration: fields::small(line, self.duration)?,
            annee: fields::small(line, self.annee)?,
            libelle_long: libelle.as_deref(),
            date_ouverture: output.date(line, self.opening)?,
            date_fermeture: output.date(line, self.closing)?,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
