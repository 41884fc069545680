//! Croissant (MLCommons): the Parquet files as data for learning programs.

use serde_json::{Value, json};

use super::{About, DESCRIPTION, add, licence, word};
use crate::domain::dataset::Licence;
use crate::exports::table::{ExportTable, Form};

pub(super) fn document(about: &About<'_>) -> Value {
    let files = about.of_form(Form::Parquet).map(|(table, file)| {
        json!({
            "@type": "cr:FileObject", "@id": file.name, "name": file.name, "description": table.texts().1,
            "contentUrl": content_url(about, &file.name), "contentSize": format!("{} B", file.bytes),
            "encodingFormat": "application/x-parquet", "sha256": file.sha256,
        })
    });
    let files: Vec<_> = files.collect();
    let records: Vec<_> = about.of_form(Form::Parquet).map(|(table, file)| record_set(table, &file.name)).collect();
    let licences = [Licence::Open, Licence::Odbl].map(|of| licence(of).map(|[.., address]| address));
    let mut document = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": format!("exposition-{}", about.version()),
        "description": format!("{}. {}", about.title(), DESCRIPTION),
        "version": about.version(),
        "license": licences,
        "url": about.address(""),
        "citeAs": format!("{}, {}", about.title(), about.address("")),
        "inLanguage": "fr",
        "distribution": files,
        "recordSet": records,
    });
    if let Some([first, last]) = about.period() {
        add(&mut document, "datePublished", json!(last));
        add(&mut document, "temporalCoverage", json!(format!("{first}/{last}")));
    }
    document
}

/// Beside the document, unless people reach the service under an address that is known.
fn content_url(about: &About<'_>, name: &str) -> String {
    if about.releasing.origin.is_empty() { name.to_owned() } else { about.address(name) }
}

fn record_set(table: ExportTable, file: &str) -> Value {
    let kinds = ["sc:Text", "sc:Integer", "sc:Float", "sc:Boolean", "sc:Date"];
    let field = |column: &&crate::domain::flat::Description| {
        json!({
            "@type": "cr:Field", "@id": format!("{table}/{}", column.name), "name": column.name,
            "description": column.text, "dataType": word(column.kind, kinds),
            "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
        })
    };
    let (title, description) = table.texts();
    let mut records = json!({
        "@type": "cr:RecordSet", "@id": table, "name": table, "description": format!("{title}. {description}"),
        "field": table.columns().iter().map(field).collect::<Vec<_>>(),
    });
    let key: Vec<_> = table.key().iter().map(|column| json!({"@id": format!("{table}/{column}")})).collect();
    if !key.is_empty() {
        add(&mut records, "key", json!(key));
    }
    records
}

/// The context that Croissant 1.0 prescribes, word for word; its readers compare it.
fn context() -> Value {
    json!({
        "@language": "fr", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
        "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty", "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty",
        "fileObject": "cr:fileObject", "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5",
        "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
        "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
        "samplingRate": "cr:samplingRate", "sc": "https://schema.org/", "separator": "cr:separator",
        "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
    })
}
