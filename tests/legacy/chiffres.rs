//! Chiffres: the figures of one object of an answer, to check the rates that its counts give.

use exposition::domain::taux::percent;
use serde_json::{Map, Value};

/// The keys that figures have.
pub fn is_figure(key: &str) -> bool {
    key.starts_with("nb_") || key.starts_with("taux_")
}

/// A key's figure.
pub fn number(object: &Map<String, Value>, key: &str) -> Option<i32> {
    object.get(key)?.as_i64().map(|nombre| i32::try_from(nombre).unwrap())
}

/// A count over the number of pupils.
fn part(object: &Map<String, Value>, account: &str) -> Option<i32> {
    percent(number(object, account)?, number(object, "nb_annee_term")?)
}

/// The horizon in a key: `taux_autres_12_mois` → 12.
pub fn horizon<'a>(key: &'a str, start: &str) -> Option<&'a str> {
    key.strip_prefix(start)?.strip_suffix("_mois")
}

/// The rate of a key that an object's own counts give; `None` where they do not give one.
pub fn taux(object: &Map<String, Value>, key: &str) -> Option<i32> {
    if key == "taux_en_formation" {
        return part(object, "nb_poursuite_etudes");
    }
    if let Some(months) = horizon(key, "taux_en_emploi_") {
        return part(object, &format!("nb_en_emploi_{months}_mois"));
    }
    let months = horizon(key, "taux_autres_")?;
    let en_emploi = number(object, &format!("taux_en_emploi_{months}_mois"))?;
    let in_formation = number(object, "taux_en_formation").unwrap_or(0);
    Some((100 - en_emploi - in_formation).max(0))
}

/// Whether a rate is 57.5 % or 54.5 % exactly.
pub fn is_a_half(object: &Map<String, Value>, key: &str) -> bool {
    let Some(months) = horizon(key, "taux_en_emploi_").or_else(|| horizon(key, "taux_autres_")) else { return false };
    let account = number(object, &format!("nb_en_emploi_{months}_mois"));
    let exact = account.zip(number(object, "nb_annee_term")).map(|(account, effectif)| (account * 1000, effectif));
    exact.is_some_and(|(account, effectif)| [575, 545].iter().any(|taux| taux * effectif == account))
}
