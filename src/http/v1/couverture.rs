//! `/api/v1/couverture`: of how many formations something can be said.
//!
//! The counts are stored by filière, maille, millésime and région; the sums over all filières and
//! all régions are added here, so that the question «how many in all?» has an answer too.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::avec_csv;
use super::referentiels::territoires::Territoire;
use crate::domain::couverture::{Changements, Comptes, Couverture};
use crate::domain::{CodeRegion, Filiere, Maille, Millesime};
use crate::http::Etat;
use crate::http::communs::ParametresListe;
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::page::{Liste, liste_en_memoire};
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    avec_csv(routes!(lister))
}

/// Combien de cellules d'un groupe, par origine et par lisibilité.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CouvertureReponse {
    /// Filière ; `null` : toutes ensemble.
    #[schema(required = true, example = "apprentissage")]
    filiere: Option<&'static str>,
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "etablissement")]
    maille: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Région ; `null` : toutes ensemble.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// Mesurées par la source pour exactement ce code et ce lieu.
    #[schema(example = 55_710)]
    propres: i64,
    /// Chiffres de l'ancien diplôme.
    #[schema(example = 21_300)]
    diplome_ancien: i64,
    /// Chiffres du nouveau diplôme.
    #[schema(example = 44_800)]
    diplome_nouveau: i64,
    /// Chiffres d'un autre établissement (formateur ou gestionnaire).
    #[schema(example = 12_100)]
    autre_uai: i64,
    /// Sommes de la maille inférieure.
    #[schema(example = 0)]
    agregees: i64,
    /// Années antérieures et années communes, qui renvoient à leurs années terminales.
    #[schema(example = 71_346)]
    annees_terminales: i64,
    /// Toutes ensemble.
    #[schema(example = 205_256)]
    total: i64,
    /// Par combien les traitements multiplient ce que la source a mesuré ; `null` si elle n'a rien mesuré.
    #[schema(required = true, example = 3.68)]
    facteur: Option<f64>,
    /// Parmi celles qui ont des chiffres : masquées, parce que la cohorte a moins de 20 jeunes.
    #[schema(example = 61_400)]
    masquees: i64,
    /// Parmi celles qui ont des chiffres : ni masquées, ni aucun chiffre au-delà de l'effectif.
    #[schema(example = 310)]
    vides: i64,
    /// Cellules masquées que l'on pourrait calculer par différence à partir des seuls totaux publiés par les
    /// producteurs : elles leur sont signalées.
    #[schema(example = 0)]
    deductibles: i64,
    /// Ajoutées par cette publication.
    #[schema(example = 1_200)]
    ajoutees: i64,
    /// Retirées par cette publication.
    #[schema(example = 3)]
    retirees: i64,
    /// Modifiées par cette publication.
    #[schema(example = 480)]
    modifiees: i64,
}

impl LigneCsv for CouvertureReponse {
    fn colonnes() -> Vec<&'static str> {
        vec![
            "filiere",
            "maille",
            "millesime",
            "region",
            "propres",
            "diplome_ancien",
            "diplome_nouveau",
            "autre_uai",
            "agregees",
            "annees_terminales",
            "total",
            "facteur",
            "masquees",
            "vides",
            "deductibles",
            "ajoutees",
            "retirees",
            "modifiees",
        ]
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        let mut cellules = vec![
            self.filiere.into(),
            self.maille.into(),
            (&self.millesime).into(),
            self.region.as_ref().map(|region| region.code).into(),
        ];
        let kinds = [self.propres, self.diplome_ancien, self.diplome_nouveau, self.autre_uai, self.agregees];
        cellules.extend(kinds.into_iter().chain([self.annees_terminales, self.total]).map(Cellule::from));
        cellules.push(self.facteur.map(|facteur| facteur.to_string()).into());
        let rest = [self.masquees, self.vides, self.deductibles, self.ajoutees, self.retirees, self.modifiees];
        cellules.extend(rest.into_iter().map(Cellule::from));
        cellules
    }
}

/// What is counted together; `None` is «all».
type Marge = (Maille, Millesime, Option<Filiere>, Option<CodeRegion>);

/// The counts with their sums over filières, over régions, and over both.
fn avec_marges(lignes: &[Couverture]) -> BTreeMap<Marge, (Comptes, Changements)> {
    let mut sums: BTreeMap<Marge, (Comptes, Changements)> = BTreeMap::new();
    for Couverture { groupe, comptes, changements } in lignes {
        let mut add = |filiere, region| {
            let sum = sums.entry((groupe.maille, groupe.millesime, filiere, region)).or_default();
            sum.0 += *comptes;
            sum.1 += *changements;
        };
        for filiere in [Some(groupe.filiere), None] {
            add(filiere, None);
            if groupe.region.is_some() {
                add(filiere, groupe.region);
            }
        }
    }
    sums
}

impl CouvertureReponse {
    fn new(marge: Marge, comptes: &Comptes, changements: &Changements) -> Self {
        let (maille, millesime, filiere, region) = marge;
        Self {
            filiere: filiere.map(Filiere::as_str),
            maille: maille.as_str(),
            millesime: millesime.to_string(),
            region: region.map(Territoire::from),
            propres: comptes.propres,
            diplome_ancien: comptes.diplome_ancien,
            diplome_nouveau: comptes.diplome_nouveau,
            autre_uai: comptes.autre_uai,
            agregees: comptes.agregees,
            annees_terminales: comptes.annees_terminales,
            total: comptes.total(),
            facteur: comptes.facteur().map(|facteur| (facteur * 100.0).round() / 100.0),
            masquees: comptes.masquees,
            vides: comptes.vides,
            deductibles: comptes.deductibles,
            ajoutees: changements.ajoutees,
            retirees: changements.retirees,
            modifiees: changements.modifiees,
        }
    }

    /// Mailles, millésimes, filières, régions in their order; sums before their parts.
    fn cle(marge: &Marge) -> String {
        let (maille, millesime, filiere, region) = marge;
        let filiere = filiere.map(Filiere::as_str).unwrap_or_default();
        format!(
            "{} {millesime:<9} {filiere:<13} {}",
            *maille as u8,
            region.map(|region| region.to_string()).unwrap_or_default()
        )
    }
}

/// Which groups.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
struct ParametresCouverture {
    /// `apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : chacune, et toutes ensemble.
    #[param(required = false, example = "apprentissage", pattern = "^(apprentissage|pro|agricole|superieur)$")]
    filiere: String,
    /// `nationale`, `regionale` ou `etablissement`.
    #[param(required = false, example = "etablissement", pattern = "^(nationale|regionale|etablissement)$")]
    maille: String,
    /// Année de sortie (`2023`) ou deux années réunies (`2022_2023`).
    #[param(required = false, example = "2022_2023", pattern = "^[0-9]{4}(_[0-9]{4})?$")]
    millesime: String,
    /// Code INSEE d'une région, ou code postal. Sans ce paramètre : chacune, et toutes ensemble.
    #[param(required = false, example = "11")]
    region: String,
}

/// La couverture
///
/// Par filière, maille, millésime et région : combien de cellules la source a mesurées, combien viennent d'un ancien ou
/// d'un nouveau diplôme, d'un autre établissement, d'une somme, combien renvoient à une année terminale, combien sont
/// masquées ou vides, et ce que la publication a ajouté, retiré et modifié. Les lignes de `filiere` ou `region` `null`
/// sont les totaux.
#[utoipa::path(
    get, path = "/couverture", tag = "données", operation_id = "lister_couverture",
    params(ParametresCouverture, ParametresListe),
    responses((status = 200, description = "La couverture de la publication.",
        content((Liste<CouvertureReponse> = "application/json"), (String = "text/csv"))))
)]
async fn lister(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let filiere = lecteur.lire("filiere", Filiere::parse);
    let maille = lecteur.lire("maille", Maille::parse);
    let millesime = lecteur.lire("millesime", Millesime::parse);
    let region = lecteur.lire("region", CodeRegion::parse);
    let page = lecteur.page::<String, CouvertureReponse>();
    lecteur.fin()?;
    let lignes = etat.db.couverture(requete.publication().id).await?;
    let asked = |(m, y, f, r): &Marge| {
        maille.is_none_or(|maille| maille == *m)
            && millesime.is_none_or(|millesime| millesime == *y)
            && filiere.is_none_or(|filiere| Some(filiere) == *f)
            && region.is_none_or(|region| Some(region) == *r)
    };
    let mut elements: Vec<_> = avec_marges(&lignes)
        .iter()
        .filter(|(marge, _)| asked(marge))
        .map(|(marge, (comptes, changes))| {
            (CouvertureReponse::cle(marge), CouvertureReponse::new(*marge, comptes, changes))
        })
        .collect();
    elements.sort_by(|a, b| a.0.cmp(&b.0));
    liste_en_memoire(&requete, page, elements).await
}
