//! Lines that are none, and rows that are longer or shorter than the header.

use exposition::ingestion::Options;
use exposition::ingestion::plausibility::Rule;

use super::{CFA, CFA_FILE, CFD, CFD_FILE, cfas, file, found};
use crate::ingestion::{WIDE, World, wide_row};

#[tokio::test]
async fn rows_of_separators_are_passed_over_and_counted() {
    let world = World::new().await;
    // First, in the middle, several at the end; as long as a row, shorter, longer, with spaces.
    for blank in [";;;;;", ";;", ";;;;;;;;", " ; ;\u{A0};;;", "\"\";\"\";\"\";\"\";\"\";\"\""] {
        let mut rows = cfas(3);
        rows.insert(0, blank.to_owned());
        rows.insert(2, blank.to_owned());
        rows.extend([blank.to_owned(), blank.to_owned()]);
        let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
        let lines = report.lines;
        assert_eq!((lines.lues, lines.gardees, lines.rejetees, lines.ignorees), (7, 3, 0, 4), "{blank:?}");
        assert_eq!(found(&report, Rule::EmptyRow), 4, "{blank:?}");
        world.pg.db.withdraw_file("").await.unwrap();
    }
    let report = world.accept(CFD_FILE, file(CFD, &["50022100;500;A;01/09/2020;;", ";;;;;"])).await;
    assert_eq!((report.lines.gardees, found(&report, Rule::EmptyRow)), (1, 1));
}

#[tokio::test]
async fn notes_below_the_table_are_passed_over_and_counted() {
    let world = World::new().await;
    for notes in [
        &["Champ : France métropolitaine"][..],
        &["Source : DEPP, DARES"],
        &["Lecture : 58 % des apprentis; dont une partie"],
        &["(1) hors Mayotte"],
        &["* données provisoires"],
        &["Note;;;;;"],
        &["Champ : France", "", "Source : InserJeunes", "Lecture : 58 %"],
    ] {
        let mut rows = cfas(3);
        rows.extend(notes.iter().map(|note| (*note).to_owned()));
        let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
        let filled = notes.iter().filter(|note| !note.is_empty()).count() as u64;
        assert_eq!((report.lines.gardees, report.lines.rejetees), (3, 0), "{notes:?}");
        assert_eq!((report.lines.ignorees, found(&report, Rule::Note)), (filled, filled), "{notes:?}");
        world.pg.db.withdraw_file("").await.unwrap();
    }
}

#[tokio::test]
async fn a_note_between_rows_and_a_row_that_was_cut_are_none() {
    let world = World::new().await;
    let mut rows = cfas(40);
    rows.insert(7, "Source : DEPP".to_owned());
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees, found(&report, Rule::Note)), (40, 1, 0));
    rows[7] = "cumul 2022-2023".to_owned();
    rows.swap(7, 40);
    let message = world.refuse(CFA_FILE, file(CFA, &rows)).await;
    assert!(message.contains("truncated") && message.contains("(42)"), "{message}");
}

#[tokio::test]
async fn a_line_that_tells_the_separator_and_a_mark_of_the_end_are_passed_over() {
    let world = World::new().await;
    let once = Options { single_pass_from: Some(0), ..Options::default() };
    for (before, after) in [("sep=;\r\n", ""), ("\u{FEFF}sep=;\n", "\x1A"), ("", "\x1A\r\n"), ("\u{FEFF}", "\x1A")] {
        let text = format!("{before}{}{after}", file(CFA, &cfas(3)));
        for options in [Options::default(), once.clone()] {
            let report = world.ingest_with(CFA_FILE, &text, &options).await;
            assert_eq!(report.lines.gardees, 3, "{text:?}: {:?}", report.motif);
            let sep = u64::from(before.contains("sep"));
            assert_eq!(found(&report, Rule::SeparatorLine), sep, "{text:?}");
            assert_eq!(found(&report, Rule::MarkedEnd), u64::from(!after.is_empty()), "{text:?}");
            let first = "SELECT min(ligne) FROM mesures_etablissement";
            assert_eq!(world.rows(first).await, [(2 + sep).to_string()], "lines are those of an editor");
            world.pg.db.withdraw_file("").await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_separator_too_many_at_the_end_moves_nothing() {
    let world = World::new().await;
    let longer: Vec<_> = cfas(3).iter().map(|row| format!("{row};")).collect();
    for (header, rows) in [(format!("{CFA};"), cfas(3)), (CFA.to_owned(), longer.clone()), (format!("{CFA};"), longer)]
    {
        let report = world.accept(CFA_FILE, file(&header, &rows)).await;
        assert_eq!((report.lines.gardees, report.lines.rejetees), (3, 0), "{header}");
        let expected = world.wholes().await;
        assert!(expected[2].ends_with("CFA 2 42"), "{expected:?}");
        world.pg.db.withdraw_file("").await.unwrap();
    }
    let rows = ["50022100;500;A;01/09/2020;;;", "50022101;500;\"B;C\";01/09/2020;;;"];
    let report = world.accept(CFD_FILE, file(CFD, &rows)).await;
    assert_eq!((report.lines.gardees, found(&report, Rule::FinalSeparator)), (2, 1));
    assert_eq!(world.cfds().await, ["50022100 A", "50022101 B;C"]);
}

#[tokio::test]
async fn rows_that_are_all_longer_or_shorter_are_refused_as_shifted() {
    let world = World::new().await;
    let before = world.everything().await;
    let named: Vec<_> = cfas(5).iter().enumerate().map(|(n, row)| format!("{n};{row}")).collect();
    let cut: Vec<_> = cfas(5).iter().map(|row| row.rsplit_once(';').unwrap().0.to_owned()).collect();
    let wide: Vec<_> =
        (0..5).map(|n| format!("\"{n}\",{}", wide_row("2020_2021", "11", n).replace(';', ","))).collect();
    for (name, header, rows, fields, names) in [
        (CFA_FILE, CFA.to_owned(), named, 7, 6),
        (CFA_FILE, CFA.to_owned(), cut, 5, 6),
        ("wide.csv", WIDE.replace(';', ","), wide, 12, 11),
    ] {
        let message = world.refuse(name, file(&header, &rows)).await;
        assert!(message.contains("shifted"), "{message}");
        assert!(message.contains(&format!("{names} names, but every row has {fields} fields")), "{message}");
    }
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn one_row_that_is_longer_is_a_bad_row() {
    let world = World::new().await;
    let mut rows = cfas(40);
    rows[0] = rows[0].replacen("CFA 0", "CFA;0", 1);
    rows[39] += ";";
    let report = world.accept(CFA_FILE, file(CFA, &rows)).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees), (38, 2));
}

#[tokio::test]
async fn lines_that_end_with_cr_alone_are_refused_by_name() {
    let world = World::new().await;
    let text = file(CFA, &cfas(5));
    let whole = text.replace('\n', "\r");
    let rows = format!("{CFA}\r\n{}", cfas(5).join("\r"));
    for (text, line) in [(whole, 1), (rows, 2), (format!("{CFA}\n{}\n{}", cfas(2).join("\n"), cfas(5).join("\r")), 4)] {
        let message = world.refuse(CFA_FILE, &text).await;
        assert!(message.contains("CR alone") && message.contains(&format!("line {line} ")), "{message}");
    }
}

#[tokio::test]
async fn a_title_above_the_header_is_refused_with_the_line_of_the_header() {
    let world = World::new().await;
    for (above, line) in [
        ("InserJeunes : les CFA, 2022\n", 2),
        ("Les CFA;;;;;\n;;;;;\n", 3),
        ("Données, provisoires\n\nÉdition de 2023\n", 4),
        ("CFA;CFA\n", 2),
    ] {
        let message = world
            .refuse(
                "cfa.csv",
                format!("{above}{}", file(&format!("{CFA};VA emploi 6 mois;taux_contrats_interrompus"), &[""; 0])),
            )
            .await;
        assert!(message.contains(&format!("not the first line but line {line}")), "{message}");
    }
}

#[tokio::test]
async fn a_control_byte_is_refused_by_its_name_and_line() {
    let world = World::new().await;
    for (byte, name) in [(0u8, "NUL"), (0x0B, "vertical tab"), (0x0C, "form feed"), (0x1B, "escape"), (0x1A, "Ctrl-Z")]
    {
        let mut rows = cfas(5);
        rows[2] = rows[2].replacen("CFA", &format!("C{}FA", char::from(byte)), 1);
        let message = world.refuse(CFA_FILE, file(CFA, &rows)).await;
        assert!(message.contains(name) && message.contains("on line 4"), "{message}");
    }
}
