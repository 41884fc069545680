//! `dares-remunerations`: quartiles, for France.

use exposition::publication::{Outcome, publish};

use super::World;
use crate::common::config;

const CELLS: &str = "SELECT maille, lieu, code_certification, filiere, millesime, salaire_12_mois_q1,
    salaire_12_mois_q2, salaire_12_mois_q3, nb_annee_term, non_diffusees FROM mesures ORDER BY ligne";

#[tokio::test]
async fn quartiles_are_read_under_every_name() {
    for header in [
        "Millésime;Filière;Code formation;Libellé formation;Salaire net mensuel 1er quartile;Salaire net mensuel \
         médian;Salaire net mensuel 3e quartile;Effectif",
        "millesime;Voie;code_formation;libelle_formation;Q1;Q2;Q3;effectif",
        "Millésime;voie;Code formation;Libellé formation;salaire_12_mois_q1;médian;salaire_12_mois_q3;Effectif",
        "Millésime;voie;Code formation;Libellé formation;1er quartile;salaire_12_mois_q2;3ème quartile;Effectif",
    ] {
        let world = World::new().await;
        let file = format!(
            "{header}\n\
             2021;apprentissage;1022105;X;1234.5;1500;1700;40\n\
             2021;scolaire;40025214401;Y;1300;1300;1300;25\n\
             2021;agricole;40025214402;Z;;nd;;12\n"
        );
        let report = world.accept("salaires.csv", file).await;
        assert_eq!(report.dataset, Some("dares-remunerations"));
        assert_eq!(report.colonnes_ignorees.len(), 1, "the number of salaries is no measure of ours");
        assert_eq!(
            world.rows(CELLS).await,
            [
                "nationale  01022105 apprentissage 2021 1235 1500 1700 - 0",
                "nationale  40025214401 pro 2021 1300 1300 1300 - 0",
                // Bit 17: the median.
                "nationale  40025214402 agricole 2021 - - - - 131072",
            ],
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_code_of_no_nomenclature_is_no_error_of_the_file() {
    let world = World::new().await;
    let file = "millesime;voie;code formation;q1;q2;q3\n2021;apprentissage;99999999;1;2;3\n";
    let report = world.accept("salaires.csv", file).await;
    assert_eq!((report.lines.gardees, report.lines.rejetees), (1, 0));
    let cfds = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE\n\
                32099901;320;X;;\n";
    world.accept("v_formation_diplome.csv", cfds).await;
    world.accept("france.csv", "millesime;voie;cfd;nb_annee_term\n2021;apprentissage;32099901;100\n").await;
    let Outcome::Published(account) = publish(&world.pg.db, &config().publication).await.unwrap() else {
        panic!("nothing was published")
    };
    let unknown: Vec<_> = account.unknown_codes.iter().map(|(code, rows)| (code.as_str(), *rows)).collect();
    assert_eq!(unknown, [("99999999", 1)]);
}
