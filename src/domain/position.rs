//! Where an établissement can stand: the box of its territory, and what to do with a position that
//! lies outside.

use super::Position;
use super::territoire::Departement;

/// Metres as kilometres with one decimal.
#[must_use]
pub fn kilometres(metres: i32) -> f64 {
    (f64::from(metres) / 100.0).round() / 10.0
}

/// What a position says of an établissement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Placed {
    /// It stands there.
    Inside(Position),
    /// Latitude and longitude had changed places; it stands there.
    Swapped(Position),
    /// Not in its territory: nothing is known.
    Outside,
}

impl Placed {
    /// The position, put right; `None` outside.
    #[must_use]
    pub fn position(self) -> Option<Position> {
        match self {
            Self::Inside(position) | Self::Swapped(position) => Some(position),
            Self::Outside => None,
        }
    }
}

/// The position of an établissement of these départements: the one in its UAI and the one that a
/// directory gives, which are two for the islands that became départements of their own. Where
/// neither is known, any position counts but the one of nowhere, 0 and 0.
#[must_use]
pub fn place(departements: &[&'static Departement], said: Position) -> Placed {
    let swapped = Position { latitude: said.longitude, longitude: said.latitude };
    let inside = |position: Position| departements.iter().any(|departement| bounds(departement.code).hold(position));
    if departements.is_empty() {
        let nowhere = said.latitude.abs() < f64::EPSILON && said.longitude.abs() < f64::EPSILON;
        return if WORLD.hold(said) && !nowhere { Placed::Inside(said) } else { Placed::Outside };
    }
    match (inside(said), inside(swapped)) {
        (true, _) => Placed::Inside(said),
        (false, true) => Placed::Swapped(swapped),
        (false, false) => Placed::Outside,
    }
}

/// Degrees from and to.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    latitude: (f64, f64),
    longitude: (f64, f64),
}

impl Bounds {
    const fn new(latitude: (f64, f64), longitude: (f64, f64)) -> Self {
        Self { latitude, longitude }
    }

    fn hold(self, position: Position) -> bool {
        let within = |degrees: f64, (from, to): (f64, f64)| degrees >= from && degrees <= to;
        within(position.latitude, self.latitude) && within(position.longitude, self.longitude)
    }
}

const WORLD: Bounds = Bounds::new((-90.0, 90.0), (-180.0, 180.0));
const METROPOLE: Bounds = Bounds::new((41.2, 51.3), (-5.3, 9.7));
const OVERSEAS: [(&str, Bounds); 11] = [
    ("971", Bounds::new((15.8, 16.6), (-61.9, -60.9))),
    ("972", Bounds::new((14.3, 15.0), (-61.3, -60.7))),
    ("973", Bounds::new((2.0, 6.0), (-54.8, -51.5))),
    ("974", Bounds::new((-21.5, -20.8), (55.1, 55.9))),
    ("975", Bounds::new((46.7, 47.2), (-56.5, -56.0))),
    ("976", Bounds::new((-13.1, -12.5), (44.9, 45.4))),
    ("977", Bounds::new((17.8, 18.2), (-63.2, -62.7))),
    ("978", Bounds::new((17.8, 18.2), (-63.2, -62.7))),
    ("986", Bounds::new((-14.5, -13.0), (-178.3, -176.0))),
    ("987", Bounds::new((-28.0, -7.5), (-155.0, -134.0))),
    ("988", Bounds::new((-23.0, -17.5), (158.0, 172.5))),
];

fn bounds(departement: &str) -> Bounds {
    OVERSEAS.iter().find(|(code, _)| *code == departement).map_or(METROPOLE, |(_, bounds)| *bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(departements: &[&str], latitude: f64, longitude: f64) -> Placed {
        let known: Vec<_> = departements.iter().map(|code| Departement::from_code(code).unwrap()).collect();
        place(&known, Position { latitude, longitude })
    }

    #[test]
    fn a_position_stays_is_swapped_or_goes() {
        let at = |latitude, longitude| Position { latitude, longitude };
        assert_eq!(placed(&["75"], 48.86, 2.34), Placed::Inside(at(48.86, 2.34)));
        assert_eq!(placed(&["75"], 2.34, 48.86), Placed::Swapped(at(48.86, 2.34)));
        assert_eq!(placed(&["974"], 55.5, -21.1), Placed::Swapped(at(-21.1, 55.5)));
        assert_eq!(placed(&["988"], 166.4, -22.3), Placed::Swapped(at(-22.3, 166.4)), "a latitude above 90");
        for (latitude, longitude) in [(0.0, 0.0), (48.86, 23.4), (4.88, 2.34), (-21.1, 55.5), (f64::NAN, 2.34)] {
            assert_eq!(placed(&["75"], latitude, longitude), Placed::Outside, "{latitude} {longitude}");
        }
    }

    #[test]
    fn a_place_of_two_departements_may_stand_in_either() {
        assert!(matches!(placed(&["971", "978"], 18.07, -63.08), Placed::Inside(_)));
        assert_eq!(placed(&["971"], 18.07, -63.08), Placed::Outside);
    }

    #[test]
    fn of_an_unknown_territory_only_nowhere_is_dropped() {
        assert!(matches!(placed(&[], 34.0, -6.8), Placed::Inside(_)));
        assert_eq!(placed(&[], 0.0, 0.0), Placed::Outside);
        assert_eq!(placed(&[], 95.0, 2.0), Placed::Outside);
    }

    #[test]
    fn every_overseas_departement_has_a_box_of_its_own() {
        for departement in Departement::all() {
            let overseas = departement.code.starts_with("97") || departement.code.starts_with("98");
            assert_eq!(OVERSEAS.iter().any(|(code, _)| *code == departement.code), overseas, "{}", departement.nom);
        }
    }
}
