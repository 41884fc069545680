//! What pupils wish for: how much of the weight (wishes) goes to courses without prospects, to courses
//! with, and to those of which nothing can be said.

use serde::{Deserialize, Serialize};

/// The weight that goes to courses without prospects, with them, and to those of which nobody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospect {
    /// Weight of courses without prospects.
    pub sans: u64,
    /// Weight of courses with.
    pub avec: u64,
    /// Weight of the rest.
    pub inconnu: u64,
}

impl Prospect {
    /// Adds a row.
    pub fn add(&mut self, weight: u64, sans_perspectives: Option<bool>) {
        match sans_perspectives {
            Some(true) => self.sans += weight,
            Some(false) => self.avec += weight,
            None => self.inconnu += weight,
        }
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.sans + self.avec + self.inconnu
    }
}

/// The same of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProspectsLine {
    /// Which one.
    pub nom: String,
    /// Its weights.
    #[serde(flatten)]
    pub poids: Prospect,
}

/// The same of the whole, by kind of diploma, voie and région.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospects {
    /// The whole.
    pub ensemble: Prospect,
    /// By kind of diploma.
    pub types_diplome: Vec<ProspectsLine>,
    /// By voie.
    pub voies: Vec<ProspectsLine>,
    /// By région.
    pub regions: Vec<ProspectsLine>,
}
