//! What only the whole file shows: repeated keys, the share of bad rows, figures that contradict
//! each other, measures that are gone, and the scopes that it takes over.

use super::header::{Column, ColumnLabels};
use super::plausibility::{Columns, NotElapsed, Rule, Watch, not_elapsed};
use super::refusal::FileRefusal;
use super::rejections::RejectionReason;
use super::report::{Example, Form, LineCounts, Report};
use super::{ImportFailure, IngestionConfig};
use crate::db::ingestion::copy::{Pass, Tally};
use crate::db::ingestion::tables::Table;
use crate::db::ingestion::{Import, ReplacementScope};
use crate::domain::{Mesure, MesureEtablissement};

/// A file that was read to its end.
pub(super) struct Loaded {
    /// How many rows the server took.
    pub(super) copied: u64,
    /// What was noticed of them on the way.
    pub(super) pass: Pass,
    /// What the rules of plausibility saw of them.
    pub(super) watch: Watch,
    /// The columns of its dataset.
    pub(super) columns: &'static [Column],
    /// How the file calls them.
    pub(super) labels: ColumnLabels,
    /// Where its rows are.
    pub(super) table: Table,
}

/// Checks the file and lets its rows take the place of older ones.
pub(super) async fn check_report(
    import: &mut Import,
    config: &IngestionConfig,
    loaded: Loaded,
    report: &mut Report,
) -> Result<(), ImportFailure> {
    let Loaded { copied, pass, mut watch, columns, labels, table } = loaded;
    let removed = remove_repeated(import, &pass, &labels, report).await?;
    report.lines.gardees = copied.saturating_sub(removed);
    match report.lines.balance() {
        0 => {}
        balance => return Err(ImportFailure::Counts(balance)),
    }
    check_seuil(&report.lines, config.max_rejected_percent)?;
    let long = report.forme == Some(Form::Longue);
    if long {
        compare_again(import, &mut watch, report).await?;
    }
    let present = watch.present;
    watch.judge(report)?;
    report.scopes = scopes(import, &pass.tallies, removed == 0 && !long).await?;
    judge_columns(import, table, columns, present, report).await?;
    empty_horizons(import, table, &pass.tallies, report).await?;
    report.millesimes =
        report.scopes.iter().map(|scope| scope.millesime.clone()).filter(|text| !text.is_empty()).collect();
    report.millesimes.sort();
    report.millesimes.dedup();
    report.lignes_anciennes_remplacees = import.replace(&report.scopes).await?;
    Ok(())
}

/// Removes rows whose key another one has, and those of the long form that contradict each other.
async fn remove_repeated(
    import: &mut Import,
    pass: &Pass,
    labels: &ColumnLabels,
    report: &mut Report,
) -> Result<u64, ImportFailure> {
    let duplicates = import.duplicates(pass).await?;
    report.lines.identiques = duplicates.identiques.nombre;
    report.lines.remplacees = duplicates.remplacees.nombre;
    report.drop_repetitions(&duplicates.repetees);
    report.reject_contradictions(&duplicates.contradictory, &duplicates.contradictions, labels);
    let incoherent = import.pivoter().await?;
    report.reject_findings(RejectionReason::EffectifsIncoherents, &incoherent);
    Ok(duplicates.removed() + incoherent.nombre)
}

fn check_seuil(lines: &LineCounts, limite: f64) -> Result<(), FileRefusal> {
    // Lines that are not for the service say nothing of the quality of those that are.
    let (rejetees, lues) = (lines.rejetees, lines.lues.saturating_sub(lines.ignorees));
    #[expect(clippy::cast_precision_loss, reason = "numbers of lines are far below 2^52")]
    let part = if rejetees == 0 { 0.0 } else { rejetees as f64 * 100.0 / lues as f64 };
    if part > limite {
        return Err(FileRefusal::TooManyRejections { rejetees, lues, part: format!("{part:.1}"), limite });
    }
    if lines.gardees == 0 { Err(FileRefusal::NothingKept) } else { Ok(()) }
}

/// Compares the figures of each row of a long form, which stand together only after the pivot.
async fn compare_again(import: &mut Import, watch: &mut Watch, report: &mut Report) -> Result<(), ImportFailure> {
    let Watch { contradictions, spellings, .. } = watch;
    let findings = &mut report.findings;
    let of_row = |line: i32, mesures: &_| {
        contradictions.check(mesures, |rule, found| {
            findings.add(rule, || Example {
                line: u64::try_from(line).unwrap_or(0),
                column: Some(spellings.get(found.figure).map_or(found.figure, String::as_str).to_owned()),
                valeur: found.published.to_string(),
                raison: found.reason(),
            });
        });
    };
    Ok(import.each_row(of_row).await?)
}

/// The scopes of the file with their measures; what was sent says them, unless rows were removed.
async fn scopes(
    import: &mut Import,
    tallies: &[Tally],
    untouched: bool,
) -> Result<Vec<ReplacementScope>, ImportFailure> {
    let sent = || tallies.iter().map(|tally| tally.scope.clone());
    if untouched {
        return Ok(sent().collect());
    }
    let mut scopes = import.scopes().await?;
    for scope in &mut scopes {
        let same = |sent: &ReplacementScope| {
            (&sent.maille, &sent.filiere, &sent.millesime) == (&scope.maille, &scope.filiere, &scope.millesime)
        };
        scope.mesures = sent().find(same).map_or(0, |sent| sent.mesures);
    }
    Ok(scopes)
}

/// The measures of a table by name, in the order of their bits.
fn measures(table: Table) -> Vec<&'static str> {
    match table {
        Table::MesuresEtablissement => MesureEtablissement::ALL.iter().map(|measure| measure.as_str()).collect(),
        _ => Mesure::ALL.iter().map(|measure| measure.as_str()).collect(),
    }
}

/// The months of the measure of a bit.
fn horizon(table: Table, bit: usize) -> Option<u8> {
    match table {
        Table::MesuresEtablissement => MesureEtablissement::ALL.get(bit)?.horizon(),
        _ => Mesure::ALL.get(bit)?.horizon(),
    }
}

async fn judge_columns(
    import: &mut Import,
    table: Table,
    columns: &'static [Column],
    present: u32,
    report: &mut Report,
) -> Result<(), ImportFailure> {
    if report.scopes.iter().all(|scope| scope.millesime.is_empty()) {
        return Ok(());
    }
    let held = import.held().await?;
    let unknown = report.colonnes_ignorees.iter().chain(report.mesures_ignorees.keys()).map(String::as_str);
    let columns = Columns { measures: measures(table), present, unknown: unknown.collect(), known: columns };
    let judged = columns.judge(&report.scopes, &held);
    Ok(judged.or_else(|refusal| report.acceptances.pass(refusal))?)
}

/// Empties the horizons that have not elapsed: a publication then says that they come later.
async fn empty_horizons(
    import: &mut Import,
    table: Table,
    tallies: &[Tally],
    report: &mut Report,
) -> Result<(), ImportFailure> {
    let names = measures(table);
    for NotElapsed { filiere, millesime, horizon: months, zeros } in not_elapsed(tallies, |bit| horizon(table, bit)) {
        let bits = names.iter().enumerate().filter(|(bit, _)| horizon(table, *bit) == Some(months));
        // InserSup has a part of the measures only; a column without a value need not be emptied.
        let filled = |bit: usize| tallies.iter().any(|tally| tally.values.get(bit).is_some_and(|count| *count > 0));
        let filled = bits.filter(|(bit, _)| filled(*bit)).map(|(bit, name)| (bit, *name));
        let (bits, columns): (Vec<usize>, Vec<&str>) = filled.unzip();
        import.blank(&filiere, &millesime, &columns).await?;
        for scope in &mut report.scopes {
            if scope.filiere == filiere && scope.millesime == millesime {
                scope.mesures &= bits.iter().fold(u32::MAX, |mask, bit| mask & !(1 << bit));
            }
        }
        report.findings.count(Rule::HorizonNotElapsed, zeros, || Example {
            line: 0,
            column: Some(columns.join(", ")),
            valeur: "0".to_owned(),
            raison: format!("{filiere}, {millesime} : toutes les valeurs à {months} mois sont nulles."),
        });
    }
    Ok(())
}
