//! The datasets that the service reads, by the identifiers under which their producers publish
//! them. No identifier stands anywhere else in the program.

use std::fmt;

use super::Invalid;
use super::filiere::closed_list;
use super::sources::{Annuaire, TableDiplomes};

closed_list! {
    /// A dataset, by the identifier under which its producer publishes it.
    Dataset {
        /// Counts and rates per certification and place.
        InserjeunesMesures = "inserjeunes-mesures",
        /// Rates per certification in lycées.
        InserjeunesLyceeProFormationFine = "fr-en-inserjeunes-lycee_pro-formation-fine",
        /// Rates per certification in CFAs.
        InserjeunesCfaFormationFine = "fr-en-inserjeunes-cfa-formation_fine",
        /// Lycées as a whole.
        InserjeunesLyceePro = "fr-en-inserjeunes-lycee_pro",
        /// CFAs as a whole.
        InserjeunesCfa = "fr-en-inserjeunes-cfa",
        /// The yearly files of both.
        DeppEtablissements = "depp-inserjeunes-etablissements",
        /// Salaries.
        DaresRemunerations = "dares-remunerations",
        /// Higher education.
        EsrInsersup = "fr-esr-insersup",
        /// CFDs, with what they replace.
        NFormationDiplome = "n_formation_diplome",
        /// CFDs, with the closed ones.
        VFormationDiplome = "v_formation_diplome",
        /// CFDs of the survey of apprentices.
        NFormationDiplomeEnquete51 = "n_formation_diplome_enquete_51",
        /// MEFs.
        NMef = "n_mef",
        /// Kinds of diplomas.
        NNiveauFormationDiplome = "n_niveau_formation_diplome",
        /// Familles de métiers.
        NGroupeFormation = "n_groupe_formation",
        /// CFDs of the familles de métiers.
        NLienFormationGroupe = "n_lien_formation_groupe",
        /// Diplomas of higher education.
        NDiplomeSise = "n_diplome_sise",
        /// Their kinds.
        NTypeDiplomeSise = "n_type_diplome_sise",
        /// The ministry's directory.
        AcceEtablissements = "acce_etablissements",
        /// The public directory.
        AnnuaireEducation = "fr-en-annuaire-education",
        /// Addresses and coordinates.
        AdresseGeolocalisation = "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre",
        /// The catalogue of apprenticeship courses.
        CatalogueApprentissage = "catalogue-apprentissage",
        /// Onisep's initial trainings.
        OnisepIdeo = "onisep-ideo-formations-initiales",
        /// Onisep's identifiers and those of Certif-Info.
        OnisepTablePassage = "onisep-table-passage",
        /// Certif-Info.
        CertifInfo = "certif-info",
        /// RNCP numbers and CFDs, from the apprenticeship kit.
        RncpCfd = "rncp-cfd",
        /// What replaced an RNCP number.
        RncpHistorique = "rncp-historique",
        /// Codes of higher education.
        SiseCorrespondances = "sise-correspondances",
        /// Which établissement another one belongs to.
        AcceRattachements = "acce-rattachements",
    }
}

/// What the rows of a dataset are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Cohorts of a certification at a place.
    Cohorts,
    /// Salaries, which complete the cohorts of others.
    Salaries,
    /// Établissements as a whole.
    Wholes,
    /// Diplomas, by the table that they stand in.
    Diplomas(TableDiplomes),
    /// Years of school-based courses.
    Mefs,
    /// Kinds of diplomas.
    Levels,
    /// Familles de métiers.
    Families,
    /// Diplomas of the familles de métiers.
    FamilyMembers,
    /// Diplomas of higher education.
    SiseDiplomas,
    /// Their kinds.
    SiseKinds,
    /// Établissements and where they are, by directory.
    Directory(Annuaire),
    /// Who teaches, trains and manages what.
    Catalogue,
    /// Codes of the same training.
    Crosswalk,
    /// Which établissement another one belongs to.
    Attachments,
}

closed_list! {
    /// Under which terms a dataset may be used.
    Licence {
        /// That of the statistical services: the source and its date are stated.
        Open = "Licence Ouverte 2.0",
        /// That of Onisep: a database that is made from it is shared alike.
        Odbl = "ODbL 1.0",
        /// The publisher does not say.
        Unstated = "non précisée",
    }
}

impl Licence {
    /// Whether what is made from such data has to be shared under the same licence, and so has to be
    /// kept apart from the rest.
    #[must_use]
    pub const fn is_share_alike(self) -> bool {
        matches!(self, Self::Odbl)
    }
}

/// An open data portal of a ministry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portal {
    /// Of the Ministry of Education.
    Education,
    /// Of the Ministry of Higher Education.
    HigherEducation,
}

impl Dataset {
    /// The portal that publishes it; `None` for one that is had elsewhere.
    #[must_use]
    pub const fn portal(self) -> Option<Portal> {
        match self {
            Self::InserjeunesLyceeProFormationFine
            | Self::InserjeunesCfaFormationFine
            | Self::InserjeunesLyceePro
            | Self::InserjeunesCfa
            | Self::AnnuaireEducation
            | Self::AdresseGeolocalisation => Some(Portal::Education),
            Self::EsrInsersup => Some(Portal::HigherEducation),
            Self::InserjeunesMesures
            | Self::DeppEtablissements
            | Self::DaresRemunerations
            | Self::NFormationDiplome
            | Self::VFormationDiplome
            | Self::NFormationDiplomeEnquete51
            | Self::NMef
            | Self::NNiveauFormationDiplome
            | Self::NGroupeFormation
            | Self::NLienFormationGroupe
            | Self::NDiplomeSise
            | Self::NTypeDiplomeSise
            | Self::AcceEtablissements
            | Self::CatalogueApprentissage
            | Self::OnisepIdeo
            | Self::OnisepTablePassage
            | Self::CertifInfo
            | Self::RncpCfd
            | Self::RncpHistorique
            | Self::SiseCorrespondances
            | Self::AcceRattachements => None,
        }
    }

    /// What its rows are about.
    #[must_use]
    pub const fn contents(self) -> Contents {
        match self {
            Self::InserjeunesMesures
            | Self::InserjeunesLyceeProFormationFine
            | Self::InserjeunesCfaFormationFine
            | Self::EsrInsersup => Contents::Cohorts,
            Self::DaresRemunerations => Contents::Salaries,
            Self::InserjeunesLyceePro | Self::InserjeunesCfa | Self::DeppEtablissements => Contents::Wholes,
            Self::VFormationDiplome => Contents::Diplomas(TableDiplomes::V),
            Self::NFormationDiplome => Contents::Diplomas(TableDiplomes::N),
            Self::NFormationDiplomeEnquete51 => Contents::Diplomas(TableDiplomes::Enquete51),
            Self::NMef => Contents::Mefs,
            Self::NNiveauFormationDiplome => Contents::Levels,
            Self::NGroupeFormation => Contents::Families,
            Self::NLienFormationGroupe => Contents::FamilyMembers,
            Self::NDiplomeSise => Contents::SiseDiplomas,
            Self::NTypeDiplomeSise => Contents::SiseKinds,
            Self::AcceEtablissements => Contents::Directory(Annuaire::Acce),
            Self::AnnuaireEducation => Contents::Directory(Annuaire::Education),
            Self::AdresseGeolocalisation => Contents::Directory(Annuaire::Geolocalisation),
            Self::CatalogueApprentissage => Contents::Catalogue,
            Self::OnisepIdeo
            | Self::OnisepTablePassage
            | Self::CertifInfo
            | Self::RncpCfd
            | Self::RncpHistorique
            | Self::SiseCorrespondances => Contents::Crosswalk,
            Self::AcceRattachements => Contents::Attachments,
        }
    }

    /// Under which terms it may be used.
    #[must_use]
    pub const fn licence(self) -> Licence {
        match self {
            Self::OnisepIdeo | Self::OnisepTablePassage => Licence::Odbl,
            Self::CertifInfo | Self::RncpCfd => Licence::Unstated,
            _ => Licence::Open,
        }
    }
}
