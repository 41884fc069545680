//! The headline figures as sentences that a fifteen-year-old reads.
//!
//! Each sentence stands alone, ready to show. «Sur 100» instead of percents, no abbreviation, and
//! never a figure without whom it is about. Where there is none, the sentence says why, because
//! an empty place would be read as «nobody».

use super::{Figures, Filiere, Indicateur as I, Lieu, RaisonAbsence, RoleUai, SEUIL, Statistique, TypeOrigine};

mod around;

/// The sentences for one statistic, in the order in which they should be shown.
#[must_use]
pub fn sentences(statistique: &Statistique) -> Vec<String> {
    let Statistique { figures, filiere, .. } = statistique;
    if I::ALL.iter().all(|indicateur| figures.get(*indicateur).raison() == Some(RaisonAbsence::NonCouvert)) {
        return vec![nothing(statistique)];
    }
    let lecture = Lecture { figures, who: who(*filiere) };
    let mut sentences = lecture.whole();
    if lecture.figures.get(I::PartEnEmploi6Mois).raison() != Some(RaisonAbsence::SousSeuil) {
        sentences.extend(lecture.later());
        sentences.extend([lecture.leavers(), lecture.salaries(), lecture.contracts()].into_iter().flatten());
        sentences.extend(around::counted(statistique));
        sentences.extend(prospects(statistique.sans_perspectives));
        sentences.extend(around::around(statistique));
    }
    sentences.extend(whose(statistique));
    sentences
}

fn who(filiere: Filiere) -> &'static str {
    match filiere {
        Filiere::Apprentissage => "apprentis",
        Filiere::Pro | Filiere::Agricole => "élèves",
        Filiere::Superieur => "étudiants",
    }
}

fn nothing(statistique: &Statistique) -> String {
    if statistique.terminales.is_empty() {
        return format!("Ce que deviennent ces {} n'est pas mesuré.", who(statistique.filiere));
    }
    "Cette année est commune à plusieurs formations : les chiffres sont donnés pour chacune d'elles.".to_owned()
}

/// The figures, and whom they are about.
struct Lecture<'a> {
    figures: &'a Figures,
    who: &'static str,
}

impl Lecture<'_> {
    fn part(&self, indicateur: I) -> Option<i32> {
        self.figures.get(indicateur).known()
    }

    fn raison(&self, indicateur: I) -> Option<RaisonAbsence> {
        self.figures.get(indicateur).raison()
    }

    /// Employment, further study, the rest after 6 months: what is known, and why the rest is not.
    fn whole(&self) -> Vec<String> {
        let Self { who, .. } = self;
        let (emploi, studies) = (I::PartEnEmploi6Mois, I::PartPoursuiteEtudes);
        let pieces = [
            self.part(emploi).map(|n| count(n, "est", "sont", "en emploi salarié 6 mois après leur sortie")),
            self.part(studies).map(|n| count(n, "poursuit", "poursuivent", "des études")),
            self.part(I::PartAutresSituations6Mois).map(|n| count(n, "est", "sont", "dans une autre situation")),
        ];
        let pieces: Vec<String> = pieces.into_iter().flatten().collect();
        if pieces.is_empty() {
            return self.raison(emploi).map(|raison| hidden(raison, who)).into_iter().collect();
        }
        let mut sentences = vec![format!("Sur 100 {who}, {}.", pieces.join(", "))];
        let missing =
            [(emploi, "La part en emploi 6 mois après la sortie"), (studies, "La part en poursuite d'études")];
        let named = missing.into_iter().filter_map(|(indicateur, what)| Some((what, self.raison(indicateur)?)));
        sentences.extend(named.map(|(what, raison)| format!("{what} {}.", why(raison))));
        sentences
    }

    /// Employment after 12, 18 and 24 months.
    fn later(&self) -> Vec<String> {
        let horizons = [(I::PartEnEmploi12Mois, 12), (I::PartEnEmploi18Mois, 18), (I::PartEnEmploi24Mois, 24)];
        let mut known = horizons.into_iter().filter_map(|(indicateur, months)| Some((self.part(indicateur)?, months)));
        let mut sentences = Vec::new();
        if let Some((n, months)) = known.next() {
            let first = count(n, "est", "sont", &format!("en emploi salarié {months} mois après leur sortie"));
            let rest = known.map(|(n, months)| {
                format!(", {} après {months} mois", if n == 0 { "aucun".to_owned() } else { n.to_string() })
            });
            sentences.push(format!("Sur 100 {}, {first}{}.", self.who, rest.collect::<String>()));
        }
        for (raison, end) in [
            (RaisonAbsence::PasEncoreDisponible, "ne sont pas encore connus"),
            (RaisonAbsence::NonDiffuse, "ne sont pas publiés"),
        ] {
            let months: Vec<String> = horizons
                .into_iter()
                .filter(|(indicateur, _)| self.raison(*indicateur) == Some(raison))
                .map(|(_, months)| months.to_string())
                .collect();
            if !months.is_empty() {
                sentences.push(format!("Les chiffres {} mois après la sortie {end}.", months.join(" et ")));
            }
        }
        sentences
    }

    /// Employment of those who left.
    fn leavers(&self) -> Option<String> {
        let who = self.who;
        if self.raison(I::TauxEmploi6Mois) == Some(RaisonAbsence::SousSeuil) {
            return Some(format!(
                "Moins de {SEUIL} {who} ont quitté les études : la part d'entre eux qui travaillent n'est pas montrée."
            ));
        }
        let what = count(self.part(I::TauxEmploi6Mois)?, "est", "sont", "en emploi salarié 6 mois après");
        Some(format!("Parmi 100 {who} qui ont quitté les études, {what}."))
    }

    fn salaries(&self) -> Option<String> {
        let [q1, q2, q3] = I::SALAIRE_12_MOIS.map(|indicateur| self.part(indicateur).map(euros));
        let Some(mediane) = q2 else {
            let raison = self.raison(I::Salaire12MoisQ2).filter(|raison| *raison != RaisonAbsence::NonCouvert)?;
            return Some(match raison {
                RaisonAbsence::PasEncoreDisponible => "Les salaires ne sont pas encore connus.".to_owned(),
                _ => "Les salaires ne sont pas publiés pour cette formation.".to_owned(),
            });
        };
        let quarters = q1.zip(q3).map(|(q1, q3)| format!(" ; un quart gagnent moins de {q1}, un quart plus de {q3}"));
        Some(format!(
            "Un an après leur sortie, la moitié de ceux qui travaillent gagnent plus de {mediane} net par mois pour un \
             temps plein{}.",
            quarters.unwrap_or_default()
        ))
    }

    fn contracts(&self) -> Option<String> {
        let broken = match self.part(I::TauxRuptureContrats)? {
            0 => "aucun n'est rompu".to_owned(),
            1 => "1 est rompu".to_owned(),
            n => format!("{n} sont rompus"),
        };
        Some(format!("Sur 100 contrats d'apprentissage, {broken} avant la fin."))
    }
}

fn prospects(sans_perspectives: Option<bool>) -> Option<String> {
    let text = "Après cette formation, peu de jeunes trouvent un emploi dans les 6 mois et peu poursuivent des études.";
    sans_perspectives.filter(|poor| *poor).map(|_| text.to_owned())
}

/// Whose figures these are, when they are not the cohort's own.
#[must_use]
pub fn whose(statistique: &Statistique) -> Option<String> {
    let origine = &statistique.origine;
    if let Some((uai, role)) = origine.uai {
        let role = match role {
            RoleUai::Formateur => "l'organisme formateur",
            RoleUai::Gestionnaire => "l'organisme gestionnaire",
            RoleUai::LieuFormation | RoleUai::Unknown => "l'établissement",
        };
        return Some(format!("Ces chiffres sont ceux de {role} {uai}, tous lieux de formation réunis."));
    }
    let of = match origine.type_origine {
        TypeOrigine::Propre => return None,
        TypeOrigine::DiplomeAncien => "sont ceux du diplôme que celui-ci a remplacé".to_owned(),
        TypeOrigine::DiplomeNouveau => "sont ceux du diplôme qui a remplacé celui-ci".to_owned(),
        TypeOrigine::AnneeTerminale => "sont ceux de la dernière année de la formation".to_owned(),
        TypeOrigine::Agregee => {
            let (incluses, total) = origine.cellules?;
            let below = if statistique.lieu == Lieu::France { "région" } else { "établissement" };
            let plural = if incluses > 1 { "s" } else { "" };
            let rest = if incluses < total { " ; les autres ne sont pas montrés" } else { "" };
            format!("additionnent ceux de {incluses} {below}{plural} sur {total}{rest}")
        }
    };
    Some(format!("Ces chiffres {of}."))
}

/// Why there is nothing to say of a cohort.
fn hidden(raison: RaisonAbsence, who: &str) -> String {
    match raison {
        RaisonAbsence::SousSeuil => {
            format!("Moins de {SEUIL} {who} : les chiffres ne sont pas montrés, ils ne seraient pas fiables.")
        }
        RaisonAbsence::NonDiffuse => {
            format!("Les chiffres de ces {who} ne sont pas publiés par le service statistique.")
        }
        RaisonAbsence::PasEncoreDisponible => {
            format!("Les chiffres de ces {who} ne sont pas encore connus : ils sont sortis depuis trop peu de temps.")
        }
        RaisonAbsence::NonCouvert => format!("Ce que deviennent ces {who} n'est pas mesuré."),
    }
}

/// Why one figure is missing, after its name.
fn why(raison: RaisonAbsence) -> String {
    let known = match raison {
        RaisonAbsence::SousSeuil => return format!("n'est pas montrée : ils sont moins de {SEUIL}"),
        RaisonAbsence::NonDiffuse => "n'est pas publiée par le service statistique",
        RaisonAbsence::PasEncoreDisponible => "n'est pas encore connue",
        RaisonAbsence::NonCouvert => "n'est pas mesurée",
    };
    known.to_owned()
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

/// `1 480 €`, with spaces that do not break.
fn euros(n: i32) -> String {
    if n < 1000 { format!("{n}\u{a0}€") } else { format!("{}\u{a0}{:03}\u{a0}€", n / 1000, n % 1000) }
}

#[cfg(test)]
mod tests;
