//! The guard against a publication that forgets: a file that is missing, withdrawn or truncated
//! must not silently take away what ten platforms show.

use std::fmt;

use super::{PublicationError, sum};
use crate::db::couverture::LostCell;
use crate::db::write::{Draft, Drafting};
use crate::domain::Lieu;
use crate::domain::couverture::{Changes, Couverture, Groupe};

/// What a publication that was refused would have lost.
#[derive(Debug)]
pub struct Loss {
    /// Statistics of the one before that it lacks.
    pub retirees: i64,
    /// Statistics of the one before.
    pub before: i64,
    /// The limit, percent.
    pub limite: i32,
    /// The groups that would lose some, the greatest losses first.
    pub groupes: Vec<Couverture>,
    /// Some of the cells.
    pub exemples: Vec<LostCell>,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { retirees, before, limite, groupes, exemples } = self;
        writeln!(f, "refused: {retirees} of the {before} statistics that are served would go, more than {limite} %.")?;
        for Couverture { groupe, changes, .. } in groupes.iter().take(GROUPS_SHOWN) {
            let region = groupe.region.map(|region| format!(", région {region}")).unwrap_or_default();
            let Groupe { filiere, maille, millesime, .. } = groupe;
            writeln!(f, "  {:>9} of {filiere}, {maille}, {millesime}{region}", changes.retirees)?;
        }
        if groupes.len() > GROUPS_SHOWN {
            writeln!(f, "  and {} more groups", groupes.len() - GROUPS_SHOWN)?;
        }
        for LostCell { lieu, code_certification, filiere, millesime } in exemples {
            let lieu = if *lieu == Lieu::France { "France" } else { lieu.as_str() };
            writeln!(f, "  such as {lieu} {code_certification} {filiere} {millesime}")?;
        }
        write!(
            f,
            "Nothing was switched. Ingest the files that are missing (`exposition sources list`), look closer with \
             `exposition publish --dry-run`, or publish nevertheless with --force"
        )
    }
}

/// How many groups and cells a refusal names.
const GROUPS_SHOWN: usize = 20;
const CELLS_SHOWN: i64 = 10;

/// Refuses a publication that would lose more than `limite` percent of the one before.
pub(super) async fn refuse(
    drafting: &mut Drafting,
    older: Option<i32>,
    draft: &Draft,
    couverture: &[Couverture],
    limite: i32,
) -> Result<(), PublicationError> {
    let Some(older) = older else { return Ok(()) };
    let Changes { ajoutees, retirees, .. } = sum(couverture);
    let now: i64 = couverture.iter().map(|line| line.comptes.total()).sum();
    let before = now - ajoutees + retirees;
    if retirees * 100 <= before * i64::from(limite) {
        return Ok(());
    }
    let mut groupes: Vec<_> = couverture.iter().filter(|line| line.changes.retirees > 0).copied().collect();
    groupes.sort_by_key(|line| (-line.changes.retirees, line.groupe));
    let exemples = drafting.losses(older, draft.id, CELLS_SHOWN).await?;
    Err(PublicationError::Loss(Box::new(Loss { retirees, before, limite, groupes, exemples })))
}
