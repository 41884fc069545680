//! Filières: several certifications added up, one sum for each filière.
//!
//! The old system added hidden cells to visible ones, so that asking {A} and then {A, B} gave B
//! away, and counted an inherited entry beside its origin. Here a sum holds visible cells only,
//! each true origin once; the lists of codes name every cell that was found.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::chiffres::{Chiffres, SEUIL};
use super::entree::{DiplomeEntree, RegionEntree, a_des_chiffres, est_fermee, instant};
use super::messages::{Meta, SOUS_SEUIL};
use super::seules::SANS_DONNEES;
use super::svg::{Block, Shares, Vignette};
use crate::db::legacy::Fiche;
use crate::domain::taux::percent;
use crate::domain::{CodeCertification, Filiere, Indicateur, Lieu, Statistique};

/// Une somme par filière ; seules celles qui ont des données sont présentes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VueFilieres {
    /// Voie scolaire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pro: Option<Somme>,
    /// Apprentissage.
    #[serde(skip_serializing_if = "Option::is_none")]
    apprentissage: Option<Somme>,
}

/// La somme des certifications d'une filière.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SommeLegacy)]
pub(super) struct Somme {
    /// Toutes les certifications trouvées.
    codes_certifications: BTreeSet<String>,
    /// Leurs CFD.
    codes_formation_diplome: BTreeSet<String>,
    /// Filière.
    filiere: &'static str,
    /// Millésime.
    millesime: String,
    /// Région, dans les réponses régionales.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<RegionEntree>,
    /// Diplôme, s'il est le même partout.
    #[serde(skip_serializing_if = "Option::is_none")]
    diplome: Option<DiplomeEntree>,
    /// Jour de la fermeture, si tous ceux qui sont connus sont les mêmes.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_fermeture: Option<String>,
    /// Ce qui n'est dit que d'un seul CFD.
    #[serde(flatten)]
    seul: Option<UnSeulCfd>,
    /// Effectifs et taux.
    #[serde(flatten)]
    chiffres: Chiffres,
    /// Messages.
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

/// Ce qu'une somme dit quand un seul CFD est trouvé.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnSeulCfd {
    /// Le CFD.
    code_formation_diplome: String,
    /// Libellé.
    libelle: String,
    /// Libellé du diplôme remplacé.
    #[serde(skip_serializing_if = "Option::is_none")]
    libelle_ancien: Option<String>,
    /// Vrai dès le jour de la fermeture.
    formation_fermee: bool,
}

impl VueFilieres {
    /// The sums over some entries of one place and millésime; `None` without any.
    pub(super) fn de(fiches: &[Fiche], today: NaiveDate) -> Option<Self> {
        let somme = |filiere| {
            let siennes: Vec<_> = fiches.iter().filter(|fiche| fiche.statistique.filiere == filiere).collect();
            Somme::de(&siennes, today)
        };
        let vue = Self { pro: somme(Filiere::Pro), apprentissage: somme(Filiere::Apprentissage) };
        (vue.pro.is_some() || vue.apprentissage.is_some()).then_some(vue)
    }

    /// What an image shows: a block for each voie, which says so when it has no figures; `None`
    /// when neither has any.
    pub(super) fn vignette(&self) -> Option<Vignette> {
        let voies = [("Voie scolaire", self.pro.as_ref()), ("Apprentissage", self.apprentissage.as_ref())];
        let premiere = voies.iter().find_map(|(_, somme)| *somme)?;
        let shares = voies.map(|(title, somme)| (title, somme.and_then(|somme| Shares::of(&somme.chiffres))));
        shares.iter().find_map(|(_, shares)| *shares)?;
        let block = |(title, shares): (_, Option<Shares>)| Block {
            title: Some(title),
            content: shares.ok_or_else(|| SANS_DONNEES.to_owned()),
        };
        Some(Vignette {
            sujet: self.subject(),
            region: premiere.region.as_ref().map(|region| region.nom),
            millesime: premiere.millesime.clone(),
            blocks: shares.into_iter().map(block).collect(),
        })
    }

    /// The label of the only diploma, or the codes of all.
    fn subject(&self) -> String {
        let sommes = || self.pro.iter().chain(&self.apprentissage);
        let cfds: BTreeSet<_> = sommes().flat_map(|somme| &somme.codes_formation_diplome).collect();
        match sommes().find_map(|somme| somme.seul.as_ref()) {
            Some(seul) if cfds.len() == 1 => seul.libelle.clone(),
            _ => format!("Diplômes {}", cfds.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The one value that all of them have.
fn commun<T: PartialEq>(mut valeurs: impl Iterator<Item = T>) -> Option<T> {
    let premiere = valeurs.next()?;
    valeurs.all(|valeur| valeur == premiere).then_some(premiere)
}

impl Somme {
    fn de(fiches: &[&Fiche], today: NaiveDate) -> Option<Self> {
        let premiere = fiches.first()?;
        let statistique = &premiere.statistique;
        let cfds: BTreeSet<_> = fiches.iter().filter_map(|fiche| fiche.certification.cfd).collect();
        let fermeture = commun(fiches.iter().filter_map(|fiche| fiche.certification.date_fermeture));
        let (chiffres, caches) = additionner(fiches);
        Some(Self {
            codes_certifications: fiches.iter().map(|fiche| fiche.statistique.code.to_string()).collect(),
            filiere: statistique.filiere.as_str(),
            millesime: statistique.millesime.to_string(),
            region: match statistique.lieu {
                Lieu::Region(region) => Some(RegionEntree::avec_academique(region)),
                Lieu::France | Lieu::Etablissement(_) => None,
            },
            diplome: commun(fiches.iter().map(|fiche| fiche.certification.diplome.as_ref().map(DiplomeEntree::from)))
                .flatten(),
            date_fermeture: fermeture.map(instant),
            seul: (cfds.len() == 1).then(|| UnSeulCfd::de(premiere, est_fermee(fermeture, today))),
            codes_formation_diplome: cfds.iter().map(ToString::to_string).collect(),
            chiffres,
            meta: Meta::de_messages(caches.then_some(SOUS_SEUIL).into_iter().collect()),
        })
    }
}

impl UnSeulCfd {
    fn de(fiche: &Fiche, formation_fermee: bool) -> Self {
        let certification = &fiche.certification;
        Self {
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()).unwrap_or_default(),
            libelle: certification.libelle.clone(),
            libelle_ancien: certification.libelle_ancien.clone(),
            formation_fermee,
        }
    }
}

/// The counts of a sum by horizon: employment, its rate, the rate of the others.
const HORIZONS: [(Indicateur, [&str; 3]); 4] = [
    (Indicateur::NbEnEmploi6Mois, ["nb_en_emploi_6_mois", "taux_en_emploi_6_mois", "taux_autres_6_mois"]),
    (Indicateur::NbEnEmploi12Mois, ["nb_en_emploi_12_mois", "taux_en_emploi_12_mois", "taux_autres_12_mois"]),
    (Indicateur::NbEnEmploi18Mois, ["nb_en_emploi_18_mois", "taux_en_emploi_18_mois", "taux_autres_18_mois"]),
    (Indicateur::NbEnEmploi24Mois, ["nb_en_emploi_24_mois", "taux_en_emploi_24_mois", "taux_autres_24_mois"]),
];

/// The figures of a sum, and whether they are hidden.
fn additionner(fiches: &[&Fiche]) -> (Chiffres, bool) {
    let mut vues: BTreeSet<CodeCertification> = BTreeSet::new();
    let cellules: Vec<&Statistique> = fiches
        .iter()
        .filter(|fiche| a_des_chiffres(fiche) && vues.insert(fiche.statistique.origine.code))
        .map(|fiche| &fiche.statistique)
        .collect();
    let visibles: Vec<_> =
        cellules.iter().copied().filter(|cellule| effectif(cellule).is_some_and(|e| e >= SEUIL)).collect();
    if visibles.is_empty() {
        let total = somme(&cellules, Indicateur::NbAnneeTerm);
        return (chiffres(total, |_| None), true);
    }
    let total = somme(&visibles, Indicateur::NbAnneeTerm);
    (chiffres(total, |indicateur| somme(&visibles, indicateur)), false)
}

fn effectif(cellule: &Statistique) -> Option<i32> {
    cellule.figures.get(Indicateur::NbAnneeTerm).connue()
}

/// `None` when no cell has the figure.
fn somme(cellules: &[&Statistique], indicateur: Indicateur) -> Option<i32> {
    cellules.iter().filter_map(|cellule| cellule.figures.get(indicateur).connue()).reduce(i32::saturating_add)
}

/// The keys of a sum. Rates come from the sums alone; without pupils the `taux_en_*` are absent,
/// and the rest of 100 is unknown where employment is.
fn chiffres(effectif: Option<i32>, nb: impl Fn(Indicateur) -> Option<i32>) -> Chiffres {
    let eleves = effectif.filter(|effectif| *effectif > 0);
    let taux = |compte: Option<i32>| compte.zip(eleves).and_then(|(compte, eleves)| percent(compte, eleves));
    let (suites, sortants) = (nb(Indicateur::NbPoursuiteEtudes), nb(Indicateur::NbSortant));
    let mut cles = vec![("nb_annee_term", effectif), ("nb_poursuite_etudes", suites), ("nb_sortant", sortants)];
    let en_formation = taux(suites);
    if eleves.is_some() {
        cles.push(("taux_en_formation", en_formation));
    }
    for (indicateur, [cle_nb, cle_emploi, cle_autres]) in HORIZONS {
        let compte = nb(indicateur);
        let en_emploi = taux(compte);
        cles.push((cle_nb, compte));
        if eleves.is_some() {
            cles.push((cle_emploi, en_emploi));
        }
        cles.push((cle_autres, en_emploi.map(|en_emploi| (100 - en_emploi - en_formation.unwrap_or(0)).max(0))));
    }
    Chiffres::depuis(cles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::legacy::chiffres::Chiffre;

    fn tout(valeur: i32) -> impl Fn(Indicateur) -> Option<i32> {
        move |indicateur| (indicateur != Indicateur::NbEnEmploi18Mois).then_some(valeur)
    }

    #[test]
    fn rates_come_from_the_sums_and_an_unknown_one_leaves_no_rest() {
        // 30 of 80: 37.5, to the even 38; 100 − 38 − 38 = 24.
        let chiffres = chiffres(Some(80), tout(30));
        assert_eq!(chiffres.get("taux_en_formation"), Chiffre::Connu(38));
        assert_eq!(chiffres.get("taux_autres_6_mois"), Chiffre::Connu(24));
        assert_eq!(chiffres.get("taux_en_emploi_18_mois"), Chiffre::Nul);
        assert_eq!(chiffres.get("taux_autres_18_mois"), Chiffre::Nul);
    }

    #[test]
    fn without_pupils_there_is_no_rate_key_but_the_rest_is_null() {
        for effectif in [None, Some(0)] {
            let chiffres = chiffres(effectif, |_| None);
            assert_eq!(chiffres.connu("nb_annee_term"), effectif);
            assert_eq!(chiffres.get("taux_en_emploi_6_mois"), Chiffre::Absent);
            assert_eq!(chiffres.get("taux_en_formation"), Chiffre::Absent);
            assert_eq!(chiffres.get("taux_autres_6_mois"), Chiffre::Nul);
        }
    }

    #[test]
    fn a_value_is_common_when_all_have_it() {
        assert_eq!(commun([1, 1].into_iter()), Some(1));
        assert_eq!(commun([1, 2].into_iter()), None);
        assert_eq!(commun(std::iter::empty::<i32>()), None);
    }
}
