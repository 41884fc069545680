//! A small publication, made by hand, and rows of catalogues with the verdicts that docs/MATCHING.md
//! promises for them.

use std::collections::HashMap;

use chrono::NaiveDate;

use exposition::domain::crosswalk::{CodeLink, Relation};
use exposition::domain::matching::{KnownPlace, PairEntry, PairFigures};
use exposition::domain::sources::{AttachmentRow, CatalogueRow};
use exposition::domain::{
    Certification, CodeCertification, CodeRegion, Dataset, Diplome, Famille, FileId, Filiere, Lieu, Millesime,
    Nomenclature, PlatformCode, RoleUai, TypeOrigine, Uai, Valeur,
};
use exposition::matching::columns::{Columns, Field, Wanted};
use exposition::matching::correction::{CorrectionRow, Corrections};
use exposition::matching::rules::{Circumstances, judge};
use exposition::matching::{Index, IndexBuilder, Offer, Verdict};

pub fn code(text: &str) -> CodeCertification {
    CodeCertification::from_stored(text).unwrap()
}

/// A UAI of the département 75 (région 11), by its number.
pub fn uai(number: u32) -> Uai {
    let number = 750_000 + number;
    Uai::parse(&format!("{number:07}{}", char::from(Uai::letter(number)))).unwrap()
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, 1).unwrap()
}

pub fn certification(text: &str) -> Certification {
    let code = code(text);
    Certification {
        code,
        cfd: Some(code).filter(|code| code.as_str().len() == 8),
        libelle: format!("FORMATION {text}"),
        libelle_ancien: None,
        diplome: Some(Diplome { code: "4".to_owned(), libelle: "BAC PRO".to_owned() }),
        date_ouverture: NaiveDate::from_ymd_opt(2010, 9, 1),
        date_fermeture: None,
        premiere_session: None,
        derniere_session: None,
        duration: None,
        annee: None,
        nomenclature: Nomenclature::default(),
        famille: None,
        anciens: vec![],
        nouveaux: vec![],
    }
}

/// A year of a diploma's school-based course.
fn mef(text: &str, cfd: &str, annee: i16, duration: i16) -> Certification {
    Certification { cfd: Some(code(cfd)), annee: Some(annee), duration: Some(duration), ..certification(text) }
}

fn renovated(old: &str, newer: &str) -> [Certification; 2] {
    let closing = NaiveDate::from_ymd_opt(2022, 8, 31);
    [
        Certification { nouveaux: vec![code(newer)], date_fermeture: closing, ..certification(old) },
        Certification { anciens: vec![code(old)], ..certification(newer) },
    ]
}

fn member(text: &str, cfd: &str, annee_commune: bool) -> Certification {
    let famille = Some(Famille { code: "G1".to_owned(), libelle: "Famille".to_owned(), annee_commune });
    let base = if text == cfd { certification(text) } else { mef(text, cfd, if annee_commune { 1 } else { 3 }, 3) };
    Certification { famille, ..base }
}

/// What an entry shows.
pub enum Shown {
    Parts(i32, i32),
    Small,
    Withheld,
}

pub struct World(pub IndexBuilder);

impl World {
    pub fn entry(&mut self, lieu: Lieu, text: &str, filiere: Filiere, year: u16, shown: &Shown, role: Option<RoleUai>) {
        let (effectif, parts) = match shown {
            Shown::Parts(a, b) => (100, [Valeur::Connue(*a), Valeur::Connue(*b), Valeur::Connue(100 - a - b)]),
            Shown::Small => (12, [Valeur::SOUS_SEUIL; 3]),
            Shown::Withheld => (40, [Valeur::NON_DIFFUSE; 3]),
        };
        let millesime = Millesime::single(year);
        let figures = PairFigures {
            filiere,
            millesime,
            effectif: Valeur::Connue(effectif),
            parts,
            sans_perspectives: parts[0].known().zip(parts[1].known()).map(|(a, b)| a < 30 && b < 50),
            origine: TypeOrigine::Propre,
            code_origine: code(text),
            uai_origine: None,
            source: Some(Dataset::InserjeunesMesures),
            cellules: None,
            role,
        };
        let entry =
            PairEntry { lieu, code: code(text), figures: Some(figures), terminales: vec![], filiere, millesime };
        self.0.entry(entry);
    }

    fn school(&mut self, place: u32, text: &str, shown: &Shown) {
        self.entry(Lieu::Etablissement(uai(place)), text, Filiere::Pro, 2023, shown, Some(RoleUai::LieuFormation));
    }

    fn apprentices(&mut self, place: u32, text: &str, shown: &Shown, role: RoleUai) {
        self.entry(Lieu::Etablissement(uai(place)), text, Filiere::Apprentissage, 2023, shown, Some(role));
    }

    fn pointer(&mut self, place: u32, text: &str, terminales: &[&str]) {
        self.0.entry(PairEntry {
            lieu: Lieu::Etablissement(uai(place)),
            code: code(text),
            figures: None,
            terminales: terminales.iter().map(|text| code(text)).collect(),
            filiere: Filiere::Pro,
            millesime: Millesime::single(2023),
        });
    }
}

pub fn link(from: &str, to: &str, relation: Relation, duration: Option<i16>) -> [CodeLink; 2] {
    let [from, to] = [from, to].map(|text| PlatformCode::parse(text).unwrap());
    let link = CodeLink { from, to, relation, duration, source: Dataset::RncpCfd, fichier: FileId(1), line: 1 };
    [link, CodeLink { from: to, to: from, relation: relation.reversed(), ..link }]
}

fn row(cfd: &str, places: [u32; 3], key: Option<&str>) -> CatalogueRow {
    let [lieu, formateur, gestionnaire] = places.map(|number| (number > 0).then(|| uai(number)));
    CatalogueRow { cfd: code(cfd), lieu, formateur, gestionnaire, ministry_key: key.map(str::to_owned) }
}

/// The diplomas and their courses.
fn codes() -> Vec<Certification> {
    // A bac pro of three years; a CAP of one and of two; a renovated BTS; a famille with a common year.
    let mut codes = vec![
        certification("40000001"),
        mef("24710000001", "40000001", 1, 3),
        mef("24720000001", "40000001", 2, 3),
        mef("24730000001", "40000001", 3, 3),
        certification("50000002"),
        mef("24110000002", "50000002", 1, 2),
        mef("24120000002", "50000002", 2, 2),
        mef("24210000002", "50000002", 1, 1),
        member("40000009", "40000009", true),
        member("24710000009", "40000009", true),
        member("40000010", "40000010", false),
        member("24730000010", "40000010", false),
        member("40000011", "40000011", false),
        member("24730000011", "40000011", false),
        // A CFD that begins with a zero, higher education, one too new, one never measured, one that was.
        certification("01000005"),
        Certification { cfd: None, ..certification("2500001") },
        Certification { cfd: None, ..certification("0500001") },
        Certification { date_ouverture: NaiveDate::from_ymd_opt(2022, 9, 1), ..certification("40000020") },
        Certification { date_ouverture: NaiveDate::from_ymd_opt(2022, 9, 1), ..mef("24730000020", "40000020", 3, 3) },
        certification("40000021"),
        mef("24730000021", "40000021", 3, 3),
        certification("40000022"),
        mef("24730000022", "40000022", 3, 3),
    ];
    codes.extend(renovated("32000003", "32000004"));
    codes
}

/// What the crosswalks say.
fn links() -> Vec<CodeLink> {
    let same = |a, b| link(a, b, Relation::Same, None);
    [
        same("MEF:3112011621", "MEFSTAT11:24730000001"),
        same("MEF:0112011621", "MEFSTAT11:24730000010"),
        same("RNCP:100", "CFD:40000001"),
        same("RNCP:101", "CFD:50000002"),
        same("RNCP:102", "CFD:40000010"),
        same("RNCP:102", "CFD:40000011"),
        same("RNCP:103", "CFD:32000004"),
        same("RNCP:104", "SISE:2500001"),
        link("RNCP:99", "RNCP:100", Relation::ReplacedBy, None),
        link("ONISEP:FOR.7", "CFD:50000002", Relation::Same, None),
        same("ONISEP:FOR.8", "RNCP:100"),
        same("CERTIFINFO:83467", "CFD:40000001"),
    ]
    .concat()
}

/// Who shows what, and where.
fn figures(world: &mut World) {
    let parts = Shown::Parts(40, 30);
    world.school(1, "24730000001", &parts);
    world.pointer(1, "24710000001", &["24730000001"]);
    world.pointer(1, "24720000001", &["24730000001"]);
    world.school(2, "24730000001", &Shown::Small);
    world.school(3, "24730000001", &Shown::Withheld);
    world.school(4, "24120000002", &parts);
    world.school(4, "24210000002", &parts);
    world.school(5, "24120000002", &parts);
    world.school(6, "24730000010", &parts);
    world.pointer(6, "24710000009", &["24730000010"]);
    world.pointer(6, "40000009", &["24730000010"]);
    world.school(11, "24730000021", &parts);
    world.apprentices(21, "32000004", &Shown::Parts(20, 30), RoleUai::Formateur);
    world.apprentices(30, "40000001", &parts, RoleUai::LieuFormation);
    world.apprentices(31, "32000003", &parts, RoleUai::LieuFormation);
    world.apprentices(25, "01000005", &parts, RoleUai::Formateur);
    world.entry(Lieu::Etablissement(uai(33)), "2500001", Filiere::Superieur, 2023, &parts, None);
    world.entry(Lieu::Etablissement(uai(34)), "24730000022", Filiere::Pro, 2021, &parts, Some(RoleUai::LieuFormation));
    world.entry(
        Lieu::Region(CodeRegion::from_stored("11").unwrap()),
        "24730000001",
        Filiere::Pro,
        2023,
        &Shown::Parts(41, 31),
        None,
    );
    world.entry(Lieu::France, "24730000001", Filiere::Pro, 2023, &Shown::Parts(42, 32), None);
    world.entry(Lieu::France, "24120000002", Filiere::Pro, 2023, &Shown::Parts(43, 33), None);
}

/// The publication that the golden rows are judged by; docs at each group of codes.
pub fn world() -> Index {
    let mut world = World(IndexBuilder::default());
    world.0.places((1..=40).map(|number| KnownPlace { uai: uai(number), region: CodeRegion::from_stored("11") }));
    world.0.certifications(codes());
    world.0.links(links());
    world.0.attachments([
        AttachmentRow { uai: uai(12), mother: uai(11) },
        AttachmentRow { uai: uai(14), mother: uai(11) },
    ]);
    world.0.catalogue([
        // 20 teaches, 21 trains, 22 manages; 23 is a second place of the same trainer.
        row("32000004", [20, 21, 22], Some("cle-1")),
        row("32000004", [23, 21, 22], None),
        // Two trainers for one place.
        row("01000005", [24, 25, 0], None),
        row("01000005", [24, 26, 0], None),
    ]);
    figures(&mut world);
    world.0.build()
}

/// A row: `uai=… cfd=…`, where `#3` is the UAI of number 3.
pub fn offer(index: &Index, text: &str) -> Offer {
    let names: Vec<String> = Field::ALL.iter().map(ToString::to_string).collect();
    let columns = Columns::find(&names, &Wanted::default()).unwrap();
    let cell = |value: &str| match value.strip_prefix('#') {
        Some(number) => uai(number.parse().unwrap()).to_string(),
        None => value.to_owned(),
    };
    let cells: HashMap<&str, String> = text
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name, cell(value)))
        .collect();
    Offer::read(index, &columns, 2, |at| cells.get(names[at].as_str()).map_or("", String::as_str))
}

pub fn judged(index: &Index, text: &str, corrections: &[[&str; 5]]) -> Verdict {
    let rows = corrections.iter().map(|[id, kind, code, motif, uai]| CorrectionRow {
        id: (*id).to_owned(),
        kind: (*kind).to_owned(),
        code: (*code).to_owned(),
        motif: (*motif).to_owned(),
        uai: (*uai).to_owned(),
    });
    let corrections = Corrections::read(index, rows).unwrap();
    judge(index, &offer(index, text), Circumstances { today: today(), corrections: &corrections })
}

/// `statut uai code regle`, UAIs by their number.
pub fn brief(verdict: &Verdict) -> String {
    let number = |uai: Uai| uai.as_str().get(..7).unwrap().parse::<u32>().unwrap() - 750_000;
    let hit = verdict.hit.map(|hit| format!("#{} {}", number(hit.uai), hit.code));
    let candidates = verdict.several.iter().flat_map(|several| &several.candidates);
    let candidates = candidates.map(|(uai, code)| format!("#{}:{code}", number(*uai)));
    let rule = verdict.rule.map(|rule| rule.to_string());
    let words = std::iter::once(verdict.statut.to_string()).chain(hit).chain(candidates).chain(rule);
    words.collect::<Vec<_>>().join(" ")
}
