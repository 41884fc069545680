//! The neighbours of a formation: what else is taught nearby, how it is related, and whether its
//! pupils did better (DATA.md §6.10).
//!
//! Only visible figures are looked at. What hides its figures stands last and by distance alone, so
//! that neither its place nor its words tell anything of them.

use std::collections::BTreeSet;
use std::fmt;

use super::chance::Wilson;
use super::filiere::closed_list;
use super::reperes::position;
use super::{CodeCertification, Filiere, Indicateur, Invalid, Lieu, Millesime, Statistique};

closed_list! {
    /// What a neighbour has in common with the formation that is asked about, the nearest first.
    Relation {
        /// The same certification, taught in another way.
        AutreVoie = "autre_voie",
        /// The same certification, taught in the same way elsewhere.
        MemeCertification = "meme_certification",
        /// A bac pro of the same famille de métiers.
        MemeFamille = "meme_famille",
        /// A diploma of the same level in the same group of specialities.
        MemeGroupeSpecialite = "meme_groupe_specialite",
    }
}

closed_list! {
    /// How a neighbour's pupils did beside those of the formation, in the order in which they are shown:
    /// those in employment after 6 months or studying, of all who left or went on.
    Standing {
        /// Better, by more than chance.
        Better = "meilleur",
        /// No better and no worse than chance allows.
        Similar = "comparable",
        /// The figures are those of the same young people: nothing to compare.
        SameCohort = "memes_jeunes",
        /// Worse, by more than chance.
        Worse = "moins_bon",
        /// Visible, but the two cannot be compared: other employment is counted, or a count is missing.
        Incomparable = "non_comparable",
        /// Hidden.
        Hidden = "masque",
    }
}

impl Standing {
    /// Those of one group are shown by distance alone: better and similar ones, as what a pupil looks
    /// for; then the others, one group each.
    fn group(self) -> u8 {
        match self {
            Self::Better | Self::Similar => 0,
            Self::SameCohort => 1,
            Self::Worse => 2,
            Self::Incomparable => 3,
            Self::Hidden => 4,
        }
    }

    /// How `other` stands beside `asked`.
    #[must_use]
    pub fn of(other: &Statistique, asked: &Statistique) -> Self {
        if other.favourable().is_none() {
            return Self::Hidden;
        }
        if cohort(other) == cohort(asked) {
            return Self::SameCohort;
        }
        let same_employment = other.champ_emploi() == asked.champ_emploi();
        match interval(other).zip(interval(asked)).filter(|_| same_employment) {
            None => Self::Incomparable,
            Some((others, own)) if !others.differs_from(own) => Self::Similar,
            Some((others, own)) if others.is_above(own) => Self::Better,
            Some(_) => Self::Worse,
        }
    }
}

impl Statistique {
    /// Those in employment after 6 months or studying, percent of all; `None` unless both parts are visible.
    #[must_use]
    pub fn favourable(&self) -> Option<i32> {
        position(&self.figures).map(|[_, _, favourable]| favourable)
    }
}

/// Whose figures a statistic shows: the code and the place that were measured, and which year.
fn cohort(statistique: &Statistique) -> (CodeCertification, Lieu, Filiere, Millesime) {
    let place = statistique.origine.uai.map_or(statistique.lieu, |(uai, _)| Lieu::Etablissement(uai));
    (statistique.origine.code, place, statistique.filiere, statistique.millesime)
}

/// Those in employment after 6 months or studying, of all; `None` unless the three counts are visible.
fn interval(statistique: &Statistique) -> Option<Wilson> {
    let get = |indicateur| statistique.figures.get(indicateur).known();
    let count = get(Indicateur::NbEnEmploi6Mois)? + get(Indicateur::NbPoursuiteEtudes)?;
    Wilson::of(count, get(Indicateur::NbAnneeTerm)?)
}

/// A formation near the one that is asked about; `T` is what carries its statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour<T> {
    /// What it has in common.
    pub relation: Relation,
    /// Metres as the crow flies; 0 in the same établissement.
    pub distance_m: i32,
    /// How its pupils did.
    pub standing: Standing,
    /// Its statistic.
    pub statistique: T,
}

/// What is near, before it is compared: the relation, metres, the statistic. The formation itself may be
/// among it.
pub type Found<T> = (Relation, i32, T);

/// The neighbours as they are shown: the same or better first, then the same young people, worse ones, those that
/// cannot be compared, hidden ones; in each by distance, UAI, code and filière. One cohort is shown once
/// in one établissement, under the code that was measured where that is among them.
pub fn ranked<T>(asked: &Statistique, found: Vec<Found<T>>, of: impl Fn(&T) -> &Statistique) -> Vec<Neighbour<T>> {
    let compare = |(relation, distance_m, statistique): Found<T>| {
        let standing = Standing::of(of(&statistique), asked);
        Neighbour { relation, distance_m, standing, statistique }
    };
    let itself =
        |relation: Relation, other: &Statistique| relation == Relation::MemeCertification && other.lieu == asked.lieu;
    let others = found.into_iter().filter(|(relation, _, statistique)| !itself(*relation, of(statistique)));
    let mut neighbours: Vec<_> = others.map(compare).collect();
    neighbours.sort_by_key(|neighbour| {
        let s = of(&neighbour.statistique);
        let copied = s.origine.code != s.code;
        (neighbour.standing.group(), neighbour.distance_m, s.lieu, copied, s.code, s.filiere)
    });
    let mut shown = BTreeSet::new();
    neighbours.retain(|neighbour| {
        let statistique = of(&neighbour.statistique);
        shown.insert((statistique.lieu, cohort(statistique)))
    });
    neighbours
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Contexte, Dataset, Figures, Origine, RoleUai, TypeOrigine, Uai, Valeur};
    use super::*;

    const HERE: &str = "0350017D";
    const THERE: &str = "0350018E";

    /// A cohort at a place: E, P and J6, or no figures.
    fn cohort_of(uai: &str, millesime: Millesime, counts: Option<[i32; 3]>) -> Statistique {
        let mut figures = Figures::default();
        if let Some([e, p, j]) = counts {
            for (indicateur, value) in [
                (Indicateur::NbAnneeTerm, e),
                (Indicateur::NbPoursuiteEtudes, p),
                (Indicateur::NbEnEmploi6Mois, j),
                (Indicateur::PartEnEmploi6Mois, j * 100 / e),
                (Indicateur::PartPoursuiteEtudes, p * 100 / e),
            ] {
                figures.set(indicateur, Valeur::Connue(value));
            }
        }
        let code = CodeCertification::from_stored("50022137").unwrap();
        Statistique {
            lieu: Lieu::Etablissement(Uai::parse(uai).unwrap()),
            code,
            filiere: Filiere::Apprentissage,
            millesime,
            figures: Arc::new(figures),
            presentes: 0,
            sans_perspectives: None,
            origine: Origine {
                type_origine: TypeOrigine::Propre,
                code,
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

    fn standing(other: Option<[i32; 3]>, asked: Option<[i32; 3]>) -> Standing {
        let year = Millesime::pooled(2023);
        Standing::of(&cohort_of(THERE, year, other), &cohort_of(HERE, year, asked))
    }

    #[test]
    fn a_neighbour_is_better_or_worse_only_beyond_chance() {
        // Newcombe (1998), table II: 56/70 − 48/80 lies between 0.0524 and 0.3339, 5/56 − 0/29 between
        // -0.0381 and 0.1926.
        let (high, low) = (Some([70, 20, 36]), Some([80, 20, 28]));
        assert_eq!((standing(high, low), standing(low, high)), (Standing::Better, Standing::Worse));
        let (some, none) = (Some([56, 2, 3]), Some([29, 0, 0]));
        assert_eq!((standing(some, none), standing(none, some)), (Standing::Similar, Standing::Similar));
    }

    #[test]
    fn a_hidden_one_is_never_better_and_without_figures_nothing_is_compared() {
        let seen = Some([80, 20, 28]);
        assert_eq!(standing(None, seen), Standing::Hidden);
        assert_eq!(standing(None, None), Standing::Hidden);
        assert_eq!(standing(seen, None), Standing::Incomparable);
    }

    #[test]
    fn other_employment_is_not_compared() {
        let counts = Some([80, 20, 28]);
        let (before, after) = (Millesime::pooled(2021), Millesime::pooled(2023));
        let stands = Standing::of(&cohort_of(THERE, before, counts), &cohort_of(HERE, after, counts));
        assert_eq!(stands, Standing::Incomparable);
    }

    #[test]
    fn one_cohort_is_shown_once_in_a_place_and_the_formation_itself_is_no_neighbour() {
        let year = Millesime::pooled(2023);
        let asked = cohort_of(HERE, year, Some([80, 20, 28]));
        let own = cohort_of(THERE, year, Some([70, 20, 36]));
        // A renovated diploma whose figures are those of the old one, before it in the order of codes.
        let copy = Statistique { code: CodeCertification::from_stored("50022136").unwrap(), ..own.clone() };
        let mut taught_here = cohort_of(THERE, year, Some([80, 20, 28]));
        taught_here.origine.uai = Some((Uai::parse(HERE).unwrap(), RoleUai::Formateur));
        taught_here.lieu = Lieu::Etablissement(Uai::parse("0350019F").unwrap());
        let found = [(1, asked.clone()), (5, copy), (5, own), (9, taught_here)];
        let found = found.map(|(metres, statistique)| (Relation::MemeCertification, metres, statistique)).to_vec();
        let shown: Vec<_> = ranked(&asked, found, |statistique| statistique)
            .iter()
            .map(|neighbour| (neighbour.distance_m, neighbour.statistique.code.to_string(), neighbour.standing))
            .collect();
        let code = || "50022137".to_owned();
        assert_eq!(shown, [(5, code(), Standing::Better), (9, code(), Standing::SameCohort)]);
    }
}
