//! The forms of settings: what a text may be, how it becomes a value, how a value is shown.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::NaiveDate;

use super::{LogFormat, Network, Secret};
use crate::clock::Clock;

/// How a text becomes a `T`.
pub(super) struct Form<T> {
    /// What the text may be, with the unit, as it follows «expected».
    pub takes: &'static str,
    /// The value of a text, or of none; nothing when the text is not what it should be.
    pub parse: fn(Option<&str>) -> Option<T>,
    /// The value in effect.
    pub show: fn(&T) -> Shown,
    /// The text may not be repeated in a message.
    pub secret: bool,
}

/// A value in effect, as far as it may be printed.
#[derive(Debug, Clone)]
pub enum Shown {
    /// As it could be typed.
    Text(String),
    /// There is none: the setting says what happens then.
    Unset,
    /// A secret: that it is set is shown, its text never.
    Hidden,
    /// The address of a database: all but its password may be printed.
    Address(Secret),
}

fn text(value: &impl Display) -> Shown {
    Shown::Text(value.to_string())
}

/// What is there: a `Some` as `show` says.
fn if_set<T>(value: Option<&T>, show: impl FnOnce(&T) -> Shown) -> Shown {
    value.map_or(Shown::Unset, show)
}

/// A number of which none is too small or too large for its type.
fn any<T: FromStr + Display>(takes: &'static str) -> Form<T> {
    Form { takes, parse: |text| text?.parse().ok(), show: text, secret: false }
}

/// A whole number from 1.
pub(super) fn count<T: FromStr + Display + PartialOrd + From<u8>>() -> Form<T> {
    let parse = |text: Option<&str>| text?.parse().ok().filter(|number| *number >= T::from(1));
    Form { takes: "a whole number, from 1", parse, show: text, secret: false }
}

/// A number of bytes; 0 is one.
pub(super) fn bytes<T: FromStr + Display>() -> Form<T> {
    any("bytes")
}

/// A number of bytes from 1.
pub(super) fn some_bytes() -> Form<u64> {
    Form { takes: "bytes, from 1", ..count() }
}

/// A whole percentage.
pub(super) fn percent() -> Form<i32> {
    let parse = |text: Option<&str>| text?.parse().ok().filter(|percent| (0..=100).contains(percent));
    Form { takes: "a whole percentage, 0 to 100", parse, show: text, secret: false }
}

/// A percentage with decimals.
pub(super) fn share() -> Form<f64> {
    let parse = |text: Option<&str>| text?.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    Form { takes: "a percentage, 0 to 100", parse, show: text, secret: false }
}

fn show_seconds(duration: &Duration) -> Shown {
    text(&duration.as_secs_f64())
}

/// A time that is not nothing. What `Duration` cannot hold is refused.
pub(super) fn seconds() -> Form<Duration> {
    let parse = |text: Option<&str>| {
        let seconds = text?.parse().ok().filter(|seconds| *seconds > 0.0)?;
        Duration::try_from_secs_f64(seconds).ok()
    };
    Form { takes: "seconds, above 0", parse, show: show_seconds, secret: false }
}

/// A time of at most 10 seconds: the longest that a revoked key may still be accepted.
pub(super) fn seconds_to_10() -> Form<Duration> {
    let parse = |text: Option<&str>| {
        let seconds = text?.parse().ok().filter(|seconds| (0.0..=10.0).contains(seconds))?;
        Duration::try_from_secs_f64(seconds).ok()
    };
    Form { takes: "seconds, 0 to 10", parse, show: show_seconds, secret: false }
}

/// An address of a machine.
pub(super) fn ip() -> Form<IpAddr> {
    any("an IP address")
}

/// A port of TCP.
pub(super) fn port() -> Form<u16> {
    any("a port, 0 to 65535")
}

/// A folder, which need not exist.
pub(super) fn folder() -> Form<Option<PathBuf>> {
    let parse = |text: Option<&str>| Some(text.map(PathBuf::from));
    let show = |folder: &Option<PathBuf>| if_set(folder.as_ref(), |folder| text(&folder.display()));
    Form { takes: "a folder", parse, show, secret: false }
}

/// The address of a database. Whether it is one is for `db` to say.
pub(super) fn database() -> Form<Option<Secret>> {
    let parse = |text: Option<&str>| match text {
        Some("") => None,
        text => Some(text.map(|text| Secret::new(text.to_owned()))),
    };
    let show = |url: &Option<Secret>| if_set(url.as_ref(), |url| Shown::Address(url.clone()));
    Form { takes: "an address, `postgres://user:password@host/base`", parse, show, secret: true }
}

/// A secret that is worth its name: HS256 has 256 bits.
pub(super) fn secret() -> Form<Option<Secret>> {
    let parse = |text: Option<&str>| match text {
        Some(text) if text.len() < 32 => None,
        text => Some(text.map(|text| Secret::new(text.to_owned()))),
    };
    let show = |secret: &Option<Secret>| if_set(secret.as_ref(), |_| Shown::Hidden);
    Form { takes: "a random text of at least 32 bytes", parse, show, secret: true }
}

/// Hosts in lower case. An address in place of a host would never fit: refused.
pub(super) fn hosts() -> Form<Vec<String>> {
    let parse = |text: Option<&str>| {
        let words = text?.split(|c: char| c == ',' || c.is_whitespace()).filter(|host| !host.is_empty());
        let hosts: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        let plain = |host: &String| host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
        Some(hosts).filter(|hosts| !hosts.is_empty() && hosts.iter().all(plain))
    };
    let takes = "hosts (`host` or `host:port`) separated by commas, without https://";
    Form { takes, parse, show: |hosts| Shown::Text(hosts.join(",")), secret: false }
}

/// Words for people.
pub(super) fn words() -> Form<Option<String>> {
    let parse = |text: Option<&str>| Some(text.map(str::to_owned));
    let show = |words: &Option<String>| if_set(words.as_ref(), text);
    Form { takes: "a text", parse, show, secret: false }
}

/// The beginning of an address: scheme, host, port.
pub(super) fn origin() -> Form<Option<String>> {
    let parse = |text: Option<&str>| match text {
        None => Some(None),
        Some(text) => {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
            (!host.is_empty() && host.chars().all(plain)).then(|| Some(text.to_owned()))
        }
    };
    let show = |origin: &Option<String>| if_set(origin.as_ref(), text);
    Form { takes: "`https://host` or `http://host:port`, without a path", parse, show, secret: false }
}

/// Networks, none at all included.
pub(super) fn networks() -> Form<Vec<Network>> {
    let parse = |text: Option<&str>| {
        let words = text.unwrap_or_default().split(|c: char| c == ',' || c.is_whitespace());
        words.filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect()
    };
    let show = |networks: &Vec<Network>| {
        let words: Vec<_> = networks.iter().map(ToString::to_string).collect();
        if words.is_empty() { Shown::Unset } else { Shown::Text(words.join(",")) }
    };
    Form { takes: "addresses or networks (`10.0.0.0/8`) separated by commas", parse, show, secret: false }
}

/// An address of a machine and a port.
pub(super) fn socket() -> Form<Option<SocketAddr>> {
    let parse = |text: Option<&str>| text.map_or(Some(None), |text| text.parse().ok().map(Some));
    let show = |socket: &Option<SocketAddr>| if_set(socket.as_ref(), self::text);
    Form { takes: "an IP address and a port, as `127.0.0.1:9464`", parse, show, secret: false }
}

/// A number of requests a minute; 0 is none at all.
pub(super) fn requests_a_minute() -> Form<u32> {
    any("requests a minute; 0: no limit")
}

/// The form of log lines.
pub(super) fn log_format() -> Form<LogFormat> {
    let parse = |text: Option<&str>| match text? {
        "auto" => Some(LogFormat::Auto),
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    };
    Form {
        takes: "`auto`, `text` or `json`",
        parse,
        show: |format| Shown::Text(format!("{format:?}").to_lowercase()),
        secret: false,
    }
}

/// What is logged; read where the logs begin.
pub(super) fn log_filter() -> Form<String> {
    any("a filter of `tracing`, as `info,exposition=debug`")
}

/// The day, or the clock of the system.
pub(super) fn day() -> Form<Clock> {
    let parse = |text: Option<&str>| match text {
        None => Some(Clock::System),
        Some(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Clock::Fixed),
    };
    Form { takes: "a day, as `2026-01-31`", parse, show: |clock| text(&clock.today()), secret: false }
}
