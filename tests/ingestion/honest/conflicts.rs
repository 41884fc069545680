//! The same key twice, with different figures.

use exposition::ingestion::{FileStatus, Options, RejectionReason};

use super::{CFA, CFA_FILE, cfas, file};
use crate::ingestion::{WIDE, World, uai, wide_row};

#[tokio::test]
async fn both_lines_and_the_column_that_differs_are_named() {
    let world = World::new().await;
    let mut rows = cfas(60);
    rows.push(rows[3].replace(";43;41", ";44;41"));
    let rapport = world.accept(CFA_FILE, file(CFA, &rows)).await;
    let rejets = &rapport.rejets[0];
    assert_eq!((rejets.motif, rejets.nombre, rapport.lines.gardees), (RejectionReason::Conflit, 2, 59));
    for (example, line, other) in [(&rejets.exemples[0], 5, 62), (&rejets.exemples[1], 62, 5)] {
        assert_eq!((example.line, example.column.as_deref()), (line, Some("Taux emploi 6 mois")));
        assert!(example.raison.contains(&format!("la ligne {other} a la même clé")), "{}", example.raison);
        assert!(example.valeur.contains(&uai(750_103)), "{}", example.valeur);
    }
}

#[tokio::test]
async fn every_column_that_differs_is_named_and_a_withheld_figure_is_one() {
    let world = World::new().await;
    let mut rows: Vec<_> = (0..60).map(|n| wide_row("2020_2021", "11", 32_000_000 + n)).collect();
    rows.push(wide_row("2020_2021", "11", 32_000_001).replace("100;40;60;30;50;40", "100;40;60;nd;50;41"));
    let rapport = world.accept("wide.csv", file(WIDE, &rows)).await;
    let columns: Vec<_> = rapport.rejets[0].exemples.iter().map(|example| example.column.as_deref()).collect();
    assert_eq!(columns, [Some("nb_en_emploi_6_mois, taux_poursuite_etudes"); 2]);
}

#[tokio::test]
async fn the_long_form_is_spoken_of_in_its_own_words() {
    let world = World::new().await;
    let line = |cfd: usize, measure: &str, value: u32| format!("2022;apprentissage;{cfd};{measure};{value}");
    let mut rows: Vec<_> = (0..60).map(|n| line(32_000_000 + n, "nb_annee_term", 100)).collect();
    for (measure, value) in [("DEVENIR_part_poursuite_etudes", 40), ("taux_poursuite_etudes", 50)] {
        rows.push(line(32_000_001, measure, value));
    }
    rows.push(line(32_000_002, "nb_annee_term", 101));
    let rapport =
        world.accept("inserjeunes-mesures.csv", file("millesime;voie;cfd;id_mesure;valeur_mesure", &rows)).await;
    let columns: Vec<_> = rapport.rejets[0].exemples.iter().map(|example| example.column.as_deref()).collect();
    assert_eq!(columns, [Some("valeur_mesure"); 2]);
    let mut further = rows[..62].to_vec();
    further[61] = line(32_000_001, "TAUX_POURSUITE_ETUDES", 50);
    let rapport =
        world.accept("inserjeunes-mesures.csv", file("millesime;voie;cfd;id_mesure;valeur_mesure", &further)).await;
    let [found] = rapport.findings.by_rule() else { panic!("{:?}", rapport.findings) };
    assert_eq!(found.examples[0].column.as_deref(), Some("TAUX_POURSUITE_ETUDES"));
}

#[tokio::test]
async fn the_same_file_under_a_name_of_the_other_voie_is_not_in_already() {
    let world = World::new().await;
    let text =
        file("n°UAI de l'établissement;Taux;Taux attendu;Valeur ajoutée", &[format!("{};60;58;2", uai(350_001))]);
    let filieres = "SELECT filiere FROM mesures_etablissement";
    world.accept("depp-2021_2022-pro.csv", &text).await;
    world.accept("depp-2021_2022-apprentissage.csv", &text).await;
    assert_eq!(world.rows(filieres).await, ["apprentissage"], "what was taken for the other voie is withdrawn");
    let again = world.ingest_with("depp-2021_2022-cfa.csv", &text, &Options::default()).await;
    assert_eq!(again.state, FileStatus::DejaPresent);
}
