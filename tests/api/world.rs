//! A small world whose every figure is computed by hand.

use exposition::db::Db;

use crate::common::{TestDb, TestServer, config, database, ingest};

const DIPLOMES: &str = "\
FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;LIBELLE_COURT;LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;DATE_PREMIERE_SESSION;DATE_DERNIERE_SESSION
32020008;320;343;P;BTS;GESTION DE L'EAU;MÉTIERS DE L'EAU (BTS);01/09/2018;;2020;
40025214;400;252;R;BAC PRO;MAINTENANCE;MAINTENANCE DES ENGINS (BAC PRO);01/09/2015;31/08/2020;2018;2020
50022137;500;221;S;CAP;BOULANGER;BOULANGER (CAP);01/09/2021;;2023;
";

const MEFS: &str = "\
MEF;DISPOSITIF_FORMATION;FORMATION_DIPLOME;DUREE_DISPOSITIF;ANNEE_DISPOSITIF;LIBELLE_COURT;LIBELLE_LONG;DATE_OUVERTURE;DATE_FERMETURE;MEF_STAT_11;MEF_STAT_9
2473140001;247;40025214;3;3;TLEPRO;TLEPRO MAINTENANCE DES ENGINS;01/09/2015;;24730025214;247300252
";

const NIVEAUX: &str = "\
NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100
320;3;BTS;BREVET DE TECHNICIEN SUPERIEUR
400;4;BAC PRO;BACCALAUREAT PROFESSIONNEL
500;5;CAP;CERTIFICAT D'APTITUDE PROFESSIONNELLE
";

/// Two millésimes, of which the later has no 18 and 24 months yet; one hidden cell; one code in
/// two filières.
pub const MESURES: &str = "\
millesime;code_region;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;nb_en_emploi_12_mois;nb_en_emploi_18_mois;nb_en_emploi_24_mois
2019_2020;11;apprentissage;32020008;;162;73;89;57;67;65;71
2019_2020;53;apprentissage;32020008;;60;20;40;20;22;24;26
2020_2021;11;apprentissage;32020008;;100;40;60;30;33;;
2020_2021;53;apprentissage;32020008;;19;7;12;5;6;;
2020_2021;53;pro;;24730025214;30;10;20;5;8;;
2020_2021;53;agricole;;24730025214;80;20;60;15;24;;
";

/// The figures of two établissements as a whole; the second has no name in any other file.
const CFA: &str = "\
Année;UAI;Libellé;Région;DEVENIR Part poursuite études;DEVENIR Part en emploi 6 mois;DEVENIR Part autre situation 6 mois;Part contrats apprentissage interrompus;Taux poursuite études;Taux emploi 6 mois;Taux emploi 6 mois attendu;VA emploi 6 mois;Taux emploi 12 mois;Taux emploi 18 mois;Taux emploi 24 mois
cumul 2020-2021;0350017D;CFA des Embruns (fictif);BRETAGNE;40;35;25;12;40;58;61;-3;63;66;70
cumul 2021-2022;0350017D;CFA des Embruns (fictif);BRETAGNE;42;33;25;10;42;57;60;-3;62;;
";

/// Ingests the world and publishes it.
pub async fn published() -> TestDb {
    let test = database().await;
    publish_in(&test).await;
    test
}

/// The same in a database that may hold something else.
pub async fn publish_in(test: &TestDb) {
    publish_measured(test, MESURES).await;
}

/// The same with other measures.
pub async fn publish_measured(test: &TestDb, mesures: &str) {
    publish_measured_in(&test.db, mesures).await;
}

/// The same in any database.
pub async fn publish_measured_in(db: &Db, mesures: &str) {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("v_formation_diplome.csv", DIPLOMES),
        ("n_mef.csv", MEFS),
        ("n_niveau_formation_diplome.csv", NIVEAUX),
        ("inserjeunes-mesures.csv", mesures),
        ("fr-en-inserjeunes-cfa.csv", CFA),
    ];
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        ingest(db, &path).await;
    }
    exposition::publication::publish(db, &config().publication).await.unwrap();
}

/// A server on it.
pub async fn server() -> TestServer {
    TestServer::start(published().await.db).await
}
