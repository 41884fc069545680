//! Paramètres: reading path and query, with every problem reported at once.
//!
//! Derived extractors (serde) stop at the first error and silently ignore what they do not know;
//! an integrator who mistypes `milesime` would get an answer to another question. So a
//! [`ParameterReader`] is asked for each parameter by name: it parses, remembers what is wrong and goes
//! on, and [`ParameterReader::end`] refuses the request with all of it, unknown and repeated parameters
//! included. What was asked for is also the list of what is allowed.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use utoipa::PartialSchema;

use super::csv::Separator;
use super::fields::Fields;
use super::page::Page;
use super::problem::{ParameterError, Problem};
use super::request::{DataRequest, Format};
use crate::db::lists::{Filter, Operator};
use crate::domain::{CodeCertification, CodeRegion, Filiere, Indicateur, Invalid, Millesime, Uai};

/// The longest text that a search reads.
const TEXT_MAX: usize = 200;

/// The comparisons of a filter, with their spelling in brackets.
const OPERATORS: [(&str, Operator); 5] =
    [("gte", Operator::Gte), ("gt", Operator::Gt), ("lte", Operator::Lte), ("lt", Operator::Lt), ("eq", Operator::Eq)];

/// Reads the parameters of one request and collects what is wrong with them.
pub struct ParameterReader<'a> {
    request: &'a DataRequest,
    known: Vec<String>,
    errors: Vec<ParameterError>,
}

impl<'a> ParameterReader<'a> {
    pub(super) fn new(request: &'a DataRequest) -> Self {
        let contexte = request.contexte();
        let known = if contexte.pinnable { vec!["publication".to_owned()] } else { Vec::new() };
        let mut errors = contexte.errors.clone();
        let pairs = &contexte.query.pairs;
        for (index, (nom, valeur)) in pairs.iter().enumerate() {
            if pairs.iter().take(index).any(|(earlier, _)| earlier == nom) {
                errors.push(ParameterError::new(nom, valeur, "paramètre répété : donnez-le une seule fois"));
            }
        }
        Self { request, known, errors }
    }

    /// Records a problem that only the handler can see (two parameters that exclude each other).
    pub fn refuse(&mut self, nom: &str, valeur: &str, detail: impl Into<String>) {
        self.errors.push(ParameterError::new(nom, valeur, detail));
    }

    fn valeur(&mut self, nom: &str) -> Option<&'a str> {
        self.known.push(nom.to_owned());
        self.request.contexte().query.valeur(nom)
    }

    fn parse_value<T>(&mut self, nom: &str, valeur: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        parse(valeur).map_err(|invalid| self.refuse(nom, valeur, invalid.0)).ok()
    }

    /// A parameter of the path. `None` is recorded as a problem: see [`ParameterReader::end_with`].
    pub fn path<T>(&mut self, nom: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        let valeur = self.request.segment(nom);
        self.parse_value(nom, valeur, parse)
    }

    /// Any parameter that a domain type parses.
    pub fn read<T>(&mut self, nom: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        let valeur = self.valeur(nom)?;
        self.parse_value(nom, valeur, parse)
    }

    /// `nom=` a code of a certification.
    pub fn code(&mut self, nom: &str) -> Option<CodeCertification> {
        self.read(nom, CodeCertification::parse)
    }

    /// `uai=`
    pub fn uai(&mut self) -> Option<Uai> {
        self.read("uai", Uai::parse)
    }

    /// `region=`, an INSEE or a postal code.
    pub fn region(&mut self) -> Option<CodeRegion> {
        self.read("region", CodeRegion::parse)
    }

    /// `millesime=`
    pub fn millesime(&mut self) -> Option<Millesime> {
        self.read("millesime", Millesime::parse)
    }

    /// `filiere=`
    pub fn filiere(&mut self) -> Option<Filiere> {
        self.read("filiere", Filiere::parse)
    }

    /// A whole number within `bounds`; `default` when it is not given.
    pub fn integer(&mut self, nom: &str, bounds: RangeInclusive<i64>, default: i64) -> i64 {
        let parse = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit());
            text.parse()
                .ok()
                .filter(|n| digits && bounds.contains(n))
                .ok_or_else(|| Invalid(format!("attendu : un nombre entier de {} à {}", bounds.start(), bounds.end())))
        };
        self.read(nom, parse).unwrap_or(default)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, nom: &str) -> Option<bool> {
        self.read(nom, |text| text.parse().map_err(|_| Invalid("attendu : true ou false".to_owned())))
    }

    /// One of a closed list of words.
    pub fn choice<T: Copy>(&mut self, nom: &str, choice: &[(&str, T)]) -> Option<T> {
        self.read(nom, |text| among(text, choice))
    }

    /// Several values separated by commas, `max` at most; every bad one is reported.
    pub fn list_answer<T>(&mut self, nom: &str, max: usize, parse: impl Fn(&str) -> Result<T, Invalid>) -> Vec<T> {
        let Some(valeur) = self.valeur(nom) else { return Vec::new() };
        let pieces: Vec<_> = valeur.split(',').collect();
        if pieces.len() > max {
            self.refuse(nom, valeur, format!("attendu : {max} valeurs au plus, séparées par des virgules"));
            return Vec::new();
        }
        pieces.into_iter().filter_map(|piece| self.parse_value(nom, piece, &parse)).collect()
    }

    /// A text to search for: not blank, 200 characters at most.
    pub fn text(&mut self, nom: &str) -> Option<String> {
        self.read(nom, |text| {
            let text = text.trim();
            let fits = !text.is_empty() && text.chars().count() <= TEXT_MAX;
            fits.then(|| text.to_owned())
                .ok_or_else(|| Invalid(format!("attendu : un texte de 1 à {TEXT_MAX} caractères")))
        })
    }

    /// Every filter on one of `allowed`: `part_en_emploi_6_mois[gte]=50`.
    pub fn filters(&mut self, allowed: &[Indicateur]) -> Vec<Filter> {
        let mut filters = Vec::new();
        for indicateur in allowed {
            for (word, comparison) in OPERATORS {
                let nom = format!("{indicateur}[{word}]");
                let bound = |text: &str| text.parse().map_err(|_| Invalid("attendu : un nombre entier".to_owned()));
                if let Some(valeur) = self.read(&nom, bound) {
                    filters.push(Filter { indicateur: *indicateur, comparison, valeur });
                }
            }
        }
        filters
    }

    /// `tri=`: one of a closed list, `-` in front for descending; `default`, ascending, when
    /// it is not given. Gives the key and whether it is descending.
    pub fn sort<T: Copy>(&mut self, choice: &[(&str, T)], default: T) -> (T, bool) {
        let parse = |text: &str| {
            let (word, descendant) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
            let error = |invalid: Invalid| Invalid(format!("{} ; « - » devant pour l'ordre décroissant", invalid.0));
            Ok((among(word, choice).map_err(error)?, descendant))
        };
        self.read("tri", parse).unwrap_or((default, false))
    }

    /// `champs=` of a single resource of type `T`.
    pub fn fields<T: PartialSchema>(&mut self) -> Fields {
        let Some(valeur) = self.valeur("champs") else { return Fields::all() };
        let allowed = Fields::of_schema::<T>();
        let chosen = valeur.split(',').filter_map(|field| self.parse_value("champs", field, |word| allowed.find(word)));
        Fields::only(chosen.collect())
    }

    /// What every list understands: `limite`, `curseur`, `total`, `champs`; as CSV, which is
    /// always the whole list, `separateur` instead.
    pub fn page<K: DeserializeOwned, T: PartialSchema>(&mut self) -> Page<K> {
        if self.request.format() == Format::Csv {
            let separateur = self.choice("separateur", &[(",", Separator::Comma), (";", Separator::Semicolon)]);
            return Page { separateur: separateur.unwrap_or(Separator::Comma), ..Page::default() };
        }
        Page {
            limite: self.integer("limite", 1..=1000, 50),
            after: self.cursor(),
            total: self.boolean("total").unwrap_or(false),
            champs: self.fields::<T>(),
            separateur: Separator::Comma,
        }
    }

    fn cursor<K: DeserializeOwned>(&mut self) -> Option<K> {
        let valeur = self.valeur("curseur")?;
        let contexte = self.request.contexte();
        let Some(curseur) = &contexte.curseur else {
            self.refuse("curseur", valeur, "curseur altéré ou d'une autre version : recommencez sans « curseur »");
            return None;
        };
        let key = curseur.key(&self.request.request());
        if key.is_none() {
            let detail = "ce curseur est celui d'une autre liste, d'un autre tri ou d'autres filtres : gardez les \
                          mêmes paramètres d'une page à l'autre, ou recommencez sans « curseur »";
            self.refuse("curseur", valeur, detail);
        }
        key
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with every problem found, unknown parameters included.
    pub fn end(mut self) -> Result<(), Problem> {
        let pairs = &self.request.contexte().query.pairs;
        for (nom, valeur) in pairs.iter().filter(|(nom, _)| !self.known.contains(nom)) {
            self.errors.push(ParameterError::new(nom, valeur, self.allowed()));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::parameters(self.errors)) }
    }

    /// Ends the reading and gives back what the handler cannot do without.
    ///
    /// # Errors
    /// As [`ParameterReader::end`]; `required` is `None` only together with a recorded problem.
    pub fn end_with<T>(self, required: Option<T>) -> Result<T, Problem> {
        self.end()?;
        required.ok_or_else(|| Problem::internal("a required parameter is missing without a recorded problem"))
    }

    /// What is allowed, filters in their short form.
    fn allowed(&self) -> String {
        let mut allowed: Vec<String> = self.known.iter().filter(|nom| !nom.contains('[')).cloned().collect();
        let filters = self.known.iter().filter_map(|nom| nom.strip_suffix("[gte]"));
        allowed.extend(filters.map(|nom| format!("{nom}[gte|gt|lte|lt|eq]")));
        allowed.sort();
        let csv = if self.request.format() == Format::Csv { " en CSV" } else { "" };
        if allowed.is_empty() {
            return format!("paramètre inconnu : cette adresse n'en prend aucun{csv}");
        }
        format!("paramètre inconnu ; permis{csv} : {}", allowed.join(", "))
    }
}

fn among<T: Copy>(text: &str, choice: &[(&str, T)]) -> Result<T, Invalid> {
    choice.iter().find(|(word, _)| *word == text).map(|(_, valeur)| *valeur).ok_or_else(|| {
        let words: Vec<_> = choice.iter().map(|(word, _)| *word).collect();
        Invalid(format!("attendu : {}", words.join(", ")))
    })
}
