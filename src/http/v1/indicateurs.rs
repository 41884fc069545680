//! `/api/v1/indicateurs`: what each figure means. The model of a resource: a list with its CSV
//! twin, and one element.
//!
//! The texts are those of the catalogue ([`crate::domain::catalogue`]): a definition changes with the
//! program, never with the data.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::PageOf;
use crate::domain::catalogue::{self, Definition};
use crate::domain::{Filiere, Invalid, Maille};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::fields::Fields;
use crate::http::page::{InMemory, List, list_answer, object_answer};
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Un indicateur : ce qu'il dit, comment il est calculé et ce qu'il ne dit pas.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Indicateur {
    /// Nom dans les filtres, les tris, `absences` et les colonnes CSV.
    #[schema(example = "part_en_emploi_6_mois")]
    code: &'static str,
    /// Nom à afficher.
    #[schema(example = "Part en emploi salarié 6 mois après la sortie")]
    nom: &'static str,
    /// Ce que le chiffre dit, en une ou deux phrases.
    definition: &'static str,
    /// Comment il est obtenu.
    #[schema(example = "en emploi à 6 mois ÷ inscrits en année terminale")]
    formule: &'static str,
    /// Qui est compté au dénominateur ; `null` pour un effectif ou un montant.
    #[schema(required = true, example = "inscrits en année terminale")]
    denominateur: Option<&'static str>,
    /// `personnes`, `pourcentage`, `points` ou `euros_par_mois`.
    #[schema(example = "pourcentage")]
    unite: &'static str,
    /// Mailles où il existe.
    #[schema(example = json!(["nationale", "regionale", "etablissement"]))]
    mailles: Vec<&'static str>,
    /// Filières pour lesquelles il existe.
    #[schema(example = json!(["apprentissage", "pro", "agricole"]))]
    filieres: Vec<&'static str>,
    /// Ce qu'il faut savoir avant de comparer.
    precautions: Vec<String>,
}

impl From<(&'static str, &'static Definition)> for Indicateur {
    fn from((code, definition): (&'static str, &'static Definition)) -> Self {
        Self {
            code,
            nom: definition.nom,
            definition: definition.text,
            formule: definition.formule,
            denominateur: definition.percentage_of(),
            unite: definition.unite.as_str(),
            mailles: definition.mailles.iter().copied().map(Maille::as_str).collect(),
            filieres: definition.filieres.iter().copied().map(Filiere::as_str).collect(),
            precautions: definition.precautions().collect(),
        }
    }
}

impl CsvRow for Indicateur {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "definition", "formule", "denominateur", "unite", "mailles", "filieres", "precautions"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![
            self.code.into(),
            self.nom.into(),
            self.definition.into(),
            self.formule.into(),
            self.denominateur.into(),
            self.unite.into(),
            self.mailles.join(" ").into(),
            self.filieres.join(" ").into(),
            self.precautions.join(" ").into(),
        ]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list).merge(object!(read))
}

/// Tous les indicateurs
///
/// Ce que chaque chiffre veut dire : définition, formule, dénominateur, unité, filières et mailles couvertes,
/// précautions. Dans l'ordre où les réponses et les fichiers CSV les donnent.
#[utoipa::path(
    get, path = "/indicateurs", tag = "référentiels", operation_id = "lister_indicateurs",
    responses((status = 200, description = "Les indicateurs.", body = List<Indicateur>))
)]
async fn list(asked: Asked<PageOf<Indicateur>>) -> Result<Response, Problem> {
    let rang = |(rang, entry)| (format!("{rang:03}"), Indicateur::from(entry));
    let elements = catalogue::all().enumerate().map(rang).collect();
    list_answer(&asked.request, asked.wanted.page, InMemory(elements)).await
}

const CODE: Param<String> = Param::new(
    Description::new("code", Shape::Text("[a-z0-9_]{1,64}", (1, 64)), "Nom de l'indicateur.")
        .example("part_en_emploi_6_mois"),
    code,
);

fn code(text: &str) -> Result<String, Invalid> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let shape = (1..=64).contains(&text.len()) && text.bytes().all(plain);
    let expected = || Invalid("attendu : lettres minuscules, chiffres et « _ », 64 au plus".to_owned());
    shape.then(|| text.to_owned()).ok_or_else(expected)
}

/// What [`read`] takes.
struct ReadParameters {
    code: String,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (code, champs) = (reader.path(&CODE), reader.fields::<Indicateur>());
        Some(Self { code: code?, champs })
    }
}

/// Un indicateur
#[utoipa::path(
    get, path = "/indicateurs/{code}", tag = "référentiels", operation_id = "lire_indicateur",
    responses((status = 200, description = "L'indicateur.", body = Indicateur))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let ReadParameters { code, champs } = asked.wanted;
    let entry = catalogue::all().find(|(name, _)| *name == code).ok_or_else(|| {
        Problem::unknown(format!("Il n'y a pas d'indicateur « {code} » : la liste est donnée par /api/v1/indicateurs."))
    })?;
    object_answer(&champs, &Indicateur::from(entry))
}
