//! Where: the filters on the place of an établissement that several lists share.

use utoipa::IntoParams;

use crate::db::listes::{Proximite, Zone};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{Invalide, Position};
use crate::http::parametres::Lecteur;

/// The radius around a point when none is asked for.
const RAYON_PAR_DEFAUT: u16 = 50;
/// The largest radius.
const RAYON_MAX: u16 = 500;

/// Filters on the place: `params(ParametresLieu)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct ParametresLieu {
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
pub(super) fn zone(lecteur: &mut Lecteur<'_>) -> Zone {
    Zone {
        region: lecteur.region(),
        academie: lecteur.lire("academie", |code| known(Academie::from_code(code), "academies")),
        departement: lecteur.lire("departement", |code| known(Departement::from_code(code), "departements")),
        proximite: proximite(lecteur),
        ..Zone::default()
    }
}

fn known<T>(found: Option<T>, liste: &str) -> Result<T, Invalide> {
    found.ok_or_else(|| Invalide(format!("code inconnu ; la liste est donnée par /api/v1/referentiels/{liste}")))
}

fn proximite(lecteur: &mut Lecteur<'_>) -> Option<Proximite> {
    let asked = lecteur.lire("proche", |text| Ok::<_, Invalide>(text.to_owned()));
    let rayon = lecteur.lire("rayon_km", rayon);
    let Some(text) = asked else {
        if let Some(rayon) = rayon {
            lecteur.refuser("rayon_km", &rayon.to_string(), "« rayon_km » va avec « proche » : donnez aussi le point");
        }
        return None;
    };
    match point(&text) {
        Ok(centre) => Some(Proximite { centre, rayon_km: rayon.unwrap_or(RAYON_PAR_DEFAUT) }),
        Err(Invalide(detail)) => {
            lecteur.refuser("proche", &text, detail);
            None
        }
    }
}

fn rayon(text: &str) -> Result<u16, Invalide> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|rayon| digits && (1..=RAYON_MAX).contains(rayon))
        .ok_or_else(|| Invalide(format!("attendu : un nombre entier de kilomètres, de 1 à {RAYON_MAX}")))
}

/// `48.117,-1.678`.
fn point(text: &str) -> Result<Position, Invalide> {
    let degrees = |text: &str, most: f64| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        text.parse::<f64>().ok().filter(|degrees| plain && degrees.abs() <= most)
    };
    text.split_once(',')
        .and_then(|(latitude, longitude)| {
            Some(Position { latitude: degrees(latitude.trim(), 90.0)?, longitude: degrees(longitude.trim(), 180.0)? })
        })
        .ok_or_else(|| {
            Invalide(
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
        assert_eq!(rayon("20"), Ok(20));
        for text in ["0", "501", "+5", "2.5", "-1", "99999999999", ""] {
            assert!(rayon(text).is_err(), "{text}");
        }
    }
}
