//! `inserjeunes-mesures`, wide form: one row per cohort, certification and place.
//!
//! The maille follows from the place columns of the header: a `uai`, a région, or neither for
//! France. A row has one code; where the file has a column for each nomenclature, the one that
//! the filière uses counts.

use super::super::fields::{self, Chiffre, FigureKind, Line, Memory};
use super::super::header::{Column, Layout};
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::super::report::Form;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number, present};
use crate::db::ingestion::rows::MesuresRow;
use crate::db::ingestion::tables::Table;
use crate::domain::{CodeCertification, CodeRegion, Filiere, Lieu, Mesure, Mesures, Millesime};

/// The columns of both forms; a measure is called as in [`Mesure`].
pub(super) const COLUMNS: &[Column] = &[
    Column::new("id", &[]),
    Column::new("millesime", &["Millésime"]),
    Column::new("uai", &["n°UAI de l'établissement"]),
    Column::new("code_region", &[]),
    Column::new("code_region_ij", &["code_region_academique"]),
    Column::new("filiere", &["voie"]),
    Column::new("cfd", &[]),
    Column::new("mefstat11", &["mef_stat_11"]),
    Column::new("code_certification", &[]),
    Column::new("id_mesure", &[]),
    Column::new("valeur_mesure", &[]),
    Column::new("nb_annee_term", &[]),
    Column::new("nb_poursuite_etudes", &[]),
    Column::new("nb_sortant", &[]),
    Column::new("nb_en_emploi_6_mois", &[]),
    Column::new("nb_en_emploi_12_mois", &[]),
    Column::new("nb_en_emploi_18_mois", &[]),
    Column::new("nb_en_emploi_24_mois", &[]),
    Column::new("taux_poursuite_etudes", &[]),
    Column::new("taux_emploi_6_mois", &[]),
    Column::new("taux_emploi_12_mois", &[]),
    Column::new("taux_emploi_18_mois", &[]),
    Column::new("taux_emploi_24_mois", &[]),
    Column::new("part_poursuite_etudes", &["DEVENIR_part_poursuite_etudes"]),
    Column::new("part_en_emploi_6_mois", &["DEVENIR_part_en_emploi_6_mois"]),
    Column::new(
        "part_autres_situations_6_mois",
        &["DEVENIR_part_autre_situation_6_mois", "DEVENIR_part_autres_situations_6_mois"],
    ),
    Column::new("taux_rupture_contrats", &[]),
    Column::new("salaire_12_mois_q1", &["salaire_TS_Q1_12_mois"]),
    Column::new("salaire_12_mois_q2", &["salaire_TS_Q2_12_mois"]),
    Column::new("salaire_12_mois_q3", &["salaire_TS_Q3_12_mois"]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::InserjeunesMesures,
    columns: COLUMNS,
    required: &[&["millesime"], &["filiere"], &["cfd", "mefstat11", "code_certification"], &["nb_annee_term"]],
    excluded: &["id_mesure", "valeur_mesure"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let layout = &opening.layout;
    let columns = Mesure::ALL.iter().map(|mesure| (*mesure, layout.at(mesure.as_str()))).collect();
    let ouvert = OpenedSource::new(Table::Mesures, Large { keys: KeyColumns::new(layout), columns });
    OpenedSource { forme: Some(Form::Large), present: present(layout), ..ouvert }
}

struct Large {
    keys: KeyColumns,
    columns: Vec<(Mesure, Option<usize>)>,
}

impl Adapter for Large {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let key = self.keys.read(line)?;
        let mut mesures = Mesures::default();
        for (mesure, column) in &self.columns {
            note(&mut mesures, *mesure, output.chiffre(line, *column, FigureKind::from(mesure.unit()))?);
        }
        verify(&mesures)?;
        compare(&mesures, &self.columns, line, output);
        let row = MesuresRow {
            dataset: Dataset::InserjeunesMesures,
            lieu: key.lieu,
            code: key.code,
            filiere: key.filiere,
            millesime: key.millesime.as_str(),
            mesures: &mesures,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

/// Records a figure as the file gives it.
pub(super) fn note(mesures: &mut Mesures, mesure: Mesure, chiffre: Chiffre) {
    match chiffre {
        Chiffre::Valeur(valeur) => mesures.set(mesure, valeur),
        Chiffre::NonDiffuse => mesures.withhold(mesure),
        Chiffre::Absent => {}
    }
}

/// Compares the figures of a row with each other; `columns` says where each stands.
pub(super) fn compare(mesures: &Mesures, columns: &[(Mesure, Option<usize>)], line: &Line<'_>, output: &mut Output) {
    let mut contradictions = std::mem::take(&mut output.watch.contradictions);
    contradictions.check(mesures, |rule, found| {
        output.contradict(rule, line, found, |figure| {
            columns.iter().find(|(mesure, _)| mesure.as_str() == figure).and_then(|(_, at)| *at)
        });
    });
    output.watch.contradictions = contradictions;
}

/// Numbers of persons that cannot be: a part larger than its whole. S + P < E is none: rows that
/// are sums of partly blank ones have it.
fn verify(mesures: &Mesures) -> Result<(), Rejection> {
    use Mesure::{NbAnneeTerm as E, NbPoursuiteEtudes as P, NbSortant as S};
    let (e, s) = (mesures.get(E), mesures.get(S));
    let parts = mesures.get(P).unwrap_or(0) + s.unwrap_or(0);
    if let Some(e) = e.filter(|e| parts > *e) {
        return Err(incoherent("nb_poursuite_etudes + nb_sortant", parts, "nb_annee_term", e));
    }
    let Some((whole, name)) = s.map(|s| (s, S)).or(e.map(|e| (e, E))) else { return Ok(()) };
    for mesure in Mesure::IN_EMPLOI {
        if let Some(j) = mesures.get(mesure).filter(|j| *j > whole) {
            return Err(incoherent(mesure.as_str(), j, name.as_str(), whole));
        }
    }
    Ok(())
}

fn incoherent(part: &str, nombre: i32, everything: &str, total: i32) -> Rejection {
    Rejection::line(RejectionReason::EffectifsIncoherents, format!("{part} = {nombre}, {everything} = {total}"))
        .expected(format!("{part} ne peut pas dépasser {everything}"))
}

/// The key of a row of either form.
#[derive(Debug, Clone, Copy)]
pub(super) struct MesureKey {
    pub(super) lieu: Lieu,
    pub(super) code: CodeCertification,
    pub(super) filiere: Filiere,
    pub(super) millesime: MillesimeText,
}

/// A millésime as its text, without an allocation per row.
#[derive(Debug, Clone, Copy)]
pub(super) struct MillesimeText {
    bytes: [u8; 9],
    len: usize,
}

impl MillesimeText {
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
pub(super) struct KeyColumns {
    millesime: Option<usize>,
    uai: Option<usize>,
    region: Option<usize>,
    region_ij: Option<usize>,
    filiere: Option<usize>,
    cfd: Option<usize>,
    mefstat11: Option<usize>,
    code: Option<usize>,
    millesimes: Memory<MillesimeText>,
    filieres: Memory<Filiere>,
}

impl KeyColumns {
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
            millesimes: Memory::default(),
            filieres: Memory::default(),
        }
    }

    pub(super) fn read(&mut self, line: &Line<'_>) -> Result<MesureKey, Rejection> {
        let column = self.millesime.unwrap_or_default();
        let millesime = self.millesimes.get(line.field(self.millesime), |text| millesime(text, column))?;
        let column = self.filiere.unwrap_or_default();
        let filiere = self.filieres.get(line.field(self.filiere), |text| filiere(text, column))?;
        Ok(MesureKey { lieu: self.lieu(line)?, code: self.certification(line, filiere)?, filiere, millesime })
    }

    fn lieu(&self, line: &Line<'_>) -> Result<Lieu, Rejection> {
        if self.uai.is_some() {
            return fields::uai(line, self.uai).map(Lieu::Etablissement);
        }
        let insee = region(line, self.region, CodeRegion::from_stored)?;
        let academique = region(line, self.region_ij, CodeRegion::from_academique)?;
        match (insee, academique, self.region.or(self.region_ij)) {
            (Some(insee), Some(academique), _) if insee != academique => {
                let valeur = format!("{} / {}", line.field(self.region), line.field(self.region_ij));
                Err(Rejection::line(RejectionReason::RegionsContraires, valeur)
                    .expected(format!("le code académique désigne la région {academique}")))
            }
            (Some(region), ..) | (None, Some(region), _) => Ok(Lieu::Region(region)),
            (None, None, None) => Ok(Lieu::France),
            (None, None, Some(column)) => Err(Rejection::field(RejectionReason::RegionInconnue, column, "")),
        }
    }

    fn certification(&self, line: &Line<'_>, filiere: Filiere) -> Result<CodeCertification, Rejection> {
        let apprentissage = filiere == Filiere::Apprentissage;
        let (own, other) = if apprentissage { (self.cfd, self.mefstat11) } else { (self.mefstat11, self.cfd) };
        let filled = [own, self.code].into_iter().find_map(|column| Some((column?, line.filled(column)?)));
        let Some((column, text)) = filled else {
            return Err(match other.and_then(|index| Some((index, line.filled(other)?))) {
                Some((index, text)) => {
                    Rejection::field(RejectionReason::CodeEtFiliere, index, text).expected(expected(filiere))
                }
                None => {
                    Rejection::field(RejectionReason::CodeManquant, own.or(self.code).or(other).unwrap_or_default(), "")
                }
            });
        };
        let read = if apprentissage { fields::cfd(text) } else { fields::mef_stat_11(text) };
        read.ok_or_else(|| {
            let shape_of_another = fields::mef_stat_11(text).is_some() || fields::cfd(text).is_some();
            let motif = if shape_of_another { RejectionReason::CodeEtFiliere } else { RejectionReason::CodeInvalide };
            Rejection::field(motif, column, text).expected(expected(filiere))
        })
    }
}

fn expected(filiere: Filiere) -> &'static str {
    match filiere {
        Filiere::Apprentissage => "attendu : un CFD, 8 caractères",
        _ => "attendu : un MEFSTAT11, 11 caractères",
    }
}

pub(super) fn millesime(text: &str, column: usize) -> Result<MillesimeText, Rejection> {
    Millesime::parse_source(text)
        .map(MillesimeText::new)
        .map_err(|invalid| Rejection::field(RejectionReason::MillesimeInvalide, column, text).car(invalid))
}

fn filiere(text: &str, column: usize) -> Result<Filiere, Rejection> {
    Filiere::parse_source(text).filter(|filiere| *filiere != Filiere::Superieur).ok_or_else(|| {
        Rejection::field(RejectionReason::FiliereInconnue, column, text)
            .expected("attendu : apprentissage, scolaire, pro, voie_pro_sco_educ_nat, agricole ou voie_pro_sco_agri")
    })
}

/// The région of one of the two code columns, if the column is there and filled; a leading zero
/// that a spreadsheet has eaten is put back.
fn region(
    line: &Line<'_>,
    column: Option<usize>,
    find: fn(&str) -> Option<CodeRegion>,
) -> Result<Option<CodeRegion>, Rejection> {
    let (Some(index), Some(text)) = (column, line.filled(column)) else { return Ok(None) };
    let found = match text.len() {
        1 => find(&format!("0{text}")),
        _ => find(text),
    };
    found.map(Some).ok_or_else(|| Rejection::field(RejectionReason::RegionInconnue, index, text))
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
            assert!(verify(&mesures(values)).is_err(), "{values:?}");
        }
        for values in [&[(E, 50), (P, 20), (S, 20), (J6, 20)][..], &[(E, 50), (P, 50)], &[(J6, 3)], &[]] {
            assert!(verify(&mesures(values)).is_ok(), "{values:?}");
        }
    }

    #[test]
    fn every_measure_has_a_column() {
        for mesure in Mesure::ALL {
            assert!(COLUMNS.iter().any(|column| column.nom == mesure.as_str()), "{mesure}");
        }
    }
}
