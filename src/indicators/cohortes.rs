//! Which row of the sources answers for a cell, and what can be deduced from it (DATA.md §5).
//!
//! One cell, one row: `inserjeunes-mesures` before the portal's *formation fine*, which has no
//! counts; all institutions of higher education before the universities alone. Never a mixture,
//! with one exception: the salaries of `dares-remunerations` are given to the national statistic
//! that has none.

use std::collections::{BTreeMap, HashMap};

use super::agregation::{CellKey, Cohorte, Provenance};
use crate::domain::dataset::Contents;
use crate::domain::sources::MesuresRow;
use crate::domain::{Certification, CodeCertification, Dataset, Lieu, Mesure};

/// The dataset that wins over the others.
const COUNTS: Dataset = Dataset::InserjeunesMesures;

/// The cohorts of known codes, those of one place, millésime and filière together, by code.
#[must_use]
pub fn cohortes(
    rows: &[MesuresRow],
    certifications: &BTreeMap<CodeCertification, Certification>,
) -> (Vec<Cohorte>, Vec<(CodeCertification, usize)>) {
    let mut unknown: BTreeMap<CodeCertification, usize> = BTreeMap::new();
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        if !certifications.contains_key(&row.code) {
            *unknown.entry(row.code).or_default() += 1;
        } else if row.source.contents() != Contents::Salaries {
            known.push(row);
        }
    }
    known.sort_unstable_by_key(|row| (row.lieu, row.millesime, row.filiere, row.code, rank(row), row.fichier));
    known.dedup_by_key(|row| key(row));
    (known.into_iter().map(cohorte).collect(), unknown.into_iter().collect())
}

/// Which of two rows for one cell counts: the lower one.
fn rank(row: &MesuresRow) -> (bool, bool) {
    (row.universites_seules, row.source != COUNTS)
}

fn key(row: &MesuresRow) -> CellKey {
    CellKey { lieu: row.lieu, code: row.code, millesime: row.millesime, filiere: row.filiere }
}

fn cohorte(row: &MesuresRow) -> Cohorte {
    Cohorte {
        key: key(row),
        mesures: row.mesures.completed(row.filiere),
        presentes: row.mesures.presence_bits(),
        source: row.source,
        provenance: Provenance::Propre(row.fichier),
    }
}

/// Gives the national statistics without salaries those of the rows of salaries; the number of
/// rows of known codes that found none.
pub fn add_salaires(
    cohortes: &mut [Cohorte],
    rows: &[MesuresRow],
    certifications: &BTreeMap<CodeCertification, Certification>,
) -> usize {
    let salaires: Vec<_> = rows
        .iter()
        .filter(|row| row.source.contents() == Contents::Salaries && certifications.contains_key(&row.code))
        .collect();
    if salaires.is_empty() {
        return 0;
    }
    let national = cohortes.iter().enumerate().filter(|(_, cohorte)| cohorte.key.lieu == Lieu::France);
    let by_key: HashMap<CellKey, usize> = national.map(|(index, cohorte)| (cohorte.key, index)).collect();
    let mut left_over = 0;
    for row in salaires {
        let exact = key(row);
        let other = CellKey { millesime: row.millesime.other_form(), ..exact };
        let index = by_key.get(&exact).or_else(|| by_key.get(&other));
        match index.and_then(|index| cohortes.get_mut(*index)) {
            Some(cohorte) => fill(cohorte, row),
            None => left_over += 1,
        }
    }
    left_over
}

fn fill(cohorte: &mut Cohorte, row: &MesuresRow) {
    if Mesure::SALAIRE_12_MOIS.iter().any(|mesure| cohorte.mesures.get(*mesure).is_some()) {
        return;
    }
    for mesure in Mesure::SALAIRE_12_MOIS {
        if let Some(value) = row.mesures.get(mesure) {
            cohorte.mesures.set(mesure, value);
        } else if row.mesures.is_withheld(mesure) {
            cohorte.mesures.withhold(mesure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::certifications::certifications as named;
    use super::super::continuum::Continuum;
    use super::super::tests::{code, diplome};
    use super::*;
    use crate::domain::sources::Sources;
    use crate::domain::{FileId, Filiere, Mesures, Millesime};

    fn row(source: Dataset, year: Millesime, values: &[(Mesure, i32)]) -> MesuresRow {
        let mut mesures = Mesures::default();
        for (mesure, value) in values {
            mesures.set(*mesure, *value);
        }
        MesuresRow {
            lieu: Lieu::France,
            code: code("32020008"),
            filiere: Filiere::Apprentissage,
            millesime: year,
            mesures,
            universites_seules: false,
            source,
            fichier: FileId(1),
        }
    }

    fn known() -> BTreeMap<CodeCertification, Certification> {
        let sources = Sources { diplomes: vec![diplome("32020008", &[])], ..Sources::default() };
        named(&sources, &Continuum::default())
    }

    const YEAR: Millesime = Millesime::single(2023);
    const FINE: Dataset = Dataset::InserjeunesCfaFormationFine;

    #[test]
    fn one_row_answers_for_a_cell_and_it_is_the_one_with_counts() {
        let counts = row(COUNTS, YEAR, &[(Mesure::NbAnneeTerm, 100)]);
        let rates = row(FINE, YEAR, &[(Mesure::PartPoursuiteEtudes, 40)]);
        for rows in [[counts.clone(), rates.clone()], [rates, counts]] {
            let (found, _) = cohortes(&rows, &known());
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].mesures.get(Mesure::NbAnneeTerm), Some(100));
            assert_eq!(found[0].mesures.get(Mesure::PartPoursuiteEtudes), None, "never a mixture");
        }
    }

    #[test]
    fn the_universities_alone_answer_only_where_nobody_counts_all() {
        let all = row(Dataset::EsrInsersup, YEAR, &[(Mesure::NbSortant, 90)]);
        let mut alone = row(Dataset::EsrInsersup, YEAR, &[(Mesure::NbSortant, 60)]);
        alone.universites_seules = true;
        let leavers = |rows: &[MesuresRow]| cohortes(rows, &known()).0[0].mesures.get(Mesure::NbSortant);
        assert_eq!(leavers(&[alone.clone(), all]), Some(90));
        assert_eq!(leavers(&[alone]), Some(60));
    }

    #[test]
    fn salaries_fill_the_national_statistic_that_has_none_and_make_none_of_their_own() {
        let salaire = |year| row(Dataset::DaresRemunerations, year, &[(Mesure::Salaire12MoisQ2, 1600)]);
        let mut unknown = salaire(YEAR);
        unknown.code = code("99999999");
        let rows = [
            row(COUNTS, YEAR, &[(Mesure::NbAnneeTerm, 100)]),
            row(COUNTS, Millesime::single(2022), &[(Mesure::Salaire12MoisQ2, 1500)]),
            salaire(Millesime::pooled(2023)),
            salaire(Millesime::single(2022)),
            salaire(Millesime::single(2019)),
            unknown,
        ];
        let (mut found, unknown_codes) = cohortes(&rows, &known());
        assert_eq!(unknown_codes, [(code("99999999"), 1)], "a code of no nomenclature is told");
        assert_eq!(add_salaires(&mut found, &rows, &known()), 1, "2019 has no statistic");
        let salaries: Vec<_> =
            found.iter().map(|c| (c.key.millesime.end(), c.mesures.get(Mesure::Salaire12MoisQ2))).collect();
        assert_eq!(salaries, [(2022, Some(1500)), (2023, Some(1600))]);
    }
}
