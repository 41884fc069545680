//! `inserjeunes-mesures`, long form: the same keys, one measure a line.
//!
//! Lines of one cohort may stand anywhere in the file: they are staged and pivoted by the server.

use super::super::fields::{self, Chiffre, FigureKind, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::Rejection;
use super::super::report::Form;
use super::mesures::{COLUMNS, KeyColumns};
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::LongMesureRow;
use crate::db::ingestion::tables::Table;
use crate::domain::Mesure;
use crate::domain::Unit;
use crate::domain::text::fold;

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::InserjeunesMesures,
    columns: COLUMNS,
    required: &[
        &["millesime"],
        &["filiere"],
        &["cfd", "mefstat11", "code_certification"],
        &["id_mesure"],
        &["valeur_mesure"],
    ],
    excluded: &["nb_annee_term"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let layout = &opening.layout;
    let adapter = LongForm {
        keys: KeyColumns::new(layout),
        id_mesure: layout.at("id_mesure"),
        valeur: layout.at("valeur_mesure"),
        spellings: spellings(),
    };
    let value = layout.at("valeur_mesure").map(|column| ("valeur", opening.header.label(column)));
    let stored = value.into_iter().collect();
    OpenedSource { forme: Some(Form::Longue), stored, ..OpenedSource::new(Table::LongMesures, adapter) }
}

/// Every spelling of every measure, folded.
fn spellings() -> Vec<(String, Mesure)> {
    let named = |column: &Column| Mesure::ALL.iter().copied().find(|mesure| mesure.as_str() == column.nom);
    COLUMNS
        .iter()
        .filter_map(|column| Some((column, named(column)?)))
        .flat_map(|(column, mesure)| {
            std::iter::once(&column.nom).chain(column.spellings).map(move |spelling| (fold(spelling), mesure))
        })
        .collect()
}

struct LongForm {
    keys: KeyColumns,
    id_mesure: Option<usize>,
    valeur: Option<usize>,
    spellings: Vec<(String, Mesure)>,
}

impl Adapter for LongForm {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let nom = line.field(self.id_mesure);
        let folded = fold(nom);
        let Some((_, mesure)) = self.spellings.iter().find(|(spelling, _)| *spelling == folded) else {
            *output.mesures_ignorees.entry(nom.to_owned()).or_default() += 1;
            return Ok(());
        };
        let key = self.keys.read(line)?;
        let text = line.field(self.valeur);
        let chiffre = fields::chiffre(text, FigureKind::from(mesure.unit()))
            .map_err(|motif| Rejection::field(motif, self.valeur.unwrap_or_default(), text))?;
        output.watch.present |= 1 << (*mesure as u32);
        output.watch.spellings.entry(mesure.as_str()).or_insert_with(|| nom.to_owned());
        if let (Chiffre::Valeur(valeur), Unit::Pourcent) = (chiffre, mesure.unit()) {
            let place = || (line.number, nom.to_owned());
            output.watch.fractions.see(*mesure as usize, valeur, text, place);
        }
        let row = LongMesureRow {
            lieu: key.lieu,
            code: key.code,
            filiere: key.filiere,
            millesime: key.millesime.as_str(),
            mesure: *mesure,
            valeur: if let Chiffre::Valeur(valeur) = chiffre { Some(valeur) } else { None },
            non_diffusee: chiffre == Chiffre::NonDiffuse,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
