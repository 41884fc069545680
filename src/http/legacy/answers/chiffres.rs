//! The `nb_*` and `taux_*` keys of an entry.
//!
//! Three things differ here: a key with a figure, a key that is `null` (the source has it and it
//! is hidden), and no key at all (the source does not have it). Hidden figures are not in the
//! database; which of them the source has is ([`Statistique::presentes`]). The catalogue says which
//! indicators have a key; here stands what the source must have for it to be there.

use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::catalogue::indicators::HORIZONS;
use crate::domain::taux::percent;
use crate::domain::{Filiere, Indicateur, Lieu, Mesure, RaisonAbsence, SEUIL, Statistique};

/// What the source must have for a key to be stored.
#[derive(Clone, Copy)]
enum Stored {
    /// A measure that is published for it.
    Mesures(Indicateur),
    /// A published part; in higher education, the counts that it is computed from.
    Part(Mesure, &'static [Mesure]),
    /// A count, over a number of pupils above 0.
    Taux(Mesure),
    /// The same, and the published part of those who study: what is left of 100.
    Rest(Mesure),
}

/// The indicators that have a key, by key, which is the order of CSV columns.
pub(in crate::http::legacy) fn keys() -> &'static [(&'static str, Indicateur)] {
    static KEYS: LazyLock<Vec<(&'static str, Indicateur)>> = LazyLock::new(|| {
        let mut keys: Vec<_> = Indicateur::ALL.iter().filter_map(|i| Some((i.definition().legacy?, *i))).collect();
        keys.sort_unstable();
        keys
    });
    &KEYS
}

/// The same in the order of answers and of their schema: the number of pupils comes last.
fn in_answers() -> impl Iterator<Item = (&'static str, Indicateur)> {
    let of_size = |(_, indicateur): &(&str, Indicateur)| *indicateur == Indicateur::NbAnneeTerm;
    let (last, others): (Vec<_>, Vec<_>) = keys().iter().copied().partition(of_size);
    others.into_iter().chain(last)
}

/// What the source must have for the key of an indicator to be stored.
fn stored(indicateur: Indicateur) -> Stored {
    use Indicateur as I;
    use Mesure as M;
    const P: &[M] = &[M::NbPoursuiteEtudes];
    const J6: &[M] = &[M::NbEnEmploi6Mois];
    const P_J6: &[M] = &[M::NbPoursuiteEtudes, M::NbEnEmploi6Mois];
    let count = |of: [I; HORIZONS.len()]| of.into_iter().zip(M::IN_EMPLOI).find(|(i, _)| *i == indicateur);
    match indicateur {
        I::PartPoursuiteEtudes => Stored::Part(M::PartPoursuiteEtudes, P),
        I::PartEnEmploi6Mois => Stored::Part(M::PartEnEmploi6Mois, J6),
        I::PartAutresSituations6Mois => Stored::Part(M::PartAutresSituations6Mois, P_J6),
        _ => match (count(I::PART_EN_EMPLOI), count(I::PART_AUTRES_SITUATIONS)) {
            (Some((_, count)), _) => Stored::Taux(count),
            (_, Some((_, count))) => Stored::Rest(count),
            (None, None) => Stored::Mesures(indicateur),
        },
    }
}

/// The figures of an entry: for each indicator whose key is there, a figure or `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::http::legacy) struct Chiffres(Vec<(Indicateur, Option<i32>)>);

/// What is said under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::legacy) enum Chiffre {
    /// There is no such key.
    Absent,
    /// The key is `null`.
    Null,
    /// The key has this figure.
    Known(i32),
}

/// Whether the figures of an entry are hidden: too few pupils or, where their number is not
/// known, too few of those who are counted.
pub(in crate::http::legacy) fn hidden(statistique: &Statistique) -> bool {
    let figures = &statistique.figures;
    let sous_seuil = |indicateur| figures.get(indicateur).raison() == Some(RaisonAbsence::SousSeuil);
    match figures.get(Indicateur::NbAnneeTerm).known() {
        Some(effectif) => effectif < SEUIL,
        None => sous_seuil(Indicateur::NbSortant) || sous_seuil(Indicateur::NbPoursuiteEtudes),
    }
}

impl Chiffres {
    /// The figures of an entry.
    pub(in crate::http::legacy) fn of(statistique: &Statistique) -> Self {
        let hidden = hidden(statistique);
        let shown = |indicateur: Indicateur| {
            first_horizon(indicateur, statistique).filter(|_| !(hidden && indicateur.denominator().is_some()))
        };
        let valeur = |indicateur: Indicateur| match shown(indicateur) {
            Some(_) if !is_shown(indicateur, statistique) => None,
            Some(valeur) => Some((indicateur, Some(valeur))),
            None if hidden && indicateur.denominator().is_some() && stored(indicateur).by(statistique) => {
                Some((indicateur, None))
            }
            None => None,
        };
        Self(in_answers().filter_map(|(_, indicateur)| valeur(indicateur)).collect())
    }

    /// Figures that were computed here.
    pub(in crate::http::legacy) fn since(chiffres: Vec<(Indicateur, Option<i32>)>) -> Self {
        Self(chiffres)
    }

    /// What is said under the key of an indicator.
    pub(in crate::http::legacy) fn get(&self, indicateur: Indicateur) -> Chiffre {
        match self.0.iter().find(|(found, _)| *found == indicateur) {
            None => Chiffre::Absent,
            Some((_, None)) => Chiffre::Null,
            Some((_, Some(valeur))) => Chiffre::Known(*valeur),
        }
    }

    /// The figure under the key of an indicator.
    pub(in crate::http::legacy) fn known(&self, indicateur: Indicateur) -> Option<i32> {
        match self.get(indicateur) {
            Chiffre::Known(valeur) => Some(valeur),
            Chiffre::Absent | Chiffre::Null => None,
        }
    }
}

/// An indicator as this contract has it. Where a source of higher education counts S and P anew at
/// each horizon, v1 has each part over the cohort of its horizon; here all are over the first.
fn first_horizon(indicateur: Indicateur, statistique: &Statistique) -> Option<i32> {
    let known = |indicateur| statistique.figures.get(indicateur).known();
    let place = |of: [Indicateur; HORIZONS.len()]| of.iter().position(|other| *other == indicateur);
    let later = |rang: &usize| *rang > 0 && statistique.filiere == Filiere::Superieur;
    let part = |rang: usize| percent(known(*Indicateur::NB_EN_EMPLOI.get(rang)?)?, known(Indicateur::NbAnneeTerm)?);
    if let Some(rang) = place(Indicateur::PART_EN_EMPLOI).filter(later) {
        return part(rang);
    }
    if let Some(rang) = place(Indicateur::PART_AUTRES_SITUATIONS).filter(later) {
        return Some((100 - known(Indicateur::PartPoursuiteEtudes)? - part(rang)?).max(0));
    }
    known(indicateur)
}

/// Salaries belong to national answers and to higher education.
fn is_shown(indicateur: Indicateur, statistique: &Statistique) -> bool {
    !Indicateur::SALAIRE_12_MOIS.contains(&indicateur)
        || statistique.lieu == Lieu::France
        || statistique.filiere == Filiere::Superieur
}

impl Stored {
    /// Whether the source has what the key needs.
    fn by(self, statistique: &Statistique) -> bool {
        let a = |mesure: Mesure| statistique.presentes & (1 << (mesure as i32)) != 0;
        let effectif = statistique.figures.get(Indicateur::NbAnneeTerm).known().is_some_and(|effectif| effectif > 0);
        let part = |published: Mesure, comptes: &[Mesure]| {
            if statistique.filiere == Filiere::Superieur {
                effectif && comptes.iter().all(|account| a(*account))
            } else {
                a(published)
            }
        };
        match self {
            Self::Mesures(indicateur) => {
                Mesure::ALL.iter().any(|mesure| mesure.indicateur() == indicateur && a(*mesure))
            }
            Self::Part(published, comptes) => part(published, comptes),
            Self::Taux(account) => effectif && a(account),
            Self::Rest(account) => {
                effectif && a(account) && part(Mesure::PartPoursuiteEtudes, &[Mesure::NbPoursuiteEtudes])
            }
        }
    }
}

impl Serialize for Chiffres {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.0.iter().filter_map(|(indicateur, valeur)| Some((indicateur.definition().legacy?, valeur)));
        serializer.collect_map(named)
    }
}

impl PartialSchema for Chiffres {
    fn schema() -> RefOr<Schema> {
        let integer = || {
            let nullable = SchemaType::from_iter([Type::Integer, Type::Null]);
            ObjectBuilder::new().schema_type(nullable).description(Some("Absent : non mesuré ; nul : caché."))
        };
        let object = in_answers().fold(ObjectBuilder::new(), |object, (nom, _)| object.property(nom, integer()));
        object.into()
    }
}

impl ToSchema for Chiffres {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{CodeCertification, Contexte, Figures, Millesime, Origine, TypeOrigine, Valeur};

    fn statistique(filiere: Filiere, valeurs: &[(Indicateur, Valeur)], presentes: &[Mesure]) -> Statistique {
        let code = CodeCertification::from_stored("50099999").unwrap();
        let mut figures = Figures::default();
        for (indicateur, valeur) in valeurs {
            figures.set(*indicateur, *valeur);
        }
        let type_origine = TypeOrigine::Propre;
        Statistique {
            lieu: Lieu::France,
            code,
            filiere,
            millesime: Millesime::single(2031),
            figures: Arc::new(figures),
            presentes: presentes.iter().map(|mesure| 1 << (*mesure as i32)).sum(),
            sans_perspectives: None,
            origine: Origine { type_origine, code, uai: None, source: None, fichier: None, cellules: None },
            roles: None,
            terminales: Vec::new(),
            contexte: Contexte::default(),
        }
    }

    const E: (Indicateur, Valeur) = (Indicateur::NbAnneeTerm, Valeur::Connue(19));

    #[test]
    fn a_hidden_school_entry_has_null_for_what_the_source_has_and_no_other_key() {
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbSortant, Mesure::NbEnEmploi12Mois];
        let chiffres = Chiffres::of(&statistique(Filiere::Pro, &[E], &presentes));
        assert_eq!(chiffres.get(Indicateur::NbAnneeTerm), Chiffre::Known(19));
        for key in [Indicateur::NbSortant, Indicateur::NbEnEmploi12Mois, Indicateur::PartEnEmploi12Mois] {
            assert_eq!(chiffres.get(key), Chiffre::Null, "{key}");
        }
        for key in [
            Indicateur::NbEnEmploi6Mois,
            Indicateur::PartEnEmploi6Mois,
            Indicateur::PartPoursuiteEtudes,
            Indicateur::PartAutresSituations12Mois,
        ] {
            assert_eq!(chiffres.get(key), Chiffre::Absent, "{key}");
        }
    }

    #[test]
    fn higher_education_computes_its_parts_and_hides_them_all() {
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbPoursuiteEtudes, Mesure::NbEnEmploi6Mois];
        let chiffres = Chiffres::of(&statistique(Filiere::Superieur, &[E], &presentes));
        for key in
            [Indicateur::PartPoursuiteEtudes, Indicateur::PartEnEmploi6Mois, Indicateur::PartAutresSituations6Mois]
        {
            assert_eq!(chiffres.get(key), Chiffre::Null, "{key}");
        }
    }

    #[test]
    fn nobody_in_the_final_year_leaves_no_rate() {
        let nobody = (Indicateur::NbAnneeTerm, Valeur::Connue(0));
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbEnEmploi12Mois];
        let chiffres = Chiffres::of(&statistique(Filiere::Apprentissage, &[nobody], &presentes));
        assert_eq!(chiffres.get(Indicateur::NbEnEmploi12Mois), Chiffre::Null);
        assert_eq!(chiffres.get(Indicateur::PartEnEmploi12Mois), Chiffre::Absent);
    }

    #[test]
    fn an_unknown_number_of_pupils_hides_small_counts() {
        let sous_seuil = (Indicateur::NbSortant, Valeur::SOUS_SEUIL);
        let statistique = statistique(Filiere::Superieur, &[sous_seuil], &[Mesure::NbSortant]);
        assert!(hidden(&statistique));
        assert_eq!(Chiffres::of(&statistique).get(Indicateur::NbSortant), Chiffre::Null);
        assert_eq!(Chiffres::of(&statistique).get(Indicateur::NbAnneeTerm), Chiffre::Absent);
    }

    #[test]
    fn a_salary_is_shown_whatever_the_threshold_and_only_where_it_belongs() {
        let salaire = (Indicateur::Salaire12MoisQ2, Valeur::Connue(1500));
        let mut statistique = statistique(Filiere::Pro, &[E, salaire], &[Mesure::Salaire12MoisQ2]);
        assert_eq!(Chiffres::of(&statistique).get(Indicateur::Salaire12MoisQ2), Chiffre::Known(1500));
        statistique.lieu = Lieu::from_stored("11").unwrap();
        assert_eq!(Chiffres::of(&statistique).get(Indicateur::Salaire12MoisQ2), Chiffre::Absent);
    }
}
