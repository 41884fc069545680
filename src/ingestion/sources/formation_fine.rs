//! `fr-en-inserjeunes-lycee_pro-formation-fine` and `fr-en-inserjeunes-cfa-formation_fine`: one
//! certification at one établissement, from the open data portal.
//!
//! The portal publishes shares and no numbers of pupils: nothing can be recomputed, added or
//! checked against a threshold here, so every figure is taken as published. The column of the
//! code tells the two files apart, and both from those of établissements as a whole. A yearly
//! file without `Année` has its millésime in its name, or it is given with `--millesime`.

use super::super::champs::{self, Chiffre, Genre, Ligne, Memoire};
use super::super::header::Colonne;
use super::super::plausibility::Rule;
use super::super::refus::Refus;
use super::super::rejets::{MotifRejet, Rejet};
use super::depp_etablissements::millesime_du_nom;
use super::etablissement::Cohorte;
use super::formation_diplome::cfd;
use super::mesures::{MillesimeTexte, millesime};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::{CodeCertification, Filiere, Lieu, Mesure, Mesures, Millesime};

/// The columns of both; a measure is called as in [`Mesure`].
const COLONNES: &[Colonne] = &[
    Colonne::new("annee", &["Année"]),
    Colonne::new("uai", &["n°UAI de l'établissement"]),
    Colonne::new("libelle", &["Libellé de l'établissement"]),
    Colonne::new("region", &["Région"]),
    Colonne::new("type_diplome", &["Type de diplôme"]),
    Colonne::new("code_formation_mefstat11", &["Code formation mefstat11"]),
    Colonne::new("code_formation_apprentissage", &["Code formation apprentissage"]),
    Colonne::new("libelle_formation", &["Libellé de la formation"]),
    Colonne::new("duree_formation", &["Durée de formation", "Durée de la formation"]),
    Colonne::new("diplome_renove_ou_nouveau", &[]),
    Colonne::new(
        "part_poursuite_etudes",
        &["DEVENIR Part poursuite études", "part_en_poursuite_d_etudes", "Part en poursuite d'études"],
    ),
    Colonne::new("part_en_emploi_6_mois", &["DEVENIR Part en emploi 6 mois", "part_en_emploi_6_mois_apres_la_sortie"]),
    Colonne::new(
        "part_autres_situations_6_mois",
        &["DEVENIR Part autre situation 6 mois", "part_des_autres_situations"],
    ),
    Colonne::new("taux_poursuite_etudes", &["Taux de poursuite d'études"]),
    Colonne::new("taux_emploi_6_mois", &["Taux d'emploi 6 mois après la sortie"]),
    Colonne::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    Colonne::new("taux_emploi_18_mois", &["Taux d'emploi 18 mois après la sortie"]),
    Colonne::new("taux_emploi_24_mois", &["Taux d'emploi 24 mois après la sortie"]),
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
    colonnes: COLONNES,
    requises: &[&["code_formation_mefstat11"], &["uai"], &["taux_emploi_6_mois", "part_en_emploi_6_mois"]],
    exclues: &["nb_annee_term", "id_mesure"],
    attend_millesime: true,
    ouvrir,
};

/// CFAs.
pub(in crate::ingestion) const CFA: Definition = Definition {
    dataset: Dataset::InserjeunesCfaFormationFine,
    colonnes: COLONNES,
    requises: &[&["code_formation_apprentissage"], &["uai"], &["taux_emploi_6_mois", "part_en_emploi_6_mois"]],
    exclues: &["nb_annee_term", "id_mesure"],
    attend_millesime: true,
    ouvrir,
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Result<Ouvert, Refus> {
    let (layout, dataset) = (&ouverture.layout, ouverture.dataset);
    let (cohorte, millesime) = cohorte(ouverture)?;
    let (filiere, code) = match dataset {
        Dataset::InserjeunesCfaFormationFine => (Filiere::Apprentissage, layout.at("code_formation_apprentissage")),
        _ => (Filiere::Pro, layout.at("code_formation_mefstat11")),
    };
    let adaptateur = FormationFine {
        dataset,
        filiere,
        cohorte,
        uai: layout.at("uai"),
        code,
        colonnes: MESURES.map(|mesure| (mesure, layout.at(mesure.as_str()))),
        millesimes: Memoire::default(),
    };
    Ok(Ouvert { millesime, ..Ouvert::new(Table::Mesures, adaptateur) })
}

/// Where the rows have their millésime from, and the one of the file if they have none.
fn cohorte(ouverture: &Ouverture<'_>) -> Result<(Cohorte, Option<Millesime>), Refus> {
    match (ouverture.layout.at("annee"), ouverture.millesime) {
        (Some(_), Some(_)) => Err(Refus::MillesimeDeTrop(ouverture.dataset.as_str())),
        (Some(colonne), None) => Ok((Cohorte::Colonne(colonne), None)),
        (None, _) => {
            let millesime = millesime_du_nom(ouverture)?;
            Ok((Cohorte::Fichier(MillesimeTexte::new(millesime)), Some(millesime)))
        }
    }
}

struct FormationFine {
    dataset: Dataset,
    filiere: Filiere,
    cohorte: Cohorte,
    uai: Option<usize>,
    code: Option<usize>,
    colonnes: [(Mesure, Option<usize>); 8],
    millesimes: Memoire<MillesimeTexte>,
}

impl FormationFine {
    fn code(&self, ligne: &Ligne<'_>) -> Result<CodeCertification, Rejet> {
        if self.filiere == Filiere::Apprentissage {
            return cfd(ligne, self.code);
        }
        let (index, text) = (self.code.unwrap_or_default(), ligne.champ(self.code));
        if text.is_empty() {
            return Err(Rejet::champ(MotifRejet::CodeManquant, index, text));
        }
        champs::mef_stat_11(text).ok_or_else(|| {
            Rejet::champ(MotifRejet::CodeInvalide, index, text).attendu("attendu : un MEFSTAT11, 11 caractères")
        })
    }

    fn mesures(&self, ligne: &Ligne<'_>) -> Result<Mesures, Rejet> {
        let mut mesures = Mesures::default();
        for (mesure, colonne) in self.colonnes {
            let text = ligne.champ(colonne);
            match champs::chiffre(text, Genre::Pourcent) {
                Ok(Chiffre::Valeur(valeur)) => mesures.set(mesure, valeur),
                Ok(Chiffre::NonDiffuse) => mesures.withhold(mesure),
                Ok(Chiffre::Absent) => {}
                Err(motif) => return Err(Rejet::champ(motif, colonne.unwrap_or_default(), text)),
            }
        }
        Ok(mesures)
    }

    /// The three parts make up everybody.
    fn comparer(&self, mesures: &Mesures, ligne: &Ligne<'_>, sortie: &mut Sortie) {
        use Mesure::{PartAutresSituations6Mois as Autres, PartEnEmploi6Mois, PartPoursuiteEtudes};
        let (Some(poursuite), Some(emploi), Some(publie)) =
            (mesures.get(PartPoursuiteEtudes), mesures.get(PartEnEmploi6Mois), mesures.get(Autres))
        else {
            return;
        };
        let calcule = 100 - poursuite - emploi;
        if (calcule - publie).abs() > 1 {
            let colonne = self.colonnes.iter().find(|(mesure, _)| *mesure == Autres).and_then(|(_, at)| *at);
            sortie.ecart(Rule::SumOfParts, ligne.numero, colonne, publie, calcule);
        }
    }
}

impl Adaptateur for FormationFine {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let lieu = Lieu::Etablissement(champs::uai(ligne, self.uai)?);
        let cohorte = match &self.cohorte {
            Cohorte::Fichier(millesime) => *millesime,
            Cohorte::Colonne(index) => {
                self.millesimes.get(ligne.champ(Some(*index)), |text| millesime(text, *index))?
            }
        };
        let code = self.code(ligne)?;
        let mesures = self.mesures(ligne)?;
        self.comparer(&mesures, ligne, sortie);
        let row = MesuresRow {
            dataset: self.dataset.as_str(),
            lieu,
            code,
            filiere: self.filiere,
            millesime: cohorte.as_str(),
            mesures: &mesures,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_column() {
        for mesure in MESURES {
            assert!(COLONNES.iter().any(|colonne| colonne.nom == mesure.as_str()), "{mesure}");
        }
    }
}
