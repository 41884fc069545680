//! Datasets that are recognised but not imported yet: a folder downloaded from the portals holds
//! them too, and «known, not yet supported» says more than «unknown».

use super::super::header::Colonne;
use super::{Dataset, Definition};

const fn connu(
    dataset: Dataset,
    colonnes: &'static [Colonne],
    requises: &'static [&'static [&'static str]],
    exclues: &'static [&'static str],
) -> Definition {
    Definition { dataset, colonnes, requises, exclues, attend_millesime: false, ouvrir: None }
}

pub(in crate::ingestion) const INSERSUP: Definition = connu(
    Dataset::EsrInsersup,
    &[
        Colonne::new("date_jeu", &[]),
        Colonne::new("etablissement", &[]),
        Colonne::new("uo_lib", &[]),
        Colonne::new("promo", &[]),
    ],
    &[&["date_jeu"], &["etablissement"], &["uo_lib"], &["promo"]],
    &[],
);
