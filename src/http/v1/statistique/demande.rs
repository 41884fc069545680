//! Which statistic answers: what the request asks for, and what there is.
//!
//! An earlier or a common year has an entry without figures that points to its terminal years
//! (DATA.md §6). Their statistics are read with one more query for all of them, and only then.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::db::DbError;
use crate::db::statistiques::{StatistiqueNommee, Tranche};
use crate::domain::choix::{Choix, Demande, choose, millesime_of_list};
use crate::domain::{CodeCertification, Filiere, Lieu, Maille, Millesime, Origine, Statistique, TypeOrigine};
use crate::http::Etat;
use crate::http::parametres::Lecteur;
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// Reads which statistic is asked for.
pub(in crate::http::v1) fn demande(lecteur: &mut Lecteur<'_>) -> Demande {
    Demande { millesime: lecteur.millesime(), filiere: lecteur.filiere() }
}

/// A statistic as it answers: an entry that points to its terminal years shows the figures of the
/// one, or carries those of each.
#[derive(Debug, Clone)]
pub(in crate::http::v1) struct Resolue {
    /// The statistic.
    pub(super) nommee: StatistiqueNommee,
    /// Those of its terminal years, when they are several or it is a common year.
    pub(super) specialites: Vec<StatistiqueNommee>,
}

impl From<StatistiqueNommee> for Resolue {
    fn from(nommee: StatistiqueNommee) -> Self {
        Self { nommee, specialites: Vec::new() }
    }
}

impl Resolue {
    /// The statistic.
    pub(in crate::http::v1) fn statistique(&self) -> &Statistique {
        &self.nommee.statistique
    }

    /// Looks among the statistics of the place for those that `pointing` points to.
    fn of(mut pointing: StatistiqueNommee, terminales: &[StatistiqueNommee]) -> Self {
        let entry = &pointing.statistique;
        let same = |found: &&StatistiqueNommee| {
            let found = &found.statistique;
            let cohort = (found.millesime, found.filiere) == (entry.millesime, entry.filiere);
            cohort && entry.terminales.contains(&found.code)
        };
        let found: Vec<&StatistiqueNommee> = terminales.iter().filter(same).collect();
        match found.as_slice() {
            [only] if entry.terminales.len() == 1 && !pointing.certification.annee_commune => {
                show(&mut pointing.statistique, &only.statistique);
                pointing.into()
            }
            several => {
                let place = |nommee: &&StatistiqueNommee| StatistiqueNommee {
                    etablissement: pointing.etablissement.clone(),
                    ..(*nommee).clone()
                };
                let specialites = several.iter().map(place).collect();
                Self { nommee: pointing, specialites }
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
pub(in crate::http::v1) async fn resolues(
    etat: &Etat,
    publication: i32,
    stored: Vec<StatistiqueNommee>,
) -> Result<Vec<Resolue>, DbError> {
    let pointing = || stored.iter().filter(|nommee| nommee.is_pointing()).map(|nommee| &nommee.statistique);
    let Some(lieu) = pointing().map(|entry| entry.lieu).next() else {
        return Ok(stored.into_iter().map(Resolue::from).collect());
    };
    let mut codes: Vec<CodeCertification> = pointing().flat_map(|entry| entry.terminales.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    let terminales = etat.db.statistiques_terminales(publication, lieu, &codes).await?;
    let resolve =
        |nommee: StatistiqueNommee| if nommee.is_pointing() { Resolue::of(nommee, &terminales) } else { nommee.into() };
    Ok(stored.into_iter().map(resolve).collect())
}

/// Chooses, or says what there is instead. The statistics of terminal years are read only when
/// the year that answers has an entry that points to some.
///
/// # Errors
/// 404 with what there is, and those of the database.
pub(in crate::http::v1) async fn chosen(
    etat: &Etat,
    publication: i32,
    stored: Vec<StatistiqueNommee>,
    demande: Demande,
) -> Result<Choix<Resolue>, Probleme> {
    let there: Vec<(Millesime, Filiere)> =
        stored.iter().map(|s| (s.statistique.millesime, s.statistique.filiere)).collect();
    let resolues = if has_pointing(&stored, demande) {
        resolues(etat, publication, stored).await?
    } else {
        stored.into_iter().map(Resolue::from).collect()
    };
    choose(resolues, Resolue::statistique, demande).ok_or_else(|| nothing_then(there))
}

/// Whether one of the statistics of the year that answers points to its terminal years.
fn has_pointing(stored: &[StatistiqueNommee], demande: Demande) -> bool {
    if !stored.iter().any(StatistiqueNommee::is_pointing) {
        return false;
    }
    let first = choose(stored.iter().collect(), |nommee: &&StatistiqueNommee| &nommee.statistique, demande);
    let year = first.map(|choix| choix.statistique.statistique.millesime.fin());
    let answers = |nommee: &&StatistiqueNommee| Some(nommee.statistique.millesime.fin()) == year;
    stored.iter().filter(answers).any(StatistiqueNommee::is_pointing)
}

fn nothing_then(mut there: Vec<(Millesime, Filiere)>) -> Probleme {
    there.sort_unstable();
    let there: Vec<_> = there.iter().rev().map(|(millesime, filiere)| format!("{millesime} ({filiere})")).collect();
    Probleme::sans_statistique(format!(
        "Il n'y a pas de statistique pour ce millésime ou cette filière ; il y en a pour : {}.",
        there.join(", ")
    ))
}

/// For each filière of the maille the millésime that a list shows.
///
/// # Errors
/// 404 with the millésimes that exist when none of them is the one asked for.
pub(in crate::http::v1) fn tranches(
    requete: &Requete,
    maille: Maille,
    demande: Demande,
) -> Result<Vec<Tranche>, Probleme> {
    let comptes = &requete.publication().comptes.statistiques;
    let mut stored: BTreeMap<Filiere, Vec<Millesime>> = BTreeMap::new();
    for compte in comptes.iter().filter(|compte| compte.maille == maille.as_str()) {
        if let (Ok(filiere), Ok(millesime)) = (Filiere::parse(&compte.filiere), Millesime::parse(&compte.millesime)) {
            stored.entry(filiere).or_default().push(millesime);
        }
    }
    stored.retain(|filiere, _| demande.filiere.is_none_or(|asked| asked == *filiere));
    let chosen: Vec<Tranche> = stored
        .iter()
        .filter_map(|(filiere, millesimes)| Some((*filiere, millesime_of_list(millesimes, demande.millesime)?)))
        .collect();
    match demande.millesime {
        Some(asked) if chosen.is_empty() && !stored.is_empty() => {
            let mut there: Vec<_> = stored.into_values().flatten().collect();
            there.sort_unstable();
            there.dedup();
            let there: Vec<_> = there.iter().rev().map(ToString::to_string).collect();
            Err(Probleme::sans_statistique(format!(
                "Il n'y a pas de millésime {asked} à la maille {maille} ; il y a : {}.",
                there.join(", ")
            )))
        }
        _ => Ok(chosen),
    }
}

/// Says where and when there is a statistic of a code that has none here.
pub(in crate::http::v1) fn elsewhere(places: &[(Lieu, Filiere, Millesime)], ici: &str) -> Probleme {
    if places.is_empty() {
        return Probleme::sans_statistique(format!(
            "Cette certification existe, mais aucune statistique n'est publiée pour elle, ni {ici} ni ailleurs."
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
    Probleme::sans_statistique(format!(
        "Cette certification existe, mais n'a pas de statistique {ici} ; il y en a notamment : {}.",
        named.join(", ")
    ))
}
