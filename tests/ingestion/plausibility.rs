//! Files that can be read and are not believed: one test for each kind of fault, in small files of
//! invented values.

use std::fmt::Write as _;

use exposition::domain::Acceptance;
use exposition::ingestion::plausibility::Rule;
use exposition::ingestion::{FileStatus, Options, RejectionReason, Report};

use super::{WIDE, World, uai, wide_row};

const CFA: &str = "Année;UAI;Libellé;Région;DEVENIR Part poursuite études;DEVENIR Part en emploi 6 mois;\
                   DEVENIR Part autre situation 6 mois;Taux poursuite études;Taux emploi 6 mois;\
                   Taux emploi 6 mois attendu;VA emploi 6 mois;Taux emploi 12 mois;Taux emploi 18 mois";

/// Rows of CFA of Paris whose figures fit together; each row passes through `change`, with its
/// number.
fn cfa(rows: usize, change: impl Fn(usize, &mut Vec<String>)) -> String {
    let mut file = format!("{CFA}\n");
    for n in 0..rows {
        let number = 750_100 + u32::try_from(n).unwrap();
        let row = format!("cumul 2022-2023;{};CFA {n};ILE-DE-FRANCE;20;48;32;20;60;58;2;66;70", uai(number));
        let mut cells: Vec<String> = row.split(';').map(str::to_owned).collect();
        change(n, &mut cells);
        writeln!(file, "{}", cells.join(";")).unwrap();
    }
    file
}

fn accepting(acceptance: Acceptance) -> Options {
    Options { accepted: vec![acceptance], ..Options::default() }
}

#[track_caller]
fn only(report: &Report, rule: Rule, count: u64) {
    assert_eq!((report.findings.of(rule), report.findings.total()), (count, count), "{:?}", report.findings);
}

#[tokio::test]
async fn a_file_whose_figures_fit_together_has_no_finding() {
    let world = World::new().await;
    let report = world.accept("fr-en-inserjeunes-cfa.csv", cfa(30, |_, _| {})).await;
    assert_eq!(report.findings.total(), 0, "{:?}", report.findings);
}

#[tokio::test]
async fn rates_as_fractions_refuse_the_file_in_any_column_and_form() {
    let world = World::new().await;
    for column in [4, 8, 9, 11, 12] {
        let file = cfa(3, |n, cells| cells[column] = ["0.58", "1", "0,4"][n].to_owned());
        let message = world.refuse("fr-en-inserjeunes-cfa.csv", file).await;
        let name = CFA.split(';').nth(column).unwrap();
        assert!(message.contains("line 2") && message.contains(name) && message.contains("0.58"), "{message}");
    }
    let wide = format!("{WIDE}\n2020_2021;11;apprentissage;32000000;;100;40;60;30;0,50;0.4\n");
    assert!(world.refuse("inserjeunes-mesures.csv", wide).await.contains("taux_emploi_6_mois"));
    let long = "millesime;voie;cfd;id_mesure;valeur_mesure\n2021;apprentissage;32000000;nb_annee_term;100\n\
                2021;apprentissage;32000000;taux_emploi_12_mois;0.5\n";
    assert!(world.refuse("inserjeunes-mesures.csv", long).await.contains("taux_emploi_12_mois"));
    let fine = format!(
        "Année;UAI;Code formation apprentissage;Taux emploi 6 mois;Taux emploi 24 mois\n\
         cumul 2022-2023;{};32000000;50;0.61\n",
        uai(750_100)
    );
    assert!(world.refuse("fine.csv", fine).await.contains("Taux emploi 24 mois"));
    assert!(world.rows("SELECT * FROM fichiers").await.is_empty(), "nothing changed");
}

#[tokio::test]
async fn a_fraction_among_percents_is_reported() {
    let world = World::new().await;
    let file = cfa(8, |n, cells| {
        if n == 5 {
            cells[11] = "0.6".to_owned();
        }
    });
    let report = world.accept("fr-en-inserjeunes-cfa.csv", file).await;
    only(&report, Rule::FractionAmongPercents, 1);
    let example = &report.findings.by_rule()[0].examples[0];
    assert_eq!((example.line, example.column.as_deref()), (7, Some("Taux emploi 12 mois")));
}

#[tokio::test]
async fn swapped_columns_are_refused_unless_accepted_and_that_is_recorded() {
    let world = World::new().await;
    for (one, other) in [(4, 5), (8, 9), (4, 8), (5, 8)] {
        let message = world.refuse("fr-en-inserjeunes-cfa.csv", cfa(4, |_, cells| cells.swap(one, other))).await;
        assert!(message.contains("--accepter contradictions") && message.contains("line 2"), "{message}");
    }
    let swapped = cfa(4, |_, cells| cells.swap(4, 5));
    let other = world.ingest_with("fr-en-inserjeunes-cfa.csv", &swapped, &accepting(Acceptance::Text)).await;
    assert_eq!(other.state, FileStatus::Refuse, "another word does not help");
    let accepted =
        world.ingest_with("fr-en-inserjeunes-cfa.csv", &swapped, &accepting(Acceptance::Contradictions)).await;
    assert_eq!((accepted.state, accepted.acceptances.used()), (FileStatus::Importe, vec!["contradictions"]));
    assert_eq!(world.rows("SELECT acceptations FROM fichiers").await, [r#"["contradictions"]"#]);
}

#[tokio::test]
async fn two_contradictions_or_a_twentieth_of_the_rows_are_reported_and_go_in() {
    let world = World::new().await;
    for (rows, wrong) in [(2, 2), (60, 3)] {
        let file = cfa(rows, |n, cells| {
            if n < wrong {
                cells[10] = "9".to_owned();
            }
        });
        let report = world.accept("fr-en-inserjeunes-cfa.csv", file).await;
        only(&report, Rule::AddedValue, u64::try_from(wrong).unwrap());
    }
    let refused = cfa(59, |n, cells| {
        if n < 3 {
            cells[10] = "9".to_owned();
        }
    });
    assert!(world.refuse("fr-en-inserjeunes-cfa.csv", refused).await.contains("3 of 59"));
}

#[tokio::test]
async fn published_rates_are_compared_with_the_counts_in_both_forms() {
    let world = World::new().await;
    let rows: Vec<_> =
        (0..3).map(|n| wide_row("2020_2021", "11", 32_000_000 + n).replace(";50;40", ";40;50")).collect();
    let message = world.refuse("inserjeunes-mesures.csv", format!("{WIDE}\n{}\n", rows.join("\n"))).await;
    assert!(message.contains("3 of 3") && message.contains("taux_emploi_6_mois"), "{message}");
    let mut long = "millesime;voie;cfd;id_mesure;valeur_mesure\n".to_owned();
    for n in 0..3 {
        for (mesure, valeur) in [("nb_sortant", 60), ("nb_en_emploi_6_mois", 30), ("taux_emploi_6_mois", 40)] {
            writeln!(long, "2021;apprentissage;3200000{n};{mesure};{valeur}").unwrap();
        }
    }
    let message = world.refuse("inserjeunes-mesures.csv", &long).await;
    assert!(message.contains("3 of 3") && message.contains("line 2"), "{message}");
    let two = long.lines().take(7).collect::<Vec<_>>().join("\n") + "\n";
    only(&world.accept("inserjeunes-mesures.csv", two).await, Rule::RateAgainstCounts, 2);
}

#[tokio::test]
async fn a_region_that_is_not_the_one_of_the_uai_is_reported_and_on_many_rows_refused() {
    let world = World::new().await;
    let elsewhere = |rows: usize, wrong: usize| {
        cfa(rows, move |n, cells| {
            if n < wrong {
                cells[3] = "BRETAGNE".to_owned();
            }
        })
    };
    assert!(world.refuse("fr-en-inserjeunes-cfa.csv", elsewhere(4, 4)).await.contains("4 of 4"));
    let report = world.accept("fr-en-inserjeunes-cfa.csv", elsewhere(4, 1)).await;
    only(&report, Rule::RegionAgainstUai, 1);
    let stored = world.rows("SELECT DISTINCT region FROM mesures_etablissement ORDER BY 1").await;
    assert_eq!(stored, ["11", "53"], "as the file says; a publication serves the one of the UAI");
    let abroad = format!("{CFA}\ncumul 2022-2023;{};CFA;BRETAGNE;20;48;32;20;60;58;2;66;70\n", uai(9_900_001));
    let report = world.accept("fr-en-inserjeunes-cfa.csv", abroad).await;
    assert_eq!(report.findings.total(), 0, "digits that name no département are compared with nothing");
}

#[tokio::test]
async fn a_day_has_a_year_of_four_digits_and_of_this_age() {
    let world = World::new().await;
    let header = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;\
                  DATE_PREMIERE_SESSION;DATE_DERNIERE_SESSION";
    let good = |n| format!("500221{n:02};500;UN CAP;01/09/2020;31/12/9999;2022;\n");
    let good = (0..60).map(good).collect::<Vec<_>>().concat();
    for (bad, text) in [
        ("50029901;500;UN CAP;01/09/2020;31/08/30;;", "31/08/30"),
        ("50029901;500;UN CAP;01/09/20;;;", "01/09/20"),
        ("50029901;500;UN CAP;01/09/1820;;;", "01/09/1820"),
        ("50029901;500;UN CAP;01/09/2020;31/12/2222;;", "31/12/2222"),
        ("50029901;500;UN CAP;01/09/2020;;22;", "22"),
        ("50029901;500;UN CAP;01/09/2020;;2022;9998", "9998"),
    ] {
        let report = world.accept("v_formation_diplome.csv", format!("{header}\n{good}{bad}\n")).await;
        let [rejets] = report.rejets.as_slice() else { panic!("{:?}", report.rejets) };
        assert_eq!((rejets.motif, rejets.exemples[0].valeur.as_str()), (RejectionReason::DateInvalide, text));
        only(&report, Rule::EndlessDate, 60);
    }
    assert_eq!(world.rows("SELECT DISTINCT date_fermeture FROM formations_diplome").await, ["-"]);
}

#[tokio::test]
async fn a_renamed_column_is_missed_and_the_one_that_resembles_it_is_named() {
    let world = World::new().await;
    world.accept("fr-en-inserjeunes-cfa.csv", cfa(5, |_, _| {})).await;
    let renamed = |year: &str| {
        let file = cfa(5, |_, _| {}).replace("Taux emploi 12 mois", "Taux emploi salarié 12 mois");
        file.replace("2022-2023", year)
    };
    for year in ["2022-2023", "2023-2024"] {
        let message = world.refuse("fr-en-inserjeunes-cfa.csv", renamed(year)).await;
        for part in ["taux_emploi_12_mois", "2022_2023", "«Taux emploi salarié 12 mois»", "--accepter colonne_disparue"]
        {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
    world.accept("fr-en-inserjeunes-cfa.csv", renamed("2020-2021")).await;
    let accepted =
        world.ingest_with("fr-en-inserjeunes-cfa.csv", renamed("2022-2023"), &accepting(Acceptance::LostColumn)).await;
    assert_eq!((accepted.state, accepted.acceptances.used()), (FileStatus::Importe, vec!["colonne_disparue"]));
}

#[tokio::test]
async fn yearly_files_of_an_older_generation_are_good_after_newer_ones() {
    let world = World::new().await;
    let newer = "n°UAI de l'établissement;Libellé de l'établissement;Région;Dont apprentis en EPLE;Taux de poursuite \
                 d'études;Taux;Taux attendu;Valeur ajoutée;Part en poursuite d'études";
    let older = "n°UAI de l'établissement;Libellé de l'établissement;Région;Dont apprentis en EPLE;Taux;Taux attendu;\
                 Valeur ajoutée";
    let (newer, older) = (
        format!("{newer}\n{};L;BRETAGNE;ensemble;40;60;58;2;40\n", uai(350_017)),
        format!("{older}\n{};L;BRETAGNE;ensemble;60;58;2\n", uai(350_017)),
    );
    world.accept("depp-2022-etablissements-2021_2022-pro.csv", newer).await;
    world.accept("depp-2022-etablissements-2018_2019-pro.csv", &older).await;
    let message = world.refuse("depp-2022-etablissements-2022_2023-pro.csv", &older).await;
    assert!(message.contains("part_poursuite_etudes"), "{message}");
}

#[tokio::test]
async fn a_long_form_without_lines_of_a_measure_misses_it_too() {
    let world = World::new().await;
    let long = |mesure: &str| {
        format!(
            "millesime;voie;cfd;id_mesure;valeur_mesure\n2021;apprentissage;32000000;nb_annee_term;100\n\
             2021;apprentissage;32000000;{mesure};50\n"
        )
    };
    world.accept("inserjeunes-mesures.csv", long("taux_emploi_6_mois")).await;
    let message = world.refuse("inserjeunes-mesures.csv", long("taux_emploi_salarie_6_mois")).await;
    assert!(message.contains("«taux_emploi_salarie_6_mois» for taux_emploi_6_mois"), "{message}");
}

#[tokio::test]
async fn zeros_of_a_horizon_that_has_not_elapsed_are_no_figures() {
    let world = World::new().await;
    let zeros = |rows| cfa(rows, |_, cells| cells[12] = "0".to_owned());
    let report = world.accept("fr-en-inserjeunes-cfa.csv", zeros(19)).await;
    assert_eq!(report.findings.total(), 0, "nineteen may be chance");
    let report = world.accept("fr-en-inserjeunes-cfa.csv", zeros(20)).await;
    only(&report, Rule::HorizonNotElapsed, 20);
    let count = "SELECT count(taux_emploi_18_mois), count(taux_emploi_12_mois) FROM mesures_etablissement";
    assert_eq!(world.rows(count).await, ["0 20"]);
    let one = cfa(20, |n, cells| cells[12] = if n == 7 { "3" } else { "0" }.to_owned());
    assert_eq!(world.accept("fr-en-inserjeunes-cfa.csv", one).await.findings.total(), 0, "one is above 0");
    let rows: Vec<_> = (0..20).map(|n| format!("{};0", wide_row("2020_2021", "11", 32_000_000 + n))).collect();
    let wide = format!("{WIDE};nb_en_emploi_24_mois\n{}\n", rows.join("\n"));
    only(&world.accept("inserjeunes-mesures.csv", wide).await, Rule::HorizonNotElapsed, 20);
    assert_eq!(world.rows("SELECT DISTINCT nb_en_emploi_24_mois FROM mesures").await, ["-"]);
}

#[tokio::test]
async fn a_place_out_of_its_territory_is_put_right_or_dropped_and_a_web_site_is_an_address() {
    let world = World::new().await;
    let header = "Identifiant_de_l_etablissement;Nom_etablissement;Code_postal;Nom_commune;Code_departement;\
                  Code_academie;Code_region;Statut_public_prive;Web;latitude;longitude;etat";
    let row = |number, web: &str, latitude: &str, longitude: &str| {
        format!("{};L;75001;Paris;075;01;11;Public;{web};{latitude};{longitude};OUVERT", uai(number))
    };
    let rows = [
        row(750_100, "javascript:alert(1)", "0", "0"),
        row(750_101, "www.exemple.fr", "2.34", "48.86"),
        row(750_102, "néant", "48.86", "2.34"),
        row(750_103, "http://exemple.fr", "6862305.2", "2.34"),
        row(750_104, "", "", ""),
    ];
    let report = world.accept("annuaire.csv", format!("{header}\n{}\n", rows.join("\n"))).await;
    let counts = [Rule::PositionOutside, Rule::SwappedPosition, Rule::NoWebSite].map(|rule| report.findings.of(rule));
    assert_eq!((counts, report.findings.total(), report.lines.rejetees), ([2, 1, 2], 5, 0));
    assert_eq!(
        world.rows("SELECT latitude, longitude, site_web FROM annuaire ORDER BY ligne").await,
        ["- - -", "48.86 2.34 https://www.exemple.fr", "48.86 2.34 -", "- - http://exemple.fr", "- - -"]
    );
}

#[tokio::test]
async fn of_several_lines_of_one_uai_the_first_open_one_counts() {
    let world = World::new().await;
    let header = "Identifiant_de_l_etablissement;Nom_etablissement;Code_postal;Nom_commune;Code_departement;\
                  Code_academie;Code_region;Statut_public_prive;latitude;longitude;etat";
    let row = |number, nom: &str, state: &str| {
        format!("{};{nom};75001;Paris;075;01;11;Public;48.86;2.34;{state}", uai(number))
    };
    let rows = [
        row(750_100, "Ancien", "FERME"),
        row(750_100, "Ouvert", "OUVERT"),
        row(750_100, "Autre", "OUVERT"),
        row(750_101, "Premier", "FERME"),
        row(750_101, "Second", "A OUVRIR"),
    ];
    let report = world.accept("annuaire.csv", format!("{header}\n{}\n", rows.join("\n"))).await;
    assert_eq!((report.lines.gardees, report.lines.repetees), (2, 3));
    assert_eq!(world.rows("SELECT nom FROM annuaire ORDER BY ligne").await, ["Ouvert", "Premier"]);
}
