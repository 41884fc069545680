//! Rows written by hand from the rules, with their verdicts.

use exposition::domain::matching::KnownPlace;
use exposition::domain::{CodeRegion, Dataset};
use exposition::matching::correction::{CorrectionRow, Corrections};
use exposition::matching::rules::{Circumstances, judge};
use exposition::matching::verdict::COLUMNS;
use exposition::matching::{IndexBuilder, Verdict};

use super::world::{brief, certification, judged, offer, today, uai, world};

fn check(rows: &[(&str, &str)]) {
    let index = world();
    for (row, expected) in rows {
        assert_eq!(brief(&judged(&index, row, &[])), *expected, "{row}");
    }
}

#[test]
fn the_rows_own_codes_by_voie() {
    check(&[
        ("uai=#1 voie=Scolaire mefstat11=24730000001", "couvert #1 24730000001 direct"),
        ("uai=#1 voie=Scolaire mef=3112011621", "couvert #1 24730000001 direct"),
        ("uai=#1 voie=ST cfd=40000001", "couvert #1 24730000001 direct"),
        ("uai=#30 voie=Apprentissage cfd=40000001", "couvert #30 40000001 direct"),
        ("uai=#30 voie=AP mef=3112011621", "couvert #30 40000001 direct"),
        ("uai=#33 voie=Apprentissage sise=SISE:2500001", "couvert #33 2500001 direct"),
        ("uai=#33 sise=2500001", "couvert #33 2500001 direct"),
        ("uai=#1 cfd=40000001", "couvert #1 24730000001 direct"),
        ("uai=#5 voie=Scolaire cfd=50000002", "couvert #5 24120000002 direct"),
        // An unknown MEF is none: the CFD decides.
        ("uai=#1 voie=Scolaire mef=9999999999 cfd=40000001", "couvert #1 24730000001 direct"),
    ]);
}

#[test]
fn cells_are_mended_where_that_is_certain_and_told() {
    check(&[
        ("uai=#25 voie=AP cfd=1000005", "couvert #25 01000005 direct"),
        ("uai=#6 voie=ST mef=112011621", "couvert #6 24730000010 direct"),
        ("uai==\"0750001U\" voie=ST cfd=40000001", "couvert #1 24730000001 direct"),
        ("uai=750001U voie=ST cfd=40000001", "couvert #1 24730000001 direct"),
        // A code in the wrong column.
        ("uai=#1 voie=ST cfd=24730000001", "couvert #1 24730000001 direct"),
        ("uai=#1 voie=ST mef=40000001", "couvert #1 24730000001 direct"),
        ("uai=#1 voie=ST cfd=4,0E+07", "code_inconnu"),
    ]);
    let verdict = judged(&world(), "uai=750001U voie=ST cfd=4,0E+07", &[]);
    assert!(
        verdict.notes.iter().any(|note| note.starts_with("Zéro de tête rétabli : 750001U → 0750001U")),
        "{:?}",
        verdict.notes
    );
    assert!(verdict.notes.iter().any(|note| note.contains("« 4,0E+07 » est un nombre abrégé")), "{:?}", verdict.notes);
}

#[test]
fn numbers_of_others_lead_to_the_diploma() {
    check(&[
        ("uai=#1 voie=ST rncp=100", "couvert #1 24730000001 rncp"),
        ("uai=#1 voie=ST rncp=RNCP100;77777", "couvert #1 24730000001 rncp"),
        // A replaced number is followed.
        ("uai=#1 voie=ST rncp=99", "couvert #1 24730000001 rncp"),
        ("uai=#33 rncp=104", "couvert #33 2500001 rncp"),
        ("uai=#30 voie=AP rncp=100", "couvert #30 40000001 rncp"),
        // Two diplomas, one of which has a statistic here: never a silent choice.
        ("uai=#1 voie=ST rncp=100;101", "plusieurs #1:24730000001 rncp"),
        // Another key settles it.
        ("uai=#1 voie=ST rncp=100;101 cfd=40000001", "couvert #1 24730000001 direct"),
        ("uai=#1 voie=ST rncp=100;101 onisep=FOR.8", "couvert #1 24730000001 rncp"),
        ("uai=#1 voie=ST onisep=FOR.8", "couvert #1 24730000001 onisep"),
        ("uai=#1 voie=ST certif_info=83467", "couvert #1 24730000001 certif_info"),
        ("uai=#21 voie=AP cle_ministere=cle-1", "couvert #21 32000004 cle_ministere"),
        // The key gives the UAIs as well.
        ("voie=AP cle_ministere=cle-1", "couvert #21 32000004 cle_ministere"),
    ]);
}

#[test]
fn a_number_never_covers_against_a_known_cfd_or_mef() {
    let index = world();
    let verdict = judged(&index, "uai=#1 voie=ST cfd=50000002 rncp=100", &[]);
    assert_eq!(brief(&verdict), "non_enseigne_ici");
    assert!(verdict.notes.iter().any(|note| note.contains("cles_contradictoires")), "{:?}", verdict.notes);
    let verdict = judged(&index, "uai=#5 voie=ST mef=3112011621 rncp=101", &[]);
    assert_eq!(brief(&verdict), "non_enseigne_ici", "{:?}", verdict.notes);
    // Nor another year of the same diploma than the one that the row names.
    assert_eq!(brief(&judged(&index, "uai=#5 voie=ST mefstat11=24210000002 rncp=101", &[])), "non_enseigne_ici");
}

#[test]
fn two_courses_of_one_diploma_are_several_until_the_duration_settles_it() {
    check(&[
        ("uai=#4 voie=ST cfd=50000002", "plusieurs #4:24120000002 #4:24210000002 direct"),
        ("uai=#4 voie=ST cfd=50000002 onisep=FOR.7 duree=2", "couvert #4 24120000002 onisep"),
        ("uai=#4 voie=ST cfd=50000002 onisep=FOR.7 duree=1", "couvert #4 24210000002 onisep"),
        ("uai=#4 voie=ST mefstat11=24210000002", "couvert #4 24210000002 direct"),
    ]);
}

#[test]
fn an_earlier_year_has_the_figures_of_the_last_and_a_common_year_a_list() {
    check(&[
        ("uai=#1 voie=ST mefstat11=24710000001", "couvert #1 24730000001 annee_terminale"),
        ("uai=#6 voie=ST mefstat11=24710000009", "plusieurs #6:24730000010 annee_terminale"),
        // The CFD of a common year stands for it.
        ("uai=#6 voie=ST cfd=40000009", "plusieurs #6:24730000010 annee_terminale"),
        // A number of two specialities of one famille: likewise, even one alone.
        ("uai=#6 voie=ST rncp=102", "plusieurs #6:24730000010 rncp"),
    ]);
    let verdict = judged(&world(), "uai=#6 voie=ST rncp=102", &[]);
    assert!(verdict.several.unwrap().commune);
}

#[test]
fn another_uai_counts_only_where_the_catalogue_leaves_no_choice() {
    check(&[
        // A place without figures: its only trainer's.
        ("uai=#20 voie=AP cfd=32000004", "couvert #21 32000004 uai"),
        // The manager: all its rows have the same trainer.
        ("uai=#22 voie=AP cfd=32000004", "couvert #21 32000004 uai"),
        // The old code of the chain: the rows of the chain count, the statistic must be the code's.
        ("uai=#20 voie=AP rncp=103", "couvert #21 32000004 uai"),
        // Two trainers: neither.
        ("uai=#24 voie=AP cfd=01000005", "non_enseigne_ici"),
        // A later UAI of the row counts beside an earlier place only as its trainer or manager.
        ("uai=#20 uai_formateur=#21 voie=AP cfd=32000004", "couvert #21 32000004 direct"),
        // Mother; a daughter only if she alone teaches it.
        ("uai=#12 voie=ST cfd=40000021", "couvert #11 24730000021 uai"),
    ]);
    let verdict = judged(&world(), "uai=#24 voie=AP cfd=01000005", &[]);
    assert!(verdict.notes.iter().any(|note| note.contains(uai(25).as_str())), "{:?}", verdict.notes);
}

#[test]
fn the_other_voie_only_where_the_own_one_has_nothing_and_the_sentence_says_so() {
    let verdict = judged(&world(), "uai=#30 voie=Scolaire cfd=40000001", &[]);
    assert_eq!(brief(&verdict), "couvert #30 40000001 voie_inverse");
    let lecture = COLUMNS.iter().position(|column| *column == "lecture").unwrap();
    assert!(verdict.fields()[lecture].starts_with("Faute de chiffres de la voie scolaire, ceux de l'apprentissage."));
    check(&[("uai=#1 voie=Apprentissage cfd=40000001", "couvert #1 24730000001 voie_inverse")]);
}

#[test]
fn a_hidden_statistic_is_never_replaced_by_that_of_another_place() {
    check(&[
        ("uai=#2 voie=ST cfd=40000001", "sous_seuil #2 24730000001 direct"),
        ("uai=#2 uai_gestionnaire=#1 voie=ST cfd=40000001", "sous_seuil #2 24730000001 direct"),
        ("uai=#3 voie=ST cfd=40000001", "non_diffuse #3 24730000001 direct"),
        ("uai=#9 uai_gestionnaire=#1 voie=ST cfd=40000001", "couvert #1 24730000001 direct"),
    ]);
}

#[test]
fn every_row_without_figures_has_a_reason() {
    check(&[
        ("uai=#1 voie=ST", "code_absent"),
        ("uai=#1 voie=ST rncp=77777", "code_inconnu"),
        ("voie=ST cfd=40000001", "uai_absent"),
        ("uai=0999999X voie=ST cfd=40000001", "uai_inconnu"),
        ("uai=#9 voie=ST cfd=40000020", "nouvelle_formation"),
        ("uai=#9 voie=AP cfd=40000021", "jamais_publie"),
        ("uai=#9 voie=ST cfd=40000022", "hors_millesime"),
        ("uai=#9 voie=ST cfd=40000001", "non_enseigne_ici"),
        ("uai=#9 voie=AP cfd=32000004", "non_enseigne_ici"),
        ("uai=#9 sise=0500001", "jamais_publie"),
    ]);
}

#[test]
fn a_territory_without_any_statistic_is_the_reason_before_the_code_is() {
    let mut builder = IndexBuilder::default();
    builder.certifications([certification("40000001")]);
    builder.places([KnownPlace { uai: uai(1), region: CodeRegion::from_stored("94") }]);
    let index = builder.build();
    assert_eq!(brief(&judged(&index, "uai=#1 voie=AP cfd=40000001", &[])), "territoire_non_couvert");
}

#[test]
fn the_region_then_the_country_stand_in_columns_of_their_own() {
    let index = world();
    let at = |verdict: &Verdict, column: &str| {
        verdict.fields()[COLUMNS.iter().position(|known| *known == column).unwrap()].clone()
    };
    let small = judged(&index, "uai=#2 voie=ST cfd=40000001", &[]);
    assert_eq!(
        (at(&small, "repli_maille"), at(&small, "repli_part_en_emploi_6_mois")),
        ("regionale".to_owned(), "41".to_owned())
    );
    assert_eq!((at(&small, "part_en_emploi_6_mois"), at(&small, "effectif")), (String::new(), "12".to_owned()));
    let elsewhere = judged(&index, "uai=#9 voie=ST mefstat11=24120000002", &[]);
    assert_eq!(
        (at(&elsewhere, "statut"), at(&elsewhere, "repli_maille")),
        ("non_enseigne_ici".to_owned(), "nationale".to_owned())
    );
    let covered = judged(&index, "uai=#1 voie=ST cfd=40000001", &[]);
    assert_eq!(at(&covered, "repli_maille"), "", "a covered row needs none");
}

#[test]
fn a_correction_comes_before_all_rules_and_says_when_it_is_useless_or_closed() {
    let index = world();
    let wrong = "id=7 uai=#1 voie=ST cfd=50000002";
    let verdict = judged(&index, wrong, &[["7", "cfd", "40000001", "le code était faux", ""]]);
    assert_eq!(brief(&verdict), "couvert #1 24730000001 correction");
    assert!(!verdict.correction.unwrap().useless);
    let moved = judged(&index, wrong, &[["7", "cfd", "50000002", "", uai(5).as_str()]]);
    assert_eq!(brief(&moved), "couvert #5 24120000002 correction");
    let useless = judged(&index, "id=7 uai=#1 voie=ST cfd=40000001", &[["7", "rncp", "100", "", ""]]);
    assert!(useless.correction.unwrap().useless);
    let closed = judged(&index, "id=7 uai=#31 voie=AP cfd=40000001", &[["7", "cfd", "32000003", "", ""]]);
    assert!(closed.correction.as_ref().unwrap().closed);
    assert!(closed.notes.iter().any(|note| note.contains("remplacé par 32000004")), "{:?}", closed.notes);
}

#[test]
fn a_correction_that_cannot_be_made_is_refused_by_its_number() {
    let index = world();
    let read = |kind: &str, code: &str| {
        let row = CorrectionRow {
            id: "7".to_owned(),
            kind: kind.to_owned(),
            code: code.to_owned(),
            ..CorrectionRow::default()
        };
        Corrections::read(&index, [row]).unwrap_err()
    };
    assert!(read("couleur", "1").contains("correction n° 1 (id « 7 ») : type « couleur »"));
    assert!(read("cfd", "99999999").contains("n'est dans aucune table"));
}

#[test]
fn the_output_has_the_columns_of_the_contract() {
    let verdict = judged(&world(), "id=a uai=#21 voie=AP rncp=103", &[]);
    let fields = verdict.fields();
    assert_eq!(fields.len(), COLUMNS.len());
    let trainer = uai(21).to_string();
    let sources = [Dataset::InserjeunesMesures, Dataset::RncpCfd];
    let sources = sources.map(|source| format!("{source} ({})", source.licence())).join(" ; ");
    let expected = [
        "a",
        "couvert",
        trainer.as_str(),
        "formateur",
        "32000004",
        "apprentissage",
        "2023",
        "rncp",
        sources.as_str(),
        "",
        "100",
        "20",
        "30",
        "oui",
        "",
        "",
        "",
    ];
    assert_eq!(fields[..17], expected);
    assert!(fields[17].starts_with("Sur 100 apprentis, 20 sont en emploi"), "{}", fields[17]);
    assert_eq!(fields[18..], ["", "Rien à faire.", ""]);
}

#[test]
fn a_label_suggests_a_code_and_never_matches() {
    let index = world();
    let mut offer = offer(&index, "uai=#1 voie=ST");
    offer.label = Some("Formation 40000001".to_owned());
    let verdict = judge(&index, &offer, Circumstances { today: today(), corrections: &Corrections::default() });
    assert_eq!(brief(&verdict), "code_absent");
    assert!(verdict.notes.iter().any(|note| note.contains("CFD 40000001")), "{:?}", verdict.notes);
}
