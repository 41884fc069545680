//! Around a point: which établissements are near, and how far.
//!
//! Distances are those of `distance_m` in the database (great circles). A box around the circle is
//! looked up first, because an index can answer it; the circle decides.

use sqlx::{Postgres, QueryBuilder};

use crate::domain::Position;

/// Kilometres of one degree of latitude on the sphere of the earth's mean radius, rounded down: a box may be too large, not
/// too small.
const KM_PER_DEGREE: f64 = 111.19;

/// A circle on the earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proximity {
    /// Its centre.
    pub centre: Position,
    /// Its radius, kilometres.
    pub rayon_km: u16,
}

impl Proximity {
    /// Joins `d.distance_m`, the distance of `e` in metres; to be pushed after the last JOIN.
    pub(super) fn push_join(self, sql: &mut QueryBuilder<Postgres>) {
        let Position { latitude, longitude } = self.centre;
        sql.push(" CROSS JOIN LATERAL (SELECT distance_m(e.latitude, e.longitude, ").push_bind(latitude).push(", ");
        sql.push_bind(longitude).push(") AS distance_m) d");
    }

    /// The condition that `e` is inside.
    pub(super) fn push_condition(self, sql: &mut QueryBuilder<Postgres>) {
        let Position { latitude, longitude } = self.centre;
        let height = f64::from(self.rayon_km) / KM_PER_DEGREE;
        sql.push(" AND e.latitude BETWEEN ").push_bind(latitude - height).push(" AND ");
        sql.push_bind(latitude + height);
        if let Some(width) = self.width(height) {
            sql.push(" AND e.longitude BETWEEN ").push_bind(longitude - width).push(" AND ");
            sql.push_bind(longitude + width);
        }
        sql.push(" AND d.distance_m <= ").push_bind(i32::from(self.rayon_km) * 1000);
    }

    /// Half the width of the box in degrees of longitude, at its edge nearest to a pole; `None`
    /// when it would reach a pole or the antimeridian.
    fn width(self, height: f64) -> Option<f64> {
        let nearest = self.centre.latitude.abs() + height;
        let width = height / nearest.to_radians().cos();
        (nearest < 89.0 && self.centre.longitude.abs() + width < 180.0).then_some(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(latitude: f64, longitude: f64, rayon_km: u16) -> Option<f64> {
        let proximity = Proximity { centre: Position { latitude, longitude }, rayon_km };
        proximity.width(f64::from(rayon_km) / KM_PER_DEGREE)
    }

    #[test]
    fn the_box_grows_wider_towards_the_poles_and_has_no_sides_at_the_antimeridian() {
        let (equator, paris) = (around(0.0, 2.0, 111), around(48.85, 2.35, 111));
        assert!(equator.is_some_and(|width| (width - 1.0).abs() < 0.01), "{equator:?}");
        // cos(48.85° + 1°) = 0.645.
        assert!(paris.is_some_and(|width| (width - 1.548).abs() < 0.01), "{paris:?}");
        assert_eq!(around(-13.3, -176.2, 500), None, "Wallis");
        assert_eq!(around(88.5, 0.0, 111), None);
    }
}
