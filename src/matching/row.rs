//! A row of a catalogue becomes an offer: its UAIs in the order in which they are tried, its voie,
//! and its codes, of which those that no table has are told and left out.

use sha2::{Digest as _, Sha256};

use super::cells::{self, Piece, clean};
use super::columns::{Columns, Field};
use super::index::Index;
use crate::domain::filiere::closed_list;
use crate::domain::text::fold;
use crate::domain::{CodeCertification, CodeSystem, Invalid, PlatformCode, Uai};
use std::fmt;

closed_list! {
    /// How an offer is taught.
    Voie {
        /// School-based.
        Scolaire = "scolaire",
        /// In apprenticeship.
        Apprentissage = "apprentissage",
    }
}

impl Voie {
    fn read(text: &str) -> Option<Self> {
        match fold(text).as_str() {
            "scolaire" | "st" | "statut scolaire" | "voie scolaire" => Some(Self::Scolaire),
            "apprentissage" | "ap" | "apprenti" | "en apprentissage" => Some(Self::Apprentissage),
            _ => None,
        }
    }
}

/// The codes of a row that some table has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// MEFSTAT11s.
    pub mef11: Vec<CodeCertification>,
    /// MEFs of ten characters.
    pub mef: Vec<PlatformCode>,
    /// Diplomas.
    pub cfd: Vec<CodeCertification>,
    /// Diplomas of higher education.
    pub sise: Vec<CodeCertification>,
    /// RNCP numbers.
    pub rncp: Vec<PlatformCode>,
    /// Onisep's identifiers.
    pub onisep: Vec<PlatformCode>,
    /// Certif-Info's numbers.
    pub certif_info: Vec<PlatformCode>,
    /// The ministry's key.
    pub ministry: Option<String>,
}

impl Keys {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, code: PlatformCode) {
        fn push<T: PartialEq>(list: &mut Vec<T>, value: T) {
            if !list.contains(&value) {
                list.push(value);
            }
        }
        match (code.system(), code.certification()) {
            (CodeSystem::Cfd, Some(code)) => push(&mut self.cfd, code),
            (CodeSystem::Mef11, Some(code)) => push(&mut self.mef11, code),
            (CodeSystem::Sise, Some(code)) => push(&mut self.sise, code),
            (CodeSystem::Mef, _) => push(&mut self.mef, code),
            (CodeSystem::Rncp, _) => push(&mut self.rncp, code),
            (CodeSystem::Onisep, _) => push(&mut self.onisep, code),
            (CodeSystem::CertifInfo, _) => push(&mut self.certif_info, code),
            _ => {}
        }
    }

    /// The keys of one code.
    #[must_use]
    pub fn of(code: PlatformCode) -> Self {
        let mut keys = Self::default();
        keys.add(code);
        keys
    }
}

/// One offer of a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// Repeated in the output.
    pub id: String,
    /// Its UAIs, in the order in which they are tried.
    pub uais: Vec<Uai>,
    /// Whether a cell for UAIs is filled.
    pub has_uai: bool,
    /// How it is taught; `None` tries both.
    pub voie: Option<Voie>,
    /// Its codes.
    pub keys: Keys,
    /// Whether a cell for codes is filled.
    pub has_code: bool,
    /// Years of the course.
    pub duration: Option<i16>,
    /// Kind of diploma, as the catalogue says it.
    pub kind: Option<String>,
    /// Part of the catalogue.
    pub scope: Option<String>,
    /// How much it counts.
    pub weight: u64,
    /// Its label.
    pub label: Option<String>,
    /// Whether a code or a UAI was mended.
    pub mended: bool,
    /// Says whether a row asks the same as one of another catalogue: over its UAIs, voie, codes and
    /// duration as they were sent.
    pub fingerprint: u64,
    /// What is to be told of the cells.
    pub notes: Vec<String>,
}

impl Offer {
    /// Reads a row; `line` is its identifier where it has none.
    #[must_use]
    pub fn read<'a>(index: &Index, columns: &Columns, line: u64, cell: impl Fn(usize) -> &'a str) -> Self {
        let at = |field: Field| columns.at(field).map(&cell).unwrap_or_default();
        let text = |field| Some(clean(at(field)).into_owned()).filter(|text| !text.is_empty());
        let mut offer = Self {
            id: text(Field::Id).unwrap_or_else(|| line.to_string()),
            kind: text(Field::Kind),
            scope: text(Field::Scope),
            label: text(Field::Label),
            ..Self::default()
        };
        offer.fingerprint = fingerprint(at);
        for field in Field::UAIS {
            offer.read_uais(at(field));
        }
        for (field, system) in [
            (Field::Mef11, CodeSystem::Mef11),
            (Field::Mef, CodeSystem::Mef),
            (Field::Cfd, CodeSystem::Cfd),
            (Field::Sise, CodeSystem::Sise),
            (Field::Rncp, CodeSystem::Rncp),
            (Field::Onisep, CodeSystem::Onisep),
            (Field::CertifInfo, CodeSystem::CertifInfo),
        ] {
            offer.read_codes(index, system, at(field));
        }
        offer.read_key(index, text(Field::MinistryKey));
        offer.read_voie(text(Field::Voie).as_deref());
        offer.read_numbers(text(Field::Duration).as_deref(), text(Field::Weight).as_deref());
        offer
    }

    fn read_uais(&mut self, cell: &str) {
        let cell = clean(cell);
        for piece in cell.split([';', ',', '|']).map(str::trim).filter(|piece| !piece.is_empty()) {
            self.has_uai = true;
            match cells::uai(&clean(piece)) {
                Some((uai, mended)) => {
                    if mended {
                        self.mended = true;
                        self.notes.push(format!("Zéro de tête rétabli : {} → {uai}.", shortened(piece)));
                    }
                    if !self.uais.contains(&uai) {
                        self.uais.push(uai);
                    }
                }
                None => self.notes.push(format!("UAI illisible : « {} ».", shortened(piece))),
            }
        }
    }

    fn read_codes(&mut self, index: &Index, system: CodeSystem, cell: &str) {
        for piece in cells::codes(index, system, cell) {
            self.has_code = true;
            match piece {
                Piece::Known(code) => self.keys.add(code),
                Piece::Mended(code, text) => {
                    self.mended = true;
                    self.notes.push(format!("Code remis en forme : {} → {code}.", shortened(&text)));
                    self.keys.add(code);
                }
                Piece::Exponent(text) => self.notes.push(format!(
                    "« {} » est un nombre abrégé par un tableur, ses chiffres sont perdus : exportez la colonne comme du texte.",
                    shortened(&text)
                )),
                Piece::Unknown(text) => {
                    self.notes.push(format!("{} inconnu : « {} ».", system.prefix(), shortened(&text)));
                }
            }
        }
    }

    fn read_key(&mut self, index: &Index, key: Option<String>) {
        let Some(key) = key else { return };
        self.has_code = true;
        if index.keyed(&key).next().is_some() {
            self.keys.ministry = Some(key);
        } else {
            self.notes.push(format!("Clé ministère éducatif inconnue : « {} ».", shortened(&key)));
        }
    }

    fn read_voie(&mut self, text: Option<&str>) {
        self.voie = text.and_then(Voie::read);
        let note = match text {
            _ if self.voie.is_some() => return,
            Some(text) => format!("Voie inconnue : « {} » ; les deux sont essayées.", shortened(text)),
            // SISE codes do not look at it.
            None if !self.keys.sise.is_empty() => return,
            None => "La voie n'est pas précisée : les deux sont essayées.".to_owned(),
        };
        self.notes.push(note);
    }

    fn read_numbers(&mut self, duration: Option<&str>, weight: Option<&str>) {
        let years = |text: &str| text.split_whitespace().next()?.parse().ok().filter(|years| (1..=9).contains(years));
        self.duration = duration.and_then(years);
        if let Some(text) = weight {
            let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let whole = compact.split_once(['.', ',']).map_or(compact.as_str(), |(whole, _)| whole);
            match whole.parse() {
                Ok(weight) => self.weight = weight,
                Err(_) => self.notes.push(format!("Poids illisible : « {} », compté 0.", shortened(text))),
            }
        }
    }
}

/// A stable number of the cells that decide.
fn fingerprint<'a>(at: impl Fn(Field) -> &'a str) -> u64 {
    let mut hash = Sha256::new();
    for field in Field::UAIS.into_iter().chain(Field::CODES).chain([Field::Voie, Field::Duration]) {
        hash.update(clean(at(field)).as_bytes());
        hash.update([0]);
    }
    hash.finalize().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A text of a cell for a sentence.
fn shortened(text: &str) -> String {
    const LONG: usize = 40;
    if text.chars().count() <= LONG { text.to_owned() } else { text.chars().take(LONG).chain(['…']).collect() }
}
