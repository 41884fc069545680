//! Who teaches, trains and manages an apprenticeship: `catalogue-apprentissage`.
//!
//! A CFA teaches what it is measured for, and some of it in the lycée of its département as well:
//! a place without figures of its own, to which those of the CFA are given. The apprentices of a
//! lycée are managed by that CFA, where there is one.

use super::MARK;
use super::cohortes::Formation;
use super::etablissements::{Etablissement, Type};
use super::random::Random;
use super::table::{Dialect, text};
use crate::domain::Filiere;

const CATALOGUE: &str = "\
    cfd;intitule_long;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai;published;\
    catalogue_published;cle_ministere_educatif;commentaire";

/// A line of the catalogue.
struct TeachingRow<'a> {
    formation: &'a Formation<'a>,
    lieu: &'a Etablissement,
    formateur: &'a Etablissement,
    gestionnaire: &'a Etablissement,
    published: bool,
}

impl TeachingRow<'_> {
    /// The ministry's key, which the real catalogue makes of the three UAIs and other things.
    fn ministry_key(&self) -> String {
        let [lieu, formateur, gestionnaire] =
            [self.lieu, self.formateur, self.gestionnaire].map(|one| one.uai.as_str());
        format!("fictif_{}|{gestionnaire}|{formateur}|{lieu}", self.formation.diplome.cfd)
    }
}

/// The catalogue.
pub(super) fn catalogue(etablissements: &[Etablissement], formations: &[Formation<'_>]) -> String {
    let apprentissage = || formations.iter().filter(|formation| formation.filiere == Filiere::Apprentissage);
    let neighbour = |of: &Etablissement, kind: Type| {
        etablissements.iter().find(|e| e.departement.code == of.departement.code && e.kind == kind)
    };
    let measured = |lieu: &Etablissement, cfd: &str| {
        apprentissage().any(|formation| formation.etablissement.uai == lieu.uai && formation.diplome.cfd == cfd)
    };
    let mut rows = Vec::new();
    for formation in apprentissage() {
        let here = formation.etablissement;
        let gestionnaire = if here.kind == Type::Cfa { here } else { neighbour(here, Type::Cfa).unwrap_or(here) };
        rows.push(TeachingRow { formation, lieu: here, formateur: here, gestionnaire, published: true });
        let mut random = Random::named(&["annexe", &here.uai, formation.diplome.cfd]);
        let annex = neighbour(here, Type::LyceePro).filter(|_| here.kind == Type::Cfa && random.chance(25));
        if let Some(lieu) = annex.filter(|lieu| !measured(lieu, formation.diplome.cfd)) {
            // One in ten is not published yet: such lines do not count.
            rows.push(TeachingRow { formation, lieu, formateur: here, gestionnaire, published: !random.chance(10) });
        }
    }
    text(Dialect::Unix, CATALOGUE, &rows, |row, column| {
        match column {
            "cfd" => row.formation.diplome.cfd,
            "intitule_long" => row.formation.diplome.libelle,
            "uai_formation" => &row.lieu.uai,
            "etablissement_formateur_uai" => &row.formateur.uai,
            "etablissement_gestionnaire_uai" => &row.gestionnaire.uai,
            "published" if row.published => "true",
            "published" | "catalogue_published" => "false",
            "cle_ministere_educatif" => return row.ministry_key(),
            "commentaire" => MARK,
            _ => "",
        }
        .to_owned()
    })
}
