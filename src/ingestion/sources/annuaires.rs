//! Rows of the three directories of établissements: the same facts under different column names.
//!
//! A directory says where an établissement is in the codes of its time: régions and départements
//! of INSEE with or without leading zeros (`001`, `02A`), académies that have merged since, and
//! pseudo-codes for abroad and for «none». What is no territory stays empty, and is reported when
//! it looks like one; the row is kept, because the name and the rest are right all the same.
//! Coordinates are taken where a file gives degrees, never where it gives metres of a projection
//! that it does not name.

use super::super::fields::{self, Line};
use super::super::plausibility::Rule;
use super::super::rejections::{Rejection, RejectionReason};
use super::{Adapter, Dataset, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::AnnuaireRow;
use crate::db::ingestion::tables::Table;
use crate::domain::etablissement::Secteur;
use crate::domain::position::{Placed, place};
use crate::domain::site_web::site_web;
use crate::domain::territoire::{Academie, Departement};
use crate::domain::text::fold;
use crate::domain::{CodeRegion, Position, Uai};

/// How a directory writes that there is no territory, or none in France.
const PSEUDO_CODES: [&str; 6] = ["#", "$", "0", "00", "000", "99"];

/// Opens a directory whose columns are declared under the names used here.
pub(super) fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Annuaires {
        dataset: opening.dataset,
        uai: at("uai"),
        names: [at("nom"), at("denomination_principale")],
        adresse: at("adresse"),
        code_postal: at("code_postal"),
        code_commune: at("code_commune"),
        commune: at("nom_commune"),
        departement: at("code_departement"),
        academie: at("code_academie"),
        region: at("code_region"),
        latitude: at("latitude"),
        longitude: at("longitude"),
        secteur: at("secteur"),
        site_web: at("site_web"),
        states: [at("etat_libelle"), at("etat")],
    };
    OpenedSource::new(Table::Annuaire, adapter)
}

struct Annuaires {
    dataset: Dataset,
    uai: Option<usize>,
    /// The name served, and what stands in for it.
    names: [Option<usize>; 2],
    adresse: Option<usize>,
    code_postal: Option<usize>,
    code_commune: Option<usize>,
    commune: Option<usize>,
    departement: Option<usize>,
    academie: Option<usize>,
    region: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
    secteur: Option<usize>,
    site_web: Option<usize>,
    /// Label, then code.
    states: [Option<usize>; 2],
}

impl Adapter for Annuaires {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let uai = fields::uai(line, self.uai)?;
        let departement = read(line, self.departement, departement, output);
        let region = read(line, self.region, region, output).or_else(|| departement?.region());
        if let Some(said) = region {
            output.region(line, self.region.or(self.departement), said, uai);
        }
        let position = self.position(line, uai, departement, output)?;
        let site_web = self.site_web(line, output);
        let nom = self.names.into_iter().find_map(|column| output.label(line, column));
        let [adresse, commune] = [self.adresse, self.commune].map(|column| output.label(line, column));
        let row = AnnuaireRow {
            dataset: self.dataset,
            uai,
            nom: nom.as_deref(),
            adresse: adresse.as_deref(),
            code_postal: line.filled(self.code_postal),
            code_commune: line.filled(self.code_commune),
            commune: commune.as_deref(),
            departement,
            academie: read(line, self.academie, academie, output),
            region,
            latitude: position.map(|position| position.latitude),
            longitude: position.map(|position| position.longitude),
            secteur: read(line, self.secteur, secteur, output),
            site_web: site_web.as_deref(),
            ouvert: self.states.into_iter().find_map(|column| is_open(line.field(column))),
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

impl Annuaires {
    /// Where the établissement stands, put right or dropped where it is not in its territory.
    fn position(
        &self,
        line: &Line<'_>,
        uai: Uai,
        departement: Option<&'static Departement>,
        output: &mut Output,
    ) -> Result<Option<Position>, Rejection> {
        let (latitude, longitude) = (degrees(line, self.latitude, f64::MAX)?, degrees(line, self.longitude, 180.0)?);
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return Ok(None) };
        let known: Vec<_> = Departement::from_uai(uai).into_iter().chain(departement).collect();
        let placed = place(&known, Position { latitude, longitude });
        let rule = match placed {
            Placed::Inside(_) => return Ok(placed.position()),
            Placed::Swapped(_) => Rule::SwappedPosition,
            Placed::Outside => Rule::PositionOutside,
        };
        let valeur = format!("{latitude}; {longitude}");
        output.find(rule, line.number, self.latitude, &valeur, || rule.sentence().to_owned());
        Ok(placed.position())
    }

    fn site_web(&self, line: &Line<'_>, output: &mut Output) -> Option<String> {
        let text = line.filled(self.site_web)?;
        let found = site_web(text);
        if found.is_none() {
            let rule = Rule::NoWebSite;
            output.find(rule, line.number, self.site_web, text, || rule.sentence().to_owned());
        }
        found
    }
}

/// Reads a word of a closed list; one that is not in it and stands for nothing is reported.
fn read<T>(line: &Line<'_>, column: Option<usize>, read: fn(&str) -> Option<T>, output: &mut Output) -> Option<T> {
    let text = &*output.label(line, column)?;
    let found = read(text);
    if found.is_none() && !PSEUDO_CODES.contains(&text.trim_start_matches('0')) && !PSEUDO_CODES.contains(&text) {
        output.find(Rule::UnknownWord, line.number, column, text, || Rule::UnknownWord.sentence().to_owned());
    }
    found
}

/// A département by its INSEE code, written on two or three characters; Corse also by the digits
/// that its UAIs begin with.
fn departement(text: &str) -> Option<&'static Departement> {
    match text {
        "620" => return Departement::from_code("2A"),
        "720" => return Departement::from_code("2B"),
        _ => {}
    }
    let upper = text.to_ascii_uppercase();
    let code = match upper.len() {
        1 => format!("0{upper}"),
        3 => upper.strip_prefix('0').map_or_else(|| upper.clone(), str::to_owned),
        _ => upper,
    };
    Departement::from_code(&code)
}

/// An académie; Caen and Rouen are Normandie since 2020.
fn academie(text: &str) -> Option<&'static Academie> {
    match text.trim_start_matches('0') {
        "5" | "21" => Academie::from_code("70"),
        one if one.len() == 1 => Academie::from_code(&format!("0{one}")),
        code => Academie::from_code(code),
    }
}

/// A région by its INSEE code; `00` is that of the overseas collectivities.
fn region(text: &str) -> Option<CodeRegion> {
    if text.len() == 1 { CodeRegion::from_stored(&format!("0{text}")) } else { CodeRegion::from_stored(text) }
}

/// `PU`, `PR` in one directory, `Public`, `Privé` in the others.
fn secteur(text: &str) -> Option<Secteur> {
    match fold(text).as_str() {
        "pu" | "public" => Some(Secteur::Public),
        "pr" | "prive" => Some(Secteur::Prive),
        _ => None,
    }
}

/// Whether the état says that the place is open: one that will close still is, one that will open
/// is not yet. Of the codes only 1 means the same in all directories.
fn is_open(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "1" | "ouvert" | "a fermer" => Some(true),
        "ferme" | "a ouvrir" => Some(false),
        _ => None,
    }
}

/// A number of degrees up to `limite`. A latitude has no limit here: it may be a longitude, or
/// metres, and then it costs itself.
fn degrees(line: &Line<'_>, column: Option<usize>, limite: f64) -> Result<Option<f64>, Rejection> {
    let (Some(index), Some(text)) = (column, line.filled(column)) else { return Ok(None) };
    let value: Option<f64> = text.replace(',', ".").parse().ok();
    value.filter(|degrees| degrees.is_finite() && degrees.abs() <= limite).map(Some).ok_or_else(|| {
        Rejection::field(RejectionReason::PositionInvalide, index, text).expected("attendu : un nombre de degrés")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departement_is_read_in_every_spelling() {
        for (text, code) in [
            ("001", Some("01")),
            ("1", Some("01")),
            ("35", Some("35")),
            ("035", Some("35")),
            ("02A", Some("2A")),
            ("2a", Some("2A")),
            ("620", Some("2A")),
            ("02B", Some("2B")),
            ("974", Some("974")),
            ("020", None),
            ("099", None),
            ("#", None),
        ] {
            assert_eq!(departement(text).map(|d| d.code), code, "{text}");
        }
    }

    #[test]
    fn old_academies_are_read_as_the_one_they_became() {
        for (text, code) in
            [("05", Some("70")), ("5", Some("70")), ("21", Some("70")), ("1", Some("01")), ("70", Some("70"))]
        {
            assert_eq!(academie(text).map(|a| a.code), code, "{text}");
        }
        for text in ["99", "#", "$", "00"] {
            assert!(academie(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_place_that_will_open_is_not_open_and_one_that_will_close_still_is() {
        for (text, expected) in [
            ("OUVERT", Some(true)),
            ("1", Some(true)),
            ("A FERMER", Some(true)),
            ("Fermé", Some(false)),
            ("A OUVRIR", Some(false)),
            ("3", None),
            ("", None),
        ] {
            assert_eq!(is_open(text), expected, "{text}");
        }
    }
}
