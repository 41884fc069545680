//! The header: columns are found by name, never by position.
//!
//! A dataset declares its columns as data: a name and the spellings under which the column was
//! seen. Spellings are compared folded (accents, case, punctuation, spaces), so that a label and
//! its technical name (`Taux emploi 6 mois`, `taux_emploi_6_mois`) are one.

use super::labels::label;
use super::refusal::FileRefusal;
use crate::domain::text::fold;

/// A column that a dataset knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// How the program calls it.
    pub(super) nom: &'static str,
    /// Other spellings under which it was seen; the name itself is always accepted.
    pub(super) spellings: &'static [&'static str],
}

impl Column {
    /// A column with its other spellings.
    #[must_use]
    pub(super) const fn new(nom: &'static str, spellings: &'static [&'static str]) -> Self {
        Self { nom, spellings }
    }

    fn is_called(&self, folded: &str) -> bool {
        std::iter::once(&self.nom).chain(self.spellings).any(|spelling| fold(spelling) == folded)
    }
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(super) struct Header {
    names: Vec<String>,
    folded: Vec<String>,
}

impl Header {
    /// Takes the first record of a file.
    ///
    /// # Errors
    /// A name that stands twice. Several columns without a name are none.
    pub(super) fn parse(names: &[String]) -> Result<Self, FileRefusal> {
        let names: Vec<String> = names.iter().map(|name| label(name).text.into_owned()).collect();
        let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
        for (seconde, name) in folded.iter().enumerate() {
            let first = folded.iter().take(seconde).position(|other| other == name);
            if let (Some(first), false) = (first, name.is_empty()) {
                let nom = names.get(seconde).cloned().unwrap_or_default();
                return Err(FileRefusal::RepeatedColumn { nom, first: first + 1, seconde: seconde + 1 });
            }
        }
        Ok(Self { names, folded })
    }

    /// How many columns there are.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Where this column stands, if it does.
    #[must_use]
    pub(super) fn find(&self, column: &Column) -> Option<usize> {
        self.folded.iter().position(|name| column.is_called(name))
    }

    /// Whether a column has exactly this spelling.
    #[must_use]
    pub(super) fn has(&self, spelling: &str) -> bool {
        let spelling = fold(spelling);
        self.folded.contains(&spelling)
    }

    /// The positions of the columns without a name.
    #[must_use]
    pub(super) fn unnamed(&self) -> Vec<usize> {
        (0..).zip(&self.folded).filter(|(_, name)| name.is_empty()).map(|(index, _)| index).collect()
    }

    /// A column as the file calls it, or by its number when it has no name.
    #[must_use]
    pub(super) fn label(&self, index: usize) -> String {
        match self.names.get(index).map(|name| name.trim()) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => format!("colonne {} (sans nom)", index + 1),
        }
    }

    /// The whole header on one line, cut where it gets long.
    #[must_use]
    pub(super) fn summary(&self) -> String {
        const LONG: usize = 300;
        let all = (0..self.len()).map(|index| self.label(index)).collect::<Vec<_>>().join(", ");
        if all.chars().count() <= LONG {
            return all;
        }
        format!("{}… ({} columns)", all.chars().take(LONG).collect::<String>(), self.len())
    }
}

/// The columns of a file: the dataset's name of each, and the file's.
pub(super) type ColumnLabels = Vec<(&'static str, String)>;

/// Where each column of a dataset stands in one file.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    columns: &'static [Column],
    positions: Vec<Option<usize>>,
}

impl Layout {
    /// Looks every column up.
    ///
    /// # Errors
    /// Two columns of the file that are spellings of one: which of them counts is not guessed.
    pub(super) fn new(header: &Header, columns: &'static [Column]) -> Result<Self, FileRefusal> {
        let mut positions = Vec::with_capacity(columns.len());
        for column in columns {
            let mut found =
                (0..).zip(&header.folded).filter(|(_, name)| column.is_called(name)).map(|(index, _)| index);
            let first = found.next();
            if let (Some(first), Some(seconde)) = (first, found.next()) {
                let nom = header.label(seconde);
                return Err(FileRefusal::RepeatedColumn { nom, first: first + 1, seconde: seconde + 1 });
            }
            positions.push(first);
        }
        Ok(Self { columns, positions })
    }

    /// Where the column of this name stands.
    #[must_use]
    pub(super) fn at(&self, nom: &str) -> Option<usize> {
        self.columns.iter().zip(&self.positions).find(|(column, _)| column.nom == nom).and_then(|(_, at)| *at)
    }

    /// How the file calls the columns that it has, each beside the dataset's own name of it.
    pub(super) fn labels(&self, header: &Header) -> ColumnLabels {
        let names = self.columns.iter().zip(&self.positions);
        names.filter_map(|(column, at)| Some((column.nom, header.label((*at)?)))).collect()
    }

    /// The columns of the file that the dataset does not know.
    pub(super) fn unknown<'a>(&'a self, header: &'a Header) -> impl Iterator<Item = usize> + 'a {
        (0..header.len()).filter(|index| !self.positions.contains(&Some(*index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Result<Header, FileRefusal> {
        Header::parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    const TAUX: Column = Column::new("taux_emploi_6_mois", &["Taux d'emploi 6 mois après la sortie"]);

    #[test]
    fn labels_and_technical_names_are_one_column() {
        for name in ["Taux emploi 6 mois", "TAUX_EMPLOI_6_MOIS ", "taux d’emploi 6 mois après la sortie "] {
            assert_eq!(header(&["uai", name]).unwrap().find(&TAUX), Some(1), "{name}");
        }
        assert_eq!(header(&["uai", "taux_emploi_12_mois"]).unwrap().find(&TAUX), None);
    }

    #[test]
    fn a_repeated_name_is_refused_in_any_spelling_but_unnamed_columns_are_not() {
        let message = header(&["Année", "uai", "ANNEE"]).unwrap_err().to_string();
        assert!(message.contains("column 1") && message.contains("column 3"), "{message}");
        assert_eq!(header(&["a", "", " ", "b"]).unwrap().unnamed(), [1, 2]);
    }

    #[test]
    fn two_spellings_of_one_column_are_refused() {
        const COLUMNS: &[Column] = &[TAUX];
        let header = header(&["taux_emploi_6_mois", "Taux d'emploi 6 mois après la sortie"]).unwrap();
        assert!(Layout::new(&header, COLUMNS).is_err());
    }
}
