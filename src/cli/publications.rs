//! `exposition publications`: which publications exist, which is served, and the way back.

use comfy_table::Table;

use super::table::{self, Column};
use super::{CliError, Ending};
use crate::db::Db;
use crate::db::publications::Publication;
use crate::publication::rollback;

/// Arguments of `exposition publications`.
#[derive(Debug, clap::Args)]
pub(super) struct PublicationsArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show the publications, the newest first (the default)
    List,
    /// Serve an earlier publication again; the running servers follow at once
    Rollback {
        /// Version to go back to, as `list` shows it
        version: String,
    },
}

/// Lists, or goes back.
pub(super) async fn run(args: PublicationsArgs, db: &Db) -> Result<Ending, CliError> {
    match args.action.unwrap_or(Action::List) {
        Action::List => print(&db.publications().await?),
        Action::Rollback { version } => {
            let publication = rollback(db, &version).await?;
            println!("Publication {} is served again.", publication.version);
        }
    }
    Ok(Ending::Done)
}

fn print(publications: &[Publication]) {
    if publications.is_empty() {
        println!("There is no publication yet: exposition ingest PATH… && exposition publish");
    } else {
        println!("{}", table(publications));
    }
}

fn table(publications: &[Publication]) -> Table {
    use Column::{Number, Text, Whole};
    let columns = [Whole("version"), Whole("made"), Number("statistics"), Number("files"), Text("state")];
    let mut table = table::table(&columns);
    for publication in publications {
        let cells: u64 = publication.comptes.statistiques.iter().map(|count| count.nombre).sum();
        table.add_row([
            publication.version.clone(),
            publication.creee_le.format("%Y-%m-%d %H:%M UTC").to_string(),
            cells.to_string(),
            publication.fichiers.len().to_string(),
            state(publication),
        ]);
    }
    table
}

fn state(publication: &Publication) -> String {
    let state = match (publication.courante, publication.purgee) {
        (true, _) => "served",
        (false, true) => "rows no longer kept",
        (false, false) => "kept",
    };
    if publication.fictive { format!("{state}, fictitious data") } else { state.to_owned() }
}
