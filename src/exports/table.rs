//! What is exported: each table described once. Names of files, schemas, headers and the documents about
//! them follow from here and from the columns of its rows.

use std::fmt;

use super::rows::{FlatChange, FlatLink, FlatStatistique, FlatTerritoire, FlatWhole};
use crate::domain::dataset::Licence;
use crate::domain::filiere::closed_list;
use crate::domain::flat::{Description, FlatRow};
use crate::domain::{Certification, Etablissement, Invalid, Maille};

closed_list! {
    /// A table of a publication, by the name of its files.
    ExportTable {
        /// Statistics of a certification at an établissement.
        Formations = "formations",
        /// Of a certification in a région.
        CertificationsRegions = "certifications_regions",
        /// Of a certification in France.
        CertificationsFrance = "certifications_france",
        /// Figures of établissements as a whole.
        ChiffresEtablissements = "chiffres_etablissements",
        /// The nomenclatures.
        Certifications = "certifications",
        /// Who the établissements are.
        Etablissements = "etablissements",
        /// Régions, académies, départements.
        Territoires = "territoires",
        /// Links of codes from sources under the open licence.
        LinksOpen = "correspondances_licence_ouverte",
        /// Those of sources whose derivatives are shared alike.
        LinksOdbl = "correspondances_odbl",
        /// Those of sources that state no licence.
        LinksUnstated = "correspondances_licence_non_precisee",
        /// What differs from the publication before.
        Changements = "changements",
    }
}

impl ExportTable {
    /// The level of its statistics, if it has some.
    #[must_use]
    pub const fn maille(self) -> Option<Maille> {
        match self {
            Self::Formations => Some(Maille::Etablissement),
            Self::CertificationsRegions => Some(Maille::Regionale),
            Self::CertificationsFrance => Some(Maille::Nationale),
            _ => None,
        }
    }

    /// The terms of its rows.
    #[must_use]
    pub const fn licence(self) -> Licence {
        match self {
            Self::LinksOdbl => Licence::Odbl,
            Self::LinksUnstated => Licence::Unstated,
            _ => Licence::Open,
        }
    }

    /// Title and description, for people.
    #[must_use]
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Formations => {
                ("Statistiques des formations", "Une ligne par établissement, certification, filière et millésime.")
            }
            Self::CertificationsRegions => {
                ("Statistiques régionales", "Une ligne par région, certification, filière et millésime.")
            }
            Self::CertificationsFrance => {
                ("Statistiques nationales", "Une ligne par certification, filière et millésime.")
            }
            Self::ChiffresEtablissements => (
                "Chiffres des établissements",
                "Toutes certifications réunies : une ligne par établissement, filière, millésime et population.",
            ),
            Self::Certifications => ("Certifications", "Ce que les nomenclatures disent de chaque code."),
            Self::Etablissements => ("Établissements", "Qui ils sont et où, pour ceux dont un chiffre est publié."),
            Self::Territoires => ("Territoires", "Régions, académies et départements, avec leurs codes."),
            Self::LinksOpen => (
                "Correspondances (Licence Ouverte)",
                "Ce que les tables de passage sous Licence Ouverte disent de deux codes.",
            ),
            Self::LinksOdbl => (
                "Correspondances (ODbL)",
                "Ce que les tables de l'Onisep disent de deux codes ; ce qui en est tiré se partage à l'identique.",
            ),
            Self::LinksUnstated => (
                "Correspondances (licence non précisée)",
                "Ce que disent de deux codes les tables dont le producteur ne donne pas la licence.",
            ),
            Self::Changements => {
                ("Changements", "Chaque chiffre qui n'est pas le même que dans la publication d'avant.")
            }
        }
    }

    /// The columns that tell its rows apart; none where nothing does.
    #[must_use]
    pub const fn key(self) -> &'static [&'static str] {
        match self {
            Self::Formations => &["uai", "code_certification", "millesime", "filiere"],
            Self::CertificationsRegions => &["region", "code_certification", "millesime", "filiere"],
            Self::CertificationsFrance => &["code_certification", "millesime", "filiere"],
            Self::ChiffresEtablissements => &["uai", "millesime", "filiere", "dont_apprentis_eple"],
            Self::Certifications => &["code_certification"],
            Self::Etablissements => &["uai"],
            Self::Territoires => &["type", "code"],
            Self::LinksOpen | Self::LinksOdbl | Self::LinksUnstated | Self::Changements => &[],
        }
    }

    /// Its columns.
    #[must_use]
    pub fn columns(self) -> Vec<&'static Description> {
        fn of<R: FlatRow>() -> Vec<&'static Description> {
            R::stored_columns().map(|column| &column.description).collect()
        }
        match self {
            Self::Formations | Self::CertificationsRegions | Self::CertificationsFrance => of::<FlatStatistique>(),
            Self::ChiffresEtablissements => of::<FlatWhole>(),
            Self::Certifications => of::<Certification>(),
            Self::Etablissements => of::<Etablissement>(),
            Self::Territoires => of::<FlatTerritoire>(),
            Self::LinksOpen | Self::LinksOdbl | Self::LinksUnstated => of::<FlatLink>(),
            Self::Changements => of::<FlatChange>(),
        }
    }
}

/// A form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Apache Parquet, compressed with zstd.
    Parquet,
    /// CSV, compressed with gzip.
    Csv,
}

impl Form {
    /// Both, in the order of their files.
    pub const ALL: [Self; 2] = [Self::Parquet, Self::Csv];

    /// What the name of a file ends with.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Parquet => ".parquet",
            Self::Csv => ".csv.gz",
        }
    }

    /// What it is, for HTTP and for the documents.
    #[must_use]
    pub const fn media(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Csv => "application/gzip",
        }
    }
}
