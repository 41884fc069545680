//! `bcn`: the nomenclature, CFDs and MEFSTAT11s, page by page.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Certification, CodeCertification, TypeCode};
use crate::http::legacy::answers::entry::{DiplomeEntry, FamilleMetier, famille, instant};
use crate::http::legacy::answers::json;
use crate::http::legacy::error::LegacyError;
use crate::http::legacy::lists::statistiques::Pagination;
use crate::http::legacy::lists::table;
use crate::http::legacy::parameters::{Filters, ListFormat, ListParameters};
use crate::http::legacy::request::LegacyRequest;
use crate::http::state::AppState;

/// Une ligne de la nomenclature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BcnLegacy)]
pub(in crate::http::legacy) struct BcnRow {
    /// Code.
    code_certification: String,
    /// `cfd` ou `mef`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// CFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    code_formation_diplome: Option<String>,
    /// Libellé de la nomenclature.
    #[serde(skip_serializing_if = "Option::is_none")]
    libelle: Option<String>,
    /// Libellé long du CFD.
    libelle_long: String,
    /// Libellé long du diplôme remplacé.
    #[serde(skip_serializing_if = "Option::is_none")]
    libelle_long_ancien: Option<String>,
    /// Diplôme.
    #[serde(skip_serializing_if = "Option::is_none")]
    diplome: Option<DiplomeEntry>,
    /// Jour de l'ouverture.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_ouverture: Option<String>,
    /// Jour de la fermeture.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_fermeture: Option<String>,
    /// Année de la première session.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_premiere_session: Option<String>,
    /// Année de la dernière session.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_derniere_session: Option<String>,
    /// Codes remplacés.
    ancien_diplome: Vec<String>,
    /// Codes qui remplacent.
    nouveau_diplome: Vec<String>,
    /// Famille de métiers.
    #[serde(rename = "familleMetier", skip_serializing_if = "Option::is_none")]
    famille_metier: Option<FamilleMetier>,
    /// Niveau (CFD).
    #[serde(rename = "niveauFormationDiplome", skip_serializing_if = "Option::is_none")]
    niveau: Option<String>,
    /// Groupe de spécialité (CFD).
    #[serde(rename = "groupeSpecialite", skip_serializing_if = "Option::is_none")]
    groupe_specialite: Option<String>,
    /// Lettre de spécialité (CFD).
    #[serde(rename = "lettreSpecialite", skip_serializing_if = "Option::is_none")]
    lettre_specialite: Option<String>,
}

/// The word of this contract for the kind of a code.
pub(in crate::http::legacy) fn kind(certification: &Certification) -> &'static str {
    match certification.code.type_code() {
        TypeCode::Mef11 => "mef",
        other => other.as_str(),
    }
}

impl From<&Certification> for BcnRow {
    fn from(certification: &Certification) -> Self {
        let codes = |codes: &[CodeCertification]| codes.iter().map(ToString::to_string).collect();
        let session = |annee: Option<i16>| annee.map(|annee| annee.to_string());
        let nomenclature = certification.nomenclature.clone();
        Self {
            code_certification: certification.code.to_string(),
            kind: kind(certification),
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()),
            libelle: nomenclature.libelle,
            libelle_long: certification.libelle.clone(),
            libelle_long_ancien: certification.libelle_ancien.clone(),
            diplome: certification.diplome.as_ref().map(DiplomeEntry::from),
            date_ouverture: certification.date_ouverture.map(instant),
            date_fermeture: certification.date_fermeture.map(instant),
            date_premiere_session: session(certification.premiere_session),
            date_derniere_session: session(certification.derniere_session),
            ancien_diplome: codes(&certification.anciens),
            nouveau_diplome: codes(&certification.nouveaux),
            famille_metier: famille(certification),
            niveau: nomenclature.niveau,
            groupe_specialite: nomenclature.groupe_specialite,
            lettre_specialite: nomenclature.lettre_specialite,
        }
    }
}

/// Une page de la nomenclature.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::legacy) struct PageBcn {
    /// Pagination.
    pagination: Pagination,
    /// Les lignes.
    bcn: Vec<BcnRow>,
}

/// La nomenclature des CFD et des MEFSTAT11.
#[utoipa::path(
    get, path = "/bcn", tag = "listes", operation_id = "legacy_bcn",
    responses((status = 200, description = "Une page.", body = PageBcn))
)]
pub(in crate::http::legacy) async fn list(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    answer(&state, &request, None).await
}

/// Answers in the form of an extension.
pub(in crate::http::legacy) async fn answer(
    state: &AppState,
    request: &LegacyRequest,
    ext: Option<&str>,
) -> Result<Response, LegacyError> {
    let read = ListParameters::read(request, Filters::Bcn, None, ext)?;
    let publication = request.publication()?.id;
    let total = state.db.count_nomenclature_legacy(publication).await?;
    read.pages.verify(total)?;
    let (offset, limite) = read.pages.window();
    let certifications = state.db.nomenclature_legacy(publication, offset, limite).await?;
    if read.format == ListFormat::Csv {
        return table::bcn(&certifications, request.today());
    }
    let bcn = certifications.iter().map(BcnRow::from).collect();
    json::list(&PageBcn { pagination: Pagination::new(read.pages, total), bcn })
}
