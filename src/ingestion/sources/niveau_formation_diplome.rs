//! `n_niveau_formation_diplome`: the kinds of diplomas, of which the short label is served.

use super::super::champs::Ligne;
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::NiveauRow;
use crate::db::ingestion::tables::Table;

const COLONNES: &[Colonne] = &[
    Colonne::new("niveau_formation_diplome", &[]),
    Colonne::new("niveau_interministeriel", &[]),
    Colonne::new("libelle_court", &[]),
    Colonne::new("libelle_100", &[]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::NNiveauFormationDiplome,
    colonnes: COLONNES,
    requises: &[&["niveau_formation_diplome"], &["niveau_interministeriel"], &["libelle_court"], &["libelle_100"]],
    exclues: &["formation_diplome", "dispositif_formation"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Niveaux {
        niveau: at("niveau_formation_diplome"),
        interministeriel: at("niveau_interministeriel"),
        court: at("libelle_court"),
        long: at("libelle_100"),
    };
    Ouvert::new(Table::NiveauxFormationDiplome, adaptateur)
}

struct Niveaux {
    niveau: Option<usize>,
    interministeriel: Option<usize>,
    court: Option<usize>,
    long: Option<usize>,
}

impl Adaptateur for Niveaux {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let niveau = ligne.champ(self.niveau);
        if niveau.len() != 3 || !niveau.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Rejet::champ(MotifRejet::CodeInvalide, self.niveau.unwrap_or_default(), niveau)
                .attendu("attendu : 3 chiffres ou lettres"));
        }
        let row = NiveauRow {
            dataset: Dataset::NNiveauFormationDiplome.as_str(),
            niveau,
            interministeriel: ligne.rempli(self.interministeriel),
            libelle_court: ligne.rempli(self.court),
            libelle_100: ligne.rempli(self.long),
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}
