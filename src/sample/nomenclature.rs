//! The certifications of the sample: codes and labels are those of the national nomenclature,
//! everything else (dates, who teaches them, every figure) is invented.

use crate::domain::Filiere;

/// A kind of diploma, with what its codes have in common.
#[derive(Debug)]
pub(super) struct Genre {
    /// First three characters of the CFD.
    pub(super) niveau: &'static str,
    /// First digit of the interministerial level.
    pub(super) niveau_interministeriel: &'static str,
    /// Short label.
    pub(super) court: &'static str,
    /// Long label.
    pub(super) long: &'static str,
    /// DISPOSITIF_FORMATION of its school-based form.
    pub(super) dispositif: &'static str,
    /// How its MEFSTAT11 begin, before the year.
    mef_debut: &'static str,
    /// The two characters after the year.
    mef_suite: &'static str,
    /// Years of its school-based form.
    pub(super) duree: u8,
    /// School-based filière.
    pub(super) scolaire: Filiere,
    /// Typical percents, school-based then apprenticeship, that the figures vary around.
    pub(super) profils: [Profil; 2],
}

/// What typically becomes of a hundred pupils. Invented.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profil {
    /// Percent who go on studying.
    pub(super) poursuite: i32,
    /// Percent of the leavers in employment after 6 months.
    pub(super) emploi: i32,
    /// Median salary at 12 months, euros.
    pub(super) salaire: i32,
}

const fn profil(poursuite: i32, emploi: i32, salaire: i32) -> Profil {
    Profil { poursuite, emploi, salaire }
}

/// The kinds of diplomas of the sample.
#[rustfmt::skip]
pub(super) const GENRES: &[Genre] = &[
    Genre { niveau: "010", niveau_interministeriel: "0", court: "MC", long: "MENTION COMPLEMENTAIRE", dispositif: "253",
        mef_debut: "239", mef_suite: "00", duree: 1, scolaire: Filiere::Pro, profils: [profil(27, 54, 1490), profil(30, 69, 1570)] },
    Genre { niveau: "320", niveau_interministeriel: "3", court: "BTS", long: "BREVET DE TECHNICIEN SUPERIEUR", dispositif: "311",
        mef_debut: "322", mef_suite: "10", duree: 2, scolaire: Filiere::Pro, profils: [profil(53, 52, 1610), profil(38, 69, 1690)] },
    Genre { niveau: "323", niveau_interministeriel: "3", court: "BTSA", long: "BREVET DE TECHNICIEN SUPERIEUR AGRICOLE", dispositif: "371",
        mef_debut: "322", mef_suite: "20", duree: 2, scolaire: Filiere::Agricole, profils: [profil(50, 57, 1600), profil(39, 70, 1660)] },
    Genre { niveau: "400", niveau_interministeriel: "4", court: "BAC PRO", long: "BAC PROFESSIONNEL", dispositif: "247",
        mef_debut: "238", mef_suite: "00", duree: 3, scolaire: Filiere::Pro, profils: [profil(51, 40, 1440), profil(41, 62, 1540)] },
    Genre { niveau: "403", niveau_interministeriel: "4", court: "BAC PRO AG", long: "BAC PROFESSIONNEL AGRICOLE", dispositif: "276",
        mef_debut: "238", mef_suite: "10", duree: 3, scolaire: Filiere::Agricole, profils: [profil(48, 48, 1480), profil(38, 65, 1550)] },
    Genre { niveau: "500", niveau_interministeriel: "5", court: "CAP", long: "CERTIFICAT D'APTITUDE PROFESSIONNELLE", dispositif: "241",
        mef_debut: "232", mef_suite: "00", duree: 2, scolaire: Filiere::Pro, profils: [profil(50, 29, 1390), profil(44, 54, 1480)] },
    Genre { niveau: "503", niveau_interministeriel: "5", court: "CAPA", long: "CERTIFICAT D'APTITUDE PROFESSIONNELLE AGRICOLE", dispositif: "271",
        mef_debut: "232", mef_suite: "10", duree: 2, scolaire: Filiere::Agricole, profils: [profil(49, 33, 1400), profil(45, 56, 1480)] },
];

/// Which ways of teaching a certification has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voies {
    Deux,
    Scolaire,
    Apprentissage,
}

/// Its place in a renovation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renovation {
    /// None during the years of the sample.
    Aucune,
    /// Replaced by this CFD: last leavers in 2021, closed since.
    RemplaceePar(&'static str),
    /// Replaces this CFD: first leavers in 2022.
    Remplace(&'static str),
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

use Renovation::{Aucune, Remplace, RemplaceePar};
use Voies::{Apprentissage, Deux, Scolaire};

const fn diplome(cfd: &'static str, voies: Voies, renovation: Renovation, libelle: &'static str) -> Diplome {
    Diplome { cfd, libelle, voies, renovation }
}

/// The certifications of the sample, by CFD within each kind.
#[rustfmt::skip]
pub(super) const DIPLOMES: &[Diplome] = &[
    diplome("01022105", Deux, Aucune, "CUISINIER EN DESSERTS DE RESTAURANT (MC NIVEAU III)"),
    diplome("01022107", Apprentissage, Aucune, "BOULANGERIE SPECIALISEE (MC NIVEAU III)"),
    diplome("01022110", Apprentissage, Aucune, "PATISSERIE, GLACERIE, CHOCOLATERIE, CONFISERIE SPECIALISEES (MC NIVEAU III)"),
    diplome("01025406", Deux, Aucune, "TECHNICIEN(NE) EN SOUDAGE (MC NIVEAU IV)"),
    diplome("01033001", Scolaire, Aucune, "AIDE A DOMICILE (MC NIVEAU III)"),
    diplome("01033605", Deux, Aucune, "COIFFURE COUPE COULEUR (MC NIVEAU III)"),
    diplome("32025010", Deux, RemplaceePar("32025014"), "MAINTENANCE DES SYSTEMES OPTION A SYSTEMES DE PRODUCTION(BTS)"),
    diplome("32025014", Deux, Remplace("32025010"), "MAINTENANCE DES SYSTEMES OPTION A SYSTEMES DE PRODUCTION (BTS)"),
    diplome("32025215", Deux, Aucune, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BTS)"),
    diplome("32025520", Deux, Aucune, "ELECTROTECHNIQUE (BTS)"),
    diplome("32031212", Deux, Aucune, "NEGOCIATION ET DIGITALISATION DE LA RELATION CLIENT (BTS)"),
    diplome("32031213", Deux, Aucune, "MANAGEMENT COMMERCIAL OPERATIONNEL (BTS)"),
    diplome("32031408", Deux, Aucune, "COMPTABILITE ET GESTION (BTS)"),
    diplome("32031409", Deux, Aucune, "GESTION DE LA PME (BTS)"),
    diplome("32032003", Scolaire, Aucune, "COMMUNICATION (BTS)"),
    diplome("32032409", Deux, Aucune, "SUPPORT A L'ACTION MANAGERIALE (BTS)"),
    diplome("32033107", Apprentissage, Aucune, "OPTICIEN LUNETIER (BTS)"),
    diplome("32033206", Scolaire, Aucune, "ECONOMIE SOCIALE ET FAMILIALE (BTS)"),
    diplome("32321205", Deux, Aucune, "PRODUCTIONS ANIMALES (BTSA)"),
    diplome("32321401", Deux, Aucune, "AMENAGEMENTS PAYSAGERS (BTSA)"),
    diplome("40022106", Deux, Aucune, "CUISINE (BAC PRO)"),
    diplome("40025007", Deux, RemplaceePar("40025012"), "MAINTENANCE DES EQUIPEMENTS INDUSTRIELS (BAC PRO)"),
    diplome("40025012", Deux, Remplace("40025007"), "MAINTENANCE DES SYSTEMES DE PRODUCTION CONNECTES (BAC PRO)"),
    diplome("40025214", Deux, Aucune, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BAC PRO)"),
    diplome("40025408", Deux, Aucune, "REPARATION DES CARROSSERIES (BAC PRO)"),
    diplome("40025411", Deux, Aucune, "TECHNICIEN EN CHAUDRONNERIE INDUSTRIELLE (BAC PRO)"),
    diplome("40025510", Deux, Aucune, "METIERS DE L'ELECTRICITE ET DE SES ENVIRONNEMENTS CONNECTES (BAC PRO)"),
    diplome("40030001", Scolaire, RemplaceePar("40030004"), "GESTION-ADMINISTRATION (BAC PRO)"),
    diplome("40030004", Scolaire, Remplace("40030001"), "ASSISTANCE A LA GESTION DES ORGANISATIONS ET DE LEURS ACTIVITES (BAC PRO)"),
    diplome("40031106", Deux, Aucune, "LOGISTIQUE (BAC PRO)"),
    diplome("40031213", Deux, Aucune, "METIERS DU COMMERCE ET DE LA VENTE OPTION A ANIMATION ET GESTION DE L'ESPACE COMMERCIAL (BAC PRO)"),
    diplome("40033007", Scolaire, Aucune, "ACCOMPAGNEMENT, SOINS ET SERVICES A LA PERSONNE (BAC PRO)"),
    diplome("40033403", Deux, Aucune, "COMMERCIALISATION ET SERVICES EN RESTAURATION (BAC PRO)"),
    diplome("40321004", Deux, Aucune, "CONDUITE ET GESTION DE L'ENTREPRISE AGRICOLE (BAC PRO AG)"),
    diplome("40321405", Deux, Aucune, "AMENAGEMENTS PAYSAGERS (BAC PRO AG)"),
    diplome("50022135", Apprentissage, Aucune, "BOUCHER (CAP)"),
    diplome("50022137", Deux, Aucune, "BOULANGER (CAP)"),
    diplome("50022139", Deux, RemplaceePar("50022146"), "CUISINE (CAP)"),
    diplome("50022141", Deux, Aucune, "PATISSIER (CAP)"),
    diplome("50022146", Deux, Remplace("50022139"), "CUISINE (CAP)"),
    diplome("50023224", Deux, Aucune, "MACON (CAP)"),
    diplome("50023324", Deux, Aucune, "MONTEUR EN INSTALLATIONS SANITAIRES (CAP)"),
    diplome("50025218", Deux, Aucune, "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (CAP)"),
    diplome("50025524", Deux, Aucune, "ELECTRICIEN (CAP)"),
    diplome("50031122", Scolaire, Aucune, "OPERATEUR/OPERATRICE LOGISTIQUE (CAP)"),
    diplome("50031224", Deux, Aucune, "EQUIPIER POLYVALENT DU COMMERCE (CAP)"),
    diplome("50033205", Deux, Aucune, "ACCOMPAGNANT EDUCATIF PETITE ENFANCE (CAP)"),
    diplome("50033412", Deux, Aucune, "COMMERCIALISATION ET SERVICES EN HOTEL-CAFE-RESTAURANT (CAP)"),
    diplome("50033616", Deux, Aucune, "METIERS DE LA COIFFURE (CAP)"),
    diplome("50034405", Scolaire, Aucune, "AGENT DE SECURITE (CAP)"),
    diplome("50321130", Deux, Aucune, "METIERS DE L'AGRICULTURE (CAPA)"),
    diplome("50321405", Deux, Aucune, "JARDINIER PAYSAGISTE (CAPA)"),
];

impl Diplome {
    /// Its kind: the one whose first three characters it has.
    pub(super) fn genre(&self) -> Option<&'static Genre> {
        GENRES.iter().find(|genre| self.cfd.starts_with(genre.niveau))
    }

    /// The MEFSTAT11 of one of its years. All of them are built alike: beginning of the kind,
    /// year, two characters of the kind, end of the CFD.
    pub(super) fn mef_stat_11(&self, genre: &Genre, annee: u8) -> String {
        format!("{}{annee}{}{}", genre.mef_debut, genre.mef_suite, self.fin())
    }

    /// The last five characters of its CFD.
    pub(super) fn fin(&self) -> &'static str {
        self.cfd.get(3..).unwrap_or_default()
    }

    /// Whether it is taught in this filière.
    pub(super) fn is_taught(&self, filiere: Filiere) -> bool {
        match filiere {
            Filiere::Apprentissage => self.voies != Voies::Scolaire,
            other => self.voies != Voies::Apprentissage && self.genre().is_some_and(|genre| genre.scolaire == other),
        }
    }

    /// Whether a cohort left it in this year.
    pub(super) fn has_leavers(&self, annee: u16) -> bool {
        match self.renovation {
            Aucune => true,
            RemplaceePar(_) => annee <= 2021,
            Remplace(_) => annee >= 2022,
        }
    }
}
