//! What the contract says of each parameter; [`super::parameters`] reads them by these
//! descriptions, so that nothing is read that is not described.
//!
//! The shapes are those of [`super::rules`]. A list has no greatest number of elements; the
//! contract speaks of a hundred, which no address outgrows.

use super::parameters::{DIRECTIONS, IMAGES_ON_ERROR, THEMES};
use super::rules::ACADEMIES;
use crate::domain::CodeRegion;
use crate::http::parameters::param::between_commas;
use crate::http::parameters::{Description, Shape};

/// The largest whole number that every client holds exactly.
const SAFE: i64 = (1 << 53) - 1;
/// Elements of a list that the contract speaks of.
const ELEMENTS: usize = 100;

const MILLESIME_SHAPE: &str = "[0-9]{4}(?:_[0-9]{4})?";
const CODE_SHAPE: &str = "(?:CFD:)?[0-9A-Z]{8}|(?:MEFSTAT11:)?[0-9A-Z]{11}|SISE:[0-9A-Z]{7}";

pub(super) const PAGE: Description =
    Description::new("page", Shape::Whole(0, SAFE), "Page, la première est 1 ; 0 vaut 1.").example("1");

pub(super) const ITEMS_PAR_PAGE: Description = Description::new(
    "items_par_page",
    Shape::Whole(0, SAFE),
    "Éléments par page (10 par défaut ; 0 vaut 10). Une réponse en contient au plus 10 000.",
)
.example("100");

pub(super) const UAIS: Description = Description::new(
    "uais",
    Shape::Made(|| between_commas("[0-9]{7}[A-Z]", ELEMENTS)),
    "UAI, séparés par des virgules.",
)
.example("0352235J");

pub(super) const REGIONS: Description = Description::new(
    "regions",
    Shape::Made(|| between_commas(&CodeRegion::pattern(), ELEMENTS)),
    "Codes INSEE de régions ou codes postaux, séparés par des virgules.",
)
.example("53,75011");

pub(super) const ACADEMIES_ASKED: Description = Description::new(
    "academies",
    Shape::Made(|| between_commas(&ACADEMIES.join("|"), ELEMENTS)),
    "Codes d'académies, séparés par des virgules.",
)
.example("14,10");

pub(super) const MILLESIMES: Description = Description::new(
    "millesimes",
    Shape::Made(|| between_commas(MILLESIME_SHAPE, ELEMENTS)),
    "Millésimes, séparés par des virgules.",
)
.format("millesimes")
.example("2022,2023");

/// For a list of formations.
pub(super) const MILLESIMES_BOTH_FORMS: Description = MILLESIMES
    .meaning("Millésimes, séparés par des virgules ; chacun amène aussi son autre forme.")
    .example("2022_2023");

pub(super) const CODE_CERTIFICATIONS: Description = Description::new(
    "code_certifications",
    Shape::Made(|| between_commas(CODE_SHAPE, ELEMENTS)),
    "Codes, séparés par des virgules.",
)
.example("50022136,23220022136");

pub(super) const UNIVERSE: Description = Description::new(
    "universe",
    Shape::Words(|| vec!["secondaire".to_owned(), "superieur".to_owned()]),
    "`secondaire` pour des CFD et des MEFSTAT11, `superieur` pour des codes SISE.",
);

/// Beside codes in the path.
pub(super) const UNIVERSE_OF_CODES: Description =
    UNIVERSE.meaning("`secondaire` pour des CFD et des MEFSTAT11, `superieur` pour des codes SISE ; sans autre effet.");

/// Beside the one code of a formation.
pub(super) const UNIVERSE_OF_CODE: Description =
    Description::new("universe", Shape::Words(|| vec!["secondaire".to_owned()]), "`secondaire`, sans autre effet.");

pub(super) const MILLESIME: Description =
    Description::new("millesime", Shape::Text(MILLESIME_SHAPE, (4, 9)), "Millésime ; par défaut le dernier.")
        .format("millesime")
        .example("2022_2023");

pub(super) const VUE: Description =
    Description::new("vue", Shape::Words(|| vec!["filieres".to_owned()]), "`filieres` : une somme par filière.");

pub(super) const DIRECTION: Description =
    Description::new("direction", Shape::Words(|| words(&DIRECTIONS)), "Image : `horizontal` ou `vertical`.");

pub(super) const THEME: Description =
    Description::new("theme", Shape::Words(|| words(&THEMES)), "Image : `dsfr` ou `lba`.");

pub(super) const IMAGE_ON_ERROR: Description = Description::new(
    "imageOnError",
    Shape::Words(|| words(&IMAGES_ON_ERROR)),
    "Image sans données : `true` (un message), `empty` (rien), `false` (une erreur JSON, par défaut).",
);

fn words<T>(meant: &[(&str, T)]) -> Vec<String> {
    meant.iter().map(|(word, _)| (*word).to_owned()).collect()
}
