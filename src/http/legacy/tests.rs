//! The refusals of this contract, by the parameters of each route.

use serde_json::{Value, json};

use super::demande::Demande;
use super::erreur::Erreur;
use super::parametres::{Filtres, Pages, ParametresCertifications, ParametresFormation, ParametresListe};

fn details(erreur: &Erreur) -> Vec<Value> {
    erreur.details().iter().map(|detail| serde_json::to_value(detail).unwrap()).collect()
}

fn formation(query: &str, uai: &str, code: &str) -> Vec<Value> {
    let demande = Demande::de(query, &[]);
    details(&ParametresFormation::lire(&demande, uai, code).unwrap_err())
}

fn liste(query: &str, filtres: Filtres) -> Vec<Value> {
    details(&ParametresListe::lire(&Demande::de(query, &[]), filtres, None, None).unwrap_err())
}

fn noms(details: &[Value]) -> Vec<&str> {
    details.iter().map(|detail| detail["path"][0].as_str().unwrap()).collect()
}

#[test]
fn every_problem_of_a_formation_is_reported_in_the_order_of_the_contract() {
    let details =
        formation("inconnu=1&imageOnError=x&theme=x&direction=x&millesime=x&universe=superieur", "1", "xxx.png");
    let expected =
        ["uai", "code_certification", "universe", "millesime", "direction", "theme", "ext", "imageOnError", "inconnu"];
    assert_eq!(noms(&details), expected);
    assert_eq!(details[0]["context"], json!({"regex": {}, "value": "1", "label": "uai", "key": "uai"}));
    assert_eq!(details[8]["context"], json!({"child": "inconnu", "label": "inconnu", "value": "1", "key": "inconnu"}));
}

#[test]
fn an_empty_value_of_a_closed_list_is_refused_twice() {
    let details = formation("theme=", "1234567A", "50099999");
    let kinds: Vec<_> = details.iter().map(|detail| detail["type"].clone()).collect();
    assert_eq!(kinds, ["any.only", "string.empty"]);
    let details = formation("millesime=", "1234567A", "50099999");
    assert_eq!(details[0]["message"], "\"millesime\" is not allowed to be empty");
    assert_eq!(details.len(), 1);
}

#[test]
fn a_list_without_a_single_right_element_is_refused_once_more() {
    let faux = liste("uais=x,y", Filtres::Formations);
    assert_eq!(faux.len(), 3);
    assert_eq!(faux[0]["path"], json!(["uais", 0]));
    assert_eq!(faux[2]["type"], "array.includesRequiredUnknowns");
    assert_eq!(faux[2]["context"]["value"], json!(["x", "y"]));
    assert_eq!(liste("uais=1234567A,y", Filtres::Formations).len(), 1);
    assert_eq!(liste("regions=x,y", Filtres::Regionales).len(), 2);
}

#[test]
fn a_parameter_given_twice_is_a_list_where_a_text_is_wanted() {
    let details = liste("uais=1234567A&uais=1234567B", Filtres::Formations);
    assert_eq!(details[0]["message"], "\"uais[0]\" must be a string");
    assert_eq!(details[0]["context"]["value"], json!(["1234567A", "1234567B"]));
    assert_eq!(details[1]["context"]["value"], json!([["1234567A", "1234567B"]]));
}

#[test]
fn the_universe_goes_with_the_codes() {
    for (codes, universe, permis) in [
        ("50099999", "secondaire", true),
        ("50099999", "superieur", false),
        ("SISE:2599999", "superieur", true),
        ("SISE:2599999", "secondaire", false),
    ] {
        let demande = Demande::de(&format!("universe={universe}"), &[("codes", codes)]);
        assert_eq!(ParametresCertifications::lire(&demande, None).is_ok(), permis, "{codes} {universe}");
    }
}

#[test]
fn negative_pages_are_refused_and_zero_is_no_page() {
    assert_eq!(
        liste("page=-1", Filtres::Bcn)[0]["context"],
        json!({"limit": 0, "value": -1, "label": "page", "key": "page"})
    );
    let lus = ParametresListe::lire(&Demande::de("page=0&items_par_page=0", &[]), Filtres::Bcn, None, None).unwrap();
    assert_eq!(lus.pages, Pages { page: 1, items: 10 });
}

#[test]
fn an_answer_holds_ten_thousand_items_and_says_so_only_when_there_are_more() {
    let pages = Pages { page: 1, items: 50_000 };
    assert!(pages.verifier(10_000).is_ok());
    let erreur = pages.verifier(10_001).unwrap_err();
    assert_eq!(details(&erreur)[0]["message"], "\"items_par_page\" must be less than or equal to 10000");
    assert_eq!(Pages { page: u64::MAX, items: 10 }.fenetre(), (i64::MAX, 10));
    assert_eq!(pages.nombre(0), 1);
}
