//! Where: the filters on the place of an établissement that several lists share.

use utoipa::IntoParams;

use crate::db::lists::{Proximity, Zone};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{Invalid, Position};
use crate::http::parameters::ParameterReader;

/// The radius around a point when none is asked for.
const RADIUS_DEFAULT: u16 = 50;
/// The largest radius.
const RADIUS_MAX: u16 = 500;

/// Filters on the place: `params(LieuParameters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct LieuParameters {
    /// Code INSEE d'une région, ou code postal.
    #[param(required = false, example = "11")]
    region: String,
    /// Code d'une académie.
    #[param(required = false, example = "01")]
    academie: String,
    /// Code INSEE d'un département.
    #[param(required = false, example = "75")]
    departement: String,
    /// Latitude et longitude d'un point, en degrés décimaux, séparées par une virgule : seulement les établissements à
    /// moins de `rayon_km`, le plus proche d'abord. Ceux dont aucun annuaire ne donne la position n'y sont pas.
    #[param(required = false, example = "48.117,-1.678", pattern = "^-?[0-9.]+,-?[0-9.]+$")]
    proche: String,
    /// Rayon autour de `proche`, en kilomètres. Sans ce paramètre : 50.
    #[param(required = false, minimum = 1, maximum = 500, example = 20)]
    rayon_km: u16,
}

/// Reads the filters on the place; the rest of the zone is everything.
pub(super) fn zone(params: &mut ParameterReader<'_>) -> Zone {
    Zone {
        region: params.region(),
        academie: params.read("academie", |code| known(Academie::from_code(code), "academies")),
        departement: params.read("departement", |code| known(Departement::from_code(code), "departements")),
        proximity: proximity(params),
        ..Zone::default()
    }
}

fn known<T>(found: Option<T>, list: &str) -> Result<T, Invalid> {
    found.ok_or_else(|| Invalid(format!("code inconnu ; la liste est donnée par /api/v1/referentiels/{list}")))
}

fn proximity(params: &mut ParameterReader<'_>) -> Option<Proximity> {
    let asked = params.read("proche", |text| Ok::<_, Invalid>(text.to_owned()));
    let radius = params.read("rayon_km", radius);
    let Some(text) = asked else {
        if let Some(radius) = radius {
            params.refuse("rayon_km", &radius.to_string(), "« rayon_km » va avec « proche » : donnez aussi le point");
        }
        return None;
    };
    match point(&text) {
        Ok(centre) => Some(Proximity { centre, rayon_km: radius.unwrap_or(RADIUS_DEFAULT) }),
        Err(Invalid(detail)) => {
            params.refuse("proche", &text, detail);
            None
        }
    }
}

fn radius(text: &str) -> Result<u16, Invalid> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|radius| digits && (1..=RADIUS_MAX).contains(radius))
        .ok_or_else(|| Invalid(format!("attendu : un nombre entier de kilomètres, de 1 à {RADIUS_MAX}")))
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
        assert_eq!(radius("20"), Ok(20));
        for text in ["0", "501", "+5", "2.5", "-1", "99999999999", ""] {
            assert!(radius(text).is_err(), "{text}");
        }
    }
}
