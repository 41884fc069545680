use std::collections::BTreeSet;

use super::indicators::HORIZONS;
use super::*;
use crate::domain::{Indicateur as I, Mesure, MesureEtablissement};

#[test]
fn every_name_is_defined_once() {
    let names: Vec<_> = all().map(|(name, _)| name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for mesure in MesureEtablissement::ALL {
        // What is measured of cohorts too has the same name and the same meaning there.
        assert_eq!(mesure.indicateur(), I::parse(mesure.as_str()).ok(), "{mesure}");
    }
    for (name, definition) in all() {
        let texts = [definition.nom, definition.text, definition.formule];
        assert!(texts.iter().all(|text| !text.is_empty()), "{name}");
    }
}

#[test]
fn a_percentage_names_what_it_is_a_percentage_of() {
    for (name, definition) in all() {
        assert_eq!(definition.unite == Unit::Pourcent, definition.percentage_of().is_some(), "{name}");
    }
}

#[test]
fn the_threshold_of_each_indicator_is_that_of_the_documentation() {
    // DATA.md §4.1: E hides P, J, S and every part, S every taux_emploi; E and salaries stay.
    for indicateur in I::ALL {
        let expected = match indicateur.as_str() {
            "nb_annee_term" => None,
            "taux_rupture_contrats" => Some(Denominator::Contracts),
            name if name.starts_with("nb_") || name.starts_with("part_") => Some(Denominator::FinalYear),
            name if name.starts_with("taux_emploi_") => Some(Denominator::Leavers),
            name if name.starts_with("salaire_") => None,
            name => panic!("say in DATA.md §4.1 and here what hides {name}"),
        };
        assert_eq!(indicateur.denominator(), expected, "{indicateur}");
    }
}

#[test]
fn a_family_has_one_indicator_for_each_horizon() {
    for family in [I::NB_EN_EMPLOI, I::PART_EN_EMPLOI, I::PART_AUTRES_SITUATIONS, I::TAUX_EMPLOI] {
        assert_eq!(family.map(|indicateur| indicateur.definition().horizon), HORIZONS.map(Some));
        for (indicateur, horizon) in family.into_iter().zip(HORIZONS) {
            let name = family[0].as_str().replace("_6_", &format!("_{horizon}_"));
            assert_eq!(indicateur.as_str(), name);
            assert_eq!(indicateur.definition().is_late(), horizon > 12, "{indicateur}");
        }
    }
}

#[test]
fn a_measure_is_published_for_an_indicator_of_its_horizon() {
    for mesure in Mesure::ALL {
        let of_name = |name: &str| HORIZONS.into_iter().find(|horizon| name.contains(&format!("_{horizon}_mois")));
        assert_eq!(mesure.indicateur().definition().horizon, of_name(mesure.as_str()), "{mesure}");
    }
    assert_eq!(Mesure::IN_EMPLOI.map(Mesure::indicateur), I::NB_EN_EMPLOI);
    assert_eq!(Mesure::TAUX_EMPLOI.map(Mesure::indicateur), I::TAUX_EMPLOI);
    assert_eq!(Mesure::SALAIRE_12_MOIS.map(Mesure::indicateur), I::SALAIRE_12_MOIS);
}

#[test]
fn the_precautions_say_the_threshold() {
    let definition = I::PartEnEmploi6Mois.definition();
    let threshold = format!("moins de {SEUIL} inscrits");
    assert!(definition.precautions().any(|text| text.contains(&threshold)));
    assert!(all().flat_map(|(_, definition)| definition.precautions()).all(|text| !text.contains('{')));
}
