//! Chiffres: the `nb_*` and `taux_*` keys of an entry.
//!
//! Three things differ here: a key with a figure, a key that is `null` (the source has it and it
//! is hidden), and no key at all (the source does not have it). Hidden figures are not in the
//! database; which of them the source has is ([`Statistique::presentes`]). One table says for
//! each key which indicator it shows and what the source must have for it to be there.

use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::{Filiere, Indicateur, Lieu, Mesure, RaisonAbsence, Statistique};

/// Under this number of pupils nothing but the number is shown.
pub(super) const SEUIL: i32 = 20;

/// What the source must have for a key to be stored.
#[derive(Clone, Copy)]
enum Stored {
    /// The measure itself.
    Mesure(Mesure),
    /// A published part; in higher education, the counts that it is computed from.
    Part(Mesure, &'static [Mesure]),
    /// A count, over a number of pupils above 0.
    Taux(Mesure),
    /// The same, and the published part of those who study: what is left of 100.
    Rest(Mesure),
}

struct FigureKey {
    nom: &'static str,
    indicateur: Indicateur,
    stored: Stored,
}

const fn key(nom: &'static str, indicateur: Indicateur, stored: Stored) -> FigureKey {
    FigureKey { nom, indicateur, stored }
}

/// By name, which is the order of CSV columns.
const KEYS: [FigureKey; 20] = {
    use Indicateur as I;
    use Mesure as M;
    use Stored::{Mesure as Of, Part, Rest, Taux};
    const P: &[M] = &[M::NbPoursuiteEtudes];
    const J6: &[M] = &[M::NbEnEmploi6Mois];
    const P_J6: &[M] = &[M::NbPoursuiteEtudes, M::NbEnEmploi6Mois];
    [
        key("nb_en_emploi_12_mois", I::NbEnEmploi12Mois, Of(M::NbEnEmploi12Mois)),
        key("nb_en_emploi_18_mois", I::NbEnEmploi18Mois, Of(M::NbEnEmploi18Mois)),
        key("nb_en_emploi_24_mois", I::NbEnEmploi24Mois, Of(M::NbEnEmploi24Mois)),
        key("nb_en_emploi_6_mois", I::NbEnEmploi6Mois, Of(M::NbEnEmploi6Mois)),
        key("nb_poursuite_etudes", I::NbPoursuiteEtudes, Of(M::NbPoursuiteEtudes)),
        key("nb_sortant", I::NbSortant, Of(M::NbSortant)),
        key("salaire_12_mois_q1", I::Salaire12MoisQ1, Of(M::Salaire12MoisQ1)),
        key("salaire_12_mois_q2", I::Salaire12MoisQ2, Of(M::Salaire12MoisQ2)),
        key("salaire_12_mois_q3", I::Salaire12MoisQ3, Of(M::Salaire12MoisQ3)),
        key("taux_autres_12_mois", I::PartAutresSituations12Mois, Rest(M::NbEnEmploi12Mois)),
        key("taux_autres_18_mois", I::PartAutresSituations18Mois, Rest(M::NbEnEmploi18Mois)),
        key("taux_autres_24_mois", I::PartAutresSituations24Mois, Rest(M::NbEnEmploi24Mois)),
        key("taux_autres_6_mois", I::PartAutresSituations6Mois, Part(M::PartAutresSituations6Mois, P_J6)),
        key("taux_en_emploi_12_mois", I::PartEnEmploi12Mois, Taux(M::NbEnEmploi12Mois)),
        key("taux_en_emploi_18_mois", I::PartEnEmploi18Mois, Taux(M::NbEnEmploi18Mois)),
        key("taux_en_emploi_24_mois", I::PartEnEmploi24Mois, Taux(M::NbEnEmploi24Mois)),
        key("taux_en_emploi_6_mois", I::PartEnEmploi6Mois, Part(M::PartEnEmploi6Mois, J6)),
        key("taux_en_formation", I::PartPoursuiteEtudes, Part(M::PartPoursuiteEtudes, P)),
        key("taux_rupture_contrats", I::TauxRuptureContrats, Of(M::TauxRuptureContrats)),
        key("nb_annee_term", I::NbAnneeTerm, Of(M::NbAnneeTerm)),
    ]
};

/// The figures of an entry: for each key that is there, a figure or `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chiffres(Vec<(&'static str, Option<i32>)>);

/// What is said under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chiffre {
    /// There is no such key.
    Absent,
    /// The key is `null`.
    Nul,
    /// The key has this figure.
    KnownEtablissement(i32),
}

/// Whether the figures of an entry are hidden: too few pupils or, where their number is not
/// known, too few of those who are counted.
pub(super) fn hidden(statistique: &Statistique) -> bool {
    let figures = &statistique.figures;
    let sous_seuil = |indicateur| figures.get(indicateur).raison() == Some(RaisonAbsence::SousSeuil);
    match figures.get(Indicateur::NbAnneeTerm).known() {
        Some(effectif) => effectif < SEUIL,
        None => sous_seuil(Indicateur::NbSortant) || sous_seuil(Indicateur::NbPoursuiteEtudes),
    }
}

impl Chiffres {
    /// The figures of an entry.
    pub(super) fn of(statistique: &Statistique) -> Self {
        let hidden = hidden(statistique);
        let valeur = |key: &FigureKey| match statistique.figures.get(key.indicateur).known() {
            Some(_) if !is_shown(key, statistique) => None,
            Some(valeur) => Some((key.nom, Some(valeur))),
            None if hidden && se_cache(key) && key.stored.by(statistique) => Some((key.nom, None)),
            None => None,
        };
        Self(KEYS.iter().filter_map(valeur).collect())
    }

    /// Figures that were computed here.
    pub(super) fn since(chiffres: Vec<(&'static str, Option<i32>)>) -> Self {
        Self(chiffres)
    }

    /// What is said under a key.
    pub(super) fn get(&self, nom: &str) -> Chiffre {
        match self.0.iter().find(|(found, _)| *found == nom) {
            None => Chiffre::Absent,
            Some((_, None)) => Chiffre::Nul,
            Some((_, Some(valeur))) => Chiffre::KnownEtablissement(*valeur),
        }
    }

    /// A key's figure.
    pub(super) fn known(&self, nom: &str) -> Option<i32> {
        match self.get(nom) {
            Chiffre::KnownEtablissement(valeur) => Some(valeur),
            Chiffre::Absent | Chiffre::Nul => None,
        }
    }
}

/// Salaries belong to national answers and to higher education.
fn is_shown(key: &FigureKey, statistique: &Statistique) -> bool {
    !Indicateur::SALAIRE_12_MOIS.contains(&key.indicateur)
        || statistique.lieu == Lieu::France
        || statistique.filiere == Filiere::Superieur
}

/// The number of pupils and salaries are never hidden.
fn se_cache(key: &FigureKey) -> bool {
    key.indicateur != Indicateur::NbAnneeTerm && !Indicateur::SALAIRE_12_MOIS.contains(&key.indicateur)
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
            Self::Mesure(mesure) => a(mesure),
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
        serializer.collect_map(self.0.iter().copied())
    }
}

impl PartialSchema for Chiffres {
    fn schema() -> RefOr<Schema> {
        let integer = || {
            let nul = SchemaType::from_iter([Type::Integer, Type::Null]);
            ObjectBuilder::new().schema_type(nul).description(Some("Absent : non mesuré ; nul : caché."))
        };
        let object = KEYS.iter().fold(ObjectBuilder::new(), |object, key| object.property(key.nom, integer()));
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
        assert_eq!(chiffres.get("nb_annee_term"), Chiffre::KnownEtablissement(19));
        for key in ["nb_sortant", "nb_en_emploi_12_mois", "taux_en_emploi_12_mois"] {
            assert_eq!(chiffres.get(key), Chiffre::Nul, "{key}");
        }
        for key in ["nb_en_emploi_6_mois", "taux_en_emploi_6_mois", "taux_en_formation", "taux_autres_12_mois"] {
            assert_eq!(chiffres.get(key), Chiffre::Absent, "{key}");
        }
    }

    #[test]
    fn higher_education_computes_its_parts_and_hides_them_all() {
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbPoursuiteEtudes, Mesure::NbEnEmploi6Mois];
        let chiffres = Chiffres::of(&statistique(Filiere::Superieur, &[E], &presentes));
        for key in ["taux_en_formation", "taux_en_emploi_6_mois", "taux_autres_6_mois"] {
            assert_eq!(chiffres.get(key), Chiffre::Nul, "{key}");
        }
    }

    #[test]
    fn nobody_in_the_final_year_leaves_no_rate() {
        let nobody = (Indicateur::NbAnneeTerm, Valeur::Connue(0));
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbEnEmploi12Mois];
        let chiffres = Chiffres::of(&statistique(Filiere::Apprentissage, &[nobody], &presentes));
        assert_eq!(chiffres.get("nb_en_emploi_12_mois"), Chiffre::Nul);
        assert_eq!(chiffres.get("taux_en_emploi_12_mois"), Chiffre::Absent);
    }

    #[test]
    fn an_unknown_number_of_pupils_hides_small_counts() {
        let sous_seuil = (Indicateur::NbSortant, Valeur::SOUS_SEUIL);
        let statistique = statistique(Filiere::Superieur, &[sous_seuil], &[Mesure::NbSortant]);
        assert!(hidden(&statistique));
        assert_eq!(Chiffres::of(&statistique).get("nb_sortant"), Chiffre::Nul);
        assert_eq!(Chiffres::of(&statistique).get("nb_annee_term"), Chiffre::Absent);
    }

    #[test]
    fn a_salary_is_shown_whatever_the_threshold_and_only_where_it_belongs() {
        let salaire = (Indicateur::Salaire12MoisQ2, Valeur::Connue(1500));
        let mut statistique = statistique(Filiere::Pro, &[E, salaire], &[Mesure::Salaire12MoisQ2]);
        assert_eq!(Chiffres::of(&statistique).get("salaire_12_mois_q2"), Chiffre::KnownEtablissement(1500));
        statistique.lieu = Lieu::from_stored("11").unwrap();
        assert_eq!(Chiffres::of(&statistique).get("salaire_12_mois_q2"), Chiffre::Absent);
    }
}
