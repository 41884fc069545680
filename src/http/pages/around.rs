//! What else is taught around a formation, on its page: the first few of its `voisines`.

use super::request::formation_address;
use super::words;
use crate::db::statistiques::NamedStatistique;
use crate::domain::choice::Wanted;
use crate::domain::neighbours::Neighbour;
use crate::domain::{Statistique, Uai};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::voisines::{RADIUS_DEFAULT, neighbours};

/// How many are shown.
const SHOWN: usize = 5;

/// One of them.
pub(super) struct Near {
    pub(super) href: String,
    pub(super) label: String,
    /// Where: the établissement, its commune and how far, or «ici».
    pub(super) place: String,
    /// What became of its pupils, beside those here.
    pub(super) result: String,
}

/// What is around.
pub(super) struct Around {
    /// What became of the pupils here, where it can be said.
    pub(super) here: Option<String>,
    pub(super) shown: Vec<Near>,
    /// How many more there are.
    pub(super) more: usize,
    pub(super) rayon_km: u16,
}

impl Around {
    /// What is around a statistic, with one statement.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn find(request: &DataRequest, uai: Uai, asked: &Statistique) -> Result<Self, Problem> {
        let found = neighbours(request, asked, (uai, Wanted::default()), RADIUS_DEFAULT).await?;
        Ok(Self {
            here: asked.favourable().map(words::favourable),
            more: found.len().saturating_sub(SHOWN),
            shown: found.iter().take(SHOWN).filter_map(|neighbour| near(uai, neighbour)).collect(),
            rayon_km: RADIUS_DEFAULT,
        })
    }
}

fn near(here: Uai, neighbour: &Neighbour<NamedStatistique>) -> Option<Near> {
    let NamedStatistique { statistique, certification, etablissement } = &neighbour.statistique;
    let etablissement = etablissement.as_ref()?;
    let place = if etablissement.uai == here {
        "ici aussi".to_owned()
    } else {
        let name = etablissement.nom.clone().unwrap_or_else(|| etablissement.uai.to_string());
        let far = words::how_far(neighbour.distance_m);
        match &etablissement.commune {
            Some(commune) => format!("{name}, {commune}, {far}"),
            None => format!("{name}, {far}"),
        }
    };
    Some(Near {
        href: format!("{}?filiere={}", formation_address(etablissement.uai, statistique.code), statistique.filiere),
        label: format!("{} {}", words::label(&certification.libelle), words::taught(statistique.filiere)),
        place,
        result: words::beside_here(statistique.favourable(), neighbour.standing),
    })
}
