//! Statistiques: the publication itself, cell by cell, against every statistic of the recordings.
//!
//! The replay compares answers; here the stored entries are compared, so that what v1 serves is
//! covered too: figures, true origin, role of the UAI, terminal years.

use std::collections::{BTreeMap, HashMap};

use exposition::db::Db;
use exposition::domain::{Certification, CodeCertification, Indicateur, Lieu, Millesime, Statistique, TypeOrigine};
use serde_json::{Map, Value};

use super::case::Case;
use super::chiffres::{is_a_half, number};
use super::{folder, recorded_database};

/// How many differences of each kind are printed.
const SHOWN: usize = 10;

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

type Object = Map<String, Value>;

/// The recorded statistics: every object that says of what, where and when it is. A sum says of
/// several.
fn statistiques(case: &Case) -> Vec<(Lieu, Object)> {
    let body = &case.body;
    if case.status != 200 || case.route.contains("filieres") {
        return Vec::new();
    }
    let listed = ["formations", "certifications", "regionales"].iter().find_map(|name| body[*name].as_array());
    let alone = std::slice::from_ref(body);
    let mut found = Vec::new();
    for object in listed.map_or(alone, Vec::as_slice).iter().filter_map(Value::as_object) {
        let region = || object.get("region").and_then(|region| region["code"].as_str());
        let lieu = object.get("uai").and_then(Value::as_str).or_else(region).unwrap_or_default();
        let lieu = Lieu::from_stored(lieu).unwrap();
        // The specialties of a common year, in full when it is asked for alone.
        let specialites = object.get("certificationsTerminales").and_then(Value::as_array).into_iter().flatten();
        let complete = specialites.filter_map(Value::as_object).filter(|object| object.contains_key("millesime"));
        found.extend(complete.map(|object| (lieu, object.clone())));
        found.push((lieu, object.clone()));
    }
    found.retain(|(_, object)| object.contains_key("code_certification"));
    found
}

/// The publication of the recordings' data, with what it is asked for more than once.
struct Publication {
    db: Db,
    id: i32,
    certifications: HashMap<CodeCertification, Certification>,
}

impl Publication {
    async fn entry(&self, lieu: Lieu, object: &Object) -> Option<Statistique> {
        let code = CodeCertification::from_stored(object["code_certification"].as_str().unwrap()).unwrap();
        let millesime = Millesime::parse(object["millesime"].as_str().unwrap()).unwrap();
        let stored = self.db.statistiques_at_lieu(self.id, lieu, code).await.unwrap();
        let wanted = |s: &Statistique| s.millesime == millesime && s.filiere.as_str() == object["filiere"];
        stored.into_iter().map(|named| named.statistique).find(wanted)
    }

    async fn certification(&mut self, code: CodeCertification) -> &Certification {
        if !self.certifications.contains_key(&code) {
            let found = self.db.certification(self.id, code).await.unwrap().unwrap();
            self.certifications.insert(code, found);
        }
        &self.certifications[&code]
    }

    /// What differs between a recorded statistic and ours.
    async fn differences(&mut self, case: &Case, object: &Object, ours: &Statistique) -> Vec<String> {
        let mut found = chiffres(case, object, ours);
        found.extend(self.origine(object, ours).await);
        found.extend(role(object, ours));
        if let Some(Value::Array(recorded)) = object.get("certificationsTerminales") {
            let mut recorded: Vec<_> = recorded.iter().filter_map(|t| t["code_certification"].as_str()).collect();
            recorded.sort_unstable();
            let terminales: Vec<_> = ours.terminales.iter().map(CodeCertification::as_str).collect();
            if recorded != terminales {
                found.push(format!("certifications_terminales: {recorded:?}, ours {terminales:?}"));
            }
        }
        found
    }

    async fn origine(&mut self, object: &Object, ours: &Statistique) -> Option<String> {
        let (kind, code) = (ours.origine.type_origine, ours.origine.code);
        let expected = match object.get("donnee_source") {
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
fn chiffres(case: &Case, object: &Object, ours: &Statistique) -> Vec<String> {
    let mut found = Vec::new();
    for (nom, indicateur) in CHIFFRES {
        let (Some(recorded), our) = (object.get(nom), ours.figures.get(indicateur).known()) else { continue };
        let same = recorded.as_i64() == our.map(i64::from);
        let unknown_size = case.tag("effectif_inconnu_non_masque")
            && !object.contains_key("nb_annee_term")
            && number(object, "nb_sortant").is_some_and(|leavers| leavers < 20)
            && our.is_none();
        let mixed = case.tag("difference_connue:melange_ancien_nouveau") && our.is_none();
        if !(same || unknown_size || mixed || is_a_half(object, nom)) {
            found.push(format!("{nom}: {recorded}, ours {our:?}"));
        }
    }
    found
}

/// The role of the UAI, and whose figures a copy shows.
fn role(object: &Object, ours: &Statistique) -> Option<String> {
    let roles = ours.roles.as_ref()?;
    let (uai, role) = ours.origine.uai.unwrap_or((ours.uai()?, roles.role));
    let our = [roles.role.as_str(), uai.as_str(), role.as_str()];
    let recorded = ["uai_type", "uai_donnee", "uai_donnee_type"].map(|key| object.get(key).and_then(Value::as_str));
    let same = recorded.iter().zip(our).all(|(recorded, our)| recorded.is_none_or(|recorded| recorded == our));
    (!same).then(|| format!("role: {recorded:?}, ours {our:?}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn every_recorded_statistic_is_in_the_publication() {
    let folder = folder();
    let db = recorded_database(&folder).await.db;
    let id = db.current_publication().await.unwrap().unwrap().id;
    let mut publication = Publication { db, id, certifications: HashMap::new() };
    let (mut matched, mut missing, mut different) = (0, Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for case in Case::read(&folder) {
        for (lieu, object) in statistiques(&case) {
            let what = format!("{} {} {}", case.id, object["code_certification"], object["millesime"]);
            let Some(ours) = publication.entry(lieu, &object).await else {
                missing.push(what);
                continue;
            };
            let differences = publication.differences(&case, &object, &ours).await;
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
        println!("{kind}: {}\n  {}", cells.len(), cells.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n  "));
    }
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert!(different.is_empty(), "recorded statistics differ from those of the publication");
    // 749 recordings, of which these hold statistics: an empty comparison would be green too.
    assert!(matched > 900, "only {matched} statistics were compared");
}
