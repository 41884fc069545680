//! `n_formation_diplome`, `v_formation_diplome` and `n_formation_diplome_enquete_51`: the CFDs.
//!
//! Only the first says which diplomas replaced which; the other two have one and the same header
//! and are told apart by the file's name.

use super::super::champs::{self, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::FormationDiplomeRow;
use crate::db::ingestion::tables::Table;
use crate::domain::CodeCertification;

const ANCIENS: [&str; 7] = [
    "ancien_diplome_1",
    "ancien_diplome_2",
    "ancien_diplome_3",
    "ancien_diplome_4",
    "ancien_diplome_5",
    "ancien_diplome_6",
    "ancien_diplome_7",
];

const NOUVEAUX: [&str; 7] = [
    "nouveau_diplome_1",
    "nouveau_diplome_2",
    "nouveau_diplome_3",
    "nouveau_diplome_4",
    "nouveau_diplome_5",
    "nouveau_diplome_6",
    "nouveau_diplome_7",
];

const COLONNES: &[Colonne] = &[
    Colonne::new("formation_diplome", &[]),
    Colonne::new("niveau_formation_diplome", &[]),
    Colonne::new("groupe_specialite", &[]),
    Colonne::new("lettre_specialite", &[]),
    Colonne::new("libelle_court", &[]),
    Colonne::new("libelle_stat_33", &[]),
    Colonne::new("libelle_long_200", &[]),
    Colonne::new("date_ouverture", &[]),
    Colonne::new("date_fermeture", &[]),
    Colonne::new("date_premiere_session", &[]),
    Colonne::new("date_derniere_session", &[]),
    Colonne::new(ANCIENS[0], &[]),
    Colonne::new(ANCIENS[1], &[]),
    Colonne::new(ANCIENS[2], &[]),
    Colonne::new(ANCIENS[3], &[]),
    Colonne::new(ANCIENS[4], &[]),
    Colonne::new(ANCIENS[5], &[]),
    Colonne::new(ANCIENS[6], &[]),
    Colonne::new(NOUVEAUX[0], &[]),
    Colonne::new(NOUVEAUX[1], &[]),
    Colonne::new(NOUVEAUX[2], &[]),
    Colonne::new(NOUVEAUX[3], &[]),
    Colonne::new(NOUVEAUX[4], &[]),
    Colonne::new(NOUVEAUX[5], &[]),
    Colonne::new(NOUVEAUX[6], &[]),
];

/// The current table.
pub(in crate::ingestion) const N_FORMATION_DIPLOME: Definition = Definition {
    dataset: Dataset::NFormationDiplome,
    colonnes: COLONNES,
    requises: &[
        &["formation_diplome"],
        &["niveau_formation_diplome"],
        &["libelle_long_200"],
        &["date_ouverture"],
        &["date_fermeture"],
        &["ancien_diplome_1"],
        &["nouveau_diplome_1"],
    ],
    exclues: &["mef"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

/// The view with the closed ones.
pub(in crate::ingestion) const V_FORMATION_DIPLOME: Definition = sans_lien(Dataset::VFormationDiplome);

/// The table of the survey of apprentices.
pub(in crate::ingestion) const N_FORMATION_DIPLOME_ENQUETE_51: Definition =
    sans_lien(Dataset::NFormationDiplomeEnquete51);

const fn sans_lien(dataset: Dataset) -> Definition {
    Definition {
        dataset,
        colonnes: COLONNES,
        requises: &[
            &["formation_diplome"],
            &["niveau_formation_diplome"],
            &["libelle_long_200"],
            &["date_ouverture"],
            &["date_fermeture"],
        ],
        exclues: &["mef", "ancien_diplome_1", "nouveau_diplome_1"],
        attend_millesime: false,
        ouvrir: |ouverture| Ok(ouvrir(ouverture)),
    }
}

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = FormationsDiplome {
        dataset: ouverture.dataset,
        code: at("formation_diplome"),
        niveau: at("niveau_formation_diplome"),
        groupe: at("groupe_specialite"),
        lettre: at("lettre_specialite"),
        court: at("libelle_court"),
        stat: at("libelle_stat_33"),
        long: at("libelle_long_200"),
        ouverture: at("date_ouverture"),
        fermeture: at("date_fermeture"),
        premiere: at("date_premiere_session"),
        derniere: at("date_derniere_session"),
        anciens: ANCIENS.map(at),
        nouveaux: NOUVEAUX.map(at),
        codes: Default::default(),
    };
    Ouvert::new(Table::FormationsDiplome, adaptateur)
}

struct FormationsDiplome {
    dataset: Dataset,
    code: Option<usize>,
    niveau: Option<usize>,
    groupe: Option<usize>,
    lettre: Option<usize>,
    court: Option<usize>,
    stat: Option<usize>,
    long: Option<usize>,
    ouverture: Option<usize>,
    fermeture: Option<usize>,
    premiere: Option<usize>,
    derniere: Option<usize>,
    anciens: [Option<usize>; 7],
    nouveaux: [Option<usize>; 7],
    /// Older and newer codes of the current row, kept for their memory.
    codes: (Vec<CodeCertification>, Vec<CodeCertification>),
}

impl Adaptateur for FormationsDiplome {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let code = cfd(ligne, self.code)?;
        lier(&mut self.codes.0, ligne, &self.anciens)?;
        lier(&mut self.codes.1, ligne, &self.nouveaux)?;
        let row = FormationDiplomeRow {
            dataset: self.dataset.as_str(),
            code,
            niveau: ligne.rempli(self.niveau),
            groupe_specialite: ligne.rempli(self.groupe),
            lettre_specialite: ligne.rempli(self.lettre),
            libelle_court: ligne.rempli(self.court),
            libelle_stat_33: ligne.rempli(self.stat),
            libelle_long_200: ligne.rempli(self.long),
            date_ouverture: champs::date(ligne, self.ouverture)?,
            date_fermeture: champs::date(ligne, self.fermeture)?,
            premiere_session: champs::petit(ligne, self.premiere)?,
            derniere_session: champs::petit(ligne, self.derniere)?,
            anciens: &self.codes.0,
            nouveaux: &self.codes.1,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

/// Reads a CFD that must be there.
pub(super) fn cfd(ligne: &Ligne<'_>, colonne: Option<usize>) -> Result<CodeCertification, Rejet> {
    let (index, text) = (colonne.unwrap_or_default(), ligne.champ(colonne));
    if text.is_empty() {
        return Err(Rejet::champ(MotifRejet::CodeManquant, index, text));
    }
    champs::cfd(text)
        .ok_or_else(|| Rejet::champ(MotifRejet::CodeInvalide, index, text).attendu("attendu : un CFD, 8 caractères"))
}

/// Collects the filled ones of seven columns of CFDs, in their order.
fn lier(codes: &mut Vec<CodeCertification>, ligne: &Ligne<'_>, colonnes: &[Option<usize>]) -> Result<(), Rejet> {
    codes.clear();
    for colonne in colonnes {
        if ligne.rempli(*colonne).is_some() {
            codes.push(cfd(ligne, *colonne)?);
        }
    }
    Ok(())
}
