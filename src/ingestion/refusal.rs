//! Why a file is refused whole, in words that an operator can act on.

use std::io;

use crate::domain::{Acceptance, Dataset};

/// Why a file is refused whole. The message does not name the file: the report does.
#[derive(Debug, thiserror::Error)]
pub enum FileRefusal {
    /// It cannot be read at all.
    #[error("cannot be read: {0}")]
    Lecture(#[source] io::Error),
    /// It has no byte.
    #[error("the file is empty: expected a CSV file with a header and rows")]
    Empty,
    /// It has a header and nothing else.
    #[error("the file has a header but no row: an interrupted download? fetch it again")]
    NoRow,
    /// It is no text.
    #[error(
        "the file is binary or damaged (byte 0x{byte:02X}, {nom}, on line {line}): expected a CSV text file; if it is \
         a spreadsheet, export it as CSV; if it is text, remove the byte"
    )]
    Binary {
        /// The byte that no text has.
        byte: u8,
        /// How it is called.
        nom: &'static str,
        /// Where it stands.
        line: u64,
    },
    /// Lines end with CR alone.
    #[error(
        "the lines end with CR alone from line {line} on (an old Macintosh form): save the file with line ends LF or \
         CRLF"
    )]
    BareReturns {
        /// The first of them.
        line: u64,
    },
    /// A compressed file that is damaged or cannot be expanded.
    #[error("the compressed file cannot be read: {0}; fetch it again, or expand it and ingest what it holds")]
    Compressed(String),
    /// An archive without a CSV file.
    #[error("the archive holds no CSV file: {0}")]
    ArchiveWithoutCsv(String),
    /// An archive with several CSV files where one is expected.
    #[error("the archive holds {0} CSV files where one is expected")]
    SeveralCsv(usize),
    /// What comes out of a compressed file is too much.
    #[error(
        "the compressed file expands to more than {limite} bytes: if it is to be trusted, raise {setting}, or expand it \
         and ingest what it holds"
    )]
    Expansion {
        /// The most that is taken.
        limite: u64,
        /// The setting that says so.
        setting: &'static str,
    },
    /// UTF-16 or UTF-32.
    #[error("the file is encoded in {0}: save it as UTF-8 or Windows-1252")]
    Unicode16(&'static str),
    /// Bytes that are neither UTF-8 nor Windows-1252, or a mixture of both.
    #[error("unreadable encoding on line {line}: {finding}; save the file as UTF-8")]
    Encoding {
        /// Where the first byte stands that does not fit.
        line: u64,
        /// What was found.
        finding: &'static str,
    },
    /// A quoted field that does not end.
    #[error(
        "a quoted field opened on line {line} is never closed: a \" is missing or too much there (or write \" as \"\" \
         inside a quoted field)"
    )]
    Quote {
        /// Where the field begins.
        line: u64,
    },
    /// A row that became the text of a field of an earlier one.
    #[error(
        "line {line} is a row within a quoted field that line {opened} opens: a \" is missing or too much on line \
         {opened} (or write \" as \"\" inside a quoted field)"
    )]
    SwallowedRow {
        /// The row.
        line: u64,
        /// Where the field begins.
        opened: u64,
    },
    /// A line that is too long to be one.
    #[error("line {line} is longer than {limite} bytes: this is no CSV file of rows")]
    LineTooLong {
        /// Its number.
        line: u64,
        /// The longest that is read.
        limite: u64,
    },
    /// The last line has too few fields.
    #[error("the file is truncated: its last line ({line}) has {found} of {expected} fields; fetch or export it again")]
    Truncated {
        /// The last line.
        line: u64,
        /// Fields on it.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// The rows are separated differently from the header.
    #[error("the header is separated by «{header}» but line {line} by «{lines}»: use one separator in the whole file")]
    Separators {
        /// Of the header.
        header: char,
        /// Of the rows.
        lines: char,
        /// The first such row.
        line: u64,
    },
    /// Every row is longer or shorter than the header.
    #[error(
        "the rows are shifted: the header has {names} names, but every row has {champs} fields (the first is line \
         {line}); some programs write the names of the rows before the first column: export without them, or name \
         the column"
    )]
    Shifted {
        /// The first row.
        line: u64,
        /// Fields of every row.
        champs: usize,
        /// Names of the header.
        names: usize,
    },
    /// Lines of another kind stand above the header.
    #[error("the header is not the first line but line {0}: remove the lines above it")]
    TitleAboveHeader(u64),
    /// Characters were lost before the file came here.
    #[error(
        "line {line}, column «{column}», «{valeur}»: the character U+FFFD stands where another was lost, mostly in a \
         conversion from Windows-1252 to UTF-8; fetch the file again from its producer, or accept the texts as they are \
         with --accepter texte"
    )]
    LostText {
        /// Its line.
        line: u64,
        /// The column as the file calls it.
        column: String,
        /// The text.
        valeur: String,
    },
    /// Two columns have one name.
    #[error("the header repeats a column: «{nom}» is column {first} and column {seconde}; remove or rename one")]
    RepeatedColumn {
        /// The name as the second one writes it.
        nom: String,
        /// Number of the first, from 1.
        first: usize,
        /// Number of the second, from 1.
        seconde: usize,
    },
    /// Columns that the dataset cannot do without are missing.
    #[error("column missing for dataset {dataset}: expected {expected}; found {found}")]
    MissingColumn {
        /// The dataset.
        dataset: &'static str,
        /// What is missing, with the accepted spellings.
        expected: String,
        /// The header.
        found: String,
    },
    /// The columns that count leavers are of no generation of InserSup.
    #[error(
        "{dataset} of no known generation: expected nb_sortants with nb_poursuivants (until 2025_S2), or \
         nb_sortants_x with nb_poursuivants_x for each horizon x of 6, 12, 18, 24 or 30 months that the file has \
         (from 2026_S1); found {0}",
        dataset = Dataset::EsrInsersup
    )]
    Generation(String),
    /// A column without a name may be the population, and so may another.
    #[error(
        "columns {columns} have no name and could each be «Dont apprentis en EPLE»: name the right one in the header"
    )]
    AmbiguousColumn {
        /// Their numbers.
        columns: String,
    },
    /// A dataset that is known and not read.
    #[error("this is {dataset}, which is known and not read: {raison}")]
    SiblingDataset {
        /// The dataset.
        dataset: &'static str,
        /// Why not, and what to take instead.
        raison: &'static str,
    },
    /// InserSup with the labels of the portal.
    #[error(
        "this is fr-esr-insersup with the portal's labels as names of its columns ({0}), which are not known: export it \
         with technical names (use_labels=false in the address of the export), or let `exposition ingest --portail \
         fr-esr-insersup` fetch it"
    )]
    InsersupLabels(String),
    /// InserSup without its margins.
    #[error(
        "none of the {0} rows of this fr-esr-insersup has «ensemble» for genre, nationalite, obtention_diplome and \
         regime_inscription at once: the export was filtered, and nothing in it is a statistic; take the whole export, or \
         filter it for «ensemble»"
    )]
    InsersupWithoutMargins(u64),
    /// The header fits no dataset.
    #[error("no known dataset has this header ({found}); if it is one, name it with --dataset ({known})")]
    Unknown {
        /// The header.
        found: String,
        /// The identifiers.
        known: String,
    },
    /// The header fits several datasets.
    #[error(
        "the header fits several datasets ({0}): put the right one into the file's name, or name it with --dataset"
    )]
    Ambiguous(String),
    /// The file carries its millésime.
    #[error("--millesime was given, but files of dataset {0} carry their own or need none: leave the option out")]
    UnexpectedMillesime(&'static str),
    /// The file does not carry its millésime.
    #[error("the millésime is not in the file: put it into its name (…-2021_2022-…) or give --millesime")]
    MillesimeAbsent,
    /// The name and the option contradict each other.
    #[error("the file's name says millésime {nom}, --millesime says {option}: which is right?")]
    ContradictoryMillesime {
        /// In the name.
        nom: String,
        /// On the command line.
        option: String,
    },
    /// The name has two pairs of years.
    #[error("the file's name says millésime {0} and {1}: which is right? say it with --millesime")]
    TwoMillesimes(String, String),
    /// The voie is not in the file's name.
    #[error(
        "the voie is not in the file: put a word for it into its name (apprentissage or cfa; pro, voie-pro-sco or \
         lycee_pro) or give --voie"
    )]
    MissingVoie,
    /// Both voies are in the file's name.
    #[error("the file's name has words for both voies, apprentissage and pro: which is right? say it with --voie")]
    TwoVoies,
    /// The file carries its voie.
    #[error("--voie was given, but files of dataset {0} say theirs themselves: leave the option out")]
    UnexpectedVoie(&'static str),
    /// The name and the option contradict each other.
    #[error("the file's name says voie {nom}, --voie says {option}: which is right?")]
    ContradictoryVoie {
        /// In the name.
        nom: &'static str,
        /// On the command line.
        option: &'static str,
    },
    /// Too many bad rows.
    #[error(
        "{rejetees} of {lues} rows are rejected ({part} %), more than the {limite} % allowed \
         (EXPOSITION_MAX_REJECTED_PERCENT): see the reasons in the report"
    )]
    TooManyRejections {
        /// Rejected rows.
        rejetees: u64,
        /// All rows that are for the service.
        lues: u64,
        /// Their share, with one decimal.
        part: String,
        /// The configured share.
        limite: f64,
    },
    /// Rates are fractions of 1.
    #[error(
        "line {line}, column «{column}», «{valeur}»: rates are whole percents (58), and this column has nothing above \
         1: export it in percent"
    )]
    Fractions {
        /// Where the first one stands.
        line: u64,
        /// Its column, or in the long form its measure.
        column: String,
        /// It.
        valeur: String,
    },
    /// Figures contradict each other on too many rows.
    #[error(
        "{contradicting} of {compared} rows that can be compared contradict themselves: {sentence} Columns are swapped or \
         shifted? {example} Correct the file; if it is right as it is: --accepter contradictions"
    )]
    Contradictions {
        /// The check, as a sentence.
        sentence: &'static str,
        /// Rows that contradict themselves.
        contradicting: u64,
        /// Rows that could be compared.
        compared: u64,
        /// The first of them.
        example: String,
    },
    /// A measure that was there is gone.
    #[error(
        "no column for {mesures}, of which {millesime} has values ({similar}): give the column its old name; if \
         the producer really dropped it: --accepter colonne_disparue"
    )]
    VanishedColumn {
        /// The measures.
        mesures: String,
        /// The millésime that has values of the first of them.
        millesime: String,
        /// What may be the same column under another name.
        similar: String,
    },
    /// Every row was rejected.
    #[error("no row of the file is usable: see the reasons in the report")]
    NothingKept,
    /// The file changed while it was read.
    #[error("the file changed while it was being read: wait until it is complete and import it again")]
    Modified,
}

impl FileRefusal {
    /// What the operator may say to let the file in all the same; `None` for nearly every refusal.
    #[must_use]
    pub fn acceptance(&self) -> Option<Acceptance> {
        match self {
            Self::Contradictions { .. } => Some(Acceptance::Contradictions),
            Self::VanishedColumn { .. } => Some(Acceptance::LostColumn),
            Self::LostText { .. } => Some(Acceptance::Text),
            _ => None,
        }
    }
}

/// The examination of a file that is read once speaks through the reader: what it found comes out
/// of the reading error that it had to be wrapped in.
impl From<io::Error> for FileRefusal {
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Lecture)
    }
}
