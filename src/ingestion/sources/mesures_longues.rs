//! `inserjeunes-mesures`, long form: the same keys, one measure a line.
//!
//! Lines of one cohort may stand anywhere in the file: they are staged and pivoted by the server.

use super::super::champs::{self, Chiffre, Genre, Ligne};
use super::super::header::Colonne;
use super::super::rapport::Forme;
use super::super::rejets::Rejet;
use super::mesures::{COLONNES, Cles};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::MesureLongueRow;
use crate::db::ingestion::tables::Table;
use crate::domain::Mesure;
use crate::domain::texte::fold;

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::InserjeunesMesures,
    colonnes: COLONNES,
    requises: &[
        &["millesime"],
        &["filiere"],
        &["cfd", "mefstat11", "code_certification"],
        &["id_mesure"],
        &["valeur_mesure"],
    ],
    exclues: &["nb_annee_term"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let layout = &ouverture.layout;
    let adaptateur = Longue {
        cles: Cles::new(layout),
        id_mesure: layout.at("id_mesure"),
        valeur: layout.at("valeur_mesure"),
        graphies: graphies(),
    };
    Ouvert { forme: Some(Forme::Longue), ..Ouvert::new(Table::MesuresLongues, adaptateur) }
}

/// Every spelling of every measure, folded.
fn graphies() -> Vec<(String, Mesure)> {
    let named = |colonne: &Colonne| Mesure::ALL.iter().copied().find(|mesure| mesure.as_str() == colonne.nom);
    COLONNES
        .iter()
        .filter_map(|colonne| Some((colonne, named(colonne)?)))
        .flat_map(|(colonne, mesure)| {
            std::iter::once(&colonne.nom).chain(colonne.graphies).map(move |graphie| (fold(graphie), mesure))
        })
        .collect()
}

struct Longue {
    cles: Cles,
    id_mesure: Option<usize>,
    valeur: Option<usize>,
    graphies: Vec<(String, Mesure)>,
}

impl Adaptateur for Longue {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let nom = ligne.champ(self.id_mesure);
        let folded = fold(nom);
        let Some((_, mesure)) = self.graphies.iter().find(|(graphie, _)| *graphie == folded) else {
            *sortie.mesures_ignorees.entry(nom.to_owned()).or_default() += 1;
            return Ok(());
        };
        let cle = self.cles.lire(ligne)?;
        let text = ligne.champ(self.valeur);
        let chiffre = champs::chiffre(text, Genre::from(mesure.unite()))
            .map_err(|motif| Rejet::champ(motif, self.valeur.unwrap_or_default(), text))?;
        let row = MesureLongueRow {
            lieu: cle.lieu,
            code: cle.code,
            filiere: cle.filiere,
            millesime: cle.millesime.as_str(),
            mesure: *mesure,
            valeur: if let Chiffre::Valeur(valeur) = chiffre { Some(valeur) } else { None },
            non_diffusee: chiffre == Chiffre::NonDiffuse,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}
