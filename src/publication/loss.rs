//! The guard against a publication that loses statistics: a file that is missing, withdrawn, truncated, or
//! of which a column was renamed, must not silently take away what ten platforms show.
//!
//! Looked at slice by slice (one figure, of one kind of place and course), because a whole
//! indicator may go without the sum of all entries changing much.

use std::collections::BTreeSet;
use std::fmt;

use super::{Mode, PublicationError};
use crate::db::losses::SliceLoss;
use crate::db::write::{Draft, Drafting};
use crate::domain::Slice;
use crate::domain::acceptance::LOSS;

/// Figures under which a slice loses none to speak of.
const FEW: i64 = 3;
/// How many slices a message names.
const SLICES_SHOWN: usize = 20;

/// What a publication would lose, slice by slice, beyond the limit.
#[derive(Debug)]
pub struct Loss {
    /// The limit, percent.
    pub limite: i32,
    /// The slices, the greatest losses first.
    pub slices: Vec<SliceLoss>,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limite, slices } = self;
        writeln!(f, "refused: more than {limite} % of the figures that are served would go, of these slices:")?;
        write_table(f, slices)?;
        let first = slices.first().map(|loss| loss.slice.to_string()).unwrap_or_default();
        write!(
            f,
            "Nothing was switched. Ingest the files that are missing (`exposition sources list`) or look closer with \
             `exposition publish --dry-run`. If the figures really go: --accepter {LOSS}{first}, one for each slice, \
             or --force for all; it is recorded with the publication"
        )
    }
}

/// One line for each slice: what it showed, what it would show, what goes.
///
/// # Errors
/// What `out` says.
pub fn write_table(out: &mut impl fmt::Write, slices: &[SliceLoss]) -> fmt::Result {
    let width = slices.iter().take(SLICES_SHOWN).map(|loss| loss.slice.to_string().len()).max().unwrap_or(0);
    writeln!(out, "  {:<width$} {:>9} {:>9} {:>9}  such as", "slice", "before", "after", "gone")?;
    for SliceLoss { slice, before, after, lost, examples } in slices.iter().take(SLICES_SHOWN) {
        let slice = slice.to_string();
        writeln!(out, "  {slice:<width$} {before:>9} {after:>9} {lost:>9}  {}", examples.join("; "))?;
    }
    if slices.len() > SLICES_SHOWN {
        writeln!(out, "  and {} more slices", slices.len() - SLICES_SHOWN)?;
    }
    Ok(())
}

/// The slices that would lose more than `limite` percent of their figures, and three at least.
///
/// # Errors
/// The database failed, or a prudent publication would lose a slice that was not accepted.
pub(super) async fn guard(
    drafting: &mut Drafting,
    older: Option<i32>,
    draft: &Draft,
    limite: i32,
    mode: &Mode,
) -> Result<Vec<SliceLoss>, PublicationError> {
    let Some(older) = older else { return Ok(Vec::new()) };
    let mut slices = drafting.losses(older, draft.id, FEW).await?;
    slices.retain(|loss| loss.lost * 100 > loss.before * i64::from(limite));
    if slices.is_empty() {
        return Ok(slices);
    }
    drafting.add_examples(older, draft.id, &mut slices).await?;
    slices.sort_by_key(|loss| (-loss.lost, loss.slice));
    match mode {
        Mode::Prudent(accepted) => refuse_all_but(accepted, slices, limite),
        Mode::Force | Mode::Trial => Ok(slices),
    }
}

fn refuse_all_but(
    accepted: &BTreeSet<Slice>,
    slices: Vec<SliceLoss>,
    limite: i32,
) -> Result<Vec<SliceLoss>, PublicationError> {
    let (passed, refused): (Vec<_>, Vec<_>) = slices.into_iter().partition(|loss| accepted.contains(&loss.slice));
    if refused.is_empty() {
        return Ok(passed);
    }
    Err(PublicationError::Loss(Box::new(Loss { limite, slices: refused })))
}
