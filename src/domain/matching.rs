//! What the matching of a catalogue needs to know of a publication, row by row: less than an answer
//! shows, so that all of it fits into memory.

use super::valeur::Valeur;
use super::{
    CodeCertification, CodeRegion, Contexte, Dataset, Figures, Filiere, Indicateur, Lieu, Millesime, Origine, RoleUai,
    Roles, Statistique, TypeOrigine, Uai,
};
use std::sync::Arc;

/// A certification at a place: one entry of a publication, with the figures that decide whether a
/// course is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairEntry {
    /// The place.
    pub lieu: Lieu,
    /// The certification.
    pub code: CodeCertification,
    /// Its figures; `None` for an earlier or common year.
    pub figures: Option<PairFigures>,
    /// The terminal years of an earlier or common year.
    pub terminales: Vec<CodeCertification>,
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
}

/// The figures of one entry: what may be shown of them, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairFigures {
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
    /// Pupils in the final year, where that is shown.
    pub effectif: Valeur,
    /// Employment at 6 months, further study, other situations: percent.
    pub parts: [Valeur; 3],
    /// Employment < 30 % and further study < 50 %.
    pub sans_perspectives: Option<bool>,
    /// How it came by its figures.
    pub origine: TypeOrigine,
    /// The code whose figures these are.
    pub code_origine: CodeCertification,
    /// The établissement whose figures these are, where it is another one.
    pub uai_origine: Option<(Uai, RoleUai)>,
    /// Who measured.
    pub source: Option<Dataset>,
    /// For an aggregate: visible cells added, and all cells.
    pub cellules: Option<(i32, i32)>,
    /// What the établissement is for these pupils.
    pub role: Option<RoleUai>,
}

impl PairFigures {
    /// Whether at least one part at 6 months is shown.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.parts.iter().any(|part| part.known().is_some())
    }

    /// The headline sentences of these figures, ready to show.
    #[must_use]
    pub fn lecture(&self, lieu: Lieu, code: CodeCertification) -> String {
        let mut figures = Figures::default();
        figures.set(Indicateur::NbAnneeTerm, self.effectif);
        for (indicateur, part) in Statistique::AT_SIX_MONTHS.into_iter().zip(self.parts) {
            figures.set(indicateur, part);
        }
        let role = |role| Roles { role, lieux_formation: None, formateurs: None, gestionnaires: None };
        let statistique = Statistique {
            lieu,
            code,
            filiere: self.filiere,
            millesime: self.millesime,
            figures: Arc::new(figures),
            presentes: 0,
            sans_perspectives: self.sans_perspectives,
            origine: Origine {
                type_origine: self.origine,
                code: self.code_origine,
                uai: self.uai_origine,
                source: self.source,
                fichier: None,
                cellules: self.cellules,
            },
            roles: self.role.map(role),
            terminales: Vec::new(),
            contexte: Contexte::default(),
        };
        super::lecture::sentences(&statistique).join(" ")
    }
}

/// An établissement that a directory or a statistic knows, and its région.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownPlace {
    /// Its identifier.
    pub uai: Uai,
    /// Its région, where anything says it.
    pub region: Option<CodeRegion>,
}
