//! Familles de métiers and diplomas of higher education.

use super::World;

#[tokio::test]
async fn familles_de_metiers_and_their_cfds_are_read_in_file_order() {
    let world = World::new().await;
    let groupes = "\u{FEFF}GROUPE_FORMATION;TYPE_GROUPE_FORMATION;LIBELLE_COURT;LIBELLE_LONG;LIBELLE_EDITION;\
        DATE_OUVERTURE;DATE_FERMETURE;DATE_INTERVENTION;N_COMMENTAIRE\n\
        G9902;TG01;EAU;METIERS DE L'EAU;Métiers de l'eau;01/09/2019;31/08/2030;22/05/2025;\n\
        G9901;TG01;BOIS;METIERS DU BOIS;Métiers du bois;;;;\n";
    let report = world.accept("groupes.csv", groupes).await;
    assert_eq!(report.dataset, Some("n_groupe_formation"));
    assert_eq!(report.colonnes_ignorees, ["DATE_INTERVENTION", "N_COMMENTAIRE"]);
    assert_eq!(
        world
            .rows(
                "SELECT groupe_formation, type_groupe, libelle_court, libelle_long, libelle_edition, date_ouverture,
                        date_fermeture FROM groupes_formation ORDER BY ligne"
            )
            .await,
        [
            "G9902 TG01 EAU METIERS DE L'EAU Métiers de l'eau 2019-09-01 2030-08-31",
            "G9901 TG01 BOIS METIERS DU BOIS Métiers du bois - -",
        ]
    );
    let liens = "GROUPE_FORMATION;FORMATION_DIPLOME;DATE_OUVERTURE;DATE_FERMETURE\n\
        G9902;40099902;01/09/2019;\n\
        G9901;40099902;;\n\
        G9902;4009991;;31/08/2024\n\
        G9902;40099902;01/09/2019;\n";
    let report = world.accept("liens.csv", liens).await;
    assert_eq!(report.dataset, Some("n_lien_formation_groupe"));
    assert_eq!((report.lines.gardees, report.lines.identiques), (3, 1));
    assert_eq!(
        world
            .rows(
                "SELECT ligne, groupe_formation, formation_diplome, date_ouverture, date_fermeture
                 FROM liens_formation_groupe ORDER BY ligne"
            )
            .await,
        [
            "2 G9902 40099902 2019-09-01 -",
            // One CFD in two groups is data: which one counts is decided by the order of the file.
            "3 G9901 40099902 - -",
            "4 G9902 04009991 - 2024-08-31",
        ]
    );
}

#[tokio::test]
async fn diplomas_of_higher_education_are_read_in_latin_1_and_bars() {
    let world = World::new().await;
    let diplomes = b"DIPLOME_SISE|TYPE_DIPLOME_SISE|VOIE_LMD|DOMAINE_FORMATION|LIBELLE_INTITULE_1|LIBELLE_INTITULE_2|\
        DATE_OUVERTURE|DATE_FERMETURE\n\
        2599901|DR|||M\xC9TIERS DE L'EAU|G\xC9NIE|01/09/2021|\n\
        2599902|ZZ|||CHIMIE|||31/08/2030\n\
        2599903||||PHYSIQUE|||\n";
    let report = world.accept("diplomes.csv", diplomes).await;
    // The bytes are those of both encodings: no character tells them apart.
    assert_eq!((report.dataset, report.separateur), (Some("n_diplome_sise"), Some('|')));
    assert_eq!(
        world
            .rows(
                "SELECT diplome_sise, type_diplome_sise, libelle_intitule_1, libelle_intitule_2, date_ouverture,
                        date_fermeture FROM diplomes_sise ORDER BY ligne"
            )
            .await,
        [
            "2599901 DR MÉTIERS DE L'EAU GÉNIE 2021-09-01 -",
            // A kind that no file lists is data.
            "2599902 ZZ CHIMIE - - 2030-08-31",
            "2599903 - PHYSIQUE - - -",
        ]
    );
    let types = "TYPE_DIPLOME_SISE|CURSUS|NIVEAU_INTERMINISTERIEL|LIBELLE_COURT|LIBELLE_LONG\n\
        01|X|2|LIC PRO|LICENCE PROFESSIONNELLE\nDR|M||DUT|\n";
    let report = world.accept("types.csv", types).await;
    assert_eq!(report.dataset, Some("n_type_diplome_sise"));
    assert_eq!(
        world
            .rows(
                "SELECT type_diplome_sise, niveau_interministeriel, libelle_court, libelle_long
                 FROM types_diplome_sise ORDER BY ligne"
            )
            .await,
        ["01 2 LIC PRO LICENCE PROFESSIONNELLE", "DR - DUT -"]
    );
}
