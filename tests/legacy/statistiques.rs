//! Statistiques: the publication itself, cell by cell, against every statistic of the recordings.
//!
//! The replay compares answers; here the stored entries are compared, so that what v1 serves is
//! covered too: figures, true origin, role of the UAI, terminal years.

use std::collections::{BTreeMap, HashMap};

use exposition::db::Db;
use exposition::domain::{Certification, CodeCertification, Indicateur, Lieu, Millesime, Statistique, TypeOrigine};
use serde_json::{Map, Value};

use super::cas::Cas;
use super::chiffres::{est_un_demi, nombre};
use super::{folder, recorded_database};

/// How many differences of each kind are printed.
const MONTREES: usize = 10;

/// The names of the figures in the old contract and in ours.
const CHIFFRES: [(&str, Indicateur); 13] = [
    ("nb_annee_term", Indicateur::NbAnneeTerm),
    ("nb_poursuite_etudes", Indicateur::NbPoursuiteEtudes),
    ("nb_sortant", Indicateur::NbSortant),
    ("nb_en_emploi_6_mois", Indicateur::NbEnEmploi6Mois),
    ("nb_en_emploi_12_mois", Indicateur::NbEnEmploi12Mois),
    ("nb_en_emploi_18_mois", Indicateur::NbEnEmploi18Mois),
    ("nb_en_emploi_24_mois", Indicateur::NbEnEmploi24Mois),
    ("taux_en_formation", Indicateur::PartPoursuiteEtudes),
    ("taux_en_emploi_6_mois", Indicateur::PartEnEmploi6Mois),
    ("taux_en_emploi_12_mois", Indicateur::PartEnEmploi12Mois),
    ("taux_autres_6_mois", Indicateur::PartAutresSituations6Mois),
    ("taux_autres_12_mois", Indicateur::PartAutresSituations12Mois),
    ("salaire_12_mois_q2", Indicateur::Salaire12MoisQ2),
];

type Objet = Map<String, Value>;

/// The recorded statistics: every object that says of what, where and when it is. A sum says of
/// several.
fn statistiques(cas: &Cas) -> Vec<(Lieu, Objet)> {
    let body = &cas.body;
    if cas.status != 200 || cas.route.contains("filieres") {
        return Vec::new();
    }
    let listed = ["formations", "certifications", "regionales"].iter().find_map(|name| body[*name].as_array());
    let alone = std::slice::from_ref(body);
    let mut found = Vec::new();
    for objet in listed.map_or(alone, Vec::as_slice).iter().filter_map(Value::as_object) {
        let region = || objet.get("region").and_then(|region| region["code"].as_str());
        let lieu = objet.get("uai").and_then(Value::as_str).or_else(region).unwrap_or_default();
        let lieu = Lieu::from_stored(lieu).unwrap();
        // The specialties of a common year, in full when it is asked for alone.
        let specialites = objet.get("certificationsTerminales").and_then(Value::as_array).into_iter().flatten();
        let complete = specialites.filter_map(Value::as_object).filter(|objet| objet.contains_key("millesime"));
        found.extend(complete.map(|objet| (lieu, objet.clone())));
        found.push((lieu, objet.clone()));
    }
    found.retain(|(_, objet)| objet.contains_key("code_certification"));
    found
}

/// The publication of the recordings' data, with what it is asked for more than once.
struct Publication {
    db: Db,
    id: i32,
    certifications: HashMap<CodeCertification, Certification>,
}

impl Publication {
    async fn entree(&self, lieu: Lieu, objet: &Objet) -> Option<Statistique> {
        let code = CodeCertification::from_stored(objet["code_certification"].as_str().unwrap()).unwrap();
        let millesime = Millesime::parse(objet["millesime"].as_str().unwrap()).unwrap();
        let stored = self.db.statistiques_au_lieu(self.id, lieu, code).await.unwrap();
        let wanted = |s: &Statistique| s.millesime == millesime && s.filiere.as_str() == objet["filiere"];
        stored.into_iter().map(|nommee| nommee.statistique).find(wanted)
    }

    async fn certification(&mut self, code: CodeCertification) -> &Certification {
        if !self.certifications.contains_key(&code) {
            let found = self.db.certification(self.id, code).await.unwrap().unwrap();
            self.certifications.insert(code, found);
        }
        &self.certifications[&code]
    }

    /// What differs between a recorded statistic and ours.
    async fn differences(&mut self, cas: &Cas, objet: &Objet, ours: &Statistique) -> Vec<String> {
        let mut found = chiffres(cas, objet, ours);
        found.extend(self.origine(objet, ours).await);
        found.extend(role(objet, ours));
        if let Some(Value::Array(recorded)) = objet.get("certificationsTerminales") {
            let mut recorded: Vec<_> = recorded.iter().filter_map(|t| t["code_certification"].as_str()).collect();
            recorded.sort_unstable();
            let terminales: Vec<_> = ours.terminales.iter().map(CodeCertification::as_str).collect();
            if recorded != terminales {
                found.push(format!("certifications_terminales: {recorded:?}, ours {terminales:?}"));
            }
        }
        found
    }

    async fn origine(&mut self, objet: &Objet, ours: &Statistique) -> Option<String> {
        let (kind, code) = (ours.origine.type_origine, ours.origine.code);
        let expected = match objet.get("donnee_source") {
            None => return kind_without_figures(kind),
            Some(source) => (source["type"].as_str()?, source["code_certification"].as_str()?),
        };
        let word = match kind {
            TypeOrigine::Propre => "self",
            TypeOrigine::DiplomeAncien => "ancienne",
            TypeOrigine::DiplomeNouveau => "nouvelle",
            TypeOrigine::Agregee | TypeOrigine::AnneeTerminale => "none",
        };
        // Over several steps forward the recordings name the step before, ours the origin.
        let mut step = code;
        if kind == TypeOrigine::DiplomeAncien {
            let anciens = &self.certification(ours.code).await.anciens;
            step = *anciens.first().filter(|_| anciens.len() == 1)?;
        }
        let same = expected == (word, step.as_str());
        (!same).then(|| format!("origine: {expected:?}, ours {word} {code}"))
    }
}

fn kind_without_figures(kind: TypeOrigine) -> Option<String> {
    let pointing = matches!(kind, TypeOrigine::AnneeTerminale | TypeOrigine::Agregee);
    (!pointing).then(|| format!("figures where none are recorded: {kind}"))
}

/// The figures: a recorded one is ours, a recorded `null` is hidden. Those that the recordings
/// leave out are not compared: the source does not publish them.
fn chiffres(cas: &Cas, objet: &Objet, ours: &Statistique) -> Vec<String> {
    let mut found = Vec::new();
    for (nom, indicateur) in CHIFFRES {
        let (Some(recorded), our) = (objet.get(nom), ours.figures.get(indicateur).connue()) else { continue };
        let same = recorded.as_i64() == our.map(i64::from);
        let unknown_size = cas.tag("effectif_inconnu_non_masque")
            && !objet.contains_key("nb_annee_term")
            && nombre(objet, "nb_sortant").is_some_and(|leavers| leavers < 20)
            && our.is_none();
        let mixed = cas.tag("difference_connue:melange_ancien_nouveau") && our.is_none();
        if !(same || unknown_size || mixed || est_un_demi(objet, nom)) {
            found.push(format!("{nom}: {recorded}, ours {our:?}"));
        }
    }
    found
}

/// The role of the UAI, and whose figures a copy shows.
fn role(objet: &Objet, ours: &Statistique) -> Option<String> {
    let roles = ours.roles.as_ref()?;
    let (uai, role) = ours.origine.uai.unwrap_or((ours.uai()?, roles.role));
    let our = [roles.role.as_str(), uai.as_str(), role.as_str()];
    let recorded = ["uai_type", "uai_donnee", "uai_donnee_type"].map(|key| objet.get(key).and_then(Value::as_str));
    let same = recorded.iter().zip(our).all(|(recorded, our)| recorded.is_none_or(|recorded| recorded == our));
    (!same).then(|| format!("role: {recorded:?}, ours {our:?}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn every_recorded_statistic_is_in_the_publication() {
    let folder = folder();
    let db = recorded_database(&folder).await.db;
    let id = db.publication_courante().await.unwrap().unwrap().id;
    let mut publication = Publication { db, id, certifications: HashMap::new() };
    let (mut matched, mut missing, mut different) = (0, Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for cas in Cas::lire(&folder) {
        for (lieu, objet) in statistiques(&cas) {
            let what = format!("{} {} {}", cas.id, objet["code_certification"], objet["millesime"]);
            let Some(ours) = publication.entree(lieu, &objet).await else {
                missing.push(what);
                continue;
            };
            let differences = publication.differences(&cas, &objet, &ours).await;
            matched += usize::from(differences.is_empty());
            for difference in differences {
                let kind = difference.split(':').next().unwrap_or_default().to_owned();
                different.entry(kind).or_default().push(format!("{what} {difference}"));
            }
        }
    }
    println!(
        "{matched} matched, {} different, {} missing",
        different.values().map(Vec::len).sum::<usize>(),
        missing.len()
    );
    for (kind, cells) in &different {
        println!(
            "{kind}: {}\n  {}",
            cells.len(),
            cells.iter().take(MONTREES).cloned().collect::<Vec<_>>().join("\n  ")
        );
    }
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert!(different.is_empty(), "recorded statistics differ from those of the publication");
    // 749 recordings, of which these hold statistics: an empty comparison would be green too.
    assert!(matched > 900, "only {matched} statistics were compared");
}
