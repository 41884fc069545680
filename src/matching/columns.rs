//! Which column of a catalogue is which field: by alias, by the profile of a platform, or by name.
//!
//! Two columns for one field are not chosen between: a profile or the operator says which counts.

use std::fmt;

use crate::domain::Invalid;
use crate::domain::filiere::closed_list;
use crate::domain::text::fold;

closed_list! {
    /// What a column of a catalogue may say.
    Field {
        /// Repeated in the output.
        Id = "id",
        /// Where it is taught.
        Uai = "uai",
        /// Who trains.
        UaiFormateur = "uai_formateur",
        /// Who manages.
        UaiGestionnaire = "uai_gestionnaire",
        /// School or apprenticeship.
        Voie = "voie",
        /// MEFSTAT11.
        Mef11 = "mefstat11",
        /// MEF.
        Mef = "mef",
        /// CFD.
        Cfd = "cfd",
        /// SISE.
        Sise = "sise",
        /// RNCP numbers.
        Rncp = "rncp",
        /// Onisep's identifiers.
        Onisep = "onisep",
        /// Years of the course.
        Duration = "duree",
        /// Certif-Info's numbers.
        CertifInfo = "certif_info",
        /// The ministry's key of a row of the apprenticeship catalogue.
        MinistryKey = "cle_ministere",
        /// Kind of diploma, for the report.
        Kind = "type_diplome",
        /// Which part of the catalogue, for the report.
        Scope = "perimetre",
        /// How much the row counts, for the report.
        Weight = "poids",
        /// Label, to suggest a code by.
        Label = "libelle",
    }
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The three columns of UAIs, in the order in which they are tried.
    pub const UAIS: [Self; 3] = [Self::Uai, Self::UaiFormateur, Self::UaiGestionnaire];

    /// The columns of codes.
    pub const CODES: [Self; 8] =
        [Self::Mef11, Self::Mef, Self::Cfd, Self::Sise, Self::Rncp, Self::Onisep, Self::CertifInfo, Self::MinistryKey];

    /// The names under which it was seen, beside its own.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["CODEFORMATIONACCUEIL", "g_ta_cod"],
            Self::Uai => &["UAI_COMPOSANTE", "ID_ETAB", "uai_lieu"],
            Self::UaiFormateur => &["UAI_AFF"],
            Self::UaiGestionnaire => &["UAI_GES"],
            Self::Voie => &["APPRENTISSAGEOUSCOLAIRE", "CO_STA"],
            Self::Mef11 => &["CO_MEFSTAT"],
            Self::Mef => &["CODEMEF"],
            Self::Cfd => &["CODECFD", "code_scolarite"],
            Self::Sise => &["CODESISE"],
            Self::Rncp => &["LISTE_RNCP"],
            Self::Onisep => &["LISTE_IDEO"],
            Self::CertifInfo => &["code_ci", "Code_Diplome"],
            Self::MinistryKey => &["ID_RCO", "cle_ministere_educatif"],
            Self::Scope => &["scope"],
            Self::Weight => &["NBDEDEMANDES", "CAPACITE"],
            Self::Label => &["LIBFORMATION"],
            Self::Duration | Self::Kind => &[],
        }
    }

    fn is_called(self, folded: &str) -> bool {
        std::iter::once(&self.as_str()).chain(self.aliases()).any(|name| folded_name(name) == folded)
    }
}

/// Case, accents, underscores and spaces do not tell names apart.
fn folded_name(name: &str) -> String {
    fold(name).replace(' ', "")
}

closed_list! {
    /// A platform, by which its columns are known.
    Profile {
        /// Parcoursup.
        Parcoursup = "parcoursup",
        /// Affelnet.
        Affelnet = "affelnet",
        /// Onisep.
        Onisep = "onisep",
        /// The catalogue of apprenticeship.
        Catalogue = "catalogue",
        /// C'est qui le pro ?
        Cqlp = "cqlp",
    }
}

impl Profile {
    /// Its columns; each may be missing.
    #[must_use]
    pub fn columns(self) -> &'static [(Field, &'static str)] {
        match self {
            Self::Parcoursup => &[
                (Field::Id, "CODEFORMATIONACCUEIL"),
                (Field::Uai, "UAI_COMPOSANTE"),
                (Field::UaiFormateur, "UAI_AFF"),
                (Field::UaiGestionnaire, "UAI_GES"),
                (Field::Voie, "APPRENTISSAGEOUSCOLAIRE"),
                (Field::Mef, "CODEMEF"),
                (Field::Cfd, "CODECFD"),
                (Field::Sise, "CODESISE"),
                (Field::Rncp, "LISTE_RNCP"),
                (Field::Onisep, "LISTE_IDEO"),
                (Field::Kind, "type_diplome"),
                (Field::Scope, "scope"),
                (Field::Weight, "NBDEDEMANDES"),
                (Field::Label, "LIBFORMATION"),
            ],
            Self::Affelnet => &[
                (Field::Id, "id"),
                (Field::Uai, "ID_ETAB"),
                (Field::Voie, "CO_STA"),
                (Field::Mef11, "CO_MEFSTAT"),
                (Field::Kind, "type_diplome"),
                (Field::Scope, "perimetre"),
                (Field::Weight, "CAPACITE"),
                (Field::Label, "libelle"),
            ],
            Self::Onisep => &[
                (Field::Id, "id"),
                (Field::Uai, "uai"),
                (Field::Voie, "voie"),
                (Field::Cfd, "code_scolarite"),
                (Field::Sise, "sise"),
                (Field::Rncp, "rncp"),
                (Field::Onisep, "onisep"),
                (Field::Duration, "duree"),
                (Field::Kind, "type_diplome"),
                (Field::Scope, "perimetre"),
                (Field::Weight, "poids"),
                (Field::Label, "libelle"),
            ],
            Self::Catalogue => &[
                (Field::Id, "id"),
                (Field::MinistryKey, "cle_ministere_educatif"),
                (Field::Uai, "uai_lieu"),
                (Field::UaiFormateur, "uai_formateur"),
                (Field::UaiGestionnaire, "uai_gestionnaire"),
                (Field::Cfd, "cfd"),
                (Field::Rncp, "rncp"),
                (Field::Weight, "CAPACITE"),
                (Field::Label, "libelle"),
            ],
            Self::Cqlp => &[
                (Field::Id, "id"),
                (Field::Uai, "uai"),
                (Field::Voie, "voie"),
                (Field::Mef11, "mefstat11"),
                (Field::Cfd, "cfd"),
                (Field::CertifInfo, "code_ci"),
                (Field::MinistryKey, "ID_RCO"),
                (Field::Kind, "type_diplome"),
                (Field::Weight, "poids"),
                (Field::Label, "libelle"),
            ],
        }
    }
}

/// What whoever sends a catalogue says of its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The platform.
    pub profile: Option<Profile>,
    /// Columns by name, which win over the profile and the aliases.
    pub named: Vec<(Field, String)>,
}

/// Parses `uai=MON_UAI`.
///
/// # Errors
/// Another form, or no such field.
pub fn parse_named(text: &str) -> Result<(Field, String), Invalid> {
    let (field, column) = text
        .split_once('=')
        .filter(|(_, column)| !column.trim().is_empty())
        .ok_or_else(|| Invalid("attendu : champ=COLONNE, par exemple uai=MON_UAI".to_owned()))?;
    Ok((Field::parse(field.trim())?, column.trim().to_owned()))
}

/// Why the columns of a catalogue are not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsRefusal {
    /// None says a code, or none says an établissement.
    #[error(
        "aucune colonne de {what} n'est reconnue parmi : {found}. Nommez-la avec {example}, ou donnez le profil de la \
         plateforme ({profiles})"
    )]
    Unrecognised {
        /// What is missing.
        what: &'static str,
        /// The columns that there are.
        found: String,
        /// How to name it.
        example: &'static str,
        /// The profiles.
        profiles: String,
    },
    /// Two of them say the same.
    #[error(
        "deux colonnes pour le champ « {field} » : « {first} » et « {second} ». Dites laquelle compte avec \
         colonne {field}={first}, ou donnez le profil de la plateforme"
    )]
    Two {
        /// The field.
        field: Field,
        /// One column.
        first: String,
        /// The other.
        second: String,
    },
    /// A column that was named is not there.
    #[error("la colonne « {column} » (champ « {field} ») n'est pas dans le fichier, qui a : {found}")]
    Absent {
        /// The column.
        column: String,
        /// The field.
        field: Field,
        /// The columns that there are.
        found: String,
    },
    /// The profile is that of another platform.
    #[error(
        "le profil « {profile} » attend {expected} ; le fichier a : {found}. Est-ce le catalogue d'une autre plateforme ?"
    )]
    Profile {
        /// The profile.
        profile: Profile,
        /// Its columns of codes and UAIs.
        expected: String,
        /// The columns that there are.
        found: String,
    },
}

/// Where each field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Vec<String>,
    at: [Option<usize>; Field::COUNT],
}

impl Columns {
    /// Finds the fields among the names of the columns.
    ///
    /// # Errors
    /// See [`ColumnsRefusal`].
    pub fn find(names: &[String], wanted: &Wanted) -> Result<Self, ColumnsRefusal> {
        let folded: Vec<String> = names.iter().map(|name| folded_name(name)).collect();
        let found = || names.iter().map(|name| name.trim()).collect::<Vec<_>>().join(", ");
        let position = |name: &str| folded.iter().position(|known| *known == folded_name(name));
        let mut at = [None; Field::COUNT];
        for (field, slot) in Field::ALL.iter().zip(&mut at) {
            let by_name = wanted.named.iter().find(|(of, _)| of == field);
            *slot = match (by_name, wanted.profile) {
                (Some((field, column)), _) => Some(position(column).ok_or_else(|| ColumnsRefusal::Absent {
                    column: column.clone(),
                    field: *field,
                    found: found(),
                })?),
                (None, Some(profile)) => {
                    let column = profile.columns().iter().find(|(known, _)| known == field);
                    column.and_then(|(_, name)| position(name))
                }
                (None, None) => only(*field, names, &folded)?,
            };
        }
        let columns = Self { names: names.to_vec(), at };
        columns.check(wanted, found()).map(|()| columns)
    }

    fn check(&self, wanted: &Wanted, found: String) -> Result<(), ColumnsRefusal> {
        let has = |fields: &[Field]| fields.iter().any(|field| self.at(*field).is_some());
        let (codes, key) = (has(&Field::CODES), has(&[Field::MinistryKey]));
        let uais = has(&Field::UAIS) || key;
        if codes && uais {
            return Ok(());
        }
        if let Some(profile) = wanted.profile {
            let fields = |(field, _): &&(Field, &str)| Field::CODES.contains(field) || Field::UAIS.contains(field);
            let expected: Vec<_> = profile.columns().iter().filter(fields).map(|(_, name)| *name).collect();
            return Err(ColumnsRefusal::Profile { profile, expected: expected.join(", "), found });
        }
        let (what, example) =
            if codes { ("UAI", "colonne uai=MA_COLONNE") } else { ("code", "colonne cfd=MA_COLONNE") };
        let profiles = Profile::ALL.iter().map(|profile| profile.as_str()).collect::<Vec<_>>().join(", ");
        Err(ColumnsRefusal::Unrecognised { what, found, example, profiles })
    }

    /// Where a field stands.
    #[must_use]
    pub fn at(&self, field: Field) -> Option<usize> {
        self.at.get(field as usize).copied().flatten()
    }

    /// The fields that were found, each with its column, to be told back.
    pub fn told(&self) -> impl Iterator<Item = (Field, &str)> {
        Field::ALL.iter().filter_map(|field| Some((*field, self.names.get(self.at(*field)?)?.trim())))
    }

    /// The columns that say nothing here.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let used = |index: usize| self.at.contains(&Some(index));
        (0..).zip(&self.names).filter(move |(index, _)| !used(*index)).map(|(_, name)| name.trim())
    }
}

/// The one column that is called like a field.
fn only(field: Field, names: &[String], folded: &[String]) -> Result<Option<usize>, ColumnsRefusal> {
    let mut called = (0..).zip(folded).filter(|(_, name)| field.is_called(name)).map(|(index, _)| index);
    let first = called.next();
    if let (Some(first), Some(second)) = (first, called.next()) {
        let name = |index: usize| names.get(index).map(|name| name.trim().to_owned()).unwrap_or_default();
        return Err(ColumnsRefusal::Two { field, first: name(first), second: name(second) });
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(';').map(str::to_owned).collect()
    }

    fn found(text: &str, wanted: &Wanted) -> Result<String, String> {
        let columns = Columns::find(&names(text), wanted).map_err(|refusal| refusal.to_string())?;
        Ok(columns.told().map(|(field, column)| format!("{field}={column}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn columns_are_found_whatever_their_case_accents_underscores_and_spaces() {
        assert_eq!(
            found("Uai Composante;codecfd;LISTE RNCP;Libellé;autre", &Wanted::default()).unwrap(),
            "uai=Uai Composante cfd=codecfd rncp=LISTE RNCP libelle=Libellé"
        );
    }

    #[test]
    fn two_columns_for_one_field_are_refused_by_name_until_a_profile_or_a_name_decides() {
        let header = "UAI_GES;UAI_COMPOSANTE;CODECFD;CAPACITE;NBDEDEMANDES";
        let refused = found(header, &Wanted::default()).unwrap_err();
        assert!(refused.contains("« CAPACITE » et « NBDEDEMANDES »"), "{refused}");
        let profile = Wanted { profile: Some(Profile::Parcoursup), ..Wanted::default() };
        let told = found(header, &profile).unwrap();
        assert_eq!(told, "uai=UAI_COMPOSANTE uai_gestionnaire=UAI_GES cfd=CODECFD poids=NBDEDEMANDES");
        let named = Wanted { named: vec![parse_named("poids=capacite").unwrap()], ..Wanted::default() };
        assert!(found(header, &named).unwrap().ends_with("poids=CAPACITE"));
    }

    #[test]
    fn what_is_missing_is_said_with_what_there_is() {
        let refused = found("a;b", &Wanted::default()).unwrap_err();
        assert!(refused.contains("aucune colonne de code") && refused.contains("a, b"), "{refused}");
        let refused = found("cfd;b", &Wanted::default()).unwrap_err();
        assert!(refused.contains("aucune colonne de UAI"), "{refused}");
        let profile = Wanted { profile: Some(Profile::Affelnet), ..Wanted::default() };
        let refused = found("UAI_COMPOSANTE;CODECFD", &profile).unwrap_err();
        assert!(refused.contains("ID_ETAB, CO_MEFSTAT") && refused.contains("CODECFD"), "{refused}");
        let named = Wanted { named: vec![parse_named("uai=X").unwrap()], ..Wanted::default() };
        assert!(found("cfd;b", &named).unwrap_err().contains("« X »"));
        assert!(parse_named("couleur=X").is_err() && parse_named("uai").is_err());
    }
}
