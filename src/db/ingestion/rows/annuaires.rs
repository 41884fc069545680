//! The rows of the directories and of the catalogue of apprenticeship.

use std::hash::Hash;

use super::super::super::copy::copy_row;
use super::super::copy::ImportedRow;
use crate::domain::etablissement::Secteur;
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{CodeCertification, CodeRegion, Dataset, Uai};

/// One établissement in one directory; `None` where that directory says nothing.
#[derive(Debug)]
pub struct AnnuaireRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The établissement.
    pub uai: Uai,
    /// Name.
    pub nom: Option<&'a str>,
    /// Street address.
    pub adresse: Option<&'a str>,
    /// Postal code.
    pub code_postal: Option<&'a str>,
    /// INSEE code of the commune.
    pub code_commune: Option<&'a str>,
    /// Commune, by name.
    pub commune: Option<&'a str>,
    /// Département.
    pub departement: Option<&'static Departement>,
    /// Académie.
    pub academie: Option<&'static Academie>,
    /// Région.
    pub region: Option<CodeRegion>,
    /// WGS 84, degrees north.
    pub latitude: Option<f64>,
    /// WGS 84, degrees east.
    pub longitude: Option<f64>,
    /// Public or private.
    pub secteur: Option<Secteur>,
    /// Web site.
    pub site_web: Option<&'a str>,
    /// Whether it is open.
    pub ouvert: Option<bool>,
}

impl ImportedRow for AnnuaireRow<'_> {
    fn key(&self) -> impl Hash {
        self.uai
    }
}

copy_row!(AnnuaireRow<'_>, |row| {
    "dataset" => row.dataset,
    "uai" => row.uai,
    "nom" => row.nom,
    "adresse" => row.adresse,
    "code_postal" => row.code_postal,
    "code_commune" => row.code_commune,
    "commune" => row.commune,
    "departement" => row.departement,
    "academie" => row.academie,
    "region" => row.region,
    "latitude" => row.latitude,
    "longitude" => row.longitude,
    "secteur" => row.secteur,
    "site_web" => row.site_web,
    "ouvert" => row.ouvert,
});

/// Who teaches, trains and manages a diploma; `None` where the catalogue names nobody.
#[derive(Debug)]
pub struct CatalogueRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// The diploma.
    pub cfd: CodeCertification,
    /// Where it is taught.
    pub formation: Option<Uai>,
    /// Who trains.
    pub formateur: Option<Uai>,
    /// Who manages.
    pub gestionnaire: Option<Uai>,
    /// The ministry's key of the row.
    pub ministry_key: Option<&'a str>,
}

impl ImportedRow for CatalogueRow<'_> {
    fn key(&self) -> impl Hash {
        (self.cfd, self.formation, self.formateur, self.gestionnaire, self.ministry_key)
    }
}

copy_row!(CatalogueRow<'_>, |row| {
    "dataset" => row.dataset,
    "cfd" => row.cfd,
    "uai_formation" => row.formation,
    "uai_formateur" => row.formateur,
    "uai_gestionnaire" => row.gestionnaire,
    "cle_ministere" => row.ministry_key,
});
