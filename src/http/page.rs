//! Page: lists, one page at a time as JSON, or whole as CSV.
//!
//! Keyset paging: a page begins after the last key of the one before, so that the thousandth
//! page costs what the first does and nothing is repeated or skipped. One row more than asked
//! for is read to know whether there is a next page; nothing is counted unless `total=true`.
//!
//! The CSV twin reads the same pages one after the other: one database function serves both.

use std::future::Future;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::champs::Champs;
use super::csv::{self, LigneCsv, Separateur};
use super::curseur::Curseur;
use super::probleme::Probleme;
use super::publication::PublicationCourante;
use super::requete::{Format, Requete};
use crate::db::DbError;

/// Rows read at once for a CSV file: a few hundred kilobytes.
const LIGNES_CSV: i64 = 2000;

/// `application/json`, for answers written as bytes.
const JSON: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

/// What a client asks of a list. `K` is the key that orders it.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// Elements of a page, 1 to 1000.
    pub limite: i64,
    /// The key after which the page begins.
    pub apres: Option<K>,
    /// Whether the total is wanted.
    pub total: bool,
    /// Which fields.
    pub champs: Champs,
    /// For CSV.
    pub separateur: Separateur,
}

impl<K> Default for Page<K> {
    fn default() -> Self {
        Self { limite: 50, apres: None, total: false, champs: Champs::tous(), separateur: Separateur::Virgule }
    }
}

/// Une page d'une liste.
#[derive(Debug, Serialize, ToSchema)]
pub struct Liste<T> {
    /// Les éléments, dans l'ordre documenté de la liste.
    pub donnees: Vec<T>,
    /// Où l'on est dans la liste.
    pub pagination: Pagination,
    /// Version des données.
    #[schema(example = "1.0.0")]
    pub publication: String,
}

/// Où l'on est dans la liste.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pagination {
    /// Nombre d'éléments par page demandé.
    #[schema(example = 50)]
    pub limite: i64,
    /// Valeur de `curseur` pour la page suivante ; `null` sur la dernière.
    #[schema(required = true)]
    pub suivant: Option<String>,
    /// Nombre total d'éléments, filtres appliqués ; présent avec `total=true` seulement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1234)]
    pub total: Option<u64>,
}

/// Answers with one object.
///
/// # Errors
/// 500 for a value that JSON cannot hold.
pub fn objet<T: Serialize>(champs: &Champs, valeur: &T) -> Result<Response, Probleme> {
    Ok(([JSON], champs.en_octets(valeur)?).into_response())
}

/// Answers with a list, as JSON or CSV.
///
/// `lire(apres, nombre)` gives at most `nombre` elements after the key `apres`, each with its
/// key, in the order of the list. `compter` is awaited only with `total=true`.
///
/// # Errors
/// Those of the database; in the middle of a CSV file they break the connection off.
pub async fn liste<K, T, L, F>(
    requete: &Requete,
    page: Page<K>,
    lire: L,
    compter: impl Future<Output = Result<u64, DbError>>,
) -> Result<Response, Probleme>
where
    K: Serialize + Clone + Send + Sync + 'static,
    T: Serialize + LigneCsv + Send + 'static,
    L: Fn(Option<K>, i64) -> F + Send + 'static,
    F: Future<Output = Result<Vec<(K, T)>, DbError>> + Send,
{
    if requete.format() == Format::Csv {
        return en_csv(requete, page.separateur, lire).await;
    }
    let mut rows = lire(page.apres.clone(), page.limite + 1).await?;
    let kept = usize::try_from(page.limite).unwrap_or(usize::MAX);
    let more = rows.len() > kept;
    rows.truncate(kept);
    let suivant = rows.last().filter(|_| more).and_then(|(key, _)| requete.curseur_apres(key));
    let total = if page.total { Some(compter.await?) } else { None };
    let link = suivant.as_deref().map(|curseur| requete.lien_suivant(curseur));
    let pagination = Pagination { limite: page.limite, suivant, total };
    let donnees: Vec<T> = rows.into_iter().map(|(_, element)| element).collect();
    let mut response = enveloppe(requete, &page.champs, donnees, pagination)?;
    if let Some(Ok(link)) = link.map(|link| HeaderValue::from_str(&link)) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Answers with a list that is in memory; each element with its key, in the order of the keys.
///
/// # Errors
/// None but a bug.
pub async fn liste_en_memoire<T>(
    requete: &Requete,
    page: Page<String>,
    elements: Vec<(String, T)>,
) -> Result<Response, Probleme>
where
    T: Serialize + LigneCsv + Clone + Send + Sync + 'static,
{
    let total = u64::try_from(elements.len()).unwrap_or(u64::MAX);
    let lire = move |apres: Option<String>, nombre: i64| {
        let nombre = usize::try_from(nombre).unwrap_or(usize::MAX);
        let suite = elements.iter().filter(|(key, _)| apres.as_ref().is_none_or(|apres| key > apres));
        let rows = suite.take(nombre).cloned().collect();
        std::future::ready(Ok(rows))
    };
    liste(requete, page, lire, std::future::ready(Ok(total))).await
}

fn enveloppe<T: Serialize>(
    requete: &Requete,
    champs: &Champs,
    donnees: Vec<T>,
    pagination: Pagination,
) -> Result<Response, Probleme> {
    let publication = requete.publication().version.clone();
    let bytes = if champs.est_tout() {
        serde_json::to_vec(&Liste { donnees, pagination, publication })
    } else {
        let donnees: Vec<Value> =
            donnees.iter().map(|element| champs.choisir(element)).collect::<Result<_, Probleme>>()?;
        serde_json::to_vec(&Liste { donnees, pagination, publication })
    };
    Ok(([JSON], bytes.map_err(Probleme::interne)?).into_response())
}

/// Where a CSV file has got to.
struct Suite<K, L> {
    lire: L,
    apres: Option<K>,
    separateur: Separateur,
    publications: PublicationCourante,
    publication: i32,
}

/// The first page is read before anything is sent: a database that is away is then still a 503.
async fn en_csv<K, T, L, F>(requete: &Requete, separateur: Separateur, lire: L) -> Result<Response, Probleme>
where
    K: Serialize + Clone + Send + Sync + 'static,
    T: Serialize + LigneCsv + Send + 'static,
    L: Fn(Option<K>, i64) -> F + Send + 'static,
    F: Future<Output = Result<Vec<(K, T)>, DbError>> + Send,
{
    let publication = requete.publication();
    let nom = format!("{}-{}", requete.nom_de_liste(), publication.version);
    let suite = Suite {
        lire,
        apres: None,
        separateur,
        publications: requete.contexte().etat.publications.clone(),
        publication: publication.id,
    };
    let entete = csv::entete::<T>(separateur)?;
    let (lignes, suite) = suite.avancer().await?;
    let debut = stream::iter([Ok::<_, CsvInterrompu>(entete), Ok(lignes)]);
    let fin = stream::try_unfold(suite, |suite| async move {
        let Some(suite) = suite else { return Ok(None) };
        suite.avancer().await.map(Some).map_err(|probleme| {
            tracing::error!(?probleme, "a CSV file was broken off");
            CsvInterrompu
        })
    });
    Ok(csv::reponse(&nom, debut.chain(fin)))
}

/// Breaks the connection off; the log has the reason.
#[derive(Debug, thiserror::Error)]
#[error("a CSV file was broken off")]
struct CsvInterrompu;

impl<K: Clone, L> Suite<K, L> {
    /// The next rows, and what comes after them.
    async fn avancer<T, F>(mut self) -> Result<(Bytes, Option<Self>), Probleme>
    where
        T: LigneCsv,
        L: Fn(Option<K>, i64) -> F,
        F: Future<Output = Result<Vec<(K, T)>, DbError>> + Send,
    {
        let premiere = self.apres.is_none();
        let (keys, rows): (Vec<K>, Vec<T>) = (self.lire)(self.apres.take(), LIGNES_CSV).await?.into_iter().unzip();
        let lignes = csv::lignes(self.separateur, &rows)?;
        self.apres = keys.into_iter().last();
        let complete = i64::try_from(rows.len()).is_ok_and(|read| read < LIGNES_CSV) || self.apres.is_none();
        if complete && !premiere {
            // The rows of a publication retired meanwhile are gone: the end may be missing.
            self.publications.verifier(self.publication).await?;
        }
        Ok((lignes, (!complete).then_some(self)))
    }
}

/// Parameters that do not change which list it is.
const HORS_DEMANDE: &[&str] = &["limite", "curseur", "total", "champs", "publication"];

impl Requete {
    /// The list, its filters and its sort, in one text.
    pub(super) fn demande(&self) -> String {
        let contexte = self.contexte();
        format!("{}?{}", contexte.chemin, contexte.interrogation.canonique(HORS_DEMANDE))
    }

    fn curseur_apres<K: Serialize>(&self, key: &K) -> Option<String> {
        Curseur::new(&self.demande(), key, self.publication().id).map(|curseur| curseur.encode())
    }

    fn lien_suivant(&self, curseur: &str) -> String {
        let contexte = self.contexte();
        let autres = contexte.interrogation.canonique(&["curseur"]);
        let et = if autres.is_empty() { "" } else { "&" };
        format!("<{}?{autres}{et}curseur={curseur}>; rel=\"next\"", contexte.chemin)
    }

    /// The last words of the path, for the name of a file.
    fn nom_de_liste(&self) -> String {
        let path = self.contexte().chemin.trim_start_matches("/api/v1/");
        path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    }
}
