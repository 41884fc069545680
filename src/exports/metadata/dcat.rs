//! DCAT-AP as JSON-LD, which portals harvest: one data set, one distribution for each file of a table.

use serde_json::{Value, json};

use super::{About, DESCRIPTION, add, licence};
use crate::exports::table::{ExportTable, Form};

/// What the European list of file types calls each form.
const TYPES: &str = "http://publications.europa.eu/resource/authority/file-type/";

/// What people search for.
const KEYWORDS: [&str; 4] =
    ["insertion professionnelle", "apprentissage", "lycée professionnel", "enseignement supérieur"];

pub(super) fn document(about: &About<'_>) -> Value {
    let list = about.address("");
    let distributions = about.tables().map(|(table, form, file)| {
        let mut distribution = json!({
            "@id": about.address(&file.name), "@type": "dcat:Distribution",
            "dct:title": {"@language": "fr", "@value": format!("{} ({})", table.texts().0, file.name)},
            "dct:description": {"@language": "fr", "@value": table.texts().1},
            "dcat:accessURL": {"@id": list}, "dcat:downloadURL": {"@id": about.address(&file.name)},
            "dcat:mediaType": {"@id": format!("https://www.iana.org/assignments/media-types/{}", form.media())},
            "dct:format": {"@id": format!("{TYPES}{}", if form == Form::Parquet { "PARQUET" } else { "CSV" })},
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": file.bytes.to_string()},
            "spdx:checksum": {
                "@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
            },
        });
        let (key, terms) = terms(table);
        add(&mut distribution, key, terms);
        distribution
    });
    let distributions: Vec<_> = distributions.collect();
    let mut dataset = json!({
        "@id": format!("{list}#donnees"), "@type": "dcat:Dataset",
        "dct:title": {"@language": "fr", "@value": about.title()},
        "dct:description": {"@language": "fr", "@value": DESCRIPTION},
        "dct:identifier": format!("exposition-{}", about.version()), "dcat:version": about.version(),
        "dct:publisher": publisher(),
        "dcat:keyword": KEYWORDS.map(|word| json!({"@language": "fr", "@value": word})),
        "dcat:theme": {"@id": "http://publications.europa.eu/resource/authority/data-theme/EDUC"},
        "dcat:landingPage": {"@id": list}, "dcat:distribution": distributions,
    });
    if let Some([first, last]) = about.period() {
        let day = |text: String| json!({"@type": "xsd:date", "@value": text});
        add(
            &mut dataset,
            "dct:temporal",
            json!({"@type": "dct:PeriodOfTime", "dcat:startDate": day(first), "dcat:endDate": day(last)}),
        );
    }
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/", "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": format!("{list}#catalogue"), "@type": "dcat:Catalog",
        "dct:title": {"@language": "fr", "@value": about.title()},
        "dct:description": {"@language": "fr", "@value": DESCRIPTION},
        "dct:publisher": publisher(), "dcat:dataset": [dataset],
    })
}

fn publisher() -> Value {
    json!({"@type": "foaf:Organization", "foaf:name": "exposition"})
}

/// The licence or, where nobody states one, that.
fn terms(table: ExportTable) -> (&'static str, Value) {
    if let Some([.., address]) = licence(table.licence()) {
        return ("dct:license", json!({"@id": address}));
    }
    let text = "Le producteur des tables ne précise pas la licence.";
    ("dct:rights", json!({"@type": "dct:RightsStatement", "dct:description": text}))
}
