//! Datasets that stand beside those that are read, and what the names of files say.

use exposition::domain::{Filiere, Millesime};
use exposition::ingestion::{FileStatus, Options};

use super::file;
use crate::ingestion::{World, uai};

const BY_LEVEL: &str = "annee;uai;libelle;region;niveau_formation;taux_poursuite_etudes;taux_emploi_6_mois;\
                        taux_interruption_formation;taux_contrats_interrompus";

#[tokio::test]
async fn a_sibling_dataset_is_skipped_in_a_folder_and_refused_by_name_by_itself() {
    let world = World::new().await;
    let text = file(BY_LEVEL, &[format!("cumul 2023-2024;{};CFA;ILE-DE-FRANCE;CAP;30;60;12;20", uai(750_100))]);
    for name in ["fr-en-inserjeunes-cfa-niveau_formation.csv", "fr-en-inserjeunes-cfa.csv", "export.csv"] {
        let message = world.refuse(name, &text).await;
        assert!(message.contains("fr-en-inserjeunes-cfa-niveau_formation, which is known and not read"), "{message}");
        let folder = Options { in_folder: true, ..Options::default() };
        let skipped = world.ingest_with(name, &text, &folder).await;
        assert_eq!(skipped.state, FileStatus::Ignore, "{name}");
        assert!(skipped.motif.unwrap().contains("niveau_formation"));
    }
}

/// A yearly file of the ministry.
fn yearly() -> String {
    file("n°UAI de l'établissement;Taux;Taux attendu;Valeur ajoutée", &[format!("{};60;58;2", uai(350_001))])
}

#[tokio::test]
async fn the_ministry_s_own_names_of_yearly_files_are_understood() {
    for (name, expected) in [
        ("depp-2022-etablissement-voie-pro-sco-2020-2019-maj2-102525.csv", "2019_2020 pro"),
        ("depp-2022-etablissements-2021_2022-pro (1).csv", "2021_2022 pro"),
        ("depp-2022-etablissements-apprentissage-2021-2022-maj.csv", "2021_2022 apprentissage"),
        ("CFA_2021_2022.csv", "2021_2022 apprentissage"),
        ("lycee_pro-2021_2022.csv", "2021_2022 pro"),
    ] {
        let world = World::new().await;
        world.accept(name, yearly()).await;
        let kept = world.rows("SELECT millesime, filiere FROM mesures_etablissement").await;
        assert_eq!(kept, [expected], "{name}");
    }
}

#[tokio::test]
async fn a_name_that_says_two_things_or_nothing_is_settled_by_the_options() {
    let world = World::new().await;
    let with = |millesime: Option<&str>, voie| Options {
        millesime: millesime.map(|text| Millesime::parse(text).unwrap()),
        voie,
        ..Options::default()
    };
    for (name, part) in [
        ("depp-2019_2020-2021_2022-pro.csv", "2019_2020 and "),
        ("depp-2021_2022-pro-apprentissage.csv", "both voies"),
        ("depp-2021_2022.csv", "--voie"),
        ("depp-pro.csv", "--millesime"),
    ] {
        let message = world.refuse(name, yearly()).await;
        assert!(message.contains(part), "{message}");
    }
    for (name, options, part) in [
        ("depp-2021_2022-pro.csv", with(None, Some(Filiere::Apprentissage)), "which is right"),
        ("depp-2021_2022-pro.csv", with(Some("2018_2019"), None), "which is right"),
        ("fr-en-inserjeunes-cfa.csv", with(None, Some(Filiere::Pro)), "leave the option out"),
    ] {
        let text = if name.starts_with("depp") { yearly() } else { file(super::CFA, &super::cfas(2)) };
        let report = world.ingest_with(name, text, &options).await;
        let message = report.motif.unwrap();
        assert!(report.state == FileStatus::Refuse && message.contains(part), "{message}");
    }
    let both = with(Some("2021_2022"), Some(Filiere::Apprentissage));
    let report = world.ingest_with("depp-2019_2020-2021_2022-pro-cfa.csv", yearly(), &both).await;
    assert_eq!(report.state, FileStatus::Importe, "{:?}", report.motif);
    let kept = world.rows("SELECT millesime, filiere FROM mesures_etablissement").await;
    assert_eq!(kept, ["2021_2022 apprentissage"]);
}
