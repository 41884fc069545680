//! Every sentence, and every reason for its absence.

use std::sync::Arc;

use super::*;
use crate::domain::contexte::{BeyondChance, Evolution, RaisonContexte, Rang, Relative};
use crate::domain::{CodeCertification, CodeRegion, Contexte, Dataset, Millesime, Origine, Uai, Valeur};

fn statistique(filiere: Filiere, values: &[(I, i32)], absences: &[(I, RaisonAbsence)]) -> Statistique {
    let mut figures = Figures::default();
    for (indicateur, value) in values {
        figures.set(*indicateur, Valeur::Connue(*value));
    }
    for (indicateur, raison) in absences {
        figures.set(*indicateur, Valeur::Absente(*raison));
    }
    let code = CodeCertification::parse("32020008").unwrap();
    Statistique {
        lieu: Lieu::Etablissement(Uai::parse("0350017D").unwrap()),
        code,
        filiere,
        millesime: Millesime::pooled(2023),
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

fn known(values: &[(I, i32)]) -> Vec<String> {
    sentences(&statistique(Filiere::Apprentissage, values, &[]))
}

const WHOLE: [(I, i32); 3] =
    [(I::PartEnEmploi6Mois, 35), (I::PartPoursuiteEtudes, 45), (I::PartAutresSituations6Mois, 20)];

#[test]
fn the_whole_is_told_in_one_sentence() {
    assert_eq!(
        known(&WHOLE),
        [
            "Sur 100 apprentis, 35 sont en emploi salarié 6 mois après leur sortie, 45 poursuivent des études, 20 sont dans \
          une autre situation."
        ]
    );
}

#[test]
fn one_and_none_are_written_as_people_speak() {
    let few = known(&[
        (I::PartEnEmploi6Mois, 1),
        (I::PartPoursuiteEtudes, 0),
        (I::TauxEmploi6Mois, 0),
        (I::PartEnEmploi12Mois, 1),
        (I::PartEnEmploi24Mois, 0),
        (I::TauxRuptureContrats, 1),
    ]);
    assert_eq!(
        few,
        [
            "Sur 100 apprentis, 1 est en emploi salarié 6 mois après leur sortie, aucun ne poursuit des études.",
            "Sur 100 apprentis, 1 est en emploi salarié 12 mois après leur sortie, aucun après 24 mois.",
            "Parmi 100 apprentis qui ont quitté les études, aucun n'est en emploi salarié 6 mois après.",
            "Sur 100 contrats d'apprentissage, 1 est rompu avant la fin.",
        ]
    );
}

#[test]
fn a_hidden_cohort_says_why_and_nothing_else() {
    let told =
        |raison, filiere| sentences(&statistique(filiere, &[(I::NbAnneeTerm, 12)], &[(I::PartEnEmploi6Mois, raison)]));
    for (raison, expected) in [
        (
            RaisonAbsence::SousSeuil,
            "Moins de 20 étudiants : les chiffres ne sont pas montrés, ils ne seraient pas fiables.",
        ),
        (RaisonAbsence::NonDiffuse, "Les chiffres de ces étudiants ne sont pas publiés par le service statistique."),
        (
            RaisonAbsence::PasEncoreDisponible,
            "Les chiffres de ces étudiants ne sont pas encore connus : ils sont sortis depuis trop peu de temps.",
        ),
        (RaisonAbsence::NonCouvert, "Ce que deviennent ces étudiants n'est pas mesuré."),
    ] {
        assert_eq!(told(raison, Filiere::Superieur), [expected]);
    }
    assert_eq!(sentences(&statistique(Filiere::Pro, &[], &[])), ["Ce que deviennent ces élèves n'est pas mesuré."]);
}

#[test]
fn a_figure_that_is_missing_beside_others_has_its_reason() {
    let partly = statistique(
        Filiere::Pro,
        &[(I::PartPoursuiteEtudes, 40)],
        &[(I::PartEnEmploi6Mois, RaisonAbsence::NonDiffuse)],
    );
    assert_eq!(
        sentences(&partly),
        [
            "Sur 100 élèves, 40 poursuivent des études.",
            "La part en emploi 6 mois après la sortie n'est pas publiée par le service statistique.",
        ]
    );
}

#[test]
fn what_comes_later_is_told_as_far_as_it_is_known() {
    let mut values = WHOLE.to_vec();
    values.push((I::PartEnEmploi12Mois, 41));
    let later = |raison| {
        let absences = [(I::PartEnEmploi18Mois, raison), (I::PartEnEmploi24Mois, raison)];
        sentences(&statistique(Filiere::Pro, &values, &absences)).split_off(1)
    };
    let known = "Sur 100 élèves, 41 sont en emploi salarié 12 mois après leur sortie.";
    assert_eq!(
        later(RaisonAbsence::PasEncoreDisponible),
        [known, "Les chiffres 18 et 24 mois après la sortie ne sont pas encore connus."]
    );
    assert_eq!(later(RaisonAbsence::NonCouvert), [known]);
}

#[test]
fn few_leavers_are_not_told_from() {
    let absences = [(I::TauxEmploi6Mois, RaisonAbsence::SousSeuil)];
    assert_eq!(
        sentences(&statistique(Filiere::Pro, &WHOLE, &absences)).last().unwrap(),
        "Moins de 20 élèves ont quitté les études : la part d'entre eux qui travaillent n'est pas montrée."
    );
}

#[test]
fn salaries_are_told_by_halves_and_quarters() {
    let quartiles = [(I::Salaire12MoisQ1, 990), (I::Salaire12MoisQ2, 1480), (I::Salaire12MoisQ3, 2005)];
    let values: Vec<_> = WHOLE.into_iter().chain(quartiles).collect();
    assert_eq!(
        known(&values).last().unwrap(),
        "Un an après leur sortie, la moitié de ceux qui travaillent gagnent plus de 1\u{a0}480\u{a0}€ net par mois pour \
         un temps plein ; un quart gagnent moins de 990\u{a0}€, un quart plus de 2\u{a0}005\u{a0}€."
    );
    let withheld = statistique(Filiere::Pro, &WHOLE, &[(I::Salaire12MoisQ2, RaisonAbsence::NonDiffuse)]);
    assert_eq!(sentences(&withheld).last().unwrap(), "Les salaires ne sont pas publiés pour cette formation.");
}

/// The sentences that a context adds to the whole.
fn told(contexte: Contexte) -> Vec<String> {
    let mut statistique = statistique(Filiere::Apprentissage, &WHOLE, &[]);
    statistique.contexte = contexte;
    sentences(&statistique).split_off(1)
}

#[test]
fn the_context_is_told_in_counts_of_a_hundred() {
    let mut statistique = statistique(Filiere::Apprentissage, &WHOLE, &[]);
    statistique.sans_perspectives = Some(true);
    statistique.contexte = Contexte { region: Relative::Known(38), france: Relative::Known(41), ..Contexte::default() };
    assert_eq!(
        sentences(&statistique).split_off(1),
        [
            "Après cette formation, peu de jeunes trouvent un emploi dans les 6 mois et peu poursuivent des études.",
            "En emploi 6 mois après la même formation : 35 sur 100 ici, 38 dans la région, 41 en France.",
        ]
    );
}

#[test]
fn a_change_is_a_rise_or_a_fall_only_beyond_chance() {
    let emploi = |before: Millesime, ecart, net| {
        told(Contexte { emploi: Relative::Known(Evolution { millesime: before, ecart, net }), ..Contexte::default() })
    };
    let apart = Millesime::pooled(2021);
    assert_eq!(
        emploi(apart, 12, Some(true)),
        ["En emploi 6 mois après : en hausse, 23 sur 100 parmi les sortants de 2020-2021, 35 parmi ceux de 2022-2023."]
    );
    assert_eq!(
        emploi(apart, -12, Some(true)),
        ["En emploi 6 mois après : en baisse, 47 sur 100 parmi les sortants de 2020-2021, 35 parmi ceux de 2022-2023."]
    );
    assert_eq!(
        emploi(Millesime::pooled(2022), 12, Some(false)),
        [
            "En emploi 6 mois après : stable, 23 sur 100 parmi les sortants de 2021-2022, 35 parmi ceux de 2022-2023 (une \
          année est commune aux deux)."
        ]
    );
    let uncounted = emploi(apart, 12, None).pop().unwrap();
    assert!(!uncounted.contains("hausse") && uncounted.ends_with("si cet écart dépasse le hasard."), "{uncounted}");
}

#[test]
fn further_study_has_a_change_of_its_own_and_a_break_is_told() {
    let contexte = Contexte {
        emploi: Relative::Absent(RaisonContexte::RuptureDeSerie),
        poursuite: Relative::Known(Evolution { millesime: Millesime::pooled(2021), ecart: -5, net: Some(true) }),
        ..Contexte::default()
    };
    assert_eq!(
        told(contexte),
        [
            "L'emploi ne se compare pas à celui des années précédentes : l'emploi dans le public n'y était pas compté de la \
             même façon.",
            "Poursuite d'études : en baisse, 50 sur 100 parmi les sortants de 2020-2021, 45 parmi ceux de 2022-2023.",
        ]
    );
}

#[test]
fn neighbours_are_counted_beyond_chance_and_no_place_is_told() {
    let rang = |better, worse| {
        let beyond_chance = Some(BeyondChance { better, worse });
        let rang = Relative::Known(Rang { rang: 7, sur: 12, beyond_chance });
        told(Contexte { rang, ..Contexte::default() }).pop().unwrap()
    };
    assert_eq!(
        rang(1, 2),
        "Parmi 12 établissements, 1 fait nettement mieux, 2 nettement moins bien, les autres sont proches (même formation, \
         même région, emploi 6 mois après)."
    );
    for (better, worse, expected) in [
        (
            0,
            0,
            "Parmi 12 établissements, aucun ne fait nettement mieux ni nettement moins bien, les autres sont proches (",
        ),
        (0, 11, "Parmi 12 établissements, aucun ne fait nettement mieux, 11 nettement moins bien ("),
        (
            3,
            0,
            "Parmi 12 établissements, 3 font nettement mieux, aucun nettement moins bien, les autres sont proches (",
        ),
        (2, 9, "Parmi 12 établissements, 2 font nettement mieux, 9 nettement moins bien ("),
    ] {
        let found = rang(better, worse);
        assert!(found.starts_with(expected) && !found.contains("7e"), "{found}");
    }
    let uncounted = Relative::Known(Rang { rang: 7, sur: 12, beyond_chance: None });
    assert_eq!(told(Contexte { rang: uncounted, ..Contexte::default() }), [""; 0]);
}

#[test]
fn employment_that_is_counted_in_part_says_so() {
    let counted = |millesime| {
        let mut statistique = statistique(Filiere::Pro, &WHOLE, &[]);
        statistique.millesime = millesime;
        sentences(&statistique).split_off(1)
    };
    assert_eq!(counted(Millesime::pooled(2021)), ["Seul l'emploi dans le privé est compté."]);
    assert_eq!(
        counted(Millesime::pooled(2022)),
        ["L'emploi dans le public n'est compté que pour ceux qui sont sortis la seconde année."]
    );
    assert_eq!(counted(Millesime::pooled(2023)), [""; 0]);
}

#[test]
fn figures_of_somebody_else_say_whose_they_are() {
    let told = |change: fn(&mut Statistique)| {
        let mut statistique = statistique(Filiere::Pro, &WHOLE, &[]);
        change(&mut statistique);
        sentences(&statistique).pop().unwrap()
    };
    let old = told(|s| s.origine.type_origine = TypeOrigine::DiplomeAncien);
    assert_eq!(old, "Ces chiffres sont ceux du diplôme que celui-ci a remplacé.");
    let formateur = told(|s| s.origine.uai = Some((Uai::parse("0750001U").unwrap(), RoleUai::Formateur)));
    assert_eq!(formateur, "Ces chiffres sont ceux de l'organisme formateur 0750001U, tous lieux de formation réunis.");
    let agregee = told(|s| {
        s.lieu = Lieu::Region(CodeRegion::from_stored("53").unwrap());
        s.origine.type_origine = TypeOrigine::Agregee;
        s.origine.cellules = Some((3, 4));
    });
    assert_eq!(agregee, "Ces chiffres additionnent ceux de 3 établissements sur 4 ; les autres ne sont pas montrés.");
    let terminale = told(|s| s.origine.type_origine = TypeOrigine::AnneeTerminale);
    assert_eq!(terminale, "Ces chiffres sont ceux de la dernière année de la formation.");
}

#[test]
fn a_common_year_sends_to_its_specialties() {
    let mut pointing = statistique(Filiere::Pro, &[], &[]);
    pointing.terminales = vec![CodeCertification::parse("24730025214").unwrap()];
    assert_eq!(
        sentences(&pointing),
        ["Cette année est commune à plusieurs formations : les chiffres sont donnés pour chacune d'elles."]
    );
}
