//! The invented pupils: how many finish each course in each établissement and year, and what
//! becomes of them. Everything else of the sample is a sum or a rate of these.

use std::collections::BTreeMap;

use super::etablissements::{Etablissement, Type};
use super::nomenclature::{DIPLOMES, Diplome, DiplomeKind, Profile};
use super::random::Random;
use crate::domain::Filiere;

/// From the leavers of this year on, public employment is counted too.
const PUBLIC_EMPLOYMENT: u16 = 2022;
/// So many more percent of the leavers are then found to be employed.
const IN_PUBLIC_EMPLOYMENT: i32 = 4;

/// What the walk through the pages begins with (README): hairdressing near Rennes, both in school and
/// in apprenticeship, with figures that are shown.
const WALK: (&str, Type, &str) = ("35", Type::LyceePro, "50033616");
/// Pupils a year of a course that is never hidden.
const CLASS_AND_A_HALF: i32 = 36;

/// The years in which cohorts of the sample left.
pub(super) const ANNEES: [u16; 4] = [2020, 2021, 2022, 2023];

/// The persons of one cohort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cohorte {
    /// E: in the final year.
    pub(super) e: i32,
    /// P: of these, those who go on studying.
    pub(super) p: i32,
    /// J: of the others, those in employment after 6, 12, 18 and 24 months.
    pub(super) j: [i32; 4],
}

impl Cohorte {
    /// S: leavers.
    pub(super) fn s(self) -> i32 {
        self.e - self.p
    }

    /// Both cohorts together.
    #[must_use]
    pub(super) fn plus(mut self, other: Self) -> Self {
        self.e += other.e;
        self.p += other.p;
        for (mine, others) in self.j.iter_mut().zip(other.j) {
            *mine += others;
        }
        self
    }
}

/// A course: one certification in one filière of one établissement, with its yearly cohorts.
#[derive(Debug)]
pub(super) struct Formation<'a> {
    /// Where.
    pub(super) etablissement: &'a Etablissement,
    /// What.
    pub(super) diplome: &'static Diplome,
    /// How.
    pub(super) filiere: Filiere,
    /// Code under which statistics are published: the CFD for apprentices, else the MEFSTAT11 of
    /// the last year.
    pub(super) code: String,
    /// The cohorts by year.
    pub(super) cohortes: BTreeMap<u16, Cohorte>,
}

impl Formation<'_> {
    /// The cohorts of these years together; `None` if there was none.
    pub(super) fn cohorte(&self, annees: &[u16]) -> Option<Cohorte> {
        annees.iter().filter_map(|annee| self.cohortes.get(annee)).copied().reduce(Cohorte::plus)
    }
}

/// Every course of these établissements.
pub(super) fn formations(etablissements: &[Etablissement]) -> Vec<Formation<'_>> {
    etablissements
        .iter()
        .flat_map(|etablissement| filieres(etablissement.kind).iter().map(move |f| (etablissement, *f)))
        .flat_map(|(etablissement, filiere)| DIPLOMES.iter().filter_map(move |d| formation(etablissement, filiere, d)))
        .collect()
}

fn filieres(kind: Type) -> &'static [Filiere] {
    match kind {
        Type::LyceePro => &[Filiere::Pro, Filiere::Apprentissage],
        Type::Cfa => &[Filiere::Apprentissage],
        Type::LyceeAgricole => &[Filiere::Agricole],
        // Their courses are no part of these files.
        Type::Universite => &[],
    }
}

/// The course, if this établissement has it. Both sides of a renovation are drawn from one
/// stream: who taught the old diploma teaches the new one.
fn formation<'a>(
    etablissement: &'a Etablissement,
    filiere: Filiere,
    diplome: &'static Diplome,
) -> Option<Formation<'a>> {
    use super::nomenclature::Renovation::Replaced;
    let kind = diplome.kind().filter(|_| diplome.is_taught(filiere))?;
    let lineage = match diplome.renovation {
        Replaced(old) => old,
        _ => diplome.cfd,
    };
    let mut random = Random::named(&[&etablissement.uai, filiere.as_str(), lineage]);
    let walk = (etablissement.departement.code, etablissement.kind, diplome.cfd) == WALK;
    if !random.chance(part_of_offer(etablissement.kind, filiere)) && !walk {
        return None;
    }
    let code = match filiere {
        Filiere::Apprentissage => diplome.cfd.to_owned(),
        _ => diplome.mef_stat_11(kind, kind.duration),
    };
    let profile = profile(kind, filiere, lineage, &etablissement.uai);
    let taille = size(&mut random).max(if walk { CLASS_AND_A_HALF } else { 0 });
    let cohortes = ANNEES.into_iter().filter(|annee| diplome.has_leavers(*annee));
    let cohortes = cohortes.map(|annee| (annee, cohorte(&mut random, taille, profile.counted_in(annee)))).collect();
    Some(Formation { etablissement, diplome, filiere, code, cohortes })
}

/// Percent of the certifications of its filière that an établissement of this kind teaches.
fn part_of_offer(kind: Type, filiere: Filiere) -> i32 {
    match (kind, filiere) {
        (Type::LyceeAgricole, _) => 75,
        (Type::LyceePro, Filiere::Apprentissage) => 7,
        _ => 30,
    }
}

/// The typical percents of this course: those of its kind, a little off for each certification
/// and for each établissement.
fn profile(kind: &DiplomeKind, filiere: Filiere, lineage: &str, uai: &str) -> Profile {
    let [school_based, apprentissage] = kind.profiles;
    let base = if filiere == Filiere::Apprentissage { apprentissage } else { school_based };
    let (mut of_diploma, mut of_school) = (Random::named(&[lineage, filiere.as_str()]), Random::named(&[uai]));
    Profile {
        poursuite: (base.poursuite + of_diploma.between(-9, 9) + of_school.between(-4, 4)).clamp(5, 90),
        emploi: (base.emploi + of_diploma.between(-9, 11) + of_school.between(-4, 4)).clamp(10, 92),
        salaire: base.salaire,
    }
}

impl Profile {
    /// What the producer counts as employment of the leavers of a year.
    fn counted_in(self, annee: u16) -> Self {
        let more = if annee >= PUBLIC_EMPLOYMENT { IN_PUBLIC_EMPLOYMENT } else { 0 };
        Self { emploi: self.emploi + more, ..self }
    }
}

/// How many pupils a year: most courses fill one class, some two, some only a few seats.
fn size(random: &mut Random) -> i32 {
    match random.between(1, 10) {
        1 => random.between(2, 5),
        2..=4 => random.between(7, 13),
        5..=8 => random.between(14, 26),
        _ => random.between(28, 58),
    }
}

/// A cohort of about this size of which about so many percent go on studying and find work.
pub(super) fn cohorte(random: &mut Random, taille: i32, profile: Profile) -> Cohorte {
    let e = (taille + random.between(-taille / 5, taille / 5)).max(1);
    let p = share(e, profile.poursuite + random.between(-5, 5));
    let s = e - p;
    let mut emploi = profile.emploi + random.between(-5, 5);
    let j = [0, 6, 3, 4].map(|gain| {
        emploi += gain + if gain == 0 { 0 } else { random.between(-3, 3) };
        share(s, emploi)
    });
    Cohorte { e, p, j }
}

/// `percent` of `whole`, to the nearest person, never more than there are.
pub(super) fn share(whole: i32, percent: i32) -> i32 {
    ((whole * percent.clamp(0, 100) + 50) / 100).clamp(0, whole)
}
