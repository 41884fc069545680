//! Reference points (DATA.md §6.8): how the statistics of one kind of diploma in one territory are
//! spread.
//!
//! Each visible statistic of the sources counts once, for its région and for France, among those
//! of its own maille. A kind of diploma with too few takes those of its level. Figures that are
//! not shown enter nowhere, so that what is served can be computed from what is served.

use std::collections::BTreeMap;

use crate::domain::reperes::{
    FEWEST, FigureRepere, GroupeRepere, Points, Position, ReferenceKey, Repartition, Repere, position,
};
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Diplome, Filiere, Lieu, Maille, Millesime, Statistique, TypeOrigine,
    Uai,
};

/// The statistics of one level, by the short label of the kind.
type Types<'a> = BTreeMap<&'a str, Vec<Position>>;
/// Territory, maille, filière, millésime, level.
type Niveau<'a> = (Lieu, Maille, Filiere, Millesime, &'a str);

/// The reference points of every kind of diploma, in the order of their keys.
#[must_use]
pub fn reperes(
    statistiques: &[Statistique],
    certifications: &BTreeMap<CodeCertification, Certification>,
    regions: &BTreeMap<Uai, CodeRegion>,
) -> Vec<Repere> {
    let mut niveaux: BTreeMap<Niveau<'_>, Types<'_>> = BTreeMap::new();
    for s in statistiques.iter().filter(|s| is_own(s)) {
        let diplome = certifications.get(&s.code).and_then(|certification| certification.diplome.as_ref());
        let (Some(Diplome { code, libelle }), Some(position)) = (diplome, position(&s.figures)) else { continue };
        for lieu in territories(s.lieu, regions) {
            let niveau = (lieu, s.lieu.maille(), s.filiere, s.millesime, code.as_str());
            niveaux.entry(niveau).or_default().entry(libelle).or_default().push(position);
        }
    }
    niveaux.into_iter().flat_map(|(niveau, types)| of_level(niveau, &types)).collect()
}

/// Whether the source measured exactly this code and place.
fn is_own(s: &Statistique) -> bool {
    s.origine.type_origine == TypeOrigine::Propre && s.origine.uai.is_none()
}

/// Where a statistic counts: its région and France.
fn territories(lieu: Lieu, regions: &BTreeMap<Uai, CodeRegion>) -> impl Iterator<Item = Lieu> {
    let region = match lieu {
        Lieu::France => None,
        Lieu::Region(region) => Some(region),
        Lieu::Etablissement(uai) => regions.get(&uai).copied(),
    };
    region.map(Lieu::Region).into_iter().chain([Lieu::France])
}

fn of_level<'a>(niveau: Niveau<'a>, types: &Types<'a>) -> Vec<Repere> {
    let (lieu, maille, filiere, millesime, level) = niveau;
    let all: Vec<Position> = types.values().flatten().copied().collect();
    let of_level = points(GroupeRepere::Niveau, &all);
    let repere = |(libelle, own): (&&str, &Vec<Position>)| {
        let key = ReferenceKey {
            lieu,
            maille,
            filiere,
            millesime,
            niveau: level.to_owned(),
            type_diplome: (*libelle).to_owned(),
        };
        let of_type = points(GroupeRepere::Type, own);
        let counted = if of_type.is_some() { own.len() } else { all.len() };
        Repere { key, nombre: i32::try_from(counted).unwrap_or(i32::MAX), points: of_type.or(of_level) }
    };
    types.iter().map(repere).collect()
}

/// The reference points of some statistics; `None` when they are too few.
fn points(groupe: GroupeRepere, positions: &[Position]) -> Option<Points> {
    if positions.len() < FEWEST {
        return None;
    }
    let spread = |figure: FigureRepere| {
        let values = positions.iter().filter_map(|position| position.get(figure as usize).copied());
        Repartition::of(values.collect())
    };
    let [emploi, poursuite, favorable] =
        [FigureRepere::PartEnEmploi6Mois, FigureRepere::PartPoursuiteEtudes, FigureRepere::DevenirFavorable]
            .map(spread);
    Some(Points { groupe, repartitions: [emploi?, poursuite?, favorable?] })
}

#[cfg(test)]
mod tests;
