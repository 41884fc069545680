//! The rows of the source tables, typed as the files say them.
//!
//! They borrow from the line being read: an import makes no allocation per row.

mod annuaires;
mod nomenclatures;

use std::hash::Hash;

use chrono::NaiveDate;

pub use self::annuaires::{AnnuaireRow, CatalogueRow};
pub use self::nomenclatures::{DiplomeSiseRow, GroupeRow, LienRow, TypeDiplomeSiseRow};
use super::copy::{CopyRow, Tally, Tuple};
use crate::domain::etablissement::MesureEtablissement;
use crate::domain::{CodeCertification, CodeRegion, Dataset, Filiere, Lieu, Maille, Mesure, Mesures, Population, Uai};

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

impl CopyRow for MesuresRow<'_> {
    const COLUMNS: i16 = 26;

    fn key(&self) -> impl Hash {
        (self.lieu, self.code, self.filiere, self.millesime)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), self.filiere.as_str(), self.millesime]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.lieu.maille().as_str());
        out.text(self.lieu.as_str());
        out.text(self.code.as_str());
        out.text(self.filiere.as_str());
        out.text(self.millesime);
        for mesure in Mesure::ALL {
            out.optional_int(self.mesures.get(*mesure));
        }
        out.int(self.mesures.withheld_bits());
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

impl CopyRow for LongMesureRow<'_> {
    const COLUMNS: i16 = 8;

    fn key(&self) -> impl Hash {
        (self.lieu, self.code, self.filiere, self.millesime, self.mesure as i32)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), self.filiere.as_str(), self.millesime]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.lieu.maille().as_str());
        out.text(self.lieu.as_str());
        out.text(self.code.as_str());
        out.text(self.filiere.as_str());
        out.text(self.millesime);
        out.int(self.mesure as i32);
        out.optional_int(self.valeur);
        out.int(i32::from(self.non_diffusee));
    }

    fn tally(&self, tally: &mut Tally) {
        if let Some(value) = self.valeur {
            tally.note(self.mesure as usize, value);
        }
    }
}

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

impl CopyRow for EtablissementRow<'_> {
    const COLUMNS: i16 = 18;

    fn key(&self) -> impl Hash {
        (self.uai, self.filiere, self.millesime, self.population)
    }

    fn scope(&self) -> [&str; 3] {
        [Maille::Etablissement.as_str(), self.filiere.as_str(), self.millesime]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.uai.as_str());
        out.text(self.filiere.as_str());
        out.text(self.millesime);
        out.text(self.population.as_str());
        out.optional_text(self.libelle);
        out.optional_text(self.region.as_ref().map(CodeRegion::as_str));
        for valeur in self.valeurs {
            out.optional_int(*valeur);
        }
        out.int(self.non_diffusees);
    }

    fn tally(&self, tally: &mut Tally) {
        for (bit, value) in self.valeurs.iter().enumerate() {
            if let Some(value) = value {
                tally.note(bit, *value);
            }
        }
    }
}

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

impl CopyRow for FormationDiplomeRow<'_> {
    const COLUMNS: i16 = 14;

    fn key(&self) -> impl Hash {
        self.code
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.code.as_str());
        out.optional_text(self.niveau);
        out.optional_text(self.groupe_specialite);
        out.optional_text(self.lettre_specialite);
        out.optional_text(self.libelle_court);
        out.optional_text(self.libelle_stat_33);
        out.optional_text(self.libelle_long_200);
        out.optional_date(self.date_ouverture);
        out.optional_date(self.date_fermeture);
        out.optional_smallint(self.premiere_session);
        out.optional_smallint(self.derniere_session);
        out.texts(self.anciens.iter().map(CodeCertification::as_str));
        out.texts(self.nouveaux.iter().map(CodeCertification::as_str));
    }
}

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

impl CopyRow for MefRow<'_> {
    const COLUMNS: i16 = 10;

    fn key(&self) -> impl Hash {
        self.mef_stat_11
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.mef);
        out.text(self.mef_stat_11.as_str());
        out.text(self.formation_diplome.as_str());
        out.optional_text(self.dispositif);
        out.optional_smallint(self.duration);
        out.optional_smallint(self.annee);
        out.optional_text(self.libelle_long);
        out.optional_date(self.date_ouverture);
        out.optional_date(self.date_fermeture);
    }
}

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

impl CopyRow for NiveauRow<'_> {
    const COLUMNS: i16 = 5;

    fn key(&self) -> impl Hash {
        self.niveau
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.niveau);
        out.optional_text(self.interministeriel);
        out.optional_text(self.libelle_court);
        out.optional_text(self.libelle_100);
    }
}

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

impl CopyRow for InsersupRow<'_> {
    const COLUMNS: i16 = 21;

    fn key(&self) -> impl Hash {
        (self.lieu, self.universites_seules, self.code, self.millesime, self.ventilation)
    }

    fn scope(&self) -> [&str; 3] {
        [self.lieu.maille().as_str(), Filiere::Superieur.as_str(), self.millesime]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.lieu.maille().as_str());
        out.text(self.lieu.as_str());
        out.boolean(self.universites_seules);
        out.text(self.code.as_str());
        out.text(self.millesime);
        for valeur in self.ventilation {
            out.text(valeur);
        }
        out.boolean(self.whole);
        for mesure in Self::MESURES {
            out.optional_int(self.mesures.get(mesure));
        }
        out.int(self.mesures.withheld_bits());
    }

    fn tally(&self, tally: &mut Tally) {
        if self.whole {
            tally_mesures(self.mesures, tally);
        }
    }
}
