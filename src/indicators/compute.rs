//! The computation of a publication, as the list of its steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::agregation::{Cle, Cohorte, Provenance, aggregates, country_of, region_of};
use super::certifications::certifications;
use super::couverture::Couverture;
use super::etablissements::{etablissements, wholes};
use super::figures::{Cellule, Portee, note};
use crate::domain::sources::{LigneMesures, Resultat, Sources};
use crate::domain::{
    Certification, CodeCertification, Contexte, Figures, Indicateur, Origine, Statistique, TypeOrigine,
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
    // Who the codes and the places are.
    let certifications = certifications(sources);
    let etablissements = etablissements(&sources.etablissements, &sources.mesures);
    let regions = etablissements.iter().filter_map(|e| Some((e.uai, e.region?))).collect();

    // The cohorts of known codes, with what can be deduced; then the levels that no source has.
    let (mut cohortes, codes_inconnus) = cohortes(&sources.mesures, &certifications);
    let couverture = couverture(&cohortes);
    cohortes.extend(aggregates(&cohortes, region_of(&regions), &couverture));
    let couverture = self::couverture(&cohortes);
    cohortes.extend(aggregates(&cohortes, country_of, &couverture));

    // What may be shown of each, and why the rest may not.
    let couverture = self::couverture(&cohortes);
    let mut statistiques: Vec<_> = cohortes.iter().map(|cohorte| statistique(cohorte, &couverture, seuils)).collect();
    statistiques.sort_by_key(|s| Cle { lieu: s.lieu, code: s.code, millesime: s.millesime, filiere: s.filiere });
    Resultat {
        statistiques,
        statistiques_etablissement: wholes(&sources.etablissements),
        etablissements,
        certifications: certifications.into_values().collect(),
        codes_inconnus,
    }
}

/// The rows of known codes as cohorts, and how many rows each unknown code has.
fn cohortes(
    rows: &[LigneMesures],
    certifications: &BTreeMap<CodeCertification, Certification>,
) -> (Vec<Cohorte>, Vec<(CodeCertification, usize)>) {
    let mut unknown: BTreeMap<CodeCertification, usize> = BTreeMap::new();
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        if certifications.contains_key(&row.code) {
            known.push(cohorte(row));
        } else {
            *unknown.entry(row.code).or_default() += 1;
        }
    }
    (known, unknown.into_iter().collect())
}

fn cohorte(row: &LigneMesures) -> Cohorte {
    Cohorte {
        cle: Cle { lieu: row.lieu, code: row.code, millesime: row.millesime, filiere: row.filiere },
        mesures: row.mesures.completed(row.filiere),
        source: Arc::clone(&row.source),
        provenance: Provenance::Propre(row.fichier),
    }
}

fn couverture(cohortes: &[Cohorte]) -> Couverture<Portee> {
    let mut couverture = Couverture::default();
    for Cohorte { cle, mesures, .. } in cohortes {
        note(&mut couverture, (cle.lieu.maille(), cle.filiere), cle.millesime, mesures);
    }
    couverture
}

fn statistique(cohorte: &Cohorte, couverture: &Couverture<Portee>, seuils: Seuils) -> Statistique {
    let Cle { lieu, code, millesime, filiere } = cohorte.cle;
    let cellule = Cellule { mesures: &cohorte.mesures, portee: (lieu.maille(), filiere), millesime, couverture };
    let figures = cellule.figures();
    let sans_perspectives = sans_perspectives(&figures, seuils);
    Statistique {
        lieu,
        code,
        filiere,
        millesime,
        figures: Arc::new(figures),
        presentes: cohorte.mesures.known_bits(),
        sans_perspectives,
        origine: origine(cohorte),
        roles: None,
        terminales: Vec::new(),
        contexte: Contexte::default(),
    }
}

/// Employment < 30 % and further study < 50 % (the limits are configuration); unknown when either
/// part is.
fn sans_perspectives(figures: &Figures, seuils: Seuils) -> Option<bool> {
    let emploi = figures.get(Indicateur::PartEnEmploi6Mois).connue()?;
    let poursuite = figures.get(Indicateur::PartPoursuiteEtudes).connue()?;
    Some(emploi < seuils.emploi && poursuite < seuils.poursuite)
}

fn origine(cohorte: &Cohorte) -> Origine {
    let (type_origine, fichier, cellules) = match cohorte.provenance {
        Provenance::Propre(fichier) => (TypeOrigine::Propre, Some(fichier), None),
        Provenance::Agregee { incluses, total } => (TypeOrigine::Agregee, None, Some((incluses, total))),
    };
    let source = Arc::clone(&cohorte.source);
    Origine { type_origine, code: cohorte.cle.code, uai: None, source, fichier, cellules }
}

#[cfg(test)]
mod tests;
