//! The neighbours of a formation: who they are, in which order, and what they may tell. Every
//! expected figure and interval is computed by hand.

use serde_json::{Value, json};

use super::derived;
use crate::common::statements::StatementCounter;
use crate::common::{TestServer, config, database, ingest};

const DIPLOMES: &str = "\
FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;LIBELLE_COURT;LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;DATE_PREMIERE_SESSION;DATE_DERNIERE_SESSION
50022137;500;221;S;CAP;PAIN;PAIN (CAP);;;;
50022141;500;221;S;CAP;GATEAUX;GATEAUX (CAP);;;;
50022199;500;221;S;CAP;BRIOCHES;BRIOCHES (CAP);;31/08/2020;;
50023401;500;234;S;CAP;MEUBLES;MEUBLES (CAP);;;;
45022101;450;221;S;BP;PAIN;PAIN (BP);;;;
";

const MEFS: &str = "\
MEF;DISPOSITIF_FORMATION;FORMATION_DIPLOME;DUREE_DISPOSITIF;ANNEE_DISPOSITIF;LIBELLE_COURT;LIBELLE_LONG;DATE_OUVERTURE;DATE_FERMETURE;MEF_STAT_11;MEF_STAT_9
2410221371;241;50022137;2;2;2CAP;2CAP PAIN;;;24120022137;241200221
2410221411;241;50022141;2;2;2CAP;2CAP GATEAUX;;;24120022141;241200221
";

const NIVEAUX: &str = "\
NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100
450;4;BP;BREVET PROFESSIONNEL
500;5;CAP;CERTIFICAT D'APTITUDE PROFESSIONNELLE
";

/// Due north of each other: a tenth of a degree of latitude is 11.1 km.
const ANNUAIRE: &str = "\
Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Adresse_2;Adresse_3;Code postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;Web;coordonnee_X;coordonnee_Y;epsg;latitude;longitude;etat;etablissement_multi_lignes
0350017D;CFA des Embruns (fictif);CFA;Privé;1 rue;;;35000;35238;Rennes;035;14;53;;;;;48.1;-1.7;OUVERT;
0350018E;Antenne des Embruns (fictif);CFA;Privé;2 quai;;;35400;35288;Betton;035;14;53;;;;;48.15;-1.7;OUVERT;
0350019F;Lycée des Dunes (fictif);Lycée;Public;3 rue;;;35800;35093;Hédé;035;14;53;;;;;48.2;-1.7;OUVERT;
0350020G;Lycée du Phare (fictif);Lycée;Public;4 rue;;;35800;35093;Combourg;035;14;53;;;;;48.3;-1.7;OUVERT;
0350021H;CFA de la Digue (fictif);CFA;Public;5 rue;;;35800;35093;Cancale;035;14;53;;;;;48.4;-1.7;OUVERT;
";

/// The first place teaches also in the second.
const CATALOGUE: &str = "\
id;published;catalogue_published;cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai
1;true;true;50022137;0350017D;0350017D;0350017D
2;true;true;50022137;0350018E;0350017D;0350017D
";

/// E, P, S and J6. Those asked about: (28 + 20) / 80. Newcombe (1998, table II): 56/70 − 48/80 lies
/// between 0.0524 and 0.3339, so that 56/70 is better. 24/40 and 36/60 are the same part as 48/80.
/// 10/70 reaches 24.4 % at most by Wilson's interval, 48/80 is 49.0 % at least: worse.
fn measures(hidden: [i32; 2]) -> String {
    let [first, second] = hidden;
    format!(
        "millesime;uai;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois\n\
         2022_2023;0350017D;apprentissage;50022137;;80;20;60;28\n\
         2022_2023;0350017D;voie_pro_sco_educ_nat;;24120022137;60;12;48;24\n\
         2022_2023;0350017D;voie_pro_sco_educ_nat;;24120022141;15;{first};{};1\n\
         2022_2023;0350017D;apprentissage;50023401;;90;20;70;60\n\
         2022_2023;0350019F;apprentissage;50022137;;70;20;50;36\n\
         2022_2023;0350019F;apprentissage;50022141;;19;{second};{};1\n\
         2022_2023;0350019F;apprentissage;50022199;;90;20;70;60\n\
         2022_2023;0350019F;apprentissage;45022101;;90;20;70;60\n\
         2020_2021;0350019F;voie_pro_sco_agri;;24120022137;50;10;40;20\n\
         2022_2023;0350020G;apprentissage;50022141;;70;4;66;6\n\
         2022_2023;0350020G;voie_pro_sco_educ_nat;;24120022137;40;10;30;14\n\
         2022_2023;0350021H;apprentissage;50022137;;80;20;60;56\n",
        15 - first,
        19 - second,
    )
}

/// Of the country the CAP is known in lycées alone, while one établissement teaches it in a lycée agricole.
const FRANCE: &str = "\
millesime;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois
2023;voie_pro_sco_educ_nat;;24120022137;1000;400;600;350
";

async fn server(hidden: [i32; 2]) -> TestServer {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("v_formation_diplome.csv", DIPLOMES.to_owned()),
        ("n_mef.csv", MEFS.to_owned()),
        ("n_niveau_formation_diplome.csv", NIVEAUX.to_owned()),
        ("fr-en-annuaire-education.csv", ANNUAIRE.to_owned()),
        ("catalogue-apprentissage.csv", CATALOGUE.to_owned()),
        ("inserjeunes-mesures-etablissement.csv", measures(hidden)),
        ("inserjeunes-mesures-national.csv", FRANCE.to_owned()),
    ];
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        ingest(&test.db, &path).await;
    }
    exposition::publication::publish(&test.db, &config().publication).await.unwrap();
    TestServer::start(test.db).await
}

const ASKED: &str = "/api/v1/formations/0350017D/50022137/voisines";

/// UAI, code, filière, relation, comparison, kilometres of each, in order.
fn told(answer: &Value) -> Vec<String> {
    let told = |voisine: &Value| {
        let statistique = &voisine["statistique"];
        format!(
            "{} {} {} {} {} {}",
            statistique["etablissement"]["uai"].as_str().unwrap(),
            statistique["certification"]["code"].as_str().unwrap(),
            statistique["filiere"].as_str().unwrap(),
            voisine["relation"].as_str().unwrap(),
            voisine["comparaison"].as_str().unwrap(),
            voisine["distance_km"],
        )
    };
    answer["voisines"].as_array().unwrap().iter().map(told).collect()
}

#[tokio::test]
async fn the_same_or_better_come_first_then_by_distance_and_the_hidden_ones_last() {
    let server = server([5, 6]).await;
    let answer = server.json(ASKED).await;
    assert_eq!(
        told(&answer),
        [
            "0350017D 24120022137 pro autre_voie comparable 0.0",
            "0350019F 50022137 apprentissage meme_certification meilleur 11.1",
            "0350020G 24120022137 pro autre_voie comparable 22.2",
            "0350018E 50022137 apprentissage meme_certification memes_jeunes 5.6",
            "0350020G 50022141 apprentissage meme_groupe_specialite moins_bon 22.2",
            "0350019F 24120022137 agricole autre_voie non_comparable 11.1",
            "0350017D 24120022141 pro meme_groupe_specialite masque 0.0",
            "0350019F 50022141 apprentissage meme_groupe_specialite masque 11.1",
        ]
    );
    assert_eq!((&answer["nombre"], &answer["rayon_km"]), (&json!(8), &json!(30)));
    assert_eq!(answer["formation"]["etablissement"]["uai"], "0350017D");
    let favourable = |n: usize| answer["voisines"][n]["devenir_favorable"].clone();
    // 48/80, 36/60, 56/70, 10/70 = 14.3 %.
    assert_eq!(answer["devenir_favorable"], 60);
    assert_eq!([0, 1, 4, 6].map(favourable), [json!(60), json!(80), json!(14), json!(null)]);
}

#[tokio::test]
async fn the_radius_and_the_limit_hold() {
    let server = server([5, 6]).await;
    let wide = server.json(&format!("{ASKED}?rayon_km=40")).await;
    // 56/70 at 11.1 km, 76/80 at 33.4 km.
    assert_eq!(told(&wide)[3], "0350021H 50022137 apprentissage meme_certification meilleur 33.4");
    let few = server.json(&format!("{ASKED}?rayon_km=40&limite=2&champs=voisines,nombre")).await;
    assert_eq!((few.as_object().unwrap().len(), &few["nombre"]), (2, &json!(9)));
    assert_eq!(told(&few), told(&wide)[..2]);
    let near = server.json(&format!("{ASKED}?rayon_km=1")).await;
    assert_eq!(near["nombre"], 2, "{near}");
}

#[tokio::test]
async fn nothing_of_an_answer_depends_on_a_hidden_figure() {
    let [mut one, mut other] = [server([5, 6]).await.json(ASKED).await, server([14, 0]).await.json(ASKED).await];
    for answer in [&mut one, &mut other] {
        // The file is another one.
        for voisine in answer["voisines"].as_array_mut().unwrap() {
            voisine["statistique"]["origine"].take();
        }
        answer["formation"]["origine"].take();
    }
    assert_eq!(one, other);
}

#[tokio::test]
async fn what_hides_its_figures_is_compared_with_nothing() {
    let server = server([5, 6]).await;
    let answer = server.json("/api/v1/formations/0350017D/24120022141/voisines").await;
    let comparisons: Vec<_> =
        answer["voisines"].as_array().unwrap().iter().map(|voisine| voisine["comparaison"].clone()).collect();
    assert!(comparisons.len() > 5, "{comparisons:?}");
    assert!(comparisons.iter().all(|word| ["non_comparable", "masque"].contains(&word.as_str().unwrap())));
    assert_eq!(answer["devenir_favorable"], json!(null));
}

#[tokio::test]
async fn where_the_place_is_unknown_only_what_it_teaches_itself_is_near() {
    let server = derived::server().await;
    let quimper = derived::QUIMPER;
    let answer = server.json(&format!("/api/v1/formations/{quimper}/24730099911/voisines?rayon_km=100")).await;
    assert_eq!(told(&answer), [format!("{quimper} 24730099912 pro meme_famille masque 0.0")]);
    // The common first year leads to both; the first year of one of them is that one.
    let common = server.json(&format!("/api/v1/formations/{quimper}/24710099903/voisines")).await;
    assert_eq!(
        told(&common),
        [
            format!("{quimper} 24730099911 pro meme_famille non_comparable 0.0"),
            format!("{quimper} 24730099912 pro meme_famille masque 0.0"),
        ]
    );
    let earlier = server.json(&format!("/api/v1/formations/{quimper}/24720099911/voisines")).await;
    assert_eq!(told(&earlier), told(&answer));
    assert_eq!(earlier["devenir_favorable"], answer["devenir_favorable"]);
}

#[tokio::test]
async fn the_database_is_asked_no_more_than_three_times() {
    let server = derived::server().await;
    let counter = StatementCounter::start();
    for code in ["24730099911", "24720099911", "24710099903"] {
        let path = format!("/api/v1/formations/{}/{code}/voisines", derived::QUIMPER);
        server.json(&path).await;
        let statements = counter.take();
        assert!((1..=3).contains(&statements.len()), "{path}: {statements:#?}");
    }
}

#[tokio::test]
async fn the_page_shows_them_in_words_in_the_same_order() {
    let server = server([5, 6]).await;
    let page = server.get("/formations/0350017D/50022137/autour").await.text().await.unwrap();
    let said = [
        "Ici, 60 jeunes sur 100 travaillent 6 mois après, ou continuent leurs études.",
        "dans le même établissement<p class=\"calme\">C&#39;est à peu près pareil : 60 sur 100.",
        "Lycée des Dunes (fictif), Hédé, à 11\u{a0}km<p class=\"calme\">C&#39;est mieux : 80 sur 100.",
        "à 22\u{a0}km<p class=\"calme\">C&#39;est à peu près pareil : 60 sur 100.",
        "à 6\u{a0}km<p class=\"calme\">Ce sont les mêmes jeunes : 60 sur 100.",
        "C&#39;est moins bien : 14 sur 100.",
        "On ne peut pas comparer : 60 sur 100.",
        "Chiffre non montré.",
        "Chiffre non montré.",
    ];
    let rest =
        said.iter().try_fold(page.as_str(), |rest, said| rest.split_once(said).map(|(_, rest)| rest).ok_or(said));
    assert!(rest.is_ok_and(|rest| !rest.contains("sur 100")), "{rest:?}\n{page}");
    let twin = "/api/v1/formations/0350017D/50022137/voisines?filiere=apprentissage";
    assert!(page.contains(&format!("{twin}\"")), "{page}");
    let of_a_year = server.get("/formations/0350017D/50022137/autour?millesime=2022_2023").await.text().await.unwrap();
    assert!(
        of_a_year.contains(&format!("{}\"", format!("{twin}&millesime=2022_2023").replace('&', "&#38;"))),
        "{of_a_year}"
    );
    let formation = server.get("/formations/0350017D/50022137").await.text().await.unwrap();
    assert!(formation.contains("/formations/0350017D/50022137/autour?filiere=apprentissage"));
}

#[tokio::test]
async fn a_course_has_its_page_where_the_country_knows_it_in_another_filiere_only() {
    let server = server([5, 6]).await;
    let page = server.get("/formations/0350019F/24120022137?filiere=agricole").await;
    assert_eq!(page.status(), 200);
    // 20 of 50, 10 of 50.
    assert!(page.text().await.unwrap().contains("data-chiffre=\"part_en_emploi_6_mois\">40"));
}

#[tokio::test]
async fn every_fault_of_a_request_is_told_and_what_is_missing_is_named() {
    let server = server([5, 6]).await;
    let (status, problem) = server.problem(&format!("{ASKED}?rayon_km=101&limite=0&champs=x&tri=uai")).await;
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["parametre"].clone()).collect();
    assert_eq!((status, faults.len()), (400, 4), "{problem}");
    for (path, status) in [
        ("/api/v1/formations/0350017D/99999999/voisines", 404),
        ("/api/v1/formations/0290009C/50022137/voisines", 404),
        ("/api/v1/formations/0350021H/45022101/voisines", 404),
        ("/api/v1/formations/0350017D/50022137/voisines?millesime=1999_2000", 404),
    ] {
        let (found, problem) = server.problem(path).await;
        assert_eq!(found, status, "{path}: {problem}");
    }
}
