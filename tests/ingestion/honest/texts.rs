//! Names as people are to read them, codes without what nobody sees.

use exposition::domain::Acceptance;
use exposition::ingestion::plausibility::Rule;
use exposition::ingestion::{FileStatus, Options};

use super::{CFA, CFA_FILE, CFD, CFD_FILE, cfas, file, found};
use crate::ingestion::{World, uai};

#[tokio::test]
async fn what_was_read_in_the_wrong_encoding_is_put_right_and_reported() {
    let world = World::new().await;
    let mut rows = cfas(3);
    rows[0] = rows[0].replace("CFA 0", "LycÃ©e voilÃ\u{A0}");
    rows[2] = rows[2].replace("CFA 2", "Lycée d’été").replace("ILE-DE-FRANCE", "AUVERGNE-RHÃ”NE-ALPES");
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert_eq!(found(&report, Rule::MisreadText), 2);
    let example = &report.findings.by_rule()[0].examples[0];
    assert_eq!((example.line, example.column.as_deref()), (2, Some("Libellé")));
    assert!(world.wholes().await[0].contains("Lycée voilà"), "{:?}", world.wholes().await);
    assert_eq!(world.rows("SELECT region FROM mesures_etablissement WHERE region <> '11'").await, ["84"]);
}

#[tokio::test]
async fn a_whole_file_read_in_the_wrong_encoding_is_put_right_header_included() {
    let world = World::new().await;
    let text = file(CFA, &cfas(3)).replace("CFA 1", "École d’été");
    let wrong = encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
    let report = world.accept(CFA_FILE, wrong).await;
    assert_eq!((report.lines.gardees, found(&report, Rule::MisreadText)), (3, 4), "three names of columns, one label");
    assert!(world.wholes().await[1].contains("École d’été"));
}

#[tokio::test]
async fn a_character_that_was_lost_refuses_the_file_unless_it_is_accepted() {
    let world = World::new().await;
    let mut rows = cfas(3);
    rows[1] = rows[1].replace("CFA 1", "Lyc\u{FFFD}e");
    let text = file(CFA, &rows);
    let message = world.refuse(CFA_FILE, &text).await;
    for part in ["line 3", "«Libellé»", "U+FFFD", "--accepter texte"] {
        assert!(message.contains(part), "{message}");
    }
    let options = Options { accepted: vec![Acceptance::Text], ..Options::default() };
    let report = world.ingest_with(CFA_FILE, &text, &options).await;
    assert_eq!((report.state, report.lines.gardees, found(&report, Rule::LostText)), (FileStatus::Importe, 3, 1));
    assert_eq!(report.acceptances.used(), ["texte"]);
    let header = file(&CFA.replace("Année", "Ann\u{FFFD}e"), &cfas(3));
    assert!(world.refuse(CFA_FILE, header).await.contains("U+FFFD"));
}

#[tokio::test]
async fn only_texts_that_are_read_are_looked_at() {
    let world = World::new().await;
    let rows = [
        "50022100;500;A;01/09/2020;;comment\u{FFFD} LycÃ©e",
        "50022101;500;B;32/09/2020;;",
        "50022102;500;C\u{FFFD};32/09/2020;;",
    ];
    let mut all: Vec<_> = (0..60).map(|n| format!("500222{n:02};500;METIER {n};01/09/2020;;")).collect();
    all.extend(rows.map(str::to_owned));
    let report = world.accept(CFD_FILE, file(CFD, &all)).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees, report.findings.total()), (61, 2, 0));
}

#[tokio::test]
async fn what_nobody_sees_is_taken_out_of_codes_and_shown_in_messages() {
    let world = World::new().await;
    let hidden = "\u{200B}";
    let mut rows = cfas(40);
    for n in [0, 20, 39] {
        let code = uai(750_100 + n);
        rows[n as usize] = rows[n as usize].replace(&code, &format!("{}{hidden}{}", &code[..4], &code[4..]));
    }
    rows[5] = rows[5].replace("ILE-DE-FRANCE", &format!("ÎLE{hidden}-DE-NULLE-PART"));
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert_eq!((report.lines.gardees, found(&report, Rule::HiddenCharacters)), (40, 3));
    assert_eq!(world.rows("SELECT count(DISTINCT uai) FROM mesures_etablissement").await, ["40"]);
    let wrong = rows[0].replace(&uai(750_100)[..4], "é");
    rows.push(wrong);
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert!(report.rejets[0].exemples[0].valeur.contains("U+200B"), "{:?}", report.rejets);
}

#[tokio::test]
async fn labels_are_on_one_line_and_composed() {
    let world = World::new().await;
    let rows = ["50022100;500;\"E\u{301}COLE\n   DU BOIS\";01/09/2020;;x", "50022101;500;B\u{200B}C;01/09/2020;;"];
    world.accept(CFD_FILE, file(CFD, &rows)).await;
    assert_eq!(world.cfds().await, ["50022100 ÉCOLE DU BOIS", "50022101 BC"]);
}
