//! A small world of what the treatments derive, every figure computed by hand: a CFA that trains
//! in two places, a renovated bac pro, a famille de métiers with its common year, a CAP in two
//! years, directories. All of it is invented.

use crate::common::{TestServer, config, database, ingest};

/// A CFA in Rennes that trains in its own place and in [`SAINT_MALO`].
pub const RENNES: &str = "0350017D";
/// A place of teaching without statistics of its own.
pub const SAINT_MALO: &str = "0350018E";
/// A lycée professionnel in Quimper.
pub const QUIMPER: &str = "0290004X";
/// Known from a directory only.
pub const ANNUAIRE_ONLY: &str = "0350019F";

const DIPLOMES: &str = "\
FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;LIBELLE_COURT;LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;DATE_PREMIERE_SESSION;DATE_DERNIERE_SESSION;ANCIEN_DIPLOME_1;NOUVEAU_DIPLOME_1
32099908;320;343;P;BTS;EAU;METIERS DE L'EAU (BTS);;;;;;
40099901;400;252;R;BAC PRO;ENGINS;ENGINS A VAPEUR (BAC PRO);;31/08/2022;;;;
40099911;400;252;R;BAC PRO;ENGINS;ENGINS (BAC PRO);;;;;40099901;
40099912;400;252;R;BAC PRO;CYCLES;CYCLES (BAC PRO);;;;;;
40099903;400;252;R;BAC PRO;SECONDE;SECONDE DES MACHINES (BAC PRO);;;;;;
50099921;500;221;S;CAP;PAIN;PAIN (CAP);;;;;;
";

const MEFS: &str = "\
MEF;DISPOSITIF_FORMATION;FORMATION_DIPLOME;DUREE_DISPOSITIF;ANNEE_DISPOSITIF;LIBELLE_COURT;LIBELLE_LONG;DATE_OUVERTURE;DATE_FERMETURE;MEF_STAT_11;MEF_STAT_9
2470099013;247;40099901;3;3;TLEPRO;TLEPRO ENGINS A VAPEUR;;;24730099901;247300999
2470099112;247;40099911;3;2;1REPRO;1REPRO ENGINS;;;24720099911;247200999
2470099113;247;40099911;3;3;TLEPRO;TLEPRO ENGINS;;;24730099911;247300999
2470099123;247;40099912;3;3;TLEPRO;TLEPRO CYCLES;;;24730099912;247300999
2470099031;247;40099903;3;1;2NDPRO;2NDPRO MACHINES;;;24710099903;247100999
2410099211;241;50099921;2;1;1CAP;1CAP PAIN;;;24110099921;241100999
2410099212;241;50099921;2;2;2CAP;2CAP PAIN;;;24120099921;241200999
";

const NIVEAUX: &str = "\
NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100
320;3;BTS;BREVET DE TECHNICIEN SUPERIEUR
400;4;BAC PRO;BACCALAUREAT PROFESSIONNEL
500;5;CAP;CERTIFICAT D'APTITUDE PROFESSIONNELLE
";

const TYPES_SISE: &str = "\
TYPE_DIPLOME_SISE;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_LONG
DR;6;BUT;BACHELOR UNIVERSITAIRE DE TECHNOLOGIE
";

const GROUPES: &str = "\
GROUPE_FORMATION;TYPE_GROUPE_FORMATION;LIBELLE_COURT;LIBELLE_LONG;LIBELLE_EDITION;DATE_OUVERTURE;DATE_FERMETURE
G9902;TG01;MACHINES;METIERS DES MACHINES;Métiers des machines;;
";

const LIENS: &str = "\
GROUPE_FORMATION;FORMATION_DIPLOME;DATE_OUVERTURE;DATE_FERMETURE
G9902;40099903;;
G9902;40099911;;
G9902;40099912;;
";

const CATALOGUE: &str = "\
id;published;catalogue_published;cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai
1;true;true;32099908;0350017D;0350017D;0350017D
2;true;true;32099908;0350018E;0350017D;0350017D
";

const ANNUAIRE: &str = "\
Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Adresse_2;Adresse_3;Code postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;Web;coordonnee_X;coordonnee_Y;epsg;latitude;longitude;etat;etablissement_multi_lignes
0350017D;CFA des Embruns (fictif);CFA;Privé;1 rue de la Criée;;;35000;35238;Rennes;035;14;53;http://embruns.example;;;;48.117;-1.678;OUVERT;
0350018E;Antenne des Embruns (fictif);CFA;Privé;2 quai;;;35400;35288;Saint-Malo;035;14;53;;;;;48.65;-2.026;OUVERT;
0350019F;Lycée des Dunes (fictif);Lycée;Public;3 rue;;;35800;35093;Dinard;035;14;53;;;;;48.63;-2.06;OUVERT;
";

/// Two pooled years; the rates are those of 2022_2023 unless said otherwise:
/// Rennes 30/100 = 30 % (28 % before), Quimper engins 8/40 = 20 %, cycles hidden, pain 12/30 = 40 %.
const ETABLISSEMENTS: &str = "\
millesime;uai;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;nb_en_emploi_12_mois
2021_2022;0350017D;apprentissage;32099908;;50;20;30;14;15
2022_2023;0350017D;apprentissage;32099908;;100;40;60;30;33
2021_2022;0290004X;voie_pro_sco_educ_nat;;24730099901;50;20;30;15;18
2022_2023;0290004X;voie_pro_sco_educ_nat;;24730099911;40;20;20;8;10
2022_2023;0290004X;voie_pro_sco_educ_nat;;24730099912;15;5;10;2;3
2022_2023;0290004X;voie_pro_sco_educ_nat;;24120099921;30;9;21;12;13
";

/// 50/200 = 25 %.
const REGIONS: &str = "\
millesime;code_region;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;nb_en_emploi_12_mois
2022_2023;53;apprentissage;32099908;;200;80;120;50;60
";

/// 350/1000 = 35 %.
const FRANCE: &str = "\
millesime;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;nb_en_emploi_12_mois
2023;apprentissage;32099908;;1000;400;600;350;360
";

/// A server on this world, published.
pub async fn server() -> TestServer {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("n_formation_diplome.csv", DIPLOMES),
        ("n_mef.csv", MEFS),
        ("n_niveau_formation_diplome.csv", NIVEAUX),
        ("n_type_diplome_sise.csv", TYPES_SISE),
        ("n_groupe_formation.csv", GROUPES),
        ("n_lien_formation_groupe.csv", LIENS),
        ("catalogue-apprentissage.csv", CATALOGUE),
        ("fr-en-annuaire-education.csv", ANNUAIRE),
        ("inserjeunes-mesures-etablissement.csv", ETABLISSEMENTS),
        ("inserjeunes-mesures-regional.csv", REGIONS),
        ("inserjeunes-mesures-national.csv", FRANCE),
    ];
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        ingest(&test.db, &path).await;
    }
    exposition::publication::publish(&test.db, &config().publication).await.unwrap();
    TestServer::start(test.db).await
}
