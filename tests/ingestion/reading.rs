//! Reading: quoting, separators, encodings, line ends, line numbers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::World;

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Utf8Bom,
    Windows1252,
}

/// How a generated file is written.
#[derive(Debug, Clone, Copy)]
struct Style {
    separator: char,
    end: &'static str,
    encoding: Encoding,
    quote_all: bool,
    final_newline: bool,
}

fn styles() -> impl Strategy<Value = Style> {
    let separator = prop::sample::select(vec![';', '|', ',', '\t']);
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    let encoding = prop::sample::select(vec![Encoding::Utf8, Encoding::Utf8Bom, Encoding::Windows1252]);
    (separator, end, encoding, any::<bool>(), any::<bool>()).prop_map(
        |(separator, end, encoding, quote_all, final_newline)| Style {
            separator,
            end,
            encoding,
            quote_all,
            final_newline,
        },
    )
}

/// Labels as nomenclatures have them, and worse.
fn labels() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ -~éèàçœÉ’€\n]{0,12}", 1..8)
}

fn write(labels: &[String], style: Style) -> Vec<u8> {
    let field = |text: &str| {
        let special = |c: char| c == style.separator || c == '"' || c == '\n';
        if style.quote_all || text.contains(special) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut rows = vec![
        ["NIVEAU_FORMATION_DIPLOME", "NIVEAU_INTERMINISTERIEL", "LIBELLE_COURT", "LIBELLE_100"].map(str::to_owned),
    ];
    for (n, label) in labels.iter().enumerate() {
        rows.push([format!("{n:03}"), "5".to_owned(), label.clone(), format!("n° {n}")]);
    }
    let lines: Vec<_> = rows
        .iter()
        .map(|row| row.iter().map(|text| field(text)).collect::<Vec<_>>().join(&style.separator.to_string()))
        .collect();
    let mut text = lines.join(style.end);
    if style.final_newline {
        text.push_str(style.end);
    }
    match style.encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Utf8Bom => format!("\u{FEFF}{text}").into_bytes(),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
    }
}

#[test]
fn what_is_written_is_what_is_read_in_every_style() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let property = |(labels, style): (Vec<String>, Style)| {
        let mut line = 2;
        let expected: Vec<String> = labels
            .iter()
            .enumerate()
            .map(|(n, label)| {
                let begins = line;
                line += 1 + label.matches('\n').count();
                let label = label.trim();
                format!("{begins} {n:03} {} n° {n}", if label.is_empty() { "-" } else { label })
            })
            .collect();
        let found = runtime.block_on(async {
            world.pg.db.withdraw_file("").await.unwrap();
            let report = world.ingest("n_niveau_formation_diplome.csv", write(&labels, style)).await;
            prop_assert_eq!(report.separateur, Some(style.separator), "{:?}", report.motif);
            let query = "SELECT ligne, niveau_formation_diplome, libelle_court, libelle_100 FROM niveaux_formation_diplome ORDER BY ligne";
            Ok(world.rows(query).await)
        })?;
        prop_assert_eq!(found, expected);
        Ok(())
    };
    runner.run(&(labels(), styles()), property).unwrap();
}

#[tokio::test]
async fn lines_are_counted_as_an_editor_counts_them() {
    let world = World::new().await;
    let header = "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100";
    let file = format!("{header}\r\n\r\n100;;\"a\r\nb\";c\r\n\r\n\r\n200;;d;e\r\n \r\n300;;f;g");
    world.accept("file.csv", file).await;
    let rows = world.rows("SELECT ligne, niveau_formation_diplome FROM niveaux_formation_diplome ORDER BY 1").await;
    assert_eq!(rows, ["3 100", "7 200", "9 300"]);
}
