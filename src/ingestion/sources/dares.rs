//! `dares-remunerations`: the quartiles of the net monthly salary, for France.
//!
//! Only the three quartiles are taken: they fill the salary of the national statistic of the same
//! millésime, filière and code. That a code is in no nomenclature is no error of the file; it is
//! said when a publication is computed. `Effectif`, the number of salaries behind the quartiles, is
//! none of the counts of a cohort and is reported as unused.

use super::super::champs::{self, Chiffre, Genre, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::mesures::Cles;
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::{Mesure, Mesures};

const COLONNES: &[Colonne] = &[
    Colonne::new("millesime", &["Millésime"]),
    Colonne::new("filiere", &["Filière", "Voie"]),
    Colonne::new("code_certification", &["Code formation"]),
    Colonne::new("libelle_formation", &["Libellé formation", "Libellé de la formation"]),
    Colonne::new(
        "salaire_12_mois_q1",
        &["Salaire net mensuel 1er quartile", "1er quartile", "Q1", "salaire_TS_Q1_12_mois"],
    ),
    Colonne::new(
        "salaire_12_mois_q2",
        &["Salaire net mensuel médian", "médian", "médiane", "Q2", "salaire_TS_Q2_12_mois"],
    ),
    Colonne::new(
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
    colonnes: COLONNES,
    requises: &[
        &["code_certification"],
        &["millesime"],
        &["filiere"],
        &["salaire_12_mois_q1"],
        &["salaire_12_mois_q2"],
        &["salaire_12_mois_q3"],
    ],
    exclues: &["nb_annee_term", "id_mesure", "uai", "code_region", "code_region_ij"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let layout = &ouverture.layout;
    let quartiles = QUARTILES.map(|quartile| (quartile, layout.at(quartile.as_str())));
    Ouvert::new(Table::Mesures, Remunerations { cles: Cles::new(layout), quartiles })
}

struct Remunerations {
    cles: Cles,
    quartiles: [(Mesure, Option<usize>); 3],
}

impl Adaptateur for Remunerations {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let cle = self.cles.lire(ligne)?;
        let mesures = self.quartiles(ligne)?;
        let row = MesuresRow {
            dataset: Dataset::DaresRemunerations.as_str(),
            lieu: cle.lieu,
            code: cle.code,
            filiere: cle.filiere,
            millesime: cle.millesime.as_str(),
            mesures: &mesures,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

impl Remunerations {
    fn quartiles(&self, ligne: &Ligne<'_>) -> Result<Mesures, Rejet> {
        let mut mesures = Mesures::default();
        let mut dernier = 0;
        for (quartile, colonne) in self.quartiles {
            let (index, text) = (colonne.unwrap_or_default(), ligne.champ(colonne));
            match champs::chiffre(text, Genre::Euros).map_err(|motif| Rejet::champ(motif, index, text))? {
                Chiffre::Valeur(valeur) if valeur < dernier => {
                    return Err(Rejet::champ(MotifRejet::QuartilesIncoherents, index, text)
                        .attendu(format!("un quartile inférieur vaut {dernier}")));
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
