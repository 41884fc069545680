//! What pupils type, and what must come first among the labels of the nomenclature.

use super::*;
use crate::domain::Uai;
use crate::domain::territoire::Departement;

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

/// Two établissements, one in a commune whose name is the beginning of a course.
fn etablissements() -> EtablissementIndex {
    let entry = |uai: &str, nom: &str, commune: &str, postal: &str, departement: &str, codes: &[&str]| {
        let departement = Departement::from_code(departement);
        EtablissementEntry {
            uai: Uai::from_stored(uai).unwrap(),
            nom: Some(nom.to_owned()),
            commune: Some(commune.to_owned()),
            code_postal: Some(postal.to_owned()),
            departement,
            region: departement.and_then(Departement::region),
            codes: codes.iter().map(|code| CodeCertification::from_stored(code).unwrap()).collect(),
        }
    };
    EtablissementIndex::new(vec![
        entry("0930001W", "LYCEE DES METIERS LOUISE MICHEL", "Bobigny", "93000", "93", &["50022137", "40022105"]),
        entry("0350001L", "LP SAINTE ANNE", "Rennes", "35000", "35", &["50022130", "50022137", "50033616"]),
        entry("9740001H", "LYCEE DE LA COIFFURE", "St Denis", "97400", "974", &["50033616", "32031213"]),
        entry("0370001A", "LYCEE MICHEL", "Manage", "37000", "37", &["32031408", "50022137"]),
    ])
}

/// The first digits of a UAI.
fn start(uai: Uai) -> String {
    uai.as_str().chars().take(3).collect()
}

/// The codes and the first digits of the UAIs that a text finds; no UAIs when it says nothing of them.
fn read(text: &str) -> (Vec<String>, Option<Vec<String>>) {
    let found = formations(&index(), &etablissements(), text, day(TODAY)).unwrap();
    let uais = found.uais.map(|uais| uais.iter().copied().map(start).collect());
    (found.codes.iter().map(ToString::to_string).collect(), uais)
}

#[test]
fn a_text_is_cut_into_course_and_place_where_it_finds_a_formation() {
    for (typed, codes, uais) in [
        ("boulanger", ["50022137", "40022105", "50022130"].as_slice(), None),
        ("boulanger rennes", &["50022137", "50022130"], Some(["035"].as_slice())),
        ("rennes boulanger", &["50022137", "50022130"], Some(&["035"])),
        ("CAP boulangère à Rennes", &["50022137", "50022130"], Some(&["035"])),
        ("boulnger renes", &["50022137", "50022130"], Some(&["035"])),
        ("boulanger 35000", &["50022137", "50022130"], Some(&["035"])),
        ("boulanger 0350001L", &["50022137", "50022130"], Some(&["035"])),
        ("50022137 michel", &["50022137"], Some(&["037", "093"])),
        ("boulanger lycée michel", &["50022137", "40022105"], Some(&["037", "093"])),
        ("boulanger bretagne", &["50022137", "50022130"], Some(&["035"])),
        // The commune of that name first, then the département.
        ("saint denis", &["50022137", "50033616", "40022105", "32031213"], Some(&["974", "093"])),
        // « Manage » is a place that is typed whole, and the beginning of « management ».
        ("manage", &["50022137", "32031408"], Some(&["037"])),
        ("managemen", &["32031213"], None),
        // A word that both have is one of the course.
        ("coiffure", &["50033616"], None),
        ("coiffure lycee de la coiffure", &["50033616"], Some(&["974"])),
        ("lp ste anne", &["50022137", "50033616", "50022130"], Some(&["035"])),
        // Taught, but not there; known, but taught nowhere; known to nobody.
        ("infirmière rennes", &[], None),
        ("infirmière", &[], None),
        ("boulanger astronaute", &[], None),
    ] {
        let (found, places) = read(typed);
        let expected = uais.map(|uais: &[&str]| uais.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((found, places), (codes.iter().map(ToString::to_string).collect(), expected), "{typed}");
    }
    assert_eq!(formations(&index(), &etablissements(), "&|!'", day(TODAY)), None);
}

#[test]
fn the_order_of_formations_is_that_of_their_certifications_then_of_their_etablissements() {
    let found = formations(&index(), &etablissements(), "boulanger michel", day(TODAY)).unwrap();
    let code = |text: &str| CodeCertification::from_stored(text).unwrap();
    let ordre = |text: &str, uai: &str| found.ordre(code(text), Uai::from_stored(uai));
    let (lycee, metiers) = ("0370001A", "0930001W");
    assert_eq!(found.stride(), 2);
    assert_eq!(
        [ordre("50022137", lycee), ordre("50022137", metiers), ordre("40022105", lycee)],
        [Some(0), Some(1), Some(2)]
    );
    assert_eq!([ordre("50022137", "0350001L"), ordre("50033616", lycee)], [None, None], "not among what was found");
    let anywhere = formations(&index(), &etablissements(), "boulanger", day(TODAY)).unwrap();
    assert_eq!(anywhere.ordre(code("40022105"), Uai::from_stored(lycee)), Some(1), "whatever the établissement");
}

#[test]
fn an_etablissement_is_found_by_number_then_name_then_place() {
    for (typed, expected) in [
        ("0350001L", ["035"].as_slice()),
        ("93000", &["093"]),
        ("75000", &[]),
        ("lycee michel", &["037", "093"]),
        ("michel", &["037", "093"]),
        ("lycée", &["037", "974", "093"]),
        ("saint", &["974", "035", "093"]),
        ("reunion", &["974"]),
        ("renes", &["035"]),
        ("louise mich", &["093"]),
        ("mich loui", &["093"]),
        ("astronaute", &[]),
    ] {
        let found = etablissements().find(typed).unwrap();
        assert_eq!(found.iter().copied().map(start).collect::<Vec<_>>(), expected, "{typed}");
    }
    assert_eq!(etablissements().find("&|!'"), None);
}
