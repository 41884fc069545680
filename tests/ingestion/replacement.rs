//! Repeated keys, repeated files, newer files, withdrawal.

use exposition::db::files::Withdrawal;
use exposition::ingestion::{FileStatus, Options, RejectionReason, ingest};

use super::{WIDE, World, uai, wide, wide_row};
use crate::common::config;

#[tokio::test]
async fn identical_rows_collapse_and_different_ones_are_both_rejected() {
    let world = World::new().await;
    let mut rows: Vec<_> = (0..60).map(|n| wide_row("2020_2021", "11", 32_000_000 + n)).collect();
    rows.push(rows[0].clone());
    rows.push(rows[1].replace(";50;40", ";51;40"));
    let report = world.accept("file.csv", format!("{WIDE}\n{}\n", rows.join("\n"))).await;
    let lines = report.lines;
    assert_eq!((lines.lues, lines.gardees, lines.identiques, lines.rejetees), (62, 59, 1, 2));
    let rejets = &report.rejets[0];
    assert_eq!(rejets.motif, RejectionReason::Conflit);
    let found: Vec<_> = rejets.exemples.iter().map(|example| (example.line, example.valeur.as_str())).collect();
    assert_eq!(found, [(3, "11 32000001 apprentissage 2020_2021"), (63, "11 32000001 apprentissage 2020_2021")]);
    assert_eq!(world.rows("SELECT min(ligne), max(ligne), count(*) FROM mesures").await, ["2 61 59"]);
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_the_second_time() {
    let world = World::new().await;
    world.accept("file.csv", wide("2020_2021", 30)).await;
    let before = world.everything().await;
    let again = world.ingest("renamed.csv", wide("2020_2021", 30)).await;
    assert_eq!(again.state, FileStatus::DejaPresent);
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn a_newer_file_replaces_the_millesimes_it_has_and_only_those() {
    let world = World::new().await;
    let both = wide("2019_2020", 30) + &wide("2020_2021", 30).replacen(&format!("{WIDE}\n"), "", 1);
    world.accept("old.csv", &both).await;
    let report = world.accept("new.csv", wide("2020_2021", 10)).await;
    assert_eq!(report.lignes_anciennes_remplacees, 30);
    let counts = "SELECT f.nom, m.millesime, count(*) FROM mesures m JOIN fichiers f ON f.id = m.fichier_id
                  GROUP BY 1, 2 ORDER BY 1, 2";
    assert_eq!(world.rows(counts).await, ["new.csv 2020_2021 10", "old.csv 2019_2020 30"]);
    // The old file again is now the newer one: it takes everything back, and the other goes.
    let report = world.accept("old.csv", &both).await;
    assert_eq!(report.lignes_anciennes_remplacees, 10);
    assert_eq!(world.rows(counts).await, ["old.csv 2019_2020 30", "old.csv 2020_2021 30"]);
    assert_eq!(
        world.rows("SELECT nom, motif_retrait FROM fichiers ORDER BY id").await,
        ["old.csv remplace", "new.csv remplace", "old.csv -"]
    );
    assert_eq!(world.rows("SELECT millesime, lignes FROM portees ORDER BY 1").await, ["2019_2020 30", "2020_2021 30"]);
}

#[tokio::test]
async fn another_maille_or_filiere_is_another_scope() {
    let world = World::new().await;
    world.accept("regions.csv", wide("2020_2021", 5)).await;
    world.accept("france.csv", "millesime;voie;cfd;nb_annee_term\n2020_2021;apprentissage;32020008;100\n").await;
    world
        .accept("pro.csv", "millesime;code_region;voie;mefstat11;nb_annee_term\n2020_2021;11;scolaire;23220022136;9\n")
        .await;
    let uai = uai(350_017);
    let file =
        format!("millesime;uai;filiere;code_certification;nb_annee_term\n2020_2021;{uai};agricole;23220022136;9\n");
    world.accept("uai.csv", file).await;
    assert_eq!(
        world.rows("SELECT maille, filiere, lignes FROM portees ORDER BY 1, 2").await,
        ["etablissement agricole 1", "nationale apprentissage 1", "regionale apprentissage 5", "regionale pro 1"]
    );
    let cells = world.rows("SELECT lieu, code_certification FROM mesures WHERE maille <> 'regionale' ORDER BY 1").await;
    assert_eq!(cells, [" 32020008".to_owned(), format!("{uai} 23220022136")]);
}

#[tokio::test]
async fn a_nomenclature_is_replaced_whole() {
    let world = World::new().await;
    let header = "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100";
    world.accept("a.csv", format!("{header}\n320;3;BTS;BREVET\n500;5;CAP;CERTIFICAT\n")).await;
    world.accept("b.csv", format!("{header}\n400;4;BAC PRO;BACCALAUREAT\n")).await;
    let rows = world.rows("SELECT niveau_formation_diplome, libelle_court FROM niveaux_formation_diplome").await;
    assert_eq!(rows, ["400 BAC PRO"]);
    assert_eq!(world.rows("SELECT nom FROM fichiers WHERE retire_le IS NULL").await, ["b.csv"]);
}

#[tokio::test]
async fn a_file_is_withdrawn_by_the_beginning_of_its_sum() {
    let world = World::new().await;
    let report = world.accept("file.csv", wide("2020_2021", 30)).await;
    world.accept("other.csv", wide("2019_2020", 3)).await;
    let sum = report.sha256.unwrap();
    assert_eq!(world.pg.db.withdraw_file("0123456789abcdef").await.unwrap(), Withdrawal::Unknown);
    let Withdrawal::Done { fichiers, lines } = world.pg.db.withdraw_file(&sum[..8]).await.unwrap() else {
        panic!("not withdrawn")
    };
    assert_eq!((fichiers[0].nom.as_str(), lines), ("file.csv", 30));
    assert_eq!(world.rows("SELECT DISTINCT millesime FROM mesures").await, ["2019_2020"]);
    assert_eq!(world.rows("SELECT motif_retrait FROM fichiers ORDER BY id").await, ["retire", "-"]);
    // It may come back.
    world.accept("file.csv", wide("2020_2021", 30)).await;
    let listed = world.pg.db.files().await.unwrap();
    assert_eq!(listed.iter().filter(|fichier| fichier.retire_le.is_none()).count(), 2);
}

#[tokio::test]
async fn imports_at_once_wait_for_each_other() {
    let world = World::new().await;
    let (options, config) = (Options::default(), config());
    let paths: Vec<_> = (1..=4).map(|n| world.write(&format!("{n}.csv"), wide("2020_2021", 1000 * n))).collect();
    let imports = paths.iter().map(|path| ingest(&world.pg.db, &config.ingestion, path, &options));
    for report in futures_util::future::join_all(imports).await {
        assert_eq!(report.unwrap().state, FileStatus::Importe);
    }
    // One of them came last, and its rows alone are there.
    let rows =
        world.rows("SELECT count(DISTINCT fichier_id), count(*) = (SELECT lignes FROM portees) FROM mesures").await;
    assert_eq!(rows, ["1 true"]);
}
