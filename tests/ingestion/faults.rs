//! A law over the files of the sample: a good file with one fault at a random place is never let in
//! with a figure that differs from the undamaged one and is not reported.

use exposition::ingestion::{FileStatus, Report};
use exposition::sample;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::World;

/// Faults tried of each file.
const CASES: usize = 24;

/// A file as its fields.
#[derive(Clone)]
struct Grid {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    separator: u8,
}

impl Grid {
    /// `None` for the few that are not in UTF-8: other tests damage encodings.
    fn parse(content: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?.trim_start_matches('\u{FEFF}');
        let header = text.lines().next().unwrap();
        let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
        let separator = *b";,\t|".iter().max_by_key(|separator| count(separator)).unwrap();
        let reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).from_reader(text.as_bytes());
        let mut lines = reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        Some(Self { header: lines.next().unwrap(), rows: lines.collect(), separator })
    }

    fn text(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(self.separator).flexible(true).from_writer(Vec::new());
        for fields in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(fields).unwrap();
        }
        writer.into_inner().unwrap()
    }

    /// The columns whose name has one of these words, whatever the case.
    fn columns(&self, words: &[&str]) -> Vec<usize> {
        let named = |name: &String| words.iter().any(|word| name.to_lowercase().contains(word));
        (0..).zip(&self.header).filter(|(_, name)| named(name)).map(|(at, _)| at).collect()
    }

    /// The cells of a column that hold a percent which a fraction would change.
    fn percents(&self, column: usize) -> Vec<usize> {
        let percent = |row: &Vec<String>| row[column].parse().is_ok_and(|value: f64| (2.0..100.0).contains(&value));
        (0..).zip(&self.rows).filter(|(_, row)| percent(row)).map(|(at, _)| at).collect()
    }

    fn divide(&mut self, row: usize, column: usize) {
        if let Ok(value) = self.rows[row][column].parse::<f64>() {
            self.rows[row][column] = (value / 100.0).to_string();
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    FractionColumn,
    FractionCell,
    SwappedRates,
    RenamedColumn,
    AnotherRegion,
    OneOtherRegion,
    ZeroCounts,
    ShortRow,
    LostSeparator,
    OtherRate,
}

const FAULTS: [Fault; 10] = [
    Fault::FractionColumn,
    Fault::FractionCell,
    Fault::SwappedRates,
    Fault::RenamedColumn,
    Fault::AnotherRegion,
    Fault::OneOtherRegion,
    Fault::ZeroCounts,
    Fault::ShortRow,
    Fault::LostSeparator,
    Fault::OtherRate,
];

/// Damages a file; `None` where it has nothing that the fault can damage.
fn damage(good: &Grid, fault: Fault, one: usize, other: usize) -> Option<Grid> {
    let mut bad = good.clone();
    let pick = |found: &[usize], number: usize| (!found.is_empty()).then(|| found[number % found.len()]);
    let rates = good.columns(&["taux", "part "]);
    let rates: Vec<_> = rates.into_iter().filter(|column| !good.percents(*column).is_empty()).collect();
    match fault {
        Fault::FractionColumn => {
            let column = pick(&rates, one)?;
            (0..bad.rows.len()).for_each(|row| bad.divide(row, column));
        }
        Fault::FractionCell => {
            let column = pick(&rates, one)?;
            bad.divide(pick(&good.percents(column), other)?, column);
        }
        Fault::SwappedRates => {
            // Those that no other figure of the row says are beyond any check.
            let checked = good.columns(&["6_mois", "6 mois", "poursuite"]);
            let checked: Vec<_> = checked.into_iter().filter(|column| rates.contains(column)).collect();
            let (a, b) = (pick(&checked, one)?, pick(&checked, other)?);
            bad.rows.iter_mut().for_each(|row| row.swap(a, b));
        }
        Fault::RenamedColumn => {
            let column = pick(&rates, one)?;
            bad.header[column] += " bis";
        }
        Fault::AnotherRegion => {
            let column = *good.columns(&["région"]).first()?;
            bad.rows.iter_mut().for_each(|row| "MAYOTTE".clone_into(&mut row[column]));
        }
        Fault::OneOtherRegion => {
            let column = *good.columns(&["région"]).first()?;
            let row = one % bad.rows.len();
            "MAYOTTE".clone_into(&mut bad.rows[row][column]);
        }
        Fault::ShortRow => {
            let row = one % bad.rows.len();
            bad.rows[row].pop();
        }
        Fault::LostSeparator => {
            let row = one % bad.rows.len();
            let at = other % (bad.rows[row].len() - 1);
            let right = bad.rows[row].remove(at + 1);
            bad.rows[row][at] += &right;
        }
        Fault::OtherRate => {
            // The same cohort a second time, with another figure.
            let column = pick(&rates, one)?;
            let mut row = good.rows[pick(&good.percents(column), other)?].clone();
            row[column] = if row[column] == "50" { "51".to_owned() } else { "50".to_owned() };
            bad.rows.push(row);
        }
        Fault::ZeroCounts => {
            let column = pick(&good.columns(&["nb_en_emploi"]), one)?;
            for row in bad.rows.iter_mut().filter(|row| !row[column].is_empty()) {
                "0".clone_into(&mut row[column]);
            }
        }
    }
    Some(bad)
}

/// Every row of every table that a file fills, but for what says which file and line it is from.
async fn figures(world: &World) -> Vec<String> {
    let tables = "SELECT table_name FROM information_schema.columns WHERE column_name = 'fichier_id' \
                  AND table_schema = 'public' AND table_name NOT IN ('portees', 'publication_fichiers')";
    let of = |table: &String| {
        format!("SELECT '{table}' AS of, to_jsonb(t) - 'fichier_id' - 'ligne' - 'empreinte' AS row FROM {table} t")
    };
    let selects: Vec<String> = world.rows(tables).await.iter().map(of).collect();
    world.rows(&format!("SELECT * FROM ({}) r ORDER BY of, row::text", selects.join(" UNION ALL "))).await
}

/// Whether an import says more than that of the undamaged file: a finding, a row rejected, a column
/// that is not read.
fn reported(report: &Report, good: &Report) -> bool {
    let says = |report: &Report| (report.findings.total(), report.lines.rejetees, report.colonnes_ignorees.len());
    let ((findings, rejected, ignored), before) = (says(report), says(good));
    findings > before.0 || rejected > before.1 || ignored > before.2
}

#[tokio::test]
async fn no_fault_changes_a_figure_in_silence() {
    let mut runner = TestRunner::deterministic();
    let strategy = (0..FAULTS.len(), any::<usize>(), any::<usize>());
    let (mut damaged, mut refused) = (0, 0);
    for file in sample::files() {
        let Some(good) = Grid::parse(&file.content) else { continue };
        let world = World::new().await;
        let accepted = world.accept(&file.name, good.text()).await;
        let before = figures(&world).await;
        for _ in 0..CASES {
            let (fault, one, other) = strategy.new_tree(&mut runner).unwrap().current();
            let Some(bad) = damage(&good, FAULTS[fault], one, other) else { continue };
            let report = world.ingest(&file.name, bad.text()).await;
            damaged += 1;
            let same = figures(&world).await == before;
            let changed: Vec<_> = good.header.iter().zip(&bad.header).filter(|(a, b)| a != b).collect();
            let what = format!("{}: {:?} {changed:?} {one} {other}: {:?}", file.name, FAULTS[fault], report.motif);
            match report.state {
                FileStatus::Refuse => {
                    refused += 1;
                    assert!(same, "refused, and yet changed: {what}");
                }
                _ => assert!(same || reported(&report, &accepted), "in silence: {what}"),
            }
            if !same {
                world.accept(&file.name, good.text()).await;
            }
        }
    }
    assert!(damaged > 150 && refused > 50, "{damaged} files damaged, {refused} refused");
}
