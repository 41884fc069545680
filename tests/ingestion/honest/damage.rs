//! A law: whatever is done to a good file, either it is refused, or what differs of its figures
//! from those of the undamaged one is reported.
//!
//! The files are those of the sample, one of each dataset that it has; the faults are the ones
//! that public bug reports tell of, at random places. What is compared is every row that went in,
//! without its line: a row may be missing (its line is then in a count of the report), and what a
//! row says is what it said before.

use std::collections::BTreeMap;

use exposition::db::ingestion::tables::Table;
use exposition::ingestion::{FileStatus, Options, Report};
use exposition::sample;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::ingestion::World;

/// Rows of a sample file that are kept for the test, so that it is quick.
const ROWS: usize = 60;

/// What may happen to a file on its way.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// A `"` at the beginning of the field in this column.
    OpenQuote,
    /// The same twice, in two rows.
    TwoQuotes,
    /// A row of separators.
    EmptyRow,
    /// A note after the last row.
    Note,
    /// A `sep=` line before the header.
    SeparatorLine,
    /// A final 0x1A.
    MarkedEnd,
    /// A separator within a field that is not quoted.
    Separator,
    /// Every row begins with a number.
    RowNames,
    /// Every row ends with a separator.
    FinalSeparator,
    /// A title above the header.
    Title,
    /// Lines end with CR from this row on.
    Returns,
    /// A point that may set thousands apart, in a number.
    Thousands,
    /// A zero-width space within a field.
    ZeroWidth,
    /// The text was read in the wrong encoding and saved again.
    Misread,
    /// The end is missing, from the middle of a row on.
    Cut,
    /// A row stands twice, once with another figure.
    Contradiction,
}

const FAULTS: [Fault; 16] = [
    Fault::OpenQuote,
    Fault::TwoQuotes,
    Fault::EmptyRow,
    Fault::Note,
    Fault::SeparatorLine,
    Fault::MarkedEnd,
    Fault::Separator,
    Fault::RowNames,
    Fault::FinalSeparator,
    Fault::Title,
    Fault::Returns,
    Fault::Thousands,
    Fault::ZeroWidth,
    Fault::Misread,
    Fault::Cut,
    Fault::Contradiction,
];

/// A file as lines without their ends, the header first.
#[derive(Clone)]
struct Content {
    name: String,
    separator: char,
    lines: Vec<String>,
}

impl Content {
    fn of(file: &sample::SampleFile) -> Self {
        let text = String::from_utf8(file.content.clone())
            .unwrap_or_else(|_| encoding_rs::WINDOWS_1252.decode(&file.content).0.into_owned());
        let lines: Vec<_> = text.trim_start_matches('\u{FEFF}').lines().take(1 + ROWS).map(str::to_owned).collect();
        let separator = if lines[0].contains('|') { '|' } else { ';' };
        Self { name: file.name.clone(), separator, lines }
    }

    fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Changes one field of a row.
    fn change(&mut self, row: usize, column: usize, change: impl Fn(&str) -> String) {
        let separator = self.separator.to_string();
        let mut fields: Vec<_> = self.lines[row].split(self.separator).map(str::to_owned).collect();
        let at = column % fields.len();
        fields[at] = change(&fields[at]);
        self.lines[row] = fields.join(&separator);
    }

    /// The file with a fault at a place.
    fn damaged(&self, fault: Fault, row: usize, column: usize) -> Vec<u8> {
        let mut file = self.clone();
        let row = 1 + row % (file.lines.len() - 1);
        let next = 1 + (row + 1) % (file.lines.len() - 1);
        let separators: String =
            std::iter::repeat_n(self.separator, file.lines[0].matches(self.separator).count()).collect();
        match fault {
            Fault::OpenQuote => file.change(row, column, |field| format!("\"{field}")),
            Fault::TwoQuotes => {
                file.change(row, column, |field| format!("\"{field}"));
                file.change(next, column, |field| format!("\"{field}"));
            }
            Fault::EmptyRow => file.lines.insert(row, separators),
            Fault::Note => file.lines.push("Source : données fictives".to_owned()),
            Fault::SeparatorLine => file.lines.insert(0, format!("sep={}", self.separator)),
            Fault::MarkedEnd => return (file.text() + "\x1A").into_bytes(),
            Fault::Separator => file.change(row, column, |field| format!("{field}{}", self.separator)),
            Fault::RowNames => {
                for (number, line) in file.lines.iter_mut().enumerate().skip(1) {
                    *line = format!("{number}{}{line}", self.separator);
                }
            }
            Fault::FinalSeparator => file.lines.iter_mut().skip(1).for_each(|line| line.push(self.separator)),
            Fault::Title => file.lines.insert(0, "Données fictives".to_owned()),
            Fault::Returns => {
                let (before, after) = file.lines.split_at(row);
                return format!("{}\n{}\n", before.join("\n"), after.join("\r")).into_bytes();
            }
            Fault::Thousands => file.change(row, column, |field| match field.parse::<u32>() {
                Ok(_) => format!("{field}.000"),
                Err(_) => field.to_owned(),
            }),
            Fault::ZeroWidth => file.change(row, column, |field| {
                let middle = field.char_indices().nth(field.chars().count() / 2).map_or(0, |(at, _)| at);
                format!("{}\u{200B}{}", &field[..middle], &field[middle..])
            }),
            Fault::Misread => {
                let text = file.text();
                return encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(text.as_bytes())
                    .0
                    .into_owned()
                    .into_bytes();
            }
            Fault::Cut => {
                let text = file.text();
                // Where it shows: a file that ends between two rows, or within the last field of one,
                // looks like a whole one.
                let whole = |at: usize| {
                    let last = text[..at].rsplit('\n').next().unwrap_or_default();
                    last.is_empty() || last.matches(self.separator).count() >= separators.len()
                };
                let keep = text.char_indices().map(|(at, _)| at).filter(|at| *at > file.lines[0].len() + 1);
                let places: Vec<_> = keep.filter(|at| !whole(*at)).collect();
                return text[..places[(row * 97 + column) % places.len()]].to_owned().into_bytes();
            }
            Fault::Contradiction => {
                let copy = file.lines[row].clone();
                file.lines.push(copy);
                let last = file.lines.len() - 1;
                let name = file.lines[0].split(self.separator).cycle().nth(column).unwrap_or_default().to_lowercase();
                // Another key is another row.
                let key = ["code", "uai", "cfd", "mef", "region", "diplome", "groupe", "identifiant", "mill", "ann"];
                let is_key = key.iter().any(|word| name.contains(word));
                file.change(last, column, |field| match field.parse::<u32>() {
                    Ok(number) if !is_key => (number ^ 1).to_string(),
                    _ => field.to_owned(),
                });
            }
        }
        file.text().into_bytes()
    }
}

/// Every row of every table, without file, line and hash, and how often it is there.
async fn rows(world: &World) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for table in Table::STORED.map(Table::name) {
        let query = format!("SELECT to_jsonb(t) - 'fichier_id' - 'ligne' - 'empreinte' AS row FROM {table} t");
        for row in world.rows(&query).await {
            *found.entry(format!("{table} {row}")).or_default() += 1;
        }
    }
    found
}

/// Lines that the report says are not in the tables.
fn told(report: &Report) -> u64 {
    let lines = &report.lines;
    lines.rejetees + lines.identiques + lines.remplacees + lines.repetees + lines.ignorees
}

#[test]
fn no_fault_changes_a_figure_in_silence() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let files: Vec<_> = sample::files().iter().map(Content::of).collect();
    let mut good = Vec::new();
    for file in &files {
        let found = runtime.block_on(async {
            let report = world.ingest(&file.name, file.text()).await;
            assert_eq!(report.state, FileStatus::Importe, "{}: {:?}", file.name, report.motif);
            let found = rows(&world).await;
            world.pg.db.withdraw_file("").await.unwrap();
            found
        });
        good.push(found);
    }
    let places = (0..files.len(), prop::sample::select(FAULTS.to_vec()), 0..ROWS, 0..40usize, any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 160, failure_persistence: None, ..Config::default() });
    let law = |(file, fault, row, column, once): (usize, Fault, usize, usize, bool)| {
        let bytes = files[file].damaged(fault, row, column);
        let bytes = if once { [b"\xEF\xBB\xBF", bytes.as_slice()].concat() } else { bytes };
        let options = Options { single_pass_from: once.then_some(0), ..Options::default() };
        let (report, found) = runtime.block_on(async {
            let report = world.ingest_with(&files[file].name, &bytes, &options).await;
            let found = rows(&world).await;
            if report.state == FileStatus::Importe {
                world.pg.db.withdraw_file("").await.unwrap();
            }
            (report, found)
        });
        if report.state == FileStatus::Refuse {
            prop_assert!(found.is_empty(), "a refused file left rows");
            return Ok(());
        }
        let before = &good[file];
        let kept: usize = found.values().sum();
        let lost = before.values().sum::<usize>().saturating_sub(kept) as u64;
        prop_assert!(lost <= told(&report), "{lost} rows are missing, the report tells of {}", told(&report));
        let changed: Vec<_> = found.iter().filter(|(row, count)| before.get(*row) < Some(count)).collect();
        // A separator or a quote in a text of a BCN table is a character of it, and a field that
        // became empty or longer is one that the row now has: no figure of a statistic is changed.
        let figures = changed.iter().any(|(row, _)| row.starts_with("mesures") || row.starts_with("insersup"));
        prop_assert!(!figures, "{fault:?}: {changed:?} of {}", files[file].name);
        Ok(())
    };
    runner.run(&places, law).unwrap();
}
