//! Chiffres: the figures of one object of an answer, to check the rates that its counts give.

use exposition::domain::taux::percent;
use serde_json::{Map, Value};

/// The keys that figures have.
pub fn est_chiffre(cle: &str) -> bool {
    cle.starts_with("nb_") || cle.starts_with("taux_")
}

/// A key's figure.
pub fn nombre(objet: &Map<String, Value>, cle: &str) -> Option<i32> {
    objet.get(cle)?.as_i64().map(|nombre| i32::try_from(nombre).unwrap())
}

/// A count over the number of pupils.
fn part(objet: &Map<String, Value>, compte: &str) -> Option<i32> {
    percent(nombre(objet, compte)?, nombre(objet, "nb_annee_term")?)
}

/// The horizon in a key: `taux_autres_12_mois` → 12.
pub fn horizon<'a>(cle: &'a str, debut: &str) -> Option<&'a str> {
    cle.strip_prefix(debut)?.strip_suffix("_mois")
}

/// The rate of a key that an object's own counts give; `None` where they do not give one.
pub fn taux(objet: &Map<String, Value>, cle: &str) -> Option<i32> {
    if cle == "taux_en_formation" {
        return part(objet, "nb_poursuite_etudes");
    }
    if let Some(mois) = horizon(cle, "taux_en_emploi_") {
        return part(objet, &format!("nb_en_emploi_{mois}_mois"));
    }
    let mois = horizon(cle, "taux_autres_")?;
    let en_emploi = nombre(objet, &format!("taux_en_emploi_{mois}_mois"))?;
    let en_formation = nombre(objet, "taux_en_formation").unwrap_or(0);
    Some((100 - en_emploi - en_formation).max(0))
}

/// Whether a rate is 57.5 % or 54.5 % exactly.
pub fn est_un_demi(objet: &Map<String, Value>, cle: &str) -> bool {
    let Some(mois) = horizon(cle, "taux_en_emploi_").or_else(|| horizon(cle, "taux_autres_")) else { return false };
    let compte = nombre(objet, &format!("nb_en_emploi_{mois}_mois"));
    let exact = compte.zip(nombre(objet, "nb_annee_term")).map(|(compte, effectif)| (compte * 1000, effectif));
    exact.is_some_and(|(compte, effectif)| [575, 545].iter().any(|taux| taux * effectif == compte))
}
