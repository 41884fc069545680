//! `/api/v1/certifications`: search, identity, and a certification's statistics over France,
//! over the régions and over the years.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::avec_csv;
use super::liste::{ParametresFiltres, ParametresLibelle, ParametresTri, famille, filtres, niveau, tri};
use super::regions::{ParametresStatistique, inconnue, lister as lister_statistiques};
use super::statistique::{
    CertificationBreve, LigneStatistique, Niveau, StatistiqueReponse, chosen, demande, resolues, tranches,
};
use crate::db::listes::{Apres, CertificationTrouvee, ListeCertifications, ListeStatistiques, Page, Perimetre};
use crate::db::statistiques::StatistiqueNommee;
use crate::domain::{Certification, CodeCertification, Famille, Indicateur, Lieu, Maille};
use crate::http::Etat;
use crate::http::communs::{ParametresListe, ParametresObjet};
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::page::{Liste, liste, liste_en_memoire, objet};
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// The most codes that one search takes.
const CODES_MAX: usize = 100;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .merge(avec_csv(routes!(rechercher)))
        .routes(routes!(lire))
        .merge(avec_csv(routes!(regions)))
        .merge(avec_csv(routes!(historique)))
}

/// Une certification trouvée, et sa statistique nationale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificationResultat {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    type_code: &'static str,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    libelle: String,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    niveau: Option<Niveau>,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
    /// CFD dont elle relève ; `null` pour un code SISE.
    #[schema(required = true, example = "40025214")]
    code_formation_diplome: Option<String>,
    /// Famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<FamilleBreve>,
    /// Statistique nationale de la filière qui a le plus d'inscrits ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    statistique: Option<StatistiqueReponse>,
}

/// A found certification as a CSV row: identity, then the figures of its statistic.
#[derive(Debug, Clone)]
struct LigneCertification {
    reponse: CertificationResultat,
    trouvee: CertificationTrouvee,
}

impl LigneCertification {
    fn new(trouvee: CertificationTrouvee, requete: &Requete) -> Self {
        let certification = || trouvee.certification.clone();
        let nommee = trouvee.statistique.clone().map(|statistique| StatistiqueNommee {
            statistique,
            certification: certification(),
            etablissement: None,
        });
        let CertificationBreve { code, type_code, libelle, niveau, formation_fermee } =
            CertificationBreve::new(&trouvee.certification, requete);
        let reponse = CertificationResultat {
            code,
            type_code,
            libelle,
            niveau,
            formation_fermee,
            code_formation_diplome: trouvee.cfd.map(|cfd| cfd.to_string()),
            famille_metier: trouvee.famille.as_ref().map(FamilleBreve::from),
            statistique: nommee.map(|nommee| StatistiqueReponse::new(&nommee.into(), requete)),
        };
        Self { reponse, trouvee }
    }
}

impl Serialize for LigneCertification {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reponse.serialize(serializer)
    }
}

impl LigneCsv for LigneCertification {
    fn colonnes() -> Vec<&'static str> {
        let mut colonnes = vec![
            "code_certification",
            "type",
            "code_formation_diplome",
            "libelle",
            "niveau_code",
            "niveau_libelle",
            "formation_fermee",
            "famille_metier",
            "annee_commune",
            "filiere",
            "millesime",
        ];
        colonnes.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        colonnes.push("sans_perspectives");
        colonnes
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        let CertificationTrouvee { certification, cfd, famille, statistique } = &self.trouvee;
        let diplome = certification.diplome.as_ref();
        let mut cellules = vec![
            certification.code.to_string().into(),
            certification.code.type_code().as_str().into(),
            cfd.map(|cfd| cfd.to_string()).into(),
            (&certification.libelle).into(),
            diplome.map(|diplome| &diplome.code).into(),
            diplome.map(|diplome| &diplome.libelle).into(),
            self.reponse.formation_fermee.into(),
            famille.as_ref().map(|famille| &famille.code).into(),
            certification.annee_commune.into(),
            statistique.as_ref().map(|s| s.filiere.as_str()).into(),
            statistique.as_ref().map(|s| s.millesime.to_string()).into(),
        ];
        let figure = |indicateur: &Indicateur| statistique.as_ref()?.figures.get(*indicateur).connue();
        cellules.extend(Indicateur::ALL.iter().map(|indicateur| Cellule::from(figure(indicateur))));
        cellules.push(statistique.as_ref().and_then(|s| s.sans_perspectives).into());
        cellules
    }
}

/// What a search takes beside filters and sort.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
struct ParametresRecherche {
    /// Codes à retenir, séparés par des virgules ; 100 au plus.
    #[param(required = false, example = "32020008,40025214")]
    codes: String,
    /// Code d'une famille de métiers, parmi celles de `/api/v1/referentiels/familles-metiers`.
    #[param(required = false, example = "G0001", pattern = "^[A-Za-z0-9]{1,10}$")]
    famille_metier: String,
    /// `true` : seulement les certifications fermées ; `false` : seulement celles qui sont ouvertes.
    #[param(required = false, example = false)]
    fermee: bool,
}

/// Chercher des certifications
///
/// Par mots du libellé, codes, niveau, famille de métiers, filière, fermeture, ou par conditions sur les chiffres nationaux. Chaque
/// certification porte sa statistique nationale. Avec `filiere` ou `millesime`, seulement celles qui en ont une.
#[utoipa::path(
    get, path = "/certifications", tag = "certifications", operation_id = "chercher_certifications",
    params(ParametresRecherche, ParametresStatistique, ParametresLibelle, ParametresTri, ParametresFiltres, ParametresListe),
    responses((status = 200, description = "Les certifications trouvées.",
        content((Liste<CertificationResultat> = "application/json"), (String = "text/csv"))))
)]
async fn rechercher(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let (q, niveau) = (lecteur.texte("q"), niveau(&mut lecteur));
    let codes = lecteur.liste("codes", CODES_MAX, CodeCertification::parse);
    let famille = famille(&mut lecteur);
    let fermee = lecteur.booleen("fermee").map(|closed| (closed, requete.today()));
    let demande = demande(&mut lecteur);
    let (tri, filtres) = (tri(&mut lecteur), filtres(&mut lecteur));
    let page = lecteur.page::<Apres, CertificationResultat>();
    lecteur.fin()?;
    let avec_statistique = demande.filiere.is_some() || demande.millesime.is_some();
    let tranches = tranches(&requete, Maille::Nationale, demande)?;
    let recherche = ListeCertifications { q, codes, avec_statistique, niveau, famille, fermee, tranches, filtres, tri };
    repondre(&etat, &requete, page, recherche).await
}

async fn repondre(
    etat: &Etat,
    requete: &Requete,
    page: crate::http::page::Page<Apres>,
    recherche: ListeCertifications,
) -> Result<Response, Probleme> {
    let id = requete.publication().id;
    let (db, compteur, copie) = (etat.db.clone(), etat.db.clone(), recherche.clone());
    let contexte = requete.clone();
    let lire = move |apres, limite| {
        let (db, recherche, requete) = (db.clone(), recherche.clone(), contexte.clone());
        async move {
            let found = db.liste_certifications(id, &recherche, &Page { apres, limite }).await?;
            let key = |trouvee: &CertificationTrouvee| Apres {
                rang: recherche.tri.rang(|i| trouvee.statistique.as_ref()?.figures.get(i).connue(), None),
                cles: vec![trouvee.certification.code.to_string()],
            };
            let keyed = found.into_iter().map(|trouvee| (key(&trouvee), LigneCertification::new(trouvee, &requete)));
            Ok(keyed.collect())
        }
    };
    liste(requete, page, lire, async move { compteur.total_certifications(id, &copie).await }).await
}

/// Ce que les nomenclatures disent d'une certification, et sa statistique nationale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificationReponse {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    type_code: &'static str,
    /// CFD dont elle relève ; `null` pour un code SISE.
    #[schema(required = true, example = "40025214")]
    code_formation_diplome: Option<String>,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    libelle: String,
    /// Libellé du diplôme remplacé, quand il dit autre chose.
    #[schema(required = true, example = json!(null))]
    libelle_ancien: Option<String>,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    niveau: Option<Niveau>,
    /// Jour d'ouverture.
    #[schema(required = true, value_type = Option<String>, format = Date, example = "2020-09-01")]
    date_ouverture: Option<NaiveDate>,
    /// Jour de fermeture.
    #[schema(required = true, value_type = Option<String>, format = Date, example = json!(null))]
    date_fermeture: Option<NaiveDate>,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
    /// Année de la première session.
    #[schema(required = true, example = 2023)]
    premiere_session: Option<i16>,
    /// Année de la dernière session.
    #[schema(required = true, example = json!(null))]
    derniere_session: Option<i16>,
    /// Famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<FamilleBreve>,
    /// Les certifications qu'elle remplace et celles qui la remplacent.
    continuum: ContinuumReponse,
    /// La statistique nationale ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    statistique: Option<StatistiqueReponse>,
}

/// La famille de métiers d'une certification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilleBreve {
    /// Code.
    #[schema(example = "G0001")]
    pub(super) code: String,
    /// Libellé.
    #[schema(example = "Métiers de l'alimentation")]
    pub(super) libelle: String,
    /// Vrai si cette certification est l'année commune (seconde) de la famille.
    pub(super) annee_commune: bool,
}

impl From<&Famille> for FamilleBreve {
    fn from(famille: &Famille) -> Self {
        let Famille { code, libelle, annee_commune } = famille.clone();
        Self { code, libelle, annee_commune }
    }
}

/// La suite des rénovations d'un diplôme.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuumReponse {
    /// Codes plus anciens qu'elle remplace.
    #[schema(example = json!(["40033603"]))]
    anciens: Vec<String>,
    /// Codes plus récents qui la remplacent.
    #[schema(example = json!([]))]
    nouveaux: Vec<String>,
}

impl CertificationReponse {
    fn new(certification: &Certification, statistique: Option<StatistiqueReponse>, today: NaiveDate) -> Self {
        let texts = |codes: &[CodeCertification]| codes.iter().map(ToString::to_string).collect();
        Self {
            code: certification.code.to_string(),
            type_code: certification.code.type_code().as_str(),
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()),
            libelle: certification.libelle.clone(),
            libelle_ancien: certification.libelle_ancien.clone(),
            niveau: certification.diplome.as_ref().map(Niveau::from),
            date_ouverture: certification.date_ouverture,
            date_fermeture: certification.date_fermeture,
            formation_fermee: certification.is_closed(today),
            premiere_session: certification.premiere_session,
            derniere_session: certification.derniere_session,
            famille_metier: certification.famille.as_ref().map(FamilleBreve::from),
            continuum: ContinuumReponse {
                anciens: texts(&certification.anciens),
                nouveaux: texts(&certification.nouveaux),
            },
            statistique,
        }
    }
}

/// Une certification
///
/// Son identité et sa statistique nationale : le dernier millésime, ou celui demandé.
#[utoipa::path(
    get, path = "/certifications/{code}", tag = "certifications", operation_id = "lire_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ParametresStatistique, ParametresObjet,
    ),
    responses((status = 200, description = "La certification.", body = CertificationReponse))
)]
async fn lire(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let code = lecteur.chemin("code", CodeCertification::parse);
    let demande = demande(&mut lecteur);
    let champs = lecteur.champs::<CertificationReponse>();
    let code = lecteur.fin_avec(code)?;
    let id = requete.publication().id;
    let (certification, stored) =
        tokio::try_join!(etat.db.certification(id, code), etat.db.statistiques_au_lieu(id, Lieu::France, code))?;
    let certification = certification.ok_or_else(|| inconnue(code))?;
    let choix = if stored.is_empty() { None } else { Some(chosen(&etat, id, stored, demande).await?) };
    let statistique = choix.map(|choix| StatistiqueReponse::chosen(&choix, &requete));
    objet(&champs, &CertificationReponse::new(&certification, statistique, requete.today()))
}

/// Une certification dans toutes les régions
///
/// Une ligne par région et filière, dans l'ordre des codes de région ou celui de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/regions", tag = "certifications", operation_id = "lister_regions_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ParametresStatistique,
        ("tri" = Option<String>, Query, description = "`code` (de la région) ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant.", example = "-part_en_emploi_6_mois"),
        ("part_en_emploi_6_mois[gte]" = Option<i32>, Query, description = "Condition sur un indicateur, comme dans les autres listes.", example = 50),
        ParametresListe,
    ),
    responses((status = 200, description = "Les statistiques régionales.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn regions(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let code = lecteur.chemin("code", CodeCertification::parse);
    let demande = demande(&mut lecteur);
    let (tri, filtres) = (tri(&mut lecteur), filtres(&mut lecteur));
    let page = lecteur.page::<Apres, StatistiqueReponse>();
    let code = lecteur.fin_avec(code)?;
    connue(&etat, &requete, code).await?;
    let perimetre = Perimetre::Regions(code);
    let tranches = tranches(&requete, Maille::Regionale, demande)?;
    let recherche = ListeStatistiques { perimetre, tranches, filtres, tri, q: None, niveau: None };
    lister_statistiques(&etat, &requete, page, recherche).await
}

/// 404 for a code that no nomenclature has.
pub(super) async fn connue(etat: &Etat, requete: &Requete, code: CodeCertification) -> Result<(), Probleme> {
    match etat.db.certification(requete.publication().id, code).await? {
        Some(_) => Ok(()),
        None => Err(inconnue(code)),
    }
}

/// Tous les millésimes d'une certification
///
/// En France, ou dans une région (`region`), ou dans un établissement (`uai`) ; du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/certifications/{code}/historique", tag = "certifications", operation_id = "lire_historique",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ("region" = Option<String>, Query, description = "Code INSEE d'une région, ou code postal.", example = "11"),
        ("uai" = Option<String>, Query, description = "UAI d'un établissement (7 chiffres et une lettre) ; pas avec `region`."),
        ("filiere" = Option<String>, Query, description = "Une seule filière.", example = "apprentissage"),
        ParametresListe,
    ),
    responses((status = 200, description = "Les statistiques, du plus ancien millésime au plus récent.",
        content((Liste<StatistiqueReponse> = "application/json"), (String = "text/csv"))))
)]
async fn historique(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let code = lecteur.chemin("code", CodeCertification::parse);
    let (region, uai, filiere) = (lecteur.region(), lecteur.uai(), lecteur.filiere());
    if let (Some(_), Some(uai)) = (region, uai) {
        lecteur.refuser("uai", uai.as_str(), "« uai » et « region » ne vont pas ensemble : gardez-en un");
    }
    let page = lecteur.page::<String, StatistiqueReponse>();
    let code = lecteur.fin_avec(code)?;
    connue(&etat, &requete, code).await?;
    let id = requete.publication().id;
    let lieu = uai.map(Lieu::Etablissement).or(region.map(Lieu::Region)).unwrap_or(Lieu::France);
    let mut stored = etat.db.statistiques_au_lieu(id, lieu, code).await?;
    stored.retain(|nommee| filiere.is_none_or(|filiere| nommee.statistique.filiere == filiere));
    stored.sort_by_key(|nommee| (nommee.statistique.millesime, nommee.statistique.filiere));
    let numbered = resolues(&etat, id, stored).await?.into_iter().enumerate();
    let rows = numbered.map(|(rang, resolue)| (format!("{rang:06}"), LigneStatistique::new(&resolue, &requete)));
    liste_en_memoire(&requete, page, rows.collect()).await
}
