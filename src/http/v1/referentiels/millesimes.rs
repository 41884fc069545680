//! Which cohorts there are, by maille and filière.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::publications::CompteStatistiques;
use crate::domain::{Filiere, Invalide, Maille, Millesime};
use crate::http::Etat;
use crate::http::communs::ParametresListe;
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::page::{Liste, liste_en_memoire};
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;
use crate::http::v1::avec_csv;

/// Un millésime, là où il existe.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MillesimeConnu {
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Filière.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// La cohorte de sortants : une année, ou deux années cumulées.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Est-ce le plus récent de cette maille et de cette filière, celui des listes sans `millesime=` ?
    #[schema(example = true)]
    dernier: bool,
    /// Nombre de statistiques, masquées comprises.
    #[schema(example = 5902)]
    statistiques: u64,
}

impl LigneCsv for MillesimeConnu {
    fn colonnes() -> Vec<&'static str> {
        vec!["maille", "filiere", "millesime", "dernier", "statistiques"]
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        vec![
            self.maille.into(),
            self.filiere.into(),
            (&self.millesime).into(),
            self.dernier.into(),
            self.statistiques.into(),
        ]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    avec_csv(routes!(lister))
}

/// Les millésimes
///
/// Quels millésimes existent, par maille et filière, du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/referentiels/millesimes", tag = "référentiels", operation_id = "lister_millesimes",
    params(
        ("maille" = Option<String>, Query, description = "Une maille : `nationale`, `regionale` ou `etablissement`.",
            example = "regionale"),
        ("filiere" = Option<String>, Query, description = "Une filière : `apprentissage`, `pro`, `agricole` ou \
            `superieur`.", example = "apprentissage"),
        ParametresListe
    ),
    responses((status = 200, description = "Les millésimes.",
        content((Liste<MillesimeConnu> = "application/json"), (String = "text/csv"))))
)]
async fn lister(requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let maille = lecteur.lire("maille", Maille::parse);
    let filiere = lecteur.filiere();
    let page = lecteur.page::<String, MillesimeConnu>();
    lecteur.fin()?;
    let connus = requete.publication().comptes.statistiques.iter().map(lire).collect::<Result<BTreeMap<_, _>, _>>();
    let connus = connus.map_err(Probleme::interne)?;
    let wanted = |(m, f, _): &Cle| maille.is_none_or(|maille| maille == *m) && filiere.is_none_or(|fil| fil == *f);
    let elements = connus.iter().filter(|(cle, _)| wanted(cle)).enumerate().map(|(rang, (cle, nombre))| {
        let dernier = connus.keys().rfind(|(m, f, _)| (*m, *f) == (cle.0, cle.1)) == Some(cle);
        (format!("{rang:06}"), presenter(*cle, *nombre, dernier))
    });
    liste_en_memoire(&requete, page, elements.collect()).await
}

/// In the order of the list.
type Cle = (Maille, Filiere, Millesime);

/// Reads what the publication counted.
fn lire(compte: &CompteStatistiques) -> Result<(Cle, u64), Invalide> {
    let cle = (Maille::parse(&compte.maille)?, Filiere::parse(&compte.filiere)?, Millesime::parse(&compte.millesime)?);
    Ok((cle, compte.nombre))
}

fn presenter((maille, filiere, millesime): Cle, statistiques: u64, dernier: bool) -> MillesimeConnu {
    MillesimeConnu {
        maille: maille.as_str(),
        filiere: filiere.as_str(),
        millesime: millesime.to_string(),
        dernier,
        statistiques,
    }
}
