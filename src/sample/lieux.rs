//! Where the établissements of the sample are: `fr-en-annuaire-education`, and for the universities,
//! which it does not list, `acce_etablissements`.
//!
//! Communes, their codes and their coordinates are true, so that a search by place or distance
//! gives what one expects of it. The addresses in them are invented.

use super::MARK;
use super::etablissements::{Etablissement, Type};
use super::random::Random;
use super::table::{Dialect, text};

const ANNUAIRE: &str = "\
    Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Adresse_2;\
    Adresse_3;Code postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;Ecole_maternelle;\
    Ecole_elementaire;Voie_generale;Voie_technologique;Voie_professionnelle;Telephone;Fax;Web;Mail;Restauration;\
    Hebergement;ULIS;Apprentissage;Segpa;Section_arts;Section_cinema;Section_theatre;Section_sport;\
    Section_internationale;Section_europeenne;Lycee_Agricole;Lycee_militaire;Lycee_des_metiers;Post_BAC;\
    Appartenance_Education_Prioritaire;GRETA;SIREN_SIRET;Nombre_d_eleves;Fiche_onisep;position;Type_contrat_prive;\
    Libelle_departement;Libelle_academie;Libelle_region;coordonnee_X;coordonnee_Y;epsg;nom_circonscription;latitude;\
    longitude;precision_localisation;date_ouverture;date_maj_ligne;etat;ministere_tutelle;\
    etablissement_multi_lignes;rpi_concentre;rpi_disperse;code_nature;libelle_nature;Code_type_contrat_prive;PIAL;\
    etablissement_mere;type_rattachement_etablissement_mere;code_bassin_formation;libelle_bassin_formation";

const ACCE: &str = "\
    numero_uai;nature_uai;nature_uai_libe;type_uai;type_uai_libe;etat_etablissement;etat_etablissement_libe;\
    ministere_tutelle;ministere_tutelle_libe;tutelle_2;tutelle_2_libe;secteur_public_prive;\
    secteur_public_prive_libe;sigle_uai;categorie_juridique;categorie_juridique_libe;contrat_etablissement;\
    contrat_etablissement_libe;categorie_financiere;categorie_financiere_libe;situation_comptable;\
    situation_comptable_libe;niveau_uai;niveau_uai_libe;commune;commune_libe;academie;academie_libe;pays;pays_libe;\
    departement_insee_3;departement_insee_3_libe;denomination_principale;appellation_officielle;patronyme_uai;\
    hebergement_etablissement;hebergement_etablissement_libe;numero_siren_siret_uai;numero_finess_uai;\
    date_ouverture;date_fermeture;date_derniere_mise_a_jour;lieu_dit_uai;adresse_uai;boite_postale_uai;\
    code_postal_uai;etat_sirad_uai;localite_acheminement_uai;pays_etranger_acheminement;numero_telephone_uai;\
    numero_telecopieur_uai;mention_distribution;mel_uai;site_web;coordonnee_x;coordonnee_y;appariement;\
    appariement_complement;localisation;localisation_complement;date_geolocalisation;source";

/// The chief town of a département of the sample.
struct Commune {
    /// INSEE code of the département.
    departement: &'static str,
    /// INSEE code of the commune.
    code: &'static str,
    /// Postal code.
    postal: &'static str,
    /// Name.
    nom: &'static str,
    /// Latitude and longitude in hundredths of a degree.
    position: [i32; 2],
}

const fn commune(
    departement: &'static str,
    code: &'static str,
    postal: &'static str,
    nom: &'static str,
    position: [i32; 2],
) -> Commune {
    Commune { departement, code, postal, nom, position }
}

const COMMUNES: [Commune; 30] = [
    commune("75", "75113", "75013", "Paris", [4883, 236]),
    commune("77", "77288", "77000", "Melun", [4854, 266]),
    commune("93", "93008", "93000", "Bobigny", [4891, 244]),
    commune("28", "28085", "28000", "Chartres", [4845, 149]),
    commune("37", "37261", "37000", "Tours", [4739, 69]),
    commune("21", "21231", "21000", "Dijon", [4732, 504]),
    commune("25", "25056", "25000", "Besançon", [4724, 602]),
    commune("14", "14118", "14000", "Caen", [4918, -37]),
    commune("76", "76540", "76000", "Rouen", [4944, 110]),
    commune("59", "59350", "59000", "Lille", [5063, 306]),
    commune("62", "62041", "62000", "Arras", [5029, 278]),
    commune("51", "51454", "51100", "Reims", [4926, 403]),
    commune("54", "54395", "54000", "Nancy", [4869, 618]),
    commune("67", "67482", "67000", "Strasbourg", [4857, 775]),
    commune("44", "44109", "44000", "Nantes", [4722, -155]),
    commune("49", "49007", "49000", "Angers", [4747, -55]),
    commune("29", "29232", "29000", "Quimper", [4800, -410]),
    commune("35", "35238", "35000", "Rennes", [4811, -168]),
    commune("33", "33063", "33000", "Bordeaux", [4484, -58]),
    commune("86", "86194", "86000", "Poitiers", [4658, 34]),
    commune("31", "31555", "31000", "Toulouse", [4360, 144]),
    commune("34", "34172", "34000", "Montpellier", [4361, 388]),
    commune("38", "38185", "38000", "Grenoble", [4519, 572]),
    commune("63", "63113", "63000", "Clermont-Ferrand", [4578, 308]),
    commune("69", "69387", "69007", "Lyon", [4574, 484]),
    commune("13", "13213", "13013", "Marseille", [4335, 542]),
    commune("06", "06088", "06000", "Nice", [4370, 727]),
    commune("84", "84007", "84000", "Avignon", [4395, 481]),
    commune("974", "97411", "97400", "Saint-Denis", [-2088, 5545]),
    commune("972", "97209", "97200", "Fort-de-France", [1460, -6107]),
];

/// The directory, one line for each établissement.
pub(super) fn annuaire(etablissements: &[Etablissement]) -> String {
    text(Dialect::WindowsBom, ANNUAIRE, &located(etablissements), |(etablissement, commune), column| {
        line(etablissement, commune, column)
    })
}

fn located(etablissements: &[Etablissement]) -> Vec<(&Etablissement, &'static Commune)> {
    let lieu = |here: &Etablissement| COMMUNES.iter().find(|commune| commune.departement == here.departement.code);
    etablissements.iter().filter_map(|here| Some((here, lieu(here)?))).collect()
}

/// The ministry's own directory, in ISO-8859-1 as the real one.
pub(super) fn acce(universites: &[Etablissement]) -> Vec<u8> {
    let text = text(Dialect::Unix, ACCE, &located(universites), |(universite, commune), column| {
        match column {
            "numero_uai" => &universite.uai,
            "nature_uai" => "500",
            "nature_uai_libe" => "Université",
            "etat_etablissement" => "1",
            "etat_etablissement_libe" => "Ouvert",
            "secteur_public_prive" => "PU",
            "secteur_public_prive_libe" => "Public",
            "commune" => commune.code,
            "commune_libe" => commune.nom,
            "academie" => universite.departement.academie,
            "academie_libe" => universite.departement.academie().map_or("", |academie| academie.nom),
            "departement_insee_3" => return format!("{:0>3}", universite.departement.code),
            "departement_insee_3_libe" => universite.departement.nom,
            "denomination_principale" => "UNIVERSITE",
            "appellation_officielle" => &universite.nom,
            "adresse_uai" => return format!("1 rue {}", universite.street),
            "code_postal_uai" => commune.postal,
            "localisation_complement" => MARK,
            _ => "",
        }
        .to_owned()
    });
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

fn line(etablissement: &Etablissement, commune: &Commune, column: &str) -> String {
    let departement = etablissement.departement;
    let mut random = Random::named(&["lieu", &etablissement.uai]);
    let (number, prive) = (random.between(1, 90), random.chance(20));
    // Within a kilometre or two of the middle of the town.
    let mut degrees = |hundredths: i32| format!("{:.3}", f64::from(hundredths * 10 + random.between(-14, 14)) / 1000.0);
    let [latitude, longitude] = commune.position;
    let position = [degrees(latitude), degrees(longitude)];
    let has = |is: bool| if is { "1" } else { "0" };
    match column {
        "Identifiant_de_l_etablissement" => &etablissement.uai,
        "Nom_etablissement" => &etablissement.nom,
        "Type_etablissement" if etablissement.kind == Type::Cfa => "Autre",
        "Type_etablissement" => "Lycée",
        "Statut_public_prive" if prive => "Privé",
        "Statut_public_prive" => "Public",
        "Adresse_1" => return format!("{number} rue {}", etablissement.street),
        "Code postal" => commune.postal,
        "Code_commune" => commune.code,
        "Nom_commune" => commune.nom,
        "Code_departement" => return format!("{:0>3}", departement.code),
        "Code_academie" => departement.academie,
        "Code_region" => etablissement.region.as_str(),
        "Voie_professionnelle" => has(etablissement.kind != Type::Cfa),
        "Apprentissage" => has(etablissement.kind != Type::LyceeAgricole),
        "Lycee_Agricole" => has(etablissement.kind == Type::LyceeAgricole),
        "Libelle_departement" => departement.nom,
        "Libelle_academie" => departement.academie().map_or("", |academie| academie.nom),
        "Libelle_region" => etablissement.region.region().nom,
        "latitude" => &position[0],
        "longitude" => &position[1],
        "precision_localisation" => MARK,
        "date_ouverture" => "1990-09-01",
        "etat" => "OUVERT",
        _ => "",
    }
    .to_owned()
}
