//! `catalogue-apprentissage`: who teaches, trains and manages each diploma in apprenticeship.
//!
//! Only lines that one of the two catalogues publishes count; the others are drafts, and what is
//! wrong in them is nobody's concern. An empty UAI is data: the catalogue names nobody, and this
//! is later told apart from naming somebody else. A UAI that is filled must be right.

use super::super::champs::{self, Ligne};
use super::super::header::Colonne;
use super::super::rejets::{MotifRejet, Rejet};
use super::formation_diplome::cfd;
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::CatalogueRow;
use crate::db::ingestion::tables::Table;
use crate::domain::Uai;

/// Why a line is left out.
const NON_PUBLIEE: &str = "formation non publiée (published et catalogue_published faux)";

/// The catalogue.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::CatalogueApprentissage,
    colonnes: &[
        Colonne::new("cfd", &[]),
        Colonne::new("uai_formation", &[]),
        Colonne::new("etablissement_formateur_uai", &[]),
        Colonne::new("etablissement_gestionnaire_uai", &[]),
        Colonne::new("published", &[]),
        Colonne::new("catalogue_published", &[]),
    ],
    requises: &[
        &["uai_formation"],
        &["cfd"],
        &["etablissement_formateur_uai"],
        &["etablissement_gestionnaire_uai"],
        &["published", "catalogue_published"],
    ],
    exclues: &[],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Ouvert {
    let at = |nom| ouverture.layout.at(nom);
    let adaptateur = Catalogue {
        publiee: [at("published"), at("catalogue_published")],
        cfd: at("cfd"),
        formation: at("uai_formation"),
        formateur: at("etablissement_formateur_uai"),
        gestionnaire: at("etablissement_gestionnaire_uai"),
    };
    Ouvert::new(Table::CatalogueApprentissage, adaptateur)
}

struct Catalogue {
    publiee: [Option<usize>; 2],
    cfd: Option<usize>,
    formation: Option<usize>,
    formateur: Option<usize>,
    gestionnaire: Option<usize>,
}

impl Adaptateur for Catalogue {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let [published, catalogue] = self.publiee;
        // Both are read: a word that is neither true nor false in either one is not passed over.
        let (published, catalogue) = (booleen(ligne, published)?, booleen(ligne, catalogue)?);
        if !published && !catalogue {
            *sortie.hors_perimetre.entry(NON_PUBLIEE).or_default() += 1;
            return Ok(());
        }
        let row = CatalogueRow {
            dataset: Dataset::CatalogueApprentissage.as_str(),
            cfd: cfd(ligne, self.cfd)?,
            formation: uai(ligne, self.formation)?,
            formateur: uai(ligne, self.formateur)?,
            gestionnaire: uai(ligne, self.gestionnaire)?,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

/// An empty one is nobody.
fn uai(ligne: &Ligne<'_>, colonne: Option<usize>) -> Result<Option<Uai>, Rejet> {
    ligne.rempli(colonne).map(|_| champs::uai(ligne, colonne)).transpose()
}

/// `true` or `false` as exports write them; an empty one, and a column that is not there, is false.
fn booleen(ligne: &Ligne<'_>, colonne: Option<usize>) -> Result<bool, Rejet> {
    let Some(text) = ligne.rempli(colonne) else { return Ok(false) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "vrai" | "1" => Ok(true),
        "false" | "faux" | "0" => Ok(false),
        _ => Err(Rejet::champ(MotifRejet::BooleenInvalide, colonne.unwrap_or_default(), text)
            .attendu("attendu : true ou false")),
    }
}
