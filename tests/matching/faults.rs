//! True pairs of a publication, damaged with named faults: the truth is known, so that precision and
//! recall are measured by fault. `-- --nocapture` prints the table of docs/MATCHING.md.

use std::collections::BTreeMap;

use exposition::matching::{Statut, Verdict};
use exposition::offers::{Format, published};
use sqlx::Row as _;

use super::super::common;
use super::verdicts;

/// Rows that are drawn.
const ROWS: usize = 25_000;

/// A pair that shows figures, and what the crosswalks have of it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of the database about the pair")]
struct Pair {
    uai: String,
    code: String,
    apprentices: bool,
    higher: bool,
    cfd: String,
    shown: bool,
    rncp: Vec<String>,
    onisep: Vec<String>,
    mef: Option<String>,
    first_year: Option<String>,
    commune: Option<String>,
    managers: Vec<String>,
    /// Whether the other voie has nothing here, and the school-based course one last year here.
    alone: bool,
    /// Whether nothing leads from its UAI to one that has the other voie.
    apart: bool,
}

/// What a damaged row must come to.
enum Truth {
    /// The pair itself.
    Pair,
    /// Several, with it among them.
    Among,
    /// A reason.
    Reason(&'static [Statut]),
}

struct Damaged {
    fault: &'static str,
    cells: BTreeMap<&'static str, String>,
    truth: Truth,
    pair: Pair,
}

const COLUMNS: [&str; 9] = ["id", "uai", "uai_gestionnaire", "voie", "mef", "cfd", "sise", "rncp", "onisep"];

const PAIRS: &str = "
    WITH latest AS (
        SELECT DISTINCT ON (s.lieu, s.code_certification) s.lieu, s.code_certification AS code, s.filiere,
               s.part_en_emploi_6_mois IS NOT NULL OR s.part_poursuite_etudes IS NOT NULL AS shown, s.nb_annee_term
        FROM statistiques s WHERE s.maille = 'etablissement' AND s.origine <> 'annee_terminale'
        ORDER BY s.lieu, s.code_certification, right(s.millesime, 4) DESC, length(s.millesime) DESC
    )
    SELECT l.lieu, l.code, l.filiere, l.shown, l.nb_annee_term, coalesce(c.cfd, l.code) AS cfd,
           (SELECT coalesce(array_agg(DISTINCT substr(code_lie, 6)), '{}') FROM liens_codes
            WHERE code IN ('CFD:' || c.cfd, 'SISE:' || l.code) AND code_lie LIKE 'RNCP:%') AS rncp,
           (SELECT coalesce(array_agg(DISTINCT substr(code_lie, 8)), '{}') FROM liens_codes
            WHERE code IN ('CFD:' || c.cfd, 'SISE:' || l.code) AND code_lie LIKE 'ONISEP:%') AS onisep,
           (SELECT min(substr(code_lie, 5)) FROM liens_codes
            WHERE code = 'MEFSTAT11:' || l.code AND code_lie LIKE 'MEF:%') AS mef,
           (SELECT min(s.code_certification) FROM statistiques s JOIN certifications p
                ON p.code_certification = s.code_certification AND NOT p.annee_commune AND p.cfd = c.cfd
            WHERE s.lieu = l.lieu AND s.origine = 'annee_terminale' AND s.certifications_terminales = ARRAY[l.code]) AS first_year,
           (SELECT min(s.code_certification) FROM statistiques s JOIN certifications p
                ON p.code_certification = s.code_certification AND p.annee_commune AND p.type = 'mef11'
            WHERE s.lieu = l.lieu AND s.origine = 'annee_terminale' AND l.code = ANY(s.certifications_terminales)
              AND NOT EXISTS (SELECT FROM statistiques n WHERE n.lieu = s.lieu AND n.code_certification = s.code_certification
                              AND (right(n.millesime, 4), length(n.millesime)) > (right(s.millesime, 4), length(s.millesime)))) AS commune,
           (SELECT coalesce(array_agg(DISTINCT k.uai_gestionnaire), '{}') FROM lieux_apprentissage k
            WHERE k.cfd = l.code AND k.uai_formation = l.lieu AND k.uai_gestionnaire <> l.lieu
              AND NOT EXISTS (SELECT FROM statistiques o WHERE o.lieu = k.uai_gestionnaire AND o.code_certification = l.code)
              AND NOT EXISTS (SELECT FROM lieux_apprentissage x WHERE x.cfd = k.cfd
                              AND k.uai_gestionnaire IN (x.uai_formation, x.uai_formateur, x.uai_gestionnaire)
                              AND x.uai_formation <> l.lieu)) AS managers,
           NOT EXISTS (SELECT FROM latest o JOIN certifications oc ON oc.code_certification = o.code
                       WHERE o.lieu = l.lieu AND o.code <> l.code AND oc.cfd = c.cfd) AS alone,
           CASE WHEN l.filiere = 'apprentissage'
                THEN NOT EXISTS (SELECT FROM liens_uai WHERE l.lieu IN (uai, uai_mere))
                ELSE NOT EXISTS (SELECT FROM lieux_apprentissage k WHERE k.cfd = ANY(c.cfd || d.anciens || d.nouveaux)
                                 AND l.lieu IN (k.uai_formation, k.uai_formateur, k.uai_gestionnaire)) END AS apart
    FROM latest l JOIN certifications c ON c.code_certification = l.code
    LEFT JOIN certifications d ON d.code_certification = c.cfd
    ORDER BY l.lieu, l.code";

async fn pairs(database: &common::TestDb) -> Vec<Pair> {
    let rows = sqlx::query(PAIRS).fetch_all(&mut database.connection().await).await.unwrap();
    let pair = |row: sqlx::postgres::PgRow| {
        let filiere: String = row.get("filiere");
        Pair {
            uai: row.get("lieu"),
            code: row.get("code"),
            apprentices: filiere == "apprentissage",
            higher: filiere == "superieur",
            cfd: row.get("cfd"),
            shown: row.get("shown"),
            rncp: row.get("rncp"),
            onisep: row.get("onisep"),
            mef: row.get("mef"),
            first_year: row.get("first_year"),
            commune: row.get("commune"),
            managers: row.get("managers"),
            alone: row.get("alone"),
            apart: row.get::<Option<bool>, _>("apart").unwrap_or_default(),
        }
    };
    rows.into_iter().map(pair).collect()
}

impl Pair {
    fn school(&self) -> bool {
        !self.apprentices && !self.higher
    }

    /// The row as it should be.
    fn row(&self) -> BTreeMap<&'static str, String> {
        let mut cells = self.without_code();
        let column = if self.apprentices {
            "cfd"
        } else if self.higher {
            "sise"
        } else {
            "mef"
        };
        cells.insert(column, self.code.clone());
        cells
    }

    fn without_code(&self) -> BTreeMap<&'static str, String> {
        let voie = if self.apprentices { "Apprentissage" } else { "Scolaire" };
        BTreeMap::from([("uai", self.uai.clone()), ("voie", voie.to_owned())])
    }

    fn with(&self, cells: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
        let mut row = self.without_code();
        row.extend(cells.iter().map(|(name, text)| (*name, (*text).to_owned())));
        row
    }
}

type Fault = (&'static str, fn(&Pair, &[Pair]) -> Option<(BTreeMap<&'static str, String>, Truth)>);

/// The faults, by name; `None` where a pair cannot have one.
const FAULTS: [Fault; 20] = [
    ("aucun", |pair, _| Some((pair.row(), Truth::Pair))),
    ("zéro perdu", |pair, _| {
        let mut row = pair.row();
        let uai = pair.uai.strip_prefix('0')?;
        row.insert("uai", uai.to_owned());
        if let Some(code) = row.get_mut("cfd").filter(|code| code.starts_with('0')) {
            code.remove(0);
        }
        Some((row, Truth::Pair))
    }),
    ("=\"…\" et espaces", |pair, _| {
        let row = pair.row().into_iter().map(|(name, text)| match name {
            "voie" => (name, text),
            _ => (name, format!(" =\"{}\" ", text.to_lowercase())),
        });
        Some((row.collect(), Truth::Pair))
    }),
    ("UAI du gestionnaire", |pair, _| {
        let [manager] = pair.managers.as_slice() else { return None };
        Some((pair.with(&[("uai", manager), ("cfd", &pair.code)]), Truth::Pair)).filter(|_| pair.apprentices)
    }),
    ("lieu inconnu, gestionnaire juste", |pair, _| {
        let mut row = pair.row();
        row.insert("uai_gestionnaire", pair.uai.clone());
        row.insert("uai", "0999999X".to_owned());
        Some((row, Truth::Pair))
    }),
    ("année 1", |pair, _| Some((pair.with(&[("mef", pair.first_year.as_ref()?)]), Truth::Pair))),
    ("année commune", |pair, _| Some((pair.with(&[("mef", pair.commune.as_ref()?)]), Truth::Among))),
    ("CFD seul en scolaire", |pair, _| {
        Some((pair.with(&[("cfd", &pair.cfd)]), Truth::Pair)).filter(|_| pair.school() && pair.alone)
    }),
    ("RNCP seul", |pair, _| Some((pair.with(&[("rncp", pair.rncp.first()?)]), Truth::Pair)).filter(|_| pair.alone)),
    ("FOR seul", |pair, _| Some((pair.with(&[("onisep", pair.onisep.first()?)]), Truth::Pair)).filter(|_| pair.alone)),
    ("mauvaise voie", |pair, _| {
        let voie = if pair.apprentices { "Scolaire" } else { "Apprentissage" };
        Some((pair.with(&[("voie", voie), ("cfd", &pair.cfd)]), Truth::Pair))
            .filter(|_| pair.alone && pair.apart && !pair.higher)
    }),
    ("RNCP dont un inconnu", |pair, _| {
        let list = format!("999998;{}|999999", pair.rncp.first()?);
        Some((pair.with(&[("rncp", &list)]), Truth::Pair)).filter(|_| pair.alone)
    }),
    ("deux RNCP de deux diplômes", |pair, all| {
        let other = all.iter().find(|other| other.cfd.get(..5) != pair.cfd.get(..5) && !other.rncp.is_empty())?;
        let list = format!("{},{}", pair.rncp.first()?, other.rncp.first()?);
        Some((pair.with(&[("rncp", &list)]), Truth::Among))
    }),
    ("MEF de 10", |pair, _| Some((pair.with(&[("mef", pair.mef.as_ref()?)]), Truth::Pair)).filter(|_| pair.school())),
    ("code dans une autre colonne", |pair, _| {
        let column = if pair.apprentices { "mef" } else { "cfd" };
        Some((pair.with(&[(column, &pair.code)]), Truth::Pair)).filter(|_| !pair.higher)
    }),
    ("exposant de tableur", |pair, _| Some((pair.with(&[("cfd", "4,0E+07")]), Truth::Reason(&[Statut::CodeInconnu])))),
    ("code inconnu", |pair, _| Some((pair.with(&[("cfd", "99999999")]), Truth::Reason(&[Statut::CodeInconnu])))),
    ("UAI inconnu", |pair, _| {
        let mut row = pair.row();
        row.insert("uai", "0999999X".to_owned());
        Some((row, Truth::Reason(&[Statut::UaiInconnu])))
    }),
    ("masqué", |pair, _| {
        Some((pair.row(), Truth::Reason(&[Statut::SousSeuil, Statut::NonDiffuse]))).filter(|_| !pair.shown)
    }),
    ("jamais publié", |pair, all| {
        // Of the diplomas of the sample these two are taught in one voie alone.
        let code = if pair.apprentices { "01033001" } else { "01022107" };
        let taught = all.iter().any(|other| other.uai == pair.uai && other.cfd == code);
        let reasons = Truth::Reason(&[Statut::JamaisPublie, Statut::NouvelleFormation]);
        Some((pair.with(&[("cfd", code)]), reasons)).filter(|_| !pair.higher && !taught)
    }),
];

/// Numbers that look drawn and are the same at each run.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

fn damaged(pairs: &[Pair]) -> Vec<Damaged> {
    let mut drawn = Drawn(0x1234_5678_9ABC_DEF1);
    let mut found = Vec::with_capacity(ROWS);
    let mut turn = 0;
    while found.len() < ROWS {
        let (fault, damage) = FAULTS[turn % FAULTS.len()];
        turn += 1;
        assert!(turn < 100 * ROWS, "{fault}: no pair can have it");
        let pair = &pairs[drawn.below(pairs.len())];
        if !pair.shown && fault != "masqué" {
            continue;
        }
        if let Some((cells, truth)) = damage(pair, pairs) {
            found.push(Damaged { fault, cells, truth, pair: pair.clone() });
        }
    }
    found
}

fn catalogue(rows: &[Damaged]) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    for (number, row) in rows.iter().enumerate() {
        let cell = |name: &&str| {
            if *name == "id" { number.to_string() } else { row.cells.get(name).cloned().unwrap_or_default() }
        };
        writer.write_record(COLUMNS.iter().map(cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Whether a verdict is right, and whether it covers a pair that is not the true one.
fn assess(row: &Damaged, verdict: &Verdict) -> (bool, bool) {
    let here = |uai: &str, code: &str| uai == row.pair.uai && code == row.pair.code;
    let hit = verdict.hit.map(|hit| (hit.uai.to_string(), hit.code.to_string()));
    let is_pair = hit.as_ref().is_some_and(|(uai, code)| here(uai, code));
    let among = verdict
        .several
        .iter()
        .flat_map(|several| &several.candidates)
        .any(|(uai, code)| here(uai.as_str(), code.as_str()));
    let right = match row.truth {
        Truth::Pair => verdict.statut == Statut::Couvert && is_pair,
        Truth::Among => verdict.statut == Statut::Plusieurs && among,
        Truth::Reason(reasons) => reasons.contains(&verdict.statut),
    };
    (right, verdict.statut == Statut::Couvert && !is_pair)
}

#[tokio::test]
async fn damaged_rows_find_their_pair_and_never_another_one() {
    let database = common::sample_database().await;
    let publication = database.db.current_publication().await.unwrap().unwrap();
    let index = published::load(&database.db, publication.id).await.unwrap();
    let rows = damaged(&pairs(&database).await);
    let found = verdicts(&index, &catalogue(&rows), Format::Csv).unwrap();
    assert_eq!(found.len(), rows.len());
    let mut by_fault: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut examples: BTreeMap<&str, String> = BTreeMap::new();
    for (row, verdict) in rows.iter().zip(&found) {
        let (right, wrong_pair) = assess(row, verdict);
        let sums = by_fault.entry(row.fault).or_default();
        let covered = usize::from(verdict.statut == Statut::Couvert);
        for (sum, one) in sums.iter_mut().zip([1, usize::from(right), covered, usize::from(wrong_pair)]) {
            *sum += one;
        }
        if !right {
            examples.entry(row.fault).or_insert_with(|| format!("{:?} of {:?}: {verdict:?}", row.cells, row.pair));
        }
    }
    println!("| faute | lignes | justes | couvertes | faux couples |\n|---|---|---|---|---|");
    for (fault, [rows, right, covered, wrong]) in &by_fault {
        println!("| {fault} | {rows} | {right} | {covered} | {wrong} |");
    }
    for (fault, _) in FAULTS {
        let [rows, right, _, wrong] = by_fault[fault];
        assert!(rows > 0, "{fault}: never drawn");
        assert_eq!(wrong, 0, "{fault}: {wrong} wrong pairs, such as {}", examples[fault]);
        assert!(
            right * 100 >= rows * 99,
            "{fault}: {right} of {rows}, such as {}",
            examples.get(fault).unwrap_or(&String::new())
        );
    }
}
