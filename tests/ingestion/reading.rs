//! Reading: quoting, separators, encodings, line ends, line numbers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{World, uai};

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

/// Labels as nomenclatures have them, and worse. A label of several lines has no separators: a line
/// that has all those of a row is one.
fn labels() -> impl Strategy<Value = Vec<String>> {
    let label = "[ -~éèàçœÉ’€\n]{0,12}"
        .prop_map(|label| if label.contains('\n') { label.replace([';', '|', ','], ".") } else { label });
    prop::collection::vec(label, 1..8)
}

/// A label as it is kept: on one line.
fn kept(label: &str) -> String {
    let parts: Vec<_> = label.split('\n').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(" ") }
}

/// The rows of a file, as one is written in this style.
fn write(rows: &[Vec<String>], style: Style) -> Vec<u8> {
    let field = |text: &str| {
        let special = |c: char| c == style.separator || c == '"' || c == '\n';
        if style.quote_all || text.contains(special) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
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

/// A file of invented labels: how it is called, its header, the row of each label, and the query
/// for line, key and label of each.
struct Written {
    name: &'static str,
    header: &'static [&'static str],
    row: fn(usize, &str) -> Vec<String>,
    key: fn(usize) -> String,
    query: &'static str,
}

/// A table whose quotes are characters.
const NIVEAUX: Written = Written {
    name: "n_niveau_formation_diplome.csv",
    header: &["NIVEAU_FORMATION_DIPLOME", "NIVEAU_INTERMINISTERIEL", "LIBELLE_COURT", "LIBELLE_100"],
    row: |n, label| vec![format!("{n:03}"), "5".to_owned(), label.to_owned(), format!("n° {n}")],
    key: |n| format!("{n:03}"),
    query: "SELECT ligne, niveau_formation_diplome, libelle_court FROM niveaux_formation_diplome ORDER BY ligne",
};

/// A file whose quotes enclose fields.
const CFA: Written = Written {
    name: "fr-en-inserjeunes-cfa.csv",
    header: &["Année", "UAI", "Libellé", "Taux emploi 6 mois", "Taux emploi 6 mois attendu"],
    row: |n, label| {
        let year = "cumul 2021-2022".to_owned();
        vec![year, uai(750_100 + u32::try_from(n).unwrap()), label.to_owned(), "60".to_owned(), "58".to_owned()]
    },
    key: |n| uai(750_100 + u32::try_from(n).unwrap()),
    query: "SELECT ligne, uai, libelle FROM mesures_etablissement ORDER BY ligne",
};

fn what_is_written_is_what_is_read(written: &Written) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let property = |(labels, style): (Vec<String>, Style)| {
        let mut rows = vec![written.header.iter().map(|name| (*name).to_owned()).collect()];
        rows.extend(labels.iter().enumerate().map(|(n, label)| (written.row)(n, label)));
        let mut line = 2;
        let expected: Vec<String> = (0..)
            .zip(&labels)
            .map(|(n, label)| {
                let begins = line;
                line += 1 + label.matches('\n').count();
                format!("{begins} {} {}", (written.key)(n), kept(label))
            })
            .collect();
        let found = runtime.block_on(async {
            world.pg.db.withdraw_file("").await.unwrap();
            let report = world.ingest(written.name, write(&rows, style)).await;
            prop_assert_eq!(report.separateur, Some(style.separator), "{:?}", report.motif);
            Ok(world.rows(written.query).await)
        })?;
        prop_assert_eq!(found, expected);
        Ok(())
    };
    runner.run(&(labels(), styles()), property).unwrap();
}

#[test]
fn what_is_written_is_what_is_read_in_every_style() {
    what_is_written_is_what_is_read(&CFA);
}

#[test]
fn a_table_without_quotes_that_was_saved_again_with_them_is_read_in_every_style() {
    what_is_written_is_what_is_read(&NIVEAUX);
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
