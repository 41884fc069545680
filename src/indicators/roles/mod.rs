//! What a UAI is for the pupils of a formation (DATA.md §6).
//!
//! The statistic of a CFA may be reported under the place where it teaches, the one that trains
//! or the one that manages. A school is all three itself, and of higher education nobody knows.
//! For apprenticeship the catalogue says who teaches, trains and manages what; a diploma is
//! matched with its simple chain. Then, in this order and each over what the step before left:
//!
//! 1. a UAI is a teaching place if it is one in the catalogue, else a trainer, else a manager,
//!    else unknown; the UAIs of the other two roles are listed;
//! 2. a teaching place whose only trainer is itself, and which trains for another place *without*
//!    a statistic, is in truth a trainer: its statistic covers them all;
//! 3. a trainer (or a teaching place whose only trainer is itself) whose only manager is itself,
//!    and which manages for another trainer that has a statistic neither as a trainer nor at each
//!    of its places, is in truth a manager, unless it is still a teaching place and teaches
//!    another place that has a statistic;
//! 4. each place of a trainer without a statistic receives a copy of the trainer's, unless the
//!    catalogue gives that place another trainer; then the same for managers.
//!
//! A UAI that the catalogue leaves empty is never listed and is nobody's other trainer or manager
//! in 2 and 3; in 4 it is: nobody knows who trains there. A statistic that exists is never
//! overwritten.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::agregation::CellKey;
use super::continuum::Continuum;
use super::entries::{Chiffres, Entries, Entry};
use crate::domain::sources::CatalogueRow;
use crate::domain::{CodeCertification, Filiere, Lieu, Millesime, RoleUai, Roles, Uai};

type Uais = BTreeSet<Uai>;

/// The rows of the catalogue for one diploma and its chain, by each of the three roles.
#[derive(Debug, Default)]
struct Catalogue<'a> {
    lieux: HashMap<Uai, Vec<&'a CatalogueRow>>,
    formateurs: HashMap<Uai, Vec<&'a CatalogueRow>>,
    gestionnaires: HashMap<Uai, Vec<&'a CatalogueRow>>,
}

impl<'a> Catalogue<'a> {
    fn new(rows: impl Iterator<Item = &'a CatalogueRow>) -> Self {
        let mut found = Self::default();
        for row in rows {
            let Self { lieux, formateurs, gestionnaires } = &mut found;
            for (index, uai) in [(lieux, row.lieu), (formateurs, row.formateur), (gestionnaires, row.gestionnaire)] {
                if let Some(uai) = uai {
                    index.entry(uai).or_default().push(row);
                }
            }
        }
        found
    }

    fn taught_at(&self, uai: Uai) -> &[&'a CatalogueRow] {
        self.lieux.get(&uai).map(Vec::as_slice).unwrap_or_default()
    }

    fn trained_by(&self, uai: Uai) -> &[&'a CatalogueRow] {
        self.formateurs.get(&uai).map(Vec::as_slice).unwrap_or_default()
    }

    fn managed_by(&self, uai: Uai) -> &[&'a CatalogueRow] {
        self.gestionnaires.get(&uai).map(Vec::as_slice).unwrap_or_default()
    }
}

fn lieux(rows: &[&CatalogueRow]) -> Uais {
    rows.iter().filter_map(|row| row.lieu).collect()
}

fn formateurs(rows: &[&CatalogueRow]) -> Uais {
    rows.iter().filter_map(|row| row.formateur).collect()
}

fn gestionnaires(rows: &[&CatalogueRow]) -> Uais {
    rows.iter().filter_map(|row| row.gestionnaire).collect()
}

/// What one UAI is for one diploma; a list is `None` where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    role: RoleUai,
    lieux: Option<Uais>,
    formateurs: Option<Uais>,
    gestionnaires: Option<Uais>,
}

impl Place {
    /// Step 1.
    fn of(uai: Uai, catalogue: &Catalogue<'_>) -> Self {
        let (taught, trained, managed) =
            (catalogue.taught_at(uai), catalogue.trained_by(uai), catalogue.managed_by(uai));
        let unknown = Self { role: RoleUai::Unknown, lieux: None, formateurs: None, gestionnaires: None };
        if !taught.is_empty() {
            let (formateurs, gestionnaires) = (Some(formateurs(taught)), Some(gestionnaires(taught)));
            Self { role: RoleUai::LieuFormation, formateurs, gestionnaires, ..unknown }
        } else if !trained.is_empty() {
            let (lieux, gestionnaires) = (Some(lieux(trained)), Some(gestionnaires(trained)));
            Self { role: RoleUai::Formateur, lieux, gestionnaires, ..unknown }
        } else if !managed.is_empty() {
            let (lieux, formateurs) = (Some(lieux(managed)), Some(formateurs(managed)));
            Self { role: RoleUai::Gestionnaire, lieux, formateurs, ..unknown }
        } else {
            unknown
        }
    }

    fn trains_itself_only(&self, uai: Uai) -> bool {
        self.role == RoleUai::LieuFormation && is_only(self.formateurs.as_ref(), uai)
    }

    /// Step 2: the place as a trainer, if it is one in truth.
    fn as_formateur(&self, uai: Uai, catalogue: &Catalogue<'_>, cells: &Cells) -> Option<Self> {
        let mut places = lieux(catalogue.trained_by(uai));
        let covers = self.trains_itself_only(uai) && places.iter().any(|place| *place != uai && !cells.has(*place));
        places.insert(uai);
        covers.then(|| Self { role: RoleUai::Formateur, lieux: Some(places), ..self.clone() })
    }

    /// Step 3: the place as a manager, if it is one in truth.
    fn as_gestionnaire(&self, uai: Uai, catalogue: &Catalogue<'_>, cells: &Cells) -> Option<Self> {
        let eligible = self.role == RoleUai::Formateur || self.trains_itself_only(uai);
        let managed = catalogue.managed_by(uai);
        let covers = |formateur: &Uai| *formateur != uai && !cells.is_covered(*formateur, catalogue);
        let teaches_elsewhere = self.role == RoleUai::LieuFormation
            && lieux(catalogue.trained_by(uai)).iter().any(|place| *place != uai && cells.has(*place));
        if !eligible
            || !is_only(self.gestionnaires.as_ref(), uai)
            || !formateurs(managed).iter().any(covers)
            || teaches_elsewhere
        {
            return None;
        }
        let named: Vec<_> = managed.iter().copied().filter(|row| row.formateur.is_some()).collect();
        let mut places = lieux(&named);
        places.extend(lieux(catalogue.trained_by(uai)));
        let formateurs = Some(formateurs(managed));
        Some(Self { role: RoleUai::Gestionnaire, lieux: Some(places), formateurs, ..self.clone() })
    }

    fn roles(self) -> Roles {
        let list = |uais: Option<Uais>| uais.map(|uais| uais.into_iter().collect());
        Roles {
            role: self.role,
            lieux_formation: list(self.lieux),
            formateurs: list(self.formateurs),
            gestionnaires: list(self.gestionnaires),
        }
    }
}

fn is_only(uais: Option<&Uais>, uai: Uai) -> bool {
    uais.is_some_and(|uais| uais.len() == 1 && uais.contains(&uai))
}

/// The établissements that have a statistic of one diploma and millésime, and what each is.
#[derive(Debug, Default)]
struct Cells(BTreeMap<Uai, (Chiffres, Place)>);

impl Cells {
    fn has(&self, uai: Uai) -> bool {
        self.0.contains_key(&uai)
    }

    /// Whether a trainer's pupils are counted somewhere: under itself as a trainer, or at each of
    /// its places.
    fn is_covered(&self, formateur: Uai, catalogue: &Catalogue<'_>) -> bool {
        let as_formateur = self.0.get(&formateur).is_some_and(|(_, place)| place.role == RoleUai::Formateur);
        as_formateur || lieux(catalogue.trained_by(formateur)).iter().all(|place| self.has(*place))
    }

    /// One step over every cell, each seeing what the step before left.
    fn step(&mut self, change: impl Fn(&Place, Uai, &Self) -> Option<Place>) {
        let changed: Vec<_> =
            self.0.iter().filter_map(|(uai, (_, place))| Some((*uai, change(place, *uai, self)?))).collect();
        for (uai, new) in changed {
            if let Some((_, place)) = self.0.get_mut(&uai) {
                *place = new;
            }
        }
    }

    /// Step 4 for one role: the copies that its places receive.
    fn copies(&self, role: RoleUai, catalogue: &Catalogue<'_>) -> Vec<(Uai, (Chiffres, Place))> {
        let sources = self.0.iter().filter(|(_, (_, place))| place.role == role);
        let receivers = sources.flat_map(|(uai, (chiffres, place))| {
            let places = place.lieux.iter().flatten().filter(|place| !self.has(**place));
            places.map(move |receiver| (*receiver, *uai, chiffres, place))
        });
        receivers
            .filter(|(receiver, uai, ..)| {
                let holder = |row: &&CatalogueRow| match role {
                    RoleUai::Formateur => row.formateur,
                    _ => row.gestionnaire,
                };
                catalogue.taught_at(*receiver).iter().all(|row| holder(row) == Some(*uai))
            })
            .map(|(receiver, uai, chiffres, place)| {
                let mut copy = Place::of(receiver, catalogue);
                copy.role = RoleUai::LieuFormation;
                if role == RoleUai::Formateur {
                    copy.formateurs = Some(Uais::from([uai]));
                    copy.gestionnaires.clone_from(&place.gestionnaires);
                }
                (receiver, (Chiffres { figures_role: Some(role), ..*chiffres }, copy))
            })
            .collect()
    }
}

/// Gives every entry of an établissement its roles, and adds the copies of apprenticeship.
pub fn assign(entries: &mut Entries, rows: &[CatalogueRow], continuum: &Continuum) {
    let mut by_cfd: HashMap<CodeCertification, Vec<&CatalogueRow>> = HashMap::new();
    for row in rows {
        by_cfd.entry(row.cfd).or_default().push(row);
    }
    let mut cohorts: BTreeMap<CodeCertification, BTreeMap<Millesime, Vec<(Uai, usize)>>> = BTreeMap::new();
    for (index, (key, entry)) in entries.iter_mut().enumerate() {
        let Lieu::Etablissement(uai) = key.lieu else { continue };
        match key.filiere {
            Filiere::Apprentissage => {
                cohorts.entry(key.code).or_default().entry(key.millesime).or_default().push((uai, index));
            }
            Filiere::Pro | Filiere::Agricole => entry.roles = Some(school(uai)),
            Filiere::Superieur => entry.roles = Some(unknown()),
        }
    }
    for (code, millesimes) in cohorts {
        let chain = continuum.simple_chain(code).filter_map(|code| by_cfd.get(&code)).flatten().copied();
        let catalogue = Catalogue::new(chain);
        for (millesime, members) in millesimes {
            let cells = resolved(&members, entries, &catalogue);
            write_back(cells, &members, entries, (code, millesime));
        }
    }
}

/// Steps 1 to 4 for one diploma and millésime.
fn resolved(members: &[(Uai, usize)], entries: &Entries, catalogue: &Catalogue<'_>) -> Cells {
    let chiffres = |index: usize| entries.get(index).and_then(|(_, entry)| entry.chiffres);
    let cell = |(uai, index): &(Uai, usize)| Some((*uai, (chiffres(*index)?, Place::of(*uai, catalogue))));
    let mut cells = Cells(members.iter().filter_map(cell).collect());
    cells.step(|place, uai, cells| place.as_formateur(uai, catalogue, cells));
    cells.step(|place, uai, cells| place.as_gestionnaire(uai, catalogue, cells));
    for role in [RoleUai::Formateur, RoleUai::Gestionnaire] {
        let copies = cells.copies(role, catalogue);
        for (uai, copy) in copies {
            cells.0.entry(uai).or_insert(copy);
        }
    }
    cells
}

fn write_back(
    cells: Cells,
    members: &[(Uai, usize)],
    entries: &mut Entries,
    (code, millesime): (CodeCertification, Millesime),
) {
    let existing: HashMap<Uai, usize> = members.iter().copied().collect();
    for (uai, (chiffres, place)) in cells.0 {
        let roles = Some(place.roles());
        if let Some((_, entry)) = existing.get(&uai).and_then(|index| entries.get_mut(*index)) {
            entry.roles = roles;
        } else {
            let key = CellKey { lieu: Lieu::Etablissement(uai), code, millesime, filiere: Filiere::Apprentissage };
            entries.push((key, Entry { chiffres: Some(chiffres), roles, terminales: Vec::new() }));
        }
    }
}

/// A school teaches, trains and manages itself.
fn school(uai: Uai) -> Roles {
    Roles {
        role: RoleUai::LieuFormation,
        lieux_formation: None,
        formateurs: Some(vec![uai]),
        gestionnaires: Some(vec![uai]),
    }
}

fn unknown() -> Roles {
    Roles { role: RoleUai::Unknown, lieux_formation: None, formateurs: None, gestionnaires: None }
}

#[cfg(test)]
mod tests;
