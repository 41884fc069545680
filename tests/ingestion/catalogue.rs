//! The catalogue of apprenticeship.

use super::{World, uai};

const HEADER: &str = "id;published;catalogue_published;cfd;uai_formation;etablissement_formateur_uai;\
    etablissement_gestionnaire_uai;intitule_long";
const CELLS: &str =
    "SELECT ligne, cfd, uai_formation, uai_formateur, uai_gestionnaire FROM catalogue_apprentissage ORDER BY ligne";

#[tokio::test]
async fn published_lines_are_kept_and_an_empty_uai_is_data() {
    let world = World::new().await;
    let (a, b, c) = (uai(350_017), uai(670_001), uai(750_001));
    let file = format!(
        "{HEADER}\n\
         1;true;true;32099901;{a};{b};{c};X\n\
         2;True;false;3209990;{a};{a};{a};X\n\
         3;false;true;32099901;;{b};;X\n\
         4;false;false;32099901;{a};{b};{c};X\n\
         5;;;code faux;uai faux;;;X\n\
         6;true;;32099902;;;;X\n"
    );
    let report = world.accept("export.csv", file).await;
    assert_eq!(report.dataset, Some("catalogue-apprentissage"));
    assert_eq!(report.colonnes_ignorees, ["id", "intitule_long"]);
    let lines = report.lines;
    // What is wrong in a line that nobody publishes is no reject.
    assert_eq!((lines.lues, lines.gardees, lines.ignorees, lines.rejetees), (6, 4, 2, 0));
    let (raison, nombre) = report.hors_perimetre.first_key_value().unwrap();
    assert!(raison.contains("published") && *nombre == 2, "{raison}");
    assert_eq!(
        world.rows(CELLS).await,
        [
            format!("2 32099901 {a} {b} {c}"),
            format!("3 03209990 {a} {a} {a}"),
            format!("4 32099901 - {b} -"),
            "7 32099902 - - -".to_owned(),
        ]
    );
}

#[tokio::test]
async fn identical_lines_collapse_also_where_nobody_is_named() {
    let world = World::new().await;
    let (a, b) = (uai(350_017), uai(670_001));
    let file = format!(
        "{HEADER}\n\
         1;true;true;32099901;{a};{b};{b};X\n\
         2;true;true;32099901;;{b};{b};Y\n\
         3;true;false;32099901;;{b};{b};Z\n\
         4;true;true;32099901;{a};{b};{b};X\n\
         5;true;true;32099901;{a};;{b};X\n\
         6;true;true;32099901;;;;X\n\
         7;true;true;32099901;;;;X\n"
    );
    let report = world.accept("catalogue.csv", file).await;
    assert_eq!((report.lines.gardees, report.lines.identiques, report.lines.rejetees), (4, 3, 0));
    assert_eq!(
        world.rows(CELLS).await,
        [
            format!("2 32099901 {a} {b} {b}"),
            format!("3 32099901 - {b} {b}"),
            format!("6 32099901 {a} - {b}"),
            "7 32099901 - - -".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_catalogue_that_publishes_nothing_is_refused() {
    let world = World::new().await;
    let message = world.refuse("catalogue.csv", format!("{HEADER}\n1;false;false;32099901;;;;X\n")).await;
    assert!(message.contains("no row"), "{message}");
}
