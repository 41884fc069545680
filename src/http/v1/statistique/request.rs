//! Which statistic answers: what the request asks for, and what there is.
//!
//! An earlier or a common year has an entry without figures that points to its terminal years
//! (DATA.md §6). Their statistics are read with one more query for all of them, and only then.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::db::DbError;
use crate::db::statistiques::{LookupKey, NamedStatistique, Slice};
use crate::domain::choice::{Choice, Wanted, choose, millesime_of_list};
use crate::domain::reperes::{Repere, Reperes};
use crate::domain::{BatchStatus, Filiere, Lieu, Maille, Millesime, Origine, Statistique, TypeOrigine};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// The statistics of terminal years, by place and certification.
pub(in crate::http::v1) type Terminales = BTreeMap<LookupKey, Vec<NamedStatistique>>;

/// A statistic as it answers: an entry that points to its terminal years shows the figures of the
/// one, or carries those of each.
#[derive(Debug, Clone)]
pub(in crate::http) struct Resolved {
    /// The statistic.
    pub(in crate::http) named: NamedStatistique,
    /// Beside what it is seen.
    pub(super) repere: Option<Repere>,
    /// Those of its terminal years, when they are several or it is a common year.
    pub(in crate::http) specialites: Vec<Self>,
}

impl Resolved {
    /// What is said of it in a batch.
    pub(in crate::http::v1) fn status(&self, wanted: Wanted) -> BatchStatus {
        BatchStatus::of(self.statistique(), self.specialites.iter().map(Self::statistique), wanted)
    }

    /// The statistic.
    pub(in crate::http) fn statistique(&self) -> &Statistique {
        &self.named.statistique
    }

    /// A statistic that answers as it stands.
    pub(in crate::http) fn alone(named: NamedStatistique, reperes: &Reperes) -> Self {
        let region = named.etablissement.as_ref().and_then(|etablissement| etablissement.region);
        let diplome = named.certification.diplome.as_ref();
        let repere = diplome.and_then(|diplome| reperes.beside(&named.statistique, diplome, region)).cloned();
        Self { named, repere, specialites: Vec::new() }
    }

    /// As it stands, or with the statistics that it points to, which are among `terminales`.
    fn of(mut named: NamedStatistique, terminales: &Terminales, reperes: &Reperes) -> Self {
        if !named.is_pointing() {
            return Self::alone(named, reperes);
        }
        let entry = &named.statistique;
        let same = |found: &&NamedStatistique| {
            let found = &found.statistique;
            (found.millesime, found.filiere) == (entry.millesime, entry.filiere)
        };
        let mut codes = entry.terminales.clone();
        codes.sort_unstable();
        let found = codes.iter().filter_map(|code| terminales.get(&(entry.lieu, *code))).flatten();
        let found: Vec<&NamedStatistique> = found.filter(same).collect();
        match found.as_slice() {
            [only] if entry.terminales.len() == 1 && !named.certification.annee_commune => {
                show(&mut named.statistique, &only.statistique);
                Self::alone(named, reperes)
            }
            several => {
                let specialites = several.iter().map(|found| Self::alone((*found).clone(), reperes)).collect();
                Self { named, repere: None, specialites }
            }
        }
    }
}

/// Gives an entry the figures of its terminal year, and says whose they are.
fn show(entry: &mut Statistique, terminale: &Statistique) {
    entry.figures = Arc::clone(&terminale.figures);
    entry.presentes = terminale.presentes;
    entry.sans_perspectives = terminale.sans_perspectives;
    entry.contexte = terminale.contexte;
    entry.origine = Origine { type_origine: TypeOrigine::AnneeTerminale, ..terminale.origine.clone() };
}

/// Which statistics some entries point to.
fn pointed<'s>(stored: impl IntoIterator<Item = &'s NamedStatistique>) -> Vec<LookupKey> {
    let pointing = stored.into_iter().filter(|named| named.is_pointing()).map(|named| &named.statistique);
    pointing.flat_map(|entry| entry.terminales.iter().map(|code| (entry.lieu, *code))).collect()
}

/// Reads the statistics of terminal years, with one statement, or none if none is asked for.
///
/// # Errors
/// Those of the database.
pub(in crate::http::v1) async fn terminales(
    state: &AppState,
    publication: i32,
    mut keys: Vec<LookupKey>,
) -> Result<Terminales, DbError> {
    if keys.is_empty() {
        return Ok(Terminales::new());
    }
    keys.sort_unstable();
    keys.dedup();
    let mut found = state.db.statistiques_at_lieux(publication, &keys).await?;
    for named in found.values_mut() {
        named.retain(|named| !named.is_pointing());
    }
    Ok(found)
}

/// Resolves every entry that points to its terminal years, with one query, or none if none does.
///
/// # Errors
/// Those of the database.
pub(in crate::http) async fn resolved(
    state: &AppState,
    publication: i32,
    stored: Vec<NamedStatistique>,
) -> Result<Vec<Resolved>, DbError> {
    let reperes = state.publications.reperes(publication).await?;
    let terminales = terminales(state, publication, pointed(&stored)).await?;
    Ok(stored.into_iter().map(|named| Resolved::of(named, &terminales, &reperes)).collect())
}

/// Chooses, or says what there is instead. The statistics of terminal years are read only when
/// the year that answers has an entry that points to some.
///
/// # Errors
/// 404 with what there is, and those of the database.
pub(in crate::http) async fn chosen(
    state: &AppState,
    publication: i32,
    stored: Vec<NamedStatistique>,
    wanted: Wanted,
) -> Result<Choice<Resolved>, Problem> {
    let reperes = state.publications.reperes(publication).await?;
    let terminales = terminales(state, publication, needed(&stored, wanted)).await?;
    choice(stored, &terminales, &reperes, wanted)
}

/// Chooses, once what [`needed`] names has been read.
///
/// # Errors
/// 404 with what there is.
pub(in crate::http::v1) fn choice(
    stored: Vec<NamedStatistique>,
    terminales: &Terminales,
    reperes: &Reperes,
    wanted: Wanted,
) -> Result<Choice<Resolved>, Problem> {
    let there: Vec<(Millesime, Filiere)> =
        stored.iter().map(|s| (s.statistique.millesime, s.statistique.filiere)).collect();
    let resolved = stored.into_iter().map(|named| Resolved::of(named, terminales, reperes)).collect();
    choose(resolved, Resolved::statistique, wanted).ok_or_else(|| nothing_then(there))
}

/// The statistics of terminal years that the year which answers points to.
pub(in crate::http::v1) fn needed(stored: &[NamedStatistique], wanted: Wanted) -> Vec<LookupKey> {
    if !stored.iter().any(NamedStatistique::is_pointing) {
        return Vec::new();
    }
    let first = choose(stored.iter().collect(), |named: &&NamedStatistique| &named.statistique, wanted);
    let year = first.map(|choice| choice.statistique.statistique.millesime.end());
    pointed(stored.iter().filter(|named| Some(named.statistique.millesime.end()) == year))
}

fn nothing_then(mut there: Vec<(Millesime, Filiere)>) -> Problem {
    there.sort_unstable();
    let there: Vec<_> = there.iter().rev().map(|(millesime, filiere)| format!("{millesime} ({filiere})")).collect();
    Problem::sans_statistique(format!(
        "Il n'y a pas de statistique pour ce millésime ou cette filière ; il y en a pour : {}.",
        there.join(", ")
    ))
}

/// For each filière of the maille the millésime that a list shows.
///
/// # Errors
/// 404 with the millésimes that exist when none of them is the one asked for.
pub(in crate::http) fn slices(request: &DataRequest, maille: Maille, wanted: Wanted) -> Result<Vec<Slice>, Problem> {
    let comptes = &request.publication().comptes.statistiques;
    let mut stored: BTreeMap<Filiere, Vec<Millesime>> = BTreeMap::new();
    for counted in comptes.iter().filter(|counted| counted.maille == maille) {
        stored.entry(counted.filiere).or_default().push(counted.millesime);
    }
    stored.retain(|filiere, _| wanted.filiere.is_none_or(|asked| asked == *filiere));
    let chosen: Vec<Slice> = stored
        .iter()
        .filter_map(|(filiere, millesimes)| Some((*filiere, millesime_of_list(millesimes, wanted.millesime)?)))
        .collect();
    match wanted.millesime {
        Some(asked) if chosen.is_empty() && !stored.is_empty() => {
            let mut there: Vec<_> = stored.into_values().flatten().collect();
            there.sort_unstable();
            there.dedup();
            let there: Vec<_> = there.iter().rev().map(ToString::to_string).collect();
            Err(Problem::sans_statistique(format!(
                "Il n'y a pas de millésime {asked} à la maille {maille} ; il y a : {}.",
                there.join(", ")
            )))
        }
        _ => Ok(chosen),
    }
}

/// Says where and when there is a statistic of a code that has none here.
pub(in crate::http) fn elsewhere(places: &[(Lieu, Filiere, Millesime)], here: &str) -> Problem {
    if places.is_empty() {
        return Problem::sans_statistique(format!(
            "Cette certification existe, mais aucune statistique n'est publiée pour elle, ni {here} ni ailleurs."
        ));
    }
    let named = |(lieu, filiere, millesime): &(Lieu, Filiere, Millesime)| {
        let lieu = match lieu {
            Lieu::France => "France".to_owned(),
            Lieu::Region(code) => format!("région {code}"),
            Lieu::Etablissement(uai) => format!("établissement {uai}"),
        };
        format!("{lieu} {millesime} ({filiere})")
    };
    let named: Vec<_> = places.iter().map(named).collect();
    Problem::sans_statistique(format!(
        "Cette certification existe, mais n'a pas de statistique {here} ; il y en a notamment : {}.",
        named.join(", ")
    ))
}
