//! `n_groupe_formation` and `n_lien_formation_groupe`: the familles de métiers and their CFDs.
//!
//! Where two families reach one diploma, the order of the file decides: the lines keep their
//! numbers. A link to a CFD that is in no table is data: whether it serves is asked of the
//! nomenclatures when a publication is computed.

use super::super::champs::{self, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::formation_diplome::cfd;
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::{GroupeRow, LienRow};
use crate::db::ingestion::tables::Table;

/// Length of GROUPE_FORMATION (`G0003`).
const LONGUEUR_GROUPE: usize = 5;

/// The groups.
pub(in crate::ingestion) const GROUPES: Definition = Definition {
    dataset: Dataset::NGroupeFormation,
    colonnes: &[
        Colonne::new("groupe_formation", &[]),
        Colonne::new("type_groupe_formation", &[]),
        Colonne::new("libelle_court", &[]),
        Colonne::new("libelle_long", &[]),
        Colonne::new("libelle_edition", &[]),
        Colonne::new("date_ouverture", &[]),
        Colonne::new("date_fermeture", &[]),
    ],
    requises: &[&["groupe_formation"], &["type_groupe_formation"], &["libelle_edition"]],
    exclues: &["formation_diplome"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir_groupes(ouverture)),
};

/// Their CFDs.
pub(in crate::ingestion) const LIENS: Definition = Definition {
    dataset: Dataset::NLienFormationGroupe,
    colonnes: &[
        Colonne::new("groupe_formation", &[]),
        Colonne::new("formation_diplome", &[]),
        Colonne::new("date_ouverture", &[]),
        Colonne::new("date_fermeture", &[]),
    ],
    requises: &[&["groupe_formation"], &["formation_diplome"]],
    exclues: &["type_groupe_formation"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir_liens(ouverture)),
};

fn ouvrir_groupes(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Groupes {
        groupe: at("groupe_formation"),
        type_groupe: at("type_groupe_formation"),
        court: at("libelle_court"),
        long: at("libelle_long"),
        edition: at("libelle_edition"),
        ouverture: at("date_ouverture"),
        fermeture: at("date_fermeture"),
    };
    Ouvert::new(Table::GroupesFormation, adaptateur)
}

fn ouvrir_liens(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Liens {
        groupe: at("groupe_formation"),
        formation_diplome: at("formation_diplome"),
        ouverture: at("date_ouverture"),
        fermeture: at("date_fermeture"),
    };
    Ouvert::new(Table::LiensFormationGroupe, adaptateur)
}

struct Groupes {
    groupe: Option<usize>,
    type_groupe: Option<usize>,
    court: Option<usize>,
    long: Option<usize>,
    edition: Option<usize>,
    ouverture: Option<usize>,
    fermeture: Option<usize>,
}

impl Adaptateur for Groupes {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let row = GroupeRow {
            dataset: Dataset::NGroupeFormation.as_str(),
            groupe: identifiant(ligne, self.groupe, LONGUEUR_GROUPE)?,
            type_groupe: ligne.rempli(self.type_groupe),
            libelle_court: ligne.rempli(self.court),
            libelle_long: ligne.rempli(self.long),
            libelle_edition: ligne.rempli(self.edition),
            date_ouverture: champs::date(ligne, self.ouverture)?,
            date_fermeture: champs::date(ligne, self.fermeture)?,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

struct Liens {
    groupe: Option<usize>,
    formation_diplome: Option<usize>,
    ouverture: Option<usize>,
    fermeture: Option<usize>,
}

impl Adaptateur for Liens {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let row = LienRow {
            dataset: Dataset::NLienFormationGroupe.as_str(),
            groupe: identifiant(ligne, self.groupe, LONGUEUR_GROUPE)?,
            cfd: cfd(ligne, self.formation_diplome)?,
            date_ouverture: champs::date(ligne, self.ouverture)?,
            date_fermeture: champs::date(ligne, self.fermeture)?,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

/// Reads the identifier of a row of a nomenclature: so many digits or letters.
pub(super) fn identifiant<'a>(ligne: &Ligne<'a>, colonne: Option<usize>, longueur: usize) -> Result<&'a str, Rejet> {
    let text = ligne.champ(colonne);
    if text.len() == longueur && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    let motif = if text.is_empty() { MotifRejet::CodeManquant } else { MotifRejet::CodeInvalide };
    Err(Rejet::champ(motif, colonne.unwrap_or_default(), text)
        .attendu(format!("attendu : {longueur} chiffres ou lettres")))
}
