//! What pupils type, and what must come first among the labels of the nomenclature.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const TODAY: &str = "2026-11-26";

fn entry(code: &str, libelle: &str, closes: Option<&str>) -> Entry {
    let code = CodeCertification::from_stored(code).unwrap();
    let cfd = (code.type_code() == TypeCode::Cfd).then_some(code);
    let date_fermeture = closes.map(day);
    Entry { code, cfd, libelle: libelle.to_owned(), libelle_ancien: None, diplome: None, date_fermeture }
}

/// Two renovated diplomas, whose older forms are closed, and their neighbours.
fn index() -> Index {
    let mut entries: Vec<Entry> = [
        ("01022107", "BOULANGERIE SPECIALISEE (MC NIVEAU III)", None),
        ("26033101", "INFIRMIER OU INFIRMIERE (DIPLOME D'ETAT)", None),
        ("32031213", "MANAGEMENT COMMERCIAL OPERATIONNEL (BTS)", None),
        ("32031408", "COMPTABILITE ET GESTION (BTS)", None),
        ("40022105", "BOULANGER PATISSIER (BAC PRO)", None),
        ("40025214", "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BAC PRO)", None),
        ("40025408", "REPARATION DES CARROSSERIES (BAC PRO)", None),
        (
            "40031213",
            "METIERS DU COMMERCE ET DE LA VENTE OPTION A ANIMATION ET GESTION DE L'ESPACE COMMERCIAL (BAC PRO)",
            None,
        ),
        ("40033007", "ACCOMPAGNEMENT, SOINS ET SERVICES A LA PERSONNE (BAC PRO)", None),
        ("50022130", "BOULANGER (CAP)", Some("2020-08-31")),
        ("50022137", "BOULANGER (CAP)", None),
        ("50033202", "PETITE ENFANCE (CAP)", Some("2019-08-31")),
        ("50033205", "ACCOMPAGNANT EDUCATIF PETITE ENFANCE (CAP)", None),
        ("50033616", "METIERS DE LA COIFFURE (CAP)", None),
    ]
    .map(|(code, libelle, closes)| entry(code, libelle, closes))
    .into();
    let mut mef = entry("24730025214", "MAINTENANCE DES VEHICULES OPTION A VOITURES PARTICULIERES (BAC PRO)", None);
    mef.cfd = CodeCertification::from_stored("40025214");
    entries.push(mef);
    Index::new(&entries)
}

fn found(text: &str, grouped: bool) -> Vec<String> {
    let found = index().find(Question { text, grouped, today: day(TODAY) }).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn what_pupils_type_finds_what_they_mean_first() {
    for (typed, first) in [
        ("boulanger", "50022137"),
        ("Boulangère", "50022137"),
        ("boulangre", "50022137"),
        ("boulnger", "50022137"),
        ("cap boulanger", "50022137"),
        ("bac pro boulanger", "40022105"),
        ("boulanger pâtissier", "40022105"),
        ("boulangère pâtissière", "40022105"),
        ("mécanicien auto", "40025214"),
        ("mecanique auto", "40025214"),
        ("mécanicienne auto", "40025214"),
        ("garagiste", "40025214"),
        ("carrossier", "40025408"),
        ("carrosserie", "40025408"),
        ("infirmière", "26033101"),
        ("infirmier", "26033101"),
        ("infirmières", "26033101"),
        ("coiffure", "50033616"),
        ("coiffeuse", "50033616"),
        ("coiffeur", "50033616"),
        ("coifure", "50033616"),
        ("petite enfance", "50033205"),
        ("cap petite enfance", "50033205"),
        ("bac pro commerce", "40031213"),
        ("vente", "40031213"),
        ("vendeuse", "40031213"),
        ("bts compta", "32031408"),
        ("comptable", "32031408"),
        ("comptabilité", "32031408"),
        ("ASSP", "40033007"),
        ("bac pro assp", "40033007"),
        ("MCO", "32031213"),
        ("bts mco", "32031213"),
        ("manag", "32031213"),
    ] {
        assert_eq!(found(typed, true).first().map(String::as_str), Some(first), "{typed}");
    }
}

#[test]
fn a_code_finds_itself_alone_however_it_is_typed() {
    for (typed, code) in [
        ("40022105", "40022105"),
        (" CFD:40022105 ", "40022105"),
        ("cfd:40022105", "40022105"),
        ("1022107", "01022107"),
        ("24730025214", "24730025214"),
        ("mefstat11:24730025214", "24730025214"),
    ] {
        assert_eq!(found(typed, true), [code], "{typed}");
    }
}

#[test]
fn open_ones_come_before_closed_ones_and_a_cfd_stands_for_its_mefstat11s() {
    assert_eq!(found("boulanger", true), ["50022137", "40022105", "01022107", "50022130"]);
    assert_eq!(found("vehicules", true), ["40025214"]);
    assert_eq!(found("vehicules", false), ["40025214", "24730025214"], "the usual diploma before its year of school");
}

#[test]
fn nothing_is_found_by_what_no_label_resembles_and_everything_by_no_word() {
    assert_eq!(found("astronaute", true), Vec::<String>::new());
    assert_eq!(index().find(Question { text: "&|!'", grouped: true, today: day(TODAY) }), None);
}

/// Renaming the day after the closing closes: the day itself is still open.
#[test]
fn a_certification_is_open_on_its_last_day() {
    let index = index();
    let on = |text: &str| {
        let found = index.find(Question { text: "petite enfance", grouped: true, today: day(text) }).unwrap();
        found.first().unwrap().to_string()
    };
    assert_eq!(on("2019-08-31"), "50033202", "whole label, still open");
    assert_eq!(on("2019-09-01"), "50033205");
}
