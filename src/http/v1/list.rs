//! What the lists of statistics share: filters, sorts, levels and the key of a row.

use utoipa::IntoParams;

use crate::db::lists::{After, Filter, Sort, StatistiqueList};
use crate::db::statistiques::NamedStatistique;
use crate::domain::{Indicateur, Invalid};
use crate::http::parameters::ParameterReader;

/// What the certification is: `params(ParametresLibelle)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct ParametresLibelle {
    /// Mots du libellé, sans tenir compte des accents ni des majuscules ; le dernier peut être un début de mot.
    #[param(required = false, min_length = 1, max_length = 200, example = "coiffure")]
    q: String,
    /// Niveau du diplôme : `3` (CAP), `4` (bac), `5` (BTS), `6`, `7`, `0` (mention complémentaire).
    #[param(required = false, example = "4", pattern = "^[034567]$")]
    niveau: String,
}

/// The order of a list whose own one is that of codes: `params(SortParameters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct SortParameters {
    /// `code`, ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Les chiffres absents viennent en dernier
    /// dans les deux sens.
    #[param(required = false, default = "code", example = "-part_en_emploi_6_mois")]
    tri: String,
}

/// Conditions on figures: `params(ParametresFiltres)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct ParametresFiltres {
    /// Condition sur un indicateur : `indicateur[gte]=n`, avec `gte` (≥), `gt` (>), `lte` (≤), `lt` (<) ou `eq` (=), pour
    /// n'importe quel indicateur de `/api/v1/indicateurs`. Une ligne sans ce chiffre n'est pas retenue.
    #[param(required = false, rename = "part_en_emploi_6_mois[gte]", example = 50)]
    filtre: i32,
}

/// Reads the conditions on any indicator.
pub(super) fn filters(params: &mut ParameterReader<'_>) -> Vec<Filter> {
    params.filters(Indicateur::ALL)
}

/// Reads `tri=`.
pub(super) fn sort(params: &mut ParameterReader<'_>) -> Sort {
    let mut choice = vec![("code", None)];
    choice.extend(Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), Some(*indicateur))));
    match params.sort(&choice, None) {
        (Some(indicateur), descending) => Sort::Figure { indicateur, descending },
        (None, descending) => Sort::Code { descending },
    }
}

/// Reads `niveau=`.
pub(super) fn niveau(params: &mut ParameterReader<'_>) -> Option<String> {
    params.read("niveau", |text| {
        let known = ["0", "3", "4", "5", "6", "7"].contains(&text);
        known.then(|| text.to_owned()).ok_or_else(|| Invalid("attendu : 0, 3, 4, 5, 6, 7".to_owned()))
    })
}

/// Reads `famille_metier=`.
pub(super) fn famille(params: &mut ParameterReader<'_>) -> Option<String> {
    params.read("famille_metier", |text| {
        let text = text.trim().to_ascii_uppercase();
        let shape = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let expected = "attendu : un code de famille de métiers (G0001) ; la liste est donnée par \
                        /api/v1/referentiels/familles-metiers";
        shape.then_some(text).ok_or_else(|| Invalid(expected.to_owned()))
    })
}

/// The key of a row, after which the next page begins.
pub(super) fn after_statistique(named: &NamedStatistique, list: &StatistiqueList) -> After {
    let distance = named.etablissement.as_ref().and_then(|etablissement| etablissement.distance_m);
    let figure = |indicateur| named.statistique.figures.get(indicateur).known();
    After { rang: list.tri.rang(figure, distance), keys: list.scope.keys_of(&named.statistique) }
}
