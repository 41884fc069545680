//! The tables that commands print: no wider than a terminal, whatever they hold.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table};

/// The widest that a table may be, in characters.
const WIDTH: u16 = 100;

/// A column.
pub(super) enum Column {
    /// Text, which may be broken into lines.
    Text(&'static str),
    /// What is copied or compared, and so stays on one line.
    Whole(&'static str),
    /// A number.
    Number(&'static str),
}

impl Column {
    fn name(&self) -> &'static str {
        let (Self::Text(name) | Self::Whole(name) | Self::Number(name)) = self;
        name
    }
}

/// A table with these columns and no rows. It is as wide into a file as on a terminal.
pub(super) fn table(columns: &[Column]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(columns.iter().map(Column::name));
    for (shown, column) in table.column_iter_mut().zip(columns) {
        if !matches!(column, Column::Text(_)) {
            shown.set_constraint(ColumnConstraint::ContentWidth);
        }
        if matches!(column, Column::Number(_)) {
            shown.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The width of the widest line, in characters.
#[cfg(test)]
pub(super) fn width(table: &Table) -> usize {
    table.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
pub(super) const WIDEST: usize = WIDTH as usize;
