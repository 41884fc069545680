//! `exposition keys`: make a key for a platform, list the keys, revoke one.
//!
//! A key is printed once, on stdout, and nowhere else: what is stored cannot be turned back.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::json;

use super::table::{self, Column};
use super::{CliError, Ending};
use crate::clock::Clock;
use crate::db::Db;
use crate::db::access::{NewApiKey, Revocation};
use crate::domain::access::{AccessScope, ApiKey, KeyState, KeyText, key_name};
use crate::http::access::random_bytes;

/// Arguments of `exposition keys`.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key; it is shown this once
    ///
    /// Give each platform a key of its own. To replace one, make a second key of the same name, hand
    /// it over, then revoke the first by its number.
    Create(CreateArgs),
    /// List the keys, the newest first (the default)
    List,
    /// Revoke a key; the running servers refuse it within EXPOSITION_KEY_CACHE_S (at most 10 s)
    Revoke {
        /// Number of the key, as `list` shows it, or its name if no other key has it
        #[arg(value_name = "ID|NAME")]
        key: String,
    },
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// Whose key it is: the platform
    #[arg(long, value_parser = key_name)]
    name: String,
    /// How to reach them: an e-mail address
    #[arg(long, value_parser = crate::domain::password::name)]
    contact: Option<String>,
    /// What the key opens: legacy (/api/inserjeunes) or v1 (/api/v1); may be repeated [default: both]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<AccessScope>,
    /// Requests a minute that are kept with the key [default: that of every key]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    quota: Option<i32>,
    /// Last day on which the key is accepted (2027-08-31, Europe/Paris) [default: no end]
    #[arg(long, value_name = "DATE")]
    expires: Option<NaiveDate>,
    /// Print {"key": "…"} and nothing else
    #[arg(long)]
    json: bool,
}

fn scope(text: &str) -> Result<AccessScope, String> {
    AccessScope::parse(text).map_err(|_| {
        let known: Vec<_> = AccessScope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("expected {}", known.join(" or "))
    })
}

/// Makes, lists or revokes.
pub(super) async fn run(args: KeysArgs, db: &Db, clock: Clock) -> Result<Ending, CliError> {
    match args.action.unwrap_or(Action::List) {
        Action::Create(args) => create(args, db, clock).await,
        Action::List => {
            list(&db.keys().await?, clock);
            Ok(Ending::Done)
        }
        Action::Revoke { key } => revoke(&key, db).await,
    }
}

async fn create(args: CreateArgs, db: &Db, clock: Clock) -> Result<Ending, CliError> {
    let text = KeyText::from_bytes(random_bytes().map_err(|error| CliError::Other(error.to_string()))?);
    let mut droits = if args.scopes.is_empty() { AccessScope::ALL.to_vec() } else { args.scopes };
    droits.sort_unstable();
    droits.dedup();
    let api_key = db
        .create_key(NewApiKey {
            empreinte: &text.hash(),
            nom: &args.name,
            contact: args.contact.as_deref(),
            droits: &droits,
            quota: args.quota,
            expire_le: args.expires,
        })
        .await?;
    if api_key.state(clock.today()) == KeyState::Expired {
        eprintln!("Note: its last day has passed, so that it will be refused.");
    }
    if args.json {
        println!("{}", json!({ "key": text.expose() }));
    } else {
        println!("{}", text.expose());
        eprintln!("Key {} of {} ({}).", api_key.id, api_key.nom, about(&api_key));
        eprintln!("It is shown this once: only its hash is stored. Clients send it in the header x-api-key.");
    }
    Ok(Ending::Done)
}

/// Scopes and end of a key, in words.
fn about(api_key: &ApiKey) -> String {
    let end = api_key.expire_le.map_or("no end".to_owned(), |day| format!("until {day}"));
    format!("scopes: {}; {end}", scopes(api_key))
}

fn scopes(api_key: &ApiKey) -> String {
    api_key.droits.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(keys: &[ApiKey], clock: Clock) {
    if keys.is_empty() {
        println!("There is no key yet: exposition keys create --name NAME");
    } else {
        println!("{}", table(keys, clock));
    }
}

fn table(keys: &[ApiKey], clock: Clock) -> Table {
    use Column::{Number, Text, Whole};
    let mut table = table::table(&[
        Number("id"),
        Text("name"),
        Text("contact"),
        Text("scopes"),
        Number("quota"),
        Whole("created"),
        Whole("last day"),
        Text("last use, UTC"),
        Text("state"),
    ]);
    for api_key in keys {
        let used = api_key.utilisee_le.map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        table.add_row([
            api_key.id.to_string(),
            api_key.nom.clone(),
            api_key.contact.clone().unwrap_or_default(),
            scopes(api_key),
            api_key.quota.map(|quota| quota.to_string()).unwrap_or_default(),
            api_key.creee_le.format("%Y-%m-%d").to_string(),
            api_key.expire_le.map(|day| day.to_string()).unwrap_or_default(),
            used.unwrap_or_default(),
            state(api_key, clock),
        ]);
    }
    table
}

fn state(api_key: &ApiKey, clock: Clock) -> String {
    match (api_key.state(clock.today()), api_key.revoquee_le) {
        (KeyState::Revoked, Some(at)) => format!("revoked {}", at.format("%Y-%m-%d")),
        (KeyState::Revoked, None) => "revoked".to_owned(),
        (KeyState::Expired, _) => "expired".to_owned(),
        (KeyState::Active, _) => "active".to_owned(),
    }
}

async fn revoke(key: &str, db: &Db) -> Result<Ending, CliError> {
    match db.revoke_key(key.trim()).await? {
        Revocation::Done(api_key) => {
            println!("Key {} of {} is revoked; running servers refuse it within seconds.", api_key.id, api_key.nom);
            Ok(Ending::Done)
        }
        Revocation::AlreadyDone(api_key) => {
            println!("Key {} of {} was revoked before.", api_key.id, api_key.nom);
            Ok(Ending::Done)
        }
        // The text is not repeated: somebody may have given the key itself.
        Revocation::Unknown => {
            eprintln!("error: no key has this number or name: see `exposition keys list`");
            Ok(Ending::Refused)
        }
        Revocation::Ambiguous(keys) => {
            let numbers: Vec<_> = keys.iter().map(|api_key| api_key.id.to_string()).collect();
            eprintln!("error: several keys have this name, give the number of one: {}", numbers.join(", "));
            Ok(Ending::Refused)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_a_terminal_whatever_the_holders_are_called() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let key = ApiKey {
            id: i32::MAX,
            nom: "n".repeat(100),
            contact: Some(format!("{}@example.org", "c".repeat(90))),
            droits: AccessScope::ALL.to_vec(),
            quota: Some(i32::MAX),
            creee_le: at,
            expire_le: Some(at.date_naive()),
            revoquee_le: Some(at),
            utilisee_le: Some(at),
        };
        let table = table(&[key], Clock::System);
        assert!(table::width(&table) <= table::WIDEST, "{table}");
        assert!(table.to_string().contains("2147483647"), "{table}");
    }
}
