//! Crosswalks: which codes stand for the same training, and who says so.
//!
//! A link is one statement of one record of one source, never a conclusion: what follows from two
//! records is left to the reader, who sees both. One CFD with several RNCP numbers is normal; a
//! code without a link was not in the files, which proves nothing about it.

use std::fmt;

use super::filiere::closed_list;
use super::{Dataset, FileId, Invalid, PlatformCode};

closed_list! {
    /// What a link says of its two codes.
    Relation {
        /// They stand for the same training.
        Same = "meme_formation",
        /// The first is the older one, the second has replaced it.
        ReplacedBy = "remplace_par",
        /// The first has replaced the second.
        Replaces = "remplace",
    }
}

impl Relation {
    /// The same statement, seen from the second code.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::ReplacedBy => Self::Replaces,
            Self::Replaces => Self::ReplacedBy,
        }
    }
}

/// One statement of a source about two codes, seen from the first. Every statement is there
/// twice, once from each code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeLink {
    /// The code that it is found by.
    pub from: PlatformCode,
    /// The other one.
    pub to: PlatformCode,
    /// What is said of them.
    pub relation: Relation,
    /// Years that the training takes, where Onisep says it: its identifiers do not tell courses of
    /// one and of two years apart.
    pub duration: Option<i16>,
    /// Who says it.
    pub source: Dataset,
    /// In which file.
    pub fichier: FileId,
    /// On which line of it.
    pub line: i32,
}
