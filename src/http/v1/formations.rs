//! `/api/v1/formations`: the pair (établissement, certification), which is what pupils choose.
//!
//! `/formations/{uai}/{code}` is the lookup of platforms that hold both; the lists show the same
//! statistics by établissement, by certification and around a point.

use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::avec_csv;
use super::certifications::connue;
use super::etablissements::inconnu;
use super::lieux::{ParametresLieu, zone};
use super::liste::{ParametresFiltres, ParametresLibelle, ParametresTri, filtres, niveau};
use super::regions::{ParametresStatistique, inconnue, lister as lister_statistiques};
use super::statistique::{StatistiqueReponse, chosen, demande, elsewhere, tranches};
use crate::db::listes::{Apres, ListeStatistiques, Perimetre, Tri, Zone};
use crate::domain::choix::Demande;
use crate::domain::{CodeCertification, Indicateur, Lieu, Maille, Uai};
use crate::http::Etat;
use crate::http::communs::{ParametresListe, ParametresObjet};
use crate::http::page::{Liste, Page, objet};
use crate::http::parametres::Lecteur;
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .merge(avec_csv(routes!(lister)))
        .routes(routes!(lire))
        .merge(avec_csv(routes!(de_l_etablissement)))
        .merge(avec_csv(routes!(de_la_certification)))
}

/// What the list takes beside places, filters and sort.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
struct ParametresFormations {
    /// UAI d'un établissement.
    #[param(required = false, example = "0350017D")]
    uai: String,
    /// CFD, MEFSTAT11, ou `SISE:` et un code SISE.
    #[param(required = false, example = "32020008")]
    code: String,
}

/// Chercher des formations
///
/// Une ligne par établissement, certification et filière qui ont une statistique, dans l'ordre des UAI puis des codes,
/// ou par distance avec `proche`. `tri` par un indicateur demande aussi un lieu ou un code. Les années antérieures et
/// communes n'y sont pas : leur dernière année y est.
#[utoipa::path(
    get, path = "/formations", tag = "formations", operation_id = "chercher_formations",
    params(
        ParametresFormations, ParametresLieu, ParametresStatistique, ParametresLibelle,
        ("tri" = Option<String>, Query, description = "`uai`, `distance` (avec `proche`) ou, avec un lieu ou un code, le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Sans ce paramètre : `distance` avec `proche`, sinon `uai`.", example = "-uai"),
        ParametresFiltres, ParametresListe,
    ),
    responses((status = 200, description = "Les formations trouvées.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn lister(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let (uai, code) = (lecteur.uai(), lecteur.code("code"));
    let zone = Zone { uai, code, ..zone(&mut lecteur) };
    let (demande, q, niveau) = (demande(&mut lecteur), lecteur.texte("q"), niveau(&mut lecteur));
    let recherche = ListeStatistiques { q, niveau, ..recherche(&mut lecteur, "uai", zone) };
    let page = lecteur.page::<_, StatistiqueReponse>();
    lecteur.fin()?;
    repondre(&etat, &requete, page, demande, recherche).await
}

/// Une formation
///
/// La statistique d'une certification dans un établissement : chiffres, contexte, origine, phrases à montrer. Si le
/// chiffre est masqué, la réponse est 200 et dit pourquoi. S'il n'y a pas de statistique, la réponse est 404 et dit où
/// et quand il y en a. Une année antérieure répond par sa dernière année, une année commune par chaque spécialité.
#[utoipa::path(
    get, path = "/formations/{uai}/{code}", tag = "formations", operation_id = "lire_formation",
    params(
        ("uai" = String, Path, description = "UAI : 7 chiffres et une lettre de contrôle.", example = "0350017D"),
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ParametresStatistique, ParametresObjet,
    ),
    responses((status = 200, description = "La statistique.", body = StatistiqueReponse))
)]
async fn lire(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let uai = lecteur.chemin("uai", Uai::parse);
    let code = lecteur.chemin("code", CodeCertification::parse);
    let demande = demande(&mut lecteur);
    let champs = lecteur.champs::<StatistiqueReponse>();
    let (uai, code) = lecteur.fin_avec(uai.zip(code))?;
    let id = requete.publication().id;
    let stored = etat.db.statistiques_au_lieu(id, Lieu::Etablissement(uai), code).await?;
    if stored.is_empty() {
        return Err(absente(&etat, id, uai, code).await?);
    }
    let choix = chosen(&etat, id, stored, demande).await?;
    objet(&champs, &StatistiqueReponse::chosen(&choix, &requete))
}

/// Why there is no statistic: the code or the établissement is unknown, or there is one elsewhere.
async fn absente(etat: &Etat, id: i32, uai: Uai, code: CodeCertification) -> Result<Probleme, Probleme> {
    let (certification, etablissement) =
        tokio::try_join!(etat.db.certification(id, code), etat.db.etablissement(id, uai))?;
    if certification.is_none() {
        return Ok(inconnue(code));
    }
    let Some(etablissement) = etablissement else { return Ok(inconnu(uai)) };
    let places = etat.db.ou_et_quand(id, code, etablissement.region, 5).await?;
    Ok(elsewhere(&places, &format!("dans l'établissement {uai}")))
}

/// Les formations d'un établissement
///
/// Une ligne par certification et filière qui ont une statistique dans l'établissement, dans l'ordre des codes ou celui
/// de `tri`.
#[utoipa::path(
    get, path = "/etablissements/{uai}/formations", tag = "établissements", operation_id = "lister_formations_etablissement",
    params(
        ("uai" = String, Path, description = "UAI : 7 chiffres et une lettre de contrôle.", example = "0350017D"),
        ParametresStatistique, ParametresLibelle, ParametresTri, ParametresFiltres, ParametresListe,
    ),
    responses((status = 200, description = "Les statistiques de l'établissement.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn de_l_etablissement(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let uai = lecteur.chemin("uai", Uai::parse);
    let (demande, q, niveau) = (demande(&mut lecteur), lecteur.texte("q"), niveau(&mut lecteur));
    let zone = Zone { uai, ..Zone::default() };
    let recherche = ListeStatistiques { q, niveau, ..recherche(&mut lecteur, "code", zone) };
    let page = lecteur.page::<_, StatistiqueReponse>();
    let uai = lecteur.fin_avec(uai)?;
    if etat.db.etablissement(requete.publication().id, uai).await?.is_none() {
        return Err(inconnu(uai));
    }
    repondre(&etat, &requete, page, demande, recherche).await
}

/// Les établissements d'une certification
///
/// Où elle est enseignée, avec les statistiques : une ligne par établissement et filière, dans l'ordre des UAI, ou par
/// distance avec `proche`, ou dans l'ordre de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/etablissements", tag = "certifications",
    operation_id = "lister_etablissements_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ParametresLieu, ParametresStatistique,
        ("tri" = Option<String>, Query, description = "`uai`, `distance` (avec `proche`) ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant.", example = "-part_en_emploi_6_mois"),
        ("part_en_emploi_6_mois[gte]" = Option<i32>, Query, description = "Condition sur un indicateur, comme dans les autres listes.", example = 50),
        ParametresListe,
    ),
    responses((status = 200, description = "Les statistiques des établissements.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn de_la_certification(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let code = lecteur.chemin("code", CodeCertification::parse);
    let zone = Zone { code, ..zone(&mut lecteur) };
    let (demande, recherche) = (demande(&mut lecteur), recherche(&mut lecteur, "uai", zone));
    let page = lecteur.page::<_, StatistiqueReponse>();
    let code = lecteur.fin_avec(code)?;
    connue(&etat, &requete, code).await?;
    repondre(&etat, &requete, page, demande, recherche).await
}

/// Reads sort and conditions of a list of formations; `cle` is the name of its own order.
fn recherche(lecteur: &mut Lecteur<'_>, cle: &'static str, zone: Zone) -> ListeStatistiques {
    let (tri, filtres) = (tri(lecteur, cle, &zone), filtres(lecteur));
    let perimetre = Perimetre::Formations(zone);
    ListeStatistiques { perimetre, tranches: Vec::new(), filtres, tri, q: None, niveau: None }
}

/// Reads `tri=`. Sorting all formations of the country by a figure would read them all for every
/// page; those of a place or a code are few.
fn tri(lecteur: &mut Lecteur<'_>, cle: &'static str, zone: &Zone) -> Tri {
    #[derive(Clone, Copy)]
    enum Par {
        Cle,
        Distance,
        Figure(Indicateur),
    }
    let mut choix = vec![(cle, Par::Cle)];
    choix.extend(zone.proximite.map(|_| ("distance", Par::Distance)));
    choix.extend(Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), Par::Figure(*indicateur))));
    let defaut = if zone.proximite.is_some() { Par::Distance } else { Par::Cle };
    match lecteur.tri(&choix, defaut) {
        (Par::Cle, descending) => Tri::Code { descending },
        (Par::Distance, descending) => {
            if descending {
                lecteur.refuser("tri", "-distance", "la distance ne se trie que dans un sens : le plus proche d'abord");
            }
            Tri::Distance
        }
        (Par::Figure(indicateur), descending) => {
            if !zone.is_narrow() {
                let detail = "le tri par un indicateur demande aussi un lieu ou un code : « region », « academie », \
                              « departement », « proche », « uai » ou « code »";
                lecteur.refuser("tri", indicateur.as_str(), detail);
            }
            Tri::Figure { indicateur, descending }
        }
    }
}

/// Answers with the latest millésime of each filière, or the one asked for.
async fn repondre(
    etat: &Etat,
    requete: &Requete,
    page: Page<Apres>,
    demande: Demande,
    recherche: ListeStatistiques,
) -> Result<Response, Probleme> {
    let tranches = tranches(requete, Maille::Etablissement, demande)?;
    lister_statistiques(etat, requete, page, ListeStatistiques { tranches, ..recherche }).await
}
