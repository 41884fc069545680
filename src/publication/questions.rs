//! What a statistician would ask about the data that are in: the rules of plausibility over what is
//! stored, where a single file cannot tell. They inform; nothing is changed or refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::questions::{Jump, Present, SaidRegion};
use crate::db::{Db, DbError};
use crate::domain::serie::EmploiScope;
use crate::domain::territoire::Departement;
use crate::domain::{CodeRegion, Filiere, Millesime, Uai};

/// One question: how many cases there are, and all of them as lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked, as a short title.
    pub title: &'static str,
    /// What the operator can do about it.
    pub advice: &'static str,
    /// The cases.
    pub cases: Vec<String>,
}

/// Asks everything. Without a publication only what needs none.
///
/// # Errors
/// See [`DbError`].
pub async fn questions(db: &Db) -> Result<Vec<Question>, DbError> {
    let mut asked = vec![Question {
        title: "régions that are not the one of the UAI",
        advice: "the région of the UAI is served; tell the producer of the file",
        cases: other_regions(&db.said_regions().await?),
    }];
    let Some(publication) = db.current_publication().await?.filter(|current| !current.purgee) else {
        return Ok(asked);
    };
    let id = publication.id;
    let given_away = db.given_away(id).await?.into_iter().map(|cell| {
        let total = if cell.total.is_empty() { "France".to_owned() } else { format!("région {}", cell.total) };
        let (lieu, code, filiere) = (cell.lieu, cell.code_certification, cell.filiere);
        format!("{lieu} {code} {filiere} {}, from the total of {total}", cell.millesime)
    });
    asked.push(Question {
        title: "hidden cells that the producers' own totals give away",
        advice: "tell the producers; /api/v1/couverture counts them as `deductibles`",
        cases: given_away.collect(),
    });
    let unknown = db.unknown_codes(id).await?.into_iter();
    asked.push(Question {
        title: "codes of statistics that are no certification",
        advice: "their statistics are left out: ingest a newer nomenclature, then publish",
        cases: unknown
            .map(|code| {
                let rows = if code.rows == 1 { "row" } else { "rows" };
                format!("{} {}, {} {rows}", code.code_certification, code.dataset, code.rows)
            })
            .collect(),
    });
    asked.push(Question {
        title: "jumps of more than 30 points between comparable millésimes (more than 50 pupils)",
        advice: "look at the two files; a renovated diploma or a swapped column can be the reason",
        cases: db.jumps(id).await?.iter().flat_map(jumps).collect(),
    });
    asked.push(Question {
        title: "établissements that have vanished from the newest millésime",
        advice: "closed, merged, or cut off: compare the number of rows of the two files",
        cases: vanished(&db.present(id).await?),
    });
    Ok(asked)
}

fn other_regions(said: &[SaidRegion]) -> Vec<String> {
    let other = |said: &SaidRegion| {
        let own = Uai::from_stored(&said.uai).and_then(Departement::from_uai).and_then(Departement::region)?;
        let region = CodeRegion::from_stored(&said.region)?;
        let SaidRegion { uai, dataset, .. } = said;
        (region != own).then(|| format!("{uai} is of {own}, {dataset} says {region}"))
    };
    said.iter().filter_map(other).collect()
}

/// What of a jump is between figures that count the same.
fn jumps(jump: &Jump) -> Vec<String> {
    let Jump { lieu, code_certification, filiere, before, after, further_study, employment } = jump;
    let lieu = if lieu.is_empty() { "France" } else { lieu };
    let field =
        |millesime: &str| Some(EmploiScope::of(Filiere::parse(filiere).ok()?, Millesime::parse(millesime).ok()?));
    let counted_alike = field(before).is_some() && field(before) == field(after);
    let line = |figure: &str, (one, other): (Option<i32>, Option<i32>)| {
        let (one, other) = (one?, other?);
        let far = (one - other).abs() > 30;
        far.then(|| format!("{lieu} {code_certification} {filiere} {figure} {one} % in {before}, {other} % in {after}"))
    };
    let employment = counted_alike.then(|| line("part_en_emploi_6_mois", *employment)).flatten();
    line("part_poursuite_etudes", *further_study).into_iter().chain(employment).collect()
}

/// Those of the last millésime but one of a filière, in either form, that the last one lacks.
fn vanished(present: &[Present]) -> Vec<String> {
    type Years<'a> = BTreeMap<Millesime, BTreeSet<&'a str>>;
    let mut filieres: BTreeMap<(&str, bool), Years<'_>> = BTreeMap::new();
    for Present { filiere, millesime, uai } in present {
        let Ok(year) = Millesime::parse(millesime) else { continue };
        let pooled = millesime.contains('_');
        filieres.entry((filiere, pooled)).or_default().entry(year).or_default().insert(uai);
    }
    let of_filiere = |((filiere, _), years): ((&str, bool), Years<'_>)| {
        let mut newest = years.into_iter().rev();
        let (Some((last, now)), Some((before, then))) = (newest.next(), newest.next()) else { return Vec::new() };
        then.difference(&now).map(|uai| format!("{uai} {filiere}: in {before}, not in {last}")).collect::<Vec<_>>()
    };
    filieres.into_iter().flat_map(of_filiere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jump(before: &str, after: &str, further: (i32, i32), employment: (i32, i32)) -> Vec<String> {
        let some = |(one, other)| (Some(one), Some(other));
        jumps(&Jump {
            lieu: String::new(),
            code_certification: "32020008".to_owned(),
            filiere: "pro".to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            further_study: some(further),
            employment: some(employment),
        })
    }

    #[test]
    fn employment_does_not_jump_across_the_break_of_its_series_but_further_study_does() {
        assert_eq!(jump("2020_2021", "2021_2022", (40, 45), (20, 60)), Vec::<String>::new());
        assert_eq!(jump("2020_2021", "2021_2022", (40, 75), (20, 60)).len(), 1);
        assert_eq!(jump("2019_2020", "2020_2021", (40, 75), (20, 60)).len(), 2);
        let [line] = jump("2019_2020", "2020_2021", (40, 70), (20, 51)).try_into().unwrap();
        assert_eq!(line, "France 32020008 pro part_en_emploi_6_mois 20 % in 2019_2020, 51 % in 2020_2021");
    }

    #[test]
    fn the_vanished_are_those_of_the_last_millesime_but_one_of_the_same_form() {
        let present = |rows: &[(&str, &str)]| {
            let row = |(millesime, uai): &(&str, &str)| Present {
                filiere: "pro".to_owned(),
                millesime: (*millesime).to_owned(),
                uai: (*uai).to_owned(),
            };
            vanished(&rows.iter().map(row).collect::<Vec<_>>())
        };
        let rows = [("2019_2020", "C"), ("2020_2021", "A"), ("2020_2021", "B"), ("2021_2022", "A"), ("2023", "A")];
        assert_eq!(present(&rows), ["B pro: in 2020_2021, not in 2021_2022"]);
        assert_eq!(present(&rows[1..3]), Vec::<String>::new(), "one millésime alone");
    }

    #[test]
    fn a_region_is_compared_with_the_one_of_the_uai() {
        let said = |uai: &str, region: &str| SaidRegion {
            uai: uai.to_owned(),
            region: region.to_owned(),
            dataset: "annuaire".to_owned(),
        };
        let found = other_regions(&[said("0350017D", "53"), said("0350017D", "11"), said("9900001X", "11")]);
        assert_eq!(found, ["0350017D is of 53, annuaire says 11"]);
    }
}
