//! `/api/v1/etablissements`: who they are, and what is measured of each as a whole, the added
//! value included.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::lieux::zone;
use super::parameters::{Q, UAI, wanted, words};
use super::referentiels::territoires::Territoire;
use crate::db::DbError;
use crate::db::lists::{After, EtablissementList, FoundEtablissement, Page as DbPage, Zone};
use crate::domain::choice::{Wanted, millesime_of_list};
use crate::domain::position::kilometres;
use crate::domain::{
    Dataset, Etablissement, Filiere, MesureEtablissement, MesuresEtablissement, Population, Position, Secteur, Uai,
};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::fields::Fields;
use crate::http::page::{List, Listing, Page, list_answer, object_answer};
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(search).merge(object!(read))
}

/// Qui est un établissement, et où.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EtablissementIdentity {
    /// UAI.
    #[schema(example = "0350017D")]
    uai: String,
    /// Nom, quand une source le donne.
    #[schema(required = true, example = "CFA des Embruns (fictif)")]
    nom: Option<String>,
    /// Adresse, sans code postal ni commune.
    #[schema(required = true, example = "1 rue de la Criée")]
    adresse: Option<String>,
    /// Code postal.
    #[schema(required = true, example = "35000")]
    code_postal: Option<String>,
    /// Commune.
    #[schema(required = true, example = "Rennes")]
    commune: Option<String>,
    /// Région.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// Académie.
    #[schema(required = true)]
    academie: Option<Territoire>,
    /// Département.
    #[schema(required = true)]
    departement: Option<Territoire>,
    /// Où il se trouve, quand un annuaire le dit.
    #[schema(required = true)]
    position: Option<PositionResponse>,
    /// `public` ou `prive`, quand un annuaire le dit.
    #[schema(required = true, example = "public")]
    secteur: Option<&'static str>,
    /// Site web, quand un annuaire le donne.
    #[schema(required = true, example = "https://cfa-embruns.example")]
    site_web: Option<String>,
    /// D'où vient sa région : `annuaire` ; sinon `fichier` (celui des statistiques) ou `uai` (ses premiers chiffres).
    #[schema(example = "annuaire")]
    origine_lieu: &'static str,
    /// Faux quand aucun annuaire ne le connaît : son nom et son lieu viennent alors des fichiers de statistiques ou de
    /// son UAI.
    dans_annuaire: bool,
}

/// Un établissement : lycée, CFA, université.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EtablissementResultat)]
pub struct EtablissementResult {
    #[serde(flatten)]
    #[serde(rename = "identite")]
    identity: EtablissementIdentity,
    /// Distance du point demandé par `proche`, en kilomètres, à vol d'oiseau ; `null` sans ce paramètre.
    #[schema(required = true, example = json!(null))]
    distance_km: Option<f64>,
}

/// Un point, WGS 84.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PositionReponse)]
pub struct PositionResponse {
    /// Degrés vers le nord.
    #[schema(example = 48.117)]
    latitude: f64,
    /// Degrés vers l'est.
    #[schema(example = -1.678)]
    longitude: f64,
}

impl From<Position> for PositionResponse {
    fn from(Position { latitude, longitude }: Position) -> Self {
        Self { latitude, longitude }
    }
}

impl From<Etablissement> for EtablissementIdentity {
    fn from(etablissement: Etablissement) -> Self {
        Self {
            uai: etablissement.uai.to_string(),
            dans_annuaire: etablissement.is_in_annuaire(),
            nom: etablissement.nom,
            adresse: etablissement.adresse,
            code_postal: etablissement.code_postal,
            commune: etablissement.commune,
            region: etablissement.region.map(Territoire::from),
            academie: etablissement.academie.map(Territoire::from),
            departement: etablissement.departement.map(Territoire::from),
            position: etablissement.position.map(PositionResponse::from),
            secteur: etablissement.secteur.map(Secteur::as_str),
            site_web: etablissement.site_web,
            origine_lieu: etablissement.origine_lieu.as_str(),
        }
    }
}

impl From<FoundEtablissement> for EtablissementResult {
    fn from(FoundEtablissement { etablissement, distance_m, .. }: FoundEtablissement) -> Self {
        Self { identity: etablissement.into(), distance_km: distance_m.map(kilometres) }
    }
}

impl CsvRow for EtablissementResult {
    fn columns() -> Vec<&'static str> {
        vec![
            "uai",
            "nom",
            "adresse",
            "code_postal",
            "commune",
            "region",
            "academie",
            "departement",
            "latitude",
            "longitude",
            "secteur",
            "site_web",
            "origine_lieu",
            "dans_annuaire",
            "distance_km",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let Self { identity, distance_km } = self;
        let code = |territoire: &Option<Territoire>| territoire.as_ref().map(|territoire| territoire.code).into();
        vec![
            (&identity.uai).into(),
            identity.nom.as_ref().into(),
            identity.adresse.as_ref().into(),
            identity.code_postal.as_ref().into(),
            identity.commune.as_ref().into(),
            code(&identity.region),
            code(&identity.academie),
            code(&identity.departement),
            identity.position.map(|position| position.latitude).into(),
            identity.position.map(|position| position.longitude).into(),
            identity.secteur.into(),
            identity.site_web.as_ref().into(),
            identity.origine_lieu.into(),
            identity.dans_annuaire.into(),
            (*distance_km).into(),
        ]
    }
}

const NAME: Param<String> = Q
    .meaning(
        "Un UAI, un code postal, ou des mots du nom, de la commune, du département ou de la région, sans tenir compte des\n\
         accents, des majuscules, du genre ni du nombre ; le dernier peut être un début de mot. Les fautes de frappe sont\n\
         comprises quand rien d'autre ne correspond.",
    )
    .example("embruns");

const POPULATION: Param<Population> = Param::new(
    Description::new(
        "dont_apprentis_eple",
        Shape::Words(|| words(Population::ALL)),
        "Population : `ensemble` (par défaut), `dont_apprentis` ou `dont_eleves_voie_pro_sco`.",
    )
    .example("ensemble")
    .or("ensemble"),
    Population::parse,
);

/// What [`search`] takes.
struct SearchParameters {
    q: Option<String>,
    list: EtablissementList,
    page: Page<After>,
}

impl Parameters for SearchParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let q = reader.ask(&NAME);
        let Zone { region, academie, departement, proximity, .. } = zone(reader);
        let page = reader.page::<_, EtablissementResult>();
        let list = EtablissementList { found: None, region, academie, departement, proximity };
        Some(Self { q, list, page: page? })
    }
}

/// Chercher des établissements
///
/// Ceux dont au moins un chiffre est publié, dans l'ordre des UAI, ou par distance avec `proche`. Avec `q` et sans
/// `proche`, les meilleurs d'abord : ceux dont le nom est tout entier ce qui est cherché, puis ceux dont il commence ainsi,
/// ceux dont le nom a tous les mots, ceux de la commune, ceux du département ou de la région et ceux dont un mot ne fait
/// que commencer ainsi.
#[utoipa::path(
    get, path = "/etablissements", tag = "établissements", operation_id = "chercher_etablissements",
    responses((status = 200, description = "Les établissements trouvés.", body = List<EtablissementResult>))
)]
async fn search(asked: Asked<SearchParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: SearchParameters { q, list, page } } = asked;
    let found = match &q {
        Some(text) => request.state().publications.etablissements(request.publication().id).await?.find(text),
        None => None,
    };
    list_answer(&request, page, EtablissementList { found, ..list }).await
}

impl Listing for EtablissementList {
    type Key = After;
    type Row = EtablissementResult;

    async fn rows(
        &self,
        request: &DataRequest,
        after: Option<After>,
        limite: i64,
    ) -> Result<Vec<(After, EtablissementResult)>, DbError> {
        let id = request.publication().id;
        let found = request.state().db.list_etablissements(id, self, &DbPage { after, limite }).await?;
        let key = |found: &FoundEtablissement| After {
            rang: self.sort().rang(|_| None, found.distance_m.or(found.ordre)),
            keys: vec![found.etablissement.uai.to_string()],
        };
        Ok(found.into_iter().map(|found| (key(&found), found.into())).collect())
    }

    async fn total(&self, request: &DataRequest) -> Result<u64, DbError> {
        request.state().db.count_etablissements(request.publication().id, self).await
    }
}

/// Un établissement, avec ses chiffres toutes formations réunies.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EtablissementReponse)]
pub struct EtablissementResponse {
    #[serde(flatten)]
    #[serde(rename = "identite")]
    identity: EtablissementIdentity,
    /// Ses chiffres, toutes certifications réunies, un élément par filière ; vide s'il n'est connu que d'un annuaire.
    statistiques: Vec<MesuresResponse>,
    /// Les millésimes qui existent pour cet établissement et cette population, du plus récent au plus ancien.
    #[schema(example = json!(["2022_2023", "2021_2022"]))]
    millesimes: Vec<String>,
}

/// Les chiffres d'un établissement, toutes certifications réunies.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MesuresReponse)]
pub struct MesuresResponse {
    /// Filière.
    #[schema(example = "pro")]
    filiere: &'static str,
    /// Année de sortie, ou deux années réunies.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Qui est compté : `ensemble`, `dont_apprentis` ou `dont_eleves_voie_pro_sco`. Ces populations se recouvrent, ne les
    /// additionnez pas.
    #[schema(example = "ensemble")]
    dont_apprentis_eple: &'static str,
    /// Chiffres par nom d'indicateur, en % (la valeur ajoutée en points) ; `null` quand il n'y en a pas.
    #[schema(example = json!({"part_en_emploi_6_mois": 24, "part_poursuite_etudes": 52, "taux_emploi_6_mois": 50,
        "taux_emploi_6_mois_attendu": 46, "valeur_ajoutee_emploi_6_mois": 4, "taux_emploi_18_mois": null}))]
    indicateurs: BTreeMap<&'static str, Option<i32>>,
    /// Pour chaque chiffre absent, la raison.
    #[schema(example = json!({"taux_emploi_18_mois": "pas_encore_disponible"}))]
    absences: BTreeMap<&'static str, &'static str>,
    /// Jeu de données.
    #[schema(example = json!(Dataset::InserjeunesLyceePro.as_str()))]
    source: &'static str,
    /// Empreinte du fichier lu, à retrouver dans `/api/v1/sources`.
    #[schema(required = true, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    fichier: Option<String>,
}

impl MesuresResponse {
    fn new(mesures: &MesuresEtablissement, request: &DataRequest) -> Self {
        let named = || MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str()).zip(&mesures.valeurs);
        let fichiers = &request.publication().fichiers;
        Self {
            filiere: mesures.filiere.as_str(),
            millesime: mesures.millesime.to_string(),
            dont_apprentis_eple: mesures.population.as_str(),
            indicateurs: named().map(|(nom, valeur)| (nom, valeur.known())).collect(),
            absences: named().filter_map(|(nom, valeur)| Some((nom, valeur.raison()?.as_str()))).collect(),
            source: mesures.source.as_str(),
            fichier: fichiers.get(&mesures.fichier.0).map(|sha256| format!("sha256:{sha256}")),
        }
    }
}

/// What [`read`] takes.
struct ReadParameters {
    uai: Uai,
    selection: Wanted,
    population: Population,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (uai, selection) = (reader.path(&UAI_IN_PATH), wanted(reader));
        let population = reader.ask(&POPULATION);
        let champs = reader.fields::<EtablissementResponse>();
        Some(Self { uai: uai?, selection, population: population?, champs })
    }
}

const UAI_IN_PATH: Param<Uai> = UAI.example("0750001U");

/// Un établissement
///
/// Son identité et ses chiffres toutes certifications réunies, valeur ajoutée comprise : pour chaque filière le dernier
/// millésime, ou celui demandé.
#[utoipa::path(
    get, path = "/etablissements/{uai}", tag = "établissements", operation_id = "lire_etablissement",
    responses((status = 200, description = "L'établissement.", body = EtablissementResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { uai, selection, population, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let (found, mut stored) =
        tokio::try_join!(state.db.etablissement(id, uai), state.db.statistiques_etablissement(id, uai))?;
    let etablissement = found.ok_or_else(|| unknown(uai))?;
    stored.retain(|mesures| mesures.population == population);
    let mut millesimes: Vec<String> = stored.iter().map(|mesures| mesures.millesime.to_string()).collect();
    millesimes.dedup();
    let shown = shown(&stored, selection);
    if shown.is_empty() && !stored.is_empty() {
        return Err(Problem::sans_statistique(format!(
            "Il n'y a pas de chiffres de l'établissement {uai} pour ce millésime ou cette filière ; millésimes : {}.",
            millesimes.join(", ")
        )));
    }
    let statistiques = shown.into_iter().map(|mesures| MesuresResponse::new(mesures, &request)).collect();
    object_answer(&champs, &EtablissementResponse { identity: etablissement.into(), statistiques, millesimes })
}

/// A UAI that neither the statistics nor a directory have.
pub(super) fn unknown(uai: Uai) -> Problem {
    Problem::unknown(format!(
        "L'établissement {uai} n'est dans aucun annuaire et aucun chiffre n'est publié pour lui. Vérifiez son UAI, ou \
         cherchez-le par son nom ou son lieu : /api/v1/etablissements?q=…"
    ))
}

/// For each filière the row of the millésime asked for, else of the latest.
pub(in crate::http) fn shown(stored: &[MesuresEtablissement], selection: Wanted) -> Vec<&MesuresEtablissement> {
    let wanted = Filiere::ALL.iter().filter(|filiere| selection.filiere.is_none_or(|asked| asked == **filiere));
    wanted
        .filter_map(|filiere| {
            let of_filiere = || stored.iter().filter(|mesures| mesures.filiere == *filiere);
            let millesimes: Vec<_> = of_filiere().map(|mesures| mesures.millesime).collect();
            let millesime = millesime_of_list(&millesimes, selection.millesime)?;
            of_filiere().find(|mesures| mesures.millesime == millesime)
        })
        .collect()
}
