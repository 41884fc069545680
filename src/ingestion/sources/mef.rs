//! `n_mef`: the years of the school-based courses. Where several MEFs share a MEFSTAT11, the last
//! row counts.

use super::super::champs::{self, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::formation_diplome::cfd;
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::MefRow;
use crate::db::ingestion::tables::Table;

const COLONNES: &[Colonne] = &[
    Colonne::new("mef", &[]),
    Colonne::new("dispositif_formation", &[]),
    Colonne::new("formation_diplome", &[]),
    Colonne::new("duree_dispositif", &[]),
    Colonne::new("annee_dispositif", &[]),
    Colonne::new("libelle_long", &[]),
    Colonne::new("date_ouverture", &[]),
    Colonne::new("date_fermeture", &[]),
    Colonne::new("mef_stat_11", &[]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::NMef,
    colonnes: COLONNES,
    requises: &[
        &["mef"],
        &["mef_stat_11"],
        &["formation_diplome"],
        &["dispositif_formation"],
        &["annee_dispositif"],
        &["date_ouverture"],
        &["date_fermeture"],
    ],
    exclues: &[],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Mefs {
        mef: at("mef"),
        mef_stat_11: at("mef_stat_11"),
        formation_diplome: at("formation_diplome"),
        dispositif: at("dispositif_formation"),
        duree: at("duree_dispositif"),
        annee: at("annee_dispositif"),
        libelle: at("libelle_long"),
        ouverture: at("date_ouverture"),
        fermeture: at("date_fermeture"),
    };
    Ouvert::new(Table::Mefs, adaptateur)
}

struct Mefs {
    mef: Option<usize>,
    mef_stat_11: Option<usize>,
    formation_diplome: Option<usize>,
    dispositif: Option<usize>,
    duree: Option<usize>,
    annee: Option<usize>,
    libelle: Option<usize>,
    ouverture: Option<usize>,
    fermeture: Option<usize>,
}

impl Adaptateur for Mefs {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let (index, text) = (self.mef_stat_11.unwrap_or_default(), ligne.champ(self.mef_stat_11));
        if text.is_empty() {
            return Err(Rejet::champ(MotifRejet::CodeManquant, index, text));
        }
        let mef_stat_11 = champs::mef_stat_11(text).ok_or_else(|| {
            Rejet::champ(MotifRejet::CodeInvalide, index, text).attendu("attendu : un MEFSTAT11, 11 caractères")
        })?;
        let row = MefRow {
            dataset: Dataset::NMef.as_str(),
            mef: ligne.champ(self.mef),
            mef_stat_11,
            formation_diplome: cfd(ligne, self.formation_diplome)?,
            dispositif: ligne.rempli(self.dispositif),
            duree: champs::petit(ligne, self.duree)?,
            annee: champs::petit(ligne, self.annee)?,
            libelle_long: ligne.rempli(self.libelle),
            date_ouverture: champs::date(ligne, self.ouverture)?,
            date_fermeture: champs::date(ligne, self.fermeture)?,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}
