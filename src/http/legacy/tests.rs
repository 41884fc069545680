//! The refusals of this contract, by the parameters of each route.

use serde_json::{Value, json};

use super::error::LegacyError;
use super::parameters::{CertificationsParameters, Filters, FormationParameters, ListParameters, Pages};
use super::request::LegacyRequest;

fn details(error: &LegacyError) -> Vec<Value> {
    error.details().iter().map(|detail| serde_json::to_value(detail).unwrap()).collect()
}

fn formation(query: &str, uai: &str, code: &str) -> Vec<Value> {
    let request = LegacyRequest::of(query, &[]);
    details(&FormationParameters::read(&request, uai, code).unwrap_err())
}

fn list(query: &str, filters: Filters) -> Vec<Value> {
    details(&ListParameters::read(&LegacyRequest::of(query, &[]), filters, None, None).unwrap_err())
}

fn names(details: &[Value]) -> Vec<&str> {
    details.iter().map(|detail| detail["path"][0].as_str().unwrap()).collect()
}

#[test]
fn every_problem_of_a_formation_is_reported_in_the_order_of_the_contract() {
    let details =
        formation("inconnu=1&imageOnError=x&theme=x&direction=x&millesime=x&universe=superieur", "1", "xxx.png");
    let expected =
        ["uai", "code_certification", "universe", "millesime", "direction", "theme", "ext", "imageOnError", "inconnu"];
    assert_eq!(names(&details), expected);
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
    let wrong = list("uais=x,y", Filters::Formations);
    assert_eq!(wrong.len(), 3);
    assert_eq!(wrong[0]["path"], json!(["uais", 0]));
    assert_eq!(wrong[2]["type"], "array.includesRequiredUnknowns");
    assert_eq!(wrong[2]["context"]["value"], json!(["x", "y"]));
    assert_eq!(list("uais=1234567A,y", Filters::Formations).len(), 1);
    assert_eq!(list("regions=x,y", Filters::Regionales).len(), 2);
}

#[test]
fn a_parameter_given_twice_is_a_list_where_a_text_is_wanted() {
    let details = list("uais=1234567A&uais=1234567B", Filters::Formations);
    assert_eq!(details[0]["message"], "\"uais[0]\" must be a string");
    assert_eq!(details[0]["context"]["value"], json!(["1234567A", "1234567B"]));
    assert_eq!(details[1]["context"]["value"], json!([["1234567A", "1234567B"]]));
}

#[test]
fn the_universe_goes_with_the_codes() {
    for (codes, universe, allowed) in [
        ("50099999", "secondaire", true),
        ("50099999", "superieur", false),
        ("SISE:2599999", "superieur", true),
        ("SISE:2599999", "secondaire", false),
    ] {
        let request = LegacyRequest::of(&format!("universe={universe}"), &[("codes", codes)]);
        assert_eq!(CertificationsParameters::read(&request, None).is_ok(), allowed, "{codes} {universe}");
    }
}

#[test]
fn negative_pages_are_refused_and_zero_is_no_page() {
    assert_eq!(
        list("page=-1", Filters::Bcn)[0]["context"],
        json!({"limit": 0, "value": -1, "label": "page", "key": "page"})
    );
    let read =
        ListParameters::read(&LegacyRequest::of("page=0&items_par_page=0", &[]), Filters::Bcn, None, None).unwrap();
    assert_eq!(read.pages, Pages { page: 1, items: 10 });
}

#[test]
fn an_answer_holds_ten_thousand_items_and_says_so_only_when_there_are_more() {
    let pages = Pages { page: 1, items: 50_000 };
    assert!(pages.verify(10_000).is_ok());
    let error = pages.verify(10_001).unwrap_err();
    assert_eq!(details(&error)[0]["message"], "\"items_par_page\" must be less than or equal to 10000");
    assert_eq!(Pages { page: u64::MAX, items: 10 }.window(), (i64::MAX, 10));
    assert_eq!(pages.number(0), 1);
}
