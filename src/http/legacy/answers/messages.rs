//! `_meta`, the sentences that platforms show as they are.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::legacy::EntryRecord;
use crate::domain::{Filiere, Lieu, RoleUai};

/// Too few pupils.
pub(in crate::http::legacy) const SOUS_SEUIL: &str = "Les taux ne peuvent pas être affichés car il n'y a pas assez d'élèves pour \
                                     fournir une information fiable.";

/// Ce qui accompagne une réponse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MetaLegacy)]
pub(in crate::http::legacy) struct Meta {
    /// Titre ; absent dans les listes.
    #[serde(skip_serializing_if = "Option::is_none")]
    titre: Option<String>,
    /// Description ; absente dans les listes.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    /// Avertissements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) messages: Option<Vec<&'static str>>,
}

impl Meta {
    /// Only messages; nothing without any.
    pub(in crate::http::legacy) fn of_messages(messages: Vec<&'static str>) -> Option<Self> {
        (!messages.is_empty()).then_some(Self { titre: None, details: None, messages: Some(messages) })
    }

    /// Title, description and messages of a single answer.
    pub(in crate::http::legacy) fn single(record: &EntryRecord, messages: Option<Vec<&'static str>>) -> Self {
        let statistique = &record.statistique;
        let code = statistique.code;
        let source = if statistique.filiere == Filiere::Superieur { "InserSup" } else { "InserJeunes" };
        let diplome = record.certification.diplome.as_ref().map_or("", |diplome| diplome.libelle.as_str());
        let filiere = format!("{diplome} filière {}", statistique.filiere);
        let (titre, etablissement, region) = match statistique.lieu {
            Lieu::France => (format!("Certification {code}"), String::new(), String::new()),
            Lieu::Region(region) => {
                (format!("Certification {code}"), String::new(), format!(" et la région {}", region.region().nom))
            }
            Lieu::Etablissement(uai) => (
                format!("Certification {code}, établissement {uai}"),
                format!(" dispensée par l'établissement {uai},"),
                String::new(),
            ),
        };
        let details = format!(
            "Données {source} pour la certification {code} ({}){etablissement} pour le millésime {}{region}",
            filiere.trim_start(),
            statistique.millesime,
        );
        Self { titre: Some(titre), details: Some(details), messages }
    }
}

/// The warnings of an entry: whose figures it shows, and that they are hidden.
pub(in crate::http::legacy) fn messages(record: &EntryRecord, hidden: bool) -> Vec<&'static str> {
    let role = record.statistique.origine.uai.map(|(_, role)| role);
    let copy = match role {
        Some(RoleUai::Formateur) => {
            Some("Les données pour cette formation proviennent de l'organisme formateur de la formation.")
        }
        Some(RoleUai::Gestionnaire) => {
            Some("Les données pour cette formation proviennent de l'organisme gestionnaire de la formation.")
        }
        Some(RoleUai::LieuFormation | RoleUai::Unknown) | None => None,
    };
    copy.into_iter().chain(hidden.then_some(SOUS_SEUIL)).collect()
}
