//! `dares-remunerations`: the quartiles of the net monthly salary, for France.
//!
//! Only the three quartiles are taken: they fill the salary of the national statistic of the same
//! millésime, filière and code. That a code is in no nomenclature is no error of the file; it is
//! said when a publication is computed. `Effectif`, the number of salaries behind the quartiles, is
//! none of the counts of a cohort and is reported as unused.

use super::super::fields::{self, Chiffre, FigureKind, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::mesures::KeyColumns;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number, present};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::{Mesure, Mesures};

const COLUMNS: &[Column] = &[
    Column::new("millesime", &["Millésime"]),
    Column::new("filiere", &["Filière", "Voie"]),
    Column::new("code_certification", &["Code formation"]),
    Column::new("libelle_formation", &["Libellé formation", "Libellé de la formation"]),
    Column::new(
        "salaire_12_mois_q1",
        &["Salaire net mensuel 1er quartile", "1er quartile", "Q1", "salaire_TS_Q1_12_mois"],
    ),
    Column::new(
        "salaire_12_mois_q2",
        &["Salaire net mensuel médian", "médian", "médiane", "Q2", "salaire_TS_Q2_12_mois"],
    ),
    Column::new(
        "salaire_12_mois_q3",
        &[
            "Salaire net mensuel 3e quartile",
            "Salaire net mensuel 3ème quartile",
            "3e quartile",
            "3ème quartile",
            "Q3",
            "salaire_TS_Q3_12_mois",
        ],
    ),
];

const QUARTILES: [Mesure; 3] = [Mesure::Salaire12MoisQ1, Mesure::Salaire12MoisQ2, Mesure::Salaire12MoisQ3];

/// Salaries of the whole country: a file with places is another one.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::DaresRemunerations,
    columns: COLUMNS,
    required: &[
        &["code_certification"],
        &["millesime"],
        &["filiere"],
        &["salaire_12_mois_q1"],
        &["salaire_12_mois_q2"],
        &["salaire_12_mois_q3"],
    ],
    excluded: &["nb_annee_term", "id_mesure", "uai", "code_region", "code_region_ij"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let layout = &opening.layout;
    let quartiles = QUARTILES.map(|quartile| (quartile, layout.at(quartile.as_str())));
    let ouvert = OpenedSource::new(Table::Mesures, Remunerations { keys: KeyColumns::new(layout), quartiles });
    OpenedSource { present: present(layout), ..ouvert }
}

struct Remunerations {
    keys: KeyColumns,
    quartiles: [(Mesure, Option<usize>); 3],
}

impl Adapter for Remunerations {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let key = self.keys.read(line)?;
        let mesures = self.quartiles(line)?;
        let row = MesuresRow {
            dataset: Dataset::DaresRemunerations,
            lieu: key.lieu,
            code: key.code,
            filiere: key.filiere,
            millesime: key.millesime.as_str(),
            mesures: &mesures,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

impl Remunerations {
    fn quartiles(&self, line: &Line<'_>) -> Result<Mesures, Rejection> {
        let mut mesures = Mesures::default();
        let mut dernier = 0;
        for (quartile, column) in self.quartiles {
            let (index, text) = (column.unwrap_or_default(), line.field(column));
            match fields::chiffre(text, FigureKind::Euros).map_err(|motif| Rejection::field(motif, index, text))? {
                Chiffre::Valeur(valeur) if valeur < dernier => {
                    return Err(Rejection::field(RejectionReason::QuartilesIncoherents, index, text)
                        .expected(format!("un quartile inférieur vaut {dernier}")));
                }
                Chiffre::Valeur(valeur) => {
                    mesures.set(quartile, valeur);
                    dernier = valeur;
                }
                Chiffre::NonDiffuse => mesures.withhold(quartile),
                Chiffre::Absent => {}
            }
        }
        Ok(mesures)
    }
}
