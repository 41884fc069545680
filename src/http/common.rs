//! Communs: the parameters that many routes share, described once for the contract.
//!
//! These types document; [`super::parameters::ParameterReader`] reads. Examples of optional parameters stand
//! in the text: the documentation page would send a formal example or default with every trial.

use utoipa::IntoParams;

/// For a single resource: `params(ObjectParameters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub struct ObjectParameters {
    /// Champs de premier niveau à garder, séparés par des virgules (`code,nom`). Sans ce paramètre : tous.
    #[param(required = false)]
    champs: String,
    /// Version des données dont on veut la réponse, parmi celles de `/api/v1/publications`. La réponse ne changera
    /// plus : elle peut être gardée un an (`1.0.0`). Sans ce paramètre : la publication en service.
    #[param(required = false)]
    publication: String,
}

/// For a list: `params(ListParameters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub struct ListParameters {
    /// Nombre d'éléments par page.
    #[param(required = false, minimum = 1, maximum = 1000, default = 50, example = 50)]
    limite: i64,
    /// Valeur de `pagination.suivant` de la page précédente, avec les mêmes autres paramètres. Un curseur garde sa
    /// publication : les pages d'une liste vont ensemble même si de nouvelles données arrivent entre-temps. Sans ce
    /// paramètre : la première page.
    #[param(required = false, pattern = "^[A-Za-z0-9_-]+$")]
    curseur: String,
    /// `true` : donner le nombre total d'éléments dans `pagination.total`.
    #[param(required = false, default = false)]
    total: bool,
    /// Champs de premier niveau à garder dans chaque élément, séparés par des virgules (`code,nom`). Sans ce
    /// paramètre : tous.
    #[param(required = false)]
    champs: String,
    /// Version des données dont on veut la réponse, parmi celles de `/api/v1/publications`. La réponse ne changera
    /// plus : elle peut être gardée un an (`1.0.0`). Sans ce paramètre : la publication en service.
    #[param(required = false)]
    publication: String,
    /// En CSV seulement : caractère entre deux cellules, `,` ou `;`. Sans ce paramètre : `,`.
    #[param(required = false, pattern = "^[,;]$")]
    separateur: String,
}
