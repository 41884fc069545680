//! Why a row has no figure, and who can repair it. The first status that holds is given; there is no
//! «no evident reason».

use std::fmt;

use super::index::Index;
use super::row::Offer;
use super::search::Search;
use crate::domain::filiere::closed_list;
use crate::domain::matching::PairFigures;
use crate::domain::{Invalid, RaisonAbsence};

closed_list! {
    /// What a row came to.
    Statut {
        /// At least one part at 6 months is shown.
        Couvert = "couvert",
        /// A statistic of too few pupils.
        SousSeuil = "sous_seuil",
        /// A statistic that the producer withholds.
        NonDiffuse = "non_diffuse",
        /// Several statistics, between which nothing decides.
        Plusieurs = "plusieurs",
        /// No code.
        CodeAbsent = "code_absent",
        /// No code that any table has.
        CodeInconnu = "code_inconnu",
        /// No UAI.
        UaiAbsent = "uai_absent",
        /// No UAI that a directory, a statistic or the catalogue has.
        UaiInconnu = "uai_inconnu",
        /// No statistic of any code in the région.
        TerritoireNonCouvert = "territoire_non_couvert",
        /// Too new for anybody to have left.
        NouvelleFormation = "nouvelle_formation",
        /// Nothing ever, anywhere.
        JamaisPublie = "jamais_publie",
        /// Only before the last year of the publication.
        HorsMillesime = "hors_millesime",
        /// Figures elsewhere, none here.
        NonEnseigneIci = "non_enseigne_ici",
    }
}

closed_list! {
    /// Who can repair it.
    Actor {
        /// The statistical service.
        Producteur = "producteur",
        /// The platform.
        Plateforme = "plateforme",
        /// Nobody: time will.
        Personne = "personne",
    }
}

impl Statut {
    /// Who can repair it; nobody has to where it is covered.
    #[must_use]
    pub const fn actor(self) -> Option<Actor> {
        match self {
            Self::Couvert => None,
            Self::SousSeuil
            | Self::NonDiffuse
            | Self::TerritoireNonCouvert
            | Self::JamaisPublie
            | Self::HorsMillesime => Some(Actor::Producteur),
            Self::Plusieurs
            | Self::CodeAbsent
            | Self::CodeInconnu
            | Self::UaiAbsent
            | Self::UaiInconnu
            | Self::NonEnseigneIci => Some(Actor::Plateforme),
            Self::NouvelleFormation => Some(Actor::Personne),
        }
    }

    /// What to do, and who, in a sentence.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Couvert => "Rien à faire.",
            Self::SousSeuil => {
                "Rien à corriger ici : trop peu d'élèves pour montrer une part ; le producteur peut cumuler des années."
            }
            Self::NonDiffuse => "Demandez au producteur pourquoi il ne diffuse pas ces chiffres.",
            Self::Plusieurs => {
                "La plateforme choisit parmi les candidats : une correction, ou un code plus précis dans son catalogue."
            }
            Self::CodeAbsent => "La plateforme ajoute à la ligne un CFD, un MEF, un code SISE ou un numéro RNCP.",
            Self::CodeInconnu => {
                "La plateforme corrige le code : il n'est dans aucune nomenclature ni table de passage."
            }
            Self::UaiAbsent => "La plateforme ajoute l'UAI du lieu de formation.",
            Self::UaiInconnu => "La plateforme corrige l'UAI : aucun annuaire, aucune statistique ne l'a.",
            Self::TerritoireNonCouvert => "Demandez au producteur quand ce territoire sera mesuré.",
            Self::NouvelleFormation => {
                "Attendre : personne n'est encore sorti de cette formation depuis assez longtemps."
            }
            Self::JamaisPublie => "Demandez au producteur pourquoi cette formation n'a jamais de chiffres.",
            Self::HorsMillesime => "Demandez au producteur pourquoi cette formation n'a plus de chiffres récents.",
            Self::NonEnseigneIci => {
                "La plateforme vérifie l'UAI et le code : la formation a des chiffres ailleurs, aucun ici."
            }
        }
    }

    /// The status of a statistic that was found.
    #[must_use]
    pub fn of_figures(figures: &PairFigures) -> Self {
        if figures.is_shown() {
            Self::Couvert
        } else if figures.parts.iter().any(|part| part.raison() == Some(RaisonAbsence::SousSeuil)) {
            Self::SousSeuil
        } else {
            Self::NonDiffuse
        }
    }

    /// The status of a row, once the rules have run.
    #[must_use]
    pub fn of(search: &Search<'_>) -> Self {
        if let Some((_, hit, _)) = &search.hit {
            return Self::of_figures(&hit.figures);
        }
        if search.several.is_some() {
            return Self::Plusieurs;
        }
        of_row(search.index, search.offer).unwrap_or_else(|| of_codes(search))
    }
}

/// What is wrong with the cells themselves, or with the place.
fn of_row(index: &Index, offer: &Offer) -> Option<Statut> {
    if !offer.has_code {
        return Some(Statut::CodeAbsent);
    }
    if offer.keys.is_empty() {
        return Some(Statut::CodeInconnu);
    }
    if !offer.has_uai {
        return Some(Statut::UaiAbsent);
    }
    if !offer.uais.iter().any(|uai| index.is_known(*uai)) {
        return Some(Statut::UaiInconnu);
    }
    let region = offer.uais.first().and_then(|uai| index.region(*uai));
    region.filter(|region| !index.covers(*region)).map(|_| Statut::TerritoireNonCouvert)
}

/// What the publication has of the codes of the row's own voie, wherever.
fn of_codes(search: &Search<'_>) -> Statut {
    let (index, codes) = (search.index, &search.tried.codes);
    let Some(latest) = codes.iter().filter_map(|code| index.latest(*code)).max() else {
        let last = i32::from(index.last_year().unwrap_or_default());
        let is_new =
            |code| index.beginning(code).is_some_and(|(opening, duration)| opening + i32::from(duration) + 1 > last);
        let new = !codes.is_empty() && codes.iter().all(|code| is_new(*code));
        return if new { Statut::NouvelleFormation } else { Statut::JamaisPublie };
    };
    if Some(latest.end()) < index.last_year() { Statut::HorsMillesime } else { Statut::NonEnseigneIci }
}
