//! Why a catalogue is refused whole, in French: whoever sends one reads it.

use std::io;

use crate::ingestion::FileRefusal;
use crate::matching::columns::ColumnsRefusal;

/// Why a catalogue is refused.
#[derive(Debug, thiserror::Error)]
pub enum OffersRefusal {
    /// The file cannot be read as a table.
    #[error("{}", french(.0))]
    File(FileRefusal),
    /// Its columns are not understood.
    #[error("{0}")]
    Columns(#[from] ColumnsRefusal),
    /// Rows with too many or too few fields: their cells may stand under the wrong names.
    #[error(
        "{broken} lignes sur {rows} n'ont pas le nombre de champs de l'en-tête ({examples}) : leurs cellules seraient \
         lues sous de mauvais noms. Exportez le fichier à nouveau ; un séparateur dans un texte demande des guillemets"
    )]
    Broken {
        /// How many.
        broken: u64,
        /// Of how many.
        rows: u64,
        /// The first ones.
        examples: String,
    },
    /// More rows than are taken.
    #[error("plus de {limit} lignes : {advice}")]
    TooManyRows {
        /// How many are taken.
        limit: u64,
        /// What to do.
        advice: &'static str,
    },
    /// No row at all.
    #[error("le fichier n'a pas de ligne d'offre")]
    NoRow,
    /// A line that is no JSON object.
    #[error("ligne {line} : {why} ; attendu : un objet JSON par ligne, dont les champs sont les colonnes")]
    Json {
        /// Which one.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// A correction that cannot be made.
    #[error("corrections refusées : {0}")]
    Corrections(String),
}

impl From<FileRefusal> for OffersRefusal {
    fn from(refusal: FileRefusal) -> Self {
        Self::File(refusal)
    }
}

impl From<io::Error> for OffersRefusal {
    fn from(error: io::Error) -> Self {
        Self::File(error.into())
    }
}

/// What the reading of files found, in French.
fn french(refusal: &FileRefusal) -> String {
    use FileRefusal as R;
    match refusal {
        R::Lecture(error) => format!("le fichier ne peut pas être lu : {error}"),
        R::Empty => "le fichier est vide : attendu, un CSV avec un en-tête et des lignes".to_owned(),
        R::NoRow => "le fichier a un en-tête et aucune ligne".to_owned(),
        R::Binary { byte, line, .. } => {
            format!("le fichier est binaire ou abîmé (octet 0x{byte:02X}, ligne {line}) : exportez le classeur en CSV")
        }
        R::BareReturns { line } => {
            format!("les lignes finissent par CR seul à partir de la ligne {line} : enregistrez avec LF ou CRLF")
        }
        R::Unicode16(name) => format!("le fichier est codé en {name} : enregistrez-le en UTF-8 ou en Windows-1252"),
        R::Encoding { line, .. } => {
            format!("codage illisible à la ligne {line}, ni UTF-8 ni Windows-1252 : enregistrez le fichier en UTF-8")
        }
        R::Quote { line } => format!("un champ ouvert par un guillemet à la ligne {line} n'est jamais fermé"),
        R::SwallowedRow { line, opened } => {
            format!("la ligne {line} est avalée par un guillemet ouvert à la ligne {opened}")
        }
        R::LineTooLong { line, limite } => {
            format!("la ligne {line} dépasse {limite} octets : ce n'est pas un CSV, une ligne par offre")
        }
        R::Truncated { line, found, expected } => {
            format!("le fichier est coupé : sa dernière ligne ({line}) a {found} champs sur {expected}")
        }
        R::Separators { header, lines, line } => {
            format!("l'en-tête est séparé par « {header} » et la ligne {line} par « {lines} »")
        }
        R::Shifted { line, champs, names } => {
            format!("les lignes sont décalées : {names} noms dans l'en-tête, {champs} champs par ligne (ligne {line})")
        }
        R::RepeatedColumn { nom, first, seconde } => {
            format!("la colonne « {nom} » est deux fois dans l'en-tête ({first}e et {seconde}e)")
        }
        R::Compressed(why) | R::ArchiveWithoutCsv(why) => format!("le fichier compressé ne peut pas être lu : {why}"),
        R::SeveralCsv(count) => format!("l'archive a {count} fichiers CSV, un seul est attendu"),
        R::Expansion { limite, .. } => format!("le fichier compressé dépasse {limite} octets une fois ouvert"),
        R::Modified => "le fichier a changé pendant sa lecture".to_owned(),
        other => format!("le fichier ne peut pas être lu comme un tableau ({other})"),
    }
}
