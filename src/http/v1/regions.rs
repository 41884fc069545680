//! `/api/v1/regions`: territories and their statistics.
//!
//! `/regions/{region}/certifications/{code}` is the point lookup that platforms call most: one
//! query on the good path, more only to explain a 404.

use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::avec_csv;
use super::liste::{ParametresFiltres, ParametresLibelle, ParametresTri, apres_statistique, filtres, niveau, tri};
use super::referentiels::territoires::{RegionReferentiel, toutes};
use super::statistique::{LigneStatistique, StatistiqueReponse, chosen, demande, elsewhere, tranches};
use crate::db::listes::{ListeStatistiques, Page, Perimetre};
use crate::domain::{CodeCertification, CodeRegion, Lieu, Maille};
use crate::http::Etat;
use crate::http::communs::{ParametresListe, ParametresObjet};
use crate::http::page::{Liste, liste, liste_en_memoire, objet};
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .merge(avec_csv(routes!(regions)))
        .merge(avec_csv(routes!(certifications)))
        .routes(routes!(certification))
}

/// Which statistic: `params(ParametresStatistique)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct ParametresStatistique {
    /// Année de sortie (`2023`) ou deux années réunies (`2022_2023`) ; l'une trouve l'autre si elle seule existe. Sans
    /// ce paramètre : le dernier millésime.
    #[param(required = false, example = "2022_2023", pattern = "^[0-9]{4}(_[0-9]{4})?$")]
    millesime: String,
    /// `apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : pour une statistique, la filière qui a le
    /// plus d'inscrits ; pour une liste, toutes.
    #[param(required = false, example = "apprentissage", pattern = "^(apprentissage|pro|agricole|superieur)$")]
    filiere: String,
}

/// Les régions
///
/// Par code INSEE : celles dont `/regions/{region}/certifications` donne les statistiques.
#[utoipa::path(
    get, path = "/regions", tag = "régions", operation_id = "lister_regions", params(ParametresListe),
    responses((status = 200, description = "Les régions.",
        content((Liste<RegionReferentiel> = "application/json"), (String = "text/csv"))))
)]
async fn regions(requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let page = lecteur.page::<String, RegionReferentiel>();
    lecteur.fin()?;
    liste_en_memoire(&requete, page, toutes()).await
}

/// Les certifications d'une région
///
/// Une ligne par certification et filière qui ont une statistique dans la région, dans l'ordre des codes ou celui de
/// `tri` ; un chiffre absent vient en dernier.
#[utoipa::path(
    get, path = "/regions/{region}/certifications", tag = "régions", operation_id = "lister_certifications_region",
    params(
        ("region" = String, Path, description = "Code INSEE de la région, ou code postal.", example = "11"),
        ParametresStatistique, ParametresLibelle, ParametresTri, ParametresFiltres, ParametresListe,
    ),
    responses((status = 200, description = "Les statistiques de la région.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn certifications(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let region = lecteur.chemin("region", CodeRegion::parse);
    let demande = demande(&mut lecteur);
    let (tri, filtres) = (tri(&mut lecteur), filtres(&mut lecteur));
    let (q, niveau) = (lecteur.texte("q"), niveau(&mut lecteur));
    let page = lecteur.page::<_, StatistiqueReponse>();
    let region = lecteur.fin_avec(region)?;
    let perimetre = Perimetre::Lieu(Lieu::Region(region));
    let tranches = tranches(&requete, Maille::Regionale, demande)?;
    let recherche = ListeStatistiques { perimetre, tranches, filtres, tri, q, niveau };
    lister(&etat, &requete, page, recherche).await
}

/// Une certification dans une région
///
/// La statistique d'une certification dans une région. Si le chiffre est masqué, la réponse est 200 et dit pourquoi.
/// S'il n'y a pas de statistique, la réponse est 404 et dit où et quand il y en a.
#[utoipa::path(
    get, path = "/regions/{region}/certifications/{code}", tag = "régions", operation_id = "lire_certification_region",
    params(
        ("region" = String, Path, description = "Code INSEE de la région, ou code postal.", example = "11"),
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ParametresStatistique, ParametresObjet,
    ),
    responses((status = 200, description = "La statistique.", body = StatistiqueReponse))
)]
async fn certification(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let region = lecteur.chemin("region", CodeRegion::parse);
    let code = lecteur.chemin("code", CodeCertification::parse);
    let demande = demande(&mut lecteur);
    let champs = lecteur.champs::<StatistiqueReponse>();
    let (region, code) = lecteur.fin_avec(region.zip(code))?;
    let id = requete.publication().id;
    let stored = etat.db.statistiques_au_lieu(id, Lieu::Region(region), code).await?;
    if stored.is_empty() {
        return Err(absente(&etat, id, region, code).await?);
    }
    let choix = chosen(&etat, id, stored, demande).await?;
    objet(&champs, &StatistiqueReponse::chosen(&choix, &requete))
}

/// Why there is no statistic: the code is unknown, or it has some elsewhere.
async fn absente(etat: &Etat, id: i32, region: CodeRegion, code: CodeCertification) -> Result<Probleme, Probleme> {
    if etat.db.certification(id, code).await?.is_none() {
        return Ok(inconnue(code));
    }
    let places = etat.db.ou_et_quand(id, code, Some(region), 5).await?;
    Ok(elsewhere(&places, &format!("en {}", region.region().nom)))
}

/// A code that no nomenclature has.
pub(super) fn inconnue(code: CodeCertification) -> Probleme {
    Probleme::inconnu(format!(
        "Le code {code} n'est dans aucune nomenclature. Vérifiez-le, ou cherchez la certification par son libellé : \
         /api/v1/certifications?q=…"
    ))
}

/// Answers with a list of statistics.
pub(super) async fn lister(
    etat: &Etat,
    requete: &Requete,
    page: crate::http::page::Page<crate::db::listes::Apres>,
    recherche: ListeStatistiques,
) -> Result<Response, Probleme> {
    let id = requete.publication().id;
    let (db, compteur, copie) = (etat.db.clone(), etat.db.clone(), recherche.clone());
    let contexte = requete.clone();
    let lire = move |apres, limite| {
        let (db, recherche, requete) = (db.clone(), recherche.clone(), contexte.clone());
        async move {
            let found = db.liste_statistiques(id, &recherche, &Page { apres, limite }).await?;
            let keyed = found.into_iter().map(|nommee| {
                let apres = apres_statistique(&nommee, &recherche);
                (apres, LigneStatistique::new(&nommee.into(), &requete))
            });
            Ok(keyed.collect())
        }
    };
    liste(requete, page, lire, async move { compteur.total_statistiques(id, &copie).await }).await
}
