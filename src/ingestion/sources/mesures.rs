//! `inserjeunes-mesures`, wide form: one row per cohort, certification and place.
//!
//! The maille follows from the place columns of the header: a `uai`, a région, or neither for
//! France. A row has one code; where the file has a column for each nomenclature, the one that
//! the filière uses counts.

use super::super::champs::{self, Chiffre, Genre, Ligne, Memoire};
use super::super::header::{Colonne, Layout};
use super::super::plausibility::Rule;
use super::super::rapport::Forme;
use super::super::rejets::{MotifRejet, Rejet};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::taux::percent;
use crate::domain::{CodeCertification, CodeRegion, Filiere, Lieu, Mesure, Mesures, Millesime};

/// The columns of both forms; a measure is called as in [`Mesure`].
pub(super) const COLONNES: &[Colonne] = &[
    Colonne::new("id", &[]),
    Colonne::new("millesime", &["Millésime"]),
    Colonne::new("uai", &["n°UAI de l'établissement"]),
    Colonne::new("code_region", &[]),
    Colonne::new("code_region_ij", &["code_region_academique"]),
    Colonne::new("filiere", &["voie"]),
    Colonne::new("cfd", &[]),
    Colonne::new("mefstat11", &["mef_stat_11"]),
    Colonne::new("code_certification", &[]),
    Colonne::new("id_mesure", &[]),
    Colonne::new("valeur_mesure", &[]),
    Colonne::new("nb_annee_term", &[]),
    Colonne::new("nb_poursuite_etudes", &[]),
    Colonne::new("nb_sortant", &[]),
    Colonne::new("nb_en_emploi_6_mois", &[]),
    Colonne::new("nb_en_emploi_12_mois", &[]),
    Colonne::new("nb_en_emploi_18_mois", &[]),
    Colonne::new("nb_en_emploi_24_mois", &[]),
    Colonne::new("taux_poursuite_etudes", &[]),
    Colonne::new("taux_emploi_6_mois", &[]),
    Colonne::new("taux_emploi_12_mois", &[]),
    Colonne::new("taux_emploi_18_mois", &[]),
    Colonne::new("taux_emploi_24_mois", &[]),
    Colonne::new("part_poursuite_etudes", &["DEVENIR_part_poursuite_etudes"]),
    Colonne::new("part_en_emploi_6_mois", &["DEVENIR_part_en_emploi_6_mois"]),
    Colonne::new(
        "part_autres_situations_6_mois",
        &["DEVENIR_part_autre_situation_6_mois", "DEVENIR_part_autres_situations_6_mois"],
    ),
    Colonne::new("taux_rupture_contrats", &[]),
    Colonne::new("salaire_12_mois_q1", &["salaire_TS_Q1_12_mois"]),
    Colonne::new("salaire_12_mois_q2", &["salaire_TS_Q2_12_mois"]),
    Colonne::new("salaire_12_mois_q3", &["salaire_TS_Q3_12_mois"]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::InserjeunesMesures,
    colonnes: COLONNES,
    requises: &[&["millesime"], &["filiere"], &["cfd", "mefstat11", "code_certification"], &["nb_annee_term"]],
    exclues: &["id_mesure", "valeur_mesure"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let layout = &ouverture.layout;
    let colonnes = Mesure::ALL.iter().map(|mesure| (*mesure, layout.at(mesure.as_str()))).collect();
    Ouvert { forme: Some(Forme::Large), ..Ouvert::new(Table::Mesures, Large { cles: Cles::new(layout), colonnes }) }
}

struct Large {
    cles: Cles,
    colonnes: Vec<(Mesure, Option<usize>)>,
}

impl Adaptateur for Large {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let cle = self.cles.lire(ligne)?;
        let mut mesures = Mesures::default();
        for (mesure, colonne) in &self.colonnes {
            let Some(index) = *colonne else { continue };
            let text = ligne.champ(Some(index));
            match champs::chiffre(text, Genre::from(mesure.unite())) {
                Ok(Chiffre::Valeur(valeur)) => mesures.set(*mesure, valeur),
                Ok(Chiffre::NonDiffuse) => mesures.withhold(*mesure),
                Ok(Chiffre::Absent) => {}
                Err(motif) => return Err(Rejet::champ(motif, index, text)),
            }
        }
        verifier(&mesures)?;
        self.comparer(&mesures, ligne, sortie);
        let row = MesuresRow {
            dataset: Dataset::InserjeunesMesures.as_str(),
            lieu: cle.lieu,
            code: cle.code,
            filiere: cle.filiere,
            millesime: cle.millesime.as_str(),
            mesures: &mesures,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

/// Numbers of persons that cannot be: a part larger than its whole. S + P < E is none: rows that
/// are sums of partly blank ones have it.
fn verifier(mesures: &Mesures) -> Result<(), Rejet> {
    use Mesure::{NbAnneeTerm as E, NbPoursuiteEtudes as P, NbSortant as S};
    let (e, s) = (mesures.get(E), mesures.get(S));
    let parts = mesures.get(P).unwrap_or(0) + s.unwrap_or(0);
    if let Some(e) = e.filter(|e| parts > *e) {
        return Err(incoherents("nb_poursuite_etudes + nb_sortant", parts, "nb_annee_term", e));
    }
    let Some((whole, name)) = s.map(|s| (s, S)).or(e.map(|e| (e, E))) else { return Ok(()) };
    for mesure in Mesure::EN_EMPLOI {
        if let Some(j) = mesures.get(mesure).filter(|j| *j > whole) {
            return Err(incoherents(mesure.as_str(), j, name.as_str(), whole));
        }
    }
    Ok(())
}

fn incoherents(partie: &str, nombre: i32, tout: &str, total: i32) -> Rejet {
    Rejet::ligne(MotifRejet::EffectifsIncoherents, format!("{partie} = {nombre}, {tout} = {total}"))
        .attendu(format!("{partie} ne peut pas dépasser {tout}"))
}

impl Large {
    /// Compares what is published with what the counts give.
    fn comparer(&self, mesures: &Mesures, ligne: &Ligne<'_>, sortie: &mut Sortie) {
        use Mesure::{NbAnneeTerm as E, NbEnEmploi6Mois as J6, NbPoursuiteEtudes as P, NbSortant as S};
        let taux = Mesure::TAUX_EMPLOI.into_iter().zip(Mesure::EN_EMPLOI).map(|(taux, j)| (taux, j, S));
        let of_all = [
            (Mesure::TauxPoursuiteEtudes, P, E),
            (Mesure::PartPoursuiteEtudes, P, E),
            (Mesure::PartEnEmploi6Mois, J6, E),
        ];
        for (published, part, whole) in taux.chain(of_all) {
            let (Some(publie), Some(part), Some(whole)) =
                (mesures.get(published), mesures.get(part), mesures.get(whole))
            else {
                continue;
            };
            if let Some(calcule) = percent(part, whole).filter(|calcule| (calcule - publie).abs() > 1) {
                let colonne = self.colonnes.iter().find(|(mesure, _)| *mesure == published).and_then(|(_, at)| *at);
                sortie.ecart(Rule::RateAgainstCounts, ligne.numero, colonne, publie, calcule);
            }
        }
    }
}

/// The key of a row of either form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cle {
    pub(super) lieu: Lieu,
    pub(super) code: CodeCertification,
    pub(super) filiere: Filiere,
    pub(super) millesime: MillesimeTexte,
}

/// A millésime as its text, without an allocation per row.
#[derive(Debug, Clone, Copy)]
pub(super) struct MillesimeTexte {
    bytes: [u8; 9],
    len: usize,
}

impl MillesimeTexte {
    pub(super) fn new(millesime: Millesime) -> Self {
        let text = millesime.to_string();
        let mut bytes = [0; 9];
        let len = text.len().min(bytes.len());
        bytes.iter_mut().zip(text.bytes()).for_each(|(slot, byte)| *slot = byte);
        Self { bytes, len }
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// The key columns of either form.
pub(super) struct Cles {
    millesime: Option<usize>,
    uai: Option<usize>,
    region: Option<usize>,
    region_ij: Option<usize>,
    filiere: Option<usize>,
    cfd: Option<usize>,
    mefstat11: Option<usize>,
    code: Option<usize>,
    millesimes: Memoire<MillesimeTexte>,
    filieres: Memoire<Filiere>,
}

impl Cles {
    pub(super) fn new(layout: &Layout) -> Self {
        Self {
            millesime: layout.at("millesime"),
            uai: layout.at("uai"),
            region: layout.at("code_region"),
            region_ij: layout.at("code_region_ij"),
            filiere: layout.at("filiere"),
            cfd: layout.at("cfd"),
            mefstat11: layout.at("mefstat11"),
            code: layout.at("code_certification"),
            millesimes: Memoire::default(),
            filieres: Memoire::default(),
        }
    }

    pub(super) fn lire(&mut self, ligne: &Ligne<'_>) -> Result<Cle, Rejet> {
        let colonne = self.millesime.unwrap_or_default();
        let millesime = self.millesimes.get(ligne.champ(self.millesime), |text| millesime(text, colonne))?;
        let colonne = self.filiere.unwrap_or_default();
        let filiere = self.filieres.get(ligne.champ(self.filiere), |text| filiere(text, colonne))?;
        Ok(Cle { lieu: self.lieu(ligne)?, code: self.certification(ligne, filiere)?, filiere, millesime })
    }

    fn lieu(&self, ligne: &Ligne<'_>) -> Result<Lieu, Rejet> {
        if self.uai.is_some() {
            return champs::uai(ligne, self.uai).map(Lieu::Etablissement);
        }
        let insee = region(ligne, self.region, CodeRegion::from_stored)?;
        let academique = region(ligne, self.region_ij, CodeRegion::from_academique)?;
        match (insee, academique, self.region.or(self.region_ij)) {
            (Some(insee), Some(academique), _) if insee != academique => {
                let valeur = format!("{} / {}", ligne.champ(self.region), ligne.champ(self.region_ij));
                Err(Rejet::ligne(MotifRejet::RegionsContraires, valeur)
                    .attendu(format!("le code académique désigne la région {academique}")))
            }
            (Some(region), ..) | (None, Some(region), _) => Ok(Lieu::Region(region)),
            (None, None, None) => Ok(Lieu::France),
            (None, None, Some(colonne)) => Err(Rejet::champ(MotifRejet::RegionInconnue, colonne, "")),
        }
    }

    fn certification(&self, ligne: &Ligne<'_>, filiere: Filiere) -> Result<CodeCertification, Rejet> {
        let apprentissage = filiere == Filiere::Apprentissage;
        let (own, other) = if apprentissage { (self.cfd, self.mefstat11) } else { (self.mefstat11, self.cfd) };
        let filled = [own, self.code].into_iter().find_map(|colonne| Some((colonne?, ligne.rempli(colonne)?)));
        let Some((colonne, text)) = filled else {
            return Err(match other.and_then(|index| Some((index, ligne.rempli(other)?))) {
                Some((index, text)) => Rejet::champ(MotifRejet::CodeEtFiliere, index, text).attendu(attendu(filiere)),
                None => Rejet::champ(MotifRejet::CodeManquant, own.or(self.code).or(other).unwrap_or_default(), ""),
            });
        };
        let read = if apprentissage { champs::cfd(text) } else { champs::mef_stat_11(text) };
        read.ok_or_else(|| {
            let shape_of_another = champs::mef_stat_11(text).is_some() || champs::cfd(text).is_some();
            let motif = if shape_of_another { MotifRejet::CodeEtFiliere } else { MotifRejet::CodeInvalide };
            Rejet::champ(motif, colonne, text).attendu(attendu(filiere))
        })
    }
}

fn attendu(filiere: Filiere) -> &'static str {
    match filiere {
        Filiere::Apprentissage => "attendu : un CFD, 8 caractères",
        _ => "attendu : un MEFSTAT11, 11 caractères",
    }
}

pub(super) fn millesime(text: &str, colonne: usize) -> Result<MillesimeTexte, Rejet> {
    Millesime::parse_source(text)
        .map(MillesimeTexte::new)
        .map_err(|invalide| Rejet::champ(MotifRejet::MillesimeInvalide, colonne, text).car(invalide))
}

fn filiere(text: &str, colonne: usize) -> Result<Filiere, Rejet> {
    Filiere::parse_source(text).filter(|filiere| *filiere != Filiere::Superieur).ok_or_else(|| {
        Rejet::champ(MotifRejet::FiliereInconnue, colonne, text)
            .attendu("attendu : apprentissage, scolaire, pro, voie_pro_sco_educ_nat, agricole ou voie_pro_sco_agri")
    })
}

/// The région of one of the two code columns, if the column is there and filled; a leading zero
/// that a spreadsheet has eaten is put back.
fn region(
    ligne: &Ligne<'_>,
    colonne: Option<usize>,
    find: fn(&str) -> Option<CodeRegion>,
) -> Result<Option<CodeRegion>, Rejet> {
    let (Some(index), Some(text)) = (colonne, ligne.rempli(colonne)) else { return Ok(None) };
    let found = match text.len() {
        1 => find(&format!("0{text}")),
        _ => find(text),
    };
    found.map(Some).ok_or_else(|| Rejet::champ(MotifRejet::RegionInconnue, index, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mesures(values: &[(Mesure, i32)]) -> Mesures {
        let mut mesures = Mesures::default();
        for (mesure, value) in values {
            mesures.set(*mesure, *value);
        }
        mesures
    }

    #[test]
    fn a_part_is_never_larger_than_its_whole() {
        use Mesure::{NbAnneeTerm as E, NbEnEmploi6Mois as J6, NbPoursuiteEtudes as P, NbSortant as S};
        for values in [
            &[(E, 50), (P, 51)][..],
            &[(E, 50), (S, 51)],
            &[(E, 50), (P, 30), (S, 21)],
            &[(E, 50), (S, 20), (J6, 21)],
            &[(E, 50), (J6, 51)],
        ] {
            assert!(verifier(&mesures(values)).is_err(), "{values:?}");
        }
        for values in [&[(E, 50), (P, 20), (S, 20), (J6, 20)][..], &[(E, 50), (P, 50)], &[(J6, 3)], &[]] {
            assert!(verifier(&mesures(values)).is_ok(), "{values:?}");
        }
    }

    #[test]
    fn every_measure_has_a_column() {
        for mesure in Mesure::ALL {
            assert!(COLONNES.iter().any(|colonne| colonne.nom == mesure.as_str()), "{mesure}");
        }
    }
}
