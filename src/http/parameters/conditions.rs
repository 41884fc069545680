//! Conditions on figures: `part_en_emploi_6_mois[gte]=50`.
//!
//! For the contract each indicator is one parameter of style `deepObject`, whose properties are the
//! comparisons; they are the same for every list, and stand among its components.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Components, Ref, RefOr, Required};

use super::param::whole;
use crate::db::lists::Operator;
use crate::domain::{Indicateur, Invalid};

/// The name of the schema.
const SCHEMA: &str = "Condition";

/// The comparisons, with their spelling in brackets and their sign.
const COMPARISONS: [(&str, &str, Operator); 5] = [
    ("gte", "≥", Operator::Gte),
    ("gt", ">", Operator::Gt),
    ("lte", "≤", Operator::Lte),
    ("lt", "<", Operator::Lt),
    ("eq", "=", Operator::Eq),
];

/// What a name stands for, if it is a condition on one of some indicators.
pub(super) fn of(name: &str, indicateurs: &[Indicateur]) -> Option<(Indicateur, Operator)> {
    let (figure, word) = name.strip_suffix(']')?.split_once('[')?;
    let indicateur = indicateurs.iter().find(|indicateur| indicateur.as_str() == figure)?;
    let (_, _, comparison) = COMPARISONS.iter().find(|(known, ..)| *known == word)?;
    Some((*indicateur, *comparison))
}

/// Reads what a figure is compared with.
pub(super) fn bound(text: &str) -> Result<i32, Invalid> {
    let number = whole(text, i32::MIN.into(), i32::MAX.into())?;
    i32::try_from(number).map_err(|error| Invalid(error.to_string()))
}

/// All conditions on an indicator in a few characters.
pub(super) fn short(indicateur: Indicateur) -> String {
    let words: Vec<_> = COMPARISONS.iter().map(|(word, ..)| *word).collect();
    format!("{indicateur}[{}]", words.join("|"))
}

/// The parameter of an indicator, by its place among the components.
pub(super) fn reference(indicateur: Indicateur) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{indicateur}")))
}

/// Puts what [`reference()`] refers to among the components.
pub(in crate::http) fn describe(components: &mut Components) {
    components.schemas.insert(SCHEMA.to_owned(), schema().into());
    components.parameters.extend(Indicateur::ALL.iter().map(|i| (i.as_str().to_owned(), parameter(*i).into())));
}

fn parameter(indicateur: Indicateur) -> Parameter {
    let meaning = format!(
        "Condition sur `{indicateur}` : `{indicateur}[gte]=n`, ou `gt`, `lte`, `lt`, `eq`. Une ligne sans ce chiffre \
         n'est pas retenue."
    );
    ParameterBuilder::new()
        .name(indicateur.as_str())
        .parameter_in(ParameterIn::Query)
        .description(Some(meaning))
        .required(Required::False)
        .style(Some(ParameterStyle::DeepObject))
        .explode(Some(true))
        .schema(Some(Ref::from_schema_name(SCHEMA)))
        // The documentation page would send a condition with every trial if this one were not empty.
        .example(Some(serde_json::json!({})))
        .build()
}

fn schema() -> Schema {
    let comparison = |object: ObjectBuilder, (word, sign, _): &(&str, &str, Operator)| {
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(i32::MIN))
            .maximum(Some(i32::MAX))
            .description(Some(format!("{sign} n")));
        object.property(*word, number)
    };
    let object = ObjectBuilder::new()
        .description(Some("Ce à quoi un chiffre est comparé ; toutes les comparaisons données doivent être vraies."))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    COMPARISONS.iter().fold(object, comparison).into()
}
