//! `/api/v1/reperes`: beside what a figure can be seen.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::{FILIERE, MAILLE, MILLESIME, NIVEAU};
use super::referentiels::territoires::Territoire;
use super::statistique::Niveau;
use crate::domain::contexte::RaisonContexte;
use crate::domain::reperes::{FigureRepere, ReferenceKey, Repartition, Repere};
use crate::domain::{CodeRegion, Diplome, Filiere, Lieu, Maille, Millesime};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, Page, list_answer};
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list)
}

/// Comment se répartissent les statistiques visibles, en % (au centième). Chaque statistique compte une fois, quel que
/// soit son effectif.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = RepartitionReponse)]
pub(in crate::http::v1) struct RepartitionResponse {
    /// Premier quartile : un quart des statistiques sont au plus à ce niveau (interpolation linéaire, type 7).
    #[schema(example = 24.25)]
    pub(super) q1: f64,
    /// Médiane.
    #[schema(example = 31.5)]
    pub(super) mediane: f64,
    /// Troisième quartile.
    #[schema(example = 40.0)]
    pub(super) q3: f64,
    /// Moyenne, non pondérée.
    #[schema(example = 32.47)]
    pub(super) moyenne: f64,
}

impl From<Repartition> for RepartitionResponse {
    fn from(repartition: Repartition) -> Self {
        let percent = |hundredths: i32| f64::from(hundredths) / 100.0;
        let Repartition { q1, mediane, q3, moyenne } = repartition;
        Self { q1: percent(q1), mediane: percent(mediane), q3: percent(q3), moyenne: percent(moyenne) }
    }
}

/// Des points de repère : comment se répartissent les statistiques d'un type de diplôme dans un territoire.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RepereReponse)]
pub struct RepereResponse {
    /// La région ; `null` : la France entière.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// Maille des statistiques : `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "etablissement")]
    maille: &'static str,
    /// Filière.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Niveau et type du diplôme.
    niveau: Niveau,
    /// Quelles statistiques : `type` (celles de ce type de diplôme), `niveau` (toutes celles du niveau, le type en ayant
    /// moins de 20), `null` (moins de 20 dans les deux cas : pas de repère).
    #[schema(required = true, example = "type")]
    groupe: Option<&'static str>,
    /// Combien : celles du type, ou celles du niveau si le type en a moins de 20.
    #[schema(example = 57)]
    nombre: i32,
    /// Part des inscrits en emploi salarié à 6 mois.
    #[schema(required = true)]
    part_en_emploi_6_mois: Option<RepartitionResponse>,
    /// Part des inscrits qui poursuivent des études.
    #[schema(required = true)]
    part_poursuite_etudes: Option<RepartitionResponse>,
    /// Part des inscrits en emploi à 6 mois ou en études.
    #[schema(required = true)]
    devenir_favorable: Option<RepartitionResponse>,
    /// Pour chaque chiffre absent, la raison : `trop_peu` (moins de 20 statistiques visibles).
    #[schema(example = json!({}))]
    absences: BTreeMap<&'static str, &'static str>,
}

impl From<&Repere> for RepereResponse {
    fn from(Repere { key, nombre, points }: &Repere) -> Self {
        let region = if let Lieu::Region(region) = key.lieu { Some(Territoire::from(region)) } else { None };
        let spread = |figure: FigureRepere| {
            points.as_ref()?.repartitions.get(figure as usize).copied().map(RepartitionResponse::from)
        };
        let missing = if points.is_none() { FigureRepere::ALL } else { &[] };
        Self {
            region,
            maille: key.maille.as_str(),
            filiere: key.filiere.as_str(),
            millesime: key.millesime.to_string(),
            niveau: Niveau::from(&Diplome { code: key.niveau.clone(), libelle: key.type_diplome.clone() }),
            groupe: points.as_ref().map(|points| points.groupe.as_str()),
            nombre: *nombre,
            part_en_emploi_6_mois: spread(FigureRepere::PartEnEmploi6Mois),
            part_poursuite_etudes: spread(FigureRepere::PartPoursuiteEtudes),
            devenir_favorable: spread(FigureRepere::DevenirFavorable),
            absences: missing.iter().map(|figure| (figure.as_str(), RaisonContexte::TropPeu.as_str())).collect(),
        }
    }
}

impl CsvRow for RepereResponse {
    fn columns() -> Vec<&'static str> {
        vec![
            "region",
            "maille",
            "filiere",
            "millesime",
            "niveau_code",
            "niveau_libelle",
            "groupe",
            "nombre",
            "part_en_emploi_6_mois_q1",
            "part_en_emploi_6_mois_mediane",
            "part_en_emploi_6_mois_q3",
            "part_en_emploi_6_mois_moyenne",
            "part_poursuite_etudes_q1",
            "part_poursuite_etudes_mediane",
            "part_poursuite_etudes_q3",
            "part_poursuite_etudes_moyenne",
            "devenir_favorable_q1",
            "devenir_favorable_mediane",
            "devenir_favorable_q3",
            "devenir_favorable_moyenne",
            "absences",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let mut cellules = vec![
            self.region.map(|region| region.code).into(),
            self.maille.into(),
            self.filiere.into(),
            (&self.millesime).into(),
            (&self.niveau.code).into(),
            (&self.niveau.libelle).into(),
            self.groupe.into(),
            self.nombre.into(),
        ];
        for spread in [self.part_en_emploi_6_mois, self.part_poursuite_etudes, self.devenir_favorable] {
            let of = |point: fn(RepartitionResponse) -> f64| CsvCell::from(spread.map(point));
            cellules.extend([of(|s| s.q1), of(|s| s.mediane), of(|s| s.q3), of(|s| s.moyenne)]);
        }
        let absences = self.absences.iter().map(|(figure, raison)| format!("{figure}={raison}"));
        cellules.push(absences.collect::<Vec<_>>().join(" ").into());
        cellules
    }
}

/// `region=`, which may be the whole country.
const TERRITOIRE: Param<Lieu> = Param::new(
    Description::new(
        "region",
        Shape::Made(|| format!("{}|[Ff][Rr][Aa][Nn][Cc][Ee]", CodeRegion::pattern())),
        "Code INSEE d'une région, code postal, ou `france` pour la France entière. Sans ce paramètre : tous les territoires.",
    )
    .example("53"),
    |text| {
        if text.trim().eq_ignore_ascii_case("france") { Ok(Lieu::France) } else { CodeRegion::parse(text).map(Lieu::Region) }
    },
);
const FILIERE_ONLY: Param<Filiere> =
    FILIERE.meaning("`apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : toutes.");
const MILLESIME_ONLY: Param<Millesime> = MILLESIME
    .meaning("Année de sortie (`2023`) ou deux années réunies (`2022_2023`), exactement. Sans ce paramètre : tous.");

/// Which reference points are asked for.
struct ReferenceFilters {
    territoire: Option<Lieu>,
    maille: Option<Maille>,
    filiere: Option<Filiere>,
    millesime: Option<Millesime>,
    niveau: Option<String>,
    page: Page<String>,
}

impl Parameters for ReferenceFilters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            territoire: reader.ask(&TERRITOIRE),
            maille: reader.ask(&MAILLE),
            filiere: reader.ask(&FILIERE_ONLY),
            millesime: reader.ask(&MILLESIME_ONLY),
            niveau: reader.ask(&NIVEAU),
            page: reader.page::<_, RepereResponse>()?,
        })
    }
}

impl ReferenceFilters {
    fn fit(&self, key: &ReferenceKey) -> bool {
        self.territoire.is_none_or(|lieu| lieu == key.lieu)
            && self.maille.is_none_or(|maille| maille == key.maille)
            && self.filiere.is_none_or(|filiere| filiere == key.filiere)
            && self.millesime.is_none_or(|millesime| millesime == key.millesime)
            && self.niveau.as_ref().is_none_or(|niveau| *niveau == key.niveau)
    }
}

/// Les points de repère
///
/// Pour chaque région et pour la France, par type de diplôme, filière et millésime : combien de statistiques visibles il
/// y a, et leurs quartiles et moyenne, pour l'emploi à 6 mois, la poursuite d'études et le devenir favorable (les deux
/// réunis). Chaque statistique d'une formation dit dans quel quart elle se trouve (`contexte.quart`) et de quel côté des
/// moyennes (`contexte.quadrant`). Seules comptent les statistiques mesurées par la source pour exactement ce code et ce
/// lieu. Dans l'ordre : France puis régions, maille, filière, millésime, niveau, type.
#[utoipa::path(
    get, path = "/reperes", tag = "référentiels", operation_id = "lister_reperes",
    responses((status = 200, description = "Les points de repère.", body = List<RepereResponse>))
)]
async fn list(asked: Asked<ReferenceFilters>) -> Result<Response, Problem> {
    let Asked { request, wanted } = asked;
    let reperes = request.state().publications.reperes(request.publication().id).await?;
    let numbered = reperes.all().filter(|repere| wanted.fit(&repere.key)).enumerate();
    let rows = numbered.map(|(rang, repere)| (format!("{rang:06}"), RepereResponse::from(repere))).collect();
    list_answer(&request, wanted.page, InMemory(rows)).await
}
