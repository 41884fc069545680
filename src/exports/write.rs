//! Writing the files of a publication: into a folder beside their place, which then gets its name.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, pin_mut};
use tokio::sync::mpsc;

use super::file::{ExportFile, Hashed};
use super::metadata::{About, documents};
use super::rows::{FlatChange, FlatLink, FlatStatistique, FlatTerritoire, FlatWhole};
use super::sink::Sink;
use super::table::{ExportTable, Form};
use super::{ExportError, rows};
use crate::db::changements::Pair;
use crate::db::exports::{Exporting, read_copied};
use crate::db::publications::Publication;
use crate::db::{Db, DbError};
use crate::domain::flat::FlatRow;
use crate::domain::reperes::Reperes;
use crate::domain::{FileId, Maille};

/// Rows of a small table that are handed on at once.
const ROWS: usize = 1000;
/// The file with the sums of the others, as `sha256sum --check` reads it.
pub(super) const SUMS: &str = "SHA256SUMS";

/// What is exported, and as what.
#[derive(Debug, Clone)]
pub struct Releasing {
    /// The publication.
    pub publication: Arc<Publication>,
    /// The one before, if its rows are kept: what the changes are counted from.
    pub before: Option<Arc<Publication>>,
    /// The address under which people reach the service; empty when nobody said.
    pub origin: String,
}

impl Releasing {
    /// A publication among all that there are, the newest first.
    #[must_use]
    pub fn new(publication: Arc<Publication>, all: &[Arc<Publication>], origin: &str) -> Self {
        let before = all.iter().find(|other| other.id < publication.id && !other.purgee).cloned();
        Self { publication, before, origin: origin.to_owned() }
    }

    /// `sha256:` and the hash of a file of the publication.
    fn fichier(&self, file: FileId) -> Option<Arc<str>> {
        self.publication.fichiers.get(&file.0).map(|sha256| format!("sha256:{sha256}").into())
    }
}

/// Writes the files of a publication so that `target` holds all of them or does not exist.
///
/// # Errors
/// [`ExportError::Gone`] when its rows are, [`ExportError::Occupied`] when `target` is not empty,
/// [`ExportError::Io`] for what the system refuses, else [`ExportError::Db`].
pub async fn release_to(db: &Db, releasing: &Releasing, target: &Path) -> Result<Vec<ExportFile>, ExportError> {
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let what = || ExportError::io(format!("the folder of exports {} cannot be written to", parent.display()));
    std::fs::create_dir_all(parent).map_err(what())?;
    if target.exists() {
        // An empty folder is taken for the place that was made ready.
        std::fs::remove_dir(target).map_err(|_| ExportError::Occupied(target.display().to_string()))?;
    }
    // Given up in any way, it is removed.
    let folder = tempfile::Builder::new().prefix(".export-").tempdir_in(parent).map_err(what())?;
    let files = write(db, releasing, folder.path()).await?;
    open_to_all(folder.path()).map_err(what())?;
    match std::fs::rename(folder.path(), target) {
        Ok(()) => {
            let _ = folder.keep();
            Ok(files)
        }
        // Another server was faster: what it wrote is the same.
        Err(_) if target.join(SUMS).exists() => Ok(files),
        Err(error) => Err(what()(error)),
    }
}

/// A temporary folder is its owner's alone; what is exported may be read by a web server.
fn open_to_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

/// Writes the files of one table, in these forms, into a folder that exists.
///
/// # Errors
/// Those of [`release_to`].
pub async fn table_to(
    db: &Db,
    releasing: &Releasing,
    table: ExportTable,
    forms: &[Form],
    folder: &Path,
) -> Result<Vec<ExportFile>, ExportError> {
    let gone = || ExportError::Gone(releasing.publication.version.clone());
    let reperes = Arc::new(Reperes::new(db.reperes(releasing.publication.id).await?));
    let mut exporting = db.begin_export(releasing.publication.id).await?.ok_or_else(gone)?;
    let sink = begin(folder, table, forms, &releasing.publication).map_err(failed(table))?;
    let mut writing = Writing { db, releasing, reperes: &reperes, exporting: &mut exporting, table };
    Box::pin(writing.write(sink)).await
}

async fn write(db: &Db, releasing: &Releasing, folder: &Path) -> Result<Vec<ExportFile>, ExportError> {
    let Releasing { publication, before, .. } = releasing;
    let gone = || ExportError::Gone(publication.version.clone());
    let reperes = Arc::new(Reperes::new(db.reperes(publication.id).await?));
    let sources = db.sources(publication.id).await?;
    let mut exporting = db.begin_export(publication.id).await?.ok_or_else(gone)?;
    let mut files = Vec::new();
    let tables: Vec<_> = ExportTable::ALL
        .iter()
        .copied()
        .filter(|table| *table != ExportTable::Changements || before.is_some())
        .collect();
    for table in &tables {
        let sink = begin(folder, *table, &Form::ALL, publication).map_err(failed(*table))?;
        let mut writing = Writing { db, releasing, reperes: &reperes, exporting: &mut exporting, table: *table };
        files.extend(Box::pin(writing.write(sink)).await?);
    }
    drop(exporting);
    let about = About { releasing, tables: &tables, files: &files, sources: &sources };
    let written: Vec<_> = documents(&about);
    for (name, text) in written {
        files.push(whole_file(folder, name, text.as_bytes())?);
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sums = String::new();
    for file in &files {
        let _ = writeln!(sums, "{}  {}", file.sha256, file.name);
    }
    files.push(whole_file(folder, SUMS, sums.as_bytes())?);
    Ok(files)
}

fn begin(folder: &Path, table: ExportTable, forms: &[Form], publication: &Publication) -> io::Result<Sink> {
    let about = [
        ("titre", table.texts().0.to_owned()),
        ("publication", publication.version.clone()),
        ("licence", table.licence().as_str().to_owned()),
        ("donnees_fictives", publication.fictive.to_string()),
    ];
    Sink::new(folder, table, forms, &about)
}

fn failed(table: ExportTable) -> impl FnOnce(io::Error) -> ExportError {
    ExportError::io(format!("the files of {table} cannot be written"))
}

fn whole_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<ExportFile, ExportError> {
    let write = || {
        let mut file = Hashed::create(&folder.join(name))?;
        io::Write::write_all(&mut file, bytes)?;
        file.finish(name.to_owned(), None)
    };
    write().map_err(ExportError::io(format!("{name} cannot be written")))
}

/// A table that is being written.
struct Writing<'a> {
    db: &'a Db,
    releasing: &'a Releasing,
    reperes: &'a Arc<Reperes>,
    exporting: &'a mut Exporting,
    table: ExportTable,
}

impl Writing<'_> {
    async fn write(&mut self, sink: Sink) -> Result<Vec<ExportFile>, ExportError> {
        let releasing = self.releasing;
        match self.table {
            ExportTable::Formations => self.statistiques(Maille::Etablissement, sink).await,
            ExportTable::CertificationsRegions => self.statistiques(Maille::Regionale, sink).await,
            ExportTable::CertificationsFrance => self.statistiques(Maille::Nationale, sink).await,
            ExportTable::ChiffresEtablissements => {
                let whole = |mesures: crate::domain::MesuresEtablissement| {
                    let fichier = releasing.fichier(mesures.fichier);
                    FlatWhole { mesures, fichier }
                };
                let rows = self.exporting.wholes().map(move |row| row.map(whole));
                write_rows(self.table, sink, rows).await
            }
            ExportTable::Certifications => write_rows(self.table, sink, self.exporting.certifications()).await,
            ExportTable::Etablissements => write_rows(self.table, sink, self.exporting.etablissements()).await,
            ExportTable::Territoires => {
                let rows = rows::FlatTerritoire::all().into_iter().map(Ok::<FlatTerritoire, DbError>);
                write_rows(self.table, sink, futures_util::stream::iter(rows)).await
            }
            ExportTable::LinksOpen | ExportTable::LinksOdbl | ExportTable::LinksUnstated => {
                let link = |link: crate::domain::crosswalk::CodeLink| {
                    let fichier = releasing.fichier(link.fichier);
                    FlatLink { link, fichier }
                };
                let rows = self.exporting.links(self.table.licence()).map(move |row| row.map(link));
                write_rows(self.table, sink, rows).await
            }
            ExportTable::Changements => {
                let before = releasing.before.as_ref().map_or(releasing.publication.id, |before| before.id);
                let pair = Pair { before, after: releasing.publication.id };
                let rows = self.db.stream_changes(pair).map(|row| row.map(FlatChange));
                write_rows(self.table, sink, rows).await
            }
        }
    }

    async fn statistiques(&mut self, maille: Maille, sink: Sink) -> Result<Vec<ExportFile>, ExportError> {
        let (reperes, releasing) = (Arc::clone(self.reperes), self.releasing.clone());
        let blocks = self.exporting.statistiques(maille).await?;
        write_blocks(self.table, sink, blocks, move |sink, block: Vec<u8>| {
            for named in read_copied(&block) {
                let named = named?;
                let fichier = named.statistique.origine.fichier.and_then(|file| releasing.fichier(file));
                let row = FlatStatistique::beside(named, &reperes, fichier);
                sink.push(&row).map_err(failed(ExportTable::Formations))?;
            }
            Ok(())
        })
        .await
    }
}

async fn write_rows<R: FlatRow + Send>(
    table: ExportTable,
    sink: Sink,
    rows: impl Stream<Item = Result<R, DbError>>,
) -> Result<Vec<ExportFile>, ExportError> {
    let blocks = rows.chunks(ROWS).map(|rows| rows.into_iter().collect::<Result<Vec<R>, DbError>>());
    write_blocks(table, sink, blocks, move |sink, rows: Vec<R>| {
        rows.iter().try_for_each(|row| sink.push(row).map_err(failed(table)))
    })
    .await
}

/// Hands what is read to a thread that may compute and write; it waits for the slower of both.
async fn write_blocks<B: Send + 'static>(
    table: ExportTable,
    mut sink: Sink,
    blocks: impl Stream<Item = Result<B, DbError>>,
    mut push: impl FnMut(&mut Sink, B) -> Result<(), ExportError> + Send + 'static,
) -> Result<Vec<ExportFile>, ExportError> {
    let (sender, mut receiver) = mpsc::channel::<B>(4);
    let writing = tokio::task::spawn_blocking(move || {
        while let Some(block) = receiver.blocking_recv() {
            push(&mut sink, block)?;
        }
        sink.finish().map_err(failed(table))
    });
    pin_mut!(blocks);
    let mut read = Ok(());
    while let Some(block) = blocks.next().await {
        match block {
            Ok(block) => {
                // Nobody receives any more: the writing failed, and says why below.
                if sender.send(block).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                read = Err(error);
                break;
            }
        }
    }
    drop(sender);
    let written = writing.await.map_err(|error| failed(table)(io::Error::other(error)))?;
    read?;
    written
}
