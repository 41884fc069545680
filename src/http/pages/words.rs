//! The words of the pages: short sentences that a fifteen-year-old reads.
//!
//! The API's `lecture` has sentences that stand alone, and so are longer; here each stands beside
//! the picture that it is about. Both say the same figures, of the same statistic. A sentence of a
//! page has twenty words at most.

use crate::domain::contexte::{BeyondChance, Evolution, RaisonContexte, Rang};
use crate::domain::neighbours::Standing;
use crate::domain::{EmploiScope, Filiere, Indicateur, Millesime, SEUIL, Statistique};
use crate::http::drawing::outcome::who;
use crate::http::drawing::years::years;

/// A label of the nomenclature, which is written in capitals, as one reads: the first letter stays a
/// capital, and so do what stands in brackets and the letter of an option.
pub(in crate::http) fn label(libelle: &str) -> String {
    let mut shown = String::with_capacity(libelle.len());
    let (mut depth, mut option) = (0, false);
    for (index, word) in libelle.split_whitespace().enumerate() {
        if index > 0 {
            shown.push(' ');
        }
        let letter = option && word.chars().count() == 1;
        option = word.eq_ignore_ascii_case("option");
        for (at, c) in word.chars().enumerate() {
            depth += i32::from(c == '(');
            if depth > 0 || letter || (index == 0 && at == 0) {
                shown.push(c);
            } else {
                shown.extend(c.to_lowercase());
            }
            depth -= i32::from(c == ')');
        }
    }
    shown
}

/// How a course is taught.
pub(in crate::http) fn taught(filiere: Filiere) -> &'static str {
    match filiere {
        Filiere::Apprentissage => "en apprentissage",
        Filiere::Pro => "en lycée",
        Filiere::Agricole => "en lycée agricole",
        Filiere::Superieur => "à l'université",
    }
}

/// «en dernière année en 2023», «en dernière année en 2022 ou 2023»: of these the parts are made, and those
/// who go on studying are among them.
pub(in crate::http) fn last_year(millesime: Millesime) -> String {
    if millesime.is_pooled() {
        format!("en dernière année en {} ou {}", millesime.start(), millesime.end())
    } else {
        format!("en dernière année en {}", millesime.end())
    }
}

/// Whom a statistic is about: «apprentis en dernière année en 2023».
pub(in crate::http) fn cohort(statistique: &Statistique) -> String {
    format!("{} {}", who(statistique.filiere), last_year(statistique.millesime))
}

/// `1 480 €`, with spaces that do not break.
pub(in crate::http) fn euros(n: i32) -> String {
    if n < 1000 { format!("{n}\u{a0}€") } else { format!("{}\u{a0}{:03}\u{a0}€", n / 1000, n % 1000) }
}

/// What became well of a hundred, here.
pub(in crate::http) fn favourable(percent: i32) -> String {
    format!("Ici, {percent} jeunes sur 100 travaillent 6 mois après, ou continuent leurs études.")
}

/// The same of a neighbour, beside what it is here.
pub(in crate::http) fn beside_here(percent: Option<i32>, standing: Standing) -> String {
    let figure = percent.map(|percent| format!("{percent} sur 100"));
    match (figure, standing) {
        (None, _) | (_, Standing::Hidden) => "Chiffre non montré.".to_owned(),
        (Some(figure), Standing::Better) => format!("C'est mieux : {figure}."),
        (Some(figure), Standing::Similar) => format!("C'est à peu près pareil : {figure}."),
        (Some(figure), Standing::SameCohort) => format!("Ce sont les mêmes jeunes : {figure}."),
        (Some(figure), Standing::Worse) => format!("C'est moins bien : {figure}."),
        (Some(figure), Standing::Incomparable) => format!("On ne peut pas comparer : {figure}."),
    }
}

/// How far it is: in the same établissement, or kilometres.
pub(in crate::http) fn how_far(metres: i32) -> String {
    match (metres + 500) / 1000 {
        0 => "à moins de 1\u{a0}km".to_owned(),
        km => format!("à {km}\u{a0}km"),
    }
}

/// Between what limits chance could have put the part in employment.
pub(in crate::http) fn chance(statistique: &Statistique) -> Option<String> {
    let [emploi, ..] = statistique.intervals();
    let [low, high] = emploi?;
    Some(format!("Avec d'autres {}, l'emploi aurait pu aller de {low} à {high} sur 100.", who(statistique.filiere)))
}

/// Which employment is counted, where it is less than the words say.
pub(in crate::http) fn counted(statistique: &Statistique) -> Option<&'static str> {
    statistique.figures.get(Indicateur::PartEnEmploi6Mois).known()?;
    match statistique.champ_emploi() {
        EmploiScope::Prive => Some("Seul l'emploi dans le privé est compté."),
        EmploiScope::Mixte => Some("L'emploi public n'est compté que pour la seconde des deux années."),
        EmploiScope::PriveEtPublic => None,
    }
}

/// What became of the cohorts before, as far as it can be compared.
pub(in crate::http) fn changes(statistique: &Statistique) -> Vec<String> {
    let contexte = &statistique.contexte;
    let emploi = contexte
        .emploi
        .known()
        .and_then(|change| evolution("En emploi", statistique, Indicateur::PartEnEmploi6Mois, change));
    let studies = contexte
        .poursuite
        .known()
        .and_then(|change| evolution("En études", statistique, Indicateur::PartPoursuiteEtudes, change));
    let broken = (contexte.emploi.raison() == Some(RaisonContexte::RuptureDeSerie))
        .then(|| "On ne peut pas comparer l'emploi à celui d'avant : il n'était pas compté pareil.".to_owned());
    [emploi.or(broken), studies].into_iter().flatten().collect()
}

fn evolution(what: &str, statistique: &Statistique, indicateur: Indicateur, change: Evolution) -> Option<String> {
    let now = statistique.figures.get(indicateur).known()?;
    let (before, year) = (now - change.ecart, years(change.millesime));
    let kind = match change.net {
        Some(true) if change.ecart > 0 => "en hausse",
        Some(true) if change.ecart < 0 => "en baisse",
        Some(_) => "stable",
        None => "l'écart peut venir du hasard",
    };
    Some(format!("{what} : {kind}. {before} sur 100 en {year}, {now} maintenant."))
}

/// How many of the others differ, never a place.
pub(in crate::http) fn neighbours(Rang { sur, beyond_chance, .. }: Rang) -> Option<String> {
    let BeyondChance { better, worse } = beyond_chance?;
    let one = |n: i32| if n == 0 { "aucun".to_owned() } else { n.to_string() };
    let verb = if better > 1 { "font" } else { "fait" };
    let not = if better == 0 { "ne " } else { "" };
    let less = if worse == 0 {
        "aucun nettement moins bien".to_owned()
    } else {
        format!("{} nettement moins bien", one(worse))
    };
    Some(format!("Sur {sur} établissements de la région, {} {not}{verb} nettement mieux, {less}.", one(better)))
}

/// The quartiles of the salaries, a sentence each.
pub(in crate::http) fn salaries(statistique: &Statistique) -> Vec<(Indicateur, String)> {
    let starts = ["Un quart gagnent moins de", "La moitié gagnent plus de", "Un quart gagnent plus de"];
    let known = Indicateur::SALAIRE_12_MOIS.into_iter().zip(starts).filter_map(|(indicateur, start)| {
        let amount = statistique.figures.get(indicateur).known()?;
        Some((indicateur, format!("{start} {} net par mois.", euros(amount))))
    });
    known.collect()
}

/// Why there is nothing about région or France.
pub(in crate::http) fn no_comparison(raison: RaisonContexte) -> &'static str {
    match raison {
        RaisonContexte::RuptureDeSerie => "L'emploi n'y est pas compté pareil.",
        RaisonContexte::TropPeu => "Trop peu d'établissements ont des chiffres visibles.",
        RaisonContexte::SansPrecedent => "Il n'y a pas de chiffres comparables.",
        RaisonContexte::SansEffectif => "Un des deux chiffres n'est pas visible.",
    }
}

/// How the threshold is said.
pub(in crate::http) fn threshold() -> String {
    format!("En dessous de {SEUIL} jeunes, les chiffres ne sont pas montrés.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_in_capitals_is_read_as_a_sentence() {
        for (written, read) in [
            ("METIERS DE LA COIFFURE (CAP)", "Metiers de la coiffure (CAP)"),
            ("MÉTIERS DE L'EAU (BTS)", "Métiers de l'eau (BTS)"),
            ("SYSTEMES OPTION A SYSTEMES DE PRODUCTION(BTS)", "Systemes option A systemes de production(BTS)"),
            ("2NDE COMMUNE (BAC PRO)", "2nde commune (BAC PRO)"),
            ("", ""),
        ] {
            assert_eq!(label(written), read);
        }
    }

    #[test]
    fn neighbours_are_counted_and_never_ranked() {
        let rang = |better, worse| Rang { rang: 7, sur: 12, beyond_chance: Some(BeyondChance { better, worse }) };
        for (rang, said) in [
            (rang(1, 2), "Sur 12 établissements de la région, 1 fait nettement mieux, 2 nettement moins bien."),
            (
                rang(0, 0),
                "Sur 12 établissements de la région, aucun ne fait nettement mieux, aucun nettement moins bien.",
            ),
            (rang(3, 0), "Sur 12 établissements de la région, 3 font nettement mieux, aucun nettement moins bien."),
        ] {
            assert_eq!(neighbours(rang).as_deref(), Some(said));
            assert!(said.split_whitespace().count() <= 20);
        }
        assert_eq!(neighbours(Rang { rang: 1, sur: 5, beyond_chance: None }), None);
    }
}
