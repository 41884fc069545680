//! Which établissements have figures, where they are, and the figures of each as a whole.
//!
//! The portal's file wins over the ministry's yearly file for the same établissement, millésime
//! and population: it carries later revisions. Added value is published, never recomputed.

use std::collections::BTreeMap;

use super::disponibilite::{Delay, Disponibilite};
use crate::domain::position::place;
use crate::domain::site_web::site_web;
use crate::domain::sources::{AnnuaireRow, EtablissementRow, Sources};
use crate::domain::territoire::Departement;
use crate::domain::{
    CodeRegion, Dataset, Etablissement, Filiere, Lieu, MesureEtablissement as M, MesuresEtablissement, Millesime,
    OrigineLieu, Population, Position, RaisonAbsence, Uai, Valeur,
};

/// The ministry's yearly files, which any portal file overrides.
const YEARLY: Dataset = Dataset::DeppEtablissements;

/// Every établissement that has a figure (`lieux` are the places of the statistics) or stands in
/// a directory, by UAI.
///
/// Each field comes from the first directory that fills it: the name of ACCE, coordinates and web
/// site of the public directory. Without directory, name and région come from the row of the
/// latest millésime that gives them, the rest from the digits of the UAI: no établissement is lost, and
/// [`OrigineLieu`] says what the place rests on.
#[must_use]
pub fn etablissements(sources: &Sources, lieux: impl Iterator<Item = Lieu>) -> Vec<Etablissement> {
    let mut found: BTreeMap<Uai, KnownEtablissement<'_>> = BTreeMap::new();
    for row in &sources.annuaires {
        found.entry(row.uai).or_default().annuaires.push(row);
    }
    for row in &sources.etablissements {
        let known = found.entry(row.uai).or_default();
        known.avec_statistiques = true;
        keep_latest(&mut known.nom, row.millesime, row.libelle.as_deref());
        keep_latest(&mut known.region, row.millesime, row.region);
    }
    // The entries of a place follow each other: most of a million look-ups are spared.
    let mut last = None;
    for lieu in lieux.filter(|lieu| last.replace(*lieu) != Some(*lieu)) {
        if let Lieu::Etablissement(uai) = lieu {
            found.entry(uai).or_default().avec_statistiques = true;
        }
    }
    found.into_iter().map(|(uai, known)| known.place(uai)).collect()
}

/// What the latest millésime that says it says.
type Latest<T> = (Millesime, T);

/// What is known of an établissement.
#[derive(Default)]
struct KnownEtablissement<'a> {
    annuaires: Vec<&'a AnnuaireRow>,
    nom: Option<Latest<&'a str>>,
    region: Option<Latest<CodeRegion>>,
    avec_statistiques: bool,
}

fn keep_latest<T: Copy>(slot: &mut Option<Latest<T>>, millesime: Millesime, value: Option<T>) {
    if let Some(value) = value
        && slot.is_none_or(|(known, _)| known < millesime)
    {
        *slot = Some((millesime, value));
    }
}

impl KnownEtablissement<'_> {
    fn place(mut self, uai: Uai) -> Etablissement {
        self.annuaires.sort_by_key(|row| row.annuaire);
        let text = |field: fn(&AnnuaireRow) -> &Option<String>| self.first(|row| field(row).as_deref());
        let owned = |field| text(field).map(str::to_owned);
        let own = Departement::from_uai(uai);
        // Where a file and the UAI name two régions, the one of the UAI is served.
        let own_region = own.and_then(Departement::region);
        let agrees = |region: CodeRegion| own_region.is_none_or(|own| own == region);
        let listed = self.first(|row| row.departement.filter(|said| said.region().is_none_or(agrees)));
        let departement = listed.or(own);
        let region = self.region.map(|(_, region)| region).filter(|region| agrees(*region));
        let of_annuaire = self.first(|row| row.region.filter(|region| agrees(*region))).or_else(|| listed?.region());
        Etablissement {
            uai,
            nom: owned(|row| &row.nom).or_else(|| self.nom.map(|(_, nom)| nom.to_owned())),
            adresse: owned(|row| &row.adresse),
            code_postal: owned(|row| &row.code_postal),
            commune: owned(|row| &row.commune),
            region: of_annuaire.or(region).or_else(|| departement?.region()),
            academie: self
                .first(|row| row.academie.filter(|said| CodeRegion::from_stored(said.region).is_none_or(agrees)))
                .or_else(|| departement.and_then(Departement::academie)),
            departement,
            position: self.first(|row| position(row, own)),
            secteur: self.first(|row| row.secteur),
            site_web: self.first(|row| site_web(row.site_web.as_deref()?)),
            origine_lieu: match (self.annuaires.is_empty(), region) {
                (false, _) => OrigineLieu::Annuaire,
                (true, Some(_)) => OrigineLieu::SourceFile,
                (true, None) => OrigineLieu::Uai,
            },
            avec_statistiques: self.avec_statistiques,
        }
    }

    /// What the first directory that says it says.
    fn first<'a, T>(&'a self, field: impl Fn(&'a AnnuaireRow) -> Option<T>) -> Option<T> {
        self.annuaires.iter().find_map(|row| field(row))
    }
}

/// Where a directory says that an établissement stands, in its territory: rows that went in before
/// this was asked of files are asked here.
fn position(row: &AnnuaireRow, own: Option<&'static Departement>) -> Option<Position> {
    let known: Vec<_> = own.into_iter().chain(row.departement).collect();
    place(&known, row.position?).position()
}

type PopulationKey = (Uai, Millesime, Filiere, Population);

/// The figures of every établissement as a whole, by UAI, millésime, filière, population.
#[must_use]
pub fn wholes(rows: &[EtablissementRow]) -> Vec<MesuresEtablissement> {
    let mut chosen: BTreeMap<PopulationKey, &EtablissementRow> = BTreeMap::new();
    let mut disponibilite = Disponibilite::default();
    for row in rows {
        let key = (row.uai, row.millesime, row.filiere, row.population);
        let slot = chosen.entry(key).or_insert(row);
        if slot.source == YEARLY {
            *slot = row;
        }
        disponibilite.note(row.filiere, row.millesime, known(row));
    }
    chosen.into_values().map(|row| whole(row, &disponibilite)).collect()
}

fn known(row: &EtablissementRow) -> u32 {
    M::ALL.iter().zip(row.valeurs).filter(|(_, value)| value.is_some()).fold(0, |bits, (m, _)| bits | (1 << *m as u32))
}

fn whole(row: &EtablissementRow, disponibilite: &Disponibilite<Filiere>) -> MesuresEtablissement {
    let mut valeurs = [Valeur::NON_COUVERT; M::COUNT];
    let vue = disponibilite.view(&row.filiere, row.millesime);
    for ((slot, mesure), value) in valeurs.iter_mut().zip(M::ALL).zip(row.valeurs) {
        let withheld = row.non_diffusees & (1 << *mesure as i32) != 0;
        let raison = if withheld {
            RaisonAbsence::NonDiffuse
        } else {
            vue.raison(*mesure as u32, Delay::of(mesure.definition()))
        };
        *slot = Valeur::or(value, raison);
    }
    sum_to_hundred(&mut valeurs);
    MesuresEtablissement {
        uai: row.uai,
        filiere: row.filiere,
        millesime: row.millesime,
        population: row.population,
        valeurs,
        source: row.source,
        fichier: row.fichier,
    }
}

/// Three parts that are all published are rounded one by one: the other situations take the
/// difference.
fn sum_to_hundred(valeurs: &mut [Valeur; M::COUNT]) {
    let parts = [M::PartPoursuiteEtudes, M::PartEnEmploi6Mois, M::PartAutresSituations6Mois];
    let known = parts.map(|part| valeurs.get(part as usize).and_then(|valeur| valeur.known()));
    if let ([Some(poursuite), Some(emploi), Some(_)], Some(slot)) =
        (known, valeurs.get_mut(M::PartAutresSituations6Mois as usize))
    {
        *slot = Valeur::Connue((100 - poursuite - emploi).max(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FileId;
    use crate::domain::sources::Annuaire;

    fn row(uai: &str, end: u16, source: Dataset, taux: &[Option<i32>]) -> EtablissementRow {
        let mut valeurs = [None; M::COUNT];
        for (slot, value) in valeurs.iter_mut().skip(M::TauxEmploi6Mois as usize).zip(taux) {
            *slot = *value;
        }
        EtablissementRow {
            uai: Uai::from_stored(uai).unwrap(),
            filiere: Filiere::Apprentissage,
            millesime: Millesime::pooled(end),
            population: Population::Whole,
            libelle: Some(format!("CFA de {end}")),
            region: None,
            valeurs,
            non_diffusees: 0,
            source,
            fichier: FileId(1),
        }
    }

    #[test]
    fn the_portal_wins_over_the_yearly_file_in_either_order() {
        let portal = row("0750001U", 2022, Dataset::InserjeunesCfa, &[Some(70)]);
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
            row("0750001U", 2021, Dataset::InserjeunesCfa, &[Some(70), Some(71), Some(72), Some(73)]),
            row("0350017D", 2021, Dataset::InserjeunesCfa, &[]),
            row("0750001U", 2022, Dataset::InserjeunesCfa, &[Some(70), Some(71), None, None]),
        ];
        let found = wholes(&rows);
        let value = |uai: &str, end, mesure: M| {
            let wanted = (Uai::from_stored(uai).unwrap(), Millesime::pooled(end));
            found.iter().find(|w| (w.uai, w.millesime) == wanted).unwrap().valeurs[mesure as usize]
        };
        assert_eq!(value("0350017D", 2021, M::TauxEmploi6Mois), Valeur::NON_DIFFUSE);
        assert_eq!(value("0750001U", 2022, M::TauxEmploi18Mois), Valeur::PAS_ENCORE_DISPONIBLE);
        assert_eq!(value("0750001U", 2022, M::ValeurAjouteeEmploi6Mois), Valeur::NON_COUVERT);
    }

    #[test]
    fn the_latest_name_is_kept_and_the_place_follows_from_the_uai() {
        let rows = [row("0350017D", 2022, YEARLY, &[]), row("0350017D", 2021, YEARLY, &[])];
        let sources = Sources { etablissements: rows.to_vec(), ..Sources::default() };
        let found = etablissements(&sources, std::iter::empty());
        assert_eq!(found[0].nom.as_deref(), Some("CFA de 2022"));
        assert_eq!(found[0].region.map(|r| r.as_str()), Some("53"));
        assert_eq!(found[0].academie.map(|a| a.code), Some("14"));
        assert_eq!(found[0].origine_lieu, OrigineLieu::Uai);
    }

    #[test]
    fn each_field_comes_from_the_first_directory_that_fills_it() {
        let annuaire = |annuaire, nom: Option<&str>, site: Option<&str>| AnnuaireRow {
            annuaire,
            uai: Uai::from_stored("0350017D").unwrap(),
            nom: nom.map(str::to_owned),
            adresse: None,
            code_postal: None,
            commune: None,
            departement: Departement::from_code("75"),
            academie: None,
            region: None,
            position: None,
            secteur: None,
            site_web: site.map(str::to_owned),
        };
        let sources = Sources {
            annuaires: vec![
                annuaire(Annuaire::Education, Some("Le nom de l'annuaire"), Some("https://exemple.fr")),
                annuaire(Annuaire::Acce, Some("Le nom d'ACCE"), None),
            ],
            etablissements: vec![row("0350018E", 2022, YEARLY, &[])],
            ..Sources::default()
        };
        let lieu = Lieu::Etablissement(Uai::from_stored("0350019F").unwrap());
        let found = etablissements(&sources, [lieu, Lieu::France].into_iter());
        let [listed, whole, cell] = found.as_slice() else { panic!("three établissements") };
        assert_eq!(listed.nom.as_deref(), Some("Le nom d'ACCE"));
        assert_eq!(listed.site_web.as_deref(), Some("https://exemple.fr"));
        assert_eq!(listed.region.map(|r| r.as_str()), Some("53"), "the UAI's région, not the directory's");
        assert_eq!(listed.departement.map(|d| d.code), Some("35"));
        assert_eq!([listed, whole, cell].map(|e| e.avec_statistiques), [false, true, true]);
        assert_eq!([listed, whole, cell].map(Etablissement::is_in_annuaire), [true, false, false]);
    }
}
