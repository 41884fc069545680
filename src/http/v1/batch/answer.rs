//! The answers to a batch: looked up by the chunk, written as they are found.
//!
//! The first chunk is looked up before anything is sent, so that a database that is away is a 503. What
//! follows is looked up while the client takes what was written: memory holds one chunk, whatever the
//! size of the batch. An error in the middle breaks the connection off, so that half an answer cannot
//! pass for a whole one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::header;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Written;
use super::element::{Pair, PairKind, Refused};
use super::limits::CHUNK;
use crate::db::statistiques::{LookupKey, NamedStatistique};
use crate::domain::choice::Choice;
use crate::domain::reperes::Reperes;
use crate::domain::{BatchStatus, CodeCertification, Lieu, Uai};
use crate::http::fields::Fields;
use crate::http::problem::{ParameterError, Problem};
use crate::http::request::DataRequest;
use crate::http::v1::etablissements::unknown;
use crate::http::v1::regions::unknown_certification;
use crate::http::v1::statistique::{Resolved, StatistiqueResponse, Terminales, choice, needed, terminales};

/// Answers written at once: some hundred kilobytes.
const WRITTEN: usize = 100;

/// La réponse à un élément d'un lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReponseLot)]
struct BatchAnswer {
    /// Place de l'élément dans la demande, à partir de 0.
    #[schema(example = 0)]
    indice: usize,
    /// `trouvee` ; `autre_millesime` (une année pour deux réunies, ou l'inverse : « statistique » dit laquelle) ;
    /// `masquee` (il y a une statistique, aucun de ses chiffres n'est montré) ; `sans_statistique` ; `code_inconnu` ;
    /// `uai_inconnu` ; `region_inconnue` ; `invalide` (« erreurs » dit ce qui ne va pas).
    #[schema(example = "trouvee")]
    statut: &'static str,
    /// Ce que cela veut dire et ce qu'il faut faire ; `null` pour `trouvee`.
    #[schema(required = true, example = json!(null))]
    detail: Option<String>,
    /// Tout ce qui ne va pas dans l'élément ; vide s'il est bien formé.
    #[schema(example = json!([]))]
    erreurs: Vec<ParameterError>,
    /// La statistique, pour `trouvee`, `autre_millesime` et `masquee` ; `null` sinon.
    #[schema(required = true, value_type = Option<StatistiqueResponse>)]
    statistique: Option<Shown>,
}

/// A statistic, or what `champs=` keeps of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Shown {
    Whole(Box<StatistiqueResponse>),
    Chosen(serde_json::Value),
}

/// Les réponses à un lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lot)]
pub(super) struct BatchAnswers {
    /// Une réponse par élément, dans l'ordre de la demande.
    donnees: Vec<BatchAnswer>,
    /// Combien d'éléments ont chaque statut ; ceux qui n'en ont aucun n'y sont pas.
    #[schema(example = json!({"trouvee": 1}))]
    statuts: BTreeMap<&'static str, usize>,
    /// Version des données.
    #[schema(example = "1.0.0")]
    publication: String,
}

/// What was found for an element.
struct Outcome {
    status: BatchStatus,
    detail: Option<String>,
    errors: Vec<ParameterError>,
    choice: Option<Choice<Resolved>>,
}

impl Outcome {
    fn without(status: BatchStatus, detail: impl Into<String>) -> Self {
        Self { status, detail: Some(detail.into()), errors: Vec::new(), choice: None }
    }
}

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Self {
        let detail = "L'élément est refusé : « erreurs » dit tout ce qui ne va pas et ce qui est permis.";
        Self { errors: refused.errors, ..Self::without(refused.status, detail) }
    }
}

/// What was read for a chunk.
struct Read {
    statistiques: BTreeMap<LookupKey, Vec<NamedStatistique>>,
    terminales: Terminales,
    reperes: Arc<Reperes>,
    codes: BTreeSet<CodeCertification>,
    uais: BTreeSet<Uai>,
}

/// A batch on its way: what is still to be looked up, and what waits to be written.
pub(super) struct Batch {
    request: DataRequest,
    champs: Fields,
    kind: PairKind,
    asked: std::vec::IntoIter<Result<Pair, Refused>>,
    found: std::vec::IntoIter<Outcome>,
    /// How many were written.
    count: usize,
    statuts: BTreeMap<&'static str, usize>,
}

impl Batch {
    pub(super) fn new(request: DataRequest, champs: Fields, kind: PairKind, asked: Vec<Result<Pair, Refused>>) -> Self {
        let (asked, found) = (asked.into_iter(), Vec::new().into_iter());
        Self { request, champs, kind, asked, found, count: 0, statuts: BTreeMap::new() }
    }

    /// Answers everything, in order.
    ///
    /// # Errors
    /// Those of the database for the first chunk.
    pub(super) async fn answer(mut self, written: Written) -> Result<Response, Problem> {
        self.look_up().await?;
        let pieces = stream::try_unfold(Some(self), move |batch| async move {
            let Some(batch) = batch else { return Ok(None) };
            batch.advance(written).await.map(Some).map_err(|problem| {
                tracing::error!(?problem, "a batch was broken off");
                BatchInterrupted
            })
        });
        let start = match written {
            Written::Json => Some(Ok::<_, BatchInterrupted>(Bytes::from_static(b"{\"donnees\":["))),
            Written::Lines => None,
        };
        let mut response = Response::new(HttpBody::from_stream(stream::iter(start).chain(pieces)));
        response.headers_mut().insert(header::CONTENT_TYPE, written.content_type());
        Ok(response)
    }

    /// The next piece of the answer, and what comes after it.
    async fn advance(mut self, written: Written) -> Result<(Bytes, Option<Self>), Problem> {
        if self.found.len() == 0 {
            self.look_up().await?;
        }
        let mut piece = Vec::new();
        for outcome in self.found.by_ref().take(WRITTEN).collect::<Vec<_>>() {
            if written == Written::Json && self.count > 0 {
                piece.push(b',');
            }
            serde_json::to_writer(&mut piece, &self.shown(outcome)?).map_err(Problem::internal)?;
            if written == Written::Lines {
                piece.push(b'\n');
            }
        }
        if self.found.len() > 0 || self.asked.len() > 0 {
            return Ok((piece.into(), Some(self)));
        }
        if written == Written::Json {
            let end = (&self.statuts, &self.request.publication().version);
            let [statuts, publication] = [serde_json::to_string(end.0), serde_json::to_string(end.1)];
            let (statuts, publication) = (statuts.map_err(Problem::internal)?, publication.map_err(Problem::internal)?);
            piece.extend(format!("],\"statuts\":{statuts},\"publication\":{publication}}}").into_bytes());
        }
        Ok((piece.into(), None))
    }

    /// As it is written.
    fn shown(&mut self, outcome: Outcome) -> Result<BatchAnswer, Problem> {
        let Outcome { status, detail, errors: erreurs, choice } = outcome;
        let (indice, statut) = (self.count, status.as_str());
        self.count += 1;
        *self.statuts.entry(statut).or_default() += 1;
        let response = choice.map(|choice| StatistiqueResponse::chosen(&choice, &self.request));
        let statistique = match response {
            Some(response) if !self.champs.is_everything() => Some(Shown::Chosen(self.champs.choose(&response)?)),
            response => response.map(|response| Shown::Whole(Box::new(response))),
        };
        Ok(BatchAnswer { indice, statut, detail, erreurs, statistique })
    }

    /// Looks the next chunk up.
    async fn look_up(&mut self) -> Result<(), Problem> {
        let asked: Vec<_> = self.asked.by_ref().take(CHUNK).collect();
        let mut read = self.read(asked.iter().flatten()).await?;
        let outcome = |asked| match asked {
            Ok(pair) => self.outcome(pair, &mut read),
            Err(refused) => Outcome::from(refused),
        };
        self.found = asked.into_iter().map(outcome).collect::<Vec<_>>().into_iter();
        Ok(())
    }

    /// Three statements: the statistics of every pair, those of the terminal years that they point to, and
    /// what is known of the codes and UAIs of which there are none; each only if it asks for something.
    async fn read(&self, pairs: impl Iterator<Item = &Pair> + Clone) -> Result<Read, Problem> {
        let (state, id) = (self.request.state(), self.request.publication().id);
        let keys: BTreeSet<LookupKey> = pairs.clone().map(|pair| (pair.lieu, pair.code)).collect();
        let keys: Vec<LookupKey> = keys.into_iter().collect();
        let statistiques =
            if keys.is_empty() { BTreeMap::new() } else { state.db.statistiques_at_lieux(id, &keys).await? };
        let of = |pair: &Pair| statistiques.get(&(pair.lieu, pair.code));
        let pointed = pairs.filter_map(|pair| Some(needed(of(pair)?, pair.wanted))).flatten().collect();
        let terminales = terminales(state, id, pointed).await?;
        let missing: Vec<&LookupKey> = keys.iter().filter(|key| !statistiques.contains_key(key)).collect();
        let (codes, uais) = self.known(&missing).await?;
        let reperes = state.publications.reperes(id).await?;
        Ok(Read { statistiques, terminales, reperes, codes, uais })
    }

    async fn known(&self, missing: &[&LookupKey]) -> Result<(BTreeSet<CodeCertification>, BTreeSet<Uai>), Problem> {
        if missing.is_empty() {
            return Ok((BTreeSet::new(), BTreeSet::new()));
        }
        let codes: BTreeSet<CodeCertification> = missing.iter().map(|(_, code)| *code).collect();
        let uai = |(lieu, _): &&LookupKey| if let Lieu::Etablissement(uai) = lieu { Some(*uai) } else { None };
        let uais: BTreeSet<Uai> = missing.iter().filter_map(uai).collect();
        let (codes, uais) = (Vec::from_iter(codes), Vec::from_iter(uais));
        let (state, id) = (self.request.state(), self.request.publication().id);
        Ok(state.db.known(id, &codes, &uais).await?)
    }

    fn outcome(&self, pair: Pair, read: &mut Read) -> Outcome {
        let Pair { lieu, code, wanted } = pair;
        // The same pair may be asked for again, in another year.
        let Some(stored) = read.statistiques.get(&(lieu, code)).cloned() else { return self.nothing(pair, read) };
        match choice(stored, &read.terminales, &read.reperes, wanted) {
            Err(problem) => Outcome::without(BatchStatus::Missing, problem.detail()),
            Ok(choice) => {
                let status = choice.statistique.status(wanted);
                let detail = detail(status, &choice, pair);
                Outcome { status, detail, errors: Vec::new(), choice: Some(choice) }
            }
        }
    }

    /// In the order in which a single lookup looks: the code, then the établissement.
    fn nothing(&self, Pair { lieu, code, .. }: Pair, read: &Read) -> Outcome {
        if !read.codes.contains(&code) {
            return Outcome::without(BatchStatus::UnknownCode, unknown_certification(code).detail());
        }
        match lieu {
            Lieu::Etablissement(uai) if !read.uais.contains(&uai) => {
                Outcome::without(BatchStatus::UnknownUai, unknown(uai).detail())
            }
            _ => Outcome::without(
                BatchStatus::Missing,
                format!(
                    "Cette certification existe, mais n'a pas de statistique ici ; GET {} dit où il y en a.",
                    self.kind.address(lieu, code)
                ),
            ),
        }
    }
}

/// What a status means beside a statistic.
fn detail(status: BatchStatus, choice: &Choice<Resolved>, pair: Pair) -> Option<String> {
    match (status, pair.wanted.millesime) {
        (BatchStatus::Hidden, _) => Some(
            "Il y a une statistique, dont aucun chiffre n'est montré : « absences » dit pourquoi de chacun.".to_owned(),
        ),
        (BatchStatus::OtherMillesime, Some(asked)) => {
            let found = choice.statistique.statistique().millesime;
            Some(format!("Il n'y a pas de millésime {asked} ici ; la réponse est celle de {found}."))
        }
        _ => None,
    }
}

/// Breaks the connection off; the log has the reason.
#[derive(Debug, thiserror::Error)]
#[error("a batch was broken off")]
struct BatchInterrupted;
