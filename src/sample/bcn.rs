//! The nomenclature files: CFDs, years of the school-based courses, kinds of diplomas.
//!
//! Codes and labels are official; opening and closing dates are invented. Half of the
//! renovations are told by the old diploma only, half by the new one only, because the real table
//! does so.

use super::MARK;
use super::nomenclature::{DIPLOMES, Diplome, DiplomeKind, FAMILLES, Famille, KINDS, Renovation};
use super::table::{Dialect, text};

const N_FORMATION: &str = "\
    FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;ANCIEN_RECME;LIBELLE_COURT;\
    LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;ANCIEN_DIPLOME_1;ANCIEN_DIPLOME_2;\
    ANCIEN_DIPLOME_3;ANCIEN_DIPLOME_4;ANCIEN_DIPLOME_5;ANCIEN_DIPLOME_6;ANCIEN_DIPLOME_7;NOUVEAU_DIPLOME_1;\
    NOUVEAU_DIPLOME_2;NOUVEAU_DIPLOME_3;NOUVEAU_DIPLOME_4;NOUVEAU_DIPLOME_5;NOUVEAU_DIPLOME_6;NOUVEAU_DIPLOME_7;\
    UNITE_CAPITALISABLE;DATE_PREMIERE_SESSION;DATE_DERNIERE_SESSION;DATE_ARRETE_CREATION;DATE_ARRETE_ABROGATION;\
    DATE_ARRETE_MODIFICATION_1;DATE_ARRETE_MODIFICATION_2;DATE_ARRETE_MODIFICATION_3;DATE_ARRETE_MODIFICATION_4;\
    DATE_ARRETE_MODIFICATION_5;DATE_ARRETE_MODIFICATION_6;DATE_ARRETE_MODIFICATION_7;DATE_ARRETE_MODIFICATION_8;\
    DATE_ARRETE_MODIFICATION_9;DATE_ARRETE_MODIFICATION_10;COMMENTAIRE;NATURE_FORMATION_DIPLOME;\
    GESTIONNAIRE_FORMATION_DIPLOME;DATE_INTERVENTION;NB_MEF_OUVERT;NB_MEF_FERME;ID_DOCUMENT;\
    CITE_DOMAINE_FORMATION;DATE_SESSION_RATTRAPAGE;OBSERVATION;N_COMMENTAIRE;CITE_DOMAINE_DETAILLE;\
    NIVEAU_QUALIFICATION_RNCP";
const V_FORMATION: &str = "\
    FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;ANCIEN_RECME;LIBELLE_COURT;\
    LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;UNITE_CAPITALISABLE;DATE_PREMIERE_SESSION;\
    DATE_DERNIERE_SESSION;DATE_ARRETE_CREATION;DATE_ARRETE_ABROGATION;DATE_ARRETE_MODIFICATION_1;\
    DATE_ARRETE_MODIFICATION_2;DATE_ARRETE_MODIFICATION_3;DATE_ARRETE_MODIFICATION_4;DATE_ARRETE_MODIFICATION_5;\
    DATE_ARRETE_MODIFICATION_6;DATE_ARRETE_MODIFICATION_7;DATE_ARRETE_MODIFICATION_8;DATE_ARRETE_MODIFICATION_9;\
    DATE_ARRETE_MODIFICATION_10;COMMENTAIRE;NATURE_FORMATION_DIPLOME;GESTIONNAIRE_FORMATION_DIPLOME;\
    DATE_INTERVENTION;ID_DOCUMENT;CITE_DOMAINE_FORMATION;NIVEAU_QUALIFICATION_RNCP";
const N_MEF: &str = "\
    MEF;DISPOSITIF_FORMATION;FORMATION_DIPLOME;DUREE_DISPOSITIF;ANNEE_DISPOSITIF;LIBELLE_COURT;LIBELLE_LONG;\
    DATE_OUVERTURE;DATE_FERMETURE;STATUT_MEF;NB_OPTION_OBLIGATOIRE;NB_OPTION_FACULTATIF;RENFORCEMENT_LANGUE;\
    DUREE_PROJET;DUREE_STAGE;HORAIRE;MEF_INSCRIPTION_SCOLARITE;MEF_STAT_11;MEF_STAT_9;DATE_INTERVENTION;\
    LIBELLE_EDITION;N_COMMENTAIRE";
const N_NIVEAU: &str = "\
    NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100;ANCIEN_NIVEAU;DATE_OUVERTURE;\
    DATE_FERMETURE;DATE_INTERVENTION;N_COMMENTAIRE;NIVEAU_QUALIFICATION_RNCP";

const N_GROUPE: &str = "\
    GROUPE_FORMATION;TYPE_GROUPE_FORMATION;LIBELLE_COURT;LIBELLE_LONG;LIBELLE_EDITION;DATE_OUVERTURE;\
    DATE_FERMETURE;DATE_INTERVENTION;N_COMMENTAIRE";
const N_LIEN: &str = "\
    GROUPE_FORMATION;FORMATION_DIPLOME;DATE_OUVERTURE;DATE_FERMETURE;DATE_INTERVENTION;N_COMMENTAIRE";

/// `n_formation_diplome`, in Windows-1252 as the real one.
pub(super) fn n_formation_diplome() -> Vec<u8> {
    let text = text(Dialect::Unix, N_FORMATION, &diplomes(), formation);
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

/// `v_formation_diplome`.
pub(super) fn v_formation_diplome() -> String {
    text(Dialect::UnixBom, V_FORMATION, &diplomes(), formation)
}

/// `n_mef`: every year of every school-based course.
pub(super) fn n_mef() -> String {
    let school_based = diplomes().into_iter().filter(|(diplome, kind)| diplome.is_taught(kind.school_based));
    let rows: Vec<(&Diplome, &DiplomeKind, u8)> = school_based
        .flat_map(|(diplome, kind)| diplome.annees(kind).map(move |annee| (diplome, kind, annee)))
        .collect();
    text(Dialect::UnixBom, N_MEF, &rows, mef)
}

/// `n_niveau_formation_diplome`.
pub(super) fn n_niveau_formation_diplome() -> String {
    let rows: Vec<&DiplomeKind> = KINDS.iter().collect();
    text(Dialect::Unix, N_NIVEAU, &rows, |kind, column| {
        match column {
            "NIVEAU_FORMATION_DIPLOME" => kind.niveau,
            "NIVEAU_INTERMINISTERIEL" => kind.niveau_interministeriel,
            "LIBELLE_COURT" => kind.short,
            "LIBELLE_100" => kind.long,
            "N_COMMENTAIRE" => MARK,
            _ => "",
        }
        .to_owned()
    })
}

/// `n_groupe_formation`: the familles de métiers.
pub(super) fn n_groupe_formation() -> String {
    text(Dialect::UnixBom, N_GROUPE, &FAMILLES, |famille, column| match column {
        "TYPE_GROUPE_FORMATION" => "TG01".to_owned(),
        "LIBELLE_COURT" => famille.short.to_owned(),
        "LIBELLE_LONG" => famille.long.to_owned(),
        "LIBELLE_EDITION" => famille.edition.to_owned(),
        other => of_family(famille, other),
    })
}

/// `n_lien_formation_groupe`: their diplomas.
pub(super) fn n_lien_formation_groupe() -> String {
    let rows: Vec<(&Famille, &str)> =
        FAMILLES.iter().flat_map(|famille| famille.cfds.iter().map(move |cfd| (famille, *cfd))).collect();
    text(Dialect::UnixBom, N_LIEN, &rows, |(famille, cfd), column| match column {
        "FORMATION_DIPLOME" => (*cfd).to_owned(),
        other => of_family(famille, other),
    })
}

fn of_family(famille: &Famille, column: &str) -> String {
    match column {
        "GROUPE_FORMATION" => famille.groupe,
        "DATE_OUVERTURE" => "01/09/2019",
        "N_COMMENTAIRE" => MARK,
        _ => "",
    }
    .to_owned()
}

fn diplomes() -> Vec<(&'static Diplome, &'static DiplomeKind)> {
    DIPLOMES.iter().filter_map(|diplome| Some((diplome, diplome.kind()?))).collect()
}

fn formation((diplome, kind): &(&Diplome, &DiplomeKind), column: &str) -> String {
    match column {
        "FORMATION_DIPLOME" => diplome.cfd,
        "NIVEAU_FORMATION_DIPLOME" => kind.niveau,
        "GROUPE_SPECIALITE" => diplome.cfd.get(3..6).unwrap_or_default(),
        "LIBELLE_COURT" => kind.short,
        "LIBELLE_STAT_33" => return diplome.libelle.chars().take(33).collect::<String>().trim_end().to_owned(),
        "LIBELLE_LONG_200" => diplome.libelle,
        "ANCIEN_DIPLOME_1" => old(diplome).unwrap_or_default(),
        "NOUVEAU_DIPLOME_1" => newer(diplome).unwrap_or_default(),
        "DATE_PREMIERE_SESSION" => sessions(diplome).0,
        "DATE_DERNIERE_SESSION" => sessions(diplome).1,
        "COMMENTAIRE" => MARK,
        "NATURE_FORMATION_DIPLOME" => "1",
        other => date(diplome, other),
    }
    .to_owned()
}

/// The old diploma, where it is the new one that tells: for school-based management and cooking.
fn old(diplome: &Diplome) -> Option<&'static str> {
    match diplome.renovation {
        Renovation::Replaced(old) if !told_by_the_old(old) => Some(old),
        _ => None,
    }
}

fn newer(diplome: &Diplome) -> Option<&'static str> {
    match diplome.renovation {
        Renovation::ReplacedBy(newer) if told_by_the_old(diplome.cfd) => Some(newer),
        _ => None,
    }
}

/// Renovations of maintenance diplomas are written on the line of the old one.
fn told_by_the_old(old: &str) -> bool {
    old.get(3..6).is_some_and(|groupe| groupe == "250")
}

/// First and last year of examination.
fn sessions(diplome: &Diplome) -> (&'static str, &'static str) {
    match diplome.renovation {
        Renovation::Never => ("2016", ""),
        Renovation::ReplacedBy(_) => ("2010", "2021"),
        Renovation::Replaced(_) => ("2022", ""),
    }
}

fn date(diplome: &Diplome, column: &str) -> &'static str {
    match (column, diplome.renovation) {
        ("DATE_OUVERTURE", Renovation::Never) => "01/09/2014",
        ("DATE_OUVERTURE", Renovation::ReplacedBy(_)) => "01/09/2008",
        ("DATE_OUVERTURE", Renovation::Replaced(_)) => "01/09/2020",
        ("DATE_FERMETURE", Renovation::ReplacedBy(_)) => "31/08/2021",
        _ => "",
    }
}

fn mef((diplome, kind, annee): &(&Diplome, &DiplomeKind, u8), column: &str) -> String {
    let libelle = || format!("{annee}{} {}", kind.short.replace(' ', ""), diplome.libelle);
    match column {
        "MEF" => format!("{}{}{}{annee}", kind.dispositif, diplome.end(), kind.duration),
        "DISPOSITIF_FORMATION" => kind.dispositif.to_owned(),
        "FORMATION_DIPLOME" => diplome.cfd.to_owned(),
        "DUREE_DISPOSITIF" => kind.duration.to_string(),
        "ANNEE_DISPOSITIF" => annee.to_string(),
        "LIBELLE_COURT" => format!("{annee}{} {}", kind.short.replace(' ', ""), diplome.end()),
        "LIBELLE_LONG" => libelle(),
        "LIBELLE_EDITION" => libelle().to_lowercase(),
        "MEF_STAT_11" => diplome.mef_stat_11(kind, *annee),
        "MEF_STAT_9" => diplome.mef_stat_11(kind, *annee).chars().take(9).collect(),
        "N_COMMENTAIRE" => MARK.to_owned(),
        other => date(diplome, other).to_owned(),
    }
}
