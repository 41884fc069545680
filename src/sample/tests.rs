//! What the sample promises, read back from its files as any reader would.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::territoire::Departement;
use crate::domain::{CodeCertification, CodeRegion, Filiere, Millesime, Uai};

type CsvRecord = BTreeMap<String, String>;

/// Made once for all tests.
static FILES: LazyLock<Vec<SampleFile>> = LazyLock::new(files);

fn decoded(dataset: &str) -> String {
    let name = format!("{dataset}-fictif.csv");
    let file = FILES.iter().find(|file| file.name == name).unwrap();
    match dataset {
        "n_formation_diplome" | "acce_etablissements" => encoding_rs::WINDOWS_1252.decode(&file.content).0.into_owned(),
        _ => String::from_utf8(file.content.clone()).unwrap(),
    }
}

fn rows(dataset: &str) -> Vec<CsvRecord> {
    let text = decoded(dataset);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let row =
        |record: csv::StringRecord| header.iter().zip(&record).map(|(h, v)| (h.to_owned(), v.to_owned())).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn number(row: &CsvRecord, column: &str) -> Option<i32> {
    Some(row.get(column)?.trim_end_matches(".0"))
        .filter(|text| !text.is_empty() && *text != "nd")
        .map(|t| t.parse().unwrap())
}

fn code(row: &CsvRecord) -> String {
    format!("{}{}", row["cfd"], row["mefstat11"])
}

const MESURES: [&str; 3] =
    ["inserjeunes-mesures-national", "inserjeunes-mesures-regional", "inserjeunes-mesures-etablissement"];
const WHOLE: [&str; 2] = ["fr-en-inserjeunes-cfa", "fr-en-inserjeunes-lycee_pro"];

#[test]
fn the_sample_is_the_same_at_each_call() {
    assert_eq!(files(), files());
}

#[test]
fn it_is_small_enough_to_be_read_while_somebody_waits() {
    let bytes: usize = FILES.iter().map(|file| file.content.len()).sum();
    assert!(bytes < 2_000_000, "{bytes} bytes");
}

#[test]
fn it_has_enough_of_everything_to_show() {
    let etablissements: BTreeSet<String> =
        WHOLE.iter().flat_map(|dataset| rows(dataset)).map(|row| row["UAI"].clone()).collect();
    assert_eq!(etablissements.len(), 60);
    assert!(rows("v_formation_diplome").len() >= 40);
    let measured: BTreeSet<String> = rows(MESURES[0]).iter().map(code).collect();
    assert!(measured.len() >= 40, "{}", measured.len());
    let regional = rows(MESURES[1]);
    assert!(regional.iter().map(|row| &row["code_region"]).collect::<BTreeSet<_>>().len() >= 8);
    for dataset in MESURES {
        assert_eq!(rows(dataset).iter().map(|row| row["millesime"].clone()).collect::<BTreeSet<_>>().len(), 3);
    }
    let taught: BTreeSet<String> = rows(MESURES[2]).iter().map(|row| row["uai"].clone()).collect();
    assert_eq!(taught, etablissements, "every établissement has a name and courses");
}

#[test]
fn every_uai_is_valid_invented_and_in_its_region() {
    for row in WHOLE.iter().flat_map(|dataset| rows(dataset)) {
        let uai = Uai::parse(&row["UAI"]).unwrap();
        assert_eq!(row["UAI"].get(3..5), Some("98"));
        assert!(row["Libellé"].contains("(fictif)"), "{row:?}");
        let region = Departement::from_uai(uai).and_then(Departement::region).unwrap();
        assert_eq!(CodeRegion::from_name(&row["Région"]), Some(region), "{row:?}");
    }
}

#[test]
fn every_etablissement_stands_in_a_town_of_its_departement() {
    let named: BTreeMap<String, String> = WHOLE
        .iter()
        .flat_map(|dataset| rows(dataset))
        .map(|row| (row["UAI"].clone(), row["Libellé"].clone()))
        .collect();
    let places = rows("fr-en-annuaire-education");
    assert_eq!(places.len(), named.len());
    for row in places {
        let uai = Uai::parse(&row["Identifiant_de_l_etablissement"]).unwrap();
        assert_eq!(named.get(uai.as_str()), Some(&row["Nom_etablissement"]));
        let departement = Departement::from_uai(uai).unwrap();
        assert_eq!(
            row["Code_departement"].trim_start_matches('0'),
            departement.code.trim_start_matches('0'),
            "{row:?}"
        );
        assert_eq!(row["Code_region"], departement.region().unwrap().as_str());
        for code in ["Code postal", "Code_commune"] {
            assert!(row[code].len() == 5 && row[code].starts_with(departement.code), "{row:?}");
        }
        let [latitude, longitude]: [f64; 2] = ["latitude", "longitude"].map(|column| row[column].parse().unwrap());
        let overseas = departement.code.len() == 3;
        assert_eq!((41.0..51.5).contains(&latitude) && (-5.5..10.0).contains(&longitude), !overseas, "{row:?}");
    }
}

#[test]
fn the_catalogue_names_who_teaches_what_is_measured_and_places_that_are_not() {
    let known: BTreeSet<String> =
        rows("fr-en-annuaire-education").iter().map(|row| row["Identifiant_de_l_etablissement"].clone()).collect();
    let apprentices = rows(MESURES[2]).into_iter().filter(|row| !row["cfd"].is_empty());
    let measured: BTreeSet<(String, String)> =
        apprentices.map(|row| (row["uai"].clone(), row["cfd"].clone())).collect();
    let lines = rows("catalogue-apprentissage");
    for column in ["uai_formation", "etablissement_formateur_uai", "etablissement_gestionnaire_uai"] {
        assert!(lines.iter().all(|row| known.contains(&row[column])), "{column}");
    }
    let place = |row: &CsvRecord, column: &str| (row[column].clone(), row["cfd"].clone());
    let taught: BTreeSet<_> = lines.iter().map(|row| place(row, "uai_formation")).collect();
    assert!(measured.is_subset(&taught));
    let annexes: Vec<&CsvRecord> =
        lines.iter().filter(|row| !measured.contains(&place(row, "uai_formation"))).collect();
    assert!(annexes.len() >= 10, "{}", annexes.len());
    assert!(annexes.iter().all(|row| measured.contains(&place(row, "etablissement_formateur_uai"))));
    assert!(annexes.iter().any(|row| row["published"] == "false"));
}

#[test]
fn every_code_is_in_the_nomenclatures() {
    let cfds: BTreeSet<String> = rows("n_formation_diplome").iter().map(|r| r["FORMATION_DIPLOME"].clone()).collect();
    let mefs: BTreeSet<String> = rows("n_mef").iter().map(|r| r["MEF_STAT_11"].clone()).collect();
    for row in rows("n_mef") {
        assert!(cfds.contains(&row["FORMATION_DIPLOME"]), "{row:?}");
        assert_eq!(row["MEF_STAT_11"].get(3..4), Some(row["ANNEE_DISPOSITIF"].as_str()), "{row:?}");
    }
    for row in MESURES.iter().flat_map(|dataset| rows(dataset)) {
        let code = code(&row);
        assert_eq!(CodeCertification::parse(&code).unwrap().as_str(), code);
        assert!(cfds.contains(&code) || mefs.contains(&code), "{code}");
    }
}

#[test]
fn every_millesime_and_filiere_is_one() {
    for row in MESURES.iter().flat_map(|dataset| rows(dataset)) {
        Millesime::parse_source(&row["millesime"]).unwrap();
        let text = row.get("voie").unwrap_or_else(|| &row["filiere"]);
        let filiere = Filiere::parse_source(text).unwrap();
        assert_eq!(filiere == Filiere::Apprentissage, !row["cfd"].is_empty(), "{row:?}");
    }
    for row in WHOLE.iter().flat_map(|dataset| rows(dataset)) {
        assert!(Millesime::parse_source(&row["Année"]).unwrap().is_pooled());
    }
}

#[test]
fn counts_are_those_of_possible_cohorts() {
    for row in MESURES.iter().flat_map(|dataset| rows(dataset)) {
        let e = number(&row, "nb_annee_term").unwrap();
        let (p, s) = (number(&row, "nb_poursuite_etudes"), number(&row, "nb_sortant"));
        assert_eq!(p.is_none(), e <= 4, "{row:?}");
        let (Some(p), Some(s)) = (p, s) else { continue };
        assert!(e >= p && p + s == e, "{row:?}");
        for horizon in [6, 12, 18, 24] {
            let j = number(&row, &format!("nb_en_emploi_{horizon}_mois"));
            assert!(j.is_none_or(|j| (0..=s).contains(&j)), "{row:?}");
            assert_eq!(j.is_none(), horizon > 12 && row["millesime"].ends_with("2023"), "{row:?}");
        }
    }
}

#[test]
fn rates_are_hidden_under_twenty_and_only_then() {
    let mut hidden = 0;
    for row in MESURES.iter().flat_map(|dataset| rows(dataset)) {
        let e = number(&row, "nb_annee_term").unwrap();
        let s = number(&row, "nb_sortant").unwrap_or(0);
        assert_eq!(number(&row, "taux_poursuite_etudes").is_some(), e >= 20, "{row:?}");
        assert_eq!(number(&row, "DEVENIR_part_en_emploi_6_mois").is_some(), e >= 20, "{row:?}");
        assert_eq!(number(&row, "taux_emploi_12_mois").is_some(), s >= 20, "{row:?}");
        hidden += usize::from(e < 20);
    }
    assert!(hidden > 50, "{hidden}");
}

#[test]
fn halves_are_rounded_up() {
    // 1/40 = 2.5 → 3; 23/40 = 57.5 → 58; 1/24 = 4.17 → 4.
    assert_eq!([(1, 40), (23, 40), (1, 24)].map(|(n, d)| mesures::part(n, d)), [Some(3), Some(58), Some(4)]);
}

#[test]
fn the_three_parts_sum_to_a_hundred() {
    let mut checked = 0;
    let parts =
        ["DEVENIR_part_poursuite_etudes", "DEVENIR_part_en_emploi_6_mois", "DEVENIR_part_autre_situation_6_mois"];
    let labels =
        ["DEVENIR Part poursuite études", "DEVENIR Part en emploi 6 mois", "DEVENIR Part autre situation 6 mois"];
    for (datasets, columns) in [(&MESURES[..], parts), (&WHOLE[..], labels)] {
        for row in datasets.iter().flat_map(|dataset| rows(dataset)) {
            let values = columns.map(|column| number(&row, column));
            if let [Some(a), Some(b), Some(c)] = values {
                assert!(a + b + c == 100 && c >= 0, "{row:?}");
                checked += 1;
            } else {
                assert_eq!(values, [None; 3], "{row:?}");
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn two_national_years_are_the_sum_of_the_pooled_regions() {
    let mut national: BTreeMap<(String, String), i32> = BTreeMap::new();
    for row in rows(MESURES[0]).iter().filter(|row| ["2022", "2023"].contains(&row["millesime"].as_str())) {
        *national.entry((code(row), row["filiere"].clone())).or_default() += number(row, "nb_annee_term").unwrap();
    }
    let mut regional: BTreeMap<(String, String), i32> = BTreeMap::new();
    for row in rows(MESURES[1]).iter().filter(|row| row["millesime"] == "2022_2023") {
        let filiere = if row["voie"] == "scolaire" { "voie_pro_sco_educ_nat" } else { &row["voie"] };
        *regional.entry((code(row), filiere.to_owned())).or_default() += number(row, "nb_annee_term").unwrap();
    }
    assert!(national.len() > 40);
    assert_eq!(national, regional);
}

#[test]
fn regions_are_the_sum_of_their_etablissements() {
    let mut sums: BTreeMap<(String, String, String), i32> = BTreeMap::new();
    for row in rows(MESURES[2]).iter().filter(|row| row["filiere"] != "voie_pro_sco_agri") {
        let region = Departement::from_uai(Uai::parse(&row["uai"]).unwrap()).and_then(Departement::region).unwrap();
        *sums.entry((row["millesime"].clone(), region.as_str().to_owned(), code(row))).or_default() +=
            number(row, "nb_annee_term").unwrap();
    }
    let regional: BTreeMap<(String, String, String), i32> = rows(MESURES[1])
        .iter()
        .map(|r| ((r["millesime"].clone(), r["code_region"].clone(), code(r)), number(r, "nb_annee_term").unwrap()))
        .collect();
    assert_eq!(sums, regional);
}

#[test]
fn a_few_courses_are_without_prospects_and_most_are_not() {
    let (mut poor, mut all) = (0, 0);
    for row in rows(MESURES[0]) {
        let parts = ["DEVENIR_part_en_emploi_6_mois", "DEVENIR_part_poursuite_etudes"].map(|c| number(&row, c));
        let [Some(emploi), Some(poursuite)] = parts else { continue };
        all += 1;
        poor += usize::from(emploi < 30 && poursuite < 50);
    }
    assert!(poor >= 3 && poor * 3 < all, "{poor} of {all}");
}

#[test]
fn apprentices_find_work_more_often_and_a_bts_more_than_a_cap() {
    let mean = |filiere: &str, kind: &str| {
        let rates: Vec<i32> = rows(MESURES[0])
            .iter()
            .filter(|row| row["filiere"] == filiere && code(row).starts_with(kind))
            .filter_map(|row| number(row, "taux_emploi_6_mois"))
            .collect();
        rates.iter().sum::<i32>() / i32::try_from(rates.len()).unwrap()
    };
    assert!(mean("apprentissage", "320") > mean("apprentissage", "500"));
    assert!(mean("voie_pro_sco_educ_nat", "322") > mean("voie_pro_sco_educ_nat", "232"));
    assert!(mean("apprentissage", "500") > mean("voie_pro_sco_educ_nat", "232"));
}

#[test]
fn renovations_are_told_by_one_side_and_lead_to_known_diplomas() {
    let rows = rows("n_formation_diplome");
    let known: BTreeSet<&String> = rows.iter().map(|row| &row["FORMATION_DIPLOME"]).collect();
    let told = |column: &str| {
        rows.iter().filter(|row| !row[column].is_empty()).map(|row| row[column].clone()).collect::<Vec<_>>()
    };
    let (old, new) = (told("ANCIEN_DIPLOME_1"), told("NOUVEAU_DIPLOME_1"));
    assert_eq!((old.len(), new.len()), (2, 2));
    assert!(old.iter().chain(&new).all(|code| known.contains(code)));
    assert!(rows.iter().any(|row| row["DATE_FERMETURE"] == "31/08/2021"));
}

#[test]
fn the_added_value_is_the_rate_minus_the_expected_one() {
    for row in WHOLE.iter().flat_map(|dataset| rows(dataset)) {
        let columns = ["Taux emploi 6 mois", "Taux emploi 6 mois attendu", "VA emploi 6 mois"];
        if let [Some(taux), Some(expected), Some(va)] = columns.map(|column| number(&row, column)) {
            assert_eq!(taux - expected, va, "{row:?}");
        }
    }
}

#[test]
fn each_file_has_the_dialect_of_the_real_one() {
    let raw = |dataset: &str| files().into_iter().find(|f| f.name == format!("{dataset}-fictif.csv")).unwrap().content;
    let latin = raw("n_formation_diplome");
    assert!(String::from_utf8(latin.clone()).is_err(), "Windows-1252 is no UTF-8");
    assert!(decoded("n_formation_diplome").contains(MARK));
    assert!(raw("inserjeunes-mesures-regional").starts_with("\u{feff}id;millesime;".as_bytes()));
    assert!(decoded("fr-en-inserjeunes-cfa").lines().count() > 1 && decoded("fr-en-inserjeunes-cfa").contains(".0;"));
    assert!(decoded("fr-en-inserjeunes-cfa").ends_with("\r\n"));
    assert!(decoded("fr-en-inserjeunes-lycee_pro").contains(";nd;"));
}

#[test]
fn a_written_file_is_recognised_as_fictitious_by_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    let paths = write_to(&dir.path().join("fictif")).unwrap();
    assert_eq!(paths.len(), files().len());
    for path in &paths {
        assert!(is_sample(&hex::encode(Sha256::digest(std::fs::read(path).unwrap()))), "{}", path.display());
    }
    assert!(!is_sample(&hex::encode(Sha256::digest(b"autre chose"))));
    let readme = std::fs::read_to_string(dir.path().join("fictif/README.txt")).unwrap();
    assert!(readme.contains("INVENTÉS"));
}

#[test]
fn a_seconde_commune_has_three_specialities_and_nobody_leaves_it() {
    let (groupes, links) = (rows("n_groupe_formation"), rows("n_lien_formation_groupe"));
    assert!(links.iter().all(|link| groupes.iter().any(|g| g["GROUPE_FORMATION"] == link["GROUPE_FORMATION"])));
    let family: Vec<_> = links.iter().filter(|link| link["GROUPE_FORMATION"] == "G0004").collect();
    let mefs = rows("n_mef");
    let years = |cfd: &str| mefs.iter().filter(|mef| mef["FORMATION_DIPLOME"] == cfd).count();
    let counts: Vec<_> = family.iter().map(|link| years(&link["FORMATION_DIPLOME"])).collect();
    assert_eq!(counts, [1, 3, 3, 3]);
    let measured: BTreeSet<String> = rows(MESURES[0]).iter().map(code).collect();
    assert!(!measured.contains("23810030003"), "the common year");
    assert!(measured.contains("23830031106") && measured.contains("23830031114"), "specialities");
}

#[test]
fn public_employment_lifts_the_figures_of_2022_and_later() {
    let of = |year: &str| -> Vec<i32> {
        let all = rows(MESURES[0]);
        let of_year = all.iter().filter(|row| row["millesime"] == year);
        of_year.filter_map(|row| number(row, "taux_emploi_6_mois")).collect()
    };
    let mean = |rates: &[i32]| rates.iter().sum::<i32>() / i32::try_from(rates.len()).unwrap();
    let (before, after) = (mean(&of("2021")), mean(&of("2023")));
    assert!((before + 2..=before + 7).contains(&after), "{before} {after}");
}

#[test]
fn the_salaries_of_the_last_year_come_from_dares_alone() {
    let salaries = |year: &str| {
        let all = rows(MESURES[0]);
        all.iter().filter(|row| row["millesime"] == year && !row["salaire_TS_Q2_12_mois"].is_empty()).count()
    };
    assert!(salaries("2022") > 20);
    assert_eq!(salaries("2023"), 0);
    let dares = rows("dares-remunerations");
    assert!(dares.len() > 20 && dares.iter().all(|row| row["Millésime"] == "2023"));
    for row in &dares {
        let quartiles = ["1er quartile", "médian", "3e quartile"]
            .map(|q| number(row, &format!("Salaire net mensuel {q}")).unwrap());
        assert!(quartiles.is_sorted(), "{row:?}");
    }
}

#[test]
fn the_margins_of_the_cube_are_the_sums_of_its_universities() {
    let cube = rows("fr-esr-insersup");
    let universities: BTreeSet<String> =
        rows("acce_etablissements").iter().map(|row| row["numero_uai"].clone()).collect();
    assert_eq!(universities.len(), 6);
    let national = |row: &&CsvRecord| row["uo_lib"] == "National" && row["diplome"] != "all";
    let key = |row: &CsvRecord| (row["diplome"].clone(), row["promo"].clone());
    let mut checked = 0;
    for whole in cube.iter().filter(national).filter(|row| row["genre"] == "ensemble") {
        for column in ["nb_sortants", "nb_poursuivants"] {
            let sum = |of: &dyn Fn(&&CsvRecord) -> bool| -> i32 {
                let same = cube.iter().filter(|row| key(row) == key(whole)).filter(of);
                same.map(|row| number(row, column).unwrap()).sum()
            };
            let expected = number(whole, column).unwrap();
            assert_eq!(sum(&|row| universities.contains(&row["etablissement"])), expected, "{whole:?}");
            assert_eq!(sum(&|row| national(row) && row["genre"] != "ensemble"), expected, "{whole:?}");
            checked += 1;
        }
    }
    assert!(checked >= 30, "{checked}");
    assert!(cube.iter().any(|row| row["nb_sortants_en_emploi_sal_fr_6"] == "nd"), "something is withheld");
}
