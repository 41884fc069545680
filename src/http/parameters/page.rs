//! What lists and objects take besides their own: the page, the fields, the publication.

use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::param::{Description, Param, Shape, between_commas, flag, one_of, whole};
use super::reader::Reader;
use crate::http::csv::{CsvFile, Separator};
use crate::http::cursor::LONGEST;
use crate::http::fields::Fields;
use crate::http::page::Page;
use crate::http::request::Format;

/// Read before any handler runs, because the publication is part of the ETag.
pub(in crate::http) const PUBLICATION: Description = Description::new(
    "publication",
    Shape::Text(VERSION, (5, 29)),
    "Version des données dont on veut la réponse, parmi celles de `/api/v1/publications`. La réponse ne changera\n\
     plus : elle peut être gardée un an (`1.0.0`). Sans ce paramètre : la publication en service.",
)
.format("publication");

/// The pattern of a version.
pub(in crate::http) const VERSION: &str = r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}";

/// Decoded before any handler runs, because it names a publication.
pub(in crate::http) const CURSEUR: Description = Description::new(
    "curseur",
    Shape::Text("[A-Za-z0-9_-]+", (1, LONGEST)),
    "Valeur de `pagination.suivant` de la page précédente, avec les mêmes autres paramètres. Un curseur garde sa\n\
     publication : les pages d'une liste vont ensemble même si de nouvelles données arrivent entre-temps. Sans ce\n\
     paramètre : la première page.",
)
.format("curseur");

const LIMITE: Param<i64> = Param::new(
    Description::new("limite", Shape::Whole(1, 1000), "Nombre d'éléments par page.").example("50").or("50"),
    |text| whole(text, 1, 1000),
);

const TOTAL: Param<bool> = Param::new(
    Description::new("total", Shape::Flag, "`true` : donner le nombre total d'éléments dans `pagination.total`.")
        .or("false"),
    flag,
);

const SEPARATEUR: Param<Separator> = Param::new(
    Description::new(
        "separateur",
        Shape::Words(|| SEPARATORS.map(|(text, _)| text.to_owned()).to_vec()),
        "Caractère entre deux cellules.",
    )
    .or(","),
    |text| one_of(text, &SEPARATORS),
);

const BOM: Param<bool> = Param::new(
    Description::new(
        "bom",
        Shape::Flag,
        "`true` : commencer par la marque d'UTF-8 (BOM), sans laquelle un tableur peut se tromper d'accents. Sans ce\n\
         paramètre : `true` avec `separateur=;`, `false` sinon.",
    ),
    flag,
);

const SEPARATORS: [(&str, Separator); 2] = [(",", Separator::Comma), (";", Separator::Semicolon)];

/// The name of `champs=`.
const CHAMPS: &str = "champs";

/// What does not change which list it is: a cursor fits whatever these are.
pub(in crate::http) const PAGE: [&str; 5] =
    [LIMITE.description.name, CURSEUR.name, TOTAL.description.name, CHAMPS, PUBLICATION.name];

/// `champs=` of an answer of type `T`.
fn champs<T: ToSchema>() -> Description {
    let pattern = || {
        let fields = Fields::of_schema::<T>();
        between_commas(&fields.names().join("|"), fields.names().len())
    };
    Description::new(
        CHAMPS,
        Shape::Made(pattern),
        "Champs de premier niveau à garder, séparés par des virgules (`code,nom`). Sans ce paramètre : tous.",
    )
}

/// Reads `champs=` of an answer of type `T`.
pub(super) fn fields<T: ToSchema>(reader: &mut Reader<'_>) -> Fields {
    let description = champs::<T>();
    let Some(text) = reader.text(&description) else { return Fields::all() };
    let known = Fields::of_schema::<T>();
    let most = known.names().len();
    Fields::only(reader.parse_several(description.name, text, most, |field| known.find(field)))
}

/// Reads the page of a list, or how it is written as CSV.
pub(super) fn read<K: DeserializeOwned, T: ToSchema>(reader: &mut Reader<'_>) -> Option<Page<K>> {
    if reader.format() == Format::Csv {
        let (separateur, bom) = (reader.ask(&SEPARATEUR), reader.ask(&BOM));
        return Some(Page { file: CsvFile::new(separateur?, bom), ..Page::default() });
    }
    let (limite, after, total) = (reader.ask(&LIMITE), after(reader), reader.ask(&TOTAL));
    let champs = reader.fields::<T>();
    Some(Page { limite: limite?, after, total: total?, champs, file: CsvFile::default() })
}

/// The key after which the page begins.
fn after<K: DeserializeOwned>(reader: &mut Reader<'_>) -> Option<K> {
    let text = reader.text(&CURSEUR)?;
    let request = reader.request()?;
    let Some(curseur) = &request.contexte().curseur else {
        reader.refuse(CURSEUR.name, text, "curseur altéré ou d'une autre version : recommencez sans « curseur »");
        return None;
    };
    let key = curseur.key(&request.request());
    if key.is_none() {
        let detail = "ce curseur est celui d'une autre liste, d'un autre tri ou d'autres filtres : gardez les mêmes \
                      paramètres d'une page à l'autre, ou recommencez sans « curseur »";
        reader.refuse(CURSEUR.name, text, detail);
    }
    key
}
