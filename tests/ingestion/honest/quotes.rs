//! Quotes: rows that become the text of a field, tables that have none.

use exposition::ingestion::{Options, Quotes};

use super::{CFA, CFA_FILE, CFD, CFD_FILE, cfas, file};
use crate::ingestion::{WIDE, World, wide_row};

#[tokio::test]
async fn a_row_swallowed_by_a_quote_refuses_the_file_at_its_line() {
    let world = World::new().await;
    let before = world.everything().await;
    // The quote opens in the row of this number, and closes so many rows further down, or never.
    for (row, closes) in [(0, 1), (3, 1), (3, 2), (8, 1), (0, 9), (4, 99)] {
        let mut rows = cfas(10);
        for row in [row, row + closes] {
            if let Some(row) = rows.get_mut(row) {
                *row = row.replacen(";CFA", ";\"CFA", 1);
            }
        }
        let message = world.refuse(CFA_FILE, file(CFA, &rows)).await;
        let (opens, swallowed) = (row + 2, row + 3);
        assert!(message.starts_with(&format!("line {swallowed} is a row within")), "{message}");
        assert!(message.contains(&format!("line {opens} opens")), "{message}");
    }
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn a_swallowed_row_is_found_in_any_separator_line_end_and_way_of_reading() {
    let world = World::new().await;
    let mut rows: Vec<_> = (0..30).map(|n| wide_row("2020_2021", "11", 32_000_000 + n)).collect();
    for n in [12, 14] {
        rows[n] = rows[n].replacen("apprentissage", "\"apprentissage", 1);
    }
    let text = file(WIDE, &rows);
    for text in [text.clone(), text.replace(';', ","), text.replace(';', "\t"), text.replace('\n', "\r\n")] {
        let marked = format!("\u{FEFF}{text}");
        let message = world.refuse("wide.csv", &text).await;
        assert!(message.starts_with("line 15 is a row within a quoted field that line 14 opens"), "{message}");
        let once = Options { single_pass_from: Some(0), ..Options::default() };
        assert_eq!(world.ingest_with("wide.csv", &marked, &once).await.motif, Some(message));
    }
}

#[tokio::test]
async fn a_label_of_several_lines_swallows_nothing() {
    let world = World::new().await;
    let mut rows = cfas(4);
    rows[1] = rows[1].replace("CFA 1", "\"CFA\n 1; annexe\n\"\"Nord\"\"\"");
    rows[3] = rows[3].replace("CFA 3", "\"CFA 3\r\"");
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert_eq!((report.lines.gardees, report.quotes), (4, Some(Quotes::Csv)));
    let names = world.rows("SELECT ligne, libelle FROM mesures_etablissement ORDER BY ligne").await;
    assert_eq!(names, ["2 CFA 0", "3 CFA 1; annexe \"Nord\"", "6 CFA 2", "7 CFA 3"]);
}

#[tokio::test]
async fn the_quotes_of_a_bcn_table_are_characters() {
    let world = World::new().await;
    let rows = [
        "50022100;500;METIER A (CAP);01/09/2020;;",
        "50022101;500;METIER B (CAP);01/09/2020;;\"Ancien libelle sans changement",
        "50022102;500;METIER \"C\" (CAP);01/09/2020;;",
        "50022103;500;METIER D (CAP);01/09/2020;;remplace le \"metier A\"",
        "50022104;500;\"METIER \"\"E\"\"\";01/09/2020;;\"\"",
        "50022105;500;\"METIER F; (CAP)\";01/09/2020;;",
    ];
    let expected = [
        "50022100 METIER A (CAP)",
        "50022101 METIER B (CAP)",
        "50022102 METIER \"C\" (CAP)",
        "50022103 METIER D (CAP)",
        "50022104 METIER \"E\"",
        "50022105 METIER F; (CAP)",
    ];
    let report = world.accept(CFD_FILE, file(CFD, &rows)).await;
    assert_eq!((report.lines.gardees, report.quotes), (6, Some(Quotes::Literal)));
    assert_eq!(world.cfds().await, expected);
    let marked = format!("\u{FEFF}{}", file(CFD, &rows));
    let once = Options { single_pass_from: Some(0), ..Options::default() };
    assert_eq!(world.ingest_with(CFD_FILE, &marked, &once).await.lines.gardees, 6);
    assert_eq!(world.cfds().await, expected);
}

#[tokio::test]
async fn a_quote_left_open_in_any_bcn_table_costs_no_other_row() {
    let world = World::new().await;
    // A table with `|`, the quote in the first row, in the last one, alone in its file.
    let sise = "DIPLOME_SISE|TYPE_DIPLOME_SISE|LIBELLE_INTITULE_1|DATE_OUVERTURE|DATE_FERMETURE";
    let row = |n: usize, quote: &str| format!("25{n:05}|DJ|{quote}LICENCE {n}|01/09/2020|");
    for quoted in [0, 2, 4] {
        let rows: Vec<_> = (0..5).map(|n| row(n, if n == quoted { "\"" } else { "" })).collect();
        assert_eq!(world.accept("n_diplome_sise.csv", file(sise, &rows)).await.lines.gardees, 5);
        let label = format!("SELECT libelle_intitule_1 FROM diplomes_sise WHERE diplome_sise = '25{quoted:05}'");
        assert_eq!(world.rows(&label).await, [format!("\"LICENCE {quoted}")]);
    }
}

#[tokio::test]
async fn a_bcn_line_that_is_no_row_in_any_way_is_rejected_alone() {
    let world = World::new().await;
    let mut rows: Vec<_> = (0..40).map(|n| format!("500221{n:02};500;METIER {n};01/09/2020;;")).collect();
    rows[20] = "50022120;500;\"METIER;01/09/2020".to_owned();
    let report = world.accept(CFD_FILE, file(CFD, &rows)).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees), (39, 1));
    assert_eq!(report.rejets[0].exemples[0].line, 22);
}
