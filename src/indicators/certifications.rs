//! What each code stands for (DATA.md §6): CFDs from three tables of which a later one wins on the
//! fields that it fills, MEFSTAT11 from N_MEF with the label and diploma of their CFD.

use std::collections::{BTreeMap, HashMap};

use super::continuum::Continuum;
use crate::domain::sources::{DiplomeRow, MefRow, NiveauRow, Sources, TableDiplomes};
use crate::domain::{Certification, CodeCertification, Diplome, Nomenclature, text::without_accents};

/// Every CFD and MEFSTAT11 of the nomenclatures, by code.
#[must_use]
pub fn certifications(sources: &Sources, continuum: &Continuum) -> BTreeMap<CodeCertification, Certification> {
    let niveaux: HashMap<&str, &NiveauRow> = sources.niveaux.iter().map(|row| (row.niveau.as_str(), row)).collect();
    let mut found = BTreeMap::new();
    for row in in_reading_order(&sources.diplomes) {
        let entry = found.entry(row.cfd).or_insert_with(|| blank(row.cfd, Some(row.cfd), continuum));
        fill(entry, row);
        entry.diplome = diplome(row.cfd, &niveaux);
    }
    set_bcn_labels(&mut found, &sources.diplomes);
    set_former_labels(&mut found, continuum);
    for row in &sources.mefs {
        let mef = mef(row, found.get(&row.cfd), continuum);
        found.insert(row.code, mef);
    }
    found
}

/// The rows in the order in which the tables are read, file order within a table.
fn in_reading_order(rows: &[DiplomeRow]) -> Vec<&DiplomeRow> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| row.table);
    rows
}

/// A certification of which only the code and what it replaced are known.
pub(super) fn blank(code: CodeCertification, cfd: Option<CodeCertification>, continuum: &Continuum) -> Certification {
    let neighbours = continuum.neighbours(code);
    Certification {
        code,
        cfd,
        libelle: String::new(),
        libelle_ancien: None,
        diplome: None,
        date_ouverture: None,
        date_fermeture: None,
        premiere_session: None,
        derniere_session: None,
        duration: None,
        annee: None,
        nomenclature: Nomenclature::default(),
        famille: None,
        anciens: neighbours.anciens.into_iter().collect(),
        nouveaux: neighbours.nouveaux.into_iter().collect(),
    }
}

fn fill(entry: &mut Certification, row: &DiplomeRow) {
    if let Some(libelle) = &row.libelle_long {
        entry.libelle.clone_from(libelle);
    }
    let nomenclature = &mut entry.nomenclature;
    for (slot, value) in [
        (&mut nomenclature.niveau, &row.niveau),
        (&mut nomenclature.groupe_specialite, &row.groupe_specialite),
        (&mut nomenclature.lettre_specialite, &row.lettre_specialite),
    ] {
        if value.is_some() {
            slot.clone_from(value);
        }
    }
    entry.date_ouverture = row.date_ouverture.or(entry.date_ouverture);
    entry.date_fermeture = row.date_fermeture.or(entry.date_fermeture);
    if row.table != TableDiplomes::Enquete51 {
        entry.premiere_session = row.premiere_session.or(entry.premiere_session);
        entry.derniere_session = row.derniere_session.or(entry.derniere_session);
    }
}

/// What BCN calls a CFD: its short label and the statistical one, each from the last table that
/// fills it.
fn set_bcn_labels(found: &mut BTreeMap<CodeCertification, Certification>, rows: &[DiplomeRow]) {
    let mut parts: HashMap<CodeCertification, [&str; 2]> = HashMap::new();
    for row in in_reading_order(rows) {
        let [short, stat] = parts.entry(row.cfd).or_default();
        *short = row.libelle_court.as_deref().unwrap_or(short);
        *stat = row.libelle_stat_33.as_deref().unwrap_or(stat);
    }
    for (code, parts) in parts {
        if let Some(entry) = found.get_mut(&code) {
            let libelle = parts.join(" ");
            entry.nomenclature.libelle = Some(libelle.trim().to_owned()).filter(|libelle| !libelle.is_empty());
        }
    }
}

/// The level of the European classification, from the first character of a CFD or
/// NIVEAU_INTERMINISTERIEL.
pub(super) fn niveau(text: &str) -> Option<&'static str> {
    match text.chars().next()? {
        '5' => Some("3"),
        '4' => Some("4"),
        '3' => Some("5"),
        '2' => Some("6"),
        '1' => Some("7"),
        '0' => Some("0"),
        _ => None,
    }
}

/// The level is in the first character of a CFD, the kind in its first three.
fn diplome(cfd: CodeCertification, niveaux: &HashMap<&str, &NiveauRow>) -> Option<Diplome> {
    let code = niveau(cfd.as_str())?;
    let kind = niveaux.get(cfd.as_str().get(..3)?)?;
    Some(Diplome { code: code.to_owned(), libelle: kind.libelle_court.clone() })
}

/// The label of the nearest former diploma that says something else: neither equal to nor
/// contained in the present one, accents aside.
fn set_former_labels(found: &mut BTreeMap<CodeCertification, Certification>, continuum: &Continuum) {
    let labels: HashMap<_, _> = found.values().map(|entry| (entry.code, entry.libelle.clone())).collect();
    for entry in found.values_mut() {
        let present = without_accents(&entry.libelle);
        entry.libelle_ancien = continuum
            .back(entry.code)
            .filter_map(|code| labels.get(&code))
            .find(|former| !present.contains(&without_accents(former)))
            .cloned();
    }
}

fn mef(row: &MefRow, cfd: Option<&Certification>, continuum: &Continuum) -> Certification {
    Certification {
        libelle: cfd.map(|cfd| cfd.libelle.clone()).or_else(|| row.libelle_long.clone()).unwrap_or_default(),
        libelle_ancien: cfd.and_then(|cfd| cfd.libelle_ancien.clone()),
        diplome: cfd.and_then(|cfd| cfd.diplome.clone()),
        date_ouverture: row.date_ouverture,
        date_fermeture: row.date_fermeture,
        premiere_session: cfd.and_then(|cfd| cfd.premiere_session),
        derniere_session: cfd.and_then(|cfd| cfd.derniere_session),
        duration: row.duration,
        annee: row.annee,
        nomenclature: Nomenclature { libelle: row.libelle_long.clone(), ..Nomenclature::default() },
        ..blank(row.code, Some(row.cfd), continuum)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn named(sources: &Sources) -> BTreeMap<CodeCertification, Certification> {
        certifications(sources, &Continuum::build(&sources.diplomes, &sources.mefs))
    }

    fn code(text: &str) -> CodeCertification {
        CodeCertification::from_stored(text).unwrap()
    }

    fn row(table: TableDiplomes, cfd: &str, libelle: &str) -> DiplomeRow {
        DiplomeRow {
            table,
            cfd: code(cfd),
            libelle_long: (!libelle.is_empty()).then(|| libelle.to_owned()),
            niveau: None,
            groupe_specialite: None,
            lettre_specialite: None,
            libelle_court: None,
            libelle_stat_33: None,
            date_ouverture: None,
            date_fermeture: None,
            premiere_session: None,
            derniere_session: None,
            anciens: vec![],
            nouveaux: vec![],
        }
    }

    fn niveau(niveau: &str, libelle: &str) -> NiveauRow {
        NiveauRow { niveau: niveau.to_owned(), libelle_court: libelle.to_owned() }
    }

    #[test]
    fn a_later_table_wins_on_the_fields_that_it_fills() {
        let closing = NaiveDate::from_ymd_opt(2024, 8, 31);
        let mut n = row(TableDiplomes::N, "32020008", "DU N");
        n.date_fermeture = closing;
        n.derniere_session = Some(2024);
        let mut enquete = row(TableDiplomes::Enquete51, "32020008", "DE L'ENQUETE");
        enquete.derniere_session = Some(2030);
        // The order of the rows does not matter, that of the tables does.
        let sources =
            Sources { diplomes: vec![enquete, n, row(TableDiplomes::V, "32020008", "DU V")], ..Sources::default() };
        let found = &named(&sources)[&code("32020008")];
        assert_eq!(found.libelle, "DE L'ENQUETE");
        assert_eq!(found.date_fermeture, closing);
        assert_eq!(found.derniere_session, Some(2024));
    }

    #[test]
    fn the_level_and_the_kind_come_from_the_code() {
        let sources = Sources {
            diplomes: ["50022137", "40025214", "32020008", "01022104", "25020007", "99900000", "41100000"]
                .map(|cfd| row(TableDiplomes::V, cfd, "X"))
                .to_vec(),
            niveaux: vec![
                niveau("500", "CAP"),
                niveau("400", "BAC PRO"),
                niveau("320", "BTS"),
                niveau("010", "MC4"),
                niveau("250", "LIC"),
                niveau("999", "?"),
            ],
            ..Sources::default()
        };
        let found = named(&sources);
        let diplome = |cfd: &str| found[&code(cfd)].diplome.clone().map(|d| format!("{} {}", d.code, d.libelle));
        assert_eq!(diplome("50022137").as_deref(), Some("3 CAP"));
        assert_eq!(diplome("40025214").as_deref(), Some("4 BAC PRO"));
        assert_eq!(diplome("32020008").as_deref(), Some("5 BTS"));
        assert_eq!(diplome("01022104").as_deref(), Some("0 MC4"));
        assert_eq!(diplome("25020007").as_deref(), Some("6 LIC"));
        assert_eq!(diplome("99900000"), None, "no level");
        assert_eq!(diplome("41100000"), None, "no kind");
    }

    #[test]
    fn the_former_label_is_the_nearest_that_says_something_else() {
        let mut third = row(TableDiplomes::N, "40000003", "MÉTIERS DE L'ACCUEIL (BAC PRO)");
        third.anciens = vec![code("40000002")];
        let mut second = row(TableDiplomes::N, "40000002", "METIERS DE L'ACCUEIL");
        second.anciens = vec![code("40000001")];
        let first = row(TableDiplomes::N, "40000001", "ACCUEIL - RELATION CLIENTS");
        let found = named(&Sources { diplomes: vec![third, second, first], ..Sources::default() });
        assert_eq!(found[&code("40000003")].libelle_ancien.as_deref(), Some("ACCUEIL - RELATION CLIENTS"));
        assert_eq!(found[&code("40000001")].libelle_ancien, None);
    }

    #[test]
    fn a_mef_takes_its_label_from_its_cfd_and_keeps_its_own_dates() {
        let mut cfd = row(TableDiplomes::V, "40025214", "LE DIPLOME");
        cfd.date_fermeture = NaiveDate::from_ymd_opt(2024, 8, 31);
        let mef = MefRow {
            code: code("24710025214"),
            cfd: code("40025214"),
            dispositif: None,
            duration: None,
            annee: None,
            libelle_long: Some("TLEPRO".to_owned()),
            date_ouverture: None,
            date_fermeture: None,
        };
        let found = named(&Sources { diplomes: vec![cfd], mefs: vec![mef], ..Sources::default() });
        let mef = &found[&code("24710025214")];
        assert_eq!((mef.libelle.as_str(), mef.date_fermeture, mef.cfd), ("LE DIPLOME", None, Some(code("40025214"))));
    }
}
