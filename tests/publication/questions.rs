//! `exposition doctor --donnees` asks these of a database.

use exposition::publication::questions::questions;

use super::{Files, published};
use crate::common::{database, ingest};

const MESURES: &str = "filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois";

#[tokio::test]
async fn each_question_finds_its_case_and_nothing_else() {
    let (test, files) = (database().await, Files::new());
    let db = &test.db;
    files.diplomas(db).await;
    // A cell of 15 in a total of 115 whose other part is visible; further study from 10 to 60 %
    // while employment stays; a code of no nomenclature.
    let regional = format!(
        "millesime;code_region;{MESURES}\n\
         2020_2021;11;apprentissage;32020008;100;40;30\n2020_2021;53;apprentissage;32020008;15;5;5\n\
         2019_2020;11;apprentissage;50022137;100;10;30\n2020_2021;11;apprentissage;50022137;100;60;30\n\
         2020_2021;53;apprentissage;50022137;100;60;30\n2020_2021;11;apprentissage;99999999;50;10;20\n"
    );
    ingest(db, &files.write("inserjeunes-mesures-regional.csv", &regional)).await;
    let national = format!("millesime;{MESURES}\n2020_2021;apprentissage;32020008;115;45;35\n");
    ingest(db, &files.write("inserjeunes-mesures-national.csv", &national)).await;
    let wholes = "Année;UAI;Libellé;Région;Taux emploi 6 mois;Taux emploi 6 mois attendu\n\
                  cumul 2019-2020;0750100B;CFA;BRETAGNE;60;58\ncumul 2019-2020;0750107J;CFA;ILE-DE-FRANCE;60;58\n\
                  cumul 2020-2021;0750107J;CFA;ILE-DE-FRANCE;61;58\n";
    ingest(db, &files.write("fr-en-inserjeunes-cfa.csv", wholes)).await;

    let [region] = questions(db).await.unwrap().try_into().unwrap();
    assert_eq!(region.cases, ["0750100B is of 11, fr-en-inserjeunes-cfa says 53"], "needs no publication");
    published(db).await;
    let asked = questions(db).await.unwrap();
    let cases: Vec<_> = asked.iter().map(|question| question.cases.join("; ")).collect();
    assert_eq!(
        cases,
        [
            "0750100B is of 11, fr-en-inserjeunes-cfa says 53",
            "53 32020008 apprentissage 2020_2021, from the total of France",
            "99999999 inserjeunes-mesures, 1 row",
            "11 50022137 apprentissage part_poursuite_etudes 10 % in 2019_2020, 60 % in 2020_2021",
            "0750100B apprentissage: in 2019_2020, not in 2020_2021",
        ]
    );
}
