//! Which statistic answers: what the request asks for, and what there is.
//!
//! An earlier or a common year has an entry without figures that points to its terminal years
//! (DATA.md §6). Their statistics are read with one more query for all of them, and only then.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::db::DbError;
use crate::db::statistiques::{NamedStatistique, Slice};
use crate::domain::choice::{Choice, Wanted, choose, millesime_of_list};
use crate::domain::reperes::{Repere, Reperes};
use crate::domain::{CodeCertification, Filiere, Lieu, Maille, Millesime, Origine, Statistique, TypeOrigine};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// A statistic as it answers: an entry that points to its terminal years shows the figures of the
/// one, or carries those of each.
#[derive(Debug, Clone)]
pub(in crate::http::v1) struct Resolved {
    /// The statistic.
    pub(super) named: NamedStatistique,
    /// Beside what it is seen.
    pub(super) repere: Option<Repere>,
    /// Those of its terminal years, when they are several or it is a common year.
    pub(super) specialites: Vec<Self>,
}

impl Resolved {
    /// The statistic.
    pub(in crate::http::v1) fn statistique(&self) -> &Statistique {
        &self.named.statistique
    }

    /// A statistic that answers as it stands.
    pub(in crate::http::v1) fn alone(named: NamedStatistique, reperes: &Reperes) -> Self {
        let region = named.etablissement.as_ref().and_then(|etablissement| etablissement.region);
        let diplome = named.certification.diplome.as_ref();
        let repere = diplome.and_then(|diplome| reperes.beside(&named.statistique, diplome, region)).cloned();
        Self { named, repere, specialites: Vec::new() }
    }

    /// Looks among the statistics of the place for those that `pointing` points to.
    fn of(mut pointing: NamedStatistique, terminales: &[NamedStatistique], reperes: &Reperes) -> Self {
        let entry = &pointing.statistique;
        let same = |found: &&NamedStatistique| {
            let found = &found.statistique;
            let cohort = (found.millesime, found.filiere) == (entry.millesime, entry.filiere);
            cohort && entry.terminales.contains(&found.code)
        };
        let found: Vec<&NamedStatistique> = terminales.iter().filter(same).collect();
        match found.as_slice() {
            [only] if entry.terminales.len() == 1 && !pointing.certification.annee_commune => {
                show(&mut pointing.statistique, &only.statistique);
                Self::alone(pointing, reperes)
            }
            several => {
                let place = |named: &&NamedStatistique| NamedStatistique {
                    etablissement: pointing.etablissement.clone(),
                    ..(*named).clone()
                };
                let specialites = several.iter().map(|named| Self::alone(place(named), reperes)).collect();
                Self { named: pointing, repere: None, specialites }
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

/// Resolves every entry that points to its terminal years, with one query, or none if none does.
///
/// # Errors
/// Those of the database.
pub(in crate::http::v1) async fn resolved(
    state: &AppState,
    publication: i32,
    stored: Vec<NamedStatistique>,
) -> Result<Vec<Resolved>, DbError> {
    let reperes = state.publications.reperes(publication).await?;
    let pointing = || stored.iter().filter(|named| named.is_pointing()).map(|named| &named.statistique);
    let Some(lieu) = pointing().map(|entry| entry.lieu).next() else {
        return Ok(stored.into_iter().map(|named| Resolved::alone(named, &reperes)).collect());
    };
    let mut codes: Vec<CodeCertification> = pointing().flat_map(|entry| entry.terminales.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    let terminales = state.db.statistiques_terminales(publication, lieu, &codes).await?;
    let resolve = |named: NamedStatistique| {
        if named.is_pointing() { Resolved::of(named, &terminales, &reperes) } else { Resolved::alone(named, &reperes) }
    };
    Ok(stored.into_iter().map(resolve).collect())
}

/// Chooses, or says what there is instead. The statistics of terminal years are read only when
/// the year that answers has an entry that points to some.
///
/// # Errors
/// 404 with what there is, and those of the database.
pub(in crate::http::v1) async fn chosen(
    state: &AppState,
    publication: i32,
    stored: Vec<NamedStatistique>,
    wanted: Wanted,
) -> Result<Choice<Resolved>, Problem> {
    let there: Vec<(Millesime, Filiere)> =
        stored.iter().map(|s| (s.statistique.millesime, s.statistique.filiere)).collect();
    let resolved = if has_pointing(&stored, wanted) {
        resolved(state, publication, stored).await?
    } else {
        let reperes = state.publications.reperes(publication).await?;
        stored.into_iter().map(|named| Resolved::alone(named, &reperes)).collect()
    };
    choose(resolved, Resolved::statistique, wanted).ok_or_else(|| nothing_then(there))
}

/// Whether one of the statistics of the year that answers points to its terminal years.
fn has_pointing(stored: &[NamedStatistique], wanted: Wanted) -> bool {
    if !stored.iter().any(NamedStatistique::is_pointing) {
        return false;
    }
    let first = choose(stored.iter().collect(), |named: &&NamedStatistique| &named.statistique, wanted);
    let year = first.map(|choice| choice.statistique.statistique.millesime.end());
    let answers = |named: &&NamedStatistique| Some(named.statistique.millesime.end()) == year;
    stored.iter().filter(answers).any(NamedStatistique::is_pointing)
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
pub(in crate::http::v1) fn slices(
    request: &DataRequest,
    maille: Maille,
    wanted: Wanted,
) -> Result<Vec<Slice>, Problem> {
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
pub(in crate::http::v1) fn elsewhere(places: &[(Lieu, Filiere, Millesime)], here: &str) -> Problem {
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
