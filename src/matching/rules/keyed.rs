//! What rules 2 to 5 share: a key leads to diplomas, which the row's other keys narrow down.

use crate::domain::crosswalk::Relation;
use crate::domain::{CodeCertification, CodeSystem, Dataset, PlatformCode, TypeCode, Uai};
use crate::matching::cells::written;
use crate::matching::index::{Index, Link};
use crate::matching::search::{Search, Step, Tried, distinct};

/// The diplomas behind some codes, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Resolved {
    /// CFDs and SISEs.
    pub(super) diplomas: Vec<CodeCertification>,
    /// Whose links led there.
    pub(super) sources: Vec<Dataset>,
}

impl Resolved {
    fn add(&mut self, index: &Index, link: &Link) {
        let code = link.to.certification().filter(|code| index.training(*code).is_some());
        if let Some(code) = code {
            self.diplomas.push(index.diploma(code));
            self.sources.push(link.source);
        }
    }

    fn distinct(self) -> Self {
        Self { diplomas: distinct(self.diplomas), sources: distinct(self.sources) }
    }
}

/// The key that a rule follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Rncp,
    Onisep,
    CertifInfo,
    Ministry,
}

/// The diplomas behind some codes; where nothing leads there directly, through what replaced an RNCP
/// number, or through the codes of other platforms for the same training.
pub(super) fn resolve(index: &Index, codes: &[PlatformCode], duration: Option<i16>) -> Resolved {
    let mut found = Resolved::default();
    for code in codes {
        let before = found.diplomas.len();
        directly(index, *code, duration, &mut found);
        if found.diplomas.len() > before {
            continue;
        }
        if code.system() == CodeSystem::Rncp {
            for newer in replacements(index, *code) {
                directly(index, newer, duration, &mut found);
            }
        }
        if found.diplomas.len() == before {
            for link in same(index, *code, duration).filter(|link| !link.to.system().is_of_certifications()) {
                found.sources.push(link.source);
                directly(index, link.to, duration, &mut found);
            }
        }
    }
    found.distinct()
}

fn directly(index: &Index, code: PlatformCode, duration: Option<i16>, found: &mut Resolved) {
    same(index, code, duration).for_each(|link| found.add(index, link));
}

/// The links that say that two codes are one training; not those of courses of another duration.
fn same(index: &Index, code: PlatformCode, duration: Option<i16>) -> impl Iterator<Item = &Link> {
    let fits = move |link: &&Link| {
        link.relation == Relation::Same && (duration.is_none() || link.duration.is_none() || link.duration == duration)
    };
    index.links(code).iter().filter(fits)
}

/// The numbers that replaced one, the nearest first.
pub(super) fn replacements(index: &Index, code: PlatformCode) -> Vec<PlatformCode> {
    let mut found = vec![code];
    let mut at = 0;
    while let Some(code) = found.get(at).copied() {
        let newer = index.links(code).iter().filter(|link| link.relation == Relation::ReplacedBy).map(|link| link.to);
        for newer in newer {
            if !found.contains(&newer) {
                found.push(newer);
            }
        }
        at += 1;
    }
    found.remove(0);
    found
}

/// The diplomas behind one of the row's keys.
fn of_key(search: &Search<'_>, key: Key) -> Resolved {
    let (index, keys) = (search.index, &search.offer.keys);
    match key {
        Key::Rncp => resolve(index, &keys.rncp, None),
        Key::Onisep => resolve(index, &keys.onisep, search.offer.duration),
        Key::CertifInfo => resolve(index, &keys.certif_info, None),
        Key::Ministry => {
            let rows = keys.ministry.iter().flat_map(|key| index.keyed(key));
            let diplomas: Vec<_> = distinct(rows.map(|row| row.cfd));
            let sources = if diplomas.is_empty() { Vec::new() } else { vec![Dataset::CatalogueApprentissage] };
            Resolved { diplomas, sources }
        }
    }
}

/// Follows a key; `more` are UAIs that it gives beside those of the row.
pub(super) fn follow(search: &Search<'_>, key: Key, more: &[Uai]) -> Step {
    let Resolved { diplomas, sources } = of_key(search, key);
    follow_to(search, key, &diplomas, sources, more)
}

/// Looks for diplomas that a key led to, as far as the row's other keys allow.
pub(super) fn follow_to(
    search: &Search<'_>,
    key: Key,
    diplomas: &[CodeCertification],
    sources: Vec<Dataset>,
    more: &[Uai],
) -> Step {
    if diplomas.is_empty() {
        return Step::default();
    }
    let found = match narrowed(search, key, diplomas) {
        Ok(found) => found,
        Err(note) => return Step { notes: vec![note], ..Step::default() },
    };
    let count = search.count_diplomas(&found);
    let duration = search.offer.duration.filter(|_| key == Key::Onisep);
    let codes = search.codes_of(&found, duration);
    let tried = Tried { codes, diplomas: count, famille: count > 1 && one_famille(search, &found) };
    let uais = distinct(search.offer.uais.iter().chain(more).copied());
    Step { finding: search.at_uais(&uais, &tried), tried: Some(tried), sources, notes: Vec::new() }
}

/// Those of the diplomas that every other key of the row allows, along simple chains.
fn narrowed(search: &Search<'_>, key: Key, diplomas: &[CodeCertification]) -> Result<Vec<CodeCertification>, String> {
    let others = [Key::Rncp, Key::Onisep, Key::CertifInfo, Key::Ministry].into_iter().filter(|other| *other != key);
    let own = [search.anchors(), search.offer.keys.sise.clone()];
    let mut found = diplomas.to_vec();
    for allowed in own.into_iter().chain(others.map(|other| of_key(search, other).diplomas)) {
        let fits = |code: &CodeCertification| allowed.iter().any(|other| search.index.is_same_diploma(*code, *other));
        let kept: Vec<_> = found.iter().copied().filter(fits).collect();
        if !allowed.is_empty() && kept.is_empty() {
            let list =
                |codes: &[CodeCertification]| codes.iter().map(|code| written(*code)).collect::<Vec<_>>().join(", ");
            return Err(format!("cles_contradictoires : {} d'un côté, {} de l'autre.", list(&found), list(&allowed)));
        }
        if !allowed.is_empty() {
            found = kept;
        }
    }
    Ok(found)
}

/// Whether all of some diplomas belong to one famille de métiers.
fn one_famille(search: &Search<'_>, diplomas: &[CodeCertification]) -> bool {
    let famille = |code: &CodeCertification| search.index.training(*code)?.famille.clone();
    let mut familles = diplomas.iter().filter(|code| code.type_code() == TypeCode::Cfd).map(famille);
    let first = familles.next().flatten();
    first.is_some() && familles.all(|other| other == first)
}
