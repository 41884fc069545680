//! `fr-en-inserjeunes-cfa` and `fr-en-inserjeunes-lycee_pro`: établissements as a whole, from the
//! open data portal.
//!
//! The two have the same figures. What tells them apart is `Dont apprentis en EPLE`, which only
//! lycées have, and the broken contracts, which only CFAs have; a file with neither is told by
//! its name.

use super::super::header::Column;
use super::super::records::Quotes;
use super::etablissement::{Cohorte, Etablissements, present};
use super::{Dataset, Definition, OpenedSource, Opening};
use crate::db::ingestion::tables::Table;
use crate::domain::Filiere;

const COLUMNS: &[Column] = &[
    Column::new("annee", &["Année"]),
    Column::new("uai", &["n°UAI de l'établissement"]),
    Column::new("libelle", &["Libellé de l'établissement"]),
    Column::new("region", &["Région"]),
    Column::new("dont_apprentis_eple", &["Dont apprentis en EPLE"]),
    Column::new(
        "part_poursuite_etudes",
        &["DEVENIR Part poursuite études", "part_en_poursuite_d_etudes", "Part en poursuite d'études"],
    ),
    Column::new("part_en_emploi_6_mois", &["DEVENIR Part en emploi 6 mois", "part_en_emploi_6_mois_apres_la_sortie"]),
    Column::new(
        "part_autres_situations_6_mois",
        &["DEVENIR Part autre situation 6 mois", "part_des_autres_situations"],
    ),
    Column::new(
        "taux_rupture_contrats",
        &["Part contrats apprentissage interrompus", "taux_contrats_interrompus", "Taux contrats interrompus"],
    ),
    Column::new("taux_poursuite_etudes", &["Taux poursuite études", "Taux de poursuite d'études"]),
    Column::new("taux_emploi_6_mois", &["Taux emploi 6 mois", "Taux d'emploi 6 mois après la sortie"]),
    Column::new("taux_emploi_6_mois_attendu", &["Taux emploi 6 mois attendu"]),
    Column::new("valeur_ajoutee_emploi_6_mois", &["VA emploi 6 mois"]),
    Column::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    Column::new("taux_emploi_18_mois", &["Taux d'emploi 18 mois après la sortie"]),
    Column::new("taux_emploi_24_mois", &["Taux d'emploi 24 mois après la sortie"]),
    Column::new("num_ligne", &[]),
];

const REQUIRED: &[&[&str]] =
    &[&["annee"], &["uai"], &["taux_emploi_6_mois"], &["taux_emploi_6_mois_attendu", "valeur_ajoutee_emploi_6_mois"]];

/// CFAs.
pub(in crate::ingestion) const CFA: Definition = Definition {
    dataset: Dataset::InserjeunesCfa,
    columns: COLUMNS,
    required: REQUIRED,
    excluded: &[
        "dont_apprentis_eple",
        "Dont apprentis en EPLE",
        "code_formation_mefstat11",
        "Code formation apprentissage",
        "mefstat11",
        "cfd",
        "code_certification",
    ],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

/// Lycées.
pub(in crate::ingestion) const LYCEE_PRO: Definition = Definition {
    dataset: Dataset::InserjeunesLyceePro,
    columns: COLUMNS,
    required: REQUIRED,
    excluded: &[
        "Part contrats apprentissage interrompus",
        "taux_contrats_interrompus",
        "taux_rupture_contrats",
        "code_formation_mefstat11",
        "Code formation apprentissage",
        "mefstat11",
        "cfd",
        "code_certification",
    ],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let layout = &opening.layout;
    let filiere = match opening.dataset {
        Dataset::InserjeunesCfa => Filiere::Apprentissage,
        _ => Filiere::Pro,
    };
    let cohorte = Cohorte::Column(layout.at("annee").unwrap_or_default());
    let population = layout.at("dont_apprentis_eple");
    let adapter = Etablissements::new(opening.dataset, filiere, cohorte, layout, population);
    OpenedSource { present: present(layout), ..OpenedSource::new(Table::MesuresEtablissement, adapter) }
}
