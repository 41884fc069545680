//! `fr-en-inserjeunes-lycee_pro-formation-fine` and `fr-en-inserjeunes-cfa-formation_fine`: one
//! certification at one établissement, from the open data portal.
//!
//! The portal publishes shares and no numbers of pupils: nothing can be recomputed, added or
//! checked against a threshold here, so every figure is taken as published. The column of the
//! code tells the two files apart, and both from those of établissements as a whole. A yearly
//! file without `Année` has its millésime in its name, or it is given with `--millesime`.

use super::super::fields::{self, FigureKind, Line, Memory};
use super::super::header::Column;
use super::super::names;
use super::super::records::Quotes;
use super::super::refusal::FileRefusal;
use super::super::rejections::{Rejection, RejectionReason};
use super::etablissement::Cohorte;
use super::formation_diplome::cfd;
use super::mesures::{MillesimeText, compare, millesime, note};
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number, present};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::{CodeCertification, Filiere, Lieu, Mesure, Mesures, Millesime};

/// The columns of both; a measure is called as in [`Mesure`].
const COLUMNS: &[Column] = &[
    Column::new("annee", &["Année"]),
    Column::new("uai", &["n°UAI de l'établissement"]),
    Column::new("libelle", &["Libellé de l'établissement"]),
    Column::new("region", &["Région"]),
    Column::new("type_diplome", &["Type de diplôme"]),
    Column::new("code_formation_mefstat11", &["Code formation mefstat11"]),
    Column::new("code_formation_apprentissage", &["Code formation apprentissage"]),
    Column::new("libelle_formation", &["Libellé de la formation"]),
    Column::new("duree_formation", &["Durée de formation", "Durée de la formation"]),
    Column::new("diplome_renove_ou_nouveau", &[]),
    Column::new(
        "part_poursuite_etudes",
        &["DEVENIR Part poursuite études", "part_en_poursuite_d_etudes", "Part en poursuite d'études"],
    ),
    Column::new("part_en_emploi_6_mois", &["DEVENIR Part en emploi 6 mois", "part_en_emploi_6_mois_apres_la_sortie"]),
    Column::new(
        "part_autres_situations_6_mois",
        &["DEVENIR Part autre situation 6 mois", "part_des_autres_situations"],
    ),
    Column::new("taux_poursuite_etudes", &["Taux de poursuite d'études"]),
    Column::new("taux_emploi_6_mois", &["Taux d'emploi 6 mois après la sortie"]),
    Column::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    Column::new("taux_emploi_18_mois", &["Taux d'emploi 18 mois après la sortie"]),
    Column::new("taux_emploi_24_mois", &["Taux d'emploi 24 mois après la sortie"]),
];

/// What the files publish, in the order of [`Mesure::ALL`].
const MESURES: [Mesure; 8] = [
    Mesure::TauxPoursuiteEtudes,
    Mesure::TauxEmploi6Mois,
    Mesure::TauxEmploi12Mois,
    Mesure::TauxEmploi18Mois,
    Mesure::TauxEmploi24Mois,
    Mesure::PartPoursuiteEtudes,
    Mesure::PartEnEmploi6Mois,
    Mesure::PartAutresSituations6Mois,
];

/// Lycées.
pub(in crate::ingestion) const LYCEE_PRO: Definition = Definition {
    dataset: Dataset::InserjeunesLyceeProFormationFine,
    columns: COLUMNS,
    required: &[&["code_formation_mefstat11"], &["uai"], &["taux_emploi_6_mois", "part_en_emploi_6_mois"]],
    excluded: &["nb_annee_term", "id_mesure"],
    attend_millesime: true,
    attend_voie: false,
    quotes: Quotes::Csv,
    open,
};

/// CFAs.
pub(in crate::ingestion) const CFA: Definition = Definition {
    dataset: Dataset::InserjeunesCfaFormationFine,
    columns: COLUMNS,
    required: &[&["code_formation_apprentissage"], &["uai"], &["taux_emploi_6_mois", "part_en_emploi_6_mois"]],
    excluded: &["nb_annee_term", "id_mesure"],
    attend_millesime: true,
    attend_voie: false,
    quotes: Quotes::Csv,
    open,
};

fn open(opening: &Opening<'_>) -> Result<OpenedSource, FileRefusal> {
    let (layout, dataset) = (&opening.layout, opening.dataset);
    let (cohorte, millesime) = cohorte(opening)?;
    let (filiere, code) = match dataset {
        Dataset::InserjeunesCfaFormationFine => (Filiere::Apprentissage, layout.at("code_formation_apprentissage")),
        _ => (Filiere::Pro, layout.at("code_formation_mefstat11")),
    };
    let adapter = FormationFine {
        dataset,
        filiere,
        cohorte,
        uai: layout.at("uai"),
        code,
        columns: MESURES.map(|mesure| (mesure, layout.at(mesure.as_str()))),
        millesimes: Memory::default(),
    };
    Ok(OpenedSource { millesime, present: present(layout), ..OpenedSource::new(Table::Mesures, adapter) })
}

/// Where the rows have their millésime from, and the one of the file if they have none.
fn cohorte(opening: &Opening<'_>) -> Result<(Cohorte, Option<Millesime>), FileRefusal> {
    match (opening.layout.at("annee"), opening.millesime) {
        (Some(_), Some(_)) => Err(FileRefusal::UnexpectedMillesime(opening.dataset.as_str())),
        (Some(column), None) => Ok((Cohorte::Column(column), None)),
        (None, _) => {
            let millesime = names::millesime(opening.source, opening.millesime)?;
            Ok((Cohorte::File(MillesimeText::new(millesime)), Some(millesime)))
        }
    }
}

struct FormationFine {
    dataset: Dataset,
    filiere: Filiere,
    cohorte: Cohorte,
    uai: Option<usize>,
    code: Option<usize>,
    columns: [(Mesure, Option<usize>); 8],
    millesimes: Memory<MillesimeText>,
}

impl FormationFine {
    fn code(&self, line: &Line<'_>) -> Result<CodeCertification, Rejection> {
        if self.filiere == Filiere::Apprentissage {
            return cfd(line, self.code);
        }
        let (index, text) = (self.code.unwrap_or_default(), line.field(self.code));
        if text.is_empty() {
            return Err(Rejection::field(RejectionReason::CodeManquant, index, text));
        }
        fields::mef_stat_11(text).ok_or_else(|| {
            Rejection::field(RejectionReason::CodeInvalide, index, text)
                .expected("attendu : un MEFSTAT11, 11 caractères")
        })
    }

    fn mesures(&self, line: &Line<'_>, output: &mut Output) -> Result<Mesures, Rejection> {
        let mut mesures = Mesures::default();
        for (mesure, column) in self.columns {
            note(&mut mesures, mesure, output.chiffre(line, column, FigureKind::Pourcent)?);
        }
        Ok(mesures)
    }
}

impl Adapter for FormationFine {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let lieu = Lieu::Etablissement(fields::uai(line, self.uai)?);
        let cohorte = match &self.cohorte {
            Cohorte::File(millesime) => *millesime,
            Cohorte::Column(index) => self.millesimes.get(line.field(Some(*index)), |text| millesime(text, *index))?,
        };
        let code = self.code(line)?;
        let mesures = self.mesures(line, output)?;
        compare(&mesures, &self.columns, line, output);
        let row = MesuresRow {
            dataset: self.dataset,
            lieu,
            code,
            filiere: self.filiere,
            millesime: cohorte.as_str(),
            mesures: &mesures,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_column() {
        for mesure in MESURES {
            assert!(COLUMNS.iter().any(|column| column.nom == mesure.as_str()), "{mesure}");
        }
    }
}
