//! How a part of a picture gets its colour.

/// How a part of a picture gets its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Ink {
    /// By a class of the style sheet of the page that it stands in.
    Class(&'static str),
    /// By itself.
    Colour(&'static str),
}

impl Ink {
    /// The attribute that fills a shape with it.
    pub(in crate::http) fn fill(self) -> String {
        match self {
            Self::Class(class) => format!("class=\"{class}\""),
            Self::Colour(colour) => format!("fill=\"{colour}\""),
        }
    }

    /// The attribute that draws a line with it.
    pub(in crate::http) fn stroke(self) -> String {
        match self {
            Self::Class(class) => format!("class=\"{class} ligne\""),
            Self::Colour(colour) => format!("stroke=\"{colour}\""),
        }
    }
}
