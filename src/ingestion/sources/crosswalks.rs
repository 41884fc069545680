//! The crosswalks: which codes of platforms stand for the same training.
//!
//! No raw file of these was seen: columns are those that public documentation shows. Their rows are
//! kept as records of codes, of any systems; which pairs they give is said when a publication is
//! computed. A record with a single code links nothing and is out of scope, not wrong: most rows of
//! Onisep have no diploma of the nomenclatures. Whether a code exists is not asked here, and that a
//! training is in no record proves nothing about it.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::plausibility::Rule;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::super::report::Example;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::CrosswalkRow;
use crate::db::ingestion::tables::Table;
use crate::domain::crosswalk::Relation;
use crate::domain::{CodeSystem, PlatformCode};

/// The codes that a record may have, by the name of their column.
const CODES: [(&str, CodeSystem); 6] = [
    ("cfd", CodeSystem::Cfd),
    ("sise", CodeSystem::Sise),
    ("rncp", CodeSystem::Rncp),
    ("onisep", CodeSystem::Onisep),
    ("url_et_id_onisep", CodeSystem::Onisep),
    ("certif_info", CodeSystem::CertifInfo),
];

const SINGLE_CODE: &str = "un seul code : rien à relier";
const OTHER_REGISTER: &str = "une seule certification, du répertoire spécifique";

/// Onisep's initial trainings. The column of the identifier has its own name, so that a table of
/// SISE codes is none of these.
pub(in crate::ingestion) const ONISEP_IDEO: Definition = definition(
    Dataset::OnisepIdeo,
    &[
        Column::new("url_et_id_onisep", &[]),
        Column::new("rncp", &["code_rncp"]),
        Column::new("cfd", &["code_scolarite"]),
        Column::new("duree", &[]),
    ],
    &[&["url_et_id_onisep"], &["rncp", "cfd"]],
);

/// Onisep's table between its identifiers and Certif-Info's.
pub(in crate::ingestion) const ONISEP_TABLE_PASSAGE: Definition = definition(
    Dataset::OnisepTablePassage,
    &[
        Column::new("certif_info", &["certif_info_ci_identifiant"]),
        Column::new("onisep", &["ideo_identifiant_formation"]),
        Column::new("rncp", &["ci_code_rncp"]),
        Column::new("cfd", &["ci_code_scolarite"]),
    ],
    &[&["certif_info"], &["onisep"]],
);

/// Certif-Info.
pub(in crate::ingestion) const CERTIF_INFO: Definition = definition(
    Dataset::CertifInfo,
    &[
        Column::new("certif_info", &["Code_Diplome"]),
        Column::new("onisep", &["codeIdeo2"]),
        Column::new("rncp", &["Code_RNCP"]),
        Column::new("cfd", &["Code_Scolarité"]),
    ],
    &[&["certif_info"], &["onisep", "rncp", "cfd"]],
);

/// The apprenticeship kit's table.
pub(in crate::ingestion) const RNCP_CFD: Definition = definition(
    Dataset::RncpCfd,
    &[Column::new("rncp", &["Numero_Fiche"]), Column::new("cfd", &["Code_CFD"])],
    &[&["rncp"], &["cfd"]],
);

/// What replaced what, from France compétences.
pub(in crate::ingestion) const RNCP_HISTORIQUE: Definition = definition(
    Dataset::RncpHistorique,
    &[Column::new("ancien", &[]), Column::new("nouveau", &[])],
    &[&["ancien"], &["nouveau"]],
);

/// The only source for higher education.
pub(in crate::ingestion) const SISE_CORRESPONDANCES: Definition = definition(
    Dataset::SiseCorrespondances,
    &[Column::new("sise", &[]), Column::new("rncp", &["code_rncp"]), Column::new("onisep", &[])],
    &[&["sise"], &["rncp", "onisep"]],
);

/// A file of statistics or a catalogue of offers may well have an RNCP number beside a CFD.
const OTHERS: &[&str] = &["uai", "uai_formation", "etablissement_formateur_uai", "millesime", "mefstat11", "id_mesure"];

const fn definition(
    dataset: Dataset,
    columns: &'static [Column],
    required: &'static [&'static [&'static str]],
) -> Definition {
    Definition {
        dataset,
        columns,
        required,
        excluded: OTHERS,
        attend_millesime: false,
        attend_voie: false,
        quotes: Quotes::Csv,
        open: |opening| Ok(open(opening)),
    }
}

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |name: &str| opening.layout.at(name);
    let (relation, columns) = if opening.dataset == Dataset::RncpHistorique {
        let sides = ["ancien", "nouveau"].map(|name| (CodeSystem::Rncp, at(name)));
        (Relation::ReplacedBy, sides.to_vec())
    } else {
        (Relation::Same, CODES.map(|(name, system)| (system, at(name))).to_vec())
    };
    let columns = columns.into_iter().filter_map(|(system, column)| Some((system, column?))).collect();
    OpenedSource::new(
        Table::TablesPassage,
        Crosswalk { dataset: opening.dataset, relation, columns, duration: at("duree") },
    )
}

struct Crosswalk {
    dataset: Dataset,
    relation: Relation,
    columns: Vec<(CodeSystem, usize)>,
    duration: Option<usize>,
}

impl Adapter for Crosswalk {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let mut codes = Vec::with_capacity(self.columns.len());
        let mut other_register = false;
        for (system, column) in &self.columns {
            match read(line, *system, *column)? {
                Cell::Code(code) => codes.push(code),
                Cell::OtherRegister => other_register = true,
                Cell::Empty => {}
            }
        }
        let duration = self.duration(line, output);
        if codes.len() < 2 {
            let raison = if other_register { OTHER_REGISTER } else { SINGLE_CODE };
            *output.hors_perimetre.entry(raison).or_default() += 1;
            return Ok(());
        }
        let row = CrosswalkRow { dataset: self.dataset, relation: self.relation, codes: &codes, duration };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

/// What a cell holds.
enum Cell {
    Empty,
    /// `RS…`: a certification that no diploma is.
    OtherRegister,
    Code(PlatformCode),
}

fn read(line: &Line<'_>, system: CodeSystem, column: usize) -> Result<Cell, Rejection> {
    let text = line.field(Some(column));
    if text.is_empty() {
        return Ok(Cell::Empty);
    }
    let code = match system {
        CodeSystem::Cfd => fields::cfd(text).map(PlatformCode::from),
        // An address that ends in the identifier.
        CodeSystem::Onisep => PlatformCode::read(system, text.rsplit('/').next().unwrap_or(text)),
        CodeSystem::Rncp if is_of_other_register(text) => return Ok(Cell::OtherRegister),
        _ => PlatformCode::read(system, text),
    };
    let refused = || Rejection::field(RejectionReason::CodeInvalide, column, text).expected(expected(system));
    code.map(Cell::Code).ok_or_else(refused)
}

fn is_of_other_register(text: &str) -> bool {
    let number = text.strip_prefix("RS").or_else(|| text.strip_prefix("rs"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn expected(system: CodeSystem) -> &'static str {
    match system {
        CodeSystem::Cfd => "attendu : un CFD, 8 caractères",
        CodeSystem::Mef11 => "attendu : un MEFSTAT11, 11 caractères",
        CodeSystem::Sise => "attendu : un code SISE, 7 caractères",
        CodeSystem::Mef => "attendu : un MEF, 10 caractères",
        CodeSystem::Rncp => "attendu : un numéro RNCP (35341 ou RNCP35341)",
        CodeSystem::Onisep => {
            "attendu : un identifiant de formation de l'Onisep (FOR.8472), ou une adresse qui finit ainsi"
        }
        CodeSystem::CertifInfo => "attendu : un numéro Certif-Info (83467)",
    }
}

impl Crosswalk {
    /// Whole years: `2`, `2 ans`. Any other text is reported and left out, the record is kept.
    fn duration(&self, line: &Line<'_>, output: &mut Output) -> Option<i16> {
        let (index, text) = (self.duration?, line.filled(self.duration)?);
        let number = text.strip_suffix("ans").or_else(|| text.strip_suffix("an")).unwrap_or(text).trim_end();
        let years = number.parse().ok().filter(|years| (1..=9).contains(years));
        if years.is_none() {
            let column = Some(output.header.label(index));
            output.findings.add(Rule::UnknownWord, || Example {
                line: line.number,
                column,
                valeur: text.to_owned(),
                raison: "La durée n'est pas un nombre d'années ; elle est laissée vide.".to_owned(),
            });
        }
        years
    }
}
