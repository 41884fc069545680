//! The computation of a publication, as the list of its steps.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::agregation::{Cle, Cohorte, Provenance, aggregates, country_of, region_of};
use super::annees_anterieures::AnneesAnterieures;
use super::certifications::certifications;
use super::cohortes::{add_salaires, cohortes};
use super::continuum::{Chaines, Continuum};
use super::couverture::couverture;
use super::disponibilite::Disponibilite;
use super::entrees::{Chiffres, Entree, Entrees, own, same_group};
use super::etablissements::{etablissements, wholes};
use super::figures::{Cellule, Portee, note};
use super::heritage::inherit;
use super::secondes_communes::SecondesCommunes;
use super::{contexte, familles, roles, sise};
use crate::domain::sources::{Resultat, Sources};
use crate::domain::{
    Certification, CodeRegion, Contexte, Figures, Filiere, Indicateur, Lieu, Origine, Statistique, TypeOrigine, Uai,
};

/// The limits under which a course is said to be without prospects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seuils {
    /// Percent of all in employment after 6 months.
    pub emploi: i32,
    /// Percent of all who go on studying.
    pub poursuite: i32,
}

/// Computes everything that a publication says.
#[must_use]
pub fn compute(sources: &Sources, seuils: Seuils) -> Resultat {
    // Who the codes are.
    let continuum = Continuum::build(&sources.diplomes, &sources.mefs);
    let mut certifications = certifications(sources, &continuum);
    sise::add(sources, &mut certifications);
    let familles_en_conflit = familles::assign(sources, &continuum, &mut certifications);

    // The cohorts, and the entries that show their figures: own, inherited, pointing to terminal
    // years, copied between the places of an apprenticeship.
    let (mut cohortes, codes_inconnus) = cohortes(&sources.mesures, &certifications);
    let mut entrees = entries(&cohortes, &Regles::build(sources, &continuum, certifications.values()));
    roles::assign(&mut entrees, &sources.catalogue, &continuum);

    // Where the établissements are; the levels that no source has; salaries.
    let etablissements = etablissements(sources, entrees.iter().map(|(cle, _)| cle.lieu));
    let regions = etablissements.iter().filter_map(|e| Some((e.uai, e.region?))).collect();
    add_aggregates(&mut cohortes, &mut entrees, &regions);
    let salaires_sans_statistique = add_salaires(&mut cohortes, &sources.mesures, &certifications);

    // What may be shown of each cohort, why the rest may not, and what is around.
    let figures = shown(&cohortes, seuils);
    entrees.sort_unstable_by_key(|(cle, _)| *cle);
    let mut statistiques: Vec<_> = entrees.into_iter().map(|entry| statistique(entry, &cohortes, &figures)).collect();
    contexte::fill(&mut statistiques, &regions);
    let couverture = couverture(&statistiques, &regions);
    Resultat {
        statistiques,
        couverture,
        statistiques_etablissement: wholes(&sources.etablissements),
        etablissements,
        certifications: certifications.into_values().collect(),
        codes_inconnus,
        salaires_sans_statistique,
        familles_en_conflit,
    }
}

/// The relations between codes that make entries out of other entries.
struct Regles {
    chaines: Chaines,
    annees: AnneesAnterieures,
    secondes: SecondesCommunes,
}

impl Regles {
    fn build<'a>(
        sources: &Sources,
        continuum: &Continuum,
        certifications: impl Iterator<Item = &'a Certification>,
    ) -> Self {
        Self {
            chaines: Chaines::build(continuum),
            annees: AnneesAnterieures::build(&sources.mefs),
            secondes: SecondesCommunes::build(certifications),
        }
    }
}

/// The entries of every place, millésime and filière: own, inherited, then those of earlier and
/// common years, which point to figures that exist by then.
fn entries(cohortes: &[Cohorte], regles: &Regles) -> Entrees {
    let mut entrees = Vec::new();
    let mut first = 0;
    for group in cohortes.chunk_by(same_group) {
        let Some(Cohorte { cle, .. }) = group.first() else { continue };
        let mut groupe = own(group, first);
        if cle.filiere != Filiere::Superieur {
            inherit(&mut groupe, &regles.chaines);
            regles.annees.point(&mut groupe, cle.filiere);
            regles.secondes.point(&mut groupe, cle.filiere);
        }
        entrees.extend(groupe.into_iter().map(|(code, entry)| (Cle { code, ..*cle }, entry)));
        first += group.len();
    }
    entrees
}

/// Adds the sums of établissements, then those of régions, where nothing else shows figures.
fn add_aggregates(cohortes: &mut Vec<Cohorte>, entrees: &mut Entrees, regions: &BTreeMap<Uai, CodeRegion>) {
    let territories = entrees.iter().enumerate().filter(|(_, (cle, _))| !matches!(cle.lieu, Lieu::Etablissement(_)));
    let mut index: HashMap<Cle, usize> = territories.map(|(index, (cle, _))| (*cle, index)).collect();
    for above in [&region_of(regions) as &dyn Fn(Lieu) -> Option<Lieu>, &country_of] {
        let occupied =
            |cle: &Cle| index.get(cle).and_then(|i| entrees.get(*i)).is_some_and(|(_, e)| e.chiffres.is_some());
        let found = aggregates(cohortes, occupied, above, &disponibilite(cohortes));
        for cohorte in found {
            let chiffres = Some(Chiffres::own(cohortes.len(), cohorte.provenance));
            if let Some((_, entry)) = index.get(&cohorte.cle).and_then(|i| entrees.get_mut(*i)) {
                entry.chiffres = chiffres;
            } else {
                index.insert(cohorte.cle, entrees.len());
                entrees.push((cohorte.cle, Entree { chiffres, ..Entree::default() }));
            }
            cohortes.push(cohorte);
        }
    }
}

fn disponibilite(cohortes: &[Cohorte]) -> Disponibilite<Portee> {
    let mut disponibilite = Disponibilite::default();
    for Cohorte { cle, mesures, .. } in cohortes {
        note(&mut disponibilite, (cle.lieu.maille(), cle.filiere), cle.millesime, mesures);
    }
    disponibilite
}

/// What is shown of a cohort, and whether it is without prospects.
type Montre = (Arc<Figures>, Option<bool>);

/// What may be shown of each cohort, in their order.
fn shown(cohortes: &[Cohorte], seuils: Seuils) -> Vec<Montre> {
    let disponibilite = disponibilite(cohortes);
    let figures = |Cohorte { cle, mesures, .. }: &Cohorte| {
        let vue = disponibilite.vue(&(cle.lieu.maille(), cle.filiere), cle.millesime);
        let figures = Cellule { mesures, vue }.figures();
        let sans_perspectives = sans_perspectives(&figures, seuils);
        (Arc::new(figures), sans_perspectives)
    };
    cohortes.iter().map(figures).collect()
}

/// Employment < 30 % and further study < 50 % (the limits are configuration); unknown when either
/// part is.
fn sans_perspectives(figures: &Figures, seuils: Seuils) -> Option<bool> {
    let emploi = figures.get(Indicateur::PartEnEmploi6Mois).connue()?;
    let poursuite = figures.get(Indicateur::PartPoursuiteEtudes).connue()?;
    Some(emploi < seuils.emploi && poursuite < seuils.poursuite)
}

/// An entry with the figures that it points to.
fn statistique((cle, entry): (Cle, Entree), cohortes: &[Cohorte], figures: &[Montre]) -> Statistique {
    let cohorte = entry.chiffres.and_then(|chiffres| Some((chiffres, cohortes.get(chiffres.cohorte)?)));
    let montre = entry.chiffres.and_then(|chiffres| figures.get(chiffres.cohorte)).cloned();
    let (figures, sans_perspectives) = montre.unwrap_or_default();
    let Cle { lieu, code, millesime, filiere } = cle;
    Statistique {
        lieu,
        code,
        filiere,
        millesime,
        figures,
        presentes: cohorte.map_or(0, |(_, cohorte)| cohorte.presentes),
        sans_perspectives,
        origine: cohorte.map_or_else(|| pointing(cle), |(chiffres, cohorte)| origine(chiffres, cohorte)),
        roles: entry.roles,
        terminales: entry.terminales,
        contexte: Contexte::default(),
    }
}

fn origine(chiffres: Chiffres, cohorte: &Cohorte) -> Origine {
    let (fichier, cellules) = match cohorte.provenance {
        Provenance::Propre(fichier) => (Some(fichier), None),
        Provenance::Agregee { incluses, total } => (None, Some((incluses, total))),
    };
    let uai = match (cohorte.cle.lieu, chiffres.role_donnee) {
        (Lieu::Etablissement(uai), Some(role)) => Some((uai, role)),
        _ => None,
    };
    let source = Arc::clone(&cohorte.source);
    Origine { type_origine: chiffres.relation, code: cohorte.cle.code, uai, source, fichier, cellules }
}

/// The origin of an entry that only points to its terminal years.
fn pointing(cle: Cle) -> Origine {
    let (type_origine, code) = (TypeOrigine::AnneeTerminale, cle.code);
    Origine { type_origine, code, uai: None, source: Arc::default(), fichier: None, cellules: None }
}

#[cfg(test)]
mod tests;
