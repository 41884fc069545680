//! `depp-inserjeunes-etablissements`: the same figures as yearly files of the ministry's site.
//!
//! They were cut out of spreadsheets with two header rows, of which the upper one is lost: some
//! columns have no name, and millésime and voie stand in the file's name alone. A column without
//! a name whose values are all populations is the population; what the others mean is not
//! guessed, they are reported.

use super::super::header::Column;
use super::super::names;
use super::super::records::{Quotes, Records};
use super::super::refusal::FileRefusal;
use super::super::shape::{is_blank, note};
use super::etablissement::{Cohorte, Etablissements, present};
use super::mesures::MillesimeText;
use super::{Dataset, Definition, OpenedSource, Opening};
use crate::db::ingestion::tables::Table;
use crate::domain::Population;

const COLUMNS: &[Column] = &[
    Column::new("uai", &["n°UAI de l'établissement"]),
    Column::new("libelle", &["Libellé de l'établissement"]),
    Column::new("region", &["Région"]),
    Column::new("dont_apprentis_eple", &["Dont apprentis en EPLE"]),
    Column::new("taux_poursuite_etudes", &["Taux de poursuite d'études"]),
    Column::new("taux_emploi_6_mois", &["Taux"]),
    Column::new("taux_emploi_6_mois_attendu", &["Taux attendu"]),
    Column::new("valeur_ajoutee_emploi_6_mois", &["Valeur ajoutée"]),
    Column::new("part_poursuite_etudes", &["Part en poursuite d'études"]),
    Column::new("part_en_emploi_6_mois", &["Part en emploi 6 mois après la sortie"]),
    Column::new("part_autres_situations_6_mois", &["Part des autres situations"]),
    Column::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    Column::new("taux_emploi_18_mois", &["Taux d'emploi 18 mois après la sortie"]),
    Column::new("taux_emploi_24_mois", &["Taux d'emploi 24 mois après la sortie"]),
    Column::new("taux_rupture_contrats", &["Taux de contrats interrompus", "Part des contrats interrompus"]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::DeppEtablissements,
    columns: COLUMNS,
    required: &[&["uai"], &["taux_emploi_6_mois"], &["taux_emploi_6_mois_attendu"], &["valeur_ajoutee_emploi_6_mois"]],
    excluded: &["annee", "millesime", "code_formation_mefstat11", "Code formation apprentissage", "mefstat11", "cfd"],
    attend_millesime: true,
    attend_voie: true,
    quotes: Quotes::Csv,
    open,
};

fn open(opening: &Opening<'_>) -> Result<OpenedSource, FileRefusal> {
    let millesime = names::millesime(opening.source, opening.millesime)?;
    let filiere = names::voie(opening.source, opening.voie)?;
    let named = opening.layout.at("dont_apprentis_eple");
    let found = if named.is_none() { unnamed_population(opening)? } else { None };
    let cohorte = Cohorte::File(MillesimeText::new(millesime));
    let dataset = Dataset::DeppEtablissements;
    let adapter = Etablissements::new(dataset, filiere, cohorte, &opening.layout, named.or(found));
    let ouvert = OpenedSource::new(Table::MesuresEtablissement, adapter);
    let (present, unnamed_read) = (present(&opening.layout), found.into_iter().collect());
    Ok(OpenedSource { present, millesime: Some(millesime), filiere: Some(filiere), unnamed_read, ..ouvert })
}

/// The unnamed column whose values are all populations. Reads the file until none can be it:
/// mostly one row.
fn unnamed_population(opening: &Opening<'_>) -> Result<Option<usize>, FileRefusal> {
    let mut candidates = opening.header.unnamed();
    if candidates.is_empty() {
        return Ok(None);
    }
    let mut records = Records::open(opening.source, opening.finding, Quotes::Csv, opening.header.len())?;
    records.advance()?;
    while !candidates.is_empty() && records.advance()?.is_some() {
        if is_blank(records.record()) || note(records.record()).is_some() {
            continue;
        }
        candidates.retain(|index| {
            let field = records.record().get(*index).and_then(|bytes| std::str::from_utf8(bytes).ok());
            field.is_some_and(|text| Population::parse_source(text).is_some())
        });
    }
    match candidates.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let columns = several.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(", ");
            Err(FileRefusal::AmbiguousColumn { columns })
        }
    }
}
