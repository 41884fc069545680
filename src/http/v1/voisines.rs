//! `/api/v1/formations/{uai}/{code}/voisines`: what else is taught nearby, the same or better first.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::formations::missing;
use super::lieux::radius;
use super::parameters::{CODE, UAI, wanted};
use super::statistique::{StatistiqueResponse, chosen, slices};
use crate::db::lists::Neighbourhood;
use crate::db::statistiques::NamedStatistique;
use crate::domain::choice::{Choice, Wanted};
use crate::domain::neighbours::{Neighbour, ranked};
use crate::domain::position::kilometres;
use crate::domain::{CodeCertification, Lieu, Maille, Statistique, Uai};
use crate::http::fields::Fields;
use crate::http::page::object_answer;
use crate::http::parameters::param::whole;
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;
use crate::http::v1::statistique::Resolved;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    object!(read)
}

/// The radius when none is asked for, kilometres: what can be travelled twice a day.
pub(in crate::http) const RADIUS_DEFAULT: u16 = 30;
/// The largest one.
const RADIUS_MAX: i64 = 100;
/// The most neighbours.
const LIMIT_MAX: i64 = 100;

const RAYON_KM: Param<u16> = Param::new(
    Description::new(
        "rayon_km",
        Shape::Whole(1, RADIUS_MAX),
        "Rayon autour de l'établissement, en kilomètres, à vol d'oiseau.",
    )
    .example("20")
    .or("30"),
    |text| radius(text, RADIUS_MAX),
);

const LIMITE: Param<i64> = Param::new(
    Description::new("limite", Shape::Whole(1, LIMIT_MAX), "Nombre de voisines, au plus.").example("5").or("20"),
    |text| whole(text, 1, LIMIT_MAX),
);

/// Une formation voisine.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Voisine)]
pub struct NeighbourResponse {
    /// Ce qu'elle a en commun : `autre_voie` (la même certification, enseignée autrement), `meme_certification` (la même,
    /// dans un autre établissement), `meme_famille` (de la même famille de métiers), `meme_groupe_specialite` (du même
    /// groupe de spécialités et du même niveau).
    #[schema(example = "autre_voie")]
    relation: &'static str,
    /// Ce que sont devenus ses jeunes (`devenir_favorable`), à côté de ceux de la formation demandée : `meilleur` ou
    /// `moins_bon` quand l'écart dépasse le hasard (l'intervalle à 95 % de la différence, de Newcombe, ne contient pas 0),
    /// sinon `comparable` ; `memes_jeunes` (ses chiffres sont ceux des mêmes jeunes), `non_comparable` (l'emploi n'est pas
    /// compté de la même façon, ou un effectif manque), `masque` (ses chiffres sont masqués).
    #[schema(example = "comparable")]
    comparaison: &'static str,
    /// Distance de l'établissement demandé, en kilomètres, à vol d'oiseau.
    #[schema(example = 2.4)]
    distance_km: f64,
    /// Part des inscrits en emploi à 6 mois ou en études, en % ; `null` quand une des deux parts n'est pas visible.
    #[schema(required = true, example = 71)]
    devenir_favorable: Option<i32>,
    /// Sa statistique.
    statistique: StatistiqueResponse,
}

/// Une formation et ses voisines.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VoisinesReponse)]
pub struct NeighboursResponse {
    /// La statistique de la formation demandée.
    formation: StatistiqueResponse,
    /// Part des inscrits en emploi à 6 mois ou en études, en %.
    #[schema(required = true, example = 68)]
    devenir_favorable: Option<i32>,
    /// Rayon, en kilomètres.
    #[schema(example = 30)]
    rayon_km: u16,
    /// Combien de voisines il y a dans ce rayon, dont les premières suivent.
    #[schema(example = 3)]
    nombre: usize,
    /// Les voisines.
    voisines: Vec<NeighbourResponse>,
}

/// What [`read`] takes.
struct ReadParameters {
    uai: Uai,
    code: CodeCertification,
    wanted: Wanted,
    rayon_km: u16,
    limite: usize,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (uai, code) = (reader.path(&UAI), reader.path(&CODE));
        let wanted = wanted(reader);
        let (rayon_km, limite) = (reader.ask(&RAYON_KM), reader.ask(&LIMITE));
        let champs = reader.fields::<NeighboursResponse>();
        let limite = usize::try_from(limite?).ok()?;
        Some(Self { uai: uai?, code: code?, wanted, rayon_km: rayon_km?, limite, champs })
    }
}

/// Les voisines d'une formation
///
/// Ce qui s'enseigne autour : la même certification dans l'autre voie ou ailleurs, la même famille de métiers, le même
/// groupe de spécialités au même niveau. D'abord celles dont les jeunes s'en sortent au moins aussi bien, par distance ;
/// puis les mêmes jeunes, les moins bonnes, les non comparables, les masquées. Les certifications fermées n'y sont pas,
/// sauf la même. Si la position de l'établissement n'est pas connue, seules ses autres formations y sont. Les 1 000 plus
/// proches sont comparées.
#[utoipa::path(
    get, path = "/formations/{uai}/{code}/voisines", tag = "formations", operation_id = "lister_voisines",
    responses((status = 200, description = "La formation et ses voisines.", body = NeighboursResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { uai, code, wanted, rayon_km, limite, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, Lieu::Etablissement(uai), code).await?;
    if stored.is_empty() {
        return Err(missing(state, id, uai, code).await?);
    }
    let choice = chosen(state, id, stored, wanted).await?;
    let found = neighbours(&request, choice.statistique.statistique(), (uai, wanted), rayon_km).await?;
    object_answer(&champs, &NeighboursResponse::new(&request, &choice, found, (rayon_km, limite)).await?)
}

/// The neighbours of a statistic of an établissement, in the order in which they are shown: one statement.
///
/// # Errors
/// Those of the database.
pub(in crate::http) async fn neighbours(
    request: &DataRequest,
    asked: &Statistique,
    (uai, wanted): (Uai, Wanted),
    rayon_km: u16,
) -> Result<Vec<Neighbour<NamedStatistique>>, Problem> {
    let slices = slices(request, Maille::Etablissement, Wanted { filiere: None, ..wanted })?;
    let Statistique { code, filiere, .. } = *asked;
    let around = Neighbourhood { uai, code, filiere, rayon_km, slices, today: request.today() };
    let found = request.state().db.taught_around(request.publication().id, &around).await?;
    Ok(ranked(asked, found, |named| &named.statistique))
}

impl NeighboursResponse {
    async fn new(
        request: &DataRequest,
        choice: &Choice<Resolved>,
        found: Vec<Neighbour<NamedStatistique>>,
        (rayon_km, limite): (u16, usize),
    ) -> Result<Self, Problem> {
        let reperes = request.state().publications.reperes(request.publication().id).await?;
        let nombre = found.len();
        let response = |neighbour: Neighbour<NamedStatistique>| {
            let resolved = Resolved::alone(neighbour.statistique, &reperes);
            NeighbourResponse {
                relation: neighbour.relation.as_str(),
                comparaison: neighbour.standing.as_str(),
                distance_km: kilometres(neighbour.distance_m),
                devenir_favorable: resolved.statistique().favourable(),
                statistique: StatistiqueResponse::new(&resolved, request),
            }
        };
        Ok(Self {
            formation: StatistiqueResponse::chosen(choice, request),
            devenir_favorable: choice.statistique.statistique().favourable(),
            rayon_km,
            nombre,
            voisines: found.into_iter().take(limite).map(response).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_radius_is_the_one_of_the_pages() {
        assert_eq!(RAYON_KM.description.default.map(str::to_owned), Some(RADIUS_DEFAULT.to_string()));
    }
}
