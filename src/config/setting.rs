//! What a setting is. There is no list of settings beside the structs that hold them: each is one
//! field of a struct declared with [`settings!`], with its variable, its form and its default, and
//! the documentation of the field is what it means.
//!
//! From that one declaration come the field, its reading, the values that `exposition doctor`
//! prints, the list of `exposition --help`, and the table of README.md, which a test compares
//! (`.ci/regenerate` writes it).
//!
//! To add a setting:
//!
//! 1. Choose the struct of its concern in this folder and add the field:
//!
//! ```text
//! /// Seconds that a request waits for a connection.
//! pub acquire_timeout: Duration = ("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", form::seconds(), Text("3")),
//! ```
//!
//! 2. Its form says what the text may be: take one of [`super::form`], or add one there.
//! 3. Use the field where it matters; a test shows that it does.
//! 4. `.ci/regenerate` adds the row to README.md.

use std::{fmt, fs};

use super::form::{Form, Shown};

/// One setting, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The variable of the environment.
    pub name: &'static str,
    /// What happens when the variable is not set.
    pub default: Standard,
    /// What its text may be, with the unit: «seconds, above 0».
    pub takes: &'static str,
    /// What it is for, in sentences; Markdown.
    pub meaning: &'static str,
    /// Whether it is a secret, which may stand in a file instead: the variable that names the file
    /// ends in [`IN_FILE`].
    pub secret: bool,
}

/// What the variable of a secret is followed by in the one that names a file with it, as containers
/// and units mount secrets.
const IN_FILE: &str = "_FILE";

impl Setting {
    /// The entry of one field; `meaning` is its documentation as the compiler hands it over.
    pub(super) const fn new<T>(name: &'static str, form: &Form<T>, default: Standard, meaning: &'static str) -> Self {
        Self { name, default, takes: form.takes, meaning: meaning.trim_ascii(), secret: form.secret }
    }

    /// What it takes, and where else that may stand, in words; Markdown.
    #[must_use]
    pub fn accepted(&self) -> String {
        let Self { name, takes, secret, .. } = self;
        if *secret { format!("{takes}; or `{name}{IN_FILE}`, the name of a file with it") } else { (*takes).to_owned() }
    }
}

/// What happens when a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// As if it had this text.
    Text(&'static str),
    /// There is no text that would say it; this is what happens then.
    Unset(&'static str),
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Text(text) | Self::Unset(text)) = self;
        f.write_str(text)
    }
}

/// A variable that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Its text is not what it should be.
    #[error("{name}={value:?}: expected {takes}")]
    Text {
        /// The variable, or the one that names the file it was read from.
        name: String,
        /// Its text; `***` for a secret.
        value: String,
        /// What it should be.
        takes: &'static str,
    },
    /// The file of a secret cannot be read.
    #[error("{name}={path:?}: {reason}; expected a file that this user may read")]
    File {
        /// The variable that names the file.
        name: String,
        /// The file.
        path: String,
        /// Why not.
        reason: std::io::Error,
    },
    /// A secret is given twice.
    #[error("{name} and {name}{IN_FILE} are both set: keep one of them")]
    Twice {
        /// The variable.
        name: &'static str,
    },
}

/// Where the texts of the variables come from.
pub(super) struct Reader<'a>(pub &'a dyn Fn(&str) -> Option<String>);

impl Reader<'_> {
    /// The variable's text; an empty one counts as unset, as compose files write it.
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The value of a variable, or of its default. A default is text too and takes the same way: it
    /// cannot be what the variable could not say.
    pub(super) fn value<T>(&self, name: &'static str, form: &Form<T>, default: Standard) -> Result<T, ConfigError> {
        let (name, typed) = if form.secret { self.secret(name)? } else { (name.to_owned(), self.text(name)) };
        let text = typed.or(match default {
            Standard::Text(text) => Some(text.to_owned()),
            Standard::Unset(_) => None,
        });
        (form.parse)(text.as_deref()).ok_or_else(|| {
            let value = if form.secret { "***".to_owned() } else { text.unwrap_or_default() };
            ConfigError::Text { name, value, takes: form.takes }
        })
    }

    /// The text of a secret, from its variable or from the file that another one names, and the
    /// variable that was set. An empty file counts as a wrong text: a secret that was not mounted
    /// must not be taken for one that nobody wants.
    fn secret(&self, name: &'static str) -> Result<(String, Option<String>), ConfigError> {
        let in_file = format!("{name}{IN_FILE}");
        match (self.text(name), self.text(&in_file)) {
            (Some(_), Some(_)) => Err(ConfigError::Twice { name }),
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(text) => Ok((in_file, Some(text.trim().to_owned()))),
                Err(reason) => Err(ConfigError::File { name: in_file, path, reason }),
            },
            (typed, None) => Ok((name.to_owned(), typed)),
        }
    }
}

/// A struct of settings, and of structs of settings.
pub(super) trait Section: Sized {
    /// What there is, those of the inner structs first.
    fn settings() -> Vec<Setting>;

    /// Reads all of them.
    ///
    /// # Errors
    /// The first variable whose text is not what it should be.
    fn read(reader: &Reader<'_>) -> Result<Self, ConfigError>;

    /// The values in effect, in the order of [`Section::settings`].
    fn shown(&self) -> Vec<Shown>;
}

/// Declares a struct of settings: `field: Type = (VARIABLE, form, default)`. Below the struct stand
/// the structs that it holds, and the fields that no variable fills.
macro_rules! settings {
    (
        $(#[$of_struct:meta])*
        pub struct $Struct:ident {
            $( $(#[doc = $meaning:literal])+ pub $field:ident: $Type:ty = ($name:literal, $form:expr, $default:expr), )*
        }
        $( groups { $( $(#[$of_group:meta])* pub $group:ident: $Group:ty, )+ } )?
        $( constants { $( $(#[$of_constant:meta])* pub $constant:ident: $Constant:ty = $value:expr, )+ } )?
    ) => {
        $(#[$of_struct])*
        #[derive(Debug, Clone)]
        pub struct $Struct {
            $($( $(#[$of_group])* pub $group: $Group, )+)?
            $(
                $(#[doc = $meaning])+
                #[doc = concat!("\n\n`", $name, "`")]
                pub $field: $Type,
            )*
            $($( $(#[$of_constant])* pub $constant: $Constant, )+)?
        }

        impl $crate::config::setting::Section for $Struct {
            fn settings() -> Vec<$crate::config::Setting> {
                [
                    $($( <$Group as $crate::config::setting::Section>::settings(), )+)?
                    vec![$( $crate::config::Setting::new::<$Type>($name, &$form, $default, concat!($($meaning),+)) ),*],
                ]
                .concat()
            }

            fn read(
                reader: &$crate::config::setting::Reader<'_>,
            ) -> Result<Self, $crate::config::ConfigError> {
                Ok(Self {
                    $($( $group: $crate::config::setting::Section::read(reader)?, )+)?
                    $( $field: reader.value($name, &$form, $default)?, )*
                    $($( $constant: $value, )+)?
                })
            }

            fn shown(&self) -> Vec<$crate::config::Shown> {
                [
                    $($( $crate::config::setting::Section::shown(&self.$group), )+)?
                    vec![$( ($form.show)(&self.$field) ),*],
                ]
                .concat()
            }
        }
    };
}
pub(super) use settings;
