//! Rule 7, `uai`: another UAI of the same course.
//!
//! For apprenticeship the catalogue says it: another UAI counts when all its rows of the diploma that
//! name the row's UAI have the same one in that role, never down to a place when a UAI of the row is
//! itself one, and upward only to a statistic of that very role. For school and SISE: the mother, and
//! the daughter if she is the only one that teaches it.

use crate::domain::sources::CatalogueRow;
use crate::domain::{CodeCertification, Lieu, RoleUai, TypeCode, Uai};
use crate::matching::search::{Finding, Hit, Search, Several, Step, distinct};

pub(super) fn apply(search: &Search<'_>) -> Step {
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for code in &search.tried.codes {
        for related in related(search, *code) {
            let Some(hit) = search.hit(related.uai, *code) else { continue };
            if related.accepts(&hit) { accepted.push(hit) } else { refused.push(hit) }
        }
    }
    match distinct(accepted.iter().map(|hit| hit.uai)).as_slice() {
        [] => Step { notes: named(&refused), ..Step::default() },
        [_] => Step::of(search.settle(distinct(accepted), &search.tried)),
        _ => {
            let candidates = distinct(accepted.iter().map(|hit| (hit.uai, hit.code)));
            Step::of(Finding::Several(Several { candidates, commune: false }))
        }
    }
}

/// A single one that is not accepted is told.
fn named(refused: &[Hit]) -> Vec<String> {
    match distinct(refused.iter().map(|hit| hit.uai)).as_slice() {
        [uai] => vec![format!(
            "L'établissement {uai} a une statistique de cette formation, sans qu'on puisse la lui donner."
        )],
        _ => Vec::new(),
    }
}

/// Another UAI of the same course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Related {
    /// It.
    pub(super) uai: Uai,
    /// The role that its statistic must have; `None` asks for none.
    role: Option<RoleUai>,
    /// Whether it may be taken at all.
    allowed: bool,
}

impl Related {
    fn accepts(self, hit: &Hit) -> bool {
        self.allowed && self.role.is_none_or(|role| hit.figures.role == Some(role))
    }

    /// Whether a pointer may be taken there, which has no role of its own to look at.
    pub(super) fn is_allowed(self) -> bool {
        self.allowed
    }
}

/// The other UAIs for a code, those that may not be taken among them.
pub(super) fn related(search: &Search<'_>, code: CodeCertification) -> Vec<Related> {
    let found = match code.type_code() {
        TypeCode::Cfd => in_catalogue(search, code),
        TypeCode::Mef11 | TypeCode::Sise => in_family(search, code),
    };
    found.into_iter().filter(|related| !search.offer.uais.contains(&related.uai)).collect()
}

type Role = (RoleUai, fn(&CatalogueRow) -> Option<Uai>);

const ROLES: [Role; 3] = [
    (RoleUai::LieuFormation, |row| row.lieu),
    (RoleUai::Formateur, |row| row.formateur),
    (RoleUai::Gestionnaire, |row| row.gestionnaire),
];

fn in_catalogue(search: &Search<'_>, cfd: CodeCertification) -> Vec<Related> {
    let chain = search.index.chain(cfd);
    let is_place = search.offer.uais.iter().any(|uai| search.index.is_place(&chain, *uai));
    let mut found = Vec::new();
    for uai in &search.offer.uais {
        let rows: Vec<_> = search.index.naming(&chain, *uai).collect();
        for (role, of) in ROLES {
            let others = distinct(rows.iter().map(|row| of(row)));
            let all_alike = others.len() == 1;
            let allowed = all_alike && !(role == RoleUai::LieuFormation && is_place);
            let role = Some(role).filter(|role| *role != RoleUai::LieuFormation);
            let others = others.into_iter().flatten().filter(|other| other != uai);
            found.extend(others.map(|uai| Related { uai, role, allowed }));
        }
    }
    found
}

fn in_family(search: &Search<'_>, code: CodeCertification) -> Vec<Related> {
    let mut found = Vec::new();
    for uai in &search.offer.uais {
        let mothers = search.index.mothers(*uai).iter();
        found.extend(mothers.map(|uai| Related { uai: *uai, role: None, allowed: true }));
        let teaches = |uai: &&Uai| search.index.pair(Lieu::Etablissement(**uai), code).is_some();
        let daughters: Vec<_> = search.index.daughters(*uai).iter().filter(teaches).collect();
        let allowed = daughters.len() == 1;
        found.extend(daughters.into_iter().map(|uai| Related { uai: *uai, role: None, allowed }));
    }
    found
}
