//! CSV on the Web (W3C): the CSV files and their columns.

use serde_json::{Value, json};

use super::{About, DESCRIPTION, add, licence, word};
use crate::exports::table::Form;

pub(super) fn document(about: &About<'_>) -> Value {
    let tables = about.of_form(Form::Csv).map(|(table, file)| {
        let kinds = ["string", "integer", "double", "boolean", "date"];
        let columns: Vec<_> = table
            .columns()
            .iter()
            .map(|column| {
                json!({
                    "name": column.name, "titles": column.name, "dc:description": column.text,
                    "datatype": word(column.kind, kinds), "required": table.key().contains(&column.name),
                })
            })
            .collect();
        let mut schema = json!({"columns": columns});
        if !table.key().is_empty() {
            add(&mut schema, "primaryKey", json!(table.key()));
        }
        let mut described = json!({
            "url": file.name, "dc:title": table.texts().0, "dc:description": table.texts().1, "tableSchema": schema,
        });
        if let Some([_, _, address]) = licence(table.licence()) {
            add(&mut described, "dc:license", json!({"@id": address}));
        }
        described
    });
    let tables: Vec<_> = tables.collect();
    json!({
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
        "dc:title": about.title(),
        "dc:description": DESCRIPTION,
        "dialect": {"delimiter": ",", "encoding": "utf-8", "header": true, "lineTerminators": ["\r\n"]},
        "tables": tables,
    })
}
