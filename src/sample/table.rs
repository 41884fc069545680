//! Text of a CSV file, in the dialects of the real ones.
//!
//! A row says its values by the name of the column: header and values cannot drift apart. Not
//! the `csv` crate, whose writer returns errors that memory cannot give.

/// How the lines of a file end, what separates its fields, and whether it begins with a byte order
/// mark.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// LF.
    Unix,
    /// LF after a byte order mark.
    UnixBom,
    /// CRLF after a byte order mark, as the portal exports.
    WindowsBom,
    /// LF, fields separated by vertical bars, as BCN exports its tables of higher education.
    Bars,
}

/// The file: a header, then one line per row.
pub(super) fn text<R>(dialect: Dialect, header: &str, rows: &[R], value: impl Fn(&R, &str) -> String) -> String {
    let (bom, end, separator) = match dialect {
        Dialect::Unix => ("", "\n", ";"),
        Dialect::UnixBom => ("\u{feff}", "\n", ";"),
        Dialect::WindowsBom => ("\u{feff}", "\r\n", ";"),
        Dialect::Bars => ("", "\n", "|"),
    };
    let mut out = bom.to_owned() + header + end;
    for row in rows {
        let fields: Vec<String> = header.split(separator).map(|column| quoted(value(row, column), separator)).collect();
        out.push_str(&fields.join(separator));
        out.push_str(end);
    }
    out
}

/// A field, quoted when it has to be (RFC 4180).
fn quoted(field: String, separator: &str) -> String {
    if field.contains(separator) || field.contains(['"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

/// The number, or nothing.
pub(super) fn or_blank(value: Option<i32>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_holds_a_separator_or_a_quote_is_quoted() {
        let text = text(Dialect::WindowsBom, "a;b", &["x;\"y\""], |row, column| match column {
            "a" => (*row).to_owned(),
            _ => String::new(),
        });
        assert_eq!(text, "\u{feff}a;b\r\n\"x;\"\"y\"\"\";\r\n");
    }
}
