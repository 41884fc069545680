//! `/api/v1/couverture`: of how many formations something can be said.
//!
//! The counts are stored by filière, maille, millésime and région; the sums over all filières and
//! all régions are added here, so that the question «how many in all?» has an answer too.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::{FILIERE, MAILLE, MILLESIME, REGION};
use super::referentiels::territoires::Territoire;
use crate::domain::couverture::{Changes, Couverture, EntryCounts};
use crate::domain::{CodeRegion, Filiere, Maille, Millesime};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, Page, list_answer};
use crate::http::parameters::{Asked, Param, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list)
}

/// Combien de cellules d'un groupe, par origine et par lisibilité.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CouvertureReponse)]
pub struct CouvertureResponse {
    /// Filière ; `null` : toutes ensemble.
    #[schema(required = true, example = "apprentissage")]
    filiere: Option<&'static str>,
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "etablissement")]
    maille: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Région ; `null` : toutes ensemble.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// Mesurées par la source pour exactement ce code et ce lieu.
    #[schema(example = 55_710)]
    propres: i64,
    /// Chiffres de l'ancien diplôme.
    #[schema(example = 21_300)]
    diplome_ancien: i64,
    /// Chiffres du nouveau diplôme.
    #[schema(example = 44_800)]
    diplome_nouveau: i64,
    /// Chiffres d'un autre établissement (formateur ou gestionnaire).
    #[schema(example = 12_100)]
    autre_uai: i64,
    /// Sommes de la maille inférieure.
    #[schema(example = 0)]
    agregees: i64,
    /// Années antérieures et années communes, qui renvoient à leurs années terminales.
    #[schema(example = 71_346)]
    annees_terminales: i64,
    /// Toutes ensemble.
    #[schema(example = 205_256)]
    total: i64,
    /// Par combien les traitements multiplient ce que la source a mesuré ; `null` si elle n'a rien mesuré.
    #[schema(required = true, example = 3.68)]
    facteur: Option<f64>,
    /// Parmi celles qui ont des chiffres : masquées, parce que la cohorte a moins de {seuil} jeunes.
    #[schema(example = 61_400)]
    masquees: i64,
    /// Parmi celles qui ont des chiffres : ni masquées, ni aucun chiffre au-delà de l'effectif.
    #[schema(example = 310)]
    vides: i64,
    /// Cellules masquées que l'on pourrait calculer par différence à partir des seuls totaux publiés par les
    /// producteurs : elles leur sont signalées.
    #[schema(example = 0)]
    deductibles: i64,
    /// Ajoutées par cette publication.
    #[schema(example = 1_200)]
    ajoutees: i64,
    /// Retirées par cette publication.
    #[schema(example = 3)]
    retirees: i64,
    /// Modifiées par cette publication.
    #[schema(example = 480)]
    modifiees: i64,
}

impl CsvRow for CouvertureResponse {
    fn columns() -> Vec<&'static str> {
        vec![
            "filiere",
            "maille",
            "millesime",
            "region",
            "propres",
            "diplome_ancien",
            "diplome_nouveau",
            "autre_uai",
            "agregees",
            "annees_terminales",
            "total",
            "facteur",
            "masquees",
            "vides",
            "deductibles",
            "ajoutees",
            "retirees",
            "modifiees",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let mut cellules = vec![
            self.filiere.into(),
            self.maille.into(),
            (&self.millesime).into(),
            self.region.as_ref().map(|region| region.code).into(),
        ];
        let kinds = [self.propres, self.diplome_ancien, self.diplome_nouveau, self.autre_uai, self.agregees];
        cellules.extend(kinds.into_iter().chain([self.annees_terminales, self.total]).map(CsvCell::from));
        cellules.push(self.facteur.map(|facteur| facteur.to_string()).into());
        let rest = [self.masquees, self.vides, self.deductibles, self.ajoutees, self.retirees, self.modifiees];
        cellules.extend(rest.into_iter().map(CsvCell::from));
        cellules
    }
}

/// What is counted together; `None` is «all».
type Margin = (Maille, Millesime, Option<Filiere>, Option<CodeRegion>);

/// The counts with their sums over filières, over régions, and over both.
fn with_margins(lines: &[Couverture]) -> BTreeMap<Margin, (EntryCounts, Changes)> {
    let mut sums: BTreeMap<Margin, (EntryCounts, Changes)> = BTreeMap::new();
    for Couverture { groupe, comptes, changes } in lines {
        let mut add = |filiere, region| {
            let sum = sums.entry((groupe.maille, groupe.millesime, filiere, region)).or_default();
            sum.0 += *comptes;
            sum.1 += *changes;
        };
        for filiere in [Some(groupe.filiere), None] {
            add(filiere, None);
            if groupe.region.is_some() {
                add(filiere, groupe.region);
            }
        }
    }
    sums
}

impl CouvertureResponse {
    fn new(margin: Margin, comptes: &EntryCounts, changes: &Changes) -> Self {
        let (maille, millesime, filiere, region) = margin;
        Self {
            filiere: filiere.map(Filiere::as_str),
            maille: maille.as_str(),
            millesime: millesime.to_string(),
            region: region.map(Territoire::from),
            propres: comptes.propres,
            diplome_ancien: comptes.diplome_ancien,
            diplome_nouveau: comptes.diplome_nouveau,
            autre_uai: comptes.autre_uai,
            agregees: comptes.agregees,
            annees_terminales: comptes.annees_terminales,
            total: comptes.total(),
            facteur: comptes.factor().map(|facteur| (facteur * 100.0).round() / 100.0),
            masquees: comptes.masquees,
            vides: comptes.vides,
            deductibles: comptes.deductibles,
            ajoutees: changes.ajoutees,
            retirees: changes.retirees,
            modifiees: changes.modifiees,
        }
    }

    /// Mailles, millésimes, filières, régions in their order; sums before their parts.
    fn key(margin: &Margin) -> String {
        let (maille, millesime, filiere, region) = margin;
        let filiere = filiere.map(Filiere::as_str).unwrap_or_default();
        format!(
            "{} {millesime:<9} {filiere:<13} {}",
            *maille as u8,
            region.map(|region| region.to_string()).unwrap_or_default()
        )
    }
}

const FILIERE_FILTER: Param<Filiere> = FILIERE
    .meaning("`apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : chacune, et toutes ensemble.");

const MILLESIME_FILTER: Param<Millesime> =
    MILLESIME.meaning("Année de sortie (`2023`) ou deux années réunies (`2022_2023`).");

const REGION_FILTER: Param<CodeRegion> =
    REGION.meaning("Code INSEE d'une région, ou code postal. Sans ce paramètre : chacune, et toutes ensemble.");

/// Which groups are asked for.
struct Groups {
    filiere: Option<Filiere>,
    maille: Option<Maille>,
    millesime: Option<Millesime>,
    region: Option<CodeRegion>,
    page: Page<String>,
}

impl Parameters for Groups {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            filiere: reader.ask(&FILIERE_FILTER),
            maille: reader.ask(&MAILLE),
            millesime: reader.ask(&MILLESIME_FILTER),
            region: reader.ask(&REGION_FILTER),
            page: reader.page::<_, CouvertureResponse>()?,
        })
    }
}

impl Groups {
    fn contain(&self, (maille, millesime, filiere, region): &Margin) -> bool {
        self.maille.is_none_or(|asked| asked == *maille)
            && self.millesime.is_none_or(|asked| asked == *millesime)
            && self.filiere.is_none_or(|asked| Some(asked) == *filiere)
            && self.region.is_none_or(|asked| Some(asked) == *region)
    }
}

/// La couverture
///
/// Par filière, maille, millésime et région : combien de cellules la source a mesurées, combien viennent d'un ancien ou
/// d'un nouveau diplôme, d'un autre établissement, d'une somme, combien renvoient à une année terminale, combien sont
/// masquées ou vides, et ce que la publication a ajouté, retiré et modifié. Les lignes de `filiere` ou `region` `null`
/// sont les totaux.
#[utoipa::path(
    get, path = "/couverture", tag = "données", operation_id = "lister_couverture",
    responses((status = 200, description = "La couverture de la publication.", body = List<CouvertureResponse>))
)]
async fn list(asked: Asked<Groups>) -> Result<Response, Problem> {
    let Asked { request, wanted } = asked;
    let lines = request.state().db.couverture(request.publication().id).await?;
    let mut elements: Vec<_> = with_margins(&lines)
        .iter()
        .filter(|(margin, _)| wanted.contain(margin))
        .map(|(margin, (comptes, changes))| {
            (CouvertureResponse::key(margin), CouvertureResponse::new(*margin, comptes, changes))
        })
        .collect();
    elements.sort_by(|a, b| a.0.cmp(&b.0));
    list_answer(&request, wanted.page, InMemory(elements)).await
}
