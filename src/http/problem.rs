//! Every error, as `application/problem+json` (RFC 9457).
//!
//! An error has two sides that never meet. What the integrator reads (`detail`, `errors`) is
//! French and written for them; what went wrong inside ([`Problem::cause`]) is for the log and
//! is not part of the type that is serialised, so that it cannot reach a body by mistake.
//!
//! A [`Problem`] travels as an extension of an empty response; [`finish`] writes the body
//! outside of everything, because only there the address and the request's identifier are known.
//! It also gives a body to the errors that libraries answer with (405, 406).

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::DbError;

/// What can be wrong, as a closed list: the word in `code`, the status, the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCode {
    /// One or more parameters are outside their domain.
    InvalidParameters,
    /// No such address.
    UnknownRoute,
    /// A well-formed code, UAI or version that does not exist.
    UnknownResource,
    /// It exists, but has no statistic there.
    StatistiqueAbsente,
    /// The address exists, not with this method.
    MethodRefused,
    /// The publication was retired.
    PublicationRetired,
    /// The client accepts no coding that there is.
    CodingRefused,
    /// The client asks more often than it may.
    TooManyRequests,
    /// A key that opens nothing.
    KeyRefused,
    /// A body that is longer, or asks for more, than is allowed.
    BodyTooLarge,
    /// A body of a kind that is not read.
    MediaTypeRefused,
    /// A catalogue that cannot be read rightly.
    CatalogueRefused,
    /// A part of a file that is not there.
    RangeRefused,
    /// The files of a publication are being made.
    ExportsInPreparation,
    /// The files of a publication cannot be made.
    ExportsUnavailable,
    /// A bug.
    InternalError,
    /// Nothing has been published yet.
    NoPublication,
    /// PostgreSQL is away.
    DatabaseUnavailable,
    /// Too many requests at once.
    Overload,
    /// The answer took too long.
    Timeout,
}

/// How a [`ProblemCode`] presents itself.
pub struct Definition {
    /// The word in `code` and in `type`.
    pub word: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// The title, the same for every occurrence.
    pub titre: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Seconds after which trying again makes sense.
    pub retry: Option<u32>,
}

impl ProblemCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 20] = [
        Self::InvalidParameters,
        Self::UnknownRoute,
        Self::UnknownResource,
        Self::StatistiqueAbsente,
        Self::MethodRefused,
        Self::PublicationRetired,
        Self::CodingRefused,
        Self::TooManyRequests,
        Self::KeyRefused,
        Self::BodyTooLarge,
        Self::MediaTypeRefused,
        Self::CatalogueRefused,
        Self::RangeRefused,
        Self::ExportsInPreparation,
        Self::ExportsUnavailable,
        Self::InternalError,
        Self::NoPublication,
        Self::DatabaseUnavailable,
        Self::Overload,
        Self::Timeout,
    ];

    /// Word, status, title and advice.
    #[must_use]
    pub fn definition(self) -> Definition {
        let (word, status, titre, advice, retry) = match self {
            Self::InvalidParameters => (
                "parametres_invalides",
                StatusCode::BAD_REQUEST,
                "Paramètres refusés",
                "Corrigez tous les paramètres listés dans « errors » : chacun dit ce qui est permis.",
                None,
            ),
            Self::UnknownRoute => (
                "route_inconnue",
                StatusCode::NOT_FOUND,
                "Adresse inconnue",
                "Vérifiez l'adresse : toutes celles qui existent sont décrites dans /docs.",
                None,
            ),
            Self::UnknownResource => (
                "ressource_inconnue",
                StatusCode::NOT_FOUND,
                "Ressource inconnue",
                "Le code est bien formé mais n'existe pas dans cette publication : cherchez-le dans la liste.",
                None,
            ),
            Self::StatistiqueAbsente => (
                "statistique_absente",
                StatusCode::NOT_FOUND,
                "Pas de statistique ici",
                "« detail » dit pour quels lieux et millésimes il y en a une.",
                None,
            ),
            Self::MethodRefused => (
                "methode_refusee",
                StatusCode::METHOD_NOT_ALLOWED,
                "Méthode refusée",
                "Utilisez l'une des méthodes de l'en-tête Allow.",
                None,
            ),
            Self::PublicationRetired => (
                "publication_retiree",
                StatusCode::GONE,
                "Publication retirée",
                "Recommencez sans « publication » ni « curseur » ; /api/v1/publications liste les versions servies.",
                None,
            ),
            Self::CodingRefused => (
                "codage_refuse",
                StatusCode::NOT_ACCEPTABLE,
                "Codage refusé",
                "Acceptez « identity », « gzip », « br » ou « zstd » dans l'en-tête Accept-Encoding.",
                None,
            ),
            Self::TooManyRequests => (
                "trop_de_requetes",
                StatusCode::TOO_MANY_REQUESTS,
                "Trop de requêtes",
                "Attendez le délai de l'en-tête Retry-After ; RateLimit-Policy dit ce qui est permis, RateLimit ce qui \
                 reste. Une clé donne droit à davantage : demandez-la à l'exploitant.",
                None,
            ),
            _ => return self.body_definition(),
        };
        Definition { word, status, titre, advice, retry }
    }

    /// Those of requests that have a body.
    fn body_definition(self) -> Definition {
        let (word, status, titre, advice) = match self {
            Self::KeyRefused => (
                "cle_refusee",
                StatusCode::UNAUTHORIZED,
                "Clé refusée",
                "La clé est inconnue, expirée, révoquée, ou n'ouvre pas /api/v1 : corrigez-la, ou ne donnez pas de clé.",
            ),
            Self::BodyTooLarge => (
                "corps_trop_grand",
                StatusCode::PAYLOAD_TOO_LARGE,
                "Corps trop grand",
                "Demandez moins à la fois, en plusieurs requêtes ; « detail » dit combien au plus.",
            ),
            Self::MediaTypeRefused => (
                "type_refuse",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Type de corps refusé",
                "Envoyez du JSON (Content-Type: application/json) ou du NDJSON (application/x-ndjson).",
            ),
            Self::CatalogueRefused => (
                "catalogue_refuse",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Catalogue refusé",
                "« detail » dit ce qui ne peut pas être lu et comment le corriger ; rien n'a été apparié.",
            ),
            Self::RangeRefused => (
                "plage_refusee",
                StatusCode::RANGE_NOT_SATISFIABLE,
                "Plage refusée",
                "Demandez une plage d'octets du fichier : l'en-tête Content-Range en donne la longueur.",
            ),
            _ => return self.server_definition(),
        };
        Definition { word, status, titre, advice, retry: None }
    }

    /// The ones that are not the client's doing.
    fn server_definition(self) -> Definition {
        let (word, status, titre, advice, retry) = match self {
            Self::ExportsInPreparation => (
                "exports_en_preparation",
                StatusCode::SERVICE_UNAVAILABLE,
                "Fichiers en préparation",
                "Les fichiers de cette publication sont en cours d'écriture : réessayez après le délai de l'en-tête Retry-After.",
                Some(10),
            ),
            Self::ExportsUnavailable => (
                "exports_indisponibles",
                StatusCode::SERVICE_UNAVAILABLE,
                "Fichiers indisponibles",
                "Les fichiers ne peuvent pas être écrits pour l'instant ; le reste du service répond. Signalez-le avec la \
                 valeur de « request_id ».",
                Some(60),
            ),
            Self::NoPublication => (
                "aucune_publication",
                StatusCode::SERVICE_UNAVAILABLE,
                "Aucune donnée publiée",
                "Le service est en marche mais rien n'a encore été publié : réessayez plus tard.",
                Some(30),
            ),
            Self::DatabaseUnavailable => (
                "base_indisponible",
                StatusCode::SERVICE_UNAVAILABLE,
                "Base de données indisponible",
                "Réessayez dans quelques secondes ; les réponses déjà obtenues restent valables.",
                Some(5),
            ),
            Self::Overload => (
                "surcharge",
                StatusCode::SERVICE_UNAVAILABLE,
                "Service surchargé",
                "Trop de requêtes sont en cours : réessayez après le délai de l'en-tête Retry-After.",
                Some(1),
            ),
            Self::Timeout => (
                "delai_depasse",
                StatusCode::SERVICE_UNAVAILABLE,
                "Réponse trop longue à préparer",
                "Réessayez, ou demandez moins à la fois avec « limite » et les filtres.",
                Some(5),
            ),
            _ => (
                "erreur_interne",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Erreur interne",
                "L'erreur vient du service. Signalez-la avec la valeur de « request_id ».",
                None,
            ),
        };
        Definition { word, status, titre, advice, retry }
    }

    /// The code that fits an error which a library answered with.
    pub(super) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::UnknownRoute,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodRefused,
            StatusCode::NOT_ACCEPTABLE => Self::CodingRefused,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaTypeRefused,
            status if status.is_client_error() => Self::InvalidParameters,
            _ => Self::InternalError,
        }
    }
}

/// One parameter that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ErreurParametre)]
pub struct ParameterError {
    /// Nom du paramètre, tel que reçu.
    #[schema(example = "limite")]
    #[serde(rename = "parametre")]
    pub parameter: String,
    /// Valeur reçue (coupée à 200 caractères).
    #[schema(example = "0")]
    pub valeur: String,
    /// Ce qui ne va pas et ce qui est permis.
    #[schema(example = "attendu : un nombre entier de 1 à 1000")]
    pub detail: String,
}

impl ParameterError {
    /// A refused parameter.
    #[must_use]
    pub fn new(parameter: impl Into<String>, valeur: &str, detail: impl Into<String>) -> Self {
        let valeur = valeur.chars().take(200).collect();
        Self { parameter: parameter.into(), valeur, detail: detail.into() }
    }
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct Problem {
    code: ProblemCode,
    detail: String,
    errors: Vec<ParameterError>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// An error with its own explanation (French, for the integrator).
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), cause: None }
    }

    /// An error whose fixed advice says it all.
    #[must_use]
    pub fn of(code: ProblemCode) -> Self {
        Self::new(code, code.definition().advice)
    }

    /// 400: every parameter that is refused.
    #[must_use]
    pub fn parameters(errors: Vec<ParameterError>) -> Self {
        let detail = match errors.as_slice() {
            [single] => format!("Paramètre « {} » : {}.", single.parameter, single.detail),
            several => {
                let mut detail = format!("{} paramètres sont refusés :", several.len());
                for (index, error) in several.iter().enumerate() {
                    let _ = write!(detail, "{} {}", if index == 0 { "" } else { "," }, error.parameter);
                }
                detail + ". « errors » dit pour chacun ce qui est permis."
            }
        };
        Self { errors, ..Self::new(ProblemCode::InvalidParameters, detail) }
    }

    /// 404: well-formed, but it does not exist; `detail` says what to do.
    #[must_use]
    pub fn unknown(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::UnknownResource, detail)
    }

    /// 404: it exists, without a statistic there; `detail` says where and when there is one.
    #[must_use]
    pub fn sans_statistique(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::StatistiqueAbsente, detail)
    }

    /// 500, with what the log should say.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..Self::of(ProblemCode::InternalError) }
    }

    /// The same, with what the log should say.
    #[must_use]
    pub(super) fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The parameters that are refused.
    pub(super) fn errors(&self) -> &[ParameterError] {
        &self.errors
    }

    /// The body that this error has at `instance`, for the contract.
    pub(super) fn example(&self, instance: &str) -> serde_json::Value {
        serde_json::to_value(ProblemBody::new(self, instance, "5f0c6f6e8a9d4c21")).unwrap_or_default()
    }

    /// Word, status, title and advice of its kind.
    pub(super) fn definition(&self) -> Definition {
        self.code.definition()
    }

    /// What is told to the integrator.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// Two of one request: everything that is refused when both refuse parameters, else the first.
    pub(super) fn together(mut self, other: Self) -> Self {
        if (self.code, other.code) != (ProblemCode::InvalidParameters, ProblemCode::InvalidParameters) {
            return self;
        }
        self.errors.extend(other.errors);
        Self::parameters(self.errors)
    }

    /// What went wrong inside, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) => {
                Self { cause: Some(Box::new(error)), ..Self::of(ProblemCode::DatabaseUnavailable) }
            }
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.definition().status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Une erreur, selon la RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probleme)]
pub struct ProblemBody {
    /// Adresse stable de la description de ce genre d'erreur.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problemes#parametres_invalides")]
    kind: String,
    /// Titre, le même pour toutes les erreurs de ce genre.
    #[schema(example = "Paramètres refusés")]
    title: &'static str,
    /// Statut HTTP.
    #[schema(example = 400)]
    status: u16,
    /// Ce qui s'est passé et ce qu'il faut faire.
    #[schema(example = "Paramètre « limite » : attendu : un nombre entier de 1 à 1000.")]
    detail: String,
    /// Adresse demandée.
    #[schema(example = "/api/v1/certifications")]
    instance: String,
    /// Genre d'erreur, en un mot : une liste fermée.
    #[schema(example = "parametres_invalides")]
    code: &'static str,
    /// Identifiant de la requête, le même que dans l'en-tête `X-Request-Id` : à joindre à tout signalement.
    #[schema(example = "5f0c6f6e8a9d4c21")]
    request_id: String,
    /// Tous les paramètres refusés ; vide pour les autres erreurs.
    errors: Vec<ParameterError>,
}

impl ProblemBody {
    fn new(problem: &Problem, instance: &str, request_id: &str) -> Self {
        let definition = problem.code.definition();
        Self {
            kind: format!("/docs/problemes#{}", definition.word),
            title: definition.titre,
            status: definition.status.as_u16(),
            detail: problem.detail.clone(),
            instance: instance.to_owned(),
            code: definition.word,
            request_id: request_id.to_owned(),
            errors: problem.errors.clone(),
        }
    }
}

/// Marks an answer whose status is an error and whose body is nevertheless its own (readiness).
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnBody;

/// Gives every error its body, whoever answered with it; headers such as `Allow` stay.
pub(super) fn finish(response: Response, instance: &str, request_id: &str) -> Response {
    let status = response.status();
    let error = status.is_client_error() || status.is_server_error();
    if !error || response.extensions().get::<OwnBody>().is_some() {
        return response;
    }
    let (parts, _) = response.into_parts();
    let problem = parts
        .extensions
        .get::<Arc<Problem>>()
        .cloned()
        .unwrap_or_else(|| Arc::new(Problem::of(ProblemCode::from_status(status))));
    let body = serde_json::to_vec(&ProblemBody::new(&problem, instance, request_id)).unwrap_or_default();
    let mut response = Response::from_parts(parts, body.into());
    let headers = response.headers_mut();
    // These headers described the body that is replaced.
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::ETAG, header::LINK] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(secondes) = problem.code.definition().retry {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(secondes));
    }
    response.extensions_mut().insert(problem);
    response
}
