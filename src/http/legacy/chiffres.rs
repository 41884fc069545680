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
enum Stockee {
    /// The measure itself.
    Mesure(Mesure),
    /// A published part; in higher education, the counts that it is computed from.
    Part(Mesure, &'static [Mesure]),
    /// A count, over a number of pupils above 0.
    Taux(Mesure),
    /// The same, and the published part of those who study: what is left of 100.
    Reste(Mesure),
}

struct Cle {
    nom: &'static str,
    indicateur: Indicateur,
    stockee: Stockee,
}

const fn cle(nom: &'static str, indicateur: Indicateur, stockee: Stockee) -> Cle {
    Cle { nom, indicateur, stockee }
}

/// By name, which is the order of CSV columns.
const CLES: [Cle; 20] = {
    use Indicateur as I;
    use Mesure as M;
    use Stockee::{Mesure as De, Part, Reste, Taux};
    const P: &[M] = &[M::NbPoursuiteEtudes];
    const J6: &[M] = &[M::NbEnEmploi6Mois];
    const P_J6: &[M] = &[M::NbPoursuiteEtudes, M::NbEnEmploi6Mois];
    [
        cle("nb_en_emploi_12_mois", I::NbEnEmploi12Mois, De(M::NbEnEmploi12Mois)),
        cle("nb_en_emploi_18_mois", I::NbEnEmploi18Mois, De(M::NbEnEmploi18Mois)),
        cle("nb_en_emploi_24_mois", I::NbEnEmploi24Mois, De(M::NbEnEmploi24Mois)),
        cle("nb_en_emploi_6_mois", I::NbEnEmploi6Mois, De(M::NbEnEmploi6Mois)),
        cle("nb_poursuite_etudes", I::NbPoursuiteEtudes, De(M::NbPoursuiteEtudes)),
        cle("nb_sortant", I::NbSortant, De(M::NbSortant)),
        cle("salaire_12_mois_q1", I::Salaire12MoisQ1, De(M::Salaire12MoisQ1)),
        cle("salaire_12_mois_q2", I::Salaire12MoisQ2, De(M::Salaire12MoisQ2)),
        cle("salaire_12_mois_q3", I::Salaire12MoisQ3, De(M::Salaire12MoisQ3)),
        cle("taux_autres_12_mois", I::PartAutresSituations12Mois, Reste(M::NbEnEmploi12Mois)),
        cle("taux_autres_18_mois", I::PartAutresSituations18Mois, Reste(M::NbEnEmploi18Mois)),
        cle("taux_autres_24_mois", I::PartAutresSituations24Mois, Reste(M::NbEnEmploi24Mois)),
        cle("taux_autres_6_mois", I::PartAutresSituations6Mois, Part(M::PartAutresSituations6Mois, P_J6)),
        cle("taux_en_emploi_12_mois", I::PartEnEmploi12Mois, Taux(M::NbEnEmploi12Mois)),
        cle("taux_en_emploi_18_mois", I::PartEnEmploi18Mois, Taux(M::NbEnEmploi18Mois)),
        cle("taux_en_emploi_24_mois", I::PartEnEmploi24Mois, Taux(M::NbEnEmploi24Mois)),
        cle("taux_en_emploi_6_mois", I::PartEnEmploi6Mois, Part(M::PartEnEmploi6Mois, J6)),
        cle("taux_en_formation", I::PartPoursuiteEtudes, Part(M::PartPoursuiteEtudes, P)),
        cle("taux_rupture_contrats", I::TauxRuptureContrats, De(M::TauxRuptureContrats)),
        cle("nb_annee_term", I::NbAnneeTerm, De(M::NbAnneeTerm)),
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
    Connu(i32),
}

/// Whether the figures of an entry are hidden: too few pupils or, where their number is not
/// known, too few of those who are counted.
pub(super) fn caches(statistique: &Statistique) -> bool {
    let figures = &statistique.figures;
    let sous_seuil = |indicateur| figures.get(indicateur).raison() == Some(RaisonAbsence::SousSeuil);
    match figures.get(Indicateur::NbAnneeTerm).connue() {
        Some(effectif) => effectif < SEUIL,
        None => sous_seuil(Indicateur::NbSortant) || sous_seuil(Indicateur::NbPoursuiteEtudes),
    }
}

impl Chiffres {
    /// The figures of an entry.
    pub(super) fn de(statistique: &Statistique) -> Self {
        let caches = caches(statistique);
        let valeur = |cle: &Cle| match statistique.figures.get(cle.indicateur).connue() {
            Some(_) if !est_montree(cle, statistique) => None,
            Some(valeur) => Some((cle.nom, Some(valeur))),
            None if caches && se_cache(cle) && cle.stockee.par(statistique) => Some((cle.nom, None)),
            None => None,
        };
        Self(CLES.iter().filter_map(valeur).collect())
    }

    /// Figures that were computed here.
    pub(super) fn depuis(chiffres: Vec<(&'static str, Option<i32>)>) -> Self {
        Self(chiffres)
    }

    /// What is said under a key.
    pub(super) fn get(&self, nom: &str) -> Chiffre {
        match self.0.iter().find(|(found, _)| *found == nom) {
            None => Chiffre::Absent,
            Some((_, None)) => Chiffre::Nul,
            Some((_, Some(valeur))) => Chiffre::Connu(*valeur),
        }
    }

    /// A key's figure.
    pub(super) fn connu(&self, nom: &str) -> Option<i32> {
        match self.get(nom) {
            Chiffre::Connu(valeur) => Some(valeur),
            Chiffre::Absent | Chiffre::Nul => None,
        }
    }
}

/// Salaries belong to national answers and to higher education.
fn est_montree(cle: &Cle, statistique: &Statistique) -> bool {
    !Indicateur::SALAIRE_12_MOIS.contains(&cle.indicateur)
        || statistique.lieu == Lieu::France
        || statistique.filiere == Filiere::Superieur
}

/// The number of pupils and salaries are never hidden.
fn se_cache(cle: &Cle) -> bool {
    cle.indicateur != Indicateur::NbAnneeTerm && !Indicateur::SALAIRE_12_MOIS.contains(&cle.indicateur)
}

impl Stockee {
    /// Whether the source has what the key needs.
    fn par(self, statistique: &Statistique) -> bool {
        let a = |mesure: Mesure| statistique.presentes & (1 << (mesure as i32)) != 0;
        let effectif = statistique.figures.get(Indicateur::NbAnneeTerm).connue().is_some_and(|effectif| effectif > 0);
        let part = |publiee: Mesure, comptes: &[Mesure]| {
            if statistique.filiere == Filiere::Superieur {
                effectif && comptes.iter().all(|compte| a(*compte))
            } else {
                a(publiee)
            }
        };
        match self {
            Self::Mesure(mesure) => a(mesure),
            Self::Part(publiee, comptes) => part(publiee, comptes),
            Self::Taux(compte) => effectif && a(compte),
            Self::Reste(compte) => {
                effectif && a(compte) && part(Mesure::PartPoursuiteEtudes, &[Mesure::NbPoursuiteEtudes])
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
        let entier = || {
            let nul = SchemaType::from_iter([Type::Integer, Type::Null]);
            ObjectBuilder::new().schema_type(nul).description(Some("Absent : non mesuré ; nul : caché."))
        };
        let objet = CLES.iter().fold(ObjectBuilder::new(), |objet, cle| objet.property(cle.nom, entier()));
        objet.into()
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
            origine: Origine { type_origine, code, uai: None, source: "".into(), fichier: None, cellules: None },
            roles: None,
            terminales: Vec::new(),
            contexte: Contexte::default(),
        }
    }

    const E: (Indicateur, Valeur) = (Indicateur::NbAnneeTerm, Valeur::Connue(19));

    #[test]
    fn a_hidden_school_entry_has_null_for_what_the_source_has_and_no_other_key() {
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbSortant, Mesure::NbEnEmploi12Mois];
        let chiffres = Chiffres::de(&statistique(Filiere::Pro, &[E], &presentes));
        assert_eq!(chiffres.get("nb_annee_term"), Chiffre::Connu(19));
        for cle in ["nb_sortant", "nb_en_emploi_12_mois", "taux_en_emploi_12_mois"] {
            assert_eq!(chiffres.get(cle), Chiffre::Nul, "{cle}");
        }
        for cle in ["nb_en_emploi_6_mois", "taux_en_emploi_6_mois", "taux_en_formation", "taux_autres_12_mois"] {
            assert_eq!(chiffres.get(cle), Chiffre::Absent, "{cle}");
        }
    }

    #[test]
    fn higher_education_computes_its_parts_and_hides_them_all() {
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbPoursuiteEtudes, Mesure::NbEnEmploi6Mois];
        let chiffres = Chiffres::de(&statistique(Filiere::Superieur, &[E], &presentes));
        for cle in ["taux_en_formation", "taux_en_emploi_6_mois", "taux_autres_6_mois"] {
            assert_eq!(chiffres.get(cle), Chiffre::Nul, "{cle}");
        }
    }

    #[test]
    fn nobody_in_the_final_year_leaves_no_rate() {
        let personne = (Indicateur::NbAnneeTerm, Valeur::Connue(0));
        let presentes = [Mesure::NbAnneeTerm, Mesure::NbEnEmploi12Mois];
        let chiffres = Chiffres::de(&statistique(Filiere::Apprentissage, &[personne], &presentes));
        assert_eq!(chiffres.get("nb_en_emploi_12_mois"), Chiffre::Nul);
        assert_eq!(chiffres.get("taux_en_emploi_12_mois"), Chiffre::Absent);
    }

    #[test]
    fn an_unknown_number_of_pupils_hides_small_counts() {
        let sous_seuil = (Indicateur::NbSortant, Valeur::SOUS_SEUIL);
        let statistique = statistique(Filiere::Superieur, &[sous_seuil], &[Mesure::NbSortant]);
        assert!(caches(&statistique));
        assert_eq!(Chiffres::de(&statistique).get("nb_sortant"), Chiffre::Nul);
        assert_eq!(Chiffres::de(&statistique).get("nb_annee_term"), Chiffre::Absent);
    }

    #[test]
    fn a_salary_is_shown_whatever_the_threshold_and_only_where_it_belongs() {
        let salaire = (Indicateur::Salaire12MoisQ2, Valeur::Connue(1500));
        let mut statistique = statistique(Filiere::Pro, &[E, salaire], &[Mesure::Salaire12MoisQ2]);
        assert_eq!(Chiffres::de(&statistique).get("salaire_12_mois_q2"), Chiffre::Connu(1500));
        statistique.lieu = Lieu::from_stored("11").unwrap();
        assert_eq!(Chiffres::de(&statistique).get("salaire_12_mois_q2"), Chiffre::Absent);
    }
}
