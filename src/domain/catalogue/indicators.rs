//! The indicators of a cohort, in the order in which they are stored and shown.
//!
//! Append, never reorder: the reasons of absence are stored by position.

use std::fmt;

use super::{Definition, Denominator, Unit, columns};
use crate::domain::Filiere::{self, Agricole, Apprentissage, Pro, Superieur};
use crate::domain::Invalid;
use crate::domain::Maille::{self, Etablissement, Nationale, Regionale};

const EVERYWHERE: &[Maille] = &[Nationale, Regionale, Etablissement];
const NATIONALE: &[Maille] = &[Nationale];
const ALL: &[Filiere] = &[Apprentissage, Pro, Agricole, Superieur];
const APPRENTISSAGE: &[Filiere] = &[Apprentissage];

const ALWAYS: &str = "Visible même quand il est inférieur à {seuil} ; les autres chiffres sont alors masqués.";
const SEUIL_E: &str = "Masqué (sous_seuil) quand il y a moins de {seuil} inscrits en année terminale.";
const SEUIL_S: &str = "Masqué (sous_seuil) quand il y a moins de {seuil} sortants.";
const SALARIE: &str = "L'emploi salarié en France seulement : ni indépendants, ni emploi à l'étranger. Ne pas être en \
                       emploi salarié ne veut donc pas dire être au chômage.";
const SCOPE: &str = "Du CAP au BTS, l'emploi public n'est compté que pour ceux qui sont sortis en 2022 ou après \
                     (champ_emploi) : ne comparer deux chiffres d'emploi que s'ils sont du même champ.";
const CHANCE: &str = "Un petit effectif laisse une grande place au hasard : intervalle_95 dit entre quelles limites les parts \
                      à 6 mois se tiennent, et une évolution n'est une hausse ou une baisse que si elle est nette.";
const LATE: &str =
    "Connu plus tard que les chiffres à 6 et 12 mois : pas_encore_disponible pour les millésimes récents.";
const ROUNDING: &str = "Pourcentage entier, arrondi au plus proche, au pair en cas d'égalité ; un chiffre publié par la \
                       source est repris tel quel.";
const PART_AND_TAUX: &str = "Ne pas confondre part_en_emploi (sur les inscrits) et taux_emploi (sur les sortants) : le \
                            second est toujours au moins aussi grand.";
const OTHERS: &str = "Obtenue par différence : la somme des trois parts fait 100.";
const RUPTURE: &str = "Une rupture n'est pas toujours un abandon : beaucoup d'apprentis signent un autre contrat.";
const SALAIRE: &str = "En équivalent temps plein : un mi-temps est compté comme s'il était payé à plein temps.";

/// A number of pupils that the sources give.
const NUMBER: Definition = Definition {
    nom: "",
    text: "",
    formule: "donné par la source",
    unite: Unit::Personnes,
    horizon: None,
    denominator: Some(Denominator::FinalYear),
    mailles: EVERYWHERE,
    filieres: ALL,
    precautions: &[SEUIL_E],
    legacy: None,
};

/// J at a horizon; later than 12 months with one more word of warning.
macro_rules! en_emploi {
    ($months:literal $(, $late:ident)?) => {
        Definition {
            nom: concat!("Sortants en emploi salarié ", $months, " mois après la sortie"),
            text: concat!("Nombre de sortants qui occupent un emploi salarié ", $months, " mois après la fin de leurs études."),
            horizon: Some($months),
            precautions: &[SEUIL_E, SALARIE, SCOPE $(, $late)?],
            legacy: Some(concat!("nb_en_emploi_", $months, "_mois")),
            ..NUMBER
        }
    };
}

/// J / E at a horizon.
macro_rules! part_en_emploi {
    ($months:literal $(, $late:ident)?) => {
        Definition {
            nom: concat!("Part en emploi salarié ", $months, " mois après la sortie"),
            text: concat!("Sur 100 inscrits en année terminale, combien sont en emploi salarié ", $months, " mois après la fin de leurs études. Ceux qui poursuivent leurs études comptent au dénominateur."),
            formule: concat!("en emploi à ", $months, " mois ÷ inscrits en année terminale"),
            unite: Unit::Pourcent,
            horizon: Some($months),
            precautions: &[CHANCE, PART_AND_TAUX, ROUNDING, SEUIL_E, SALARIE, SCOPE $(, $late)?],
            legacy: Some(concat!("taux_en_emploi_", $months, "_mois")),
            ..NUMBER
        }
    };
}

/// What remains of 100 at a horizon.
macro_rules! part_autres_situations {
    ($months:literal $(, $late:ident)?) => {
        Definition {
            nom: concat!("Part dans une autre situation ", $months, " mois après la sortie"),
            text: concat!("Sur 100 inscrits en année terminale, combien ne sont ni en études ni en emploi salarié ", $months, " mois après : recherche d'emploi, inactivité, emploi non salarié ou à l'étranger, service civique, etc."),
            formule: concat!("100 − part en poursuite d'études − part en emploi à ", $months, " mois, au moins 0"),
            unite: Unit::Pourcent,
            horizon: Some($months),
            precautions: &[CHANCE, OTHERS, SEUIL_E, SCOPE $(, $late)?],
            legacy: Some(concat!("taux_autres_", $months, "_mois")),
            ..NUMBER
        }
    };
}

/// J / S at a horizon.
macro_rules! taux_emploi {
    ($months:literal $(, $late:ident)?) => {
        Definition {
            nom: concat!("Taux d'emploi salarié ", $months, " mois après la sortie"),
            text: concat!("Sur 100 sortants, combien sont en emploi salarié ", $months, " mois après la fin de leurs études. Ceux qui poursuivent leurs études ne comptent pas."),
            formule: concat!("publié par la source, sinon en emploi à ", $months, " mois ÷ sortants"),
            unite: Unit::Pourcent,
            horizon: Some($months),
            denominator: Some(Denominator::Leavers),
            precautions: &[PART_AND_TAUX, ROUNDING, SEUIL_S, SALARIE, SCOPE $(, $late)?],
            ..NUMBER
        }
    };
}

/// A quartile of the salaries, which are not counted over the cohort.
macro_rules! salaire {
    ($quartile:literal, $nom:literal, $shared:literal) => {
        Definition {
            nom: concat!("Salaire net mensuel à 12 mois, ", $nom),
            text: concat!("Salaire net mensuel en équivalent temps plein, 12 mois après la fin des études : ", $shared),
            unite: Unit::Euros,
            horizon: Some(12),
            denominator: None,
            mailles: NATIONALE,
            precautions: &[SALAIRE],
            legacy: Some(concat!("salaire_12_mois_q", $quartile)),
            ..NUMBER
        }
    };
}

columns! {
    ($) with_indicators:
    /// A published figure. The spelling is that of SQL columns, filters, `absences` and CSV.
    Indicateur -> Definition {
        /// E.
        NbAnneeTerm = "nb_annee_term": Definition {
            nom: "Inscrits en année terminale",
            text: "Nombre de jeunes inscrits dans la dernière année du cursus.",
            denominator: None,
            precautions: &[ALWAYS],
            legacy: Some("nb_annee_term"),
            ..NUMBER
        },
        /// P.
        NbPoursuiteEtudes = "nb_poursuite_etudes": Definition {
            nom: "Jeunes qui poursuivent leurs études",
            text: "Parmi les inscrits en année terminale, nombre de ceux qui sont inscrits dans une formation l'année suivante, redoublants compris.",
            legacy: Some("nb_poursuite_etudes"),
            ..NUMBER
        },
        /// S.
        NbSortant = "nb_sortant": Definition {
            nom: "Sortants",
            text: "Parmi les inscrits en année terminale, nombre de ceux qui ne sont inscrits nulle part l'année suivante.",
            formule: "donné par la source, sinon inscrits en année terminale − poursuites d'études",
            legacy: Some("nb_sortant"),
            ..NUMBER
        },
        /// J6.
        NbEnEmploi6Mois = "nb_en_emploi_6_mois": en_emploi!(6),
        /// J12.
        NbEnEmploi12Mois = "nb_en_emploi_12_mois": en_emploi!(12),
        /// J18.
        NbEnEmploi18Mois = "nb_en_emploi_18_mois": en_emploi!(18, LATE),
        /// J24.
        NbEnEmploi24Mois = "nb_en_emploi_24_mois": en_emploi!(24, LATE),
        /// P / E.
        PartPoursuiteEtudes = "part_poursuite_etudes": Definition {
            nom: "Part en poursuite d'études",
            text: "Sur 100 inscrits en année terminale, combien sont en études l'année suivante.",
            formule: "publiée par la source, sinon poursuites d'études ÷ inscrits en année terminale",
            unite: Unit::Pourcent,
            precautions: &[ROUNDING, SEUIL_E],
            legacy: Some("taux_en_formation"),
            ..NUMBER
        },
        /// J6 / E.
        PartEnEmploi6Mois = "part_en_emploi_6_mois": part_en_emploi!(6),
        /// J12 / E.
        PartEnEmploi12Mois = "part_en_emploi_12_mois": part_en_emploi!(12),
        /// J18 / E.
        PartEnEmploi18Mois = "part_en_emploi_18_mois": part_en_emploi!(18, LATE),
        /// J24 / E.
        PartEnEmploi24Mois = "part_en_emploi_24_mois": part_en_emploi!(24, LATE),
        /// 100 − the two parts above, at 6 months.
        PartAutresSituations6Mois = "part_autres_situations_6_mois": part_autres_situations!(6),
        /// The same at 12 months.
        PartAutresSituations12Mois = "part_autres_situations_12_mois": part_autres_situations!(12),
        /// The same at 18 months.
        PartAutresSituations18Mois = "part_autres_situations_18_mois": part_autres_situations!(18, LATE),
        /// The same at 24 months.
        PartAutresSituations24Mois = "part_autres_situations_24_mois": part_autres_situations!(24, LATE),
        /// J6 / S.
        TauxEmploi6Mois = "taux_emploi_6_mois": taux_emploi!(6),
        /// J12 / S.
        TauxEmploi12Mois = "taux_emploi_12_mois": taux_emploi!(12),
        /// J18 / S.
        TauxEmploi18Mois = "taux_emploi_18_mois": taux_emploi!(18, LATE),
        /// J24 / S.
        TauxEmploi24Mois = "taux_emploi_24_mois": taux_emploi!(24, LATE),
        /// Broken apprenticeship contracts, given by the source.
        TauxRuptureContrats = "taux_rupture_contrats": Definition {
            nom: "Taux de rupture des contrats d'apprentissage",
            text: "Sur 100 contrats d'apprentissage commencés, combien ont été rompus avant leur terme.",
            unite: Unit::Pourcent,
            denominator: Some(Denominator::Contracts),
            filieres: APPRENTISSAGE,
            precautions: &[RUPTURE],
            legacy: Some("taux_rupture_contrats"),
            ..NUMBER
        },
        /// First quartile of the salary at 12 months, given by the source.
        Salaire12MoisQ1 = "salaire_12_mois_q1":
            salaire!(1, "premier quartile", "un quart des sortants en emploi gagne moins, trois quarts gagnent plus."),
        /// Median of the same.
        Salaire12MoisQ2 = "salaire_12_mois_q2":
            salaire!(2, "médiane", "la moitié des sortants en emploi gagne moins, l'autre moitié gagne plus."),
        /// Third quartile of the same.
        Salaire12MoisQ3 = "salaire_12_mois_q3":
            salaire!(3, "troisième quartile", "trois quarts des sortants en emploi gagnent moins, un quart gagne plus."),
    }
}

/// The horizons, in months, in the order of the arrays by horizon.
pub const HORIZONS: [u8; 4] = [6, 12, 18, 24];

impl Indicateur {
    /// J at each horizon.
    pub const NB_EN_EMPLOI: [Self; HORIZONS.len()] =
        [Self::NbEnEmploi6Mois, Self::NbEnEmploi12Mois, Self::NbEnEmploi18Mois, Self::NbEnEmploi24Mois];
    /// J / E at each horizon.
    pub const PART_EN_EMPLOI: [Self; HORIZONS.len()] =
        [Self::PartEnEmploi6Mois, Self::PartEnEmploi12Mois, Self::PartEnEmploi18Mois, Self::PartEnEmploi24Mois];
    /// Other situations at each horizon.
    pub const PART_AUTRES_SITUATIONS: [Self; HORIZONS.len()] = [
        Self::PartAutresSituations6Mois,
        Self::PartAutresSituations12Mois,
        Self::PartAutresSituations18Mois,
        Self::PartAutresSituations24Mois,
    ];
    /// J / S at each horizon.
    pub const TAUX_EMPLOI: [Self; HORIZONS.len()] =
        [Self::TauxEmploi6Mois, Self::TauxEmploi12Mois, Self::TauxEmploi18Mois, Self::TauxEmploi24Mois];
    /// Quartiles of the salary at 12 months.
    pub const SALAIRE_12_MOIS: [Self; 3] = [Self::Salaire12MoisQ1, Self::Salaire12MoisQ2, Self::Salaire12MoisQ3];

    /// Everything that is said of it.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        self.described()
    }

    /// Whose number decides whether it may be shown; `None` for E itself, which is always shown,
    /// and for salaries, which are not counted over the cohort.
    #[must_use]
    pub const fn denominator(self) -> Option<Denominator> {
        self.definition().denominator
    }
}
