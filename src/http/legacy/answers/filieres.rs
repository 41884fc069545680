//! Several certifications added up, one sum for each filière.
//!
//! The old system added hidden cells to visible ones, so that asking {A} and then {A, B} gave B
//! away, and counted an inherited entry beside its origin. Here a sum holds visible cells only,
//! each true origin once; the lists of codes name every cell that was found.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::legacy::EntryRecord;
use crate::domain::taux::percent;
use crate::domain::{CodeCertification, Filiere, Indicateur as I, Lieu, SEUIL, Statistique};
use crate::http::legacy::answers::chiffres::Chiffres;
use crate::http::legacy::answers::entry::{DiplomeEntry, RegionEntry, has_figures, instant, is_closed};
use crate::http::legacy::answers::messages::{Meta, SOUS_SEUIL};
use crate::http::legacy::answers::singles::NO_DATA;
use crate::http::legacy::images::svg::{Block, Shares, Thumbnail};

/// Une somme par filière ; seules celles qui ont des données sont présentes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VueFilieres)]
pub(in crate::http::legacy) struct FilieresView {
    /// Voie scolaire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pro: Option<Sum>,
    /// Apprentissage.
    #[serde(skip_serializing_if = "Option::is_none")]
    apprentissage: Option<Sum>,
}

/// La somme des certifications d'une filière.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SommeLegacy)]
pub(in crate::http::legacy) struct Sum {
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
    region: Option<RegionEntry>,
    /// Diplôme, s'il est le même partout.
    #[serde(skip_serializing_if = "Option::is_none")]
    diplome: Option<DiplomeEntry>,
    /// Jour de la fermeture, si tous ceux qui sont connus sont les mêmes.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_fermeture: Option<String>,
    /// Ce qui n'est dit que d'un seul CFD.
    #[serde(flatten)]
    seul: Option<SingleCfd>,
    /// Effectifs et taux.
    #[serde(flatten)]
    chiffres: Chiffres,
    /// Messages.
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

/// Ce qu'une somme dit quand un seul CFD est trouvé.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnSeulCfd)]
pub(in crate::http::legacy) struct SingleCfd {
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

impl FilieresView {
    /// The sums over some entries of one place and millésime; `None` without any.
    pub(in crate::http::legacy) fn of(records: &[EntryRecord], today: NaiveDate) -> Option<Self> {
        let sum = |filiere| {
            let its_own: Vec<_> = records.iter().filter(|record| record.statistique.filiere == filiere).collect();
            Sum::of(&its_own, today)
        };
        let vue = Self { pro: sum(Filiere::Pro), apprentissage: sum(Filiere::Apprentissage) };
        (vue.pro.is_some() || vue.apprentissage.is_some()).then_some(vue)
    }

    /// What an image shows: a block for each voie, which says so when it has no figures; `None`
    /// when neither has any.
    pub(in crate::http::legacy) fn thumbnail(&self) -> Option<Thumbnail> {
        let voies = [("Voie scolaire", self.pro.as_ref()), ("Apprentissage", self.apprentissage.as_ref())];
        let first = voies.iter().find_map(|(_, sum)| *sum)?;
        let shares = voies.map(|(title, sum)| (title, sum.and_then(|sum| Shares::of(&sum.chiffres))));
        shares.iter().find_map(|(_, shares)| *shares)?;
        let block = |(title, shares): (_, Option<Shares>)| Block {
            title: Some(title),
            content: shares.ok_or_else(|| NO_DATA.to_owned()),
        };
        Some(Thumbnail {
            subject: self.subject(),
            region: first.region.as_ref().map(|region| region.nom),
            millesime: first.millesime.clone(),
            blocks: shares.into_iter().map(block).collect(),
        })
    }

    /// The label of the only diploma, or the codes of all.
    fn subject(&self) -> String {
        let sums = || self.pro.iter().chain(&self.apprentissage);
        let cfds: BTreeSet<_> = sums().flat_map(|sum| &sum.codes_formation_diplome).collect();
        match sums().find_map(|sum| sum.seul.as_ref()) {
            Some(seul) if cfds.len() == 1 => seul.libelle.clone(),
            _ => format!("Diplômes {}", cfds.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The one value that all of them have.
fn common<T: PartialEq>(mut valeurs: impl Iterator<Item = T>) -> Option<T> {
    let first = valeurs.next()?;
    valeurs.all(|valeur| valeur == first).then_some(first)
}

impl Sum {
    fn of(records: &[&EntryRecord], today: NaiveDate) -> Option<Self> {
        let first = records.first()?;
        let statistique = &first.statistique;
        let cfds: BTreeSet<_> = records.iter().filter_map(|record| record.certification.cfd).collect();
        let closing = common(records.iter().filter_map(|record| record.certification.date_fermeture));
        let (chiffres, hidden) = add_up(records);
        Some(Self {
            codes_certifications: records.iter().map(|record| record.statistique.code.to_string()).collect(),
            filiere: statistique.filiere.as_str(),
            millesime: statistique.millesime.to_string(),
            region: match statistique.lieu {
                Lieu::Region(region) => Some(RegionEntry::with_academique(region)),
                Lieu::France | Lieu::Etablissement(_) => None,
            },
            diplome: common(records.iter().map(|record| record.certification.diplome.as_ref().map(DiplomeEntry::from)))
                .flatten(),
            date_fermeture: closing.map(instant),
            seul: (cfds.len() == 1).then(|| SingleCfd::of(first, is_closed(closing, today))),
            codes_formation_diplome: cfds.iter().map(ToString::to_string).collect(),
            chiffres,
            meta: Meta::of_messages(hidden.then_some(SOUS_SEUIL).into_iter().collect()),
        })
    }
}

impl SingleCfd {
    fn of(record: &EntryRecord, formation_fermee: bool) -> Self {
        let certification = &record.certification;
        Self {
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()).unwrap_or_default(),
            libelle: certification.libelle.clone(),
            libelle_ancien: certification.libelle_ancien.clone(),
            formation_fermee,
        }
    }
}

/// The figures of a sum, and whether they are hidden.
fn add_up(records: &[&EntryRecord]) -> (Chiffres, bool) {
    let mut views: BTreeSet<CodeCertification> = BTreeSet::new();
    let cellules: Vec<&Statistique> = records
        .iter()
        .filter(|record| has_figures(record) && views.insert(record.statistique.origine.code))
        .map(|record| &record.statistique)
        .collect();
    let visible: Vec<_> = cellules.iter().copied().filter(|cell| effectif(cell).is_some_and(|e| e >= SEUIL)).collect();
    if visible.is_empty() {
        let total = sum(&cellules, I::NbAnneeTerm);
        return (chiffres(total, |_| None), true);
    }
    let total = sum(&visible, I::NbAnneeTerm);
    (chiffres(total, |indicateur| sum(&visible, indicateur)), false)
}

fn effectif(cell: &Statistique) -> Option<i32> {
    cell.figures.get(I::NbAnneeTerm).known()
}

/// `None` when no cell has the figure.
fn sum(cellules: &[&Statistique], indicateur: I) -> Option<i32> {
    cellules.iter().filter_map(|cell| cell.figures.get(indicateur).known()).reduce(i32::saturating_add)
}

/// The keys of a sum. Rates come from the sums alone; without pupils the `taux_en_*` are absent,
/// and the rest of 100 is unknown where employment is.
fn chiffres(effectif: Option<i32>, nb: impl Fn(I) -> Option<i32>) -> Chiffres {
    let pupils = effectif.filter(|effectif| *effectif > 0);
    let taux = |part: Option<i32>| part.zip(pupils).and_then(|(part, pupils)| percent(part, pupils));
    let (rests, sortants) = (nb(I::NbPoursuiteEtudes), nb(I::NbSortant));
    let mut keys = vec![(I::NbAnneeTerm, effectif), (I::NbPoursuiteEtudes, rests), (I::NbSortant, sortants)];
    let in_formation = taux(rests);
    if pupils.is_some() {
        keys.push((I::PartPoursuiteEtudes, in_formation));
    }
    for ((indicateur, part), others) in
        I::NB_EN_EMPLOI.into_iter().zip(I::PART_EN_EMPLOI).zip(I::PART_AUTRES_SITUATIONS)
    {
        let account = nb(indicateur);
        let en_emploi = taux(account);
        keys.push((indicateur, account));
        if pupils.is_some() {
            keys.push((part, en_emploi));
        }
        keys.push((others, en_emploi.map(|en_emploi| (100 - en_emploi - in_formation.unwrap_or(0)).max(0))));
    }
    Chiffres::since(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::legacy::answers::chiffres::Chiffre;

    fn everything(valeur: i32) -> impl Fn(I) -> Option<i32> {
        move |indicateur| (indicateur != I::NbEnEmploi18Mois).then_some(valeur)
    }

    #[test]
    fn rates_come_from_the_sums_and_an_unknown_one_leaves_no_rest() {
        // 30 of 80: 37.5, to the even 38; 100 − 38 − 38 = 24.
        let chiffres = chiffres(Some(80), everything(30));
        assert_eq!(chiffres.get(I::PartPoursuiteEtudes), Chiffre::Known(38));
        assert_eq!(chiffres.get(I::PartAutresSituations6Mois), Chiffre::Known(24));
        assert_eq!(chiffres.get(I::PartEnEmploi18Mois), Chiffre::Null);
        assert_eq!(chiffres.get(I::PartAutresSituations18Mois), Chiffre::Null);
    }

    #[test]
    fn without_pupils_there_is_no_rate_key_but_the_rest_is_null() {
        for effectif in [None, Some(0)] {
            let chiffres = chiffres(effectif, |_| None);
            assert_eq!(chiffres.known(I::NbAnneeTerm), effectif);
            assert_eq!(chiffres.get(I::PartEnEmploi6Mois), Chiffre::Absent);
            assert_eq!(chiffres.get(I::PartPoursuiteEtudes), Chiffre::Absent);
            assert_eq!(chiffres.get(I::PartAutresSituations6Mois), Chiffre::Null);
        }
    }

    #[test]
    fn a_value_is_common_when_all_have_it() {
        assert_eq!(common([1, 1].into_iter()), Some(1));
        assert_eq!(common([1, 2].into_iter()), None);
        assert_eq!(common(std::iter::empty::<i32>()), None);
    }
}
