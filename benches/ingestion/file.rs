//! The file to be taken: as many rows as wanted, no key twice.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::common::Fallible;
use crate::common::rows::{Key, line, regions};

/// The columns of the regional file.
const HEADER: &str = "\
    id;millesime;code_region_ij;code_region;voie;cfd;mefstat11;nb_annee_term;nb_en_emploi_12_mois;\
    nb_en_emploi_18_mois;nb_en_emploi_24_mois;nb_en_emploi_6_mois;nb_poursuite_etudes;nb_sortant;\
    taux_emploi_12_mois;taux_emploi_18_mois;taux_emploi_24_mois;taux_emploi_6_mois;taux_poursuite_etudes";
const MILLESIMES: [&str; 3] = ["2019_2020", "2020_2021", "2021_2022"];
/// Characters of a code that number it; the others say the kind of diploma and the year.
const NUMBERED: usize = 5;

/// Where rows come from.
pub(crate) enum Source {
    /// Nowhere.
    Invented,
    /// The rows of a file, repeated with other codes.
    Real(Real),
}

/// A file that was read.
pub(crate) struct Real {
    path: PathBuf,
    header: String,
    rows: Vec<RowTemplate>,
    /// How many distinct codes it has.
    codes: usize,
}

/// A row around its code, which stands in two places.
struct RowTemplate {
    text: String,
    code: String,
    number: usize,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invented => f.write_str("invented"),
            Self::Real(real) => write!(f, "those of {}, repeated with distinct codes", real.path.display()),
        }
    }
}

impl Source {
    /// Reads a regional file of `inserjeunes-mesures`.
    pub(crate) fn read(path: &Path) -> Fallible<Self> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = lines.next().unwrap_or_default().to_owned();
        if header != HEADER || text.contains('"') {
            return Err(format!("{}: expected unquoted rows with the columns {HEADER}", path.display()).into());
        }
        let mut numbers = BTreeMap::new();
        let rows: Vec<RowTemplate> = lines
            .filter_map(|line| {
                // The identifier ends with the code.
                let code = line.split(';').next()?.rsplit('_').next()?.to_owned();
                let next = numbers.len();
                let number = *numbers.entry(code.clone()).or_insert(next);
                Some(RowTemplate { text: line.to_owned(), code, number })
            })
            .collect();
        Ok(Self::Real(Real { path: path.to_owned(), header, rows, codes: numbers.len() }))
    }

    /// The names of the columns, separated by semicolons.
    pub(crate) fn header(&self) -> &str {
        match self {
            Self::Invented => HEADER,
            Self::Real(real) => &real.header,
        }
    }

    /// Writes a file with this many rows.
    pub(crate) fn write(&self, path: &Path, rows: usize) -> Fallible<()> {
        let mut out = BufWriter::new(File::create(path)?);
        writeln!(out, "\u{feff}{}", self.header())?;
        match self {
            Self::Invented => invent(&mut out, rows)?,
            Self::Real(real) => real.repeat(&mut out, rows)?,
        }
        Ok(out.flush()?)
    }
}

fn invent(out: &mut impl Write, rows: usize) -> io::Result<()> {
    let mut rng = StdRng::seed_from_u64(1);
    let regions = regions();
    let places = regions.iter().flat_map(|region| MILLESIMES.map(|millesime| (*region, millesime)));
    let keys = (0..).flat_map(|number| places.clone().map(move |place| (number, place)));
    for (number, (region, millesime)) in keys.take(rows) {
        // As in the real file, apprenticeships are more numerous.
        let (voie, code) = match number % 5 {
            0..=2 => ("apprentissage", renumbered("32000000", number)),
            _ => ("scolaire", renumbered("32220000000", number)),
        };
        writeln!(out, "{}", line(HEADER.split(';'), Key { region, millesime, voie, code: &code }, &mut rng))?;
    }
    Ok(())
}

impl Real {
    fn repeat(&self, out: &mut impl Write, rows: usize) -> io::Result<()> {
        let repeated = (0..).flat_map(|copy| self.rows.iter().map(move |row| (copy, row)));
        for (copy, row) in repeated.take(rows) {
            let code = renumbered(&row.code, copy * self.codes + row.number);
            writeln!(out, "{}", row.text.replace(&row.code, &code))?;
        }
        Ok(())
    }
}

/// A code of the same kind with this number, in base 36.
fn renumbered(code: &str, number: usize) -> String {
    let kept = code.len().saturating_sub(NUMBERED);
    let digits = (0..NUMBERED).rev().filter_map(|place| {
        let digit = number / 36usize.pow(u32::try_from(place).ok()?) % 36;
        char::from_digit(u32::try_from(digit).ok()?, 36)
    });
    code.chars().take(kept).chain(digits.map(|digit| digit.to_ascii_uppercase())).collect()
}
