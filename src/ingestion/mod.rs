//! A file becomes checked rows: detect → decode → header → typed row → report.
//!
//! A file is examined ([`detect`]): every byte of it decides what it is, and one that cannot be
//! read correctly from end to end is refused before the database hears of it. Then its rows are
//! read, each through the adapter of its dataset ([`sources`]): what comes out is typed and
//! checked, what does not is rejected with a reason. Rows go straight into their table by binary
//! `COPY`, within the one transaction that makes them visible or undoes them.
//!
//! A large file that says its encoding in its first bytes is read once: it is examined chunk by
//! chunk on the way to the rows. A damage at its end is then found when its beginning is in the
//! transaction already, which undoes it.
//!
//! A bad row costs itself; too many of them, or damage to the file as a whole, cost the file. No
//! line disappears: every one read is counted once, and the counts are checked before the commit.

mod champs;
mod detect;
mod discover;
mod encoding;
mod header;
mod load;
pub mod plausibility;
mod quotes;
mod rapport;
mod recognise;
mod records;
mod refus;
mod rejets;
mod sources;
mod text;

use std::path::Path;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

pub use self::discover::{Trouve, discover};
pub use self::load::{Avancement, Progression};
pub use self::rapport::{Comptes, Etat, Exemple, Forme, Rapport, Rejets};
pub use self::refus::Refus;
pub use self::rejets::MotifRejet;
pub use self::sources::Dataset;

use self::detect::Constat;
use self::header::{Header, Layout};
use self::load::{Arret, Chargement};
use self::plausibility::{Acceptances, Findings};
use self::records::Records;
use self::sources::{Ouvert, Ouverture, Sortie};
use crate::config::IngestionConfig;
use crate::db::ingestion::copy::{CopyBuffer, Passage};
use crate::db::ingestion::{Bilan, Contenu, Debut, Import, NouveauFichier};
use crate::db::{Db, DbError};
use crate::domain::{Acceptance, Millesime};

/// Bytes from which reading a file twice would cost more than a moment.
const LECTURE_UNIQUE: u64 = 32 * 1024 * 1024;

/// Batches on their way from the reading thread to the server.
const BATCHES: usize = 4;

/// What the operator says of a file.
#[derive(Clone, Default)]
pub struct Options {
    /// Its dataset, where the header fits several.
    pub dataset: Option<Dataset>,
    /// Its millésime, where it carries none.
    pub millesime: Option<Millesime>,
    /// Whether it was found in a folder: a file of an unknown dataset is then skipped.
    pub dans_dossier: bool,
    /// Bytes from which a file that says its encoding is read once; 32 MiB unless given.
    pub lecture_unique_des: Option<u64>,
    /// Who wants to know how far the import has come.
    pub progression: Option<Progression>,
    /// What is let in although a rule speaks against it.
    pub accepted: Vec<Acceptance>,
    /// Where it comes from, when the path is that of a passing copy: the report names it instead.
    pub origine: Option<String>,
}

/// Why an import failed for no fault of the file. Nothing of it is in the database.
#[derive(Debug, thiserror::Error)]
pub enum IngestionError {
    /// PostgreSQL failed.
    #[error("{fichier}: not imported, nothing changed: {source}{}", advice(source))]
    Database {
        /// The file.
        fichier: String,
        /// What PostgreSQL said.
        source: DbError,
    },
    /// The counts of a report do not add up: an error of this program.
    #[error("{fichier}: not imported, nothing changed: {solde} lines are unaccounted for; please report this")]
    Comptes {
        /// The file.
        fichier: String,
        /// Lines read that are in no count.
        solde: i128,
    },
    /// The report could not be written as JSON, or the reading thread died.
    #[error("{fichier}: not imported, nothing changed: {cause}")]
    Interne {
        /// The file.
        fichier: String,
        /// What happened.
        cause: String,
    },
}

fn advice(error: &DbError) -> &'static str {
    if error.is_disk_full() {
        "; the disk of PostgreSQL is full: free some space and run the same command again"
    } else {
        ""
    }
}

/// Why one file is not imported.
enum Echec {
    Refus(Refus),
    Base(DbError),
    Comptes(i128),
    Interne(String),
}

impl From<Refus> for Echec {
    fn from(refus: Refus) -> Self {
        Self::Refus(refus)
    }
}

impl From<DbError> for Echec {
    fn from(error: DbError) -> Self {
        Self::Base(error)
    }
}

/// Imports one file. A file that is refused or skipped is no error: its report says so.
///
/// # Errors
/// PostgreSQL failed; the database is as it was before.
pub async fn ingest(
    db: &Db,
    config: &IngestionConfig,
    path: &Path,
    options: &Options,
) -> Result<Rapport, IngestionError> {
    let debut = Instant::now();
    let fichier = || options.origine.clone().unwrap_or_else(|| path.display().to_string());
    let mut rapport = Rapport::new(fichier());
    rapport.acceptances = Acceptances::new(options.accepted.iter().copied());
    let result = import(db, config, path, options, &mut rapport, debut).await;
    chronometrer(&mut rapport, debut);
    match result {
        Ok(()) => {}
        Err(Echec::Refus(refus)) => {
            let skipped = options.dans_dossier && matches!(refus, Refus::Inconnu { .. });
            rapport.etat = if skipped { Etat::Ignore } else { Etat::Refuse };
            rapport.motif = Some(if skipped { "unknown dataset".to_owned() } else { refus.to_string() });
        }
        Err(Echec::Base(source)) => return Err(IngestionError::Database { fichier: fichier(), source }),
        Err(Echec::Comptes(solde)) => return Err(IngestionError::Comptes { fichier: fichier(), solde }),
        Err(Echec::Interne(cause)) => return Err(IngestionError::Interne { fichier: fichier(), cause }),
    }
    Ok(rapport)
}

fn chronometrer(rapport: &mut Rapport, debut: Instant) {
    rapport.secondes = debut.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a speed, to be read by people")]
    let lues = rapport.lignes.lues as f64;
    rapport.lignes_par_seconde = if rapport.secondes > 0.0 { (lues / rapport.secondes).round() } else { 0.0 };
}

async fn import(
    db: &Db,
    config: &IngestionConfig,
    path: &Path,
    options: &Options,
    rapport: &mut Rapport,
    debut: Instant,
) -> Result<(), Echec> {
    let (prepare, import) = match ouvrir(db, path, options, true, rapport).await? {
        // A file of the same size is there: whether it is the same must be known beforehand.
        Ouverte::SommeVoulue => match ouvrir(db, path, options, false, rapport).await? {
            Ouverte::Prete(prepare, import) => (prepare, import),
            Ouverte::DejaPresent | Ouverte::SommeVoulue => return deja_present(rapport),
        },
        Ouverte::Prete(prepare, import) => (prepare, import),
        Ouverte::DejaPresent => return deja_present(rapport),
    };
    let Prepare { constat, header, records, ouvert, .. } = *prepare;
    let mut import = import;
    let sortie = Sortie {
        copie: CopyBuffer::new(import.fichier_id()),
        findings: Findings::default(),
        mesures_ignorees: std::collections::BTreeMap::new(),
        hors_perimetre: std::collections::BTreeMap::new(),
        header,
    };
    let chargement = Chargement {
        constat,
        records,
        adaptateur: ouvert.adaptateur,
        sortie,
        rapport: rapport.clone(),
        progression: options.progression.clone(),
    };
    let result = match charger(&mut import, chargement, rapport).await {
        Ok((copiees, passage)) => controler(&mut import, config, copiees, passage, rapport).await,
        Err(echec) => Err(echec),
    };
    match result {
        Ok(()) => valider(*import, rapport, debut).await,
        Err(Echec::Base(error)) => Err(Echec::Base(error)),
        Err(echec) => {
            import.abandonner().await?;
            Err(echec)
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the end of an import that has nothing to do")]
fn deja_present(rapport: &mut Rapport) -> Result<(), Echec> {
    rapport.etat = Etat::DejaPresent;
    rapport.motif = Some("this very file is in, complete: nothing to do".to_owned());
    Ok(())
}

/// What the attempt to open an import came to.
enum Ouverte {
    DejaPresent,
    SommeVoulue,
    Prete(Box<Prepare>, Box<Import>),
}

/// Prepares a file and opens its import; `une_fois` allows to read it once.
async fn ouvrir(
    db: &Db,
    path: &Path,
    options: &Options,
    une_fois: bool,
    rapport: &mut Rapport,
) -> Result<Ouverte, Echec> {
    let (owned, asked) = (path.to_owned(), (options.dataset, options.millesime));
    let une_fois_des = une_fois.then(|| options.lecture_unique_des.unwrap_or(LECTURE_UNIQUE));
    let moved = rapport.clone();
    let (found, prepared) = spawn_blocking(move || {
        let mut rapport = moved;
        let prepared = prepare(&owned, asked, une_fois_des, &mut rapport);
        (rapport, prepared)
    })
    .await
    .map_err(|error| Echec::Interne(error.to_string()))?;
    *rapport = found;
    let prepare = prepared?;
    let millesime = prepare.ouvert.millesime.map(|millesime| millesime.to_string());
    let fichier = NouveauFichier {
        contenu: prepare.constat.sha256.as_deref().map_or(Contenu::Taille(prepare.constat.taille), Contenu::Somme),
        nom: &path.file_name().unwrap_or_default().to_string_lossy(),
        dataset: prepare.dataset.as_str(),
        millesime: millesime.as_deref(),
        table: prepare.ouvert.table,
    };
    Ok(match db.begin_import(&fichier).await? {
        Debut::DejaPresent => Ouverte::DejaPresent,
        Debut::SommeVoulue => Ouverte::SommeVoulue,
        Debut::Ouvert(import) => Ouverte::Prete(Box::new(prepare), import),
    })
}

/// A file that was recognised and can be read.
struct Prepare {
    constat: Constat,
    header: Header,
    records: Records,
    ouvert: Ouvert,
    dataset: Dataset,
}

/// What the file is: finds everything that can be found without the database. A file that says
/// its encoding is examined later, while its rows are read, from this many bytes.
fn prepare(
    path: &Path,
    (dataset, millesime): (Option<Dataset>, Option<Millesime>),
    une_fois_des: Option<u64>,
    rapport: &mut Rapport,
) -> Result<Prepare, Refus> {
    let declared = if une_fois_des.is_some() { detect::declared(path)? } else { None };
    let constat = match declared.filter(|constat| une_fois_des.is_some_and(|limit| constat.taille >= limit)) {
        Some(constat) => constat,
        None => detect::inspect(path)?,
    };
    rapport.sha256.clone_from(&constat.sha256);
    rapport.taille = constat.taille;
    rapport.encodage = Some(constat.encodage.as_str());
    rapport.separateur = Some(char::from(constat.separateur));
    let mut records = Records::open(path, &constat)?;
    if records.advance()?.is_none() {
        return Err(Refus::Vide);
    }
    let names = records.record().iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let header = Header::parse(names)?;
    let found = recognise::recognise(&header, path, dataset)?;
    let definition = found.definition;
    rapport.dataset = Some(definition.dataset.as_str());
    rapport.reconnu_par = Some(found.par);
    if millesime.is_some() && !definition.attend_millesime {
        return Err(Refus::MillesimeDeTrop(definition.dataset.as_str()));
    }
    let layout = Layout::new(&header, definition.colonnes)?;
    let ouverture =
        Ouverture { dataset: definition.dataset, layout, header: &header, path, constat: &constat, millesime };
    let ouvert = (definition.ouvrir)(&ouverture)?;
    rapport.forme = ouvert.forme;
    rapport.colonnes_ignorees = ouverture
        .layout
        .unknown(&header)
        .filter(|index| !ouvert.sans_nom_lues.contains(index))
        .map(|index| header.label(index))
        .collect();
    Ok(Prepare { constat, records, ouvert, dataset: definition.dataset, header })
}

/// Reads the rows: returns how many rows the server took, and what was noticed of them.
async fn charger(import: &mut Import, chargement: Chargement, rapport: &mut Rapport) -> Result<(u64, Passage), Echec> {
    let (sender, receiver) = mpsc::channel(BATCHES);
    let reading = spawn_blocking(move || chargement.lire(&sender));
    // When the server fails, the receiver is gone and the reading thread stops by itself.
    let copied = import.copy(receiver).await;
    let (lu, passage, result) = reading.await.map_err(|error| Echec::Interne(error.to_string()))?;
    *rapport = lu;
    match (copied?, result) {
        (_, Err(Arret::Refus(refus))) => Err(refus.into()),
        (Some(copiees), Ok(())) => Ok((copiees, passage)),
        (_, Err(Arret::Abandon)) | (None, Ok(())) => Err(Echec::Interne("the rows were not all sent".to_owned())),
    }
}

/// What only the whole file shows: repeated keys, the share of bad rows, the scopes.
async fn controler(
    import: &mut Import,
    config: &IngestionConfig,
    copiees: u64,
    passage: Passage,
    rapport: &mut Rapport,
) -> Result<(), Echec> {
    let doublons = import.doublons(&passage).await?;
    rapport.lignes.identiques = doublons.identiques.nombre;
    rapport.lignes.remplacees = doublons.remplacees.nombre;
    rapport.ecarter_repetitions(&doublons.repetees);
    rapport.rejeter_trouvailles(MotifRejet::Conflit, &doublons.contradictoires);
    let incoherents = import.pivoter().await?;
    rapport.rejeter_trouvailles(MotifRejet::EffectifsIncoherents, &incoherents);
    let retirees = doublons.retirees() + incoherents.nombre;
    rapport.lignes.gardees = copiees.saturating_sub(retirees);
    match rapport.lignes.solde() {
        0 => {}
        solde => return Err(Echec::Comptes(solde)),
    }
    verifier_seuil(&rapport.lignes, config.max_rejected_percent)?;
    let untouched = retirees == 0 && rapport.forme != Some(Forme::Longue);
    rapport.portees = if untouched { passage.portees } else { import.portees().await? };
    rapport.millesimes =
        rapport.portees.iter().map(|portee| portee.millesime.clone()).filter(|text| !text.is_empty()).collect();
    rapport.millesimes.sort();
    rapport.millesimes.dedup();
    rapport.lignes_anciennes_remplacees = import.remplacer(&rapport.portees).await?;
    Ok(())
}

fn verifier_seuil(lignes: &Comptes, limite: f64) -> Result<(), Refus> {
    // Lines that are not for the service say nothing of the quality of those that are.
    let (rejetees, lues) = (lignes.rejetees, lignes.lues.saturating_sub(lignes.ignorees));
    #[expect(clippy::cast_precision_loss, reason = "numbers of lines are far below 2^52")]
    let part = if rejetees == 0 { 0.0 } else { rejetees as f64 * 100.0 / lues as f64 };
    if part > limite {
        return Err(Refus::TropDeRejets { rejetees, lues, part: format!("{part:.1}"), limite });
    }
    if lignes.gardees == 0 { Err(Refus::RienGarde) } else { Ok(()) }
}

/// Stores the report and commits.
async fn valider(import: Import, rapport: &mut Rapport, debut: Instant) -> Result<(), Echec> {
    rapport.etat = Etat::Importe;
    chronometrer(rapport, debut);
    let value = serde_json::to_value(&*rapport).map_err(|error| Echec::Interne(error.to_string()))?;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let sha256 = rapport.sha256.as_deref().ok_or_else(|| Echec::Interne("the file has no sum".to_owned()))?;
    let acceptances: Vec<String> = rapport.acceptances.used().into_iter().map(str::to_owned).collect();
    let bilan = Bilan {
        sha256,
        rapport: &value,
        lues: number(rapport.lignes.lues),
        gardees: number(rapport.lignes.gardees),
        rejetees: number(rapport.lignes.rejetees),
        acceptances: &acceptances,
    };
    Ok(import.terminer(&bilan).await?)
}
