//! `/api/v1/correspondances`: every code that a platform may hold for the same training.
//!
//! A diploma (CFD) has one MEFSTAT11 per year of its school-based course, and diplomas replace
//! each other: whoever holds one of these codes finds the others here, without knowing which kind
//! it holds.

use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::CODE;
use super::referentiels::familles::FamilleReferentiel;
use super::regions::unknown_certification;
use crate::db::DbError;
use crate::db::certifications::{Correspondance, FamilleMetier};
use crate::domain::{Certification, CodeCertification, TypeCode};
use crate::http::fields::Fields;
use crate::http::page::object_answer;
use crate::http::parameters::{Asked, Param, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    object!(read)
}

/// Les codes d'une même formation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CorrespondancesReponse)]
pub struct CorrespondancesResponse {
    /// Code demandé, sans préfixe.
    #[schema(example = "24730025214")]
    code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "mef11")]
    type_code: &'static str,
    /// Libellé long.
    #[schema(example = "MAINTENANCE DES ENGINS (BAC PRO)")]
    libelle: String,
    /// Le diplôme et ses années ; `null` pour un code SISE, qui n'a pas d'autre code.
    #[schema(required = true)]
    diplome: Option<CorrespondingDiplome>,
    /// Les diplômes qu'il a remplacés, du plus récent au plus ancien.
    anciens: Vec<CorrespondingDiplome>,
    /// Les diplômes qui l'ont remplacé, du plus proche au plus récent.
    nouveaux: Vec<CorrespondingDiplome>,
    /// Sa famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<FamilleReferentiel>,
    /// Pour une année antérieure ou commune : codes des dernières années dont les statistiques répondent pour elle.
    #[schema(example = json!([]))]
    annees_terminales: Vec<String>,
}

/// Un diplôme, ses codes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DiplomeCorrespondant)]
pub struct CorrespondingDiplome {
    /// CFD : le code des statistiques d'apprentissage.
    #[schema(example = "40025214")]
    cfd: String,
    /// Libellé long.
    #[schema(example = "MAINTENANCE DES ENGINS (BAC PRO)")]
    libelle: String,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
    /// Un MEFSTAT11 par année de la voie scolaire, dans l'ordre des années ; vide s'il n'y est pas préparé.
    mefstat11: Vec<CorrespondingAnnee>,
}

/// Une année d'un diplôme dans la voie scolaire.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AnneeCorrespondante)]
pub struct CorrespondingAnnee {
    /// MEFSTAT11.
    #[schema(example = "24730025214")]
    code: String,
    /// Année dans la formation (4e caractère du code) ; `null` quand ce n'est pas un chiffre. Les statistiques sont
    /// celles de la dernière.
    #[schema(required = true, example = 3)]
    annee: Option<u32>,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
}

impl CorrespondingAnnee {
    fn new(found: &Correspondance, today: NaiveDate) -> Self {
        let annee = found.code.as_str().chars().nth(3).and_then(|year| year.to_digit(10));
        Self { code: found.code.to_string(), annee, formation_fermee: is_closed(found, today) }
    }
}

fn is_closed(found: &Correspondance, today: NaiveDate) -> bool {
    found.date_fermeture.is_some_and(|day| day < today)
}

/// The diplomas on one side (older −1, the same 0, newer 1), in the order of the rows, each with
/// its years.
fn diplomes(rows: &[Correspondance], side: i32, today: NaiveDate) -> Vec<CorrespondingDiplome> {
    let diplome = |row: &Correspondance| {
        let years = rows.iter().filter(|other| other.cfd == row.cfd && other.code.type_code() == TypeCode::Mef11);
        let mut mefstat11: Vec<_> = years.map(|year| CorrespondingAnnee::new(year, today)).collect();
        mefstat11.sort_by(|a, b| (a.annee, &a.code).cmp(&(b.annee, &b.code)));
        CorrespondingDiplome {
            cfd: row.cfd.to_string(),
            libelle: row.libelle.clone(),
            formation_fermee: is_closed(row, today),
            mefstat11,
        }
    };
    rows.iter().filter(|row| row.rang.signum() == side && row.code == row.cfd).map(diplome).collect()
}

const ANY_CODE: Param<CodeCertification> = CODE.example("24730025214");

/// What [`read`] takes.
struct ReadParameters {
    code: CodeCertification,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (code, champs) = (reader.path(&ANY_CODE), reader.fields::<CorrespondancesResponse>());
        Some(Self { code: code?, champs })
    }
}

/// Les codes d'une même formation
///
/// Pour n'importe quel code : le diplôme (CFD) et ses années (MEFSTAT11), les diplômes qu'il a remplacés et ceux qui
/// l'ont remplacé, avec leurs années, la famille de métiers, les dernières années.
#[utoipa::path(
    get, path = "/correspondances/{code}", tag = "certifications", operation_id = "lire_correspondances",
    responses((status = 200, description = "Les codes.", body = CorrespondancesResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { code, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let certification = state.db.certification(id, code).await?.ok_or_else(|| unknown_certification(code))?;
    let (rows, famille, terminales) = tokio::try_join!(
        async {
            match certification.cfd {
                Some(cfd) => state.db.correspondances(id, cfd).await,
                None => Ok(Vec::new()),
            }
        },
        famille(state, id, &certification),
        state.db.annees_terminales(id, code),
    )?;
    let side = |side| diplomes(&rows, side, request.today());
    let answer = CorrespondancesResponse {
        code: code.to_string(),
        type_code: code.type_code().as_str(),
        libelle: certification.libelle,
        diplome: side(0).into_iter().next(),
        anciens: side(-1),
        nouveaux: side(1),
        famille_metier: famille.map(FamilleReferentiel::from),
        annees_terminales: terminales.iter().map(ToString::to_string).collect(),
    };
    object_answer(&champs, &answer)
}

async fn famille(state: &AppState, id: i32, certification: &Certification) -> Result<Option<FamilleMetier>, DbError> {
    let Some(famille) = &certification.famille else { return Ok(None) };
    Ok(state.db.familles_metiers(id, Some(&famille.code)).await?.into_iter().next())
}
