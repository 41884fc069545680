//! One formation, one certification of France or of a région, several added up;
//! each as JSON or as an image.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::legacy::EntryRecord;
use crate::domain::{CodeCertification, Lieu, Maille, TypeCode, Uai};
use crate::http::legacy::answers::entry::{LegacyEntry, has_figures};
use crate::http::legacy::answers::filieres::FilieresView;
use crate::http::legacy::answers::json;
use crate::http::legacy::answers::millesimes::{available, default};
use crate::http::legacy::error::{LegacyError, unknown_address};
use crate::http::legacy::images::svg::{self, Block, Shares, Thumbnail};
use crate::http::legacy::parameters::{CertificationsParameters, FormationParameters, Image, ImageError};
use crate::http::legacy::request::LegacyRequest;
use crate::http::legacy::rules::WantedMillesime;
use crate::http::state::AppState;

/// What an image is without figures.
pub(in crate::http::legacy) const NO_DATA: &str = "Données non disponibles";

/// Une certification, ou une somme par filière.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReponseLegacy)]
pub(in crate::http::legacy) enum CertificationsAnswer {
    /// Une seule certification.
    One(Box<LegacyEntry>),
    /// Plusieurs, ou `vue=filieres`.
    Sums(Box<FilieresView>),
}

impl From<LegacyEntry> for CertificationsAnswer {
    fn from(entry: LegacyEntry) -> Self {
        Self::One(Box::new(entry))
    }
}

impl From<FilieresView> for CertificationsAnswer {
    fn from(sums: FilieresView) -> Self {
        Self::Sums(Box::new(sums))
    }
}

impl CertificationsAnswer {
    /// What an image shows; `None` without any figure that it is about.
    fn thumbnail(&self) -> Option<Thumbnail> {
        match self {
            Self::Sums(sums) => sums.thumbnail(),
            Self::One(entry) => Some(Thumbnail {
                subject: entry.libelle.clone(),
                region: None,
                millesime: entry.millesime.clone(),
                blocks: vec![Block { title: None, content: Ok(Shares::of(&entry.chiffres)?) }],
            }),
        }
    }
}

/// Ce que sont devenus les élèves d'une formation.
#[utoipa::path(
    get, path = "/formations/{formation}", tag = "réponses", operation_id = "legacy_formation",
    params(
        ("formation" = String, Path, description = "UAI, tiret, code de la certification ; puis `.svg` pour une image.", example = "0352235J-50022136"),
    ),
    responses((status = 200, description = "La formation.", content((LegacyEntry = "application/json"), (String = "image/svg+xml"))))
)]
pub(in crate::http::legacy) async fn formation(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    let Some((uai, code)) = request.segment("formation").split_once('-') else { return Ok(unknown_address()) };
    let read = FormationParameters::read(&request, uai, code)?;
    let found = find_formation(&state, &request, &read).await;
    present(found.map(CertificationsAnswer::from), read.image)
}

/// Ce que sont devenus les élèves d'une ou de plusieurs certifications, en France.
#[utoipa::path(
    get, path = "/certifications/{codes}", tag = "réponses", operation_id = "legacy_certification",
    params(
        ("codes" = String, Path, description = "Codes séparés par `,` ou `|` ; puis `.svg` pour une image.", example = "50022136"),
    ),
    responses((status = 200, description = "La certification, ou une somme par filière.",
        content((CertificationsAnswer = "application/json"), (String = "image/svg+xml"))))
)]
pub(in crate::http::legacy) async fn certification(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    let read = CertificationsParameters::read(&request, None)?;
    certifications(&state, &request, &read, Lieu::France).await
}

/// Ce que sont devenus les élèves d'une ou de plusieurs certifications, dans une région.
#[utoipa::path(
    get, path = "/regionales/{region}/certifications/{codes}", tag = "réponses", operation_id = "legacy_regionale_certification",
    params(
        ("region" = String, Path, description = "Code INSEE de la région ou code postal.", example = "53"),
        ("codes" = String, Path, description = "Codes séparés par `,` ou `|` ; puis `.svg` pour une image.", example = "50022136"),
    ),
    responses((status = 200, description = "La certification, ou une somme par filière.",
        content((CertificationsAnswer = "application/json"), (String = "image/svg+xml"))))
)]
pub(in crate::http::legacy) async fn regionale(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    let read = CertificationsParameters::read(&request, Some(request.segment("region")))?;
    let lieu = read.region.map_or(Lieu::France, Lieu::Region);
    certifications(&state, &request, &read, lieu).await
}

async fn certifications(
    state: &AppState,
    request: &LegacyRequest,
    read: &CertificationsParameters,
    lieu: Lieu,
) -> Result<Response, LegacyError> {
    let found = match read.codes.as_slice() {
        [code] if !read.by_filiere => find_certification(state, request, read, lieu, *code).await.map(Into::into),
        codes => find_filieres(state, request, read, lieu, codes).await.map(Into::into),
    };
    present(found, read.image)
}

async fn find_formation(
    state: &AppState,
    request: &LegacyRequest,
    read: &FormationParameters,
) -> Result<LegacyEntry, LegacyError> {
    let publication = request.publication()?;
    let lieu = Lieu::Etablissement(read.uai);
    let records = state.db.legacy_records_of(publication.id, lieu, read.code).await?;
    if records.is_empty() {
        return Err(missing_formation(state, publication.id, read.uai, read.code).await?);
    }
    let wanted = read.millesime.clone();
    let wanted = wanted.unwrap_or_else(|| WantedMillesime::known(default(publication, Maille::Etablissement)));
    let record = choose(records, wanted.as_str(), &wanted.forms())?;
    complete(state, request, record).await
}

/// Why there is nothing for a pair: the code is tested first, then the establishment.
async fn missing_formation(
    state: &AppState,
    publication: i32,
    uai: Uai,
    code: CodeCertification,
) -> Result<LegacyError, LegacyError> {
    if state.db.certification(publication, code).await?.is_none() {
        return Ok(LegacyError::not_found("Formation inconnue"));
    }
    let known = state.db.etablissement(publication, uai).await?.is_some_and(|known| known.is_in_annuaire());
    Ok(LegacyError::not_found(if known { "Formation inconnue" } else { "Etablissement inconnu" }))
}

async fn find_certification(
    state: &AppState,
    request: &LegacyRequest,
    read: &CertificationsParameters,
    lieu: Lieu,
    code: CodeCertification,
) -> Result<LegacyEntry, LegacyError> {
    let publication = request.publication()?;
    let records = state.db.legacy_records_of(publication.id, lieu, code).await?;
    if records.is_empty() {
        return Err(LegacyError::not_found(match lieu {
            Lieu::France | Lieu::Etablissement(_) => "Certification inconnue",
            Lieu::Region(_) if state.db.cfds_legacy(publication.id, &[code]).await?.is_empty() => "Formation inconnue",
            Lieu::Region(_) => "Pas de données disponibles",
        }));
    }
    let wanted = wanted(request, read, lieu)?;
    let record = choose(records, &wanted, std::slice::from_ref(&wanted))?;
    complete(state, request, record).await
}

/// The millésime that is asked for, or the default of the place.
fn wanted(request: &LegacyRequest, read: &CertificationsParameters, lieu: Lieu) -> Result<String, LegacyError> {
    let publication = request.publication()?;
    let request = read.millesime.as_ref().map(|millesime| millesime.as_str().to_owned());
    Ok(request.unwrap_or_else(|| default(publication, lieu.maille())))
}

async fn find_filieres(
    state: &AppState,
    request: &LegacyRequest,
    read: &CertificationsParameters,
    lieu: Lieu,
    codes: &[CodeCertification],
) -> Result<FilieresView, LegacyError> {
    let publication = request.publication()?.id;
    let (unknown, vides) = match lieu {
        Lieu::Region(_) => ("Formation inconnue", "Pas de données disponibles"),
        Lieu::France | Lieu::Etablissement(_) => ("Certifications inconnues", "Certifications inconnues"),
    };
    let secondaires: Vec<_> = codes.iter().copied().filter(|code| code.type_code() != TypeCode::Sise).collect();
    let cfds = state.db.cfds_legacy(publication, &secondaires).await?;
    if cfds.is_empty() {
        return Err(LegacyError::not_found(unknown));
    }
    let millesime = wanted(request, read, lieu)?;
    let records = state.db.legacy_records_of_cfds(publication, lieu, &cfds, &millesime).await?;
    FilieresView::of(&records, request.today()).ok_or_else(|| LegacyError::not_found(vides))
}

/// The entry of a millésime: of its forms the first downwards as text, so that a single year
/// comes before the pooled one; of two filières the one with figures.
fn choose(mut records: Vec<EntryRecord>, wanted: &str, forms: &[String]) -> Result<EntryRecord, LegacyError> {
    let rang = |record: &EntryRecord| {
        let statistique = &record.statistique;
        (std::cmp::Reverse(statistique.millesime.to_string()), !has_figures(record), statistique.filiere)
    };
    records.sort_by_key(rang);
    let available = available(&records);
    let mut matching = records.into_iter().filter(|record| forms.contains(&record.statistique.millesime.to_string()));
    matching.next().ok_or_else(|| LegacyError::sans_millesime(wanted, &available))
}

/// Adds the terminal years. An earlier year with a single one, which is no common year, is
/// answered by that one.
async fn complete(state: &AppState, request: &LegacyRequest, record: EntryRecord) -> Result<LegacyEntry, LegacyError> {
    let statistique = &record.statistique;
    let commune = record.certification.famille.as_ref().is_some_and(|famille| famille.annee_commune);
    let mut terminales = Vec::new();
    if !statistique.terminales.is_empty() {
        let publication = request.publication()?.id;
        terminales = state.db.legacy_records(publication, statistique.lieu, &statistique.terminales).await?;
        terminales.retain(|terminale| {
            terminale.statistique.millesime == statistique.millesime
                && terminale.statistique.filiere == statistique.filiere
        });
        terminales.sort_by(|a, b| {
            (&a.certification.libelle, a.statistique.code).cmp(&(&b.certification.libelle, b.statistique.code))
        });
    }
    let (record, terminales) = match <[EntryRecord; 1]>::try_from(terminales) {
        Ok([single]) if !commune => (single, Vec::new()),
        Ok(single) => (record, Vec::from(single)),
        Err(several) => (record, several),
    };
    Ok(LegacyEntry::single(&record, &terminales, request.today()))
}

/// As JSON, or as an image: of its figures, of their absence, or of nothing.
fn present(found: Result<CertificationsAnswer, LegacyError>, image: Option<Image>) -> Result<Response, LegacyError> {
    let Some(Image { style, failed }) = image else { return json::single(&found?) };
    let drawing = found.and_then(|found| {
        let thumbnail = found.thumbnail().ok_or_else(|| LegacyError::not_found(NO_DATA))?;
        Ok(svg::draw(&thumbnail, style))
    });
    match (drawing, failed) {
        (Ok(drawing), _) => Ok(svg::answer(drawing)),
        (Err(error), ImageError::Message) if error.status().is_client_error() => {
            Ok(svg::answer(svg::without_data(error.message(), style)))
        }
        (Err(error), ImageError::Empty) if error.status().is_client_error() => Ok(svg::answer(svg::empty(style))),
        (Err(error), _) => Err(error),
    }
}
