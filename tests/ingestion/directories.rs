//! The three directories of établissements.

use super::{World, uai};

const CELLS: &str = "SELECT dataset, uai, nom, adresse, code_postal, code_commune, commune, departement, academie,
    region, latitude, longitude, secteur, site_web, ouvert FROM annuaire ORDER BY dataset, ligne";

const ACCE: &str = "numero_uai;nature_uai;etat_etablissement;etat_etablissement_libe;secteur_public_prive;\
    secteur_public_prive_libe;commune;commune_libe;academie;academie_libe;departement_insee_3;departement_insee_3_libe;\
    denomination_principale;appellation_officielle;patronyme_uai;adresse_uai;code_postal_uai;site_web;coordonnee_x;\
    coordonnee_y;appariement;source";

#[tokio::test]
async fn acce_gives_name_commune_and_territory_but_no_coordinates() {
    let world = World::new().await;
    let (a, b, c, d) = (uai(10_001), uai(6_200_001), uai(9_990_001), uai(140_001));
    let mut file = format!("{ACCE}\n").into_bytes();
    file.extend(
        format!(
            "{a};320;1;Ouvert;PU;Public;01004;Ambérieu;10;Lyon;001;Ain;LP;Lycée de l'eau;X;1 rue;01500;http://a.fr;\
             881947.9;6544401.7;Parfaite;IGN\n\
             {b};306;3;Fermé;PR;Privé;;;27;Corse;02A;Corse-du-Sud;LYCÉE PRIVÉ;;;;;;;;;\n\
             {c};306;1;Ouvert;PU;Public;;;99;Etranger;099;Etranger;LYCÉE;;;;;;;;;\n\
             {d};306;2;A fermer;;;;;05;Caen;014;Calvados;LYCÉE;;;;;;;;;\n"
        )
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap()),
    );
    let report = world.accept("acce.csv", file).await;
    assert_eq!(report.dataset, Some("acce_etablissements"));
    assert!(report.colonnes_ignorees.contains(&"coordonnee_x".to_owned()));
    assert_eq!((report.findings.total(), report.encodage.is_some_and(|e| e != "utf-8")), (0, true));
    assert_eq!(
        world.rows(CELLS).await,
        [
            format!(
                "acce_etablissements {a} Lycée de l'eau 1 rue 01500 01004 Ambérieu 01 10 84 - - public http://a.fr true"
            ),
            // No official name: the main denomination. The région follows from the département.
            format!("acce_etablissements {b} LYCÉE PRIVÉ - - - - 2A 27 94 - - prive - false"),
            // Abroad: pseudo-codes are no territory.
            format!("acce_etablissements {c} LYCÉE - - - - - - - - - public - true"),
            // Caen is Normandie now.
            format!("acce_etablissements {d} LYCÉE - - - - 14 70 28 - - - - true"),
        ]
    );
}

/// A row of the public directory of either generation, its coordinates in between.
fn annuaire(uai: &str, nom: &str) -> String {
    format!(
        "{uai};{nom};Lycée;Privé;1 rue;CS 1;;35418;35288;Saint-Malo;035;14;53;http://b.fr;330032.3;6850710.0;EPSG:2154;\
         48.65056;-2,02577;OUVERT;1"
    )
}

const OLDER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;\
    Adresse_2;Adresse_3;Code postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;Web;\
    coordonnee_X;coordonnee_Y;epsg;latitude;longitude;etat;etablissement_multi_lignes";

fn newer() -> String {
    OLDER
        .replace("Code postal", "Code_postal")
        .replace("coordonnee_X", "coordX_origine")
        .replace("coordonnee_Y", "coordY_origine")
        .replace("epsg", "epsg_origine")
}

#[tokio::test]
async fn both_generations_of_the_public_directory_say_the_same() {
    let a = uai(350_017);
    for header in [OLDER.to_owned(), newer(), newer().to_lowercase()] {
        let world = World::new().await;
        let file = format!("\u{FEFF}{header}\r\n{}\r\n", annuaire(&a, "Lycée de la mer"));
        let report = world.accept("annuaire.csv", file).await;
        assert_eq!(report.dataset, Some("fr-en-annuaire-education"));
        assert_eq!(
            world.rows(CELLS).await,
            [format!(
                "fr-en-annuaire-education {a} Lycée de la mer 1 rue 35418 35288 Saint-Malo 35 14 53 48.65056 -2.02577 \
                 prive http://b.fr true"
            )]
        );
    }
}

#[tokio::test]
async fn an_unknown_generation_of_the_public_directory_is_refused_and_says_what_is_missing() {
    let world = World::new().await;
    let header = newer().replace("latitude", "lat_wgs84").replace("longitude", "lon_wgs84");
    let message = world.refuse("export.csv", format!("{header}\n{}\n", annuaire(&uai(350_017), "L"))).await;
    for part in ["fr-en-annuaire-education", "«latitude»", "«longitude»", "found Identifiant_de_l_etablissement"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(world.rows("SELECT uai FROM annuaire").await.is_empty());
}

#[tokio::test]
async fn addresses_and_coordinates_are_read_under_labels_and_technical_names() {
    let (a, b) = (uai(350_017), uai(9_740_001));
    for header in [
        "Code établissement;Appellation officielle;Dénomination principale;Secteur Public/Privé;Adresse;Code postal;\
         Commune;Coordonnee X;Coordonnee Y;EPSG;Latitude;Longitude;Qualité d'appariement;Code nature;Code état \
         établissement;Etat établissement;Code département;Code région;Code académie;Code commune;Région;Académie",
        "numero_uai;appellation_officielle;denomination_principale;secteur_public_prive_libe;adresse_uai;\
         code_postal_uai;libelle_commune;coordonnee_x;coordonnee_y;epsg;latitude;longitude;appariement;nature_uai;\
         etat_etablissement;etat_etablissement_libe;code_departement;code_region;code_academie;code_commune;\
         libelle_region;libelle_academie",
    ] {
        let world = World::new().await;
        let file = format!(
            "{header}\n\
             {a};Collège de l'eau;COLLEGE;Public;2 rue;35330;Val;327366.8;6766352.2;EPSG:2154;47.89;-1.98;Correcte;340;\
             1;OUVERT;035;53;14;35168;Bretagne;Rennes\n\
             {b};;COLLEGE;Public;;;;;;EPSG:2975;;;;340;3;A OUVRIR;974;99;28;;;\n"
        );
        let report = world.accept("geo.csv", file).await;
        assert_eq!(report.findings.total(), 0, "{:?}", report.findings);
        let dataset = "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre";
        assert_eq!(report.dataset, Some(dataset));
        assert_eq!(
            world.rows(CELLS).await,
            [
                format!("{dataset} {a} Collège de l'eau 2 rue 35330 35168 Val 35 14 53 47.89 -1.98 public - true"),
                // A pseudo-région gives way to the one of the département.
                format!("{dataset} {b} COLLEGE - - - - 974 28 04 - - public - false"),
            ],
            "{header}"
        );
    }
}

#[tokio::test]
async fn of_a_repeated_uai_the_first_line_counts_and_the_others_are_reported() {
    let world = World::new().await;
    let (a, b) = (uai(350_017), uai(350_018));
    let rows = [(&a, "Premier"), (&b, "Autre"), (&a, "Second"), (&a, "Premier"), (&b, "Autre"), (&b, "Autre")];
    let rows: Vec<_> = rows.iter().map(|(uai, nom)| annuaire(uai, nom)).collect();
    let report = world.accept("annuaire.csv", format!("{OLDER}\n{}\n", rows.join("\n"))).await;
    let lines = report.lines;
    assert_eq!(
        (lines.lues, lines.gardees, lines.repetees, lines.identiques, lines.rejetees),
        // Both later lines of the first place go as repeated: another line of it says something else.
        (6, 2, 2, 2, 0)
    );
    let reported: Vec<_> = report.repetitions.iter().map(|e| (e.line, e.valeur.as_str())).collect();
    assert_eq!(reported, [(4, a.as_str()), (5, a.as_str())]);
    assert!(report.repetitions[0].raison.contains("la première ouverte"));
    assert_eq!(world.rows("SELECT ligne, nom FROM annuaire ORDER BY ligne").await, ["2 Premier", "3 Autre"]);
    assert_eq!(world.rows("SELECT lignes FROM portees").await, ["2"]);
}

#[tokio::test]
async fn a_territory_that_does_not_exist_is_left_empty_and_reported() {
    let world = World::new().await;
    let row = annuaire(&uai(350_017), "L").replace(";035;14;53;", ";035;77;54;").replace("Privé", "Mixte");
    let report = world.accept("annuaire.csv", format!("{OLDER}\n{row}\n")).await;
    let reported: Vec<_> = report
        .findings
        .by_rule()
        .iter()
        .flat_map(|found| &found.examples)
        .map(|e| (e.column.as_deref().unwrap(), e.valeur.as_str()))
        .collect();
    assert_eq!(report.findings.total(), 3);
    assert_eq!(reported, [("Code_region", "54"), ("Code_academie", "77"), ("Statut_public_prive", "Mixte")]);
    assert_eq!(world.rows("SELECT departement, academie, region, secteur FROM annuaire").await, ["35 - 53 -"]);
}

#[tokio::test]
async fn the_three_directories_stand_side_by_side_and_a_newer_one_replaces_its_own() {
    let world = World::new().await;
    let a = uai(350_017);
    world.accept("annuaire.csv", format!("{OLDER}\n{}\n", annuaire(&a, "Premier"))).await;
    let acce = format!("{ACCE}\n{a};320;1;;PU;;;;14;;035;;D;N;;;;;;;;\n");
    world.accept("acce.csv", acce).await;
    world.accept("plus-recent.csv", format!("{}\n{}\n", newer(), annuaire(&a, "Second"))).await;
    assert_eq!(
        world.rows("SELECT dataset, nom FROM annuaire ORDER BY 1").await,
        ["acce_etablissements N", "fr-en-annuaire-education Second"]
    );
}

#[tokio::test]
async fn a_directory_of_the_size_of_the_whole_country_is_read_in_one_pass() {
    let world = World::new().await;
    let mut file = format!("{OLDER}\n");
    for number in 0..154_000 {
        file += &annuaire(&uai(number), "Lycée");
        file.push('\n');
    }
    let report = world.accept("annuaire.csv", file).await;
    assert_eq!(report.lines.gardees, 154_000);
}
