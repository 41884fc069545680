//! Files that must be refused, each with a message to act on and an unchanged database.

use exposition::ingestion::{FileStatus, IngestionError, Options, RejectionReason, ingest};
use sqlx::Executor;

use super::{WIDE, World, uai, wide, wide_row};
use crate::common::config;

#[tokio::test]
async fn damaged_files_are_refused_with_a_message_and_change_nothing() {
    let world = World::new().await;
    world.accept("before.csv", wide("2019_2020", 3)).await;
    let before = world.everything().await;
    let good = wide("2020_2021", 40);
    let cut = &good[..good.len() - 20];
    let mut mixed = format!("{WIDE};libelle\n").into_bytes();
    mixed.extend(format!("{};élève\n", wide_row("2020_2021", "11", 1)).into_bytes());
    mixed.extend(format!("{};", wide_row("2020_2021", "11", 2)).into_bytes());
    mixed.extend(b"\xE9l\xE8ve\n");
    let unclosed = good.replacen("2020_2021;11", "\"2020_2021;11", 1);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("empty", Vec::new(), &["empty"]),
        ("header only", format!("{WIDE}\n").into_bytes(), &["no row"]),
        ("binary", [good.as_bytes(), b"PK\x03\x04\0\0"].concat(), &["binary", "0x03", "line 42"]),
        ("utf-16", utf16, &["UTF-16", "UTF-8"]),
        ("mixed encodings", mixed, &["encoding", "line 3"]),
        ("cut", cut.as_bytes().to_vec(), &["truncated", "(41)", "of 11 fields"]),
        ("quote", unclosed.into_bytes(), &["quoted field", "line 2"]),
        (
            "repeated",
            good.replacen("nb_sortant", "NB_Annee_term", 1).into_bytes(),
            &["repeats", "column 6", "column 8"],
        ),
        (
            "missing",
            good.replacen("nb_annee_term", "nb_autre", 1).into_bytes(),
            &["«nb_annee_term»", "found millesime"],
        ),
        (
            "separators",
            good.replace(';', ",").replacen(&WIDE.replace(';', ","), WIDE, 1).into_bytes(),
            &["«;»", "«,»", "line 2"],
        ),
        ("unknown", b"prenom;nombre\nAda;3\n".to_vec(), &["no known dataset", "--dataset"]),
    ];
    for (name, content, expected) in cases {
        let message = world.refuse(&format!("{name}.csv"), content).await;
        for part in expected {
            assert!(message.contains(part), "{name}: {message}");
        }
        assert_eq!(world.everything().await, before, "{name} changed the database");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_refused() {
    let world = World::new().await;
    let path = world.pg.url.clone() + "/none.csv";
    let report = ingest(&world.pg.db, &config().ingestion, path.as_ref(), &Options::default()).await.unwrap();
    assert_eq!(report.state, FileStatus::Refuse);
    assert!(report.motif.unwrap().contains("cannot be read"));
}

#[tokio::test]
async fn six_percent_of_bad_rows_are_too_many_and_five_are_not() {
    let world = World::new().await;
    let with_bad = |bad: usize| {
        let rows = (0..100).map(|n| {
            let row = wide_row("2020_2021", "11", 32_000_000 + n);
            if n < bad { row.replace(";100;40;", ";30;40;") } else { row }
        });
        format!("{WIDE}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let message = world.refuse("six.csv", with_bad(6)).await;
    assert!(message.contains("6 of 100") && message.contains("6.0 %") && message.contains("5 %"), "{message}");
    assert!(world.rows("SELECT id FROM fichiers UNION ALL SELECT ligne FROM mesures").await.is_empty());
    let report = world.accept("five.csv", with_bad(5)).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees), (95, 5));
}

/// Each bad row costs itself: twenty good ones stand beside it.
#[tokio::test]
async fn a_bad_row_is_rejected_with_line_column_value_and_reason() {
    for (row, motif, column, valeur) in [
        (
            "2020_2021;11;apprentissage;32020008;;30;40;;;;",
            RejectionReason::EffectifsIncoherents,
            None,
            "nb_poursuite_etudes + nb_sortant = 40, nb_annee_term = 30",
        ),
        (
            "2020_2021;11;apprentissage;32020008;;100;40;60;61;;",
            RejectionReason::EffectifsIncoherents,
            None,
            "nb_en_emploi_6_mois = 61, nb_sortant = 60",
        ),
        (
            "2020_2021;11;apprentissage;32020008;;100;;;;101;",
            RejectionReason::ValeurImpossible,
            Some("taux_emploi_6_mois"),
            "101",
        ),
        (
            "2020_2021;11;apprentissage;32020008;;-1;;;;;",
            RejectionReason::ValeurImpossible,
            Some("nb_annee_term"),
            "-1",
        ),
        (
            "2020_2021;11;apprentissage;32020008;;cent;;;;;",
            RejectionReason::NombreInvalide,
            Some("nb_annee_term"),
            "cent",
        ),
        ("2020_2021;11;apprentissage;3202 008;;100;;;;;", RejectionReason::CodeInvalide, Some("cfd"), "3202 008"),
        ("2020_2021;11;apprentissage;;;100;;;;;", RejectionReason::CodeManquant, Some("cfd"), ""),
        ("2020_2021;11;scolaire;32020008;;100;;;;;", RejectionReason::CodeEtFiliere, Some("cfd"), "32020008"),
        ("2020_2021;11;soir;32020008;;100;;;;;", RejectionReason::FiliereInconnue, Some("voie"), "soir"),
        (
            "2019_2021;11;apprentissage;32020008;;100;;;;;",
            RejectionReason::MillesimeInvalide,
            Some("millesime"),
            "2019_2021",
        ),
        ("2020_2021;99;apprentissage;32020008;;100;;;;;", RejectionReason::RegionInconnue, Some("code_region"), "99"),
        ("2020_2021;;apprentissage;32020008;;100;;;;;", RejectionReason::RegionInconnue, Some("code_region"), ""),
        ("2020_2021;11;apprentissage;32020008;;100;;;;;;", RejectionReason::NombreDeChamps, None, "12 champs"),
        ("2020_2021;11;apprentissage", RejectionReason::NombreDeChamps, None, "3 champs"),
    ] {
        let world = World::new().await;
        let file = wide("2020_2021", 20).replacen(&wide_row("2020_2021", "11", 32_000_003), row, 1);
        let report = world.accept("file.csv", file).await;
        assert_eq!((report.lines.lues, report.lines.gardees, report.lines.rejetees), (20, 19, 1), "{row}");
        let rejets = &report.rejets[0];
        let example = &rejets.exemples[0];
        assert_eq!((rejets.motif, example.line), (motif, 5), "{row}");
        assert_eq!((example.column.as_deref(), example.valeur.as_str()), (column, valeur), "{row}");
        assert!(!example.raison.is_empty());
    }
}

#[tokio::test]
async fn leavers_and_those_who_go_on_may_be_fewer_than_all() {
    let world = World::new().await;
    let report = world.accept("file.csv", format!("{WIDE}\n2020_2021;11;apprentissage;32020008;;100;10;20;;;\n")).await;
    assert_eq!(report.lines.gardees, 1);
}

#[tokio::test]
async fn a_uai_with_a_wrong_check_letter_is_rejected_and_the_right_letter_named() {
    let world = World::new().await;
    let rows = (0..30).map(|n| format!("2020_2021;{};apprentissage;32020008;100", uai(350_000 + n)));
    let mut rows: Vec<_> = rows.collect();
    let right = uai(350_004);
    let wrong = format!("0350004{}", if right.ends_with('A') { 'B' } else { 'A' });
    rows[4] = rows[4].replace(&right, &wrong);
    let file = format!("millesime;uai;voie;cfd;nb_annee_term\n{}\n", rows.join("\n"));
    let report = world.accept("file.csv", file).await;
    let example = &report.rejets[0].exemples[0];
    assert_eq!((example.line, example.valeur.as_str()), (6, wrong.as_str()));
    assert!(example.raison.contains(&format!("est {}", right.chars().last().unwrap())), "{}", example.raison);
}

#[tokio::test]
async fn two_codes_of_two_regions_contradict_each_other() {
    let world = World::new().await;
    // Île-de-France is 11 for INSEE and 10 as région académique; 84 is Auvergne-Rhône-Alpes, 01.
    let mut rows = vec!["2020_2021;11;10;apprentissage;32020008;100".to_owned(); 1];
    rows.extend((0..20).map(|n| format!("2020_2021;84;1;apprentissage;{};100", 32_000_000 + n)));
    rows.push("2020_2021;11;01;apprentissage;32020009;100".to_owned());
    let file = format!("millesime;code_region;code_region_ij;voie;cfd;nb_annee_term\n{}\n", rows.join("\n"));
    let report = world.accept("file.csv", file).await;
    assert_eq!(report.rejets[0].motif, RejectionReason::RegionsContraires);
    assert_eq!((report.rejets[0].exemples[0].line, report.lines.rejetees), (23, 1));
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_changes() {
    let world = World::new().await;
    world.accept("before.csv", wide("2019_2020", 3)).await;
    let before = world.everything().await;
    let mut connection = world.pg.connection().await;
    connection
        .execute(
            "CREATE FUNCTION plein() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.ligne > 30 THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END IF;
                 RETURN NEW; END $$;
             CREATE TRIGGER plein BEFORE INSERT ON mesures FOR EACH ROW EXECUTE FUNCTION plein()",
        )
        .await
        .unwrap();
    let path = world.write("file.csv", wide("2020_2021", 20_000));
    let error = ingest(&world.pg.db, &config().ingestion, &path, &Options::default()).await.unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, IngestionError::Database { .. }));
    assert!(
        message.contains("file.csv") && message.contains("disk") && message.contains("nothing changed"),
        "{message}"
    );
    assert_eq!(world.everything().await, before);
    // The pool is usable again, and so is the import once there is room.
    connection.execute("DROP TRIGGER plein ON mesures").await.unwrap();
    world.accept("file.csv", wide("2020_2021", 20_000)).await;
}

#[tokio::test]
async fn in_a_folder_unknown_datasets_are_skipped() {
    let world = World::new().await;
    let options = Options { in_folder: true, ..Options::default() };
    let report = world.ingest_with("a.csv", "prenom;nombre\nAda;3\n", &options).await;
    assert_eq!((report.state, report.motif.as_deref()), (FileStatus::Ignore, Some("unknown dataset")));
    let report = world.ingest_with("c.csv", "", &options).await;
    assert_eq!(report.state, FileStatus::Refuse);
}
