//! What became of a hundred young people: what a picture shows, and the same in words.
//!
//! Picture, sentence, table and text alternative are all made from an [`Outcome`], so that none of
//! them can say what another does not.

use crate::domain::{Figures, Filiere, Indicateur, RaisonAbsence, SEUIL, Statistique, Valeur};

/// The three situations, in the order in which they are shown.
pub(in crate::http) const SITUATIONS: [Indicateur; 3] = Statistique::AT_SIX_MONTHS;

/// What became of a hundred, 6 months after they left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Outcome {
    /// How they are called: «apprentis».
    pub(in crate::http) who: &'static str,
    /// In employment, going on studying, other, in percent.
    pub(in crate::http) parts: [Valeur; 3],
}

impl Outcome {
    /// That of some figures.
    pub(in crate::http) fn of(figures: &Figures, filiere: Filiere) -> Self {
        Self { who: who(filiere), parts: SITUATIONS.map(|indicateur| figures.get(indicateur)) }
    }

    /// That of a statistic.
    pub(in crate::http) fn of_statistique(statistique: &Statistique) -> Self {
        Self::of(&statistique.figures, statistique.filiere)
    }

    /// The three parts, when all of them are known: only then is there a picture of all hundred.
    pub(in crate::http) fn complete(&self) -> Option<[i32; 3]> {
        let [emploi, studies, others] = self.parts.map(Valeur::known);
        Some([emploi?, studies?, others?])
    }

    /// What is known, each in words without its subject: «45 sont en emploi salarié 6 mois après».
    pub(in crate::http) fn pieces(&self) -> Vec<(i32, String)> {
        let numbers = self.parts.into_iter().enumerate().filter_map(|(index, part)| Some((index, part.known()?)));
        numbers.map(|(index, number)| (number, words(index, number))).collect()
    }

    /// Why there is no picture of all hundred; `None` when there is one.
    pub(in crate::http) fn raison(&self) -> Option<RaisonAbsence> {
        self.parts.iter().find_map(|part| part.raison())
    }

    /// Why there is no picture, in a sentence; `None` when there is one.
    pub(in crate::http) fn why(&self) -> Option<String> {
        let who = self.who;
        Some(match self.raison()? {
            RaisonAbsence::SousSeuil => {
                format!("Moins de {SEUIL} {who} : leurs chiffres ne sont pas montrés, pour les protéger.")
            }
            RaisonAbsence::NonDiffuse => {
                format!("Le service statistique ne publie pas tous les chiffres de ces {who}.")
            }
            RaisonAbsence::PasEncoreDisponible => format!("Ces {who} sont sortis il y a trop peu de temps."),
            RaisonAbsence::NonCouvert => format!("Ce que deviennent ces {who} n'est pas mesuré."),
        })
    }

    /// Everything that a picture of it shows, in one text: its alternative.
    pub(in crate::http) fn alternative(&self) -> String {
        let said: Vec<String> = self.pieces().into_iter().map(|(_, words)| words).collect();
        let known =
            if said.is_empty() { String::new() } else { format!("Sur 100 {} : {}.", self.who, said.join(", ")) };
        let why = self.why().unwrap_or_default();
        [known, why].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// How the young people of a filière are called.
pub(in crate::http) fn who(filiere: Filiere) -> &'static str {
    match filiere {
        Filiere::Apprentissage => "apprentis",
        Filiere::Pro | Filiere::Agricole => "élèves",
        Filiere::Superieur => "étudiants",
    }
}

/// A situation without its number: the legend of the picture.
pub(in crate::http) fn situation(index: usize, many: bool) -> &'static str {
    match (index, many) {
        (0, true) => "sont en emploi salarié 6 mois après",
        (0, false) => "est en emploi salarié 6 mois après",
        (1, true) => "poursuivent leurs études",
        (1, false) => "poursuit ses études",
        (_, true) => "sont dans une autre situation",
        (_, false) => "est dans une autre situation",
    }
}

fn words(index: usize, number: i32) -> String {
    format!("{number} {}", situation(index, number > 1))
}

/// Why a figure is missing, in two or three words: what stands in its cell of a table.
pub(in crate::http) fn short(raison: RaisonAbsence) -> &'static str {
    match raison {
        RaisonAbsence::SousSeuil => "non montré",
        RaisonAbsence::NonDiffuse => "non publié",
        RaisonAbsence::PasEncoreDisponible => "pas encore connu",
        RaisonAbsence::NonCouvert => "non mesuré",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(parts: [Valeur; 3]) -> Outcome {
        Outcome { who: "apprentis", parts }
    }

    #[test]
    fn the_words_say_every_number_and_why_one_is_missing() {
        use Valeur::Connue;
        let whole = outcome([Connue(45), Connue(54), Connue(1)]);
        assert_eq!(whole.complete(), Some([45, 54, 1]));
        assert_eq!(
            whole.alternative(),
            "Sur 100 apprentis : 45 sont en emploi salarié 6 mois après, 54 poursuivent leurs études, 1 est dans une \
             autre situation."
        );
        let part = outcome([Valeur::NON_DIFFUSE, Connue(54), Valeur::NON_DIFFUSE]);
        assert_eq!(part.complete(), None);
        assert!(part.alternative().starts_with("Sur 100 apprentis : 54 poursuivent leurs études. Le service"));
        let hidden = outcome([Valeur::SOUS_SEUIL; 3]);
        assert!(hidden.alternative().starts_with("Moins de 20 apprentis"), "{}", hidden.alternative());
    }
}
