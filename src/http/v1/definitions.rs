//! Définitions: the text of every indicator, written for those who show it.
//!
//! A closed table; a test holds it against the indicators that exist.

/// One indicator, in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    pub(super) code: &'static str,
    pub(super) nom: &'static str,
    pub(super) text: &'static str,
    pub(super) formule: &'static str,
    pub(super) denominateur: Option<&'static str>,
    pub(super) unite: &'static str,
    pub(super) mailles: &'static [&'static str],
    pub(super) filieres: &'static [&'static str],
    pub(super) precautions: &'static [&'static str],
}

/// Every definition: first those of a certification, in the order of the domain, then those of
/// an établissement as a whole that are not among them.
pub(super) fn all() -> impl Iterator<Item = &'static Definition> {
    DEFINITIONS.iter()
}

const EVERYWHERE: &[&str] = &["nationale", "regionale", "etablissement"];
const NATIONALE: &[&str] = &["nationale"];
const ETABLISSEMENT: &[&str] = &["etablissement"];
const ALL: &[&str] = &["apprentissage", "pro", "agricole", "superieur"];
const SECONDAIRE: &[&str] = &["apprentissage", "pro", "agricole"];
const APPRENTISSAGE: &[&str] = &["apprentissage"];

const ALWAYS: &str = "Visible même quand il est inférieur à 20 ; les autres chiffres sont alors masqués.";
const SEUIL_E: &str = "Masqué (sous_seuil) quand il y a moins de 20 inscrits en année terminale.";
const SEUIL_S: &str = "Masqué (sous_seuil) quand il y a moins de 20 sortants.";
const SALARIE: &str = "L'emploi salarié en France seulement : ni indépendants, ni emploi à l'étranger. Ne pas être en \
                       emploi salarié ne veut donc pas dire être au chômage.";
const HORIZON: &str =
    "Connu plus tard que les chiffres à 6 et 12 mois : pas_encore_disponible pour les millésimes récents.";
const ROUNDING: &str = "Pourcentage entier, arrondi au plus proche, au pair en cas d'égalité ; un chiffre publié par la \
                       source est repris tel quel.";
const PART_AND_TAUX: &str = "Ne pas confondre part_en_emploi (sur les inscrits) et taux_emploi (sur les sortants) : le \
                            second est toujours au moins aussi grand.";
const OTHERS: &str = "Obtenue par différence : la somme des trois parts fait 100.";
const RUPTURE: &str = "Une rupture n'est pas toujours un abandon : beaucoup d'apprentis signent un autre contrat.";
const SALAIRE: &str = "En équivalent temps plein : un mi-temps est compté comme s'il était payé à plein temps.";
const WHOLE: &str =
    "Toutes les certifications de l'établissement ensemble : ne dit rien d'une formation en particulier.";
const POINTS: &str = "En points de pourcentage ; peut être négatif.";

const DEFINITIONS: &[Definition] = &[
    Definition {
        code: "nb_annee_term",
        nom: "Inscrits en année terminale",
        text: "Nombre de jeunes inscrits dans la dernière année du cursus.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[ALWAYS],
    },
    Definition {
        code: "nb_poursuite_etudes",
        nom: "Jeunes qui poursuivent leurs études",
        text: "Parmi les inscrits en année terminale, nombre de ceux qui sont inscrits dans une formation l'année suivante, redoublants compris.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E],
    },
    Definition {
        code: "nb_sortant",
        nom: "Sortants",
        text: "Parmi les inscrits en année terminale, nombre de ceux qui ne sont inscrits nulle part l'année suivante.",
        formule: "donné par la source, sinon inscrits en année terminale − poursuites d'études",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E],
    },
    Definition {
        code: "nb_en_emploi_6_mois",
        nom: "Sortants en emploi salarié 6 mois après la sortie",
        text: "Nombre de sortants qui occupent un emploi salarié 6 mois après la fin de leurs études.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E, SALARIE],
    },
    Definition {
        code: "nb_en_emploi_12_mois",
        nom: "Sortants en emploi salarié 12 mois après la sortie",
        text: "Nombre de sortants qui occupent un emploi salarié 12 mois après la fin de leurs études.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E, SALARIE],
    },
    Definition {
        code: "nb_en_emploi_18_mois",
        nom: "Sortants en emploi salarié 18 mois après la sortie",
        text: "Nombre de sortants qui occupent un emploi salarié 18 mois après la fin de leurs études.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E, SALARIE, HORIZON],
    },
    Definition {
        code: "nb_en_emploi_24_mois",
        nom: "Sortants en emploi salarié 24 mois après la sortie",
        text: "Nombre de sortants qui occupent un emploi salarié 24 mois après la fin de leurs études.",
        formule: "donné par la source",
        denominateur: None,
        unite: "personnes",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[SEUIL_E, SALARIE, HORIZON],
    },
    Definition {
        code: "part_poursuite_etudes",
        nom: "Part en poursuite d'études",
        text: "Sur 100 inscrits en année terminale, combien sont en études l'année suivante.",
        formule: "publiée par la source, sinon poursuites d'études ÷ inscrits en année terminale",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[ROUNDING, SEUIL_E],
    },
    Definition {
        code: "part_en_emploi_6_mois",
        nom: "Part en emploi salarié 6 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien sont en emploi salarié 6 mois après la fin de leurs études. Ceux qui poursuivent leurs études comptent au dénominateur.",
        formule: "en emploi à 6 mois ÷ inscrits en année terminale",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_E, SALARIE],
    },
    Definition {
        code: "part_en_emploi_12_mois",
        nom: "Part en emploi salarié 12 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien sont en emploi salarié 12 mois après la fin de leurs études. Ceux qui poursuivent leurs études comptent au dénominateur.",
        formule: "en emploi à 12 mois ÷ inscrits en année terminale",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_E, SALARIE],
    },
    Definition {
        code: "part_en_emploi_18_mois",
        nom: "Part en emploi salarié 18 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien sont en emploi salarié 18 mois après la fin de leurs études. Ceux qui poursuivent leurs études comptent au dénominateur.",
        formule: "en emploi à 18 mois ÷ inscrits en année terminale",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_E, SALARIE, HORIZON],
    },
    Definition {
        code: "part_en_emploi_24_mois",
        nom: "Part en emploi salarié 24 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien sont en emploi salarié 24 mois après la fin de leurs études. Ceux qui poursuivent leurs études comptent au dénominateur.",
        formule: "en emploi à 24 mois ÷ inscrits en année terminale",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_E, SALARIE, HORIZON],
    },
    Definition {
        code: "part_autres_situations_6_mois",
        nom: "Part dans une autre situation 6 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien ne sont ni en études ni en emploi salarié 6 mois après : recherche d'emploi, inactivité, emploi non salarié ou à l'étranger, service civique, etc.",
        formule: "100 − part en poursuite d'études − part en emploi à 6 mois, au moins 0",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[OTHERS, SEUIL_E],
    },
    Definition {
        code: "part_autres_situations_12_mois",
        nom: "Part dans une autre situation 12 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien ne sont ni en études ni en emploi salarié 12 mois après : recherche d'emploi, inactivité, emploi non salarié ou à l'étranger, service civique, etc.",
        formule: "100 − part en poursuite d'études − part en emploi à 12 mois, au moins 0",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[OTHERS, SEUIL_E],
    },
    Definition {
        code: "part_autres_situations_18_mois",
        nom: "Part dans une autre situation 18 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien ne sont ni en études ni en emploi salarié 18 mois après : recherche d'emploi, inactivité, emploi non salarié ou à l'étranger, service civique, etc.",
        formule: "100 − part en poursuite d'études − part en emploi à 18 mois, au moins 0",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[OTHERS, SEUIL_E, HORIZON],
    },
    Definition {
        code: "part_autres_situations_24_mois",
        nom: "Part dans une autre situation 24 mois après la sortie",
        text: "Sur 100 inscrits en année terminale, combien ne sont ni en études ni en emploi salarié 24 mois après : recherche d'emploi, inactivité, emploi non salarié ou à l'étranger, service civique, etc.",
        formule: "100 − part en poursuite d'études − part en emploi à 24 mois, au moins 0",
        denominateur: Some("inscrits en année terminale"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[OTHERS, SEUIL_E, HORIZON],
    },
    Definition {
        code: "taux_emploi_6_mois",
        nom: "Taux d'emploi salarié 6 mois après la sortie",
        text: "Sur 100 sortants, combien sont en emploi salarié 6 mois après la fin de leurs études. Ceux qui poursuivent leurs études ne comptent pas.",
        formule: "publié par la source, sinon en emploi à 6 mois ÷ sortants",
        denominateur: Some("sortants"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_S, SALARIE],
    },
    Definition {
        code: "taux_emploi_12_mois",
        nom: "Taux d'emploi salarié 12 mois après la sortie",
        text: "Sur 100 sortants, combien sont en emploi salarié 12 mois après la fin de leurs études. Ceux qui poursuivent leurs études ne comptent pas.",
        formule: "publié par la source, sinon en emploi à 12 mois ÷ sortants",
        denominateur: Some("sortants"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_S, SALARIE],
    },
    Definition {
        code: "taux_emploi_18_mois",
        nom: "Taux d'emploi salarié 18 mois après la sortie",
        text: "Sur 100 sortants, combien sont en emploi salarié 18 mois après la fin de leurs études. Ceux qui poursuivent leurs études ne comptent pas.",
        formule: "publié par la source, sinon en emploi à 18 mois ÷ sortants",
        denominateur: Some("sortants"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_S, SALARIE, HORIZON],
    },
    Definition {
        code: "taux_emploi_24_mois",
        nom: "Taux d'emploi salarié 24 mois après la sortie",
        text: "Sur 100 sortants, combien sont en emploi salarié 24 mois après la fin de leurs études. Ceux qui poursuivent leurs études ne comptent pas.",
        formule: "publié par la source, sinon en emploi à 24 mois ÷ sortants",
        denominateur: Some("sortants"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: ALL,
        precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_S, SALARIE, HORIZON],
    },
    Definition {
        code: "taux_rupture_contrats",
        nom: "Taux de rupture des contrats d'apprentissage",
        text: "Sur 100 contrats d'apprentissage commencés, combien ont été rompus avant leur terme.",
        formule: "donné par la source",
        denominateur: Some("contrats d'apprentissage"),
        unite: "pourcentage",
        mailles: EVERYWHERE,
        filieres: APPRENTISSAGE,
        precautions: &[RUPTURE],
    },
    Definition {
        code: "salaire_12_mois_q1",
        nom: "Salaire net mensuel à 12 mois, premier quartile",
        text: "Salaire net mensuel en équivalent temps plein, 12 mois après la fin des études : un quart des sortants en emploi gagne moins, trois quarts gagnent plus.",
        formule: "donné par la source",
        denominateur: None,
        unite: "euros_par_mois",
        mailles: NATIONALE,
        filieres: ALL,
        precautions: &[SALAIRE],
    },
    Definition {
        code: "salaire_12_mois_q2",
        nom: "Salaire net mensuel à 12 mois, médiane",
        text: "Salaire net mensuel en équivalent temps plein, 12 mois après la fin des études : la moitié des sortants en emploi gagne moins, l'autre moitié gagne plus.",
        formule: "donné par la source",
        denominateur: None,
        unite: "euros_par_mois",
        mailles: NATIONALE,
        filieres: ALL,
        precautions: &[SALAIRE],
    },
    Definition {
        code: "salaire_12_mois_q3",
        nom: "Salaire net mensuel à 12 mois, troisième quartile",
        text: "Salaire net mensuel en équivalent temps plein, 12 mois après la fin des études : trois quarts des sortants en emploi gagnent moins, un quart gagne plus.",
        formule: "donné par la source",
        denominateur: None,
        unite: "euros_par_mois",
        mailles: NATIONALE,
        filieres: ALL,
        precautions: &[SALAIRE],
    },
    Definition {
        code: "taux_emploi_6_mois_attendu",
        nom: "Taux d'emploi attendu 6 mois après la sortie",
        text: "Taux d'emploi que le producteur attend d'un établissement comparable, compte tenu de ses formations, de ses élèves et de l'emploi local.",
        formule: "donné par la source, jamais recalculé",
        denominateur: Some("sortants"),
        unite: "pourcentage",
        mailles: ETABLISSEMENT,
        filieres: SECONDAIRE,
        precautions: &[WHOLE],
    },
    Definition {
        code: "valeur_ajoutee_emploi_6_mois",
        nom: "Valeur ajoutée de l'établissement, emploi à 6 mois",
        text: "Écart entre le taux d'emploi constaté et le taux attendu : positif, l'établissement fait mieux que ceux qui lui ressemblent.",
        formule: "taux d'emploi à 6 mois − taux attendu, donné par la source, jamais recalculé",
        denominateur: None,
        unite: "points",
        mailles: ETABLISSEMENT,
        filieres: SECONDAIRE,
        precautions: &[WHOLE, POINTS],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Indicateur;
    use crate::domain::etablissement::MesureEtablissement;

    #[test]
    fn every_indicator_is_defined_once_in_the_order_of_the_domain() {
        let codes: Vec<_> = all().map(|definition| definition.code).collect();
        let cohort: Vec<_> = Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()).collect();
        let school =
            MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str()).filter(|code| !cohort.contains(code));
        assert_eq!(codes, cohort.iter().copied().chain(school).collect::<Vec<_>>());
    }

    #[test]
    fn a_percentage_names_what_it_is_a_percentage_of() {
        for definition in all() {
            assert_eq!(definition.unite == "pourcentage", definition.denominateur.is_some(), "{}", definition.code);
        }
    }
}
