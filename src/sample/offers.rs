//! The catalogue of a platform that does not exist: offers with the faults that real catalogues have,
//! for whoever tries the matching. Not one of the files that are ingested.

use super::cohortes::Formation;
use super::crosswalks;
use super::etablissements::{Etablissement, Type};
use super::random::Random;
use super::table::{Dialect, text};
use crate::domain::Filiere;

const COLUMNS: &str = "\
    CODEFORMATIONACCUEIL;LIBFORMATION;UAI_COMPOSANTE;UAI_GES;APPRENTISSAGEOUSCOLAIRE;CODEMEF;CODECFD;LISTE_RNCP;\
    LISTE_IDEO;type_diplome;scope;CAPACITE;NBDEDEMANDES";

/// What is wrong with an offer, in the order in which offers take turns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing.
    Sound,
    /// Each code as a spreadsheet writes a text that looks like a number.
    Quoted,
    /// The zero at the beginning of the UAI, and of the CFD where it has one, is lost.
    LostZero,
    /// The CFD alone, for a school-based course.
    DiplomaOnly,
    /// An RNCP number alone.
    Rncp,
    /// RNCP numbers of which one is in no table.
    UnknownRncp,
    /// An Onisep identifier alone.
    Onisep,
    /// The first year instead of the last.
    FirstYear,
    /// A CFD that a spreadsheet has shortened.
    Exponent,
    /// A code that does not exist.
    UnknownCode,
    /// No code at all.
    NoCode,
    /// A UAI that no directory has.
    UnknownUai,
    /// The other voie.
    OtherVoie,
    /// A school that does not teach it.
    Elsewhere,
}

const FAULTS: [Fault; 18] = [
    Fault::Sound,
    Fault::Quoted,
    Fault::Sound,
    Fault::LostZero,
    Fault::DiplomaOnly,
    Fault::Rncp,
    Fault::Sound,
    Fault::UnknownRncp,
    Fault::Onisep,
    Fault::FirstYear,
    Fault::Sound,
    Fault::Exponent,
    Fault::UnknownCode,
    Fault::NoCode,
    Fault::UnknownUai,
    Fault::OtherVoie,
    Fault::Sound,
    Fault::Elsewhere,
];

struct Offered<'a> {
    number: usize,
    formation: &'a Formation<'a>,
    elsewhere: &'a Etablissement,
    fault: Fault,
}

/// The catalogue: every third course of the sample that is school-based or in apprenticeship.
pub(super) fn catalogue(etablissements: &[Etablissement], formations: &[Formation<'_>]) -> String {
    let university = etablissements.iter().find(|one| one.kind == Type::LyceeAgricole).or(etablissements.first());
    let Some(elsewhere) = university else { return String::new() };
    let taken = formations.iter().filter(|formation| formation.filiere != Filiere::Superieur).step_by(3);
    let rows: Vec<Offered<'_>> = taken
        .zip(FAULTS.into_iter().cycle())
        .enumerate()
        .map(|(number, (formation, fault))| Offered { number, formation, elsewhere, fault })
        .collect();
    text(Dialect::WindowsBom, COLUMNS, &rows, Offered::cell)
}

impl Offered<'_> {
    fn cell(&self, column: &str) -> String {
        let Self { formation, fault, .. } = self;
        let mut random = Random::named(&["offre", &formation.etablissement.uai, formation.diplome.cfd]);
        let capacity = random.between(12, 35);
        match column {
            "CODEFORMATIONACCUEIL" => (40_000 + self.number).to_string(),
            "LIBFORMATION" => formation.diplome.libelle.to_owned(),
            "UAI_COMPOSANTE" => self.uai(),
            "APPRENTISSAGEOUSCOLAIRE" => {
                let apprentices = (formation.filiere == Filiere::Apprentissage) != (*fault == Fault::OtherVoie);
                if apprentices { "Apprentissage" } else { "Scolaire" }.to_owned()
            }
            "CODEMEF" => self.mef(),
            "CODECFD" => self.cfd(),
            "LISTE_RNCP" => match fault {
                Fault::Rncp => self.rncp(),
                Fault::UnknownRncp => format!("999999;{}", self.rncp()),
                _ => String::new(),
            },
            "LISTE_IDEO" if *fault == Fault::Onisep => crosswalks::onisep_of(formation.diplome),
            "type_diplome" => formation.diplome.kind().map(|kind| kind.short.to_owned()).unwrap_or_default(),
            "scope" => if self.number.is_multiple_of(2) { "après la 3e" } else { "après le bac" }.to_owned(),
            "CAPACITE" => capacity.to_string(),
            "NBDEDEMANDES" => random.between(capacity / 2, capacity * 6).to_string(),
            _ => String::new(),
        }
    }

    fn uai(&self) -> String {
        let uai = &self.formation.etablissement.uai;
        match self.fault {
            Fault::UnknownUai => "9999999X".to_owned(),
            Fault::Elsewhere => self.elsewhere.uai.clone(),
            Fault::Quoted => format!("=\"{uai}\""),
            Fault::LostZero => uai.strip_prefix('0').unwrap_or(uai).to_owned(),
            _ => uai.clone(),
        }
    }

    fn mef(&self) -> String {
        let diplome = self.formation.diplome;
        let Some(kind) = diplome.kind().filter(|_| self.formation.filiere != Filiere::Apprentissage) else {
            return String::new();
        };
        let mef = |annee: u8| format!("{}{}{}{annee}", kind.dispositif, diplome.end(), kind.duration);
        match self.fault {
            Fault::Sound | Fault::OtherVoie | Fault::Elsewhere | Fault::UnknownUai | Fault::LostZero => {
                mef(kind.duration)
            }
            Fault::Quoted => format!("=\"{}\"", mef(kind.duration)),
            Fault::FirstYear => mef(1),
            _ => String::new(),
        }
    }

    fn cfd(&self) -> String {
        let cfd = self.formation.diplome.cfd;
        match self.fault {
            Fault::Quoted => format!("=\"{cfd}\""),
            Fault::LostZero => cfd.strip_prefix('0').unwrap_or(cfd).to_owned(),
            Fault::Exponent => "4,0E+07".to_owned(),
            Fault::UnknownCode => "99999999".to_owned(),
            Fault::Rncp | Fault::UnknownRncp | Fault::Onisep | Fault::NoCode => String::new(),
            _ => cfd.to_owned(),
        }
    }

    fn rncp(&self) -> String {
        crosswalks::rncp_of(self.formation.diplome)
    }
}
