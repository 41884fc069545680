//! Drawing: what every picture of the service is made of.
//!
//! Pictures are SVG that Rust writes. The pages show them inside their HTML, where a style sheet
//! colours them ([`ink::Ink::Class`]), because the policy of the pages allows no style in the markup and
//! because only there a reader's colours are known. Alone or in another site's page a picture has
//! no style sheet: it carries its colours ([`ink::Ink::Colour`], from a [`palette`]).
//!
//! No font is embedded, so nobody knows how wide a text will be: [`metrics`] measures with the
//! widest of the fonts that may be used, and what does not fit is broken into lines or cut.
//! What a picture says, it also says in words, from the same values ([`outcome`]).

pub(super) mod card;
pub(super) mod dots;
pub(super) mod ink;
pub(super) mod metrics;
pub(super) mod outcome;
pub(super) mod palette;
pub(super) mod svg;
pub(super) mod years;
