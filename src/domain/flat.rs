//! A row as people and programs take it home: flat columns, each described once.
//!
//! What a list answers as CSV and what is exported as files have the same columns, made by the same
//! functions: a [`Column`] says its name, what it holds and how its cell is made of a row. Headers,
//! schemas and the documents that describe the files follow from it.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::Unit;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    /// A text, protected against being run as a formula.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i128),
    /// A number with decimals.
    Decimal(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A day.
    Day(NaiveDate),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<i32> for Cell<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Decimal(number)
    }
}

impl From<bool> for Cell<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i16> for Cell<'_> {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<NaiveDate> for Cell<'_> {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Cell<'_> {
    /// The cell as text; `disarm` puts an apostrophe before what a spreadsheet would run as a formula.
    #[must_use]
    pub fn written(&self, disarm: bool) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) if disarm && text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                Cow::Owned(format!("'{text}"))
            }
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Decimal(number) => Cow::Owned(number.to_string()),
            Self::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Day(day) => Cow::Owned(day.to_string()),
        }
    }
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text: a code keeps the zeros that it begins with.
    Text,
    /// A whole number of 32 bits.
    Integer,
    /// A number with decimals.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// A day, `2026-01-31`.
    Day,
}

/// What is said of a column.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its name, the same in every format.
    pub name: &'static str,
    /// What its cells are.
    pub kind: Kind,
    /// What it counts, of a figure.
    pub unit: Option<Unit>,
    /// What it says, in French sentences.
    pub text: Cow<'static, str>,
}

/// Makes the cell of a row.
type MakeCell<T> = Box<dyn for<'a> Fn(&'a T) -> Cell<'a> + Send + Sync>;

/// A column of rows of a kind.
pub struct Column<T> {
    /// What is said of it.
    pub description: Description,
    /// Whether it depends on the question or on the day, and so is in answers alone.
    pub only_answered: bool,
    cell: MakeCell<T>,
}

impl<T> Column<T> {
    /// A column without a unit.
    pub fn new(
        name: &'static str,
        kind: Kind,
        text: impl Into<Cow<'static, str>>,
        cell: impl for<'a> Fn(&'a T) -> Cell<'a> + Send + Sync + 'static,
    ) -> Self {
        let description = Description { name, kind, unit: None, text: text.into() };
        Self { description, only_answered: false, cell: Box::new(cell) }
    }

    /// One that is in answers alone.
    #[must_use]
    pub fn answered(self) -> Self {
        Self { only_answered: true, ..self }
    }

    /// One that counts something.
    #[must_use]
    pub fn counting(mut self, unit: Unit) -> Self {
        self.description.unit = Some(unit);
        self
    }

    /// The cell of a row.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a T) -> Cell<'a> {
        (self.cell)(row)
    }
}

impl<T> std::fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Column").field("description", &self.description).finish_non_exhaustive()
    }
}

/// What is a row of flat columns.
pub trait FlatRow: Sized + 'static {
    /// Its columns, in their order.
    fn columns() -> &'static [Column<Self>];

    /// Those that depend neither on a question nor on the day.
    #[must_use]
    fn stored_columns() -> impl Iterator<Item = &'static Column<Self>> {
        Self::columns().iter().filter(|column| !column.only_answered)
    }
}
