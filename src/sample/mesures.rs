//! The three files of `inserjeunes-mesures`: one line per certification and place, at the
//! national, regional and établissement level.
//!
//! Each has the columns of the real one of its level, and blanks where that one has them: no
//! counts but E for E ≤ 4, no share under the threshold of pupils, no `taux_emploi` under that of leavers, no 18 and
//! 24 months for the most recent cohort. Regional lines are the sums of those of the
//! établissements, national ones of the régions; school-based agriculture is measured at the
//! level of the établissement alone.

use std::collections::BTreeMap;

use super::cohortes::{Cohorte, Formation};
use super::nomenclature::{Diplome, KINDS};
use super::random::Random;
use super::table::{Dialect, or_blank, text};
use crate::domain::{CodeRegion, Filiere, Lieu, Maille, Millesime, SEUIL, Uai};

/// The last cohort, for which 18 and 24 months have not elapsed.
const LAST: u16 = 2023;

const NATIONAL: &str = "\
    millesime;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;\
    nb_en_emploi_12_mois;nb_en_emploi_18_mois;nb_en_emploi_24_mois;taux_rupture_contrats;taux_poursuite_etudes;\
    taux_emploi_6_mois;taux_emploi_12_mois;taux_emploi_18_mois;taux_emploi_24_mois;\
    DEVENIR_part_poursuite_etudes;DEVENIR_part_en_emploi_6_mois;DEVENIR_part_autre_situation_6_mois;\
    salaire_TS_Q1_12_mois;salaire_TS_Q2_12_mois;salaire_TS_Q3_12_mois";
const REGIONAL: &str = "\
    id;millesime;code_region_ij;code_region;voie;cfd;mefstat11;nb_annee_term;nb_en_emploi_12_mois;\
    nb_en_emploi_18_mois;nb_en_emploi_24_mois;nb_en_emploi_6_mois;nb_poursuite_etudes;nb_sortant;\
    taux_emploi_12_mois;taux_emploi_18_mois;taux_emploi_24_mois;taux_emploi_6_mois;taux_poursuite_etudes;\
    DEVENIR_part_poursuite_etudes;DEVENIR_part_en_emploi_6_mois;DEVENIR_part_autre_situation_6_mois";
const ETABLISSEMENT: &str = "\
    millesime;uai;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;\
    nb_en_emploi_12_mois;nb_en_emploi_18_mois;nb_en_emploi_24_mois;taux_rupture_contrats;taux_poursuite_etudes;\
    taux_emploi_6_mois;taux_emploi_12_mois;taux_emploi_18_mois;taux_emploi_24_mois;\
    DEVENIR_part_poursuite_etudes;DEVENIR_part_en_emploi_6_mois;DEVENIR_part_autre_situation_6_mois";

const DARES: &str = "\
    Millésime;Voie;Code formation;Libellé formation;Salaire net mensuel 1er quartile;Salaire net mensuel médian;\
    Salaire net mensuel 3e quartile;Effectif";

/// `dares-remunerations`: the salaries of the last year, which the national file does not have
/// yet.
pub(super) fn dares(formations: &[Formation<'_>]) -> String {
    let mut rows = rows(formations, &[Millesime::single(LAST)], national_place);
    rows.retain(|row| row.salaire("médian").is_some());
    text(Dialect::WindowsBom, DARES, &rows, |row, column| match column {
        "Millésime" => row.millesime.to_string(),
        "Voie" => row.filiere("voie").to_owned(),
        "Code formation" => row.code.clone(),
        "Libellé formation" => row.diplome.libelle.to_owned(),
        "Effectif" => row.cohorte.s().to_string(),
        quartile => or_blank(row.salaire(quartile)),
    })
}

fn national_place(formation: &Formation<'_>) -> Option<Lieu> {
    (formation.filiere != Filiere::Agricole).then_some(Lieu::France)
}

/// The national file: single years.
pub(super) fn national(formations: &[Formation<'_>]) -> String {
    let years = [2021, 2022, 2023].map(Millesime::single);
    let rows = rows(formations, &years, national_place);
    text(Dialect::Unix, NATIONAL, &rows, FigureRow::value)
}

/// The regional file: years pooled two by two.
pub(super) fn regional(formations: &[Formation<'_>]) -> String {
    let rows = rows(formations, &pooled(), |formation| {
        (formation.filiere != Filiere::Agricole).then_some(Lieu::Region(formation.etablissement.region))
    });
    text(Dialect::UnixBom, REGIONAL, &rows, FigureRow::value)
}

/// The file of the établissements: years pooled two by two.
pub(super) fn etablissement(formations: &[Formation<'_>]) -> String {
    let rows = rows(formations, &pooled(), |formation| {
        Uai::from_stored(&formation.etablissement.uai).map(Lieu::Etablissement)
    });
    text(Dialect::Unix, ETABLISSEMENT, &rows, FigureRow::value)
}

/// The pooled millésimes of the sample.
pub(super) fn pooled() -> [Millesime; 3] {
    [2021, 2022, 2023].map(Millesime::pooled)
}

/// The years of a millésime.
pub(super) fn years(millesime: Millesime) -> Vec<u16> {
    let first = if millesime.is_pooled() { millesime.end() - 1 } else { millesime.end() };
    (first..=millesime.end()).collect()
}

/// One line of a file.
struct FigureRow {
    millesime: Millesime,
    lieu: Lieu,
    filiere: Filiere,
    code: String,
    diplome: &'static Diplome,
    cohorte: Cohorte,
}

type CohortKey = (Millesime, Lieu, Filiere, String);

/// The sums of the courses that `place` puts at the same place.
fn rows(
    formations: &[Formation<'_>],
    millesimes: &[Millesime],
    place: impl Fn(&Formation<'_>) -> Option<Lieu>,
) -> Vec<FigureRow> {
    let mut sums: BTreeMap<CohortKey, (&'static Diplome, Cohorte)> = BTreeMap::new();
    for formation in formations {
        let Some(lieu) = place(formation) else { continue };
        for millesime in millesimes {
            let Some(cohorte) = formation.cohorte(&years(*millesime)) else { continue };
            let sum = sums.entry((*millesime, lieu, formation.filiere, formation.code.clone()));
            let sum = sum.or_insert((formation.diplome, Cohorte::default()));
            sum.1 = sum.1.plus(cohorte);
        }
    }
    sums.into_iter()
        .map(|((millesime, lieu, filiere, code), (diplome, cohorte))| FigureRow {
            millesime,
            lieu,
            filiere,
            code,
            diplome,
            cohorte,
        })
        .collect()
}

impl FigureRow {
    fn value(&self, column: &str) -> String {
        match column {
            "id" => format!("{}_{}_{}_{}", self.millesime, self.region(true), self.value("voie"), self.code),
            "millesime" => self.millesime.to_string(),
            "uai" => self.lieu.as_str().to_owned(),
            "code_region" => self.region(false).to_owned(),
            "code_region_ij" => self.region(true).to_owned(),
            "voie" | "filiere" => self.filiere(column).to_owned(),
            "cfd" if self.filiere == Filiere::Apprentissage => self.code.clone(),
            "mefstat11" if self.filiere != Filiere::Apprentissage => self.code.clone(),
            figure => or_blank(self.figure(figure)),
        }
    }

    fn region(&self, academique: bool) -> &'static str {
        let region = match self.lieu {
            Lieu::Region(region) => Some(CodeRegion::region(region)),
            Lieu::France | Lieu::Etablissement(_) => None,
        };
        region.map_or("", |region| if academique { region.code_region_academique } else { region.code })
    }

    /// The regional file says `voie` and `scolaire`, the others the names of the system.
    fn filiere(&self, column: &str) -> &'static str {
        match (self.filiere, column) {
            (Filiere::Pro, "voie") => "scolaire",
            (Filiere::Pro, _) => "voie_pro_sco_educ_nat",
            (Filiere::Agricole, _) => "voie_pro_sco_agri",
            (other, _) => other.as_str(),
        }
    }

    fn figure(&self, column: &str) -> Option<i32> {
        let Cohorte { e, p, .. } = self.cohorte;
        let s = self.cohorte.s();
        let counted = e > 4;
        match column {
            "nb_annee_term" => Some(e),
            "nb_poursuite_etudes" => counted.then_some(p),
            "nb_sortant" => counted.then_some(s),
            "taux_poursuite_etudes" => part(p, e),
            "taux_rupture_contrats" => self.rupture(),
            column if column.starts_with("DEVENIR_") => outcome(self.cohorte, column),
            column if column.starts_with("salaire_") => self.salaire(column).filter(|_| self.millesime.end() < LAST),
            column => {
                let j = self.in_emploi(column)?;
                if column.starts_with("taux_") { part(j, s) } else { counted.then_some(j) }
            }
        }
    }

    /// J at the horizon that the name of the column holds, if it has elapsed.
    fn in_emploi(&self, column: &str) -> Option<i32> {
        let [six, twelve, eighteen, twenty_four] = self.cohorte.j;
        let elapsed = self.millesime.end() < LAST;
        match column.rsplit('_').nth(1)? {
            "6" => Some(six),
            "12" => Some(twelve),
            "18" => elapsed.then_some(eighteen),
            "24" => elapsed.then_some(twenty_four),
            _ => None,
        }
    }

    /// Broken contracts: measured for apprentices, not by région.
    fn rupture(&self) -> Option<i32> {
        let measured = self.filiere == Filiere::Apprentissage && self.lieu.maille() != Maille::Regionale;
        let mut random = Random::named(&["rupture", self.lieu.as_str(), &self.code, &self.millesime.to_string()]);
        (measured && self.cohorte.e >= SEUIL).then(|| random.between(8, 29))
    }

    /// Salaries: national only, and only of cohorts large enough. Those of the last year are
    /// published by DARES alone.
    fn salaire(&self, column: &str) -> Option<i32> {
        let kind = KINDS.iter().find(|kind| self.diplome.cfd.starts_with(kind.niveau))?;
        let [school_based, apprentissage] = kind.profiles;
        let profile = if self.filiere == Filiere::Apprentissage { apprentissage } else { school_based };
        let mut random = Random::named(&["salaire", &self.code]);
        let raise = 30 * i32::from(self.millesime.end() - 2021);
        let median = profile.salaire + raise + 10 * random.between(-7, 9);
        let (below, above) = (10 * random.between(9, 19), 10 * random.between(15, 34));
        let value = match column {
            "salaire_TS_Q1_12_mois" | "Salaire net mensuel 1er quartile" => median - below,
            "salaire_TS_Q3_12_mois" | "Salaire net mensuel 3e quartile" => median + above,
            _ => median,
        };
        (self.cohorte.s() >= 2 * SEUIL).then_some(value)
    }
}

/// One of the three shares of a hundred pupils at 6 months, which sum to 100; `None` under the
/// threshold.
pub(super) fn outcome(cohorte: Cohorte, column: &str) -> Option<i32> {
    let [six, ..] = cohorte.j;
    let poursuite = part(cohorte.p, cohorte.e)?;
    let emploi = part(six, cohorte.e)?.min(100 - poursuite);
    Some(match column {
        "DEVENIR_part_poursuite_etudes" => poursuite,
        "DEVENIR_part_en_emploi_6_mois" => emploi,
        _ => 100 - poursuite - emploi,
    })
}

/// Percent, halves rounded up as the producers do; `None` under the threshold.
pub(super) fn part(count: i32, whole: i32) -> Option<i32> {
    (whole >= SEUIL).then(|| (200 * count + whole) / (2 * whole))
}
