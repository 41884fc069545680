//! What each family of routes reads from a request, in the order in which its
//! problems are reported.

use serde_json::json;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Parameter;

use super::described::{
    ACADEMIES_ASKED, CODE_CERTIFICATIONS, DIRECTION, IMAGE_ON_ERROR, ITEMS_PAR_PAGE, MILLESIME, MILLESIMES,
    MILLESIMES_BOTH_FORMS, PAGE, REGIONS, THEME, UAIS, UNIVERSE, UNIVERSE_OF_CODE, UNIVERSE_OF_CODES, VUE,
};
use super::error::LegacyError;
use super::images::svg::{Direction, Style, Theme};
use super::request::LegacyRequest;
use super::rules::{self, ValueRefusal, WantedMillesime};
use super::validation::Validation;
use crate::domain::territoire::Academie;
use crate::domain::{CodeCertification, CodeRegion, TypeCode, Uai};

/// Items of a list when no number is given.
const ITEMS: u64 = 10;
/// Items of one answer at most.
const ITEMS_MAX: u64 = 10_000;

/// What an image answers with when there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageError {
    /// The JSON error.
    No,
    /// An image that says so.
    Message,
    /// An image without anything on it.
    Empty,
}

/// An image instead of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    /// How it looks.
    pub(super) style: Style,
    /// What it is without data.
    pub(super) failed: ImageError,
}

/// `formations/{uai}-{code}[.svg]`
#[derive(Debug)]
pub(super) struct FormationParameters {
    pub(super) uai: Uai,
    pub(super) code: CodeCertification,
    pub(super) millesime: Option<WantedMillesime>,
    pub(super) image: Option<Image>,
}

/// `certifications/{codes}[.svg]` and `regionales/{region}/certifications/{codes}[.svg]`
#[derive(Debug)]
pub(super) struct CertificationsParameters {
    pub(super) region: Option<CodeRegion>,
    pub(super) codes: Vec<CodeCertification>,
    pub(super) millesime: Option<WantedMillesime>,
    /// `vue=filieres`, or more than one code.
    pub(super) by_filiere: bool,
    pub(super) image: Option<Image>,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    Json,
    Csv,
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pages {
    pub(super) page: u64,
    pub(super) items: u64,
}

impl Pages {
    /// How many rows come before, and at most how many follow.
    pub(super) fn window(self) -> (i64, i64) {
        let offset = (self.page - 1).saturating_mul(self.items);
        (i64::try_from(offset).unwrap_or(i64::MAX), i64::try_from(self.items.min(ITEMS_MAX)).unwrap_or(i64::MAX))
    }

    /// The number of pages, at least 1.
    pub(super) fn number(self, total: u64) -> u64 {
        total.div_ceil(self.items).max(1)
    }

    /// Refuses to put more than [`ITEMS_MAX`] items into one answer. A client that asks for more
    /// than there are is not disturbed.
    ///
    /// # Errors
    /// 400.
    pub(super) fn verify(self, total: u64) -> Result<(), LegacyError> {
        if self.items <= ITEMS_MAX || total <= ITEMS_MAX {
            return Ok(());
        }
        Err(Validation::refuse("items_par_page", rules::too_many(ITEMS_MAX), json!(self.items)))
    }
}

/// A list.
#[derive(Debug)]
pub(super) struct ListParameters {
    pub(super) uais: Option<Vec<Uai>>,
    pub(super) regions: Option<Vec<CodeRegion>>,
    /// Codes that no établissement has are left out; the list of them may then be empty.
    pub(super) academies: Option<Vec<&'static Academie>>,
    pub(super) millesimes: Option<Vec<WantedMillesime>>,
    pub(super) codes: Option<Vec<CodeCertification>>,
    pub(super) format: ListFormat,
    pub(super) pages: Pages,
}

/// Which filters a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filters {
    /// `uais`, `regions`, `academies`, and those of statistics.
    Formations,
    /// Those of statistics.
    Certifications,
    /// `regions`, and those of statistics.
    Regionales,
    /// The région of the path, and those of statistics.
    Regionale,
    /// Only the page.
    Bcn,
}

/// Splits `nom.ext`; the extension begins at the first dot.
pub(super) fn separate(segment: &str) -> (&str, Option<&str>) {
    segment.split_once('.').map_or((segment, None), |(nom, ext)| (nom, Some(ext)))
}

/// The values of `universe` that go with some codes.
fn universes(codes: &[CodeCertification]) -> Vec<(&'static str, ())> {
    let superieur = codes.iter().any(|code| code.type_code() == TypeCode::Sise);
    let secondaire = codes.is_empty() || codes.iter().any(|code| code.type_code() != TypeCode::Sise);
    let words = [("secondaire", secondaire), ("superieur", superieur)];
    words.into_iter().filter(|(_, allowed)| *allowed).map(|(word, _)| (word, ())).collect()
}

/// How an image lies.
pub(super) const DIRECTIONS: [(&str, Direction); 2] =
    [("horizontal", Direction::Horizontal), ("vertical", Direction::Vertical)];
/// How an image looks.
pub(super) const THEMES: [(&str, Theme); 2] = [("dsfr", Theme::Dsfr), ("lba", Theme::Lba)];
/// What an image without data is.
pub(super) const IMAGES_ON_ERROR: [(&str, ImageError); 3] =
    [("true", ImageError::Message), ("false", ImageError::No), ("empty", ImageError::Empty)];

/// What a way of reading asks for, as the contract describes it.
fn described<T>(read: impl FnOnce(&mut Validation<'_>) -> T) -> Vec<RefOr<Parameter>> {
    let nothing = LegacyRequest::default();
    let mut v = Validation::new(&nothing);
    read(&mut v);
    v.described()
}

impl FormationParameters {
    /// # Errors
    /// 400.
    pub(super) fn read(request: &LegacyRequest, uai: &str, code_and_extension: &str) -> Result<Self, LegacyError> {
        let mut v = Validation::new(request);
        let read = Self::ask(&mut v, uai, code_and_extension);
        v.finish()?;
        read.ok_or_else(|| LegacyError::validation(Vec::new()))
    }

    /// The parameters of the query.
    pub(super) fn described() -> Vec<RefOr<Parameter>> {
        described(|v| Self::ask(v, "", ""))
    }

    fn ask(v: &mut Validation<'_>, uai: &str, code_and_extension: &str) -> Option<Self> {
        let (text, ext) = separate(code_and_extension);
        let uai = v.segment("uai", uai, rules::uai);
        let code = v.segment("code_certification", text, rules::code);
        v.text(UNIVERSE_OF_CODE, |text| rules::among(&[("secondaire", ())], text));
        let millesime = v.text(MILLESIME, rules::millesime);
        let image = image(v, ext);
        Some(Self { uai: uai?, code: code?, millesime, image })
    }
}

impl CertificationsParameters {
    /// # Errors
    /// 400.
    pub(super) fn read(request: &LegacyRequest, region: Option<&str>) -> Result<Self, LegacyError> {
        let mut v = Validation::new(request);
        let read = Self::ask(&mut v, request.segment("codes"), region);
        v.finish()?;
        Ok(read)
    }

    /// The parameters of the query.
    pub(super) fn described() -> Vec<RefOr<Parameter>> {
        described(|v| Self::ask(v, "", None))
    }

    fn ask(v: &mut Validation<'_>, codes_and_ext: &str, region: Option<&str>) -> Self {
        let (text, ext) = separate(codes_and_ext);
        let region = region.and_then(|region| v.segment("region", region, rules::region));
        let codes = v.path_codes("codes_certifications", text).unwrap_or_default();
        v.text(UNIVERSE_OF_CODES, |text| rules::among(&universes(&codes), text));
        let millesime = v.text(MILLESIME, rules::millesime);
        let vue = v.text(VUE, |text| rules::among(&[("filieres", ())], text));
        let image = image(v, ext);
        let by_filiere = vue.is_some() || codes.len() > 1;
        Self { region, codes, millesime, by_filiere, image }
    }
}

/// `direction`, `theme`, `ext`, `imageOnError`: the end of every route with a code.
fn image(v: &mut Validation<'_>, ext: Option<&str>) -> Option<Image> {
    let direction = v.text(DIRECTION, |text| rules::among(&DIRECTIONS, text));
    let theme = v.text(THEME, |text| rules::among(&THEMES, text));
    let svg = ext.and_then(|ext| v.segment("ext", ext, |text| rules::among(&[("svg", ())], text)));
    let failed = v.text(IMAGE_ON_ERROR, |text| rules::among(&IMAGES_ON_ERROR, text));
    let style = Style { theme: theme.unwrap_or_default(), direction: direction.unwrap_or_default() };
    svg.map(|()| Image { style, failed: failed.unwrap_or(ImageError::No) })
}

impl ListParameters {
    /// # Errors
    /// 400.
    pub(super) fn read(
        request: &LegacyRequest,
        filters: Filters,
        region: Option<&str>,
        ext: Option<&str>,
    ) -> Result<Self, LegacyError> {
        let mut v = Validation::new(request);
        let read = Self::ask(&mut v, filters, region, ext);
        v.finish()?;
        Ok(read)
    }

    /// The parameters of the query.
    pub(super) fn described(filters: Filters) -> Vec<RefOr<Parameter>> {
        described(|v| Self::ask(v, filters, None, None))
    }

    fn ask(v: &mut Validation<'_>, filters: Filters, region: Option<&str>, ext: Option<&str>) -> Self {
        let formations = filters == Filters::Formations;
        let uais = formations.then(|| v.list(UAIS, true, rules::uai)).flatten();
        let regions = match filters {
            Filters::Formations | Filters::Regionales => v.list(REGIONS, false, rules::region),
            Filters::Regionale => region.and_then(|text| v.segment("region", text, rules::region)).map(|r| vec![r]),
            Filters::Certifications | Filters::Bcn => None,
        };
        let academies = formations.then(|| v.list(ACADEMIES_ASKED, false, rules::academie)).flatten();
        let (mut millesimes, mut codes) = (None, None);
        if filters != Filters::Bcn {
            let described = if formations { MILLESIMES_BOTH_FORMS } else { MILLESIMES };
            millesimes = v.list(described, true, rules::millesime);
            codes = v.codes(CODE_CERTIFICATIONS);
            let allowed = universes(codes.as_deref().unwrap_or_default());
            v.text(UNIVERSE, |text| rules::among(&allowed, text));
        }
        let format = format(v, ext);
        let items = v.number(ITEMS_PAR_PAGE).unwrap_or(ITEMS);
        let page = v.number(PAGE).unwrap_or(1);
        let academies = academies.map(|codes| codes.into_iter().flatten().collect());
        Self { uais, regions, academies, millesimes, codes, format, pages: Pages { page, items } }
    }
}

fn format(v: &mut Validation<'_>, ext: Option<&str>) -> ListFormat {
    let words = [("json", ListFormat::Json), ("csv", ListFormat::Csv)];
    let read = |text: &str| -> Result<ListFormat, ValueRefusal> { rules::among(&words, text) };
    ext.and_then(|ext| v.segment("ext", ext, read)).unwrap_or(ListFormat::Json)
}
