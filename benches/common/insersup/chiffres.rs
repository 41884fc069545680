//! The figures of a cohort: those of a part never exceed those of the whole.

use std::io::{self, Write};

use rand::Rng;

use super::Cell;
use super::columns::HORIZONS;

/// Under this many leavers the producer withholds everything.
const SECRET: i32 = 5;
/// Under this many it withholds rates and salaries.
const SEUIL: i32 = 20;

/// Which figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chiffre {
    /// By the rank of the horizon.
    Leavers(usize),
    Continuing(usize),
    /// And by the percent of those in salaried employment.
    Emploi(usize, i32),
    Taux(usize, i32),
    /// And by the quartile.
    Salaire(usize, i32),
    Flag,
    Empty,
}

/// The figures of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cohorte {
    /// Leavers at six months; a few of them study again later.
    sortants: i32,
    continuing: i32,
    /// Percent of the leavers in employment at each horizon.
    emploi: [i32; HORIZONS.len()],
    /// Percent of the whole that is the first half, in each way of halving.
    halves: [i32; 4],
    /// Median salary at six months.
    salaire: i32,
    pooled: bool,
    /// Horizons that have elapsed.
    elapsed: usize,
}

impl Cohorte {
    pub(super) fn invent(rng: &mut impl Rng, promo: &str) -> Self {
        let sortants = if rng.random_ratio(1, 3) { rng.random_range(0..40) } else { rng.random_range(20..400) };
        let first = rng.random_range(35..75);
        Self {
            sortants,
            continuing: rng.random_range(0..300),
            emploi: std::array::from_fn(|rang| first + 5 * i32::try_from(rang).unwrap_or(0)),
            halves: std::array::from_fn(|_| rng.random_range(10..90)),
            salaire: rng.random_range(1500..2400),
            pooled: promo.contains(','),
            elapsed: if promo.ends_with("2023") { 2 } else { HORIZONS.len() },
        }
    }

    /// The figures of a cell of the cube.
    pub(super) fn part(&self, cell: Cell) -> Self {
        let mut part = *self;
        for (value, percent) in cell.into_iter().zip(self.halves) {
            let halved = |whole: i32| match value {
                0 => whole,
                1 => whole * percent / 100,
                _ => whole - whole * percent / 100,
            };
            part.sortants = halved(part.sortants);
            part.continuing = halved(part.continuing);
        }
        part
    }

    /// Leavers at a horizon: of fifty, one studies again with every one.
    pub(super) fn leavers(&self, rang: usize) -> i32 {
        self.sortants - self.sortants * i32::try_from(rang).unwrap_or(0) / 50
    }

    /// Writes a figure as the file does.
    pub(super) fn write(&self, out: &mut Vec<u8>, chiffre: Chiffre) -> io::Result<()> {
        let small = self.sortants < SEUIL;
        let secret = self.sortants < SECRET;
        match chiffre {
            Chiffre::Empty => Ok(()),
            Chiffre::Flag => write!(out, "{}", self.flag()),
            Chiffre::Emploi(rang, _) | Chiffre::Taux(rang, _) | Chiffre::Salaire(rang, _) if rang >= self.elapsed => {
                Ok(())
            }
            _ if secret => write!(out, "nd"),
            Chiffre::Leavers(rang) => match self.flag() {
                "" => write!(out, "{}", self.leavers(rang)),
                flag => write!(out, "{} {flag}", self.leavers(rang)),
            },
            Chiffre::Continuing(rang) => write!(out, "{}", self.continuing + self.sortants - self.leavers(rang)),
            Chiffre::Emploi(rang, percent) => {
                write!(out, "{}", self.leavers(rang) * self.emploi[rang] / 100 * percent / 100)
            }
            _ if small => write!(out, "nd"),
            Chiffre::Taux(rang, percent) => {
                let myriad = self.emploi[rang] * percent;
                write!(out, "{}.{:04}", myriad / 10_000, myriad % 10_000)
            }
            Chiffre::Salaire(rang, quartile) => {
                write!(out, "{}", self.salaire + 40 * i32::try_from(rang).unwrap_or(0) + (quartile - 2) * 310)
            }
        }
    }

    /// What the producer remarks on the leavers.
    fn flag(&self) -> &'static str {
        match self.sortants {
            _ if self.pooled => "*",
            SECRET..SEUIL => "**",
            _ => "",
        }
    }
}
