//! Filière (how the course is taught) and maille (the level that a statistic describes).

use std::fmt;

use super::Invalid;

/// A closed list whose members have one spelling everywhere: Rust, SQL, JSON, requests.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$member_doc])* $member,)+ }

        impl $name {
            /// Every member, in the documented order.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The one spelling of this member.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $text,)+ }
            }

            /// Parses the one spelling.
            ///
            /// # Errors
            /// Any other text; the message lists what is allowed.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                Self::ALL.iter().copied().find(|member| member.as_str() == text).ok_or_else(|| {
                    let allowed: Vec<_> = Self::ALL.iter().map(|member| member.as_str()).collect();
                    Invalid(format!("attendu : {}", allowed.join(", ")))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use closed_list;

closed_list! {
    /// How the course is taught.
    Filiere {
        /// In alternation, under a work contract.
        Apprentissage = "apprentissage",
        /// School-based, ministry of education.
        Pro = "pro",
        /// School-based, ministry of agriculture.
        Agricole = "agricole",
        /// Higher education.
        Superieur = "superieur",
    }
}

closed_list! {
    /// The level that a statistic describes.
    Maille {
        /// The whole country.
        Nationale = "nationale",
        /// One région.
        Regionale = "regionale",
        /// One school, CFA or university.
        Etablissement = "etablissement",
    }
}

impl Filiere {
    /// Parses any of the spellings that files use (`scolaire`, `voie_pro_sco_agri`, …).
    #[must_use]
    pub fn parse_source(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "apprentissage" => Some(Self::Apprentissage),
            "pro" | "scolaire" | "voie_pro_sco_educ_nat" => Some(Self::Pro),
            "agricole" | "voie_pro_sco_agri" => Some(Self::Agricole),
            "superieur" => Some(Self::Superieur),
            _ => None,
        }
    }
}
