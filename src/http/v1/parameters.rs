//! The parameters that several routes of v1 take, each described once; and those that go together.
//!
//! A route that means something else by the absence of one says so with
//! [`Param::meaning`](crate::http::parameters::Param::meaning).

use std::fmt;
use std::marker::PhantomData;

use utoipa::ToSchema;

use super::referentiels::nomenclatures::NIVEAUX;
use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, CodeRegion, Filiere, Invalid, Maille, Millesime, PlatformCode, Uai};
use crate::http::page::Page;
use crate::http::parameters::{Description, Param, Parameters, Reader, Shape};

/// The longest text that a search reads.
const TEXT_MAX: usize = 200;

/// Any text without control characters that is not blank.
const TEXT: &str = r"[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*";

/// `code`, of a certification.
pub(super) const CODE: Param<CodeCertification> = Param::new(
    Description::new(
        "code",
        Shape::Text(CodeCertification::PATTERN, (8, 21)),
        "CFD, MEFSTAT11, ou `SISE:` et un code SISE.",
    )
    .example("50033616"),
    CodeCertification::parse,
);

/// `code`, by which any platform knows a training.
pub(super) const PLATFORM_CODE: Param<PlatformCode> = Param::new(
    Description::new(
        "code",
        Shape::Text(PlatformCode::PATTERN, (6, 21)),
        "CFD, MEF, MEFSTAT11, ou un code précédé de son système : `SISE:2500133`, `RNCP:35341`, `ONISEP:FOR.8472`,\n\
         `CERTIFINFO:83467`.",
    )
    .example("24730025214"),
    PlatformCode::parse,
);

/// `uai`
pub(super) const UAI: Param<Uai> = Param::new(
    Description::new("uai", Shape::Text(Uai::PATTERN, (8, 8)), "UAI : 7 chiffres et une lettre de contrôle.")
        .format("uai")
        .example("0699849F"),
    Uai::parse,
);

/// `region`, by its INSEE or by a postal code.
pub(super) const REGION: Param<CodeRegion> = Param::new(
    Description::new("region", Shape::Made(CodeRegion::pattern), "Code INSEE d'une région, ou code postal.")
        .example("32"),
    CodeRegion::parse,
);

/// `millesime`
pub(super) const MILLESIME: Param<Millesime> = Param::new(
    Description::new(
        "millesime",
        Shape::Text(Millesime::PATTERN, (4, 9)),
        "Année de sortie (`2023`) ou deux années réunies (`2022_2023`) ; l'une trouve l'autre si elle seule existe. Sans\n\
         ce paramètre : le dernier millésime.",
    )
    .format("millesime")
    .example("2022_2023"),
    Millesime::parse,
);

/// `filiere`
pub(super) const FILIERE: Param<Filiere> = Param::new(
    Description::new(
        "filiere",
        Shape::Words(|| words(Filiere::ALL)),
        "`apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : pour une statistique, la filière qui a le\n\
         plus d'inscrits ; pour une liste, toutes.",
    )
    .example("apprentissage"),
    Filiere::parse,
);

/// `maille`
pub(super) const MAILLE: Param<Maille> = Param::new(
    Description::new("maille", Shape::Words(|| words(Maille::ALL)), "`nationale`, `regionale` ou `etablissement`.")
        .example("etablissement"),
    Maille::parse,
);

/// `q`, words to search for.
pub(super) const Q: Param<String> = Param::new(
    Description::new(
        "q",
        Shape::Text(TEXT, (1, TEXT_MAX)),
        "Mots du libellé, sans tenir compte des accents ni des majuscules ; le dernier peut être un début de mot.",
    )
    .example("coiffure"),
    text,
);

/// `niveau`, of the diploma.
pub(super) const NIVEAU: Param<String> = Param::new(
    Description::new(
        "niveau",
        Shape::Words(|| NIVEAUX.iter().map(|niveau| niveau.code.to_owned()).collect()),
        "Niveau du diplôme : `3` (CAP), `4` (bac), `5` (BTS), `6`, `7`, `0` (mention complémentaire).",
    )
    .example("4"),
    niveau,
);

/// The words of a closed list.
pub(super) fn words<T: fmt::Display>(members: &[T]) -> Vec<String> {
    members.iter().map(T::to_string).collect()
}

/// A text to search for: not blank, [`TEXT_MAX`] characters at most.
fn text(text: &str) -> Result<String, Invalid> {
    let fits = !text.trim().is_empty() && text.chars().count() <= TEXT_MAX;
    fits.then(|| text.trim().to_owned())
        .ok_or_else(|| Invalid(format!("attendu : un texte de 1 à {TEXT_MAX} caractères")))
}

fn niveau(text: &str) -> Result<String, Invalid> {
    let codes: Vec<&str> = NIVEAUX.iter().map(|niveau| niveau.code).collect();
    let known = codes.contains(&text).then(|| text.to_owned());
    known.ok_or_else(|| Invalid(format!("attendu : {}", codes.join(", "))))
}

/// Which statistic is asked for.
pub(super) fn wanted(reader: &mut Reader<'_>) -> Wanted {
    Wanted { millesime: reader.ask(&MILLESIME), filiere: reader.ask(&FILIERE) }
}

/// What a list in memory takes when it takes nothing but its page: `T` is its element.
#[derive(Debug)]
pub(super) struct PageOf<T> {
    pub(super) page: Page<String>,
    element: PhantomData<T>,
}

impl<T: ToSchema> Parameters for PageOf<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { page: reader.page::<String, T>()?, element: PhantomData })
    }
}
