//! Comparaison: what of an answer differs from the recording, beyond what its tags allow.
//!
//! Numbers are compared as numbers, keys in any order; `null`, absent and 0 are three things.
//! Every tag allows exactly one kind of difference, at any depth, and is worth nothing elsewhere.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::cas::{Cas, Comparee, Reponse};
use super::chiffres::{est_chiffre, est_un_demi, horizon, nombre, taux};

/// The message of hidden figures.
const SOUS_SEUIL: &str = "Les taux ne peuvent pas être affichés car il n'y a pas assez d'élèves pour fournir une \
                          information fiable.";

/// The arrays that are sets.
const ENSEMBLES: [&str; 8] = [
    "uai_lieu_formation",
    "uai_formateur",
    "uai_gestionnaire",
    "codes_certifications",
    "codes_formation_diplome",
    "ancien_diplome",
    "nouveau_diplome",
    "messages",
];

/// The names of lists.
const LISTES: [&str; 4] = ["formations", "certifications", "regionales", "bcn"];

/// Compares; the differences in words, none when the answer is as recorded.
pub fn comparer(cas: &Cas, reponse: &Reponse) -> Vec<String> {
    let mut differences = Vec::new();
    let mut pareil = |nom: &str, attendu: &str, obtenu: &str| {
        if attendu != obtenu {
            differences.push(format!("{nom}: recorded {attendu:?}, ours {obtenu:?}"));
        }
    };
    pareil("status", &cas.status.to_string(), &reponse.status.to_string());
    pareil("content type", &cas.content_type, &reponse.content_type);
    if let Some(attendu) = &cas.content_disposition {
        pareil("disposition", attendu, &sans_date(reponse.content_disposition.as_deref().unwrap_or_default()));
    }
    if !differences.is_empty() || cas.compare == Some(Comparee::Statut) {
        return differences;
    }
    let mut comparaison = Comparaison { cas, differences };
    match (&cas.body, &reponse.body) {
        (Value::String(attendu), Value::String(obtenu)) => comparaison.tableau(attendu, obtenu),
        (attendu, obtenu) if cas.compare == Some(Comparee::Pagination) && cas.status == 200 => {
            comparaison.pagination(attendu, obtenu);
        }
        (attendu, obtenu) => comparaison.valeur("", attendu, obtenu),
    }
    comparaison.differences
}

/// `export-2031-01-31.csv` → `export-<date>.csv`
fn sans_date(texte: &str) -> String {
    let Some((avant, apres)) = texte.split_once("export-") else { return texte.to_owned() };
    match apres.split_at_checked(10) {
        Some((jour, apres)) if chrono::NaiveDate::parse_from_str(jour, "%Y-%m-%d").is_ok() => {
            format!("{avant}export-<date>{apres}")
        }
        _ => texte.to_owned(),
    }
}

struct Comparaison<'a> {
    cas: &'a Cas,
    differences: Vec<String>,
}

impl Comparaison<'_> {
    fn differe(&mut self, chemin: &str, attendu: Option<&Value>, obtenu: Option<&Value>) {
        let texte = |valeur: Option<&Value>| valeur.map_or_else(|| "absent".to_owned(), ToString::to_string);
        self.differences.push(format!("{chemin}: recorded {}, ours {}", texte(attendu), texte(obtenu)));
    }

    /// CSV: the header, then a set of lines.
    fn tableau(&mut self, attendu: &str, obtenu: &str) {
        let lignes = |texte: &str| {
            let mut lignes: Vec<String> = texte.split('\n').map(str::to_owned).collect();
            let reste = lignes.len().min(1);
            lignes[reste..].sort();
            lignes
        };
        let (attendues, obtenues) = (lignes(attendu), lignes(obtenu));
        if attendues != obtenues {
            let manquent: Vec<_> = attendues.iter().filter(|ligne| !obtenues.contains(ligne)).take(2).collect();
            let en_trop: Vec<_> = obtenues.iter().filter(|ligne| !attendues.contains(ligne)).take(2).collect();
            self.differences.push(format!("csv: missing {manquent:?}, too many {en_trop:?}"));
        }
    }

    fn pagination(&mut self, attendu: &Value, obtenu: &Value) {
        self.valeur("pagination", &attendu["pagination"], &obtenu["pagination"]);
        let items = LISTES.iter().find_map(|nom| obtenu[nom].as_array()).map(Vec::len);
        if items != self.cas.count {
            self.differences.push(format!("items: recorded {:?}, ours {items:?}", self.cas.count));
        }
    }

    fn valeur(&mut self, chemin: &str, attendu: &Value, obtenu: &Value) {
        match (attendu, obtenu) {
            (Value::Object(attendu), Value::Object(obtenu)) => self.objet(chemin, attendu, obtenu),
            (Value::Array(attendu), Value::Array(obtenu)) => self.liste(chemin, attendu, obtenu),
            (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
            (a, b) if a == b => {}
            (a, b) => self.differe(chemin, Some(a), Some(b)),
        }
    }

    fn objet(&mut self, chemin: &str, attendu: &Map<String, Value>, obtenu: &Map<String, Value>) {
        let cles: BTreeSet<&String> = attendu.keys().chain(obtenu.keys()).collect();
        for cle in cles {
            let ici = format!("{chemin}.{cle}");
            match (attendu.get(cle), obtenu.get(cle)) {
                _ if cle == "_meta" => self.meta(&ici, attendu, obtenu),
                (a, b) if est_chiffre(cle) => {
                    if !memes(a, b) && !self.chiffre_permis(cle, attendu, obtenu) {
                        self.differe(&ici, a, b);
                    }
                }
                (Some(a), Some(b)) => self.valeur(&ici, a, b),
                (a, b) => self.differe(&ici, a, b),
            }
        }
        if self.est_une_somme(attendu) {
            self.somme(chemin, attendu, obtenu);
        }
    }

    fn liste(&mut self, chemin: &str, attendu: &[Value], obtenu: &[Value]) {
        let nom = chemin.rsplit('.').next().unwrap_or_default();
        let ensemble = ENSEMBLES.contains(&nom)
            || (self.cas.unordered && (LISTES.contains(&nom) || nom == "certificationsTerminales"));
        let (attendu, obtenu) = if ensemble { (tries(attendu), tries(obtenu)) } else { (refs(attendu), refs(obtenu)) };
        let cles = |liste: &[&Value]| liste.iter().map(|valeur| cle(valeur)).collect::<Vec<_>>();
        if cles(&attendu) == cles(&obtenu) {
            for (a, b) in attendu.iter().zip(&obtenu) {
                self.valeur(&format!("{chemin}[{}]", cle(a)), a, b);
            }
            return;
        }
        let manque = attendu.iter().find(|a| !obtenu.iter().any(|b| cle(a) == cle(b)));
        let en_trop = obtenu.iter().find(|b| !attendu.iter().any(|a| cle(a) == cle(b)));
        self.differences.push(format!(
            "{chemin}: recorded {} items, ours {}; missing {manque:?}, too many {en_trop:?}",
            attendu.len(),
            obtenu.len()
        ));
    }

    /// `_meta`: title and description as recorded; messages as recorded, or one more.
    fn meta(&mut self, chemin: &str, attendu: &Map<String, Value>, obtenu: &Map<String, Value>) {
        let de = |objet: &Map<String, Value>| objet.get("_meta").cloned().unwrap_or(Value::Null);
        let (meta_attendu, meta_obtenu) = (de(attendu), de(obtenu));
        for cle in ["titre", "details"] {
            self.valeur(&format!("{chemin}.{cle}"), &meta_attendu[cle], &meta_obtenu[cle]);
        }
        let messages = |meta: &Value| -> BTreeSet<String> {
            let liste = meta["messages"].as_array().cloned().unwrap_or_default();
            liste.iter().map(|message| message.as_str().unwrap().to_owned()).collect()
        };
        let (mut attendus, obtenus) = (messages(&meta_attendu), messages(&meta_obtenu));
        if self.est_une_somme(attendu) {
            // According to the figures that are shown.
            attendus.remove(SOUS_SEUIL);
            attendus.extend(est_cachee(obtenu).then(|| SOUS_SEUIL.to_owned()));
        } else if (self.cas.tag("deux_messages") && nombre(attendu, "nb_annee_term").is_some_and(|e| e < 20))
            || self.effectif_inconnu(attendu)
        {
            attendus.insert(SOUS_SEUIL.to_owned());
        }
        if attendus != obtenus {
            self.differences.push(format!("{chemin}.messages: recorded {attendus:?}, ours {obtenus:?}"));
        }
    }

    /// Whether a difference of figures is one that a tag of the case allows.
    fn chiffre_permis(&self, cle: &str, attendu: &Map<String, Value>, obtenu: &Map<String, Value>) -> bool {
        let (avant, apres) = (attendu.get(cle), obtenu.get(cle));
        let recalculee =
            cle == "taux_en_formation" || cle == "taux_en_emploi_6_mois" || cle.starts_with("taux_autres_");
        let devenir_absent = self.cas.tag("difference_connue:devenir_absent")
            && recalculee
            && avant.is_none()
            && nombre(obtenu, "nb_annee_term").is_some_and(|effectif| effectif >= 20)
            && nombre(obtenu, cle).is_some()
            && nombre(obtenu, cle) == taux(obtenu, cle);
        let melange = self.cas.tag("difference_connue:melange_ancien_nouveau")
            && avant.is_some()
            && apres.is_none()
            && cle != "nb_annee_term";
        let autres_sans_emploi = self.cas.tag("autres_sans_emploi")
            && apres == Some(&Value::Null)
            && horizon(cle, "taux_autres_")
                .is_some_and(|mois| obtenu.get(&format!("taux_en_emploi_{mois}_mois")) == Some(&Value::Null));
        let inconnu = self.effectif_inconnu(attendu) && matches!(apres, None | Some(Value::Null));
        let arrondi = self.cas.tag("arrondi_binaire")
            && est_un_demi(obtenu, cle)
            && nombre(attendu, cle).zip(nombre(obtenu, cle)).is_some_and(|(a, b)| (a - b).abs() == 1);
        // The figures of a sum are checked together.
        let somme = self.est_une_somme(attendu) && avant.is_some() && apres.is_some();
        devenir_absent
            || melange
            || autres_sans_emploi
            || inconnu
            || arrondi
            || somme
            || self.choisie(cle, attendu, obtenu)
    }

    /// The difference that `docs/LEGACY.md` argues for beside those of the tags: that everybody of
    /// a hidden cohort goes on studying is not told by `null` under the keys of employment.
    fn choisie(&self, cle: &str, attendu: &Map<String, Value>, obtenu: &Map<String, Value>) -> bool {
        self.cas.tag("P=E")
            && cle.contains("en_emploi_")
            && nombre(attendu, "nb_annee_term").is_some_and(|effectif| effectif < 20)
            && attendu.get(cle) == Some(&Value::Null)
            && !obtenu.contains_key(cle)
    }

    fn effectif_inconnu(&self, attendu: &Map<String, Value>) -> bool {
        self.cas.tag("effectif_inconnu_non_masque")
            && !attendu.contains_key("nb_annee_term")
            && nombre(attendu, "nb_sortant").is_some_and(|sortants| sortants < 20)
    }

    /// A sum over several cells, some of which ours leaves out.
    fn est_une_somme(&self, attendu: &Map<String, Value>) -> bool {
        attendu.contains_key("codes_certifications")
            && (self.cas.tag("somme_avec_cellule_cachee") || self.cas.tag("double_compte"))
    }

    /// Whether the figures of a sum are consistent: fewer pupils at most, rates from its own
    /// counts, or nothing but the number of pupils.
    fn somme(&mut self, chemin: &str, attendu: &Map<String, Value>, obtenu: &Map<String, Value>) {
        let effectif = |objet| nombre(objet, "nb_annee_term").unwrap_or(0);
        if effectif(obtenu) > effectif(attendu) {
            self.differences.push(format!("{chemin}: more pupils than recorded"));
        }
        if est_cachee(obtenu) {
            return;
        }
        for (cle, valeur) in obtenu.iter().filter(|(cle, _)| cle.starts_with("taux_")) {
            let propre = taux(obtenu, cle).map_or(Value::Null, Value::from);
            if *valeur != propre {
                self.differe(&format!("{chemin}.{cle} by its own counts"), Some(&propre), Some(valeur));
            }
        }
    }
}

/// Whether a sum shows nothing but its number of pupils.
fn est_cachee(objet: &Map<String, Value>) -> bool {
    let figures = objet.iter().filter(|(cle, _)| est_chiffre(cle) && *cle != "nb_annee_term");
    figures.map(|(_, valeur)| valeur).all(Value::is_null)
}

fn memes(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn refs(liste: &[Value]) -> Vec<&Value> {
    liste.iter().collect()
}

fn tries(liste: &[Value]) -> Vec<&Value> {
    let mut tries = refs(liste);
    tries.sort_by_key(|valeur| cle(valeur));
    tries
}

/// What identifies an element: place, code, millésime, filière; other values are their own key.
fn cle(valeur: &Value) -> String {
    if !valeur.is_object() {
        return valeur.to_string();
    }
    let texte = |valeur: &Value| valeur.as_str().unwrap_or_default().to_owned();
    ["uai", "region", "code_certification", "millesime", "filiere"]
        .map(|nom| if nom == "region" { texte(&valeur[nom]["code"]) } else { texte(&valeur[nom]) })
        .join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(tags: &[&str], attendu: &Value, obtenu: &Value) -> Vec<String> {
        let cas = json!({
            "id": "x", "route": "x", "method": "GET", "path": "/", "status": 200, "content_type": "", "body": attendu,
            "unordered": true, "tags": tags,
        });
        let reponse =
            Reponse { status: 200, content_type: String::new(), content_disposition: None, body: obtenu.clone() };
        comparer(&serde_json::from_value(cas).unwrap(), &reponse)
    }

    #[test]
    fn null_absent_and_zero_are_three_things() {
        let trois = [json!({"nb_sortant": null}), json!({}), json!({"nb_sortant": 0})];
        for (i, a) in trois.iter().enumerate() {
            for (j, b) in trois.iter().enumerate() {
                assert_eq!(differences(&[], a, b).is_empty(), i == j, "{a} {b}");
            }
        }
    }

    #[test]
    fn sets_have_no_order_and_other_arrays_do() {
        let set = |a: &str, b: &str| json!({"uai_formateur": [a, b]});
        assert!(differences(&[], &set("a", "b"), &set("b", "a")).is_empty());
        let list = |a: &str, b: &str| json!({"millesimesDisponible": [a, b]});
        assert!(!differences(&[], &list("a", "b"), &list("b", "a")).is_empty());
    }

    #[test]
    fn a_computed_part_is_allowed_by_its_tag_alone_and_only_with_the_right_value() {
        let avant = json!({"nb_annee_term": 40, "nb_poursuite_etudes": 10});
        let apres = |taux: i32| json!({"nb_annee_term": 40, "nb_poursuite_etudes": 10, "taux_en_formation": taux});
        let tag = ["difference_connue:devenir_absent"];
        assert!(differences(&tag, &avant, &apres(25)).is_empty());
        assert!(!differences(&tag, &avant, &apres(26)).is_empty());
        assert!(!differences(&[], &avant, &apres(25)).is_empty());
    }

    #[test]
    fn a_second_message_is_allowed_under_the_threshold_only() {
        let entree =
            |effectif: i32, messages: &[&str]| json!({"nb_annee_term": effectif, "_meta": {"messages": messages}});
        let tag = ["deux_messages"];
        assert!(differences(&tag, &entree(19, &["a"]), &entree(19, &["a", SOUS_SEUIL])).is_empty());
        assert!(!differences(&tag, &entree(19, &["a"]), &entree(19, &["a"])).is_empty());
        assert!(!differences(&tag, &entree(20, &["a"]), &entree(20, &["a", SOUS_SEUIL])).is_empty());
    }

    #[test]
    fn a_sum_may_be_smaller_if_its_rates_follow_its_counts() {
        let somme = |effectif: i32, compte: i32, taux: i32| json!({"codes_certifications": ["a"], "nb_annee_term": effectif, "nb_poursuite_etudes": compte, "taux_en_formation": taux});
        let tag = ["somme_avec_cellule_cachee"];
        assert!(differences(&tag, &somme(100, 50, 50), &somme(80, 20, 25)).is_empty());
        assert!(!differences(&tag, &somme(100, 50, 50), &somme(80, 20, 26)).is_empty());
        assert!(!differences(&tag, &somme(100, 50, 50), &somme(120, 30, 25)).is_empty());
        assert!(!differences(&[], &somme(100, 50, 50), &somme(80, 20, 25)).is_empty());
    }
}
