//! `/api/v1/correspondances`: every code that a platform may hold for the same training.
//!
//! A diploma (CFD) has one MEFSTAT11 per year of its school-based course, and diplomas replace
//! each other; RNCP, Onisep and Certif-Info have numbers of their own. Whoever holds one of these
//! codes finds the others here, without knowing which kind it holds.
//!
//! What the nomenclatures say (the diploma, its years, what it replaced) is one answer. What
//! crosswalks say is a list of links, each with its source: they contradict each other, one diploma
//! has several numbers, and which of them is meant is for the reader to decide.

use std::collections::BTreeSet;

use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::PLATFORM_CODE;
use super::referentiels::familles::FamilleReferentiel;
use super::regions::unknown_certification;
use crate::db::DbError;
use crate::db::correspondances::{Correspondance, Link};
use crate::domain::{CodeCertification, Dataset, PlatformCode, TypeCode};
use crate::http::fields::Fields;
use crate::http::page::object_answer;
use crate::http::parameters::{Asked, Parameters, Reader};
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
    /// `cfd`, `mef11`, `sise`, `mef`, `rncp`, `onisep` ou `certif_info`.
    #[serde(rename = "type")]
    #[schema(example = "mef11")]
    type_code: &'static str,
    /// Libellé long ; ceux des diplômes, séparés par « ; », quand le code en désigne plusieurs ; le code lui-même quand
    /// aucune nomenclature n'a de libellé.
    #[schema(example = "MAINTENANCE DES ENGINS (BAC PRO)")]
    libelle: String,
    /// Le diplôme et ses années ; `null` quand le code en désigne plusieurs (voir `diplomes`) ou aucun, comme un code SISE.
    #[schema(required = true)]
    diplome: Option<CorrespondingDiplome>,
    /// Tous les diplômes que le code désigne, avec leurs années.
    diplomes: Vec<CorrespondingDiplome>,
    /// Les diplômes qu'il a remplacés, du plus récent au plus ancien ; vide quand le code désigne plusieurs diplômes.
    anciens: Vec<CorrespondingDiplome>,
    /// Les diplômes qui l'ont remplacé, du plus proche au plus récent ; vide de même.
    nouveaux: Vec<CorrespondingDiplome>,
    /// Sa famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<FamilleReferentiel>,
    /// Pour une année antérieure ou commune : codes des dernières années dont les statistiques répondent pour elle.
    #[schema(example = json!([]))]
    annees_terminales: Vec<String>,
    /// Ce que les tables de passage disent du code, des autres codes du même diplôme et des codes RNCP, Onisep,
    /// Certif-Info et MEF voisins. Un diplôme peut avoir plusieurs numéros RNCP ; l'absence d'un lien ne prouve rien.
    liens: Vec<CodeLinkResponse>,
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

/// Ce qu'une source dit de deux codes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LienReponse)]
pub struct CodeLinkResponse {
    /// Un code, précédé de son système.
    #[schema(example = "CFD:40025214")]
    code: String,
    /// `meme_formation` ; `remplace_par` : `lie_a` a remplacé `code` ; `remplace` : `code` a remplacé `lie_a`.
    #[schema(example = "meme_formation")]
    relation: &'static str,
    /// L'autre code, précédé de son système.
    #[schema(example = "RNCP:35341")]
    lie_a: String,
    /// Durée de la formation en années, quand la source la donne ; `null` sinon.
    #[schema(required = true, example = json!(null))]
    #[serde(rename = "duree")]
    duration: Option<i16>,
    /// Jeu de données qui le dit.
    #[schema(example = json!(Dataset::RncpCfd.as_str()))]
    source: &'static str,
    /// Licence de ce jeu de données. Ce qui est tiré d'une source sous ODbL se partage à l'identique.
    #[schema(example = "Licence Ouverte 2.0")]
    licence: &'static str,
    /// Fichier (voir `/sources`).
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    fichier: String,
    /// Ligne de ce fichier.
    #[schema(example = 12)]
    #[serde(rename = "ligne")]
    line: i32,
}

impl From<Link> for CodeLinkResponse {
    fn from(link: Link) -> Self {
        Self {
            code: link.code.to_string(),
            relation: link.relation.as_str(),
            lie_a: link.lie_a.to_string(),
            duration: link.duration,
            source: link.source.as_str(),
            licence: link.source.licence().as_str(),
            fichier: format!("sha256:{}", link.sha256),
            line: link.line,
        }
    }
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
            cfd: row.code.to_string(),
            libelle: row.libelle.clone(),
            formation_fermee: is_closed(row, today),
            mefstat11,
        }
    };
    rows.iter().filter(|row| row.rang.signum() == side && row.cfd == Some(row.code)).map(diplome).collect()
}

/// What [`read`] takes.
struct ReadParameters {
    code: PlatformCode,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (code, champs) = (reader.path(&PLATFORM_CODE), reader.fields::<CorrespondancesResponse>());
        Some(Self { code: code?, champs })
    }
}

/// Les codes d'une même formation
///
/// Pour n'importe quel code : le diplôme (CFD) et ses années (MEFSTAT11), les diplômes qu'il a remplacés et ceux qui
/// l'ont remplacé, avec leurs années, la famille de métiers, les dernières années ; et les codes RNCP, Onisep,
/// Certif-Info et MEF que les tables de passage leur donnent, chacun avec sa source et sa licence.
#[utoipa::path(
    get, path = "/correspondances/{code}", tag = "certifications", operation_id = "lire_correspondances",
    responses((status = 200, description = "Les codes.", body = CorrespondancesResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { code, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let Found { rows, links } = search(state, id, code).await?;
    let meant = Meant::of(&rows, code);
    if meant.codes.is_empty() && links.is_empty() {
        return Err(unknown_certification(code));
    }
    let (terminales, famille) = state.db.terminal_years_and_famille(id, &meant.codes, meant.famille).await?;
    let side = |side| diplomes(&rows, side, request.today());
    let (same, libelle) = (side(0), meant.label(code));
    let answer = CorrespondancesResponse {
        code: code.as_str().to_owned(),
        type_code: code.system().as_str(),
        libelle,
        diplome: <[_; 1]>::try_from(same.clone()).ok().map(|[only]| only),
        diplomes: same,
        anciens: side(-1),
        nouveaux: side(1),
        famille_metier: famille.map(FamilleReferentiel::from),
        annees_terminales: terminales.iter().map(ToString::to_string).collect(),
        liens: links.into_iter().map(CodeLinkResponse::from).collect(),
    };
    object_answer(&champs, &answer)
}

/// What is found of a code.
struct Found {
    rows: Vec<Correspondance>,
    links: Vec<Link>,
}

/// The nomenclatures come first for one of their own codes, since every code of the diploma has
/// links; for another code the links do, since they say which diplomas are meant.
async fn search(state: &AppState, id: i32, code: PlatformCode) -> Result<Found, DbError> {
    if let Some(certification) = code.certification() {
        let rows = state.db.correspondances(id, &[certification]).await?;
        let same = rows.iter().filter(|row| row.rang == 0).map(|row| PlatformCode::from(row.code));
        let seeds: BTreeSet<_> = same.chain([code]).collect();
        let links = state.db.code_links(id, &Vec::from_iter(seeds)).await?;
        return Ok(Found { rows, links });
    }
    let links = state.db.code_links(id, &[code]).await?;
    let own = links.iter().filter(|link| link.code == code).filter_map(|link| link.lie_a.certification());
    let meant: BTreeSet<_> = own.collect();
    let rows = state.db.correspondances(id, &Vec::from_iter(meant)).await?;
    Ok(Found { rows, links })
}

/// What a code stands for in the nomenclatures.
struct Meant<'a> {
    rows: Vec<&'a Correspondance>,
    /// The codes whose entries answer for it.
    codes: Vec<CodeCertification>,
    /// The famille that all of them have.
    famille: Option<&'a str>,
}

impl<'a> Meant<'a> {
    /// A code of the nomenclatures stands for itself, another one for the diplomas that it is linked
    /// to.
    fn of(rows: &'a [Correspondance], code: PlatformCode) -> Self {
        let asked = code.certification();
        let stands = |row: &&Correspondance| match asked {
            Some(asked) => row.code == asked,
            None => row.rang == 0 && row.cfd.is_none_or(|cfd| cfd == row.code),
        };
        let rows: Vec<_> = rows.iter().filter(stands).collect();
        let familles: BTreeSet<_> = rows.iter().map(|row| row.famille.as_deref()).collect();
        let famille = if familles.len() == 1 { familles.into_iter().next().flatten() } else { None };
        Self { codes: rows.iter().map(|row| row.code).collect(), rows, famille }
    }

    fn label(&self, code: PlatformCode) -> String {
        let labels: Vec<_> = self.rows.iter().map(|row| row.libelle.as_str()).collect();
        if labels.is_empty() { code.to_string() } else { labels.join(" ; ") }
    }
}
