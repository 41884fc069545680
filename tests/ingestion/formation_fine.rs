//! The two portal files by certification and établissement, under every name their columns had.

use exposition::domain::Millesime;
use exposition::ingestion::{FileStatus, Options};

use super::{World, uai};

const CELLS: &str = "SELECT dataset, maille, lieu, code_certification, filiere, millesime, part_poursuite_etudes,
    part_en_emploi_6_mois, part_autres_situations_6_mois, taux_poursuite_etudes, taux_emploi_6_mois,
    taux_emploi_12_mois, taux_emploi_18_mois, taux_emploi_24_mois, nb_annee_term, nb_sortant, non_diffusees
    FROM mesures ORDER BY ligne";

const LABELS: &str = "Année;UAI;Libellé;Région;Type diplome;CODE;Libellé formation;Durée formation;Diplôme rénové ou \
    nouveau;DEVENIR Part poursuite études;DEVENIR Part en emploi 6 mois;DEVENIR Part autre situation 6 mois;Taux \
    poursuite études;Taux emploi 6 mois;Taux emploi 12 mois;Taux emploi 18 mois;Taux emploi 24 mois";
const TECHNICAL: &str = "annee;uai;libelle;region;type_diplome;CODE;libelle_formation;duree_formation;\
    diplome_renove_ou_nouveau;part_en_poursuite_d_etudes;part_en_emploi_6_mois_apres_la_sortie;\
    part_des_autres_situations;taux_poursuite_etudes;taux_emploi_6_mois;taux_emploi_12_mois;taux_emploi_18_mois;\
    taux_emploi_24_mois";
const OLDER: &str = "Année;n°UAI de l'établissement;Libellé de l'établissement;Région;Type de diplôme;CODE;Libellé de \
    la formation;Durée de la formation;Diplôme rénové ou nouveau;Part en poursuite d'études;Part en emploi 6 mois après \
    la sortie;Part des autres situations;Taux de poursuite d'études;Taux d'emploi 6 mois après la sortie;Taux d'emploi \
    12 mois après la sortie;Taux d'emploi 18 mois après la sortie;Taux d'emploi 24 mois après la sortie";

#[tokio::test]
async fn lycees_are_read_under_labels_technical_names_and_older_names() {
    let (a, b) = (uai(350_017), uai(350_018));
    for (header, code) in [
        (LABELS, "Code formation mefstat11"),
        (TECHNICAL, "code_formation_mefstat11"),
        (OLDER, "Code formation mefstat11"),
    ] {
        let world = World::new().await;
        let file = format!(
            "\u{FEFF}{}\r\n\
             cumul 2022-2023;{a};L;BRETAGNE;BAC PRO;40025214401;X;3;;41.0;35.0;24.0;41.0;59,5;62;;nd\r\n\
             cumul 2022-2023;{b};L;BRETAGNE;CAP;24022133411;Y;2;rénové;;;;nd;nd;;;\r\n",
            header.replace("CODE", code)
        );
        let report = world.accept("export.csv", file).await;
        assert_eq!(report.dataset, Some("fr-en-inserjeunes-lycee_pro-formation-fine"));
        assert!(report.colonnes_ignorees.is_empty(), "{:?}", report.colonnes_ignorees);
        let dataset = "fr-en-inserjeunes-lycee_pro-formation-fine etablissement";
        assert_eq!(
            world.rows(CELLS).await,
            [
                // 59,5 is rounded up. Withheld: bit 11, taux_emploi_24_mois.
                format!("{dataset} {a} 40025214401 pro 2022_2023 41 35 24 41 60 62 - - - - 2048"),
                // Bits 7 and 8: taux_poursuite_etudes and taux_emploi_6_mois.
                format!("{dataset} {b} 24022133411 pro 2022_2023 - - - - - - - - - - 384"),
            ],
            "{header}"
        );
        assert_eq!(
            world.rows("SELECT dataset, maille, filiere, millesime, lignes FROM portees").await,
            [format!("{dataset} pro 2022_2023 2")]
        );
    }
}

#[tokio::test]
async fn cfas_have_cfds_and_are_another_dataset() {
    let world = World::new().await;
    let a = uai(670_001);
    for (name, header) in [("a.csv", LABELS), ("b.csv", TECHNICAL), ("c.csv", OLDER)] {
        let file = format!(
            "{}\ncumul 2021-2022;{a};C;GRAND EST;MC;1022105;X;1;;20;50;30;20;70;75;71;73\n",
            header.replace("CODE", "Code formation apprentissage")
        );
        let report = world.accept(name, file).await;
        assert_eq!(report.dataset, Some("fr-en-inserjeunes-cfa-formation_fine"));
        assert_eq!(
            world.rows(CELLS).await,
            [format!(
                "fr-en-inserjeunes-cfa-formation_fine etablissement {a} 01022105 apprentissage 2021_2022 \
                 20 50 30 20 70 75 71 73 - - 0"
            )]
        );
    }
    // Another dataset of the same maille, filière and millésime replaces nothing of it.
    world
        .accept(
            "mesures.csv",
            format!("millesime;uai;voie;cfd;nb_annee_term\n2021_2022;{a};apprentissage;01022105;30\n"),
        )
        .await;
    assert_eq!(world.rows("SELECT count(*) FROM mesures").await, ["2"]);
}

#[tokio::test]
async fn a_yearly_file_without_year_has_it_in_its_name_or_it_is_given() {
    let world = World::new().await;
    let a = uai(350_017);
    let file = format!(
        "n°UAI de l'établissement;Code formation mefstat11;Taux d'emploi 6 mois après la sortie\n{a};40025214401;48\n"
    );
    let message = world.refuse("formation-fine.csv", &file).await;
    assert!(message.contains("--millesime"), "{message}");
    let report = world.accept("formation-fine-2019_2020-pro.csv", &file).await;
    assert_eq!(report.millesimes, ["2019_2020"]);
    let options = Options { millesime: Millesime::parse("2020_2021").ok(), ..Options::default() };
    let report = world.ingest_with("formation-fine.csv", &file, &options).await;
    assert_eq!((report.state, report.millesimes.as_slice()), (FileStatus::Importe, &["2020_2021".to_owned()][..]));
    let report = world.ingest_with("formation-fine-2019_2020.csv", &file, &options).await;
    assert!(report.motif.unwrap().contains("2019_2020"));
    // Where the rows carry a year, the option contradicts them.
    let file = file.replacen("n°UAI", "Année;n°UAI", 1).replacen(&a, &format!("2019-2020;{a}"), 1);
    let report = world.ingest_with("formation-fine.csv", &file, &options).await;
    assert!(report.motif.unwrap().contains("--millesime"));
}

#[tokio::test]
async fn shares_that_do_not_make_up_everybody_are_kept_and_reported() {
    let world = World::new().await;
    let a = uai(350_017);
    let header = "annee;uai;code_formation_mefstat11;part_en_poursuite_d_etudes;part_en_emploi_6_mois;\
                  part_des_autres_situations";
    let file = format!("{header}\n2022_2023;{a};40025214401;40;35;27\n2022_2023;{a};40025214402;40;35;28\n");
    let report = world.accept("file.csv", file).await;
    assert_eq!((report.lines.gardees, report.findings.total()), (2, 1));
    let example = &report.findings.by_rule()[0].examples[0];
    assert_eq!(
        (example.line, example.column.as_deref(), example.valeur.as_str()),
        (3, Some("part_des_autres_situations"), "28")
    );
    assert!(example.raison.contains("(25)"), "{}", example.raison);
}
