//! What each dataset rejects or refuses: twenty good rows, and one that is wrong.

use exposition::domain::text::fold;
use exposition::ingestion::RejectionReason as M;

use super::{World, uai};

/// A dataset: name of its file, header, and the good row of a number.
struct Format {
    nom: &'static str,
    header: &'static str,
    row: fn(u32) -> String,
}

const FORMATS: [Format; 11] = [
    Format {
        nom: "fr-en-inserjeunes-lycee_pro-formation-fine.csv",
        header: "Année;UAI;Code formation mefstat11;Taux emploi 6 mois",
        row: |n| format!("cumul 2022-2023;{};40025214401;{n}", uai(350_000 + n)),
    },
    Format {
        nom: "fr-en-inserjeunes-cfa-formation_fine.csv",
        header: "Année;UAI;Code formation apprentissage;Taux emploi 6 mois",
        row: |n| format!("cumul 2022-2023;{};32099901;{n}", uai(350_000 + n)),
    },
    Format {
        nom: "dares-remunerations.csv",
        header: "Millésime;Filière;Code formation;Q1;Q2;Q3",
        row: |n| format!("2021;apprentissage;{};1200;1300;1400", 32_099_900 + n),
    },
    Format {
        nom: "n_groupe_formation.csv",
        header: "GROUPE_FORMATION;TYPE_GROUPE_FORMATION;LIBELLE_EDITION;DATE_FERMETURE",
        row: |n| format!("G99{n:02};TG01;X;"),
    },
    Format {
        nom: "n_lien_formation_groupe.csv",
        header: "GROUPE_FORMATION;FORMATION_DIPLOME;DATE_FERMETURE",
        row: |n| format!("G9901;{};", 40_099_900 + n),
    },
    Format {
        nom: "n_diplome_sise.csv",
        header: "DIPLOME_SISE|TYPE_DIPLOME_SISE|LIBELLE_INTITULE_1|DATE_OUVERTURE|DATE_FERMETURE",
        row: |n| format!("{}|DR|X||", 2_599_900 + n),
    },
    Format {
        nom: "n_type_diplome_sise.csv",
        header: "TYPE_DIPLOME_SISE|NIVEAU_INTERMINISTERIEL|LIBELLE_COURT",
        row: |n| format!("{n:02}|2|X"),
    },
    Format {
        nom: "acce_etablissements.csv",
        header: "numero_uai;nature_uai;denomination_principale;appellation_officielle;commune_libe;academie;\
                 departement_insee_3;secteur_public_prive;etat_etablissement",
        row: |n| format!("{};320;D;N;C;14;035;PU;1", uai(350_000 + n)),
    },
    Format {
        nom: "fr-en-annuaire-education.csv",
        header: "Identifiant_de_l_etablissement;Nom_etablissement;Code_postal;Nom_commune;Code_departement;\
                 Code_academie;Code_region;Statut_public_prive;latitude;longitude;etat",
        row: |n| format!("{};N;35000;C;035;14;53;Public;48.1;-1.7;OUVERT", uai(350_000 + n)),
    },
    Format {
        nom: "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre.csv",
        header: "numero_uai;EPSG;appariement;libelle_commune;code_departement;latitude;longitude",
        row: |n| format!("{};EPSG:2154;Parfaite;C;035;48.1;-1.7", uai(350_000 + n)),
    },
    Format {
        nom: "catalogue-apprentissage.csv",
        header: "published;cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai",
        row: |n| format!("true;32099901;{};;", uai(350_000 + n)),
    },
];

impl Format {
    fn of(start: &str) -> &'static Self {
        FORMATS.iter().find(|format| format.nom.starts_with(start)).unwrap()
    }

    /// Twenty good rows; the fourth, on line 5, is replaced.
    fn with(&self, bad: &str) -> String {
        let rows = (0..20).map(|n| if n == 3 { bad.to_owned() } else { (self.row)(n) });
        format!("{}\n{}\n", self.header, rows.collect::<Vec<_>>().join("\n"))
    }

    fn good(&self) -> String {
        self.with(&(self.row)(3))
    }

    fn separator(&self) -> char {
        if self.header.contains('|') { '|' } else { ';' }
    }
}

/// The UAI of row 3 with a letter that is not its own.
fn wrong_uai() -> String {
    let right = uai(350_003);
    format!("0350003{}", if right.ends_with('A') { 'B' } else { 'A' })
}

#[tokio::test]
async fn a_bad_row_of_any_dataset_is_rejected_with_line_column_value_and_reason() {
    let wrong = wrong_uai();
    let right = uai(350_003);
    let cases: Vec<(&str, String, M, Option<&str>, &str)> = vec![
        ("fr-en-inserjeunes-l", format!("2022_2023;{wrong};40025214401;1"), M::UaiInvalide, Some("UAI"), &wrong),
        (
            "fr-en-inserjeunes-l",
            format!("2022_2023;{right};32099901;1"),
            M::CodeInvalide,
            Some("Code formation mefstat11"),
            "32099901",
        ),
        ("fr-en-inserjeunes-l", format!("2022_2023;{right};;1"), M::CodeManquant, Some("Code formation mefstat11"), ""),
        (
            "fr-en-inserjeunes-l",
            format!("2022_2023;{right};40025214401;101"),
            M::ValeurImpossible,
            Some("Taux emploi 6 mois"),
            "101",
        ),
        (
            "fr-en-inserjeunes-c",
            format!("2022_2023;{right};40025214401;1"),
            M::CodeInvalide,
            Some("Code formation apprentissage"),
            "40025214401",
        ),
        (
            "fr-en-inserjeunes-c",
            format!("2022_2024;{right};32099901;1"),
            M::MillesimeInvalide,
            Some("Année"),
            "2022_2024",
        ),
        (
            "fr-en-inserjeunes-c",
            format!("2022_2023;{right};32099901;70 %"),
            M::NombreInvalide,
            Some("Taux emploi 6 mois"),
            "70 %",
        ),
        ("dares", "2021;apprentissage;3209;1;2;3".into(), M::CodeInvalide, Some("Code formation"), "3209"),
        ("dares", "2021;scolaire;32099901;1;2;3".into(), M::CodeEtFiliere, Some("Code formation"), "32099901"),
        ("dares", "2021;soir;32099901;1;2;3".into(), M::FiliereInconnue, Some("Filière"), "soir"),
        ("dares", "2021;apprentissage;32099999;1;-2;3".into(), M::ValeurImpossible, Some("Q2"), "-2"),
        ("dares", "2021;apprentissage;32099999;1400;1300;1500".into(), M::QuartilesIncoherents, Some("Q2"), "1300"),
        ("dares", "2021;apprentissage;32099999;1400;;1300".into(), M::QuartilesIncoherents, Some("Q3"), "1300"),
        ("n_groupe", "G99;TG01;X;".into(), M::CodeInvalide, Some("GROUPE_FORMATION"), "G99"),
        ("n_groupe", "G9999;TG01;X;31/02/2020".into(), M::DateInvalide, Some("DATE_FERMETURE"), "31/02/2020"),
        ("n_lien", "G9901;4009 901;".into(), M::CodeInvalide, Some("FORMATION_DIPLOME"), "4009 901"),
        ("n_lien", ";40099901;".into(), M::CodeManquant, Some("GROUPE_FORMATION"), ""),
        ("n_diplome", "259990|DR|X||".into(), M::CodeInvalide, Some("DIPLOME_SISE"), "259990"),
        ("n_diplome", "2599999|DR|X|hier|".into(), M::DateInvalide, Some("DATE_OUVERTURE"), "hier"),
        ("n_type", "D|2|X".into(), M::CodeInvalide, Some("TYPE_DIPLOME_SISE"), "D"),
        ("acce", format!("{wrong};320;D;N;C;14;035;PU;1"), M::UaiInvalide, Some("numero_uai"), &wrong),
        (
            "fr-en-annuaire",
            format!("{right};N;35000;C;035;14;53;Public;nord;-1.7;OUVERT"),
            M::PositionInvalide,
            Some("latitude"),
            "nord",
        ),
        (
            "fr-en-annuaire",
            format!("{wrong};N;35000;C;035;14;53;Public;48.1;-1.7;OUVERT"),
            M::UaiInvalide,
            Some("Identifiant_de_l_etablissement"),
            &wrong,
        ),
        (
            "fr-en-adresse",
            format!("{right};EPSG:2154;Parfaite;C;035;48.1;181"),
            M::PositionInvalide,
            Some("longitude"),
            "181",
        ),
        ("catalogue", format!("true;32099901;{wrong};;"), M::UaiInvalide, Some("uai_formation"), &wrong),
        (
            "catalogue",
            format!("true;32099901;;;{wrong}"),
            M::UaiInvalide,
            Some("etablissement_gestionnaire_uai"),
            &wrong,
        ),
        ("catalogue", format!("true;;{right};;"), M::CodeManquant, Some("cfd"), ""),
        ("catalogue", format!("peut-être;32099901;{right};;"), M::BooleenInvalide, Some("published"), "peut-être"),
    ];
    let world = World::new().await;
    for (start, row, motif, column, valeur) in cases {
        let format = Format::of(start);
        let report = world.accept(format.nom, format.with(&row)).await;
        assert_eq!((report.lines.lues, report.lines.gardees, report.lines.rejetees), (20, 19, 1), "{row}");
        let example = &report.rejets[0].exemples[0];
        assert_eq!((report.rejets[0].motif, example.line), (motif, 5), "{row}");
        assert_eq!((example.column.as_deref(), example.valeur.as_str()), (column, valeur), "{row}");
    }
}

#[tokio::test]
async fn a_file_of_any_dataset_without_one_of_its_columns_is_refused_by_name() {
    let world = World::new().await;
    for format in &FORMATS {
        let separator = format.separator();
        for column in format.header.split(separator) {
            // Not required: the millésime may be in the name, the closing day of a group unknown.
            let group = format.nom.starts_with("n_groupe") || format.nom.starts_with("n_lien");
            if column == "Année" || group && column == "DATE_FERMETURE" {
                continue;
            }
            let header: Vec<_> =
                format.header.split(separator).map(|name| if name == column { "autre" } else { name }).collect();
            let file = format.good().replacen(format.header, &header.join(&separator.to_string()), 1);
            let message = world.refuse(format.nom, file).await;
            assert!(message.contains("column missing for dataset"), "{}, {column}: {message}", format.nom);
            assert!(message.contains(format.nom.trim_end_matches(".csv")), "{}, {column}: {message}", format.nom);
            // Accents, case and underscores do not count in a column's name.
            let expected = fold(message.split("; found").next().unwrap());
            assert!(expected.contains(&fold(column)), "{column}: {message}");
        }
    }
    assert!(world.rows("SELECT id FROM fichiers").await.is_empty());
}

#[tokio::test]
async fn a_damaged_file_of_any_dataset_is_refused_and_changes_nothing() {
    let world = World::new().await;
    for format in &FORMATS {
        world.accept(format.nom, format.good()).await;
    }
    let before = world.everything().await;
    for format in &FORMATS {
        let good = format.good();
        // The last line loses its last separator and what follows.
        let cut = good.trim_end().rsplit_once(format.separator()).unwrap().0.to_owned();
        let message = world.refuse(format.nom, cut).await;
        assert!(message.contains("truncated") && message.contains("(21)"), "{}: {message}", format.nom);
        // UTF-8 above, another encoding below.
        let last = good.trim_end().rsplit_once('\n').unwrap();
        let mut mixed = format!("{}\n", last.0.replacen('\n', &format!("{}é\n", format.separator()), 1)).into_bytes();
        mixed.extend(last.1.bytes());
        mixed.extend(b"\xE9\n");
        let message = world.refuse(format.nom, mixed).await;
        assert!(message.contains("encoding") && message.contains("line 21"), "{}: {message}", format.nom);
        let doubled = good.replacen(format.header, &format!("{0}{1}{0}", format.header, format.separator()), 1);
        let message = world.refuse(format.nom, doubled).await;
        assert!(message.contains("repeats a column"), "{}: {message}", format.nom);
        assert_eq!(world.everything().await, before, "{} changed the database", format.nom);
    }
}

/// Directories keep the first; the catalogue's rows are their own key. Everything else rejects
/// both.
#[tokio::test]
async fn two_rows_of_one_key_that_say_different_things_are_both_rejected() {
    let world = World::new().await;
    for (start, row) in [
        ("fr-en-inserjeunes-l", format!("cumul 2022-2023;{};40025214401;99", uai(350_000))),
        ("fr-en-inserjeunes-c", format!("cumul 2022-2023;{};32099901;99", uai(350_000))),
        ("dares", "2021;apprentissage;32099900;1;2;3".into()),
        ("n_groupe", "G9900;TG01;Y;".into()),
        ("n_lien", "G9901;40099900;31/08/2030".into()),
        ("n_diplome", "2599900|DR|Y||".into()),
        ("n_type", "00|3|X".into()),
    ] {
        let format = Format::of(start);
        // Forty rows, so that two of them are not too many.
        let more = (20..40).map(format.row).collect::<Vec<_>>().join("\n");
        let report = world.accept(format.nom, format!("{}{more}\n", format.with(&row))).await;
        assert_eq!((report.lines.lues, report.lines.gardees, report.lines.rejetees), (40, 38, 2), "{row}");
        let lines: Vec<_> = report.rejets[0].exemples.iter().map(|example| example.line).collect();
        assert_eq!((report.rejets[0].motif, lines.as_slice()), (M::Conflit, &[2, 5][..]), "{row}");
    }
}
