//! Paramètres: what each family of routes reads from a request, in the order in which its
//! problems are reported.

use serde_json::json;

use super::demande::Demande;
use super::erreur::Erreur;
use super::regles::{self, MillesimeDemande, Refus};
use super::svg::{Direction, Style, Theme};
use super::validation::Validation;
use crate::domain::territoire::Academie;
use crate::domain::{CodeCertification, CodeRegion, TypeCode, Uai};

/// Items of a list when no number is given.
const ITEMS: u64 = 10;
/// Items of one answer at most.
const ITEMS_MAX: u64 = 10_000;

/// What an image answers with when there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageEnErreur {
    /// The JSON error.
    Non,
    /// An image that says so.
    Message,
    /// An image without anything on it.
    Vide,
}

/// An image instead of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    /// How it looks.
    pub(super) style: Style,
    /// What it is without data.
    pub(super) en_erreur: ImageEnErreur,
}

/// `formations/{uai}-{code}[.svg]`
#[derive(Debug)]
pub(super) struct ParametresFormation {
    pub(super) uai: Uai,
    pub(super) code: CodeCertification,
    pub(super) millesime: Option<MillesimeDemande>,
    pub(super) image: Option<Image>,
}

/// `certifications/{codes}[.svg]` and `regionales/{region}/certifications/{codes}[.svg]`
#[derive(Debug)]
pub(super) struct ParametresCertifications {
    pub(super) region: Option<CodeRegion>,
    pub(super) codes: Vec<CodeCertification>,
    pub(super) millesime: Option<MillesimeDemande>,
    /// `vue=filieres`, or more than one code.
    pub(super) par_filiere: bool,
    pub(super) image: Option<Image>,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatListe {
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
    pub(super) fn fenetre(self) -> (i64, i64) {
        let offset = (self.page - 1).saturating_mul(self.items);
        (i64::try_from(offset).unwrap_or(i64::MAX), i64::try_from(self.items.min(ITEMS_MAX)).unwrap_or(i64::MAX))
    }

    /// The number of pages, at least 1.
    pub(super) fn nombre(self, total: u64) -> u64 {
        total.div_ceil(self.items).max(1)
    }

    /// Refuses to put more than [`ITEMS_MAX`] items into one answer. A client that asks for more
    /// than there are is not disturbed.
    ///
    /// # Errors
    /// 400.
    pub(super) fn verifier(self, total: u64) -> Result<(), Erreur> {
        if self.items <= ITEMS_MAX || total <= ITEMS_MAX {
            return Ok(());
        }
        Err(Validation::refuser("items_par_page", regles::trop(ITEMS_MAX), json!(self.items)))
    }
}

/// A list.
#[derive(Debug)]
pub(super) struct ParametresListe {
    pub(super) uais: Option<Vec<Uai>>,
    pub(super) regions: Option<Vec<CodeRegion>>,
    /// Codes that no établissement has are left out; the list of them may then be empty.
    pub(super) academies: Option<Vec<&'static Academie>>,
    pub(super) millesimes: Option<Vec<MillesimeDemande>>,
    pub(super) codes: Option<Vec<CodeCertification>>,
    pub(super) format: FormatListe,
    pub(super) pages: Pages,
}

/// Which filters a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filtres {
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
pub(super) fn separer(segment: &str) -> (&str, Option<&str>) {
    segment.split_once('.').map_or((segment, None), |(nom, ext)| (nom, Some(ext)))
}

/// The values of `universe` that go with some codes.
fn universes(codes: &[CodeCertification]) -> Vec<(&'static str, ())> {
    let superieur = codes.iter().any(|code| code.type_code() == TypeCode::Sise);
    let secondaire = codes.is_empty() || codes.iter().any(|code| code.type_code() != TypeCode::Sise);
    let mots = [("secondaire", secondaire), ("superieur", superieur)];
    mots.into_iter().filter(|(_, permis)| *permis).map(|(mot, _)| (mot, ())).collect()
}

impl ParametresFormation {
    /// # Errors
    /// 400.
    pub(super) fn lire(demande: &Demande, uai: &str, code_et_ext: &str) -> Result<Self, Erreur> {
        let (texte, ext) = separer(code_et_ext);
        let mut v = Validation::new(demande);
        let uai = v.segment("uai", uai, regles::uai);
        let code = v.segment("code_certification", texte, regles::code);
        v.texte("universe", |texte| regles::parmi(&[("secondaire", ())], texte));
        let millesime = v.texte("millesime", regles::millesime);
        let image = image(&mut v, ext);
        v.finir()?;
        let (Some(uai), Some(code)) = (uai, code) else { return Err(Erreur::validation(Vec::new())) };
        Ok(Self { uai, code, millesime, image })
    }
}

impl ParametresCertifications {
    /// # Errors
    /// 400.
    pub(super) fn lire(demande: &Demande, region: Option<&str>) -> Result<Self, Erreur> {
        let (texte, ext) = separer(demande.segment("codes"));
        let mut v = Validation::new(demande);
        let region = region.and_then(|region| v.segment("region", region, regles::region));
        let codes = v.codes_du_chemin("codes_certifications", texte).unwrap_or_default();
        v.texte("universe", |texte| regles::parmi(&universes(&codes), texte));
        let millesime = v.texte("millesime", regles::millesime);
        let vue = v.texte("vue", |texte| regles::parmi(&[("filieres", ())], texte));
        let image = image(&mut v, ext);
        v.finir()?;
        let par_filiere = vue.is_some() || codes.len() > 1;
        Ok(Self { region, codes, millesime, par_filiere, image })
    }
}

/// `direction`, `theme`, `ext`, `imageOnError`: the end of every route with a code.
fn image(v: &mut Validation<'_>, ext: Option<&str>) -> Option<Image> {
    let direction = v.texte("direction", |texte| {
        regles::parmi(&[("horizontal", Direction::Horizontale), ("vertical", Direction::Verticale)], texte)
    });
    let theme = v.texte("theme", |texte| regles::parmi(&[("dsfr", Theme::Dsfr), ("lba", Theme::Lba)], texte));
    let svg = ext.and_then(|ext| v.segment("ext", ext, |texte| regles::parmi(&[("svg", ())], texte)));
    let en_erreur = v.texte("imageOnError", |texte| {
        let mots = [("true", ImageEnErreur::Message), ("false", ImageEnErreur::Non), ("empty", ImageEnErreur::Vide)];
        regles::parmi(&mots, texte)
    });
    let style = Style { theme: theme.unwrap_or_default(), direction: direction.unwrap_or_default() };
    svg.map(|()| Image { style, en_erreur: en_erreur.unwrap_or(ImageEnErreur::Non) })
}

impl ParametresListe {
    /// # Errors
    /// 400.
    pub(super) fn lire(
        demande: &Demande,
        filtres: Filtres,
        region: Option<&str>,
        ext: Option<&str>,
    ) -> Result<Self, Erreur> {
        let mut v = Validation::new(demande);
        let formations = filtres == Filtres::Formations;
        let uais = formations.then(|| v.liste("uais", true, regles::uai)).flatten();
        let regions = match filtres {
            Filtres::Formations | Filtres::Regionales => v.liste("regions", false, regles::region),
            Filtres::Regionale => region.and_then(|texte| v.segment("region", texte, regles::region)).map(|r| vec![r]),
            Filtres::Certifications | Filtres::Bcn => None,
        };
        let academies = formations.then(|| v.liste("academies", false, regles::academie)).flatten();
        let (mut millesimes, mut codes) = (None, None);
        if filtres != Filtres::Bcn {
            millesimes = v.liste("millesimes", true, regles::millesime);
            codes = v.codes("code_certifications");
            let permis = universes(codes.as_deref().unwrap_or_default());
            v.texte("universe", |texte| regles::parmi(&permis, texte));
        }
        let format = format(&mut v, ext);
        let items = v.nombre("items_par_page").unwrap_or(ITEMS);
        let page = v.nombre("page").unwrap_or(1);
        v.finir()?;
        let academies = academies.map(|codes| codes.into_iter().flatten().collect());
        Ok(Self { uais, regions, academies, millesimes, codes, format, pages: Pages { page, items } })
    }
}

fn format(v: &mut Validation<'_>, ext: Option<&str>) -> FormatListe {
    let mots = [("json", FormatListe::Json), ("csv", FormatListe::Csv)];
    let lire = |texte: &str| -> Result<FormatListe, Refus> { regles::parmi(&mots, texte) };
    ext.and_then(|ext| v.segment("ext", ext, lire)).unwrap_or(FormatListe::Json)
}
