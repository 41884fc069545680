//! The rows of the source tables, typed as the files say them.
//!
//! They borrow from the line being read: an import makes no allocation per row.

mod annuaires;
mod crosswalks;
mod nomenclatures;

use std::hash::Hash;

use chrono::NaiveDate;

pub use self::annuaires::{AnnuaireRow, CatalogueRow};
pub use self::crosswalks::{AttachmentRow, CrosswalkRow};
pub use self::nomenclatures::{DiplomeSiseRow, GroupeRow, LienRow, TypeDiplomeSiseRow};
use super::super::copy::{Ints, Several, copy_row};
use super::copy::{ImportedRow, Tally};
use crate::domain::{
    CodeCertification, CodeRegion, Dataset, Filiere, Lieu, Maille, Mesure, MesureEtablissement, Mesures, Population,
    Uai,
};

/// One cohort of one certification at one place.
#[derive(Debug)]
pub struct MesuresRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The place, which decides the maille.
    pub lieu: Lieu,
    /// The certification.
    pub code: CodeCertification,
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort, as [`crate::domain::Millesime`] prints itself.
    pub millesime: &'a str,
    /// The figures.
    pub mesures: &'a Mesures,
}

impl ImportedRow for MesuresRow<'_> {
    fn key(&self) -> impl Hash {
        (self.lieu, self.code, self.filiere, self.millesime)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), self.filiere.as_str(), self.millesime]
    }

    fn tally(&self, tally: &mut Tally) {
        tally_mesures(self.mesures, tally);
    }
}

/// Notes every measure that has a value.
fn tally_mesures(mesures: &Mesures, tally: &mut Tally) {
    for mesure in Mesure::ALL {
        if let Some(value) = mesures.get(*mesure) {
            tally.note(*mesure as usize, value);
        }
    }
}

copy_row!(MesuresRow<'_>, |row| {
    "dataset" => row.dataset,
    "maille" => row.lieu.maille(),
    "lieu" => row.lieu,
    "code_certification" => row.code,
    "filiere" => row.filiere,
    "millesime" => row.millesime,
    Several(Mesure::ALL.iter().map(|mesure| mesure.as_str())) => Several(Mesure::ALL.iter().map(|mesure| row.mesures.get(*mesure))),
    "non_diffusees" => row.mesures.withheld_bits(),
});

/// One measure of one cohort: a line of the long form of `inserjeunes-mesures`.
#[derive(Debug)]
pub struct LongMesureRow<'a> {
    /// The place, which decides the maille.
    pub lieu: Lieu,
    /// The certification.
    pub code: CodeCertification,
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: &'a str,
    /// Which measure.
    pub mesure: Mesure,
    /// Its figure, if there is one.
    pub valeur: Option<i32>,
    /// Whether the source withholds it.
    pub non_diffusee: bool,
}

impl ImportedRow for LongMesureRow<'_> {
    fn key(&self) -> impl Hash {
        (self.lieu, self.code, self.filiere, self.millesime, self.mesure as i32)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), self.filiere.as_str(), self.millesime]
    }

    fn tally(&self, tally: &mut Tally) {
        if let Some(value) = self.valeur {
            tally.note(self.mesure as usize, value);
        }
    }
}

copy_row!(LongMesureRow<'_>, |row| {
    "maille" => row.lieu.maille(),
    "lieu" => row.lieu,
    "code_certification" => row.code,
    "filiere" => row.filiere,
    "millesime" => row.millesime,
    "mesure" => row.mesure as i32,
    "valeur" => row.valeur,
    "non_diffusee" => i32::from(row.non_diffusee),
});

/// One établissement as a whole, for one population.
#[derive(Debug)]
pub struct EtablissementRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The établissement.
    pub uai: Uai,
    /// How its pupils are taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: &'a str,
    /// Which of its pupils.
    pub population: Population,
    /// Its name in the file.
    pub libelle: Option<&'a str>,
    /// Its région in the file.
    pub region: Option<CodeRegion>,
    /// The figures, in the order of [`MesureEtablissement::ALL`].
    pub valeurs: &'a [Option<i32>; MesureEtablissement::COUNT],
    /// One bit per withheld figure, in the same order.
    pub non_diffusees: i32,
}

impl ImportedRow for EtablissementRow<'_> {
    fn key(&self) -> impl Hash {
        (self.uai, self.filiere, self.millesime, self.population)
    }

    fn scope(&self) -> [&str; 3] {
        [Maille::Etablissement.as_str(), self.filiere.as_str(), self.millesime]
    }

    fn tally(&self, tally: &mut Tally) {
        for (bit, value) in self.valeurs.iter().enumerate() {
            if let Some(value) = value {
                tally.note(bit, *value);
            }
        }
    }
}

copy_row!(EtablissementRow<'_>, |row| {
    "dataset" => row.dataset,
    "uai" => row.uai,
    "filiere" => row.filiere,
    "millesime" => row.millesime,
    "dont_apprentis_eple" => row.population,
    "libelle" => row.libelle,
    "region" => row.region,
    Several(MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str())) => Several(row.valeurs.iter().copied()),
    "non_diffusees" => row.non_diffusees,
});

/// One CFD.
#[derive(Debug)]
pub struct FormationDiplomeRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The CFD.
    pub code: CodeCertification,
    /// NIVEAU_FORMATION_DIPLOME.
    pub niveau: Option<&'a str>,
    /// GROUPE_SPECIALITE.
    pub groupe_specialite: Option<&'a str>,
    /// LETTRE_SPECIALITE.
    pub lettre_specialite: Option<&'a str>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<&'a str>,
    /// LIBELLE_STAT_33.
    pub libelle_stat_33: Option<&'a str>,
    /// LIBELLE_LONG_200.
    pub libelle_long_200: Option<&'a str>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
    /// DATE_PREMIERE_SESSION, a year.
    pub premiere_session: Option<i16>,
    /// DATE_DERNIERE_SESSION, a year.
    pub derniere_session: Option<i16>,
    /// The filled ones of ANCIEN_DIPLOME_1..7.
    pub anciens: &'a [CodeCertification],
    /// The filled ones of NOUVEAU_DIPLOME_1..7.
    pub nouveaux: &'a [CodeCertification],
}

impl ImportedRow for FormationDiplomeRow<'_> {
    fn key(&self) -> impl Hash {
        self.code
    }
}

copy_row!(FormationDiplomeRow<'_>, |row| {
    "dataset" => row.dataset,
    "formation_diplome" => row.code,
    "niveau_formation_diplome" => row.niveau,
    "groupe_specialite" => row.groupe_specialite,
    "lettre_specialite" => row.lettre_specialite,
    "libelle_court" => row.libelle_court,
    "libelle_stat_33" => row.libelle_stat_33,
    "libelle_long_200" => row.libelle_long_200,
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
    "date_premiere_session" => row.premiere_session,
    "date_derniere_session" => row.derniere_session,
    "anciens_diplomes" => row.anciens,
    "nouveaux_diplomes" => row.nouveaux,
});

/// One MEF.
#[derive(Debug)]
pub struct MefRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// MEF.
    pub mef: &'a str,
    /// MEF_STAT_11.
    pub mef_stat_11: CodeCertification,
    /// FORMATION_DIPLOME, the CFD it belongs to.
    pub formation_diplome: CodeCertification,
    /// DISPOSITIF_FORMATION.
    pub dispositif: Option<&'a str>,
    /// DUREE_DISPOSITIF, in years.
    pub duration: Option<i16>,
    /// ANNEE_DISPOSITIF, the year within it.
    pub annee: Option<i16>,
    /// LIBELLE_LONG.
    pub libelle_long: Option<&'a str>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

impl ImportedRow for MefRow<'_> {
    fn key(&self) -> impl Hash {
        self.mef_stat_11
    }
}

copy_row!(MefRow<'_>, |row| {
    "dataset" => row.dataset,
    "mef" => row.mef,
    "mef_stat_11" => row.mef_stat_11,
    "formation_diplome" => row.formation_diplome,
    "dispositif_formation" => row.dispositif,
    "duree_dispositif" => row.duration,
    "annee_dispositif" => row.annee,
    "libelle_long" => row.libelle_long,
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
});

/// One kind of diploma.
#[derive(Debug)]
pub struct NiveauRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// NIVEAU_FORMATION_DIPLOME, 3 characters.
    pub niveau: &'a str,
    /// NIVEAU_INTERMINISTERIEL.
    pub interministeriel: Option<&'a str>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<&'a str>,
    /// LIBELLE_100.
    pub libelle_100: Option<&'a str>,
}

impl ImportedRow for NiveauRow<'_> {
    fn key(&self) -> impl Hash {
        self.niveau
    }
}

copy_row!(NiveauRow<'_>, |row| {
    "dataset" => row.dataset,
    "niveau_formation_diplome" => row.niveau,
    "niveau_interministeriel" => row.interministeriel,
    "libelle_court" => row.libelle_court,
    "libelle_100" => row.libelle_100,
});

/// One cohort of InserSup, whole or ventilated.
#[derive(Debug)]
pub struct InsersupRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The place, which decides the maille.
    pub lieu: Lieu,
    /// Whether the country is counted by its universities alone.
    pub universites_seules: bool,
    /// The diploma, a SISE code.
    pub code: CodeCertification,
    /// The cohort.
    pub millesime: &'a str,
    /// Gender, nationality, obtention and régime, in the order of the table.
    pub ventilation: [&'a str; 4],
    /// Whether all four are «ensemble».
    pub whole: bool,
    /// The figures: those of [`InsersupRow::MESURES`].
    pub mesures: &'a Mesures,
}

impl InsersupRow<'_> {
    /// The measures that the table has a column for, in its order.
    pub const MESURES: [Mesure; 9] = [
        Mesure::NbPoursuiteEtudes,
        Mesure::NbSortant,
        Mesure::NbEnEmploi6Mois,
        Mesure::NbEnEmploi12Mois,
        Mesure::NbEnEmploi18Mois,
        Mesure::NbEnEmploi24Mois,
        Mesure::Salaire12MoisQ1,
        Mesure::Salaire12MoisQ2,
        Mesure::Salaire12MoisQ3,
    ];
}

impl ImportedRow for InsersupRow<'_> {
    fn key(&self) -> impl Hash {
        (self.lieu, self.universites_seules, self.code, self.millesime, self.ventilation)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), Filiere::Superieur.as_str(), self.millesime]
    }

    fn tally(&self, tally: &mut Tally) {
        if self.whole {
            tally_mesures(self.mesures, tally);
        }
    }
}

copy_row!(InsersupRow<'_>, |row| {
    "dataset" => row.dataset,
    "maille" => row.lieu.maille(),
    "lieu" => row.lieu,
    "universites_seules" => row.universites_seules,
    "code_certification" => row.code,
    "millesime" => row.millesime,
    Several(["genre", "nationalite", "obtention_diplome", "regime_inscription"].into_iter()) => Several(row.ventilation.into_iter()),
    "ensemble" => row.whole,
    Several(Self::MESURES.into_iter().map(Mesure::as_str)) => Several(Self::MESURES.into_iter().map(|mesure| row.mesures.get(mesure))),
    "non_diffusees" => row.mesures.withheld_bits(),
    "effectifs_par_horizon" => row.mesures.later().as_ref().map(|later| Ints(later.as_flattened())),
});
