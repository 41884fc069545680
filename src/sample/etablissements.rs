//! The établissements of the sample: sixty that do not exist, in twelve régions, and six
//! universities in as many.
//!
//! Their names are flowers and trees followed by «(fictif)»; their numbers, in the 98xx of each
//! département, have the right check letter, because a wrong one would be rejected.

use crate::domain::territoire::Departement;
use crate::domain::{CodeRegion, Uai};

/// What kind of établissement it is, which decides what it teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// Lycée professionnel: school-based, with a few apprentices.
    LyceePro,
    /// CFA: apprenticeship.
    Cfa,
    /// Lycée agricole: school-based agriculture.
    LyceeAgricole,
    /// University: higher education.
    Universite,
}

/// An établissement of the sample.
#[derive(Debug)]
pub(super) struct Etablissement {
    /// Its invented UAI.
    pub(super) uai: String,
    /// Its invented name.
    pub(super) nom: String,
    /// What it is named after, as the street that it stands in (`des Tilleuls`).
    pub(super) street: &'static str,
    /// Its département.
    pub(super) departement: &'static Departement,
    /// Its région.
    pub(super) region: CodeRegion,
    /// Its kind.
    pub(super) kind: Type,
}

/// Two or three départements of each région: the first digits of the UAIs.
const DEPARTEMENTS: [&str; 30] = [
    "75", "77", "93", "28", "37", "21", "25", "14", "76", "59", "62", "51", "54", "67", "44", "49", "29", "35", "33",
    "86", "31", "34", "38", "63", "69", "13", "06", "84", "974", "972",
];

/// Where there is a university too.
const UNIVERSITES: [&str; 6] = ["75", "59", "67", "35", "31", "69"];

const NAMES: [&str; 30] = [
    "des Tilleuls",
    "de la Roseraie",
    "du Grand Chêne",
    "des Capucines",
    "de la Pommeraie",
    "des Glycines",
    "du Vieux Hêtre",
    "des Coquelicots",
    "de la Hêtraie",
    "des Mimosas",
    "du Clos des Iris",
    "des Peupliers",
    "de l'Aubépine",
    "des Lavandes",
    "de la Bruyère",
    "des Genêts",
    "du Pré aux Violettes",
    "des Saules",
    "de l'Églantier",
    "des Campanules",
    "de la Châtaigneraie",
    "des Pivoines",
    "du Bois aux Fougères",
    "des Jonquilles",
    "de l'Olivette",
    "des Lauriers",
    "des Bleuets",
    "des Anémones",
    "des Flamboyants",
    "des Hibiscus",
];

/// The sixty établissements, two per département, in the order of the list above.
pub(super) fn all() -> Vec<Etablissement> {
    places()
        .enumerate()
        .flat_map(|(index, (departement, nom))| [0, 1].map(|half| build(index, half, departement, nom)))
        .flatten()
        .collect()
}

/// The universities.
pub(super) fn universites() -> Vec<Etablissement> {
    let chosen = places().filter(|(departement, _)| UNIVERSITES.contains(&departement.code));
    chosen.enumerate().filter_map(|(index, (departement, nom))| university(index, departement, nom)).collect()
}

/// The départements, and what their établissements are named after.
fn places() -> impl Iterator<Item = (&'static Departement, &'static str)> {
    DEPARTEMENTS.iter().filter_map(|code| Departement::from_code(code)).zip(NAMES)
}

/// Of each pair the first is a lycée professionnel; the second is a CFA, or in every third
/// département a lycée agricole.
fn build(index: usize, half: usize, departement: &'static Departement, nom: &'static str) -> Option<Etablissement> {
    let (kind, start) = match (half, index % 3) {
        (0, _) => (Type::LyceePro, "Lycée professionnel"),
        (_, 2) => (Type::LyceeAgricole, "Lycée agricole"),
        _ => (Type::Cfa, "Centre de formation d'apprentis"),
    };
    invent(kind, format!("{start} {nom} (fictif)"), index * 2 + half, departement, nom)
}

/// Numbered behind the sixty others.
fn university(index: usize, departement: &'static Departement, nom: &'static str) -> Option<Etablissement> {
    invent(Type::Universite, format!("Université {nom} (fictive)"), 60 + index, departement, nom)
}

fn invent(
    kind: Type,
    nom: String,
    number: usize,
    departement: &'static Departement,
    street: &'static str,
) -> Option<Etablissement> {
    let number: u32 = format!("{:0>3}98{number:02}", departement.code).parse().ok()?;
    let uai = format!("{number:07}{}", char::from(Uai::letter(number)));
    Some(Etablissement { uai, nom, street, departement, region: departement.region()?, kind })
}
