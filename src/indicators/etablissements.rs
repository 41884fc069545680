//! Établissements: who has figures, where they are, and the figures of each as a whole.
//!
//! The portal's file wins over the ministry's yearly file for the same établissement, millésime
//! and population: it carries later revisions. Added value is published, never recomputed.

use std::collections::BTreeMap;

use super::couverture::{Attente, Couverture};
use crate::domain::sources::{LigneEtablissement, LigneMesures};
use crate::domain::territoire::Departement;
use crate::domain::{
    CodeRegion, Etablissement, Filiere, Lieu, MesureEtablissement as M, MesuresEtablissement, Millesime, OrigineLieu,
    Population, RaisonAbsence, Uai, Valeur,
};

/// The ministry's yearly files, which any portal file overrides.
const YEARLY: &str = "depp-inserjeunes-etablissements";

/// Every établissement that has a figure, by UAI. Name and région come from the row of the
/// latest millésime that gives them, the rest from the digits of the UAI.
#[must_use]
pub fn etablissements(wholes: &[LigneEtablissement], mesures: &[LigneMesures]) -> Vec<Etablissement> {
    let mut found: BTreeMap<Uai, Dernier> = BTreeMap::new();
    for row in wholes {
        let dernier = found.entry(row.uai).or_default();
        keep_latest(&mut dernier.nom, row.millesime, row.libelle.as_deref());
        keep_latest(&mut dernier.region, row.millesime, row.region);
    }
    for row in mesures {
        if let Lieu::Etablissement(uai) = row.lieu {
            found.entry(uai).or_default();
        }
    }
    found.into_iter().map(|(uai, Dernier { nom, region })| place(uai, nom.map(|n| n.1), region.map(|r| r.1))).collect()
}

/// What the latest millésime that says it says.
type Latest<T> = (Millesime, T);

/// The latest name and région of an établissement.
#[derive(Default)]
struct Dernier<'a> {
    nom: Option<Latest<&'a str>>,
    region: Option<Latest<CodeRegion>>,
}

fn keep_latest<T: Copy>(slot: &mut Option<Latest<T>>, millesime: Millesime, value: Option<T>) {
    if let Some(value) = value
        && slot.is_none_or(|(known, _)| known < millesime)
    {
        *slot = Some((millesime, value));
    }
}

fn place(uai: Uai, nom: Option<&str>, region: Option<CodeRegion>) -> Etablissement {
    let departement = Departement::from_uai(uai);
    Etablissement {
        uai,
        nom: nom.map(str::to_owned),
        adresse: None,
        code_postal: None,
        commune: None,
        region: region.or_else(|| departement?.region()),
        academie: departement.and_then(Departement::academie),
        departement,
        position: None,
        secteur: None,
        site_web: None,
        origine_lieu: if region.is_some() { OrigineLieu::Fichier } else { OrigineLieu::Uai },
    }
}

type Cle = (Uai, Millesime, Filiere, Population);

/// The figures of every établissement as a whole, by UAI, millésime, filière, population.
#[must_use]
pub fn wholes(rows: &[LigneEtablissement]) -> Vec<MesuresEtablissement> {
    let mut chosen: BTreeMap<Cle, &LigneEtablissement> = BTreeMap::new();
    let mut couverture = Couverture::default();
    for row in rows {
        let cle = (row.uai, row.millesime, row.filiere, row.population);
        let slot = chosen.entry(cle).or_insert(row);
        if &*slot.source == YEARLY {
            *slot = row;
        }
        couverture.note(row.filiere, row.millesime, known(row));
    }
    chosen.into_values().map(|row| whole(row, &couverture)).collect()
}

fn known(row: &LigneEtablissement) -> u32 {
    M::ALL.iter().zip(row.valeurs).filter(|(_, value)| value.is_some()).fold(0, |bits, (m, _)| bits | (1 << *m as u32))
}

fn whole(row: &LigneEtablissement, couverture: &Couverture<Filiere>) -> MesuresEtablissement {
    let mut valeurs = [Valeur::NON_COUVERT; M::COUNT];
    for ((slot, mesure), value) in valeurs.iter_mut().zip(M::ALL).zip(row.valeurs) {
        let withheld = row.non_diffusees & (1 << *mesure as i32) != 0;
        let raison = if withheld {
            RaisonAbsence::NonDiffuse
        } else {
            couverture.raison(&row.filiere, row.millesime, *mesure as u32, attente(*mesure))
        };
        *slot = Valeur::or(value, raison);
    }
    MesuresEtablissement {
        uai: row.uai,
        filiere: row.filiere,
        millesime: row.millesime,
        population: row.population,
        valeurs,
        source: std::sync::Arc::clone(&row.source),
        fichier: row.fichier,
    }
}

fn attente(mesure: M) -> Attente {
    match mesure {
        M::TauxEmploi18Mois | M::TauxEmploi24Mois => Attente::Horizon,
        _ => Attente::Aucune,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FichierId;

    fn row(uai: &str, fin: u16, source: &str, taux: &[Option<i32>]) -> LigneEtablissement {
        let mut valeurs = [None; M::COUNT];
        for (slot, value) in valeurs.iter_mut().skip(M::TauxEmploi6Mois as usize).zip(taux) {
            *slot = *value;
        }
        LigneEtablissement {
            uai: Uai::from_stored(uai).unwrap(),
            filiere: Filiere::Apprentissage,
            millesime: Millesime::pooled(fin),
            population: Population::Ensemble,
            libelle: Some(format!("CFA de {fin}")),
            region: None,
            valeurs,
            non_diffusees: 0,
            source: source.into(),
            fichier: FichierId(1),
        }
    }

    #[test]
    fn the_portal_wins_over_the_yearly_file_in_either_order() {
        let portal = row("0750001U", 2022, "fr-en-inserjeunes-cfa", &[Some(70)]);
        let yearly = row("0750001U", 2022, YEARLY, &[Some(60)]);
        for rows in [[portal.clone(), yearly.clone()], [yearly, portal]] {
            let found = wholes(&rows);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].valeurs[M::TauxEmploi6Mois as usize], Valeur::Connue(70));
        }
    }

    #[test]
    fn a_blank_is_explained_by_its_neighbours() {
        let rows = [
            row("0750001U", 2021, "fr-en-inserjeunes-cfa", &[Some(70), Some(71), Some(72), Some(73)]),
            row("0350017D", 2021, "fr-en-inserjeunes-cfa", &[]),
            row("0750001U", 2022, "fr-en-inserjeunes-cfa", &[Some(70), Some(71), None, None]),
        ];
        let found = wholes(&rows);
        let value = |uai: &str, fin, mesure: M| {
            let wanted = (Uai::from_stored(uai).unwrap(), Millesime::pooled(fin));
            found.iter().find(|w| (w.uai, w.millesime) == wanted).unwrap().valeurs[mesure as usize]
        };
        assert_eq!(value("0350017D", 2021, M::TauxEmploi6Mois), Valeur::NON_DIFFUSE);
        assert_eq!(value("0750001U", 2022, M::TauxEmploi18Mois), Valeur::PAS_ENCORE_DISPONIBLE);
        assert_eq!(value("0750001U", 2022, M::ValeurAjouteeEmploi6Mois), Valeur::NON_COUVERT);
    }

    #[test]
    fn the_latest_name_is_kept_and_the_place_follows_from_the_uai() {
        let rows = [row("0350017D", 2022, YEARLY, &[]), row("0350017D", 2021, YEARLY, &[])];
        let found = etablissements(&rows, &[]);
        assert_eq!(found[0].nom.as_deref(), Some("CFA de 2022"));
        assert_eq!(found[0].region.map(|r| r.as_str()), Some("53"));
        assert_eq!(found[0].academie.map(|a| a.code), Some("14"));
    }
}
