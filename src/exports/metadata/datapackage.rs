//! Data Package (Frictionless): the CSV files, with their columns, keys, sums and licences.

use serde_json::{Value, json};

use super::{About, DESCRIPTION, add, licence, word};
use crate::domain::dataset::Licence;
use crate::exports::table::{ExportTable, Form};

pub(super) fn document(about: &About<'_>) -> Value {
    let resources = about.of_form(Form::Csv).map(|(table, file)| {
        let (title, description) = table.texts();
        let mut resource = json!({
            "name": table, "path": file.name, "title": title, "description": description,
            "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "compression": "gz", "bytes": file.bytes, "hash": format!("sha256:{}", file.sha256),
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": true},
            "schema": schema(table),
        });
        if let Some(licence) = terms(table.licence()) {
            add(&mut resource, "licenses", json!([licence]));
        }
        resource
    });
    let resources: Vec<_> = resources.collect();
    json!({
        "name": format!("exposition-{}", about.version()),
        "title": about.title(),
        "description": DESCRIPTION,
        "profile": "tabular-data-package",
        "version": about.version(),
        "licenses": terms(Licence::Open).into_iter().collect::<Vec<_>>(),
        "sources": about.sources(),
        "resources": resources,
    })
}

fn terms(of: Licence) -> Option<Value> {
    licence(of).map(|[name, title, path]| json!({"name": name, "title": title, "path": path}))
}

fn schema(table: ExportTable) -> Value {
    let kinds = ["string", "integer", "number", "boolean", "date"];
    let fields: Vec<_> = table
        .columns()
        .iter()
        .map(|column| {
            let mut field = json!({"name": column.name, "type": word(column.kind, kinds), "description": column.text});
            if let Some(unit) = column.unit {
                add(&mut field, "unit", json!(unit.as_str()));
            }
            if table.key().contains(&column.name) {
                add(&mut field, "constraints", json!({"required": true}));
            }
            field
        })
        .collect();
    let mut schema = json!({"fields": fields, "missingValues": [""]});
    if !table.key().is_empty() {
        add(&mut schema, "primaryKey", json!(table.key()));
    }
    schema
}
