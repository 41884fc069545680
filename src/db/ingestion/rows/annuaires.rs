//! The rows of the directories and of the catalogue of apprenticeship.

use std::hash::Hash;

use super::super::copy::{CopyRow, Tuple};
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

impl CopyRow for AnnuaireRow<'_> {
    const COLUMNS: i16 = 15;

    fn key(&self) -> impl Hash {
        self.uai
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.uai.as_str());
        out.optional_text(self.nom);
        out.optional_text(self.adresse);
        out.optional_text(self.code_postal);
        out.optional_text(self.code_commune);
        out.optional_text(self.commune);
        out.optional_text(self.departement.map(|departement| departement.code));
        out.optional_text(self.academie.map(|academie| academie.code));
        out.optional_text(self.region.as_ref().map(CodeRegion::as_str));
        out.optional_double(self.latitude);
        out.optional_double(self.longitude);
        out.optional_text(self.secteur.map(Secteur::as_str));
        out.optional_text(self.site_web);
        out.optional_boolean(self.ouvert);
    }
}

/// Who teaches, trains and manages a diploma; `None` where the catalogue names nobody.
#[derive(Debug)]
pub struct CatalogueRow {
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
}

impl CopyRow for CatalogueRow {
    const COLUMNS: i16 = 5;

    fn key(&self) -> impl Hash {
        (self.cfd, self.formation, self.formateur, self.gestionnaire)
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.cfd.as_str());
        for uai in [&self.formation, &self.formateur, &self.gestionnaire] {
            out.optional_text(uai.as_ref().map(Uai::as_str));
        }
    }
}
