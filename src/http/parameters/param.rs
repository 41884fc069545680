//! A parameter, described once: what reads it documents it.
//!
//! The shape is what the contract can say of a value (a pattern, lengths, bounds, a closed list);
//! the parser is what the program asks for. A request that the shapes allow must be answered, so
//! the two stand side by side, and `.ci/contract` sends what the shapes allow.

use std::fmt;

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Required, Schema};

use crate::domain::Invalid;

/// What a value looks like, as JSON Schema can say it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A text that the regular expression (ECMA 262, anchors left out) matches from its first
    /// character to its last, of at least and at most so many characters.
    Text(&'static str, (usize, usize)),
    /// The same, with an expression that is made of a table and bounds the length itself.
    Made(fn() -> String),
    /// One of a closed list.
    Words(fn() -> Vec<String>),
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
}

/// What the contract says of a parameter.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Its name, as requests write it.
    pub name: &'static str,
    /// What its values look like.
    pub shape: Shape,
    /// What it is for, in French.
    pub meaning: &'static str,
    /// What the shape cannot say, by name: `uai` for the check letter.
    pub format: Option<&'static str>,
    /// A value that is accepted. The documentation page sends it with every trial, so that
    /// parameters which are seldom wanted have theirs in [`Description::meaning`] instead.
    pub example: Option<&'static str>,
    /// The value that stands for none.
    pub default: Option<&'static str>,
}

impl Description {
    /// Without example and default.
    #[must_use]
    pub const fn new(name: &'static str, shape: Shape, meaning: &'static str) -> Self {
        Self { name, shape, meaning, format: None, example: None, default: None }
    }

    /// With another meaning: what stands for none differs from route to route.
    #[must_use]
    pub const fn meaning(self, meaning: &'static str) -> Self {
        Self { meaning, ..self }
    }

    /// With an example.
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }

    /// With a default.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// With a format.
    #[must_use]
    pub const fn format(self, format: &'static str) -> Self {
        Self { format: Some(format), ..self }
    }

    /// As the contract has it.
    #[must_use]
    pub fn documented(&self, place: ParameterIn) -> Parameter {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(place)
            .description(Some(self.meaning))
            .required(required)
            .schema(Some(self.schema()))
            .example(self.example.map(|text| self.shape.value(text)))
            .build()
    }

    /// The schema of its values, with what it is for.
    pub(in crate::http) fn described(&self) -> Schema {
        let mut schema = self.schema();
        if let Schema::Object(object) = &mut schema {
            object.description = Some(self.meaning.to_owned());
        }
        schema
    }

    /// The schema of its values.
    fn schema(&self) -> Schema {
        let schema = self.shape.schema().default(self.default.map(|text| self.shape.value(text)));
        let schema = match self.format {
            Some(format) => schema.format(Some(SchemaFormat::Custom(format.to_owned()))),
            None => schema,
        };
        schema.into()
    }
}

impl Shape {
    fn schema(&self) -> ObjectBuilder {
        let object = ObjectBuilder::new();
        match self {
            Self::Text(pattern, (least, most)) => {
                text(object.min_length(Some(*least)).max_length(Some(*most)), pattern)
            }
            Self::Made(pattern) => text(object, &pattern()),
            Self::Words(words) => object.schema_type(Type::String).enum_values(Some(words())),
            Self::Whole(least, most) => {
                let object = object.schema_type(Type::Integer).minimum(Some(*least)).maximum(Some(*most));
                object.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            }
            Self::Flag => object.schema_type(Type::Boolean),
        }
    }

    /// The JSON value of a text of this shape.
    pub(in crate::http) fn value(&self, text: &str) -> Value {
        match self {
            Self::Whole(..) => text.parse::<i64>().map_or_else(|_| json!(text), Value::from),
            Self::Flag => json!(text == "true"),
            Self::Text(..) | Self::Made(..) | Self::Words(..) => json!(text),
        }
    }
}

fn text(object: ObjectBuilder, pattern: &str) -> ObjectBuilder {
    object.schema_type(Type::String).pattern(Some(format!("^(?:{pattern})$")))
}

/// A parameter that is read as a `T`.
pub struct Param<T> {
    /// What the contract says of it.
    pub description: Description,
    /// What the program asks for.
    pub(super) parse: fn(&str) -> Result<T, Invalid>,
}

impl<T> Param<T> {
    /// What reads a text that fits the description.
    #[must_use]
    pub const fn new(description: Description, parse: fn(&str) -> Result<T, Invalid>) -> Self {
        Self { description, parse }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// One that does not fit; the message says what is allowed.
    pub fn read(&self, text: &str) -> Result<T, Invalid> {
        (self.parse)(text)
    }

    /// With another meaning, and no example: see [`Description::meaning`].
    #[must_use]
    pub const fn meaning(self, meaning: &'static str) -> Self {
        Self { description: self.description.meaning(meaning), parse: self.parse }
    }

    /// With another example.
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { description: self.description.example(example), parse: self.parse }
    }

    /// With a default, which is read when the parameter is not given.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { description: self.description.or(default), parse: self.parse }
    }
}

/// The pattern of one to `most` texts of a pattern, between commas.
#[must_use]
pub fn between_commas(pattern: &str, most: usize) -> String {
    format!("(?:{pattern})(?:,(?:{pattern})){{0,{}}}", most.saturating_sub(1))
}

impl<T> fmt::Debug for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Param").field(&self.description).finish()
    }
}

/// A whole number from `least` to `most`, written in digits.
///
/// # Errors
/// Any other text; the message says what is allowed.
pub fn whole(text: &str, least: i64, most: i64) -> Result<i64, Invalid> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { text.parse().ok() } else { None };
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Invalid(format!("attendu : un nombre entier de {least} à {most}")))
}

/// `true` or `false`.
///
/// # Errors
/// Any other text.
pub fn flag(text: &str) -> Result<bool, Invalid> {
    text.parse().map_err(|_| Invalid("attendu : true ou false".to_owned()))
}

/// One of a closed list of words, and what it stands for.
///
/// # Errors
/// Any other text; the message lists the words.
pub fn one_of<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, Invalid> {
    words.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        Invalid(format!("attendu : {}", words.join(", ")))
    })
}
