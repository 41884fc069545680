//! `n_diplome_sise` and `n_type_diplome_sise`: the diplomas of higher education and their kinds.
//!
//! The first has the kind of each diploma, the second the level of each kind; a kind that the
//! second does not list leaves the diploma without a level, not without a name.

use super::super::champs::{self, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::familles::identifiant;
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::{DiplomeSiseRow, TypeDiplomeSiseRow};
use crate::db::ingestion::tables::Table;
use crate::domain::code::TypeCode;

/// Length of TYPE_DIPLOME_SISE (`DJ`).
const LONGUEUR_TYPE: usize = 2;

/// The diplomas.
pub(in crate::ingestion) const DIPLOMES: Definition = Definition {
    dataset: Dataset::NDiplomeSise,
    colonnes: &[
        Colonne::new("diplome_sise", &[]),
        Colonne::new("type_diplome_sise", &[]),
        Colonne::new("libelle_intitule_1", &[]),
        Colonne::new("libelle_intitule_2", &[]),
        Colonne::new("date_ouverture", &[]),
        Colonne::new("date_fermeture", &[]),
    ],
    requises: &[
        &["diplome_sise"],
        &["type_diplome_sise"],
        &["libelle_intitule_1"],
        &["date_ouverture"],
        &["date_fermeture"],
    ],
    exclues: &[],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir_diplomes(ouverture)),
};

/// Their kinds.
pub(in crate::ingestion) const TYPES: Definition = Definition {
    dataset: Dataset::NTypeDiplomeSise,
    colonnes: &[
        Colonne::new("type_diplome_sise", &[]),
        Colonne::new("niveau_interministeriel", &[]),
        Colonne::new("libelle_court", &[]),
        Colonne::new("libelle_long", &[]),
    ],
    requises: &[&["type_diplome_sise"], &["niveau_interministeriel"], &["libelle_court"]],
    exclues: &["diplome_sise"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir_types(ouverture)),
};

fn ouvrir_diplomes(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Diplomes {
        code: at("diplome_sise"),
        type_diplome: at("type_diplome_sise"),
        libelle_1: at("libelle_intitule_1"),
        libelle_2: at("libelle_intitule_2"),
        ouverture: at("date_ouverture"),
        fermeture: at("date_fermeture"),
    };
    Ouvert::new(Table::DiplomesSise, adaptateur)
}

fn ouvrir_types(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Types {
        type_diplome: at("type_diplome_sise"),
        niveau: at("niveau_interministeriel"),
        court: at("libelle_court"),
        long: at("libelle_long"),
    };
    Ouvert::new(Table::TypesDiplomeSise, adaptateur)
}

struct Diplomes {
    code: Option<usize>,
    type_diplome: Option<usize>,
    libelle_1: Option<usize>,
    libelle_2: Option<usize>,
    ouverture: Option<usize>,
    fermeture: Option<usize>,
}

impl Adaptateur for Diplomes {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let (index, text) = (self.code.unwrap_or_default(), ligne.champ(self.code));
        if text.is_empty() {
            return Err(Rejet::champ(MotifRejet::CodeManquant, index, text));
        }
        let code = champs::code(text).filter(|code| code.type_code() == TypeCode::Sise).ok_or_else(|| {
            Rejet::champ(MotifRejet::CodeInvalide, index, text).attendu("attendu : un code SISE, 7 caractères")
        })?;
        let row = DiplomeSiseRow {
            dataset: Dataset::NDiplomeSise.as_str(),
            code,
            type_diplome: ligne.rempli(self.type_diplome),
            libelle_1: ligne.rempli(self.libelle_1),
            libelle_2: ligne.rempli(self.libelle_2),
            date_ouverture: champs::date(ligne, self.ouverture)?,
            date_fermeture: champs::date(ligne, self.fermeture)?,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

struct Types {
    type_diplome: Option<usize>,
    niveau: Option<usize>,
    court: Option<usize>,
    long: Option<usize>,
}

impl Adaptateur for Types {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let row = TypeDiplomeSiseRow {
            dataset: Dataset::NTypeDiplomeSise.as_str(),
            type_diplome: identifiant(ligne, self.type_diplome, LONGUEUR_TYPE)?,
            niveau_interministeriel: ligne.rempli(self.niveau),
            libelle_court: ligne.rempli(self.court),
            libelle_long: ligne.rempli(self.long),
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}
