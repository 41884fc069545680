//! Which of several statistics answers a question that does not say everything.
//!
//! A platform asks for a code at a place, perhaps for a year, perhaps for a filière. What is
//! stored can be several millésimes, single and pooled, in two filières (`pro` and `agricole`
//! share codes). The rules: the year asked for in either of its forms, else the latest; for one
//! year the single millésime when it shows figures, else the pooled one; then the larger cohort.

use std::cmp::Reverse;

use super::{Filiere, Indicateur, Millesime, Statistique};

/// What the question says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The cohort, if it is asked for.
    pub millesime: Option<Millesime>,
    /// The filière, if it is asked for.
    pub filiere: Option<Filiere>,
}

/// The statistic that answers, and what else there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// The answer.
    pub statistique: T,
    /// The other filières that have statistics at this place.
    pub autres_filieres: Vec<Filiere>,
}

/// Chooses among the statistics of one code at one place; `None` when none fits.
pub fn choose<T>(stored: Vec<T>, of: impl Fn(&T) -> &Statistique, wanted: Wanted) -> Option<Choice<T>> {
    let mut filieres: Vec<Filiere> = stored.iter().map(|item| of(item).filiere).collect();
    let fits = |item: &T| wanted.filiere.is_none_or(|filiere| of(item).filiere == filiere);
    let candidates: Vec<T> = stored.into_iter().filter(fits).collect();
    let year = match wanted.millesime {
        None => candidates.iter().map(|item| of(item).millesime.end()).max()?,
        Some(asked) => {
            let millesimes: Vec<_> = candidates.iter().map(|item| of(item).millesime).collect();
            asked.find_in(&millesimes)?.end()
        }
    };
    let exact = wanted.millesime.filter(|asked| candidates.iter().any(|item| of(item).millesime == *asked));
    let best = candidates
        .into_iter()
        .filter(|item| of(item).millesime.end() == year && exact.is_none_or(|exact| of(item).millesime == exact))
        .min_by_key(|item| preference(of(item)))?;
    filieres.retain(|filiere| *filiere != of(&best).filiere);
    filieres.sort_unstable();
    filieres.dedup();
    Some(Choice { statistique: best, autres_filieres: filieres })
}

/// Smaller is better: figures shown, single year, large cohort, then the order of filières.
fn preference(statistique: &Statistique) -> (bool, bool, Reverse<Option<i32>>, Filiere) {
    let shows = statistique.figures.get(Indicateur::PartEnEmploi6Mois).known().is_some()
        || statistique.figures.get(Indicateur::PartPoursuiteEtudes).known().is_some();
    let size = statistique.figures.get(Indicateur::NbAnneeTerm).known();
    (!shows, statistique.millesime.is_pooled(), Reverse(size), statistique.filiere)
}

/// The millésime that a list shows of one filière: the one asked for in either form, else the
/// latest, the single one before the pooled one of the same year.
#[must_use]
pub fn millesime_of_list(stored: &[Millesime], asked: Option<Millesime>) -> Option<Millesime> {
    match asked {
        Some(asked) => asked.find_in(stored),
        None => stored.iter().copied().max_by_key(|millesime| (millesime.end(), !millesime.is_pooled())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CodeCertification, Contexte, Dataset, Figures, Lieu, Origine, TypeOrigine, Valeur};
    use super::*;

    fn stat(filiere: Filiere, millesime: Millesime, size: i32, shown: bool) -> Statistique {
        let mut figures = Figures::default();
        figures.set(Indicateur::NbAnneeTerm, Valeur::Connue(size));
        if shown {
            figures.set(Indicateur::PartEnEmploi6Mois, Valeur::Connue(40));
        }
        Statistique {
            lieu: Lieu::France,
            code: CodeCertification::from_stored("23220022136").unwrap(),
            filiere,
            millesime,
            figures: std::sync::Arc::new(figures),
            presentes: 0,
            sans_perspectives: None,
            origine: Origine {
                type_origine: TypeOrigine::Propre,
                code: CodeCertification::from_stored("23220022136").unwrap(),
                uai: None,
                source: Some(Dataset::InserjeunesMesures),
                fichier: None,
                cellules: None,
            },
            roles: None,
            terminales: Vec::new(),
            contexte: Contexte::default(),
        }
    }

    fn chosen(stored: &[Statistique], wanted: Wanted) -> Option<(Filiere, String, Vec<Filiere>)> {
        let choice = choose(stored.to_vec(), |s| s, wanted)?;
        Some((choice.statistique.filiere, choice.statistique.millesime.to_string(), choice.autres_filieres))
    }

    use Filiere::{Agricole, Pro};

    #[test]
    fn without_a_year_the_latest_answers_and_without_a_filiere_the_larger_cohort() {
        let stored = [
            stat(Pro, Millesime::single(2022), 900, true),
            stat(Agricole, Millesime::single(2023), 40, true),
            stat(Pro, Millesime::single(2023), 60, true),
        ];
        assert_eq!(chosen(&stored, Wanted::default()), Some((Pro, "2023".to_owned(), vec![Agricole])));
        let agricole = Wanted { filiere: Some(Agricole), millesime: None };
        assert_eq!(chosen(&stored, agricole), Some((Agricole, "2023".to_owned(), vec![Pro])));
    }

    #[test]
    fn a_year_finds_its_other_form_and_another_year_finds_nothing() {
        let stored = [stat(Pro, Millesime::pooled(2022), 100, true)];
        let asked = |millesime| Wanted { millesime: Some(millesime), filiere: None };
        assert_eq!(chosen(&stored, asked(Millesime::single(2022))).map(|c| c.1).as_deref(), Some("2021_2022"));
        assert_eq!(chosen(&stored, asked(Millesime::single(2021))), None);
    }

    #[test]
    fn the_single_year_answers_when_it_shows_figures_else_the_pooled_one() {
        let pooled = stat(Pro, Millesime::pooled(2023), 60, true);
        let shown = [pooled.clone(), stat(Pro, Millesime::single(2023), 30, true)];
        assert_eq!(chosen(&shown, Wanted::default()).map(|c| c.1).as_deref(), Some("2023"));
        let hidden = [pooled, stat(Pro, Millesime::single(2023), 15, false)];
        assert_eq!(chosen(&hidden, Wanted::default()).map(|c| c.1).as_deref(), Some("2022_2023"));
        let asked = Wanted { millesime: Some(Millesime::single(2023)), filiere: None };
        assert_eq!(chosen(&hidden, asked).map(|c| c.1).as_deref(), Some("2023"), "the exact one when it is asked for");
    }
}
