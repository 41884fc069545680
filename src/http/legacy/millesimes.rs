//! Millésimes: the one that answers when none is asked for.
//!
//! The clients know fixed rules: national statistics are of single years, the others of pooled
//! ones, and the default of the school filières counts for higher education too. What exists is
//! read from the counts that a publication carries, without a query.

use crate::db::legacy::{Fiche, Periode};
use crate::db::publications::Publication;
use crate::domain::{Filiere, Maille, Millesime};

/// The millésimes of a publication at one maille, for some filières.
fn de(publication: &Publication, maille: Maille, filieres: &[Filiere]) -> Vec<Millesime> {
    let comptes = publication.comptes.statistiques.iter();
    comptes
        .filter(|compte| compte.maille == maille.as_str())
        .filter(|compte| filieres.iter().any(|filiere| filiere.as_str() == compte.filiere))
        .filter_map(|compte| Millesime::parse(&compte.millesime).ok())
        .collect()
}

/// The last one; single years are looked at first at national level, pooled ones elsewhere,
/// because aggregates, which this contract never shows, can have the other form.
fn dernier(millesimes: &[Millesime], maille: Maille) -> Option<Millesime> {
    let double = maille != Maille::Nationale;
    let prefere = millesimes.iter().copied().filter(|millesime| millesime.is_pooled() == double).max();
    prefere.or_else(|| millesimes.iter().copied().max())
}

const SCOLAIRES: [Filiere; 2] = [Filiere::Apprentissage, Filiere::Pro];

/// The last of the school filières, else of higher education.
fn commun(publication: &Publication, maille: Maille) -> Option<Millesime> {
    dernier(&de(publication, maille, &SCOLAIRES), maille)
        .or_else(|| dernier(&de(publication, maille, &[Filiere::Superieur, Filiere::Agricole]), maille))
}

/// The default of a single answer, as it is repeated when there is nothing for it: formations
/// name the year alone. Empty when nothing is published at the maille.
pub(super) fn defaut(publication: &Publication, maille: Maille) -> String {
    let commun = commun(publication, maille);
    let texte = commun.map(|millesime| match maille {
        Maille::Etablissement => Millesime::single(millesime.fin()).to_string(),
        Maille::Nationale | Maille::Regionale => millesime.to_string(),
    });
    texte.unwrap_or_default()
}

/// The default of a list: both forms of the last year for formations, the last of each filière
/// for certifications, the last pooled one for régions.
pub(super) fn defaut_liste(publication: &Publication, maille: Maille) -> Periode {
    if maille == Maille::Nationale {
        let filieres = [Filiere::Apprentissage, Filiere::Pro, Filiere::Superieur];
        let tranche = |filiere| Some((filiere, dernier(&de(publication, maille, &[filiere]), maille)?));
        return Periode::Tranches(filieres.into_iter().filter_map(tranche).collect());
    }
    let formes = commun(publication, maille).map(|millesime| match maille {
        Maille::Etablissement => vec![millesime.to_string(), millesime.other_form().to_string()],
        Maille::Nationale | Maille::Regionale => vec![millesime.to_string()],
    });
    Periode::Millesimes(formes.unwrap_or_default())
}

/// The millésimes that some entries have, downwards as text; one that two filières have is named
/// twice.
pub(super) fn disponibles(fiches: &[Fiche]) -> Vec<String> {
    let mut textes: Vec<_> = fiches.iter().map(|fiche| fiche.statistique.millesime.to_string()).collect();
    textes.sort_by(|a, b| b.cmp(a));
    textes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;
    use crate::db::publications::{CompteStatistiques, Comptes};

    fn publication(comptes: &[(&str, &str, &str)]) -> Publication {
        let statistiques = comptes.iter().map(|(maille, filiere, millesime)| CompteStatistiques {
            maille: (*maille).to_owned(),
            filiere: (*filiere).to_owned(),
            millesime: (*millesime).to_owned(),
            nombre: 1,
        });
        Publication {
            id: 1,
            version: "1.0.0".to_owned(),
            creee_le: DateTime::UNIX_EPOCH,
            programme: String::new(),
            fictive: true,
            empreinte: String::new(),
            comptes: Comptes { statistiques: statistiques.collect(), ..Comptes::default() },
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
        assert_eq!(defaut(&publication, Maille::Nationale), "2030");
        let Periode::Tranches(tranches) = defaut_liste(&publication, Maille::Nationale) else { panic!() };
        let expected = [(Filiere::Pro, Millesime::single(2030)), (Filiere::Superieur, Millesime::single(2029))];
        assert_eq!(tranches, expected);
    }

    #[test]
    fn a_formation_is_asked_for_by_year_and_listed_in_both_forms() {
        let publication =
            publication(&[("etablissement", "apprentissage", "2030_2031"), ("etablissement", "superieur", "2032")]);
        assert_eq!(defaut(&publication, Maille::Etablissement), "2031");
        let Periode::Millesimes(formes) = defaut_liste(&publication, Maille::Etablissement) else { panic!() };
        assert_eq!(formes, ["2030_2031", "2031"]);
    }

    #[test]
    fn nothing_published_has_no_default() {
        assert_eq!(defaut(&publication(&[]), Maille::Regionale), "");
    }
}
