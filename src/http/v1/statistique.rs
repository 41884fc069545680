//! The statistic as v1 answers it, one shape for every place, and its flat CSV row.
//!
//! Every key is always there. A figure is a number or `null`, and each `null` has its reason in
//! `absences` under the flat name of the indicator; a salary without any quartile is one `null`
//! and one reason.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::referentiels::territoires::Territoire;
use crate::db::statistiques::{ResumeCertification, StatistiqueNommee, Tranche};
use crate::domain::choix::{Choix, Demande, choose, millesime_of_list};
use crate::domain::lecture::sentences;
use crate::domain::territoire::Departement;
use crate::domain::{Figures, Filiere, Indicateur, Lieu, Maille, Millesime, Origine, Statistique, Uai};
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::parametres::Lecteur;
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// Le niveau d'un diplôme et son type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Niveau {
    /// Niveau : `3` (CAP), `4` (bac), `5` (BTS), `6`, `7` ; `0` pour les mentions complémentaires.
    #[schema(example = "4")]
    code: String,
    /// Type de diplôme.
    #[schema(example = "BAC PRO")]
    libelle: String,
}

impl From<&crate::domain::Diplome> for Niveau {
    fn from(diplome: &crate::domain::Diplome) -> Self {
        Self { code: diplome.code.clone(), libelle: diplome.libelle.clone() }
    }
}

/// La certification, en bref.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificationBreve {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    pub(super) code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    pub(super) type_code: &'static str,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    pub(super) libelle: String,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    pub(super) niveau: Option<Niveau>,
    /// Vrai quand la date de fermeture est passée.
    pub(super) formation_fermee: bool,
}

impl CertificationBreve {
    pub(super) fn new(resume: &ResumeCertification, requete: &Requete) -> Self {
        Self {
            code: resume.code.to_string(),
            type_code: resume.code.type_code().as_str(),
            libelle: resume.libelle.clone(),
            niveau: resume.diplome.as_ref().map(Niveau::from),
            formation_fermee: resume.date_fermeture.is_some_and(|day| day < requete.today()),
        }
    }
}

/// Un chiffre à 6, 12, 18 et 24 mois.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "a name of its own cannot begin with a digit")]
pub struct ParHorizon {
    /// 6 mois après la sortie.
    #[serde(rename = "6_mois")]
    #[schema(required = true, example = 35)]
    a_6_mois: Option<i32>,
    /// 12 mois après la sortie.
    #[serde(rename = "12_mois")]
    #[schema(required = true, example = 41)]
    a_12_mois: Option<i32>,
    /// 18 mois après la sortie.
    #[serde(rename = "18_mois")]
    #[schema(required = true, example = 40)]
    a_18_mois: Option<i32>,
    /// 24 mois après la sortie.
    #[serde(rename = "24_mois")]
    #[schema(required = true, example = 44)]
    a_24_mois: Option<i32>,
}

impl ParHorizon {
    fn new(figures: &Figures, indicateurs: [Indicateur; 4]) -> Self {
        let [a_6_mois, a_12_mois, a_18_mois, a_24_mois] =
            indicateurs.map(|indicateur| figures.get(indicateur).connue());
        Self { a_6_mois, a_12_mois, a_18_mois, a_24_mois }
    }
}

/// Combien de jeunes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Effectifs {
    /// Inscrits en année terminale (E).
    #[schema(required = true, example = 162)]
    annee_terminale: Option<i32>,
    /// Parmi eux, ceux qui poursuivent des études (P).
    #[schema(required = true, example = 73)]
    poursuite_etudes: Option<i32>,
    /// Parmi eux, ceux qui ont quitté les études (S).
    #[schema(required = true, example = 89)]
    sortants: Option<i32>,
    /// Sortants en emploi salarié (J).
    en_emploi: ParHorizon,
}

/// Salaire net mensuel en équivalent temps plein, 12 mois après la sortie, en euros.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Salaire {
    /// Premier quartile : un quart gagne moins.
    #[schema(required = true, example = 1290)]
    q1: Option<i32>,
    /// Médiane : la moitié gagne moins.
    #[schema(required = true, example = 1480)]
    q2: Option<i32>,
    /// Troisième quartile : un quart gagne plus.
    #[schema(required = true, example = 1720)]
    q3: Option<i32>,
}

impl Salaire {
    fn new(figures: &Figures) -> Option<Self> {
        let [q1, q2, q3] = Indicateur::SALAIRE_12_MOIS.map(|indicateur| figures.get(indicateur).connue());
        [q1, q2, q3].iter().any(Option::is_some).then_some(Self { q1, q2, q3 })
    }
}

/// Nombre de cellules additionnées pour obtenir un agrégat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cellules {
    /// Cellules visibles, additionnées.
    #[schema(example = 15)]
    incluses: i32,
    /// Toutes les cellules, celles qui sont masquées comprises.
    #[schema(example = 17)]
    total: i32,
}

/// D'où vient la statistique.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrigineReponse {
    /// `propre` : mesurée par la source pour exactement cette cohorte ; `agregee` : somme des cellules visibles de la
    /// maille inférieure.
    #[serde(rename = "type")]
    #[schema(example = "propre")]
    type_origine: &'static str,
    /// Code sous lequel elle a été mesurée.
    #[schema(example = "40025214")]
    code_certification: String,
    /// Établissement pour lequel elle a été mesurée ; `null` pour une autre maille.
    #[schema(required = true, example = json!(null))]
    uai: Option<String>,
    /// Jeu de données.
    #[schema(example = "inserjeunes-mesures")]
    source: String,
    /// Empreinte du fichier lu, à retrouver dans `/api/v1/sources` ; `null` pour un agrégat.
    #[schema(required = true, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    fichier: Option<String>,
    /// Pour un agrégat, ce qui a été additionné.
    #[schema(required = true)]
    cellules: Option<Cellules>,
}

impl OrigineReponse {
    fn new(origine: &Origine, statistique: &Statistique, requete: &Requete) -> Self {
        let fichiers = &requete.publication().fichiers;
        let sha256 = origine.fichier.and_then(|fichier| fichiers.get(&fichier.0));
        Self {
            type_origine: origine.type_origine.as_str(),
            code_certification: origine.code.to_string(),
            uai: origine.uai.map(|(uai, _)| uai).or_else(|| statistique.uai()).map(|uai| uai.to_string()),
            source: origine.source.to_string(),
            fichier: sha256.map(|sha256| format!("sha256:{sha256}")),
            cellules: origine.cellules.map(|(incluses, total)| Cellules { incluses, total }),
        }
    }
}

/// Ce que sont devenus les jeunes d'une cohorte : une certification, un lieu, une filière, un millésime.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatistiqueReponse {
    /// La certification.
    certification: CertificationBreve,
    /// La région, pour une statistique régionale.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// L'établissement (son UAI), pour une statistique d'établissement.
    #[schema(required = true, example = json!(null))]
    etablissement: Option<EtablissementBref>,
    /// `apprentissage`, `pro`, `agricole` ou `superieur`.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Année de sortie, ou deux années réunies.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Combien de jeunes.
    effectifs: Effectifs,
    /// Part des inscrits qui poursuivent des études, en %.
    #[schema(required = true, example = 45)]
    part_poursuite_etudes: Option<i32>,
    /// Part des inscrits en emploi salarié, en %.
    part_en_emploi: ParHorizon,
    /// Part des inscrits dans une autre situation, en %.
    part_autres_situations: ParHorizon,
    /// Part des **sortants** en emploi salarié, en %.
    taux_emploi: ParHorizon,
    /// Salaire net mensuel à 12 mois.
    #[schema(required = true)]
    salaire_12_mois: Option<Salaire>,
    /// Part des contrats d'apprentissage rompus, en %.
    #[schema(required = true, example = json!(null))]
    taux_rupture_contrats: Option<i32>,
    /// Pour chaque chiffre absent, la raison : `sous_seuil` (moins de 20 jeunes), `non_diffuse` (retenu par la
    /// source), `pas_encore_disponible` (l'échéance n'est pas passée), `non_couvert` (non mesuré).
    #[schema(example = json!({"salaire_12_mois": "non_couvert", "taux_rupture_contrats": "non_couvert"}))]
    absences: BTreeMap<&'static str, &'static str>,
    /// Moins de 30 % en emploi à 6 mois **et** moins de 50 % en poursuite d'études ; `null` si l'un manque.
    #[schema(required = true, example = false)]
    sans_perspectives: Option<bool>,
    /// Phrases prêtes à montrer.
    #[schema(example = json!(["Sur 100 apprentis, 35 sont en emploi salarié 6 mois après leur sortie, 45 poursuivent des études, 20 sont dans une autre situation."]))]
    lecture: Vec<String>,
    /// D'où viennent les chiffres.
    origine: OrigineReponse,
    /// Autres filières qui ont des statistiques pour ce code en ce lieu : à demander avec `filiere=`.
    #[schema(example = json!([]))]
    autres_filieres: Vec<&'static str>,
}

/// L'établissement, en bref.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EtablissementBref {
    /// UAI.
    #[schema(example = "0750001U")]
    uai: String,
    /// Région, d'après le début de l'UAI.
    #[schema(required = true)]
    region: Option<Territoire>,
}

impl From<Uai> for EtablissementBref {
    fn from(uai: Uai) -> Self {
        let region = Departement::from_uai(uai).and_then(Departement::region);
        Self { uai: uai.to_string(), region: region.map(Territoire::from) }
    }
}

impl StatistiqueReponse {
    /// Maps a stored statistic.
    pub(super) fn new(nommee: &StatistiqueNommee, requete: &Requete) -> Self {
        let StatistiqueNommee { statistique, certification } = nommee;
        let Statistique { lieu, filiere, millesime, figures, sans_perspectives, origine, .. } = statistique;
        let get = |indicateur| figures.get(indicateur).connue();
        let region = if let Lieu::Region(code) = lieu { Some(Territoire::from(*code)) } else { None };
        Self {
            certification: CertificationBreve::new(certification, requete),
            region,
            etablissement: statistique.uai().map(EtablissementBref::from),
            filiere: filiere.as_str(),
            maille: lieu.maille().as_str(),
            millesime: millesime.to_string(),
            effectifs: Effectifs {
                annee_terminale: get(Indicateur::NbAnneeTerm),
                poursuite_etudes: get(Indicateur::NbPoursuiteEtudes),
                sortants: get(Indicateur::NbSortant),
                en_emploi: ParHorizon::new(figures, Indicateur::NB_EN_EMPLOI),
            },
            part_poursuite_etudes: get(Indicateur::PartPoursuiteEtudes),
            part_en_emploi: ParHorizon::new(figures, Indicateur::PART_EN_EMPLOI),
            part_autres_situations: ParHorizon::new(figures, Indicateur::PART_AUTRES_SITUATIONS),
            taux_emploi: ParHorizon::new(figures, Indicateur::TAUX_EMPLOI),
            salaire_12_mois: Salaire::new(figures),
            taux_rupture_contrats: get(Indicateur::TauxRuptureContrats),
            absences: absences(figures),
            sans_perspectives: *sans_perspectives,
            lecture: sentences(figures, *filiere),
            origine: OrigineReponse::new(origine, statistique, requete),
            autres_filieres: Vec::new(),
        }
    }

    /// Maps the statistic that was chosen among several.
    pub(super) fn chosen(choix: &Choix<StatistiqueNommee>, requete: &Requete) -> Self {
        let autres_filieres = choix.autres_filieres.iter().map(|filiere| filiere.as_str()).collect();
        Self { autres_filieres, ..Self::new(&choix.statistique, requete) }
    }
}

/// The reasons by flat name; one for a salary without any quartile.
fn absences(figures: &Figures) -> BTreeMap<&'static str, &'static str> {
    let mut absences: BTreeMap<_, _> =
        figures.absences().map(|(indicateur, raison)| (indicateur.as_str(), raison.as_str())).collect();
    if Salaire::new(figures).is_none() {
        let removed = Indicateur::SALAIRE_12_MOIS.map(|indicateur| absences.remove(indicateur.as_str()));
        if let Some(raison) = removed.into_iter().flatten().next() {
            absences.insert("salaire_12_mois", raison);
        }
    }
    absences
}

/// A statistic as one flat row: the columns of `domain.md`'s flat names.
#[derive(Debug, Clone)]
pub(super) struct LigneStatistique {
    nommee: StatistiqueNommee,
    reponse: StatistiqueReponse,
}

impl LigneStatistique {
    pub(super) fn new(nommee: StatistiqueNommee, requete: &Requete) -> Self {
        Self { reponse: StatistiqueReponse::new(&nommee, requete), nommee }
    }
}

impl Serialize for LigneStatistique {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reponse.serialize(serializer)
    }
}

impl LigneCsv for LigneStatistique {
    fn colonnes() -> Vec<&'static str> {
        let mut colonnes = vec![
            "code_certification",
            "type",
            "libelle",
            "niveau_code",
            "niveau_libelle",
            "formation_fermee",
            "maille",
            "region",
            "uai",
            "filiere",
            "millesime",
        ];
        colonnes.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        colonnes.extend(["absences", "sans_perspectives", "origine", "source", "fichier"]);
        colonnes
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        let Self { nommee: StatistiqueNommee { statistique, .. }, reponse } = self;
        let niveau = reponse.certification.niveau.as_ref();
        let mut cellules = vec![
            (&reponse.certification.code).into(),
            reponse.certification.type_code.into(),
            (&reponse.certification.libelle).into(),
            niveau.map(|niveau| &niveau.code).into(),
            niveau.map(|niveau| &niveau.libelle).into(),
            reponse.certification.formation_fermee.into(),
            reponse.maille.into(),
            reponse.region.as_ref().map(|region| region.code).into(),
            reponse.etablissement.as_ref().map(|etablissement| &etablissement.uai).into(),
            reponse.filiere.into(),
            (&reponse.millesime).into(),
        ];
        cellules.extend(Indicateur::ALL.iter().map(|i| Cellule::from(statistique.figures.get(*i).connue())));
        let absences = statistique.figures.absences().map(|(i, raison)| format!("{i}={raison}"));
        cellules.extend([
            absences.collect::<Vec<_>>().join(" ").into(),
            reponse.sans_perspectives.into(),
            reponse.origine.type_origine.into(),
            (&reponse.origine.source).into(),
            reponse.origine.fichier.as_ref().into(),
        ]);
        cellules
    }
}

/// Reads which statistic is asked for.
pub(super) fn demande(lecteur: &mut Lecteur<'_>) -> Demande {
    Demande { millesime: lecteur.millesime(), filiere: lecteur.filiere() }
}

/// Chooses, or says what there is instead.
pub(super) fn chosen(stored: Vec<StatistiqueNommee>, demande: Demande) -> Result<Choix<StatistiqueNommee>, Probleme> {
    let mut there: Vec<(Millesime, Filiere)> =
        stored.iter().map(|s| (s.statistique.millesime, s.statistique.filiere)).collect();
    choose(stored, |nommee| &nommee.statistique, demande).ok_or_else(|| {
        there.sort_unstable();
        let there: Vec<_> = there.iter().rev().map(|(millesime, filiere)| format!("{millesime} ({filiere})")).collect();
        Probleme::sans_statistique(format!(
            "Il n'y a pas de statistique pour ce millésime ou cette filière ; il y en a pour : {}.",
            there.join(", ")
        ))
    })
}

/// For each filière of the maille the millésime that a list shows.
///
/// # Errors
/// 404 with the millésimes that exist when none of them is the one asked for.
pub(super) fn tranches(requete: &Requete, maille: Maille, demande: Demande) -> Result<Vec<Tranche>, Probleme> {
    let comptes = &requete.publication().comptes.statistiques;
    let mut stored: BTreeMap<Filiere, Vec<Millesime>> = BTreeMap::new();
    for compte in comptes.iter().filter(|compte| compte.maille == maille.as_str()) {
        if let (Ok(filiere), Ok(millesime)) = (Filiere::parse(&compte.filiere), Millesime::parse(&compte.millesime)) {
            stored.entry(filiere).or_default().push(millesime);
        }
    }
    stored.retain(|filiere, _| demande.filiere.is_none_or(|asked| asked == *filiere));
    let chosen: Vec<Tranche> = stored
        .iter()
        .filter_map(|(filiere, millesimes)| Some((*filiere, millesime_of_list(millesimes, demande.millesime)?)))
        .collect();
    match demande.millesime {
        Some(asked) if chosen.is_empty() && !stored.is_empty() => {
            let mut there: Vec<_> = stored.into_values().flatten().collect();
            there.sort_unstable();
            there.dedup();
            let there: Vec<_> = there.iter().rev().map(ToString::to_string).collect();
            Err(Probleme::sans_statistique(format!(
                "Il n'y a pas de millésime {asked} à la maille {maille} ; il y a : {}.",
                there.join(", ")
            )))
        }
        _ => Ok(chosen),
    }
}

/// Says where and when there is a statistic of a code that has none here.
pub(super) fn elsewhere(places: &[(Lieu, Filiere, Millesime)], ici: &str) -> Probleme {
    if places.is_empty() {
        return Probleme::sans_statistique(format!(
            "Cette certification existe, mais aucune statistique n'est publiée pour elle, ni {ici} ni ailleurs."
        ));
    }
    let named = |(lieu, filiere, millesime): &(Lieu, Filiere, Millesime)| {
        let lieu = match lieu {
            Lieu::France => "France".to_owned(),
            Lieu::Region(code) => format!("région {code}"),
            Lieu::Etablissement(uai) => format!("établissement {uai}"),
        };
        format!("{lieu} {millesime} ({filiere})")
    };
    let named: Vec<_> = places.iter().map(named).collect();
    Probleme::sans_statistique(format!(
        "Cette certification existe, mais n'a pas de statistique {ici} ; il y en a notamment : {}.",
        named.join(", ")
    ))
}
