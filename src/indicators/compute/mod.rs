//! The computation of a publication, as the list of its steps.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::agregation::{CellKey, Cohorte, Provenance, aggregates, country_of, region_of};
use super::annees_anterieures::AnneesAnterieures;
use super::certifications::certifications;
use super::cohortes::{add_salaires, cohortes};
use super::continuum::{Chains, Continuum};
use super::couverture::couverture;
use super::disponibilite::Disponibilite;
use super::entries::{Chiffres, Entries, Entry, own, same_group};
use super::etablissements::{etablissements, wholes};
use super::figures::{Cell, MesureScope, note};
use super::heritage::inherit;
use super::reperes::reperes;
use super::secondes_communes::SecondesCommunes;
use super::{contexte, familles, links, roles, sise};
use crate::domain::sources::{ComputedPublication, Sources};
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
pub fn compute(sources: &Sources, seuils: Seuils) -> ComputedPublication {
    // What each code stands for.
    let continuum = Continuum::build(&sources.diplomes, &sources.mefs);
    let mut certifications = certifications(sources, &continuum);
    sise::add(sources, &mut certifications);
    let conflicting_familles = familles::assign(sources, &continuum, &mut certifications);

    // The cohorts, and the entries that show their figures: own, inherited, pointing to terminal
    // years, copied between the places of an apprenticeship.
    let (mut cohortes, unknown_codes) = cohortes(&sources.mesures, &certifications);
    let mut entries = entries(&cohortes, &Relations::build(sources, &continuum, certifications.values()));
    roles::assign(&mut entries, &sources.catalogue, &continuum);

    // Where the établissements are; the levels that no source has; salaries.
    let etablissements = etablissements(sources, entries.iter().map(|(key, _)| key.lieu));
    let regions = etablissements.iter().filter_map(|e| Some((e.uai, e.region?))).collect();
    add_aggregates(&mut cohortes, &mut entries, &regions);
    let salaires_sans_statistique = add_salaires(&mut cohortes, &sources.mesures, &certifications);

    // What may be shown of each cohort, why the rest may not, and what is around.
    let figures = shown(&cohortes, seuils);
    entries.sort_unstable_by_key(|(key, _)| *key);
    let mut statistiques: Vec<_> = entries.into_iter().map(|entry| statistique(entry, &cohortes, &figures)).collect();
    contexte::fill(&mut statistiques, &regions);
    let reperes = reperes(&statistiques, &certifications, &regions);
    let couverture = couverture(&statistiques, &regions);
    ComputedPublication {
        statistiques,
        reperes,
        couverture,
        statistiques_etablissement: wholes(&sources.etablissements),
        etablissements,
        certifications: certifications.into_values().collect(),
        links: links::links(sources),
        attachments: distinct(&sources.attachments),
        catalogue: distinct(&sources.catalogue),
        unknown_codes,
        salaires_sans_statistique,
        conflicting_familles,
    }
}

/// Each row once, in order.
fn distinct<T: Ord + Clone>(rows: &[T]) -> Vec<T> {
    rows.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The relations between codes that make entries out of other entries.
struct Relations {
    chains: Chains,
    annees: AnneesAnterieures,
    secondes: SecondesCommunes,
}

impl Relations {
    fn build<'a>(
        sources: &Sources,
        continuum: &Continuum,
        certifications: impl Iterator<Item = &'a Certification>,
    ) -> Self {
        Self {
            chains: Chains::build(continuum),
            annees: AnneesAnterieures::build(&sources.mefs),
            secondes: SecondesCommunes::build(certifications),
        }
    }
}

/// The entries of every place, millésime and filière: own, inherited, then those of earlier and
/// common years, which point to figures that exist by then.
fn entries(cohortes: &[Cohorte], rules: &Relations) -> Entries {
    let mut entries = Vec::new();
    let mut first = 0;
    for group in cohortes.chunk_by(same_group) {
        let Some(Cohorte { key, .. }) = group.first() else { continue };
        let mut groupe = own(group, first);
        if key.filiere != Filiere::Superieur {
            inherit(&mut groupe, &rules.chains);
            rules.annees.point(&mut groupe, key.filiere);
            rules.secondes.point(&mut groupe, key.filiere);
        }
        entries.extend(groupe.into_iter().map(|(code, entry)| (CellKey { code, ..*key }, entry)));
        first += group.len();
    }
    entries
}

/// Adds the sums of établissements, then those of régions, where nothing else shows figures.
fn add_aggregates(cohortes: &mut Vec<Cohorte>, entries: &mut Entries, regions: &BTreeMap<Uai, CodeRegion>) {
    let territories = entries.iter().enumerate().filter(|(_, (key, _))| !matches!(key.lieu, Lieu::Etablissement(_)));
    let mut index: HashMap<CellKey, usize> = territories.map(|(index, (key, _))| (*key, index)).collect();
    for above in [&region_of(regions) as &dyn Fn(Lieu) -> Option<Lieu>, &country_of] {
        let occupied =
            |key: &CellKey| index.get(key).and_then(|i| entries.get(*i)).is_some_and(|(_, e)| e.chiffres.is_some());
        let found = aggregates(cohortes, occupied, above, &disponibilite(cohortes));
        for cohorte in found {
            let chiffres = Some(Chiffres::own(cohortes.len(), cohorte.provenance));
            if let Some((_, entry)) = index.get(&cohorte.key).and_then(|i| entries.get_mut(*i)) {
                entry.chiffres = chiffres;
            } else {
                index.insert(cohorte.key, entries.len());
                entries.push((cohorte.key, Entry { chiffres, ..Entry::default() }));
            }
            cohortes.push(cohorte);
        }
    }
}

fn disponibilite(cohortes: &[Cohorte]) -> Disponibilite<MesureScope> {
    let mut disponibilite = Disponibilite::default();
    for Cohorte { key, mesures, .. } in cohortes {
        note(&mut disponibilite, (key.lieu.maille(), key.filiere), key.millesime, mesures);
    }
    disponibilite
}

/// What is shown of a cohort, and whether it is without prospects.
type Shown = (Arc<Figures>, Option<bool>);

/// What may be shown of each cohort, in their order.
fn shown(cohortes: &[Cohorte], seuils: Seuils) -> Vec<Shown> {
    let disponibilite = disponibilite(cohortes);
    let figures = |Cohorte { key, mesures, .. }: &Cohorte| {
        let vue = disponibilite.view(&(key.lieu.maille(), key.filiere), key.millesime);
        let figures = Cell { mesures, vue }.figures();
        let sans_perspectives = sans_perspectives(&figures, seuils);
        (Arc::new(figures), sans_perspectives)
    };
    cohortes.iter().map(figures).collect()
}

/// Employment < 30 % and further study < 50 % (the limits are configuration); unknown when either
/// part is.
fn sans_perspectives(figures: &Figures, seuils: Seuils) -> Option<bool> {
    let emploi = figures.get(Indicateur::PartEnEmploi6Mois).known()?;
    let poursuite = figures.get(Indicateur::PartPoursuiteEtudes).known()?;
    Some(emploi < seuils.emploi && poursuite < seuils.poursuite)
}

/// An entry with the figures that it points to.
fn statistique((key, entry): (CellKey, Entry), cohortes: &[Cohorte], figures: &[Shown]) -> Statistique {
    let cohorte = entry.chiffres.and_then(|chiffres| Some((chiffres, cohortes.get(chiffres.cohorte)?)));
    let shown = entry.chiffres.and_then(|chiffres| figures.get(chiffres.cohorte)).cloned();
    let (figures, sans_perspectives) = shown.unwrap_or_default();
    let CellKey { lieu, code, millesime, filiere } = key;
    Statistique {
        lieu,
        code,
        filiere,
        millesime,
        figures,
        presentes: cohorte.map_or(0, |(_, cohorte)| cohorte.presentes),
        sans_perspectives,
        origine: cohorte.map_or_else(|| pointing(key), |(chiffres, cohorte)| origine(chiffres, cohorte)),
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
    let uai = match (cohorte.key.lieu, chiffres.figures_role) {
        (Lieu::Etablissement(uai), Some(role)) => Some((uai, role)),
        _ => None,
    };
    let source = Some(cohorte.source);
    Origine { type_origine: chiffres.relation, code: cohorte.key.code, uai, source, fichier, cellules }
}

/// The origin of an entry that only points to its terminal years.
fn pointing(key: CellKey) -> Origine {
    let (type_origine, code) = (TypeOrigine::AnneeTerminale, key.code);
    Origine { type_origine, code, uai: None, source: None, fichier: None, cellules: None }
}

#[cfg(test)]
mod tests;
