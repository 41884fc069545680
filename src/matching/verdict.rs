//! What a row gets, and the columns of the output.

use chrono::NaiveDate;

use super::cells::written;
use super::correction::Correction;
use super::index::Index;
use super::row::Voie;
use super::rules::{Fallback, RuleName};
use super::search::{Hit, Search, Several};
use super::status::{Actor, Statut};
use crate::domain::{CodeCertification, CodeRegion, Dataset, Lieu, TypeOrigine, Uai};

/// The columns of the output, in their order.
pub const COLUMNS: [&str; 21] = [
    "id",
    "statut",
    "uai",
    "role_uai",
    "code",
    "filiere",
    "millesime",
    "regle",
    "origine",
    "candidats",
    "effectif",
    "part_en_emploi_6_mois",
    "part_poursuite_etudes",
    "sans_perspectives",
    "repli_maille",
    "repli_part_en_emploi_6_mois",
    "repli_part_poursuite_etudes",
    "lecture",
    "avis",
    "action",
    "chez",
];

/// What became of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionUse {
    /// Its code.
    pub code: String,
    /// Why it was made.
    pub motif: String,
    /// Whether the rules give the same without it.
    pub useless: bool,
    /// Whether its code is closed.
    pub closed: bool,
}

/// What a row gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The identifier of the row.
    pub id: String,
    /// What it came to.
    pub statut: Statut,
    /// Its statistic.
    pub hit: Option<Hit>,
    /// The rule that found it, or between whose findings nothing decided.
    pub rule: Option<RuleName>,
    /// Whose links led to it.
    pub links: Vec<Dataset>,
    /// Between what nothing decided.
    pub several: Option<Several>,
    /// The région or the country instead.
    pub fallback: Option<Fallback>,
    /// What is to be told.
    pub notes: Vec<String>,
    /// What became of its correction.
    pub correction: Option<CorrectionUse>,
    /// Whether a cell was mended.
    pub mended: bool,
    /// The région of its first UAI.
    pub region: Option<CodeRegion>,
    /// Kind of diploma, by the catalogue, else by the code.
    pub kind: Option<String>,
    /// How it is taught, by the catalogue.
    pub voie: Option<Voie>,
    /// Whether its codes are of higher education.
    pub higher: bool,
}

impl Verdict {
    /// The verdict of a search that has ended.
    #[must_use]
    pub fn of(search: Search<'_>) -> Self {
        let statut = Statut::of(&search);
        let (index, offer) = (search.index, search.offer);
        let fallback = if statut == Statut::Couvert { None } else { Fallback::of(&search) };
        let code = search.hit.as_ref().map(|(_, hit, _)| hit.code).or_else(|| search.tried.codes.first().copied());
        let kind = || index.training(code?)?.kind.as_deref().map(str::to_owned);
        let mut notes = offer.notes.clone();
        notes.extend(advice(&search, statut));
        let Search { hit, several, .. } = search;
        let rule = hit.as_ref().map(|(rule, ..)| *rule).or(several.as_ref().map(|(rule, _)| *rule));
        let (hit, links) = hit.map_or((None, Vec::new()), |(_, hit, links)| (Some(hit), links));
        Self {
            id: offer.id.clone(),
            statut,
            hit,
            rule,
            links,
            several: several.map(|(_, several)| several),
            fallback,
            notes,
            correction: None,
            mended: offer.mended,
            region: offer.uais.first().and_then(|uai| index.region(*uai)),
            kind: offer.kind.clone().or_else(kind),
            voie: offer.voie,
            higher: !offer.keys.sise.is_empty(),
        }
    }

    /// The same, after a correction.
    #[must_use]
    pub fn corrected(mut self, correction: &Correction, useless: bool, closed: bool) -> Self {
        let code = correction.code.to_string();
        let why = if correction.motif.is_empty() { String::new() } else { format!(" ({})", correction.motif) };
        self.notes.push(format!("Corrigé à la main : {code}{why}."));
        if useless {
            self.notes
                .push("Cette correction est devenue inutile : les autres règles donnent la même chose.".to_owned());
        }
        if closed {
            self.notes.push("Le code de cette correction est fermé.".to_owned());
        }
        self.correction = Some(CorrectionUse { code, motif: correction.motif.clone(), useless, closed });
        self
    }

    /// Who can repair it.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        self.statut.actor()
    }

    /// Whether its figures are those that the producers publish of this very pair.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.hit.is_some_and(|hit| hit.figures.origine == TypeOrigine::Propre && hit.figures.uai_origine.is_none())
    }

    /// The fields of the output, in the order of [`COLUMNS`].
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let hit = self.hit.as_ref();
        let text = |of: fn(&Hit) -> Option<String>| hit.and_then(of).unwrap_or_default();
        let fallback = |part: usize| {
            let figures = self.fallback.as_ref().map(|fallback| fallback.figures);
            figures
                .and_then(|figures| figures.parts.get(part)?.known())
                .map(|part| part.to_string())
                .unwrap_or_default()
        };
        vec![
            self.id.clone(),
            self.statut.to_string(),
            text(|hit| Some(hit.uai.to_string())),
            text(|hit| Some(hit.figures.role?.to_string())),
            text(|hit| Some(written(hit.code))),
            text(|hit| Some(hit.figures.filiere.to_string())),
            text(|hit| Some(hit.figures.millesime.to_string())),
            self.rule.map(|rule| rule.to_string()).unwrap_or_default(),
            self.origine(),
            self.candidats(),
            text(|hit| Some(hit.figures.effectif.known()?.to_string())),
            text(|hit| Some(hit.figures.parts.first()?.known()?.to_string())),
            text(|hit| Some(hit.figures.parts.get(1)?.known()?.to_string())),
            text(|hit| Some(if hit.figures.sans_perspectives? { "oui" } else { "non" }.to_owned())),
            self.fallback.map(|fallback| fallback.maille.to_string()).unwrap_or_default(),
            fallback(0),
            fallback(1),
            self.lecture(),
            self.notes.join(" "),
            self.statut.action().to_owned(),
            self.actor().map(|actor| actor.to_string()).unwrap_or_default(),
        ]
    }

    /// Who measured and who linked the codes, each with its licence.
    #[must_use]
    pub fn origine(&self) -> String {
        let measured = self.hit.and_then(|hit| hit.figures.source);
        let sources: Vec<String> =
            measured.iter().chain(&self.links).map(|source| format!("{source} ({})", source.licence())).collect();
        sources.join(" ; ")
    }

    fn candidats(&self) -> String {
        let pairs = self.several.iter().flat_map(|several| &several.candidates);
        pairs.map(|(uai, code)| candidate(*uai, *code)).collect::<Vec<_>>().join(";")
    }

    fn lecture(&self) -> String {
        let Some(hit) = self.hit else { return String::new() };
        let lecture = hit.figures.lecture(Lieu::Etablissement(hit.uai), hit.code);
        match (self.rule, self.voie) {
            (Some(RuleName::OtherVoie), Some(Voie::Scolaire)) => {
                format!("Faute de chiffres de la voie scolaire, ceux de l'apprentissage. {lecture}")
            }
            (Some(RuleName::OtherVoie), _) => {
                format!("Faute de chiffres de l'apprentissage, ceux de la voie scolaire. {lecture}")
            }
            _ => lecture,
        }
    }
}

fn candidate(uai: Uai, code: CodeCertification) -> String {
    format!("{uai}:{}", written(code))
}

/// What is told beside the status.
fn advice(search: &Search<'_>, statut: Statut) -> Vec<String> {
    let mut notes = search.notes.clone();
    if let Some((rule, hit, _)) = &search.hit {
        notes.extend(closed(search.index, hit.code, search.today));
        let shown = search.index.pair(Lieu::Etablissement(hit.uai), hit.code).and_then(|pair| pair.shown);
        if let Some(older) = shown.filter(|older| !hit.figures.is_shown() && *older < hit.figures.millesime) {
            notes
                .push(format!("Le millésime {older} montre ses chiffres, le dernier ({}) non.", hit.figures.millesime));
        }
        if *rule == RuleName::Uai {
            notes.push(format!("Les chiffres sont ceux d'un autre établissement du même parcours : {}.", hit.uai));
        }
    }
    if search.several.as_ref().is_some_and(|(_, several)| several.commune) {
        notes.push("Année commune à plusieurs spécialités : les chiffres sont ceux de chacune.".to_owned());
    }
    if matches!(statut, Statut::CodeAbsent | Statut::CodeInconnu) {
        notes.extend(suggestion(search));
    }
    if search.offer.has_code && !search.offer.keys.is_empty() && search.tried.codes.is_empty() {
        notes.push("Aucun code de statistique de cette voie ne se déduit des codes de la ligne.".to_owned());
    }
    notes
}

/// That a code is closed, and what replaced it.
fn closed(index: &Index, code: CodeCertification, today: NaiveDate) -> Option<String> {
    if !index.is_closed(code, today) {
        return None;
    }
    let newer: Vec<String> = index.newer(code).iter().map(|code| written(*code)).collect();
    Some(match newer.as_slice() {
        [] => format!("Le code {} est fermé.", written(code)),
        newer => format!("Le code {} est fermé, remplacé par {}.", written(code), newer.join(" ou ")),
    })
}

/// The diploma that is called like the row, for whoever looks for its code.
fn suggestion(search: &Search<'_>) -> Option<String> {
    let label = search.offer.label.as_deref()?;
    let code = search.index.labelled(label)?;
    Some(format!("Le libellé est celui du CFD {code} : à vérifier, il n'est pas utilisé."))
}
