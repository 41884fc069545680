//! Numbers that mean something else elsewhere.

use exposition::ingestion::{FileStatus, RejectionReason};

use super::{CFA_FILE, file};
use crate::ingestion::{WIDE, World, uai, wide_row};

/// A wide file of so many good rows and these.
fn wide_with(rows: &[&str]) -> String {
    let mut all: Vec<_> = (0..60).map(|n| wide_row("2020_2021", "11", 32_000_000 + n)).collect();
    all.extend(rows.iter().map(|row| (*row).to_owned()));
    file(WIDE, &all)
}

#[tokio::test]
async fn a_count_or_a_salary_that_can_be_read_in_two_ways_is_rejected() {
    let world = World::new().await;
    let report = world
        .accept(
            "wide.csv",
            wide_with(&[
                "2020_2021;11;apprentissage;50022137;;12,000;5,000;7,000;3,000;;",
                "2020_2021;11;apprentissage;50022141;;32.000;12;20;9;;",
                "2020_2021;11;apprentissage;50022142;;1 200;400;800;0,000;50,000;",
            ]),
        )
        .await;
    let rejets = &report.rejets[0];
    assert_eq!((rejets.motif, rejets.nombre), (RejectionReason::NombreAmbigu, 2));
    let first = &rejets.exemples[0];
    assert_eq!((first.line, first.column.as_deref(), first.valeur.as_str()), (62, Some("nb_annee_term"), "12,000"));
    let kept = "SELECT nb_annee_term, nb_sortant, nb_en_emploi_6_mois, taux_emploi_6_mois FROM mesures
        WHERE code_certification LIKE '500221%'";
    assert_eq!(world.rows(kept).await, ["1200 800 0 50"]);
}

#[tokio::test]
async fn ambiguous_salaries_and_counts_of_every_dataset_are_rejected() {
    let world = World::new().await;
    let salaries = "Millésime;Filière;Code formation;Q1;Q2;Q3\n2023;apprentissage;50022137;1.300;1.500;1.800\n";
    let long = "millesime;uai;filiere;code_certification;id_mesure;valeur_mesure\n".to_owned()
        + &format!("2022;{};apprentissage;50022137;nb_annee_term;12,000\n", uai(350_001));
    for (name, text) in [("dares-remunerations.csv", salaries), ("long.csv", long.as_str())] {
        let report = world.ingest(name, text).await;
        assert_eq!(
            (report.state, report.rejets[0].motif),
            (FileStatus::Refuse, RejectionReason::NombreAmbigu),
            "{name}"
        );
    }
}

#[tokio::test]
async fn added_values_are_read_with_any_sign() {
    let world = World::new().await;
    let header = "Année;UAI;Taux emploi 6 mois;Taux emploi 6 mois attendu;VA emploi 6 mois";
    let rows: Vec<_> = (0..)
        .zip(["59;+1", "61;-1", "61;\u{2212}1", "60;0", "60;+0"])
        .map(|(n, rest)| format!("cumul 2022-2023;{};60;{rest}", uai(750_100 + n)))
        .collect();
    let report = world.accept(CFA_FILE, file(header, &rows)).await;
    assert_eq!((report.lines.gardees, report.findings.total()), (5, 0));
    let added = "SELECT valeur_ajoutee_emploi_6_mois FROM mesures_etablissement ORDER BY uai";
    assert_eq!(world.rows(added).await, ["1", "-1", "-1", "0", "0"]);
}
