//! What is around a statistic, in words: which employment is counted, région and France, the cohorts
//! before, the neighbours.
//!
//! A rise, a fall, a better or worse neighbour is only spoken of when it is more than chance: a
//! reader takes a sentence for a fact about the course.

use super::super::contexte::{BeyondChance, Evolution, RaisonContexte, Rang};
use super::super::{EmploiScope, Indicateur as I, Millesime, Statistique};

/// Which employment the figures count, where it is less than the words say.
pub(super) fn counted(statistique: &Statistique) -> Option<String> {
    statistique.figures.get(I::PartEnEmploi6Mois).known()?;
    let text = match statistique.champ_emploi() {
        EmploiScope::Prive => "Seul l'emploi dans le privé est compté.",
        EmploiScope::Mixte => "L'emploi dans le public n'est compté que pour ceux qui sont sortis la seconde année.",
        EmploiScope::PriveEtPublic => return None,
    };
    Some(text.to_owned())
}

/// The sentences, in the order in which they should be shown.
pub(super) fn around(statistique: &Statistique) -> Vec<String> {
    let emploi = evolution(statistique, I::PartEnEmploi6Mois, statistique.contexte.emploi.known());
    let poursuite = evolution(statistique, I::PartPoursuiteEtudes, statistique.contexte.poursuite.known());
    let rang = statistique.contexte.rang.known().and_then(neighbours);
    [elsewhere(statistique), emploi.or_else(|| broken(statistique)), poursuite, rang].into_iter().flatten().collect()
}

fn elsewhere(statistique: &Statistique) -> Option<String> {
    let part = statistique.figures.get(I::PartEnEmploi6Mois).known()?;
    let contexte = &statistique.contexte;
    let places: Vec<String> = [(contexte.region, "dans la région"), (contexte.france, "en France")]
        .into_iter()
        .filter_map(|(part, place)| Some(format!(", {} {place}", part.known()?)))
        .collect();
    let told = format!("En emploi 6 mois après la même formation : {part} sur 100 ici{}.", places.concat());
    (!places.is_empty()).then_some(told)
}

/// A change, which is one only beyond chance.
fn evolution(statistique: &Statistique, indicateur: I, evolution: Option<Evolution>) -> Option<String> {
    let Evolution { millesime, ecart, net } = evolution?;
    let now = statistique.figures.get(indicateur).known()?;
    let what = if indicateur == I::PartPoursuiteEtudes { "Poursuite d'études" } else { "En emploi 6 mois après" };
    let (kind, doubt) = match net {
        Some(true) if ecart > 0 => ("en hausse, ", ""),
        Some(true) if ecart < 0 => ("en baisse, ", ""),
        Some(_) => ("stable, ", ""),
        None => ("", " ; sans les effectifs, on ne peut pas dire si cet écart dépasse le hasard"),
    };
    let shared = if statistique.millesime.overlaps(millesime) { " (une année est commune aux deux)" } else { "" };
    let (before, after) = (years(millesime), years(statistique.millesime));
    Some(format!(
        "{what} : {kind}{} sur 100 parmi les sortants de {before}, {now} parmi ceux de {after}{shared}{doubt}.",
        now - ecart
    ))
}

/// Why nothing is said of a change of employment, where a reader would look for it.
fn broken(statistique: &Statistique) -> Option<String> {
    let broken = statistique.contexte.emploi.raison() == Some(RaisonContexte::RuptureDeSerie);
    broken.then(|| {
        "L'emploi ne se compare pas à celui des années précédentes : l'emploi dans le public n'y était pas compté de la \
         même façon."
            .to_owned()
    })
}

/// How many of the others differ, never a place.
fn neighbours(Rang { sur, beyond_chance, .. }: Rang) -> Option<String> {
    let BeyondChance { better, worse } = beyond_chance?;
    let others = sur - 1 - better - worse;
    let found = match (better, worse) {
        (0, 0) => "aucun ne fait nettement mieux ni nettement moins bien".to_owned(),
        (0, n) => format!("aucun ne fait nettement mieux, {n} nettement moins bien"),
        (1, 0) => "1 fait nettement mieux, aucun nettement moins bien".to_owned(),
        (1, n) => format!("1 fait nettement mieux, {n} nettement moins bien"),
        (n, 0) => format!("{n} font nettement mieux, aucun nettement moins bien"),
        (n, m) => format!("{n} font nettement mieux, {m} nettement moins bien"),
    };
    let rest = if others > 0 { ", les autres sont proches" } else { "" };
    Some(format!("Parmi {sur} établissements, {found}{rest} (même formation, même région, emploi 6 mois après)."))
}

/// `2023`, `2022-2023`.
fn years(millesime: Millesime) -> String {
    millesime.to_string().replace('_', "-")
}
