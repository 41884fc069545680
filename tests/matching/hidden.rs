//! A row of a catalogue cannot be used to learn a hidden figure: whatever hidden cells hold, every verdict
//! is the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exposition::domain::matching::{KnownPlace, PairEntry, PairFigures};
use exposition::domain::sources::{CatalogueRow, DiplomeRow, MefRow, MesuresRow, Sources, TableDiplomes};
use exposition::domain::{
    CodeCertification, CodeRegion, Dataset, FileId, Filiere, Indicateur, Lieu, Mesure, Mesures, Millesime, SEUIL,
    Statistique, TypeOrigine, Uai,
};
use exposition::indicators::{Seuils, compute};
use exposition::matching::{Index, IndexBuilder};
use exposition::offers::Format;
use proptest::prelude::*;

use super::verdicts;

const PLACES: [&str; 6] = ["", "11", "0750001U", "0750002V", "0750003W", "0750004X"];
const CODES: [&str; 3] = ["32020007", "32020008", "24720032008"];

/// Where, of which code, when; how many pupils; whether a figure is there, blank or withheld; and two
/// versions of the figures, of which the second counts only where the cell is hidden.
type Cell = (usize, usize, usize, i32, [u8; 3], [i32; 3], [i32; 3]);

fn cell() -> impl Strategy<Value = Cell> {
    let numbers = || proptest::array::uniform3(0..19i32);
    let blanks = proptest::array::uniform3(prop_oneof![8 => Just(0u8), 1 => Just(1), 1 => Just(2)]);
    (0..6usize, 0..3usize, 0..2usize, 0..45i32, blanks, numbers(), numbers())
}

fn code(text: &str) -> CodeCertification {
    CodeCertification::from_stored(text).unwrap()
}

fn measured(&(place, which, year, size, blanks, one, other): &Cell, second: bool) -> MesuresRow {
    let mut mesures = Mesures::default();
    mesures.set(Mesure::NbAnneeTerm, size);
    let figures = if second && size < SEUIL { other } else { one };
    let names = [Mesure::NbPoursuiteEtudes, Mesure::NbEnEmploi6Mois, Mesure::PartEnEmploi6Mois];
    for ((name, blank), figure) in names.into_iter().zip(blanks).zip(figures) {
        match blank {
            0 => mesures.set(name, figure),
            1 => {}
            _ => mesures.withhold(name),
        }
    }
    MesuresRow {
        lieu: Lieu::from_stored(PLACES[place]).unwrap(),
        code: code(CODES[which]),
        filiere: if which == 2 { Filiere::Pro } else { Filiere::Apprentissage },
        millesime: Millesime::pooled(2021 + u16::try_from(year).unwrap()),
        mesures,
        universites_seules: false,
        source: Dataset::InserjeunesMesures,
        fichier: FileId(1),
    }
}

fn diplome(cfd: &str, nouveaux: &[&str]) -> DiplomeRow {
    DiplomeRow {
        table: TableDiplomes::N,
        cfd: code(cfd),
        niveau: None,
        groupe_specialite: None,
        lettre_specialite: None,
        libelle_court: None,
        libelle_stat_33: None,
        libelle_long: Some("D".to_owned()),
        date_ouverture: None,
        date_fermeture: None,
        premiere_session: None,
        derniere_session: None,
        anciens: vec![],
        nouveaux: nouveaux.iter().map(|text| code(text)).collect(),
    }
}

fn mef(text: &str, annee: i16) -> MefRow {
    MefRow {
        code: code(text),
        cfd: code("32020008"),
        dispositif: None,
        duration: Some(2),
        annee: Some(annee),
        libelle_long: None,
        date_ouverture: None,
        date_fermeture: None,
    }
}

/// The index of a world, as the database would give it: what may be shown and nothing else.
fn index(cells: &BTreeMap<(usize, usize, usize), Cell>, catalogue: &[[usize; 3]], second: bool) -> Index {
    let place = |number: usize| Uai::from_stored(PLACES[2 + number]);
    let catalogue: Vec<CatalogueRow> = catalogue
        .iter()
        .map(|[lieu, formateur, gestionnaire]| CatalogueRow {
            cfd: code(CODES[1]),
            lieu: place(*lieu),
            formateur: place(*formateur),
            gestionnaire: place(*gestionnaire),
            ministry_key: None,
        })
        .collect();
    let sources = Sources {
        mesures: cells.values().map(|cell| measured(cell, second)).collect(),
        diplomes: vec![diplome(CODES[0], &[CODES[1]]), diplome(CODES[1], &[])],
        mefs: vec![mef(CODES[2], 2), mef("24710032008", 1)],
        catalogue: catalogue.clone(),
        ..Sources::default()
    };
    let computed = compute(&sources, Seuils { emploi: 30, poursuite: 50 });
    let mut builder = IndexBuilder::default();
    builder.certifications(computed.certifications);
    builder.places(computed.etablissements.iter().map(|one| KnownPlace { uai: one.uai, region: one.region }));
    builder.catalogue(catalogue);
    computed.statistiques.iter().map(entry).for_each(|entry| builder.entry(entry));
    builder.build()
}

fn entry(row: &Statistique) -> PairEntry {
    let figures = PairFigures {
        filiere: row.filiere,
        millesime: row.millesime,
        effectif: row.figures.get(Indicateur::NbAnneeTerm),
        parts: Statistique::AT_SIX_MONTHS.map(|part| row.figures.get(part)),
        sans_perspectives: row.sans_perspectives,
        origine: row.origine.type_origine,
        code_origine: row.origine.code,
        uai_origine: row.origine.uai,
        source: row.origine.source,
        cellules: row.origine.cellules,
        role: row.roles.as_ref().map(|roles| roles.role),
    };
    PairEntry {
        lieu: row.lieu,
        code: row.code,
        figures: Some(figures).filter(|figures| figures.origine != TypeOrigine::AnneeTerminale),
        terminales: row.terminales.clone(),
        filiere: row.filiere,
        millesime: row.millesime,
    }
}

/// Each code at each place, in its own voie alone, and as neither voie with another place behind it.
fn questions() -> String {
    let mut text = "uai;uai_gestionnaire;voie;cfd;mefstat11\n".to_owned();
    for uai in &PLACES[2..] {
        for (cfd, mef, voie) in
            [(CODES[0], "", "Apprentissage"), ("", CODES[2], "Scolaire"), ("", "24710032008", "Scolaire")]
        {
            writeln!(text, "{uai};;{voie};{cfd};{mef}\n{uai};{};;{cfd};{mef}", PLACES[5]).unwrap();
        }
    }
    text
}

#[test]
fn no_verdict_depends_on_a_hidden_figure() {
    assert!(CodeRegion::from_stored(PLACES[1]).is_some());
    let questions = questions();
    let config = ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() };
    let worlds = (
        proptest::collection::vec(cell(), 1..14),
        proptest::collection::vec(proptest::array::uniform3(0..4usize), 0..4),
    );
    proptest::test_runner::TestRunner::new(config)
        .run(&worlds, |(cells, catalogue)| {
            let cells = cells.into_iter().map(|cell| ((cell.0, cell.1, cell.2), cell)).collect();
            let [one, other] = [false, true].map(|second| {
                let index = index(&cells, &catalogue, second);
                verdicts(&index, &questions, Format::Csv)
                    .unwrap()
                    .iter()
                    .map(exposition::matching::Verdict::fields)
                    .collect::<Vec<_>>()
            });
            prop_assert_eq!(one, other);
            Ok(())
        })
        .unwrap();
}
