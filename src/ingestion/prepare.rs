//! What a file is: everything that can be found without the database.

use std::io;

use super::detect::{self, FirstPass, refuse_quotes};
use super::header::{ColumnLabels, Header, Layout};
use super::labels::{REPLACEMENT, label};
use super::plausibility::{Findings, Rule};
use super::recognise::{self, Recognition};
use super::records::{Quotes, Records};
use super::refusal::FileRefusal;
use super::report::{Example, Report};
use super::shape::Shape;
use super::source::Source;
use super::sources::{Dataset, Definition, OpenedSource, Opening};
use crate::domain::{Filiere, Millesime};

/// What the operator says of a file where neither header nor name do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    pub(super) dataset: Option<Dataset>,
    pub(super) millesime: Option<Millesime>,
    pub(super) voie: Option<Filiere>,
}

/// A file that was recognised.
pub(super) struct Prepare {
    pub(super) finding: FirstPass,
    pub(super) header: Header,
    pub(super) labels: ColumnLabels,
    pub(super) ouvert: OpenedSource,
    pub(super) definition: &'static Definition,
    /// Its rows and how many fields each has, if they can be read. A refusal counts only where the
    /// very file is not in already.
    pub(super) rows: Result<(Records, usize), FileRefusal>,
}

/// Examines a file and recognises it. One that says its encoding is examined later, while its rows
/// are read, from this many bytes.
///
/// # Errors
/// It is no file of a dataset that is read, or it is damaged.
pub(super) fn prepare(
    source: &Source,
    asked: Asked,
    once_from: Option<u64>,
    report: &mut Report,
) -> Result<Prepare, FileRefusal> {
    let declared = if once_from.is_some() { detect::declared(source)? } else { None };
    let finding = match declared.filter(|finding| once_from.is_some_and(|limit| finding.taille >= limit)) {
        Some(finding) => finding,
        None => detect::inspect(source)?,
    };
    report.sha256.clone_from(&finding.sha256);
    report.taille = finding.taille;
    report.encodage = Some(finding.encodage.as_str());
    report.separateur = Some(char::from(finding.start.separateur));
    report.findings = Findings::default();
    let (header, found) = read_header(source, &finding, asked.dataset, &mut report.findings)?;
    let definition = found.definition;
    report.dataset = Some(definition.dataset.as_str());
    report.reconnu_par = Some(found.by);
    report.quotes = Some(definition.quotes);
    refuse_options(definition, asked)?;
    let layout = Layout::new(&header, definition.columns)?;
    let (dataset, millesime, voie) = (definition.dataset, asked.millesime, asked.voie);
    let opening = Opening { dataset, layout, header: &header, source, finding: &finding, millesime, voie };
    let ouvert = (definition.open)(&opening)?;
    report.forme = ouvert.forme;
    report.colonnes_ignorees = opening
        .layout
        .unknown(&header)
        .filter(|index| !ouvert.unnamed_read.contains(index))
        .map(|index| header.label(index))
        .collect();
    let rows = open_rows(source, &finding, &header, definition.quotes, &mut report.findings);
    let mut labels = opening.layout.labels(&header);
    labels.extend(ouvert.stored.iter().cloned());
    Ok(Prepare { finding, header, labels, ouvert, definition, rows })
}

/// Reads the header and recognises the dataset by it.
fn read_header(
    source: &Source,
    finding: &FirstPass,
    dataset: Option<Dataset>,
    findings: &mut Findings,
) -> Result<(Header, Recognition), FileRefusal> {
    let (line, names) = (finding.start.line(), finding.start.names(finding.encodage)?);
    let header = Header::parse(&names).map_err(|refusal| explain(refusal, finding, &names))?;
    let found = recognise::recognise(&header, source, dataset).map_err(|refusal| explain(refusal, finding, &names))?;
    let mut find = |rule: Rule, line, valeur: &str| {
        findings.add(rule, || Example {
            line,
            column: None,
            valeur: valeur.to_owned(),
            raison: rule.sentence().to_owned(),
        });
    };
    if finding.start.separator_line {
        find(Rule::SeparatorLine, 1, "sep=");
    }
    for name in names.iter().filter(|name| label(name).repaired) {
        find(Rule::MisreadText, line, name);
    }
    Ok((header, found))
}

/// Why a header is none: it may stand further down, or have lost its accents.
fn explain(refusal: FileRefusal, finding: &FirstPass, names: &[String]) -> FileRefusal {
    let lost = names.iter().find(|name| name.contains(REPLACEMENT));
    match (recognise::beneath(refusal, finding.start.following(finding.encodage)), lost) {
        (FileRefusal::MissingColumn { .. } | FileRefusal::Unknown { .. }, Some(lost)) => {
            FileRefusal::LostText { line: finding.start.line(), column: lost.clone(), valeur: lost.clone() }
        }
        (refusal, _) => refusal,
    }
}

fn refuse_options(definition: &Definition, asked: Asked) -> Result<(), FileRefusal> {
    let dataset = definition.dataset.as_str();
    if asked.millesime.is_some() && !definition.attend_millesime {
        return Err(FileRefusal::UnexpectedMillesime(dataset));
    }
    if asked.voie.is_some() && !definition.attend_voie {
        return Err(FileRefusal::UnexpectedVoie(dataset));
    }
    Ok(())
}

/// Opens the file at its first row, and finds how long rows are.
pub(super) fn open_rows(
    source: &Source,
    finding: &FirstPass,
    header: &Header,
    quotes: Quotes,
    findings: &mut Findings,
) -> Result<(Records, usize), FileRefusal> {
    if let (Quotes::Csv, Some(fault)) = (quotes, finding.quotes) {
        return Err(refuse_quotes(source, fault));
    }
    let open = || -> io::Result<Records> {
        let mut records = Records::open(source, finding, quotes, header.len())?;
        records.advance()?;
        Ok(records)
    };
    let mut records = open()?;
    let shape = Shape::find(&mut records, header, open)?;
    let fields = shape.fields(header.len());
    if shape != Shape::Exact {
        let rule = Rule::FinalSeparator;
        findings.add(rule, || Example {
            line: finding.start.line(),
            column: None,
            valeur: format!("{} noms, {fields} champs", header.len()),
            raison: rule.sentence().to_owned(),
        });
    }
    records.set_fields(fields);
    Ok((records, fields))
}
