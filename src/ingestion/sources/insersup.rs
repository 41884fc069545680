//! `fr-esr-insersup`: what became of the graduates of higher education.
//!
//! The file is a cube with its margins: a row is one place (an établissement, a région, an
//! académie, the country), one diploma or all of a kind, one promotion, and one value of gender,
//! nationality, obtention and régime, each of which may be «ensemble». Every row of a diploma
//! with a SISE code at a place that the service has is kept, ventilations included; a publication
//! reads those of which all four are «ensemble». The other margins are sums that the service makes
//! itself or does not have: they are counted as out of scope, which is no fault of theirs.
//!
//! Two generations. Until `2025_S2` a row has one number of leavers (S) and one of those who go
//! on (P); from `2026_S1` it has a pair for each horizon, and everything at x months is over the
//! cohort of x, E being the sum of its pair. The pair of the first horizon of which the row says
//! anything, 6 months wherever it has them, is the S and P of the statistic: never S of one horizon
//! and P of another, whose sum would count nobody; never a later pair because the first is withheld,
//! which would give neighbouring rows different meanings. Each number in employment is checked
//! against the leavers of its own horizon; one at 6 months in a row that begins later has nothing to
//! be set against and is left out, and reported.
//!
//! A flag behind a number is a remark of the producer on the row (`*` two promotions pooled, `**`
//! pooling impossible): the number counts, and the pooling stands in `promo` anyway.

use super::super::fields::{self, Chiffre, FigureKind, Line, Memory};
use super::super::header::{Column, ColumnLabels, Header, Layout};
use super::super::plausibility::Rule;
use super::super::records::Quotes;
use super::super::refusal::FileRefusal;
use super::super::rejections::{Rejection, RejectionReason};
use super::mesures::{MillesimeText, millesime, note};
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, bits, line_number};
use crate::db::ingestion::rows::InsersupRow;
use crate::db::ingestion::tables::Table;
use crate::domain::code::TypeCode;
use crate::domain::mesures::LATER;
use crate::domain::text::fold;
use crate::domain::{CodeCertification, CodeRegion, Lieu, Mesure, Mesures};

/// Months after the end of the studies.
const HORIZONS: [&str; 5] = ["6", "12", "18", "24", "30"];
/// The columns by which the cube is ventilated, in the order of the table.
const VENTILATIONS: [&str; 4] = ["genre", "nationalite", "obtention_diplome", "regime_inscription"];
/// The margin of each of them.
const WHOLE: &str = "ensemble";

const OTHER_SOURCE: &str = "autre source que insersup";
const OTHER_DIPLOME: &str = "ensemble de diplômes";
const OTHER_LIEU: &str = "ensemble d'établissements autre que la France et les régions";

const EXCESS: &str = "Plus de personnes en emploi que de sortants";
const NO_WHOLE: &str =
    "Personnes en emploi sans effectif de sortants à cette échéance ; cet effectif n'est pas retenu.";

macro_rules! columns {
    ($($nom:literal)*) => { &[$(Column::new($nom, &[])),*] };
}

/// Every column known by name, also those that are not read: what is reported as ignored is then
/// what nobody has seen.
const COLUMNS: &[Column] = columns!(
    "date_jeu" "reg_nom" "reg_id" "aca_nom" "aca_id" "uo_lib" "uo_lib_actuel" "id_paysage" "id_paysage_actuel"
    "etablissement" "denomination_principale" "type_diplome_long" "type_diplome" "dom_lib" "dom" "discipli_lib"
    "discipli" "sectdis_lib" "sectdis" "libelle_diplome" "diplome" "source" "obtention_diplome" "genre"
    "nationalite" "regime_inscription" "promo" "nb_sortants" "nb_poursuivants"
    "nb_sortants_6" "nb_sortants_12" "nb_sortants_18" "nb_sortants_24" "nb_sortants_30"
    "nb_poursuivants_6" "nb_poursuivants_12" "nb_poursuivants_18" "nb_poursuivants_24" "nb_poursuivants_30"
    "flag_6" "flag_12" "flag_18" "flag_24" "flag_30"
    "exception_6" "exception_12" "exception_18" "exception_24" "exception_30"
    "tx_sortants_en_emploi_6" "tx_sortants_en_emploi_12" "tx_sortants_en_emploi_18"
    "tx_sortants_en_emploi_etranger_6" "tx_sortants_en_emploi_etranger_12" "tx_sortants_en_emploi_etranger_18"
    "nb_sortants_en_emploi_sal_fr_6" "nb_sortants_en_emploi_sal_fr_12" "nb_sortants_en_emploi_sal_fr_18"
    "nb_sortants_en_emploi_sal_fr_24" "nb_sortants_en_emploi_sal_fr_30"
    "tx_sortants_en_emploi_sal_fr_6" "tx_sortants_en_emploi_sal_fr_12" "tx_sortants_en_emploi_sal_fr_18"
    "tx_sortants_en_emploi_sal_fr_24" "tx_sortants_en_emploi_sal_fr_30"
    "nb_sortants_en_emploi_non_sal_6" "nb_sortants_en_emploi_non_sal_12" "nb_sortants_en_emploi_non_sal_18"
    "nb_sortants_en_emploi_non_sal_24" "nb_sortants_en_emploi_non_sal_30"
    "tx_sortants_en_emploi_non_sal_6" "tx_sortants_en_emploi_non_sal_12" "tx_sortants_en_emploi_non_sal_18"
    "tx_sortants_en_emploi_non_sal_24" "tx_sortants_en_emploi_non_sal_30"
    "nb_sortants_en_emploi_stable_6" "nb_sortants_en_emploi_stable_12" "nb_sortants_en_emploi_stable_18"
    "nb_sortants_en_emploi_stable_24" "nb_sortants_en_emploi_stable_30"
    "tx_sortants_en_emploi_stable_6" "tx_sortants_en_emploi_stable_12" "tx_sortants_en_emploi_stable_18"
    "tx_sortants_en_emploi_stable_24" "tx_sortants_en_emploi_stable_30"
    "salaire_q1_6" "salaire_q1_12" "salaire_q1_18" "salaire_q1_24" "salaire_q1_30"
    "salaire_q2_6" "salaire_q2_12" "salaire_q2_18" "salaire_q2_24" "salaire_q2_30"
    "salaire_q3_6" "salaire_q3_12" "salaire_q3_18" "salaire_q3_24" "salaire_q3_30"
);

/// The counts in employment and the column of each.
const IN_EMPLOI: [(Mesure, &str); 4] = [
    (Mesure::NbEnEmploi6Mois, "nb_sortants_en_emploi_sal_fr_6"),
    (Mesure::NbEnEmploi12Mois, "nb_sortants_en_emploi_sal_fr_12"),
    (Mesure::NbEnEmploi18Mois, "nb_sortants_en_emploi_sal_fr_18"),
    (Mesure::NbEnEmploi24Mois, "nb_sortants_en_emploi_sal_fr_24"),
];

/// The salaries and the column of each.
const SALAIRES: [(Mesure, &str); 3] = [
    (Mesure::Salaire12MoisQ1, "salaire_q1_12"),
    (Mesure::Salaire12MoisQ2, "salaire_q2_12"),
    (Mesure::Salaire12MoisQ3, "salaire_q3_12"),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::EsrInsersup,
    columns: COLUMNS,
    required: &[
        &["date_jeu"],
        &["reg_id"],
        &["aca_id"],
        &["uo_lib"],
        &["etablissement"],
        &["diplome"],
        &["source"],
        &["obtention_diplome"],
        &["genre"],
        &["nationalite"],
        &["regime_inscription"],
        &["promo"],
        &["nb_sortants_en_emploi_sal_fr_6"],
        &["nb_sortants_en_emploi_sal_fr_12"],
        &["nb_sortants_en_emploi_sal_fr_18"],
        &["nb_sortants_en_emploi_sal_fr_24"],
        &["salaire_q1_12"],
        &["salaire_q2_12"],
        &["salaire_q3_12"],
    ],
    excluded: &[],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open,
};

/// What labels of InserSup are about, whatever their words: each a beginning of words, folded.
const LABELS: [&[&str]; 9] = [
    &["academie"],
    &["etablissement"],
    &["diplome"],
    &["obtention"],
    &["genre", "sexe"],
    &["nationalite"],
    &["regime"],
    &["sortants", "diplomes sortants"],
    &["emploi", "taux d emploi", "insertion"],
];

/// Whether a header that does not fit is that of InserSup under the portal's labels. How they read
/// is written nowhere: sentences instead of identifiers, about what InserSup is about.
pub(in crate::ingestion) fn has_labels(header: &Header, named: Option<Dataset>) -> bool {
    let labels: Vec<String> = (0..header.len()).map(|index| header.label(index)).collect();
    let sentences = labels.iter().filter(|label| label.contains(' ')).count();
    let folded: Vec<String> = labels.iter().map(|label| fold(label)).collect();
    let about = |words: &&&[&str]| words.iter().any(|word| folded.iter().any(|label| label.contains(word)));
    let subjects = LABELS.iter().filter(about).count();
    sentences * 2 >= labels.len() && (named == Some(Dataset::EsrInsersup) || subjects + 1 >= LABELS.len())
}

fn open(opening: &Opening<'_>) -> Result<OpenedSource, FileRefusal> {
    let layout = &opening.layout;
    // Recognition has seen every column that is looked up here.
    let at = |nom: &str| layout.at(nom).unwrap_or_default();
    let adapter = Insersup {
        keys: KeyColumns::new(layout),
        effectifs: Effectifs::new(layout, opening.header)?,
        en_emploi: IN_EMPLOI.map(|(mesure, nom)| (mesure, at(nom))),
        salaires: SALAIRES.map(|(mesure, nom)| (mesure, at(nom))),
        rows: 0,
        whole: 0,
    };
    let read = |mesure: &Mesure| {
        matches!(mesure, Mesure::NbSortant | Mesure::NbPoursuiteEtudes)
            || IN_EMPLOI.iter().chain(&SALAIRES).any(|(read, _)| read == mesure)
    };
    let present = bits(Mesure::ALL.iter().map(read));
    let stored = adapter.stored(opening.header);
    Ok(OpenedSource { present, stored, ..OpenedSource::new(Table::Insersup, adapter) })
}

struct Insersup {
    keys: KeyColumns,
    effectifs: Effectifs,
    en_emploi: [(Mesure, usize); 4],
    salaires: [(Mesure, usize); 3],
    /// Rows that are for the service.
    rows: u64,
    /// Those of them that are statistics.
    whole: u64,
}

impl Adapter for Insersup {
    /// A file of ventilations alone would replace the statistics by nothing.
    fn finish(&self) -> Result<(), FileRefusal> {
        if self.rows > 0 && self.whole == 0 { Err(FileRefusal::InsersupWithoutMargins(self.rows)) } else { Ok(()) }
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let key = match self.keys.read(line) {
            Ok(key) => key,
            Err(Exclusion::Rejection(rejection)) => return Err(rejection),
            Err(Exclusion::OutOfScope(raison)) => {
                *output.hors_perimetre.entry(raison).or_default() += 1;
                return Ok(());
            }
        };
        self.rows += 1;
        self.whole += u64::from(key.whole);
        let mesures = self.mesures(line, key.whole, output)?;
        let row = InsersupRow {
            dataset: Dataset::EsrInsersup,
            lieu: key.lieu,
            universites_seules: key.universites_seules,
            code: key.code,
            millesime: key.millesime.as_str(),
            ventilation: key.ventilation,
            whole: key.whole,
            mesures: &mesures,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

impl Insersup {
    /// The columns of the table as the file calls them.
    fn stored(&self, header: &Header) -> ColumnLabels {
        let Pair { sortants, continuing } = match &self.effectifs {
            Effectifs::Uniques(pair) | Effectifs::ByHorizon { first: pair, .. } => *pair,
        };
        let later = self.effectifs.by_horizon().into_iter().flatten().skip(1).flatten();
        let later: Vec<_> =
            later.flat_map(|pair| [pair.sortants, pair.continuing]).map(|column| header.label(column)).collect();
        let counts = [(Mesure::NbSortant, sortants), (Mesure::NbPoursuiteEtudes, continuing)];
        let all = counts.into_iter().chain(self.en_emploi).chain(self.salaires);
        let labels = all.map(|(mesure, column)| (mesure.as_str(), header.label(column)));
        labels.chain([("effectifs_par_horizon", format!("un de {}", later.join(", ")))]).collect()
    }

    fn mesures(&self, line: &Line<'_>, whole: bool, output: &mut Output) -> Result<Mesures, Rejection> {
        let mut mesures = Mesures::default();
        let pair = self.effectifs.pair(line);
        note(&mut mesures, Mesure::NbSortant, number(line, pair.sortants, FigureKind::Effectif)?);
        note(&mut mesures, Mesure::NbPoursuiteEtudes, number(line, pair.continuing, FigureKind::Effectif)?);
        if let Some(pairs) = self.effectifs.by_horizon() {
            mesures.set_later(later(line, pairs)?);
        }
        let begins_later = self.effectifs.begins_later(&pair);
        for (rang, (mesure, column)) in self.en_emploi.into_iter().enumerate() {
            let read = number(line, column, FigureKind::Effectif)?;
            if let (Some(j), 0, true) = (read.valeur(), rang, begins_later) {
                output.find(Rule::WithoutWhole, line.number, Some(column), &j.to_string(), || NO_WHOLE.to_owned());
                continue;
            }
            match (read.valeur(), mesures.effectifs(rang).sortants) {
                (Some(j), Some(limite)) if j > limite && whole => {
                    return Err(Rejection::field(RejectionReason::EffectifsIncoherents, column, &j.to_string())
                        .expected(format!("{limite} sortants")));
                }
                // Ventilations enter no publication yet: they are kept as they were read, and reported.
                (Some(j), Some(limite)) if j > limite => {
                    output.find(Rule::LargerThanWhole, line.number, Some(column), &j.to_string(), || {
                        format!("{EXCESS} ({limite}).")
                    });
                }
                _ => {}
            }
            note(&mut mesures, mesure, read);
        }
        for (mesure, column) in self.salaires {
            note(&mut mesures, mesure, number(line, column, FigureKind::Euros)?);
        }
        Ok(mesures)
    }
}

/// S and P at 12, 18 and 24 months; what is withheld or blank is no number.
fn later(line: &Line<'_>, pairs: &[Option<Pair>; HORIZONS.len()]) -> Result<[[Option<i32>; 2]; LATER], Rejection> {
    let mut found = [[None; 2]; LATER];
    for (slot, pair) in found.iter_mut().zip(pairs.iter().skip(1)) {
        if let Some(Pair { sortants, continuing }) = *pair {
            let count = |column| number(line, column, FigureKind::Effectif).map(Chiffre::valeur);
            *slot = [count(sortants)?, count(continuing)?];
        }
    }
    Ok(found)
}

/// Reads a number, whatever its flag.
fn number(line: &Line<'_>, column: usize, kind: FigureKind) -> Result<Chiffre, Rejection> {
    let text = line.field(Some(column));
    fields::chiffre(without_flag(text), kind).map_err(|motif| Rejection::field(motif, column, text))
}

/// The number before `*` or `**`.
fn without_flag(text: &str) -> &str {
    match text.strip_suffix('*') {
        None => text,
        Some(rest) => rest.strip_suffix('*').unwrap_or(rest).trim_end(),
    }
}

/// The columns of S and P at one horizon, or at all of them.
#[derive(Debug, Clone, Copy)]
struct Pair {
    sortants: usize,
    continuing: usize,
}

/// The two generations.
enum Effectifs {
    /// Until `2025_S2`.
    Uniques(Pair),
    /// From `2026_S1`: one per horizon that the file has, in the order of [`HORIZONS`].
    ByHorizon { first: Pair, pairs: [Option<Pair>; HORIZONS.len()] },
}

impl Effectifs {
    /// # Errors
    /// The columns are of neither generation, or of both.
    fn new(layout: &Layout, header: &Header) -> Result<Self, FileRefusal> {
        let refusal = || FileRefusal::Generation(found_effectifs(header));
        let pair = |suffix: &str| {
            let at = |nom: &str| layout.at(&format!("{nom}{suffix}"));
            match (at("nb_sortants"), at("nb_poursuivants")) {
                (Some(sortants), Some(continuing)) => Ok(Some(Pair { sortants, continuing })),
                (None, None) => Ok(None),
                _ => Err(refusal()),
            }
        };
        let uniques = pair("")?;
        let mut pairs = [None; HORIZONS.len()];
        for (slot, horizon) in pairs.iter_mut().zip(HORIZONS) {
            *slot = pair(&format!("_{horizon}"))?;
        }
        match (uniques, pairs.iter().flatten().next()) {
            (Some(pair), None) => Ok(Self::Uniques(pair)),
            (None, Some(first)) => Ok(Self::ByHorizon { first: *first, pairs }),
            _ => Err(refusal()),
        }
    }

    /// The pair that counts for this row.
    fn pair(&self, line: &Line<'_>) -> Pair {
        match self {
            Self::Uniques(pair) => *pair,
            Self::ByHorizon { first, pairs } => {
                let said = |pair: &&Pair| {
                    [pair.sortants, pair.continuing].iter().any(|column| line.filled(Some(*column)).is_some())
                };
                *pairs.iter().flatten().find(said).unwrap_or(first)
            }
        }
    }

    /// The pairs of the horizons, in their order, where there is one for each.
    fn by_horizon(&self) -> Option<&[Option<Pair>; HORIZONS.len()]> {
        match self {
            Self::Uniques(_) => None,
            Self::ByHorizon { pairs, .. } => Some(pairs),
        }
    }

    /// Whether the pair that counts for a row is that of a later horizon than 6 months.
    fn begins_later(&self, chosen: &Pair) -> bool {
        let first = |pairs: &[Option<Pair>; HORIZONS.len()]| pairs.first().copied().flatten();
        self.by_horizon().is_some_and(|pairs| first(pairs).is_none_or(|own| own.sortants != chosen.sortants))
    }
}

/// The columns that look like S and P, for a message.
fn found_effectifs(header: &Header) -> String {
    let labels = (0..header.len()).map(|index| header.label(index));
    let found: Vec<_> = labels
        .filter(|label| {
            let label = label.to_lowercase();
            (label.contains("sortant") || label.contains("poursui")) && !label.contains("en_emploi")
        })
        .collect();
    if found.is_empty() { "none of them".to_owned() } else { found.join(", ") }
}

/// Why a row does not go in.
enum Exclusion {
    /// It is not for the service.
    OutOfScope(&'static str),
    /// It is wrong.
    Rejection(Rejection),
}

impl From<Rejection> for Exclusion {
    fn from(rejection: Rejection) -> Self {
        Self::Rejection(rejection)
    }
}

/// What a row is about.
struct RowKey<'a> {
    lieu: Lieu,
    universites_seules: bool,
    code: CodeCertification,
    millesime: MillesimeText,
    ventilation: [&'a str; 4],
    whole: bool,
}

/// The columns that say it.
struct KeyColumns {
    region: usize,
    academie: usize,
    unite: usize,
    etablissement: usize,
    diplome: usize,
    source: usize,
    promo: usize,
    ventilations: [usize; 4],
    millesimes: Memory<MillesimeText>,
}

impl KeyColumns {
    fn new(layout: &Layout) -> Self {
        let at = |nom: &str| layout.at(nom).unwrap_or_default();
        Self {
            region: at("reg_id"),
            academie: at("aca_id"),
            unite: at("uo_lib"),
            etablissement: at("etablissement"),
            diplome: at("diplome"),
            source: at("source"),
            promo: at("promo"),
            ventilations: VENTILATIONS.map(at),
            millesimes: Memory::default(),
        }
    }

    fn read<'a>(&mut self, line: &Line<'a>) -> Result<RowKey<'a>, Exclusion> {
        if !line.field(Some(self.source)).eq_ignore_ascii_case("insersup") {
            return Err(Exclusion::OutOfScope(OTHER_SOURCE));
        }
        let code = self.diplome(line)?;
        let (lieu, universites_seules) = self.lieu(line)?;
        let ventilation = self.ventilation(line)?;
        let promo = self.promo;
        let millesime = self.millesimes.get(line.field(Some(promo)), |text| millesime(text, promo))?;
        let whole = ventilation == [WHOLE; 4];
        Ok(RowKey { lieu, universites_seules, code, millesime, ventilation, whole })
    }

    fn diplome(&self, line: &Line<'_>) -> Result<CodeCertification, Exclusion> {
        let text = line.field(Some(self.diplome));
        if text.eq_ignore_ascii_case("all") {
            return Err(Exclusion::OutOfScope(OTHER_DIPLOME));
        }
        fields::code(text).filter(|code| code.type_code() == TypeCode::Sise).ok_or_else(|| {
            let motif = if text.is_empty() { RejectionReason::CodeManquant } else { RejectionReason::CodeInvalide };
            Rejection::field(motif, self.diplome, text).expected("attendu : un code SISE, 7 caractères, ou all").into()
        })
    }

    /// The place, and whether it is the country counted by its universities alone.
    fn lieu(&self, line: &Line<'_>) -> Result<(Lieu, bool), Exclusion> {
        let text = line.field(Some(self.etablissement));
        // A UAI begins with a digit; words stand for groups of établissements.
        if text.is_empty() || text.starts_with(|first: char| first.is_ascii_digit()) {
            return Ok((Lieu::Etablissement(fields::uai(line, Some(self.etablissement))?), false));
        }
        let nationale = line.field(Some(self.unite)).eq_ignore_ascii_case("National");
        match text.to_ascii_lowercase().as_str() {
            "all" if nationale => Ok((Lieu::France, false)),
            "univ" if nationale => Ok((Lieu::France, true)),
            "all" => Ok((Lieu::Region(self.region(line)?), false)),
            _ => Err(Exclusion::OutOfScope(OTHER_LIEU)),
        }
    }

    /// The région of a margin over its établissements; an académie lies in a région and is none.
    fn region(&self, line: &Line<'_>) -> Result<CodeRegion, Exclusion> {
        let filled = |column: usize| line.filled(Some(column)).filter(|text| !text.eq_ignore_ascii_case("all"));
        let (None, Some(text)) = (filled(self.academie), filled(self.region)) else {
            return Err(Exclusion::OutOfScope(OTHER_LIEU));
        };
        let code = text.strip_prefix(['R', 'r']).unwrap_or(text);
        CodeRegion::from_stored(code)
            .ok_or_else(|| Rejection::field(RejectionReason::RegionInconnue, self.region, text).into())
    }

    fn ventilation<'a>(&self, line: &Line<'a>) -> Result<[&'a str; 4], Rejection> {
        let mut values = [WHOLE; 4];
        for (slot, column) in values.iter_mut().zip(self.ventilations) {
            let text = line.field(Some(column));
            if text.is_empty() {
                return Err(Rejection::field(RejectionReason::PopulationInconnue, column, text)
                    .expected("attendu : une valeur"));
            }
            if !text.eq_ignore_ascii_case(WHOLE) {
                *slot = text;
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_no_part_of_the_number() {
        for (text, expected) in [
            ("130 *", "130"),
            ("12 **", "12"),
            ("130*", "130"),
            ("nd", "nd"),
            ("", ""),
            ("1 * *", "1 *"),
            ("7***", "7*"),
        ] {
            assert_eq!(without_flag(text), expected, "{text}");
        }
    }

    #[test]
    fn every_column_that_is_read_is_declared() {
        let read = IN_EMPLOI.iter().chain(&SALAIRES).map(|(_, nom)| *nom).chain(VENTILATIONS);
        for nom in read.chain(DEFINITION.required.iter().map(|group| group[0])) {
            assert!(COLUMNS.iter().any(|column| column.nom == nom), "{nom}");
        }
        for horizon in HORIZONS {
            for nom in [format!("nb_sortants_{horizon}"), format!("nb_poursuivants_{horizon}")] {
                assert!(COLUMNS.iter().any(|column| column.nom == nom), "{nom}");
            }
        }
    }
}
