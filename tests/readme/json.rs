//! JSON as the README shows it: keys in the order of the answer, one line for what fits on one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The longest line.
const WIDTH: usize = 120;

/// A value whose keys keep their order.
#[derive(Debug)]
enum Json {
    Scalar(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

struct Reader;

/// Scalars as they are written.
macro_rules! scalars {
    ($($method:ident($kind:ty))*) => {
        $(fn $method<E>(self, value: $kind) -> Result<Json, E> {
            Ok(Json::Scalar(serde_json::to_string(&value).unwrap()))
        })*
    };
}

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    scalars!(visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str));

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Scalar("null".to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Json::Object(object))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl Json {
    fn line(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::line).collect::<Vec<_>>().join(", ")),
            Self::Object(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{key:?}: {}", value.line())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// The value behind `start`, with `after` characters still to come on its line.
    fn write(&self, start: &str, indent: usize, after: usize, out: &mut String) {
        let line = self.line();
        out.push_str(start);
        if indent > 0 && start.chars().count() + line.chars().count() + after <= WIDTH {
            out.push_str(&line);
            return;
        }
        let inner = indent + 2;
        let pad = " ".repeat(inner);
        let (open, close, items): (_, _, Vec<_>) = match self {
            Self::Scalar(text) => return out.push_str(text),
            Self::List(items) => ("[", "]", items.iter().map(|item| (pad.clone(), item)).collect()),
            Self::Object(entries) => {
                ("{", "}", entries.iter().map(|(key, value)| (format!("{pad}{key:?}: "), value)).collect())
            }
        };
        out.push_str(open);
        for (index, (start, item)) in items.iter().enumerate() {
            let comma = index + 1 < items.len();
            out.push('\n');
            item.write(start, inner, usize::from(comma), out);
            if comma {
                out.push(',');
            }
        }
        out.push('\n');
        out.push_str(&" ".repeat(indent));
        out.push_str(close);
    }
}

/// JSON over several lines.
pub fn indented(text: &str) -> String {
    let json: Json = serde_json::from_str(text).unwrap();
    let mut out = String::new();
    json.write("", 0, 0, &mut out);
    out.push('\n');
    out
}

#[test]
fn what_fits_on_a_line_stays_on_one_in_the_order_of_the_answer() {
    let long = "x".repeat(WIDTH);
    let text = format!(r#"{{"b":{{"d":1,"c":null}},"a":["{long}",2.5]}}"#);
    let expected = format!("{{\n  \"b\": {{\"d\": 1, \"c\": null}},\n  \"a\": [\n    \"{long}\",\n    2.5\n  ]\n}}\n");
    assert_eq!(indented(&text), expected);
}
