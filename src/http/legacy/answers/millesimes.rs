//! The millésime that answers when none is asked for.
//!
//! The clients know fixed rules: national statistics are of single years, the others of pooled
//! ones, and the default of the school filières counts for higher education too. What exists is
//! read from the counts that a publication carries, without a query.

use crate::db::legacy::{EntryRecord, Period};
use crate::db::publications::Publication;
use crate::domain::{Filiere, Maille, Millesime};

/// The millésimes of a publication at one maille, for some filières.
fn of(publication: &Publication, maille: Maille, filieres: &[Filiere]) -> Vec<Millesime> {
    let comptes = publication.comptes.statistiques.iter();
    comptes
        .filter(|count| count.maille == maille && filieres.contains(&count.filiere))
        .map(|count| count.millesime)
        .collect()
}

/// The last one; single years are looked at first at national level, pooled ones elsewhere,
/// because aggregates, which this contract never shows, can have the other form.
fn latest(millesimes: &[Millesime], maille: Maille) -> Option<Millesime> {
    let double = maille != Maille::Nationale;
    let preferred = millesimes.iter().copied().filter(|millesime| millesime.is_pooled() == double).max();
    preferred.or_else(|| millesimes.iter().copied().max())
}

const SCHOOL_BASED: [Filiere; 2] = [Filiere::Apprentissage, Filiere::Pro];

/// The last of the school filières, else of higher education.
fn common(publication: &Publication, maille: Maille) -> Option<Millesime> {
    latest(&of(publication, maille, &SCHOOL_BASED), maille)
        .or_else(|| latest(&of(publication, maille, &[Filiere::Superieur, Filiere::Agricole]), maille))
}

/// The default of a single answer, as it is repeated when there is nothing for it: formations
/// name the year alone. Empty when nothing is published at the maille.
pub(in crate::http::legacy) fn default(publication: &Publication, maille: Maille) -> String {
    let common = common(publication, maille);
    let text = common.map(|millesime| match maille {
        Maille::Etablissement => Millesime::single(millesime.end()).to_string(),
        Maille::Nationale | Maille::Regionale => millesime.to_string(),
    });
    text.unwrap_or_default()
}

/// The default of a list: both forms of the last year for formations, the last of each filière
/// for certifications, the last pooled one for régions.
pub(in crate::http::legacy) fn default_of_list(publication: &Publication, maille: Maille) -> Period {
    if maille == Maille::Nationale {
        let filieres = [Filiere::Apprentissage, Filiere::Pro, Filiere::Superieur];
        let slice = |filiere| Some((filiere, latest(&of(publication, maille, &[filiere]), maille)?));
        return Period::Slices(filieres.into_iter().filter_map(slice).collect());
    }
    let forms = common(publication, maille).map(|millesime| match maille {
        Maille::Etablissement => vec![millesime.to_string(), millesime.other_form().to_string()],
        Maille::Nationale | Maille::Regionale => vec![millesime.to_string()],
    });
    Period::Millesimes(forms.unwrap_or_default())
}

/// The millésimes that some entries have, downwards as text; one that two filières have is named
/// twice.
pub(in crate::http::legacy) fn available(records: &[EntryRecord]) -> Vec<String> {
    let mut texts: Vec<_> = records.iter().map(|record| record.statistique.millesime.to_string()).collect();
    texts.sort_by(|a, b| b.cmp(a));
    texts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;
    use crate::db::publications::{PublicationCounts, StatistiqueCount};

    fn publication(comptes: &[(&str, &str, &str)]) -> Publication {
        let statistiques = comptes.iter().map(|(maille, filiere, millesime)| StatistiqueCount {
            maille: Maille::parse(maille).unwrap(),
            filiere: Filiere::parse(filiere).unwrap(),
            millesime: Millesime::parse(millesime).unwrap(),
            nombre: 1,
        });
        Publication {
            id: 1,
            version: "1.0.0".to_owned(),
            creee_le: DateTime::UNIX_EPOCH,
            programme: String::new(),
            fictive: true,
            empreinte: String::new(),
            comptes: PublicationCounts { statistiques: statistiques.collect(), ..PublicationCounts::default() },
            acceptances: Vec::new(),
            fichiers: BTreeMap::new(),
            courante: true,
            purgee: false,
        }
    }

    #[test]
    fn the_country_has_single_years_and_an_aggregate_does_not_change_that() {
        let publication = publication(&[
            ("nationale", "pro", "2030"),
            ("nationale", "pro", "2030_2031"),
            ("nationale", "superieur", "2029"),
            ("nationale", "agricole", "2031"),
        ]);
        assert_eq!(default(&publication, Maille::Nationale), "2030");
        let Period::Slices(slices) = default_of_list(&publication, Maille::Nationale) else { panic!() };
        let expected = [(Filiere::Pro, Millesime::single(2030)), (Filiere::Superieur, Millesime::single(2029))];
        assert_eq!(slices, expected);
    }

    #[test]
    fn a_formation_is_asked_for_by_year_and_listed_in_both_forms() {
        let publication =
            publication(&[("etablissement", "apprentissage", "2030_2031"), ("etablissement", "superieur", "2032")]);
        assert_eq!(default(&publication, Maille::Etablissement), "2031");
        let Period::Millesimes(forms) = default_of_list(&publication, Maille::Etablissement) else { panic!() };
        assert_eq!(forms, ["2030_2031", "2031"]);
    }

    #[test]
    fn nothing_published_has_no_default() {
        assert_eq!(default(&publication(&[]), Maille::Regionale), "");
    }
}
