//! 100,000 rows of a catalogue against a publication of 200,000 pairs: how long matching takes, how often
//! that is as long as a plain read of the same file, and how much memory the process needs.
//!
//! `cargo bench --bench matching`

#![expect(clippy::unwrap_used, reason = "a benchmark fails as tests do")]

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use exposition::domain::matching::{KnownPlace, PairEntry, PairFigures};
use exposition::domain::{
    Certification, CodeCertification, Dataset, Filiere, Lieu, Millesime, Nomenclature, RoleUai, TypeOrigine, Uai,
    Valeur,
};
use exposition::matching::columns::Wanted;
use exposition::matching::report::Tally;
use exposition::matching::rules::{Circumstances, judge};
use exposition::matching::{Corrections, Index, IndexBuilder};
use exposition::offers::{Catalogue, Format, Limits, Output, Source, Writer};

const ROWS: u32 = 100_000;
const PLACES: u32 = 10_000;
const DIPLOMAS: u32 = 2_000;
/// Of each place.
const TAUGHT: u32 = 20;

fn uai(number: u32) -> Uai {
    Uai::parse(&format!("{number:07}{}", char::from(Uai::letter(number)))).unwrap()
}

fn cfd(number: u32) -> CodeCertification {
    CodeCertification::from_stored(&format!("400{number:05}")).unwrap()
}

fn year(number: u32) -> CodeCertification {
    CodeCertification::from_stored(&format!("2473{number:07}")).unwrap()
}

fn certification(code: CodeCertification, of: CodeCertification, last: bool) -> Certification {
    Certification {
        code,
        cfd: Some(of),
        libelle: format!("FORMATION {code}"),
        libelle_ancien: None,
        diplome: None,
        date_ouverture: NaiveDate::from_ymd_opt(2015, 9, 1),
        date_fermeture: None,
        premiere_session: None,
        derniere_session: None,
        duration: last.then_some(3),
        annee: last.then_some(3),
        nomenclature: Nomenclature::default(),
        famille: None,
        anciens: Vec::new(),
        nouveaux: Vec::new(),
    }
}

fn entry(uai: Uai, code: CodeCertification, number: u32) -> PairEntry {
    let millesime = Millesime::pooled(2023);
    let figures = PairFigures {
        filiere: Filiere::Pro,
        millesime,
        effectif: Valeur::Connue(60),
        parts: if number.is_multiple_of(4) {
            [Valeur::SOUS_SEUIL; 3]
        } else {
            [Valeur::Connue(40), Valeur::Connue(35), Valeur::Connue(25)]
        },
        sans_perspectives: Some(false),
        origine: TypeOrigine::Propre,
        code_origine: code,
        uai_origine: None,
        source: Some(Dataset::InserjeunesMesures),
        cellules: None,
        role: Some(RoleUai::LieuFormation),
    };
    let lieu = Lieu::Etablissement(uai);
    PairEntry { lieu, code, figures: Some(figures), terminales: Vec::new(), filiere: Filiere::Pro, millesime }
}

fn index() -> Index {
    let mut builder = IndexBuilder::default();
    let codes = (0..DIPLOMAS).flat_map(|number| {
        let diploma = cfd(number);
        [certification(diploma, diploma, false), certification(year(number), diploma, true)]
    });
    builder.certifications(codes);
    builder.places((0..PLACES).map(|number| KnownPlace { uai: uai(750_000 + number), region: None }));
    for place in 0..PLACES {
        for taught in 0..TAUGHT {
            builder.entry(entry(uai(750_000 + place), year((place * 7 + taught * 97) % DIPLOMAS), taught));
        }
    }
    builder.build()
}

/// Four rows of five find their pair, by MEFSTAT11 or by CFD; the fifth is taught elsewhere.
fn catalogue() -> String {
    let mut text = "id;uai;voie;mefstat11;cfd;libelle;perimetre;poids\n".to_owned();
    for row in 0..ROWS {
        let place = row % PLACES;
        let taught = if row.is_multiple_of(5) { TAUGHT + 5 } else { row % TAUGHT };
        let number = (place * 7 + taught * 97) % DIPLOMAS;
        let mef = if row.is_multiple_of(2) { year(number).to_string() } else { String::new() };
        let (uai, cfd) = (uai(750_000 + place), cfd(number));
        writeln!(text, "{row};{uai};Scolaire;{mef};{cfd};FORMATION DE LA LIGNE {row};après la 3e;{}", row % 90)
            .unwrap();
    }
    text
}

fn plain(text: &str) -> Duration {
    let start = Instant::now();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        fields += record.len();
    }
    assert_eq!(fields, 8 * ROWS as usize);
    start.elapsed()
}

fn matched(index: &Index, text: &str) -> (Duration, u64) {
    let corrections = Corrections::default();
    let circumstances =
        Circumstances { today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), corrections: &corrections };
    let start = Instant::now();
    let source = Source::memory("catalogue", text.as_bytes());
    let catalogue = Catalogue::open(source, Format::Csv, &Wanted::default(), Limits::NONE).unwrap();
    let mut writer = Writer::new(Output::of(&catalogue), io::sink()).unwrap();
    let (mut tally, mut offers) = (Tally::default(), catalogue.offers(index).unwrap());
    while let Some(offer) = offers.advance().unwrap() {
        let verdict = judge(index, &offer, circumstances);
        writer.write(&verdict).unwrap();
        tally.add(&offer, &verdict);
    }
    let report = tally.report();
    (start.elapsed(), report.ensemble.lignes_couvertes)
}

/// The most memory that the process has had, MiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let index = index();
    let text = catalogue();
    let before = peak();
    let read = (0..5).map(|_| plain(&text)).min().unwrap();
    let (time, covered) = (0..3).map(|_| matched(&index, &text)).min().unwrap();
    let rate = time.as_secs_f64() / read.as_secs_f64();
    println!("{ROWS} rows, {covered} covered: {:.2} s, {rate:.1} times a plain read of the file", time.as_secs_f64());
    if let (Some(before), Some(after)) = (before, peak()) {
        println!("memory at most: {after} MiB, of which {before} MiB are the index and the file itself");
    }
}
