//! The crosswalks and the attachments between établissements.

use exposition::ingestion::RejectionReason;

use super::{World, uai};

const RECORDS: &str = "SELECT ligne, relation, codes::text, duree FROM tables_passage ORDER BY fichier_id, ligne";

#[tokio::test]
async fn each_crosswalk_is_told_by_its_columns_and_kept_as_records_of_codes() {
    for (name, file, dataset, record) in [
        (
            "onisep.csv",
            "libelle;code RNCP;URL et ID Onisep;code scolarité;durée\n\
             CAP;35341;https://exemple.invalid/formation/FOR.8472;5009990;2 ans\n",
            "onisep-ideo-formations-initiales",
            "2 meme_formation {CFD:05009990,RNCP:35341,ONISEP:FOR.8472} 2",
        ),
        (
            "passage.csv",
            "certif_info_ci_identifiant,ideo_identifiant_formation,ci_code_rncp,ci_code_scolarite\n\
             83467,FOR.8472,RNCP35341,50099901\n",
            "onisep-table-passage",
            "2 meme_formation {CFD:50099901,RNCP:35341,ONISEP:FOR.8472,CERTIFINFO:83467} -",
        ),
        (
            "certif.csv",
            "Code_Diplome;codeIdeo2;Code_RNCP;Code_Scolarité\n83467;8472;RNCP00492;50099901\n",
            "certif-info",
            "2 meme_formation {CFD:50099901,RNCP:492,ONISEP:FOR.8472,CERTIFINFO:83467} -",
        ),
        (
            "kit.csv",
            "Numero_Fiche;Code_CFD\nRNCP35341;50099901\n",
            "rncp-cfd",
            "2 meme_formation {CFD:50099901,RNCP:35341} -",
        ),
        ("kit2.csv", "rncp;cfd\n35341;50099901\n", "rncp-cfd", "2 meme_formation {CFD:50099901,RNCP:35341} -"),
        ("suite.csv", "ancien;nouveau\nRNCP1;RNCP2\n", "rncp-historique", "2 remplace_par {RNCP:1,RNCP:2} -"),
        (
            "sise.csv",
            "sise;code_rncp;onisep\n2599901;35341;FOR.8472\n",
            "sise-correspondances",
            "2 meme_formation {SISE:2599901,RNCP:35341,ONISEP:FOR.8472} -",
        ),
    ] {
        let world = World::new().await;
        let report = world.accept(name, file).await;
        assert_eq!((report.dataset, report.lines.gardees), (Some(dataset), 1), "{name}");
        assert_eq!(world.rows(RECORDS).await, [record], "{name}");
    }
}

#[tokio::test]
async fn certif_info_is_read_in_latin_1() {
    let world = World::new().await;
    let file = b"Code_Diplome;Libell\xE9;codeIdeo2;Code_RNCP;Code_Scolarit\xE9\n83467;M\xE9tiers;FOR.8472;;50099901\n";
    let report = world.accept("export.csv", file).await;
    assert_eq!((report.dataset, report.encodage), (Some("certif-info"), Some("iso-8859-1")));
    assert_eq!(world.rows(RECORDS).await, ["2 meme_formation {CFD:50099901,ONISEP:FOR.8472,CERTIFINFO:83467} -"]);
}

#[tokio::test]
async fn each_kind_of_bad_cell_is_rejected_with_what_is_expected() {
    for (header, good, column, bad, expected) in [
        ("rncp;cfd", "35341;50099901", "rncp", "35A41;50099901", "RNCP"),
        ("rncp;cfd", "35341;50099901", "cfd", "35341;500", "CFD"),
        ("rncp;cfd", "35341;50099901", "cfd", "35341;4,0E+07", "CFD"),
        ("sise;onisep", "2599901;FOR.1", "sise", "259990;FOR.1", "SISE"),
        ("sise;onisep", "2599901;FOR.1", "onisep", "2599902;EXP.1", "Onisep"),
        ("Code_Diplome;Code_RNCP", "83467;35341", "Code_Diplome", "8x;35341", "Certif-Info"),
        ("ancien;nouveau", "1;2", "nouveau", "1;0", "RNCP"),
    ] {
        let world = World::new().await;
        // A row of twenty, below the share of rejected rows that refuses a file.
        let rows: Vec<_> = (0..30)
            .map(|n| if n == 3 { bad.to_owned() } else { good.replace('1', &(1 + n % 8).to_string()) })
            .collect();
        let report = world.accept("table.csv", format!("{header}\n{}\n", rows.join("\n"))).await;
        let rejected = &report.rejets[0];
        assert_eq!((rejected.motif, report.lines.rejetees), (RejectionReason::CodeInvalide, 1), "{header} {bad}");
        let example = &rejected.exemples[0];
        assert_eq!((example.line, example.column.as_deref()), (5, Some(column)), "{bad}");
        assert!(example.raison.contains(expected), "{bad}: {}", example.raison);
    }
}

#[tokio::test]
async fn a_record_with_a_single_code_links_nothing_and_is_no_fault() {
    let world = World::new().await;
    let file = "Code_Diplome;codeIdeo2;Code_RNCP;Code_Scolarité\n\
        1;;RNCP1;\n2;;;\n3;;RS5000;\n4;;RS5001;50099901\n";
    let report = world.accept("certif-info.csv", file).await;
    let lines = report.lines;
    assert_eq!((lines.gardees, lines.ignorees, lines.rejetees), (2, 2, 0));
    let reasons: Vec<_> = report.hors_perimetre.iter().map(|(reason, count)| (*reason, *count)).collect();
    assert!(reasons.iter().any(|(reason, count)| reason.contains("un seul code") && *count == 1), "{reasons:?}");
    assert!(
        reasons.iter().any(|(reason, count)| reason.contains("répertoire spécifique") && *count == 1),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn one_diploma_keeps_its_several_numbers_and_identical_records_are_one() {
    let world = World::new().await;
    let report = world.accept("rncp-cfd.csv", "rncp;cfd\n1;50099901\n2;50099901\n01;50099901\n3;50099902\n").await;
    assert_eq!((report.lines.gardees, report.lines.identiques), (3, 1));
}

#[tokio::test]
async fn a_duration_that_is_no_number_of_years_is_reported_and_the_record_kept() {
    let world = World::new().await;
    let file = "code_rncp;url_et_id_onisep;duree\n1;FOR.1;1 an\n2;FOR.2;6 mois\n3;FOR.3;\n";
    let report = world.accept("onisep.csv", file).await;
    assert_eq!((report.lines.gardees, report.findings.total()), (3, 1));
    assert_eq!(world.rows("SELECT duree FROM tables_passage ORDER BY ligne").await, ["1", "-", "-"]);
}

#[tokio::test]
async fn a_newer_table_replaces_the_older_one_of_its_dataset_alone() {
    let world = World::new().await;
    world.accept("a.csv", "rncp;cfd\n1;50099901\n2;50099902\n").await;
    world.accept("b.csv", "ancien;nouveau\n1;2\n").await;
    let report = world.accept("c.csv", "rncp;cfd\n3;50099903\n").await;
    assert_eq!(report.lignes_anciennes_remplacees, 2);
    let records = world.rows("SELECT dataset, codes::text FROM tables_passage ORDER BY dataset").await;
    assert_eq!(records, ["rncp-cfd {CFD:50099903,RNCP:3}", "rncp-historique {RNCP:1,RNCP:2}"]);
}

#[tokio::test]
async fn attachments_are_pairs_and_whoever_has_no_mother_is_out_of_scope() {
    let world = World::new().await;
    let (daughter, mother, alone) = (uai(350_017), uai(670_001), uai(750_001));
    let file = format!(
        "numero_uai_trouve;numero_uai_mere;type\n{daughter};{mother};R\n{alone};;R\n{alone};{alone};R\n{daughter};{mother};X\n"
    );
    let report = world.accept("mere.csv", file).await;
    assert_eq!(report.dataset, Some("acce-rattachements"));
    assert_eq!((report.lines.gardees, report.lines.identiques, report.lines.ignorees), (1, 1, 2));
    assert_eq!(world.rows("SELECT uai, uai_mere FROM rattachements").await, [format!("{daughter} {mother}")]);
    let rows = (0..30).map(|n| format!("{};{mother}", uai(350_100 + n))).collect::<Vec<_>>().join("\n");
    let report =
        world.accept("mere2.csv", format!("numero_uai_trouve;numero_uai_mere\n{rows}\n0350017A;{mother}\n")).await;
    assert_eq!(report.rejets[0].motif, RejectionReason::UaiInvalide);
}

#[tokio::test]
async fn the_ministry_s_key_of_a_row_of_the_catalogue_is_kept() {
    let world = World::new().await;
    let (a, b) = (uai(350_017), uai(670_001));
    let file = format!(
        "published;cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai;cle_ministere_educatif\n\
         true;32099901;{a};{b};{b};cle-1\ntrue;32099901;{a};{b};{b};cle-2\ntrue;32099901;{a};{b};{b};\n"
    );
    let report = world.accept("catalogue.csv", file).await;
    assert_eq!((report.dataset, report.lines.gardees), (Some("catalogue-apprentissage"), 3));
    assert_eq!(
        world.rows("SELECT cle_ministere FROM catalogue_apprentissage ORDER BY ligne").await,
        ["cle-1", "cle-2", "-"]
    );
}
