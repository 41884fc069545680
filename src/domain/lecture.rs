//! Lecture: the headline figures as sentences that a fifteen-year-old reads.

use super::{Figures, Filiere, Indicateur as I, RaisonAbsence, Valeur};

/// The sentences for one statistic, in the order in which they should be shown.
#[must_use]
pub fn sentences(figures: &Figures, filiere: Filiere) -> Vec<String> {
    let who = match filiere {
        Filiere::Apprentissage => "apprentis",
        Filiere::Pro | Filiere::Agricole => "élèves",
        Filiere::Superieur => "étudiants",
    };
    if figures.get(I::PartEnEmploi6Mois) == Valeur::Absente(RaisonAbsence::SousSeuil) {
        return vec![format!("Moins de 20 {who} : les chiffres ne sont pas montrés, ils ne seraient pas fiables.")];
    }
    [whole(figures, who), later(figures, who), leavers(figures, who)].into_iter().flatten().collect()
}

/// Employment, further study, the rest: as much as is known.
fn whole(figures: &Figures, who: &str) -> Option<String> {
    let part = |indicateur| figures.get(indicateur).connue();
    let pieces: Vec<String> = [
        part(I::PartEnEmploi6Mois).map(|n| count(n, "est", "sont", "en emploi salarié 6 mois après leur sortie")),
        part(I::PartPoursuiteEtudes).map(|n| count(n, "poursuit", "poursuivent", "des études")),
        part(I::PartAutresSituations6Mois).map(|n| count(n, "est", "sont", "dans une autre situation")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!pieces.is_empty()).then(|| format!("Sur 100 {who}, {}.", pieces.join(", ")))
}

fn later(figures: &Figures, who: &str) -> Option<String> {
    let last = [(I::PartEnEmploi24Mois, 24), (I::PartEnEmploi18Mois, 18), (I::PartEnEmploi12Mois, 12)];
    let (n, months) = last.into_iter().find_map(|(indicateur, months)| Some((figures.get(indicateur).connue()?, months)))?;
    Some(format!("{months} mois après leur sortie, {}.", count(n, "est", "sont", &format!("en emploi salarié sur 100 {who}"))))
}

fn leavers(figures: &Figures, who: &str) -> Option<String> {
    let n = figures.get(I::TauxEmploi6Mois).connue()?;
    Some(format!("Parmi 100 {who} qui ont quitté les études, {}.", count(n, "est", "sont", "en emploi salarié 6 mois après")))
}

/// «35 sont …», «1 est …», «aucun n'est …».
fn count(n: i32, one: &str, many: &str, what: &str) -> String {
    match n {
        0 if one.starts_with('e') => format!("aucun n'{one} {what}"),
        0 => format!("aucun ne {one} {what}"),
        1 => format!("1 {one} {what}"),
        n => format!("{n} {many} {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: &[(I, i32)]) -> Figures {
        let mut figures = Figures::default();
        for (indicateur, value) in values {
            figures.set(*indicateur, Valeur::Connue(*value));
        }
        figures
    }

    #[test]
    fn the_whole_is_told_in_one_sentence() {
        let figures =
            figures(&[(I::PartEnEmploi6Mois, 45), (I::PartPoursuiteEtudes, 38), (I::PartAutresSituations6Mois, 17)]);
        assert_eq!(
            sentences(&figures, Filiere::Pro),
            ["Sur 100 élèves, 45 sont en emploi salarié 6 mois après leur sortie, 38 poursuivent des études, 17 sont \
              dans une autre situation."]
        );
    }

    #[test]
    fn one_and_none_are_written_as_people_speak() {
        let few = figures(&[(I::PartEnEmploi6Mois, 1), (I::PartPoursuiteEtudes, 0), (I::TauxEmploi6Mois, 0)]);
        let text = sentences(&few, Filiere::Apprentissage).join(" ");
        assert!(text.contains("1 est en emploi salarié 6 mois"), "{text}");
        assert!(text.contains("aucun ne poursuit des études"), "{text}");
        assert!(text.contains("aucun n'est en emploi salarié 6 mois après"), "{text}");
    }

    #[test]
    fn a_hidden_cohort_says_why() {
        let mut hidden = figures(&[(I::NbAnneeTerm, 12)]);
        hidden.set(I::PartEnEmploi6Mois, Valeur::SOUS_SEUIL);
        assert_eq!(
            sentences(&hidden, Filiere::Superieur),
            ["Moins de 20 étudiants : les chiffres ne sont pas montrés, ils ne seraient pas fiables."]
        );
    }
}
