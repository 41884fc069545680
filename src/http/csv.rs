//! CSV: the twin of every list, for spreadsheets and data tools.
//!
//! RFC 4180 (`\r\n`, quotes doubled), always with a header, UTF-8. A text that a spreadsheet
//! would run as a formula gets an apostrophe in front; numbers never do. The rows are written
//! page by page as the client takes them: memory stays flat, and no database connection waits
//! for a slow reader. An error in the middle breaks the connection off, so that half a file
//! cannot pass for a whole one.

use std::borrow::Cow;

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::Stream;

use super::probleme::Probleme;

/// Between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separateur {
    /// `,`
    #[default]
    Virgule,
    /// `;`, which French spreadsheets expect.
    PointVirgule,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cellule<'a> {
    /// Nothing is known.
    Vide,
    /// A text, protected against being run as a formula.
    Texte(Cow<'a, str>),
    /// A whole number.
    Nombre(i128),
    /// A number with decimals.
    Decimal(f64),
    /// `true` or `false`.
    Booleen(bool),
}

impl<'a> From<&'a str> for Cellule<'a> {
    fn from(text: &'a str) -> Self {
        Self::Texte(Cow::Borrowed(text))
    }
}

impl From<String> for Cellule<'_> {
    fn from(text: String) -> Self {
        Self::Texte(Cow::Owned(text))
    }
}

impl<'a> From<&'a String> for Cellule<'a> {
    fn from(text: &'a String) -> Self {
        Self::Texte(Cow::Borrowed(text))
    }
}

impl From<i64> for Cellule<'_> {
    fn from(number: i64) -> Self {
        Self::Nombre(number.into())
    }
}

impl From<u64> for Cellule<'_> {
    fn from(number: u64) -> Self {
        Self::Nombre(number.into())
    }
}

impl From<i32> for Cellule<'_> {
    fn from(number: i32) -> Self {
        Self::Nombre(number.into())
    }
}

impl From<f64> for Cellule<'_> {
    fn from(number: f64) -> Self {
        Self::Decimal(number)
    }
}

impl From<bool> for Cellule<'_> {
    fn from(value: bool) -> Self {
        Self::Booleen(value)
    }
}

impl<'a, T: Into<Cellule<'a>>> From<Option<T>> for Cellule<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Vide, Into::into)
    }
}

/// What can be a row of a CSV file. The names are flat: `part_en_emploi_6_mois`.
pub trait LigneCsv {
    /// Names of the columns.
    fn colonnes() -> Vec<&'static str>;
    /// One cell per column, in the same order.
    fn cellules(&self) -> Vec<Cellule<'_>>;
}

impl Cellule<'_> {
    fn ecrite(&self) -> Cow<'_, str> {
        match self {
            Self::Vide => Cow::Borrowed(""),
            Self::Texte(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => Cow::Owned(format!("'{text}")),
            Self::Texte(text) => Cow::Borrowed(text),
            Self::Nombre(number) => Cow::Owned(number.to_string()),
            Self::Decimal(number) => Cow::Owned(number.to_string()),
            Self::Booleen(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        }
    }
}

/// The header line.
pub(super) fn entete<T: LigneCsv>(separateur: Separateur) -> Result<Bytes, Probleme> {
    ecrire(separateur, std::iter::once(T::colonnes().into_iter().map(Cellule::from).collect()))
}

/// Some rows.
pub(super) fn lignes<T: LigneCsv>(separateur: Separateur, lignes: &[T]) -> Result<Bytes, Probleme> {
    ecrire(separateur, lignes.iter().map(LigneCsv::cellules))
}

fn ecrire<'a>(separateur: Separateur, lignes: impl Iterator<Item = Vec<Cellule<'a>>>) -> Result<Bytes, Probleme> {
    let delimiter = match separateur {
        Separateur::Virgule => b',',
        Separateur::PointVirgule => b';',
    };
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    for ligne in lignes {
        writer.write_record(ligne.iter().map(|cellule| cellule.ecrite().into_owned())).map_err(Probleme::interne)?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| Probleme::interne(error.to_string()))
}

/// A CSV answer named `nom.csv`, from chunks of it. An error of the stream breaks the connection
/// off.
pub(super) fn reponse<S, E>(nom: &str, chunks: S) -> Response
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{nom}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ligne(&'static str, Option<i32>);

    impl LigneCsv for Ligne {
        fn colonnes() -> Vec<&'static str> {
            vec!["libelle", "ecart"]
        }

        fn cellules(&self) -> Vec<Cellule<'_>> {
            vec![self.0.into(), self.1.into()]
        }
    }

    #[test]
    fn formulas_are_disarmed_and_negative_numbers_are_not() {
        let rows = [Ligne("=SOMME(A1)", Some(-3)), Ligne("-1+1", None), Ligne("@x", Some(0)), Ligne("a=b", Some(1))];
        let text = lignes(Separateur::PointVirgule, &rows).unwrap();
        assert_eq!(text, "'=SOMME(A1);-3\r\n'-1+1;\r\n'@x;0\r\na=b;1\r\n");
    }

    #[test]
    fn quotes_and_separators_are_quoted() {
        assert_eq!(entete::<Ligne>(Separateur::Virgule).unwrap(), "libelle,ecart\r\n");
        let text = lignes(Separateur::Virgule, &[Ligne("Métiers \"bois\", ameublement", None)]).unwrap();
        assert_eq!(text, "\"Métiers \"\"bois\"\", ameublement\",\r\n");
    }
}
