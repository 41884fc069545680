//! The certifications of the sample: codes and labels are those of the national nomenclature,
//! everything else (dates, who teaches them, every figure) is invented.

use crate::domain::Filiere;

/// A kind of diploma, with what its codes have in common.
#[derive(Debug)]
pub(super) struct DiplomeKind {
    /// First three characters of the CFD.
    pub(super) niveau: &'static str,
    /// First digit of the interministerial level.
    pub(super) niveau_interministeriel: &'static str,
    /// Short label.
    pub(super) short: &'static str,
    /// Long label.
    pub(super) long: &'static str,
    /// DISPOSITIF_FORMATION of its school-based form.
    pub(super) dispositif: &'static str,
    /// How its MEFSTAT11 begin, before the year.
    mef_start: &'static str,
    /// The two characters after the year.
    mef_rest: &'static str,
    /// Years of its school-based form.
    pub(super) duration: u8,
    /// School-based filière.
    pub(super) school_based: Filiere,
    /// Typical percents, school-based then apprenticeship, that the figures vary around.
    pub(super) profiles: [Profile; 2],
}

/// What typically becomes of a hundred pupils. Invented.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// Percent who go on studying.
    pub(super) poursuite: i32,
    /// Percent of the leavers in employment after 6 months.
    pub(super) emploi: i32,
    /// Median salary at 12 months, euros.
    pub(super) salaire: i32,
}

/// The typical percents and the median salary.
pub(super) const fn profile(poursuite: i32, emploi: i32, salaire: i32) -> Profile {
    Profile { poursuite, emploi, salaire }
}

/// The kinds of diplomas of the sample.
#[rustfmt::skip]
pub(super) const KINDS: &[DiplomeKind] = &[
    DiplomeKind { niveau: "010", niveau_interministeriel: "0", short: "MC", long: "MENTION COMPLEMENTAIRE", dispositif: "253",
        mef_start: "239", mef_rest: "00", duration: 1, school_based: Filiere::Pro, profiles: [profile(27, 54, 1490), profile(30, 69, 1570)] },
    DiplomeKind { niveau: "320", niveau_interministeriel: "3", short: "BTS", long: "BREVET DE TECHNICIEN SUPERIEUR", dispositif: "311",
        mef_start: "322", mef_rest: "10", duration: 2, school_based: Filiere::Pro, profiles: [profile(53, 52, 1610), profile(38, 69, 1690)] },
    DiplomeKind { niveau: "323", niveau_interministeriel: "3", short: "BTSA", long: "BREVET DE TECHNICIEN SUPERIEUR AGRICOLE", dispositif: "371",
        mef_start: "322", mef_rest: "20", duration: 2, school_based: Filiere::Agricole, profiles: [profile(50, 57, 1600), profile(39, 70, 1660)] },
    DiplomeKind { niveau: "400", niveau_interministeriel: "4", short: "BAC PRO", long: "BAC PROFESSIONNEL", dispositif: "247",
        mef_start: "238", mef_rest: "00", duration: 3, school_based: Filiere::Pro, profiles: [profile(51, 40, 1440), profile(41, 62, 1540)] },
    DiplomeKind { niveau: "403", niveau_interministeriel: "4", short: "BAC PRO AG", long: "BAC PROFESSIONNEL AGRICOLE", dispositif: "276",
        mef_start: "238", mef_rest: "10", duration: 3, school_based: Filiere::Agricole, profiles: [profile(48, 48, 1480), profile(38, 65, 1550)] },
    DiplomeKind { niveau: "500", niveau_interministeriel: "5", short: "CAP", long: "CERTIFICAT D'APTITUDE PROFESSIONNELLE", dispositif: "241",
        mef_start: "232", mef_rest: "00", duration: 2, school_based: Filiere::Pro, profiles: [profile(50, 29, 1390), profile(44, 54, 1480)] },
    DiplomeKind { niveau: "503", niveau_interministeriel: "5", short: "CAPA", long: "CERTIFICAT D'APTITUDE PROFESSIONNELLE AGRICOLE", dispositif: "271",
        mef_start: "232", mef_rest: "10", duration: 2, school_based: Filiere::Agricole, profiles: [profile(49, 33, 1400), profile(45, 56, 1480)] },
];

/// Which ways of teaching a certification has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voies {
    Two,
    SchoolBased,
    Apprentissage,
    /// The first year that a famille de métiers has in common, which is all there is of it.
    SecondeCommune,
}

/// Its place in a renovation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renovation {
    /// None during the years of the sample.
    Never,
    /// Replaced by this CFD: last leavers in 2021, closed since.
    ReplacedBy(&'static str),
    /// Replaces this CFD: first leavers in 2022.
    Replaced(&'static str),
}

/// A certification of the sample.
#[derive(Debug)]
pub(super) struct Diplome {
    /// Its CFD.
    pub(super) cfd: &'static str,
    /// Its official label.
    pub(super) libelle: &'static str,
    voies: Voies,
    /// Its place in a renovation.
    pub(super) renovation: Renovation,
}

use Renovation::{Never, Replaced, ReplacedBy};
use Voies::{Apprentissage, SchoolBased, SecondeCommune, Two};

const fn diplome(cfd: &'static str, voies: Voies, renovation: Renovation, libelle: &'static str) -> Diplome {
    Diplome { cfd, libelle, voies, renovation }
}

/// The certifications of the sample, by CFD within each kind.
#[rustfmt::skip]
pub(super) const DIPLOMES: &[Diplome] = &[
    diplome("01022105", Two, Never, "CUISINIER EN DESSERTS DE RESTAURANT (MC NIVEAU III)"),
    diplome("01022107", Apprentissage, Never, "BOULANGERIE SPECIALISEE (MC NIVEAU III)"),
    diplome("01022110", Apprentissage, Never, "PATISSERIE, GLACERIE, CHOCOLATERIE, CONFISERIE SPECIALISEES (MC NIVEAU III)"),
    diplome("01025406", Two, Never, "TECHNICIEN(NE) EN SOUDAGE (MC NIVEAU IV)"),
    diplome("01033001", SchoolBased, Never, "AIDE A DOMICILE (MC NIVEAU III)"),
    diplome("01033605", Two, Never, "COIFFURE COUPE COULEUR (MC NIVEAU III)"),
    diplome("32025010", Two, ReplacedBy("32025014"), "MAINTENANCE DES SYSTEMES OPTION A SYSTEMES DE PRODUCTION(BTS)"),
    diplome("32025014", Two, Replaced("32025010"), "MAINTENANCE DES SYSTEMES OPTION A SYSTEMES DE PRODUCTION (BTS)"),
    diplome("32025215", Two, Never, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BTS)"),
    diplome("32025520", Two, Never, "ELECTROTECHNIQUE (BTS)"),
    diplome("32031212", Two, Never, "NEGOCIATION ET DIGITALISATION DE LA RELATION CLIENT (BTS)"),
    diplome("32031213", Two, Never, "MANAGEMENT COMMERCIAL OPERATIONNEL (BTS)"),
    diplome("32031408", Two, Never, "COMPTABILITE ET GESTION (BTS)"),
    diplome("32031409", Two, Never, "GESTION DE LA PME (BTS)"),
    diplome("32032003", SchoolBased, Never, "COMMUNICATION (BTS)"),
    diplome("32032409", Two, Never, "SUPPORT A L'ACTION MANAGERIALE (BTS)"),
    diplome("32033107", Apprentissage, Never, "OPTICIEN LUNETIER (BTS)"),
    diplome("32033206", SchoolBased, Never, "ECONOMIE SOCIALE ET FAMILIALE (BTS)"),
    diplome("32321205", Two, Never, "PRODUCTIONS ANIMALES (BTSA)"),
    diplome("32321401", Two, Never, "AMENAGEMENTS PAYSAGERS (BTSA)"),
    diplome("40022106", Two, Never, "CUISINE (BAC PRO)"),
    diplome("40025007", Two, ReplacedBy("40025012"), "MAINTENANCE DES EQUIPEMENTS INDUSTRIELS (BAC PRO)"),
    diplome("40025012", Two, Replaced("40025007"), "MAINTENANCE DES SYSTEMES DE PRODUCTION CONNECTES (BAC PRO)"),
    diplome("40025214", Two, Never, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BAC PRO)"),
    diplome("40025408", Two, Never, "REPARATION DES CARROSSERIES (BAC PRO)"),
    diplome("40025411", Two, Never, "TECHNICIEN EN CHAUDRONNERIE INDUSTRIELLE (BAC PRO)"),
    diplome("40025510", Two, Never, "METIERS DE L'ELECTRICITE ET DE SES ENVIRONNEMENTS CONNECTES (BAC PRO)"),
    diplome("40030001", SchoolBased, ReplacedBy("40030004"), "GESTION-ADMINISTRATION (BAC PRO)"),
    diplome("40030003", SecondeCommune, Never, "METIERS DE LA GESTION ADMINISTRATIVE, DU TRANSPORT ET DE LA LOGISTIQUE 2NDE COMMUNE (BAC PRO)"),
    diplome("40030004", SchoolBased, Replaced("40030001"), "ASSISTANCE A LA GESTION DES ORGANISATIONS ET DE LEURS ACTIVITES (BAC PRO)"),
    diplome("40031106", Two, Never, "LOGISTIQUE (BAC PRO)"),
    diplome("40031114", Two, Never, "ORGANISATION DE TRANSPORT DE MARCHANDISES (BAC PRO)"),
    diplome("40031213", Two, Never, "METIERS DU COMMERCE ET DE LA VENTE OPTION A ANIMATION ET GESTION DE L'ESPACE COMMERCIAL (BAC PRO)"),
    diplome("40033007", SchoolBased, Never, "ACCOMPAGNEMENT, SOINS ET SERVICES A LA PERSONNE (BAC PRO)"),
    diplome("40033403", Two, Never, "COMMERCIALISATION ET SERVICES EN RESTAURATION (BAC PRO)"),
    diplome("40033404", SecondeCommune, Never, "METIERS DE L'HOTELLERIE-RESTAURATION 2NDE COMMUNE (BAC PRO)"),
    diplome("40321004", Two, Never, "CONDUITE ET GESTION DE L'ENTREPRISE AGRICOLE (BAC PRO AG)"),
    diplome("40321405", Two, Never, "AMENAGEMENTS PAYSAGERS (BAC PRO AG)"),
    diplome("50022135", Apprentissage, Never, "BOUCHER (CAP)"),
    diplome("50022137", Two, Never, "BOULANGER (CAP)"),
    diplome("50022139", Two, ReplacedBy("50022146"), "CUISINE (CAP)"),
    diplome("50022141", Two, Never, "PATISSIER (CAP)"),
    diplome("50022146", Two, Replaced("50022139"), "CUISINE (CAP)"),
    diplome("50023224", Two, Never, "MACON (CAP)"),
    diplome("50023324", Two, Never, "MONTEUR EN INSTALLATIONS SANITAIRES (CAP)"),
    diplome("50025218", Two, Never, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (CAP)"),
    diplome("50025524", Two, Never, "ELECTRICIEN (CAP)"),
    diplome("50031122", SchoolBased, Never, "OPERATEUR/OPERATRICE LOGISTIQUE (CAP)"),
    diplome("50031224", Two, Never, "EQUIPIER POLYVALENT DU COMMERCE (CAP)"),
    diplome("50033205", Two, Never, "ACCOMPAGNANT EDUCATIF PETITE ENFANCE (CAP)"),
    diplome("50033412", Two, Never, "COMMERCIALISATION ET SERVICES EN HOTEL-CAFE-RESTAURANT (CAP)"),
    diplome("50033616", Two, Never, "METIERS DE LA COIFFURE (CAP)"),
    diplome("50034405", SchoolBased, Never, "AGENT DE SECURITE (CAP)"),
    diplome("50321130", Two, Never, "METIERS DE L'AGRICULTURE (CAPA)"),
    diplome("50321405", Two, Never, "JARDINIER PAYSAGISTE (CAPA)"),
];

/// A famille de métiers.
#[derive(Debug)]
pub(super) struct Famille {
    /// GROUPE_FORMATION.
    pub(super) groupe: &'static str,
    /// Short label.
    pub(super) short: &'static str,
    /// Long label.
    pub(super) long: &'static str,
    /// The label that is served.
    pub(super) edition: &'static str,
    /// Its seconde commune and its specialities.
    pub(super) cfds: &'static [&'static str],
}

/// The familles de métiers of the sample.
pub(super) const FAMILLES: [Famille; 2] = [
    Famille {
        groupe: "G0004",
        short: "GEST ADMIN TRANS LOG",
        long: "GESTION ADMINISTRATIVE TRANS LOGISTIQUE",
        edition: "Gestion administrative, du transport et de la logistique",
        cfds: &["40030003", "40030004", "40031106", "40031114"],
    },
    Famille {
        groupe: "G0012",
        short: "HOTELLERIE RESTAURAT",
        long: "HOTELLERIE RESTAURATION",
        edition: "Hôtellerie-restauration",
        cfds: &["40033404", "40033403", "40022106"],
    },
];

impl Diplome {
    /// Its kind: the one whose first three characters it has.
    pub(super) fn kind(&self) -> Option<&'static DiplomeKind> {
        KINDS.iter().find(|kind| self.cfd.starts_with(kind.niveau))
    }

    /// The MEFSTAT11 of one of its years. All of them are built alike: beginning of the kind,
    /// year, two characters of the kind, end of the CFD.
    pub(super) fn mef_stat_11(&self, kind: &DiplomeKind, annee: u8) -> String {
        format!("{}{annee}{}{}", kind.mef_start, kind.mef_rest, self.end())
    }

    /// The last five characters of its CFD.
    pub(super) fn end(&self) -> &'static str {
        self.cfd.get(3..).unwrap_or_default()
    }

    /// The years of its school-based course.
    pub(super) fn annees(&self, kind: &DiplomeKind) -> std::ops::RangeInclusive<u8> {
        1..=if self.voies == Voies::SecondeCommune { 1 } else { kind.duration }
    }

    /// Whether it is taught in this filière.
    pub(super) fn is_taught(&self, filiere: Filiere) -> bool {
        match filiere {
            Filiere::Apprentissage => matches!(self.voies, Voies::Two | Voies::Apprentissage),
            other => self.voies != Voies::Apprentissage && self.kind().is_some_and(|kind| kind.school_based == other),
        }
    }

    /// Whether a cohort left it in this year.
    pub(super) fn has_leavers(&self, annee: u16) -> bool {
        match self.renovation {
            // Nobody leaves a common year.
            Never => self.voies != Voies::SecondeCommune,
            ReplacedBy(_) => annee <= 2021,
            Replaced(_) => annee >= 2022,
        }
    }
}
