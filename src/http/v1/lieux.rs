//! Where: the filters on the place of an établissement that several lists share.

use super::parameters::REGION;
use crate::db::lists::{Proximity, Zone};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{Invalid, Position};
use crate::http::parameters::param::whole;
use crate::http::parameters::{Description, Param, Reader, Shape};

/// The radius around a point when none is asked for.
const RADIUS_DEFAULT: u16 = 50;
/// The largest radius.
const RADIUS_MAX: i64 = 500;

const ACADEMIE: Param<&Academie> = Param::new(
    Description::new(
        "academie",
        Shape::Words(|| Academie::all().iter().map(|academie| academie.code.to_owned()).collect()),
        "Code d'une académie.",
    )
    .example("01"),
    |code| known(Academie::from_code(code), "academies"),
);

const DEPARTEMENT: Param<&Departement> = Param::new(
    Description::new(
        "departement",
        Shape::Words(|| Departement::all().iter().map(|departement| departement.code.to_owned()).collect()),
        "Code INSEE d'un département.",
    )
    .example("75"),
    |code| known(Departement::from_code(code), "departements"),
);

pub(super) const PROCHE: Param<Position> = Param::new(
    Description::new(
        "proche",
        Shape::Text(POINT, (3, 41)),
        "Latitude et longitude d'un point, en degrés décimaux, séparées par une virgule : seulement les établissements à\n\
         moins de `rayon_km`, le plus proche d'abord. Ceux dont aucun annuaire ne donne la position n'y sont pas.",
    )
    .example("48.117,-1.678"),
    point,
);

/// At most 90 degrees, a comma, at most 180 degrees.
const POINT: &str = r"-?(?:90(?:\.0{0,15})?|[0-8]?[0-9](?:\.[0-9]{0,15})?), ?-?(?:180(?:\.0{0,15})?|(?:1[0-7]|[0-9])?[0-9](?:\.[0-9]{0,15})?)";

const RAYON_KM: Param<u16> = Param::new(
    Description::new(
        "rayon_km",
        Shape::Whole(1, RADIUS_MAX),
        "Rayon autour de `proche`, en kilomètres. Sans ce paramètre : 50.",
    )
    .example("20"),
    |text| radius(text, RADIUS_MAX),
);

/// Reads the filters on the place; the rest of the zone is everything.
pub(super) fn zone(reader: &mut Reader<'_>) -> Zone {
    Zone {
        region: reader.ask(&REGION),
        academie: reader.ask(&ACADEMIE),
        departement: reader.ask(&DEPARTEMENT),
        proximity: proximity(reader),
        ..Zone::default()
    }
}

fn known<T>(found: Option<T>, list: &str) -> Result<T, Invalid> {
    found.ok_or_else(|| Invalid(format!("code inconnu ; la liste est donnée par /api/v1/referentiels/{list}")))
}

fn proximity(reader: &mut Reader<'_>) -> Option<Proximity> {
    let (centre, radius) = (reader.ask(&PROCHE), reader.ask(&RAYON_KM));
    if let (None, Some(radius)) = (centre, radius)
        && !reader.is_given(&PROCHE)
    {
        let detail = "« rayon_km » va avec « proche » : donnez aussi le point";
        reader.refuse(RAYON_KM.description.name, &radius.to_string(), detail);
    }
    Some(Proximity { centre: centre?, rayon_km: radius.unwrap_or(RADIUS_DEFAULT) })
}

/// A whole number of kilometres.
///
/// # Errors
/// Any other text, nothing, and more than `most`.
pub(super) fn radius(text: &str, most: i64) -> Result<u16, Invalid> {
    let expected = || Invalid(format!("attendu : un nombre entier de kilomètres, de 1 à {most}"));
    whole(text, 1, most).ok().and_then(|radius| u16::try_from(radius).ok()).ok_or_else(expected)
}

/// `48.117,-1.678`.
fn point(text: &str) -> Result<Position, Invalid> {
    let degrees = |text: &str, most: f64| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        text.parse::<f64>().ok().filter(|degrees| plain && degrees.abs() <= most)
    };
    text.split_once(',')
        .and_then(|(latitude, longitude)| {
            Some(Position { latitude: degrees(latitude.trim(), 90.0)?, longitude: degrees(longitude.trim(), 180.0)? })
        })
        .ok_or_else(|| {
            Invalid(
                "attendu : latitude et longitude en degrés décimaux, séparées par une virgule (48.117,-1.678)"
                    .to_owned(),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_two_decimal_numbers_on_the_earth() {
        let rennes = Position { latitude: 48.117, longitude: -1.678 };
        assert_eq!(point("48.117,-1.678"), Ok(rennes));
        assert_eq!(point("48.117, -1.678"), Ok(rennes));
        for text in ["", "48.117", "48.117;-1.678", "91,0", "0,181", "NaN,0", "inf,0", "1e1,0", "a,b", "1,2,3"] {
            assert!(point(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_radius_is_a_whole_number_of_kilometres() {
        assert_eq!(radius("20", RADIUS_MAX), Ok(20));
        for text in ["0", "501", "+5", "2.5", "-1", "99999999999", ""] {
            assert!(radius(text, RADIUS_MAX).is_err(), "{text}");
        }
    }
}
