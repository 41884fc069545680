//! The real files, where they are at hand: every one recognised, no line lost.

use std::path::{Path, PathBuf};

use exposition::ingestion::{Etat, Options, discover, ingest};

use super::World;
use crate::common::config;

fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !folder.is_dir() {
        println!("skipped: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}

/// File name, dataset, rows, and those that a later row of the same file replaces.
const EXPECTED: &[(&str, &str, u64, u64)] = &[
    ("inserjeunes-mesures-regional-2019_2022.csv", "inserjeunes-mesures", 29_410, 0),
    ("fr-en-inserjeunes-cfa.csv", "fr-en-inserjeunes-cfa", 8_556, 0),
    ("depp-2022-etablissements-2018_2019-pro.csv", "depp-inserjeunes-etablissements", 4_569, 0),
    ("depp-2022-etablissements-2019_2020-pro.csv", "depp-inserjeunes-etablissements", 4_674, 0),
    ("depp-2022-etablissements-2020_2021-apprentissage.csv", "depp-inserjeunes-etablissements", 1_767, 0),
    ("depp-2022-etablissements-2020_2021-pro.csv", "depp-inserjeunes-etablissements", 4_972, 0),
    ("depp-2022-etablissements-2021_2022-apprentissage.csv", "depp-inserjeunes-etablissements", 2_288, 0),
    ("depp-2022-etablissements-2021_2022-pro.csv", "depp-inserjeunes-etablissements", 5_325, 0),
    ("n_formation_diplome.csv", "n_formation_diplome", 4_023, 0),
    ("v_formation_diplome.csv", "v_formation_diplome", 11_261, 0),
    ("n_mef.csv", "n_mef", 10_067, 1),
    ("n_niveau_formation_diplome.csv", "n_niveau_formation_diplome", 212, 0),
];

const SKIPPED: &[(&str, &str)] = &[
    ("n_dispositif_formation.csv", "unknown dataset"),
    ("n_groupe_formation.csv", "known, not yet supported"),
    ("n_lien_formation_groupe.csv", "known, not yet supported"),
    ("n_type_diplome_sise.csv", "known, not yet supported"),
    ("n_diplome_sise-extrait.csv", "known, not yet supported"),
    ("acce_etablissements-extrait.csv", "known, not yet supported"),
    ("fr-en-annuaire-education_2023-06_dep35.csv", "known, not yet supported"),
    ("fr-en-adresse-et-geolocalisation_2023-06_dep35.csv", "known, not yet supported"),
];

#[tokio::test]
async fn every_real_file_is_recognised_and_no_line_is_lost() {
    let Some(data) = data() else { return };
    let world = World::new().await;
    let folders = ["inserjeunes", "depp", "bcn", "annuaire"].map(|folder| data.join(folder));
    let options = Options { dans_dossier: true, ..Options::default() };
    let mut seen = 0;
    for file in discover(&folders).unwrap() {
        let rapport = ingest(&world.pg.db, &config().ingestion, &file.path, &options).await.unwrap();
        let name = file.path.file_name().unwrap().to_str().unwrap();
        if let Some((_, dataset, rows, replaced)) = EXPECTED.iter().find(|(expected, ..)| *expected == name) {
            assert_eq!((rapport.etat, rapport.dataset), (Etat::Importe, Some(*dataset)), "{name}: {:?}", rapport.motif);
            let lignes = rapport.lignes;
            assert_eq!((lignes.lues, lignes.gardees, lignes.remplacees), (*rows, rows - replaced, *replaced), "{name}");
            assert_eq!(lignes.solde(), 0, "{name}");
            assert_eq!(rapport.ecarts.nombre, 0, "{name}: {:?}", rapport.ecarts);
        } else {
            let (_, motif) = SKIPPED.iter().find(|(skipped, _)| *skipped == name).expect(name);
            assert_eq!((rapport.etat, rapport.motif.as_deref()), (Etat::Ignore, Some(*motif)), "{name}");
        }
        seen += 1;
    }
    assert_eq!(seen, EXPECTED.len() + SKIPPED.len());
    let cell = "SELECT nb_annee_term, nb_poursuite_etudes, nb_sortant, nb_en_emploi_6_mois, nb_en_emploi_12_mois,
        nb_en_emploi_18_mois, nb_en_emploi_24_mois FROM mesures WHERE lieu = '11' AND code_certification = '32020008'
        AND filiere = 'apprentissage' AND millesime = '2019_2020'";
    assert_eq!(world.rows(cell).await, ["162 73 89 57 67 65 71"]);
}
