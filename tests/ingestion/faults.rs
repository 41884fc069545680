//! A law over the files of the sample: a good file with one fault at a random place is never let in
//! with a figure that differs from the undamaged one and is not reported.

use exposition::ingestion::{FileStatus, Report};
use exposition::sample;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::World;

/// Faults tried of each file.
const CASES: usize = 12;

/// A file as its fields; the sample quotes nothing that has a separator in it.
#[derive(Clone)]
struct Grid {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    fn parse(content: &[u8]) -> Self {
        let text = std::str::from_utf8(content).unwrap().trim_start_matches('\u{FEFF}');
        let mut lines = text.lines().map(|line| line.split(';').map(str::to_owned).collect());
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    fn text(&self) -> String {
        let lines = std::iter::once(&self.header).chain(&self.rows);
        lines.map(|fields| fields.join(";") + "\n").collect()
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
}

const FAULTS: [Fault; 7] = [
    Fault::FractionColumn,
    Fault::FractionCell,
    Fault::SwappedRates,
    Fault::RenamedColumn,
    Fault::AnotherRegion,
    Fault::OneOtherRegion,
    Fault::ZeroCounts,
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
        Fault::ZeroCounts => {
            let column = pick(&good.columns(&["nb_en_emploi"]), one)?;
            for row in bad.rows.iter_mut().filter(|row| !row[column].is_empty()) {
                "0".clone_into(&mut row[column]);
            }
        }
    }
    Some(bad)
}

async fn figures(world: &World) -> Vec<String> {
    let without = "- 'fichier_id' - 'ligne' - 'empreinte'";
    let of = |table: &str| format!("SELECT to_jsonb(t) {without} AS row FROM {table} t");
    world
        .rows(&format!(
            "SELECT row FROM ({} UNION ALL {}) r ORDER BY row::text",
            of("mesures"),
            of("mesures_etablissement")
        ))
        .await
}

fn reported(report: &Report) -> bool {
    report.findings.total() > 0 || report.lines.rejetees > 0
}

#[tokio::test]
async fn no_fault_changes_a_figure_in_silence() {
    let mut runner = TestRunner::deterministic();
    let strategy = (0..FAULTS.len(), any::<usize>(), any::<usize>());
    let statistics = |name: &str| ["inserjeunes-mesures", "fr-en-inserjeunes"].iter().any(|id| name.starts_with(id));
    let (mut damaged, mut refused) = (0, 0);
    for file in sample::files().into_iter().filter(|file| statistics(&file.name)) {
        let good = Grid::parse(&file.content);
        let world = World::new().await;
        world.accept(&file.name, good.text()).await;
        let before = figures(&world).await;
        for _ in 0..CASES {
            let (fault, one, other) = strategy.new_tree(&mut runner).unwrap().current();
            let Some(bad) = damage(&good, FAULTS[fault], one, other) else { continue };
            let report = world.ingest(&file.name, bad.text()).await;
            damaged += 1;
            let same = figures(&world).await == before;
            let what = format!("{}: {:?} {one} {other}: {:?}", file.name, FAULTS[fault], report.motif);
            match report.state {
                FileStatus::Refuse => {
                    refused += 1;
                    assert!(same, "refused, and yet changed: {what}");
                }
                _ => assert!(same || reported(&report), "in silence: {what}"),
            }
            if !same {
                world.accept(&file.name, good.text()).await;
            }
        }
    }
    assert!(damaged > 40 && refused > 10, "{damaged} files damaged, {refused} refused");
}
