//! Common years (DATA.md §6): in a famille de métiers the first year is the same for every
//! specialty, so the question «what becomes of those who begin here?» has as many answers as
//! there are specialties.
//!
//! For each famille, place, millésime and school-based filière, the certifications that are the
//! common year get an entry that points to those of the famille with a statistic of their own.

use std::collections::{BTreeMap, HashMap};

use super::entries::Groupe;
use crate::domain::{Certification, CodeCertification, Filiere};

/// The familles: which certification belongs to which, and the common years of each.
#[derive(Debug, Clone, Default)]
pub struct SecondesCommunes {
    familles: HashMap<CodeCertification, usize>,
    communes: Vec<Vec<CodeCertification>>,
}

impl SecondesCommunes {
    /// Indexes the familles that have a common year.
    #[must_use]
    pub fn build<'a>(certifications: impl Iterator<Item = &'a Certification>) -> Self {
        let mut members: BTreeMap<&str, (Vec<CodeCertification>, Vec<CodeCertification>)> = BTreeMap::new();
        for certification in certifications {
            if let Some(famille) = &certification.famille {
                let (all, communes) = members.entry(&famille.code).or_default();
                all.push(certification.code);
                if famille.annee_commune {
                    communes.push(certification.code);
                }
            }
        }
        let mut found = Self::default();
        for (all, communes) in members.into_values().filter(|(_, communes)| !communes.is_empty()) {
            found.familles.extend(all.into_iter().map(|code| (code, found.communes.len())));
            found.communes.push(communes);
        }
        found
    }

    /// Adds the entries of common years to a group.
    pub fn point(&self, groupe: &mut Groupe, filiere: Filiere) {
        if !matches!(filiere, Filiere::Pro | Filiere::Agricole) {
            return;
        }
        let own = groupe.iter().filter(|(_, entry)| entry.is_own());
        let terminales: Vec<_> = own.filter_map(|(code, _)| Some((*self.familles.get(code)?, *code))).collect();
        for (famille, terminale) in terminales {
            for commune in self.communes.get(famille).into_iter().flatten().filter(|code| **code != terminale) {
                groupe.entry(*commune).or_default().add_terminale(terminale);
            }
        }
    }
}
