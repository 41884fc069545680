//! Réponses seules: one formation, one certification of France or of a région, several added up;
//! each as JSON or as an image.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::demande::Demande;
use super::documentation::{ParamsCode, ParamsCodes};
use super::entree::{Entree, a_des_chiffres};
use super::erreur::{Erreur, adresse_inconnue};
use super::filieres::VueFilieres;
use super::millesimes::{defaut, disponibles};
use super::parametres::{Image, ImageEnErreur, ParametresCertifications, ParametresFormation};
use super::regles::MillesimeDemande;
use super::reponse;
use super::svg::{self, Block, Shares, Vignette};
use crate::db::legacy::Fiche;
use crate::domain::{CodeCertification, Lieu, Maille, TypeCode, Uai};
use crate::http::Etat;

/// What an image is without figures.
pub(super) const SANS_DONNEES: &str = "Données non disponibles";

/// Une certification, ou une somme par filière.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReponseLegacy)]
pub(super) enum ReponseCertifications {
    /// Une seule certification.
    Une(Box<Entree>),
    /// Plusieurs, ou `vue=filieres`.
    Sommes(Box<VueFilieres>),
}

impl From<Entree> for ReponseCertifications {
    fn from(entree: Entree) -> Self {
        Self::Une(Box::new(entree))
    }
}

impl From<VueFilieres> for ReponseCertifications {
    fn from(sommes: VueFilieres) -> Self {
        Self::Sommes(Box::new(sommes))
    }
}

impl ReponseCertifications {
    /// What an image shows; `None` without any figure that it is about.
    fn vignette(&self) -> Option<Vignette> {
        match self {
            Self::Sommes(sommes) => sommes.vignette(),
            Self::Une(entree) => Some(Vignette {
                sujet: entree.libelle.clone(),
                region: None,
                millesime: entree.millesime.clone(),
                blocks: vec![Block { title: None, content: Ok(Shares::of(&entree.chiffres)?) }],
            }),
        }
    }
}

/// Ce que sont devenus les élèves d'une formation.
#[utoipa::path(
    get, path = "/formations/{formation}", tag = "réponses", operation_id = "legacy_formation",
    params(
        ("formation" = String, Path, description = "UAI, tiret, code de la certification ; puis `.svg` pour une image.", example = "0352235J-50022136"),
        ParamsCode,
    ),
    responses((status = 200, description = "La formation.", content((Entree = "application/json"), (String = "image/svg+xml"))))
)]
pub(super) async fn formation(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    let Some((uai, code)) = demande.segment("formation").split_once('-') else { return Ok(adresse_inconnue()) };
    let lus = ParametresFormation::lire(&demande, uai, code)?;
    let trouvee = trouver_formation(&etat, &demande, &lus).await;
    presenter(trouvee.map(ReponseCertifications::from), lus.image)
}

/// Ce que sont devenus les élèves d'une ou de plusieurs certifications, en France.
#[utoipa::path(
    get, path = "/certifications/{codes}", tag = "réponses", operation_id = "legacy_certification",
    params(
        ("codes" = String, Path, description = "Codes séparés par `,` ou `|` ; puis `.svg` pour une image.", example = "50022136"),
        ParamsCodes,
    ),
    responses((status = 200, description = "La certification, ou une somme par filière.",
        content((ReponseCertifications = "application/json"), (String = "image/svg+xml"))))
)]
pub(super) async fn certification(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    let lus = ParametresCertifications::lire(&demande, None)?;
    certifications(&etat, &demande, &lus, Lieu::France).await
}

/// Ce que sont devenus les élèves d'une ou de plusieurs certifications, dans une région.
#[utoipa::path(
    get, path = "/regionales/{region}/certifications/{codes}", tag = "réponses", operation_id = "legacy_regionale_certification",
    params(
        ("region" = String, Path, description = "Code INSEE de la région ou code postal.", example = "53"),
        ("codes" = String, Path, description = "Codes séparés par `,` ou `|` ; puis `.svg` pour une image.", example = "50022136"),
        ParamsCodes,
    ),
    responses((status = 200, description = "La certification, ou une somme par filière.",
        content((ReponseCertifications = "application/json"), (String = "image/svg+xml"))))
)]
pub(super) async fn regionale(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    let lus = ParametresCertifications::lire(&demande, Some(demande.segment("region")))?;
    let lieu = lus.region.map_or(Lieu::France, Lieu::Region);
    certifications(&etat, &demande, &lus, lieu).await
}

async fn certifications(
    etat: &Etat,
    demande: &Demande,
    lus: &ParametresCertifications,
    lieu: Lieu,
) -> Result<Response, Erreur> {
    let trouvee = match lus.codes.as_slice() {
        [code] if !lus.par_filiere => trouver_certification(etat, demande, lus, lieu, *code).await.map(Into::into),
        codes => trouver_filieres(etat, demande, lus, lieu, codes).await.map(Into::into),
    };
    presenter(trouvee, lus.image)
}

async fn trouver_formation(etat: &Etat, demande: &Demande, lus: &ParametresFormation) -> Result<Entree, Erreur> {
    let publication = demande.publication()?;
    let lieu = Lieu::Etablissement(lus.uai);
    let fiches = etat.db.fiches_legacy(publication.id, lieu, &[lus.code]).await?;
    if fiches.is_empty() {
        return Err(formation_absente(etat, publication.id, lus.uai, lus.code).await?);
    }
    let voulu = lus.millesime.clone();
    let voulu = voulu.unwrap_or_else(|| MillesimeDemande::connu(defaut(publication, Maille::Etablissement)));
    let fiche = choisir(fiches, voulu.as_str(), &voulu.formes())?;
    completer(etat, demande, fiche).await
}

/// Why there is nothing for a pair: the code is tested first, then the establishment.
async fn formation_absente(etat: &Etat, publication: i32, uai: Uai, code: CodeCertification) -> Result<Erreur, Erreur> {
    if etat.db.certification(publication, code).await?.is_none() {
        return Ok(Erreur::not_found("Formation inconnue"));
    }
    let connu = etat.db.etablissement(publication, uai).await?.is_some_and(|connu| connu.dans_annuaire());
    Ok(Erreur::not_found(if connu { "Formation inconnue" } else { "Etablissement inconnu" }))
}

async fn trouver_certification(
    etat: &Etat,
    demande: &Demande,
    lus: &ParametresCertifications,
    lieu: Lieu,
    code: CodeCertification,
) -> Result<Entree, Erreur> {
    let publication = demande.publication()?;
    let fiches = etat.db.fiches_legacy(publication.id, lieu, &[code]).await?;
    if fiches.is_empty() {
        return Err(Erreur::not_found(match lieu {
            Lieu::France | Lieu::Etablissement(_) => "Certification inconnue",
            Lieu::Region(_) if etat.db.cfds_legacy(publication.id, &[code]).await?.is_empty() => "Formation inconnue",
            Lieu::Region(_) => "Pas de données disponibles",
        }));
    }
    let voulu = voulu(demande, lus, lieu)?;
    let fiche = choisir(fiches, &voulu, std::slice::from_ref(&voulu))?;
    completer(etat, demande, fiche).await
}

/// The millésime that is asked for, or the default of the place.
fn voulu(demande: &Demande, lus: &ParametresCertifications, lieu: Lieu) -> Result<String, Erreur> {
    let publication = demande.publication()?;
    let demande = lus.millesime.as_ref().map(|millesime| millesime.as_str().to_owned());
    Ok(demande.unwrap_or_else(|| defaut(publication, lieu.maille())))
}

async fn trouver_filieres(
    etat: &Etat,
    demande: &Demande,
    lus: &ParametresCertifications,
    lieu: Lieu,
    codes: &[CodeCertification],
) -> Result<VueFilieres, Erreur> {
    let publication = demande.publication()?.id;
    let (inconnues, vides) = match lieu {
        Lieu::Region(_) => ("Formation inconnue", "Pas de données disponibles"),
        Lieu::France | Lieu::Etablissement(_) => ("Certifications inconnues", "Certifications inconnues"),
    };
    let secondaires: Vec<_> = codes.iter().copied().filter(|code| code.type_code() != TypeCode::Sise).collect();
    let cfds = etat.db.cfds_legacy(publication, &secondaires).await?;
    if cfds.is_empty() {
        return Err(Erreur::not_found(inconnues));
    }
    let millesime = voulu(demande, lus, lieu)?;
    let fiches = etat.db.fiches_legacy_des_cfd(publication, lieu, &cfds, &millesime).await?;
    VueFilieres::de(&fiches, demande.today()).ok_or_else(|| Erreur::not_found(vides))
}

/// The entry of a millésime: of its forms the first downwards as text, so that a single year
/// comes before the pooled one; of two filières the one with figures.
fn choisir(mut fiches: Vec<Fiche>, voulu: &str, formes: &[String]) -> Result<Fiche, Erreur> {
    let rang = |fiche: &Fiche| {
        let statistique = &fiche.statistique;
        (std::cmp::Reverse(statistique.millesime.to_string()), !a_des_chiffres(fiche), statistique.filiere)
    };
    fiches.sort_by_key(rang);
    let disponibles = disponibles(&fiches);
    let mut correspondent =
        fiches.into_iter().filter(|fiche| formes.contains(&fiche.statistique.millesime.to_string()));
    correspondent.next().ok_or_else(|| Erreur::sans_millesime(voulu, &disponibles))
}

/// Adds the terminal years. An earlier year with a single one, which is no common year, is
/// answered by that one.
async fn completer(etat: &Etat, demande: &Demande, fiche: Fiche) -> Result<Entree, Erreur> {
    let statistique = &fiche.statistique;
    let commune = fiche.certification.famille.as_ref().is_some_and(|famille| famille.annee_commune);
    let mut terminales = Vec::new();
    if !statistique.terminales.is_empty() {
        let publication = demande.publication()?.id;
        terminales = etat.db.fiches_legacy(publication, statistique.lieu, &statistique.terminales).await?;
        terminales.retain(|terminale| {
            terminale.statistique.millesime == statistique.millesime
                && terminale.statistique.filiere == statistique.filiere
        });
        terminales.sort_by(|a, b| {
            (&a.certification.libelle, a.statistique.code).cmp(&(&b.certification.libelle, b.statistique.code))
        });
    }
    let (fiche, terminales) = match <[Fiche; 1]>::try_from(terminales) {
        Ok([seule]) if !commune => (seule, Vec::new()),
        Ok(seule) => (fiche, Vec::from(seule)),
        Err(plusieurs) => (fiche, plusieurs),
    };
    Ok(Entree::seule(&fiche, &terminales, demande.today()))
}

/// As JSON, or as an image: of its figures, of their absence, or of nothing.
fn presenter(trouvee: Result<ReponseCertifications, Erreur>, image: Option<Image>) -> Result<Response, Erreur> {
    let Some(Image { style, en_erreur }) = image else { return reponse::seule(&trouvee?) };
    let dessin = trouvee.and_then(|trouvee| {
        let vignette = trouvee.vignette().ok_or_else(|| Erreur::not_found(SANS_DONNEES))?;
        Ok(svg::dessiner(&vignette, style))
    });
    match (dessin, en_erreur) {
        (Ok(dessin), _) => Ok(svg::reponse(dessin)),
        (Err(erreur), ImageEnErreur::Message) if erreur.statut().is_client_error() => {
            Ok(svg::reponse(svg::sans_donnees(erreur.message(), style)))
        }
        (Err(erreur), ImageEnErreur::Vide) if erreur.statut().is_client_error() => Ok(svg::reponse(svg::vide(style))),
        (Err(erreur), _) => Err(erreur),
    }
}
