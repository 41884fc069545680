//! `exposition keys`: make a key for a platform, list the keys, revoke one.
//!
//! A key is printed once, on stdout, and nowhere else: what is stored cannot be turned back.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use serde_json::json;

use super::{CliError, Fin};
use crate::clock::Clock;
use crate::db::Db;
use crate::db::acces::{NouvelleCle, Revocation};
use crate::domain::acces::{Cle, Droit, EtatCle, TexteCle, nom_de_cle};
use crate::http::acces::aleatoire;

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
    #[arg(long, value_parser = nom_de_cle)]
    name: String,
    /// How to reach them: an e-mail address
    #[arg(long, value_parser = crate::domain::mot_de_passe::nom)]
    contact: Option<String>,
    /// What the key opens: legacy (/api/inserjeunes) or v1 (/api/v1); may be repeated [default: both]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Droit>,
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

fn scope(text: &str) -> Result<Droit, String> {
    Droit::parse(text).map_err(|_| {
        let known: Vec<_> = Droit::ALL.iter().map(|droit| droit.as_str()).collect();
        format!("expected {}", known.join(" or "))
    })
}

/// Makes, lists or revokes.
pub(super) async fn run(args: KeysArgs, db: &Db, clock: Clock) -> Result<Fin, CliError> {
    match args.action.unwrap_or(Action::List) {
        Action::Create(args) => create(args, db, clock).await,
        Action::List => {
            list(&db.cles().await?, clock);
            Ok(Fin::Done)
        }
        Action::Revoke { key } => revoke(&key, db).await,
    }
}

async fn create(args: CreateArgs, db: &Db, clock: Clock) -> Result<Fin, CliError> {
    let texte = TexteCle::from_bytes(aleatoire().map_err(|error| CliError::Other(error.to_string()))?);
    let mut droits = if args.scopes.is_empty() { Droit::ALL.to_vec() } else { args.scopes };
    droits.sort_unstable();
    droits.dedup();
    let cle = db
        .creer_cle(NouvelleCle {
            empreinte: &texte.empreinte(),
            nom: &args.name,
            contact: args.contact.as_deref(),
            droits: &droits,
            quota: args.quota,
            expire_le: args.expires,
        })
        .await?;
    if cle.etat(clock.today()) == EtatCle::Expiree {
        eprintln!("Note: its last day has passed, so that it will be refused.");
    }
    if args.json {
        println!("{}", json!({ "key": texte.expose() }));
    } else {
        println!("{}", texte.expose());
        eprintln!("Key {} of {} ({}).", cle.id, cle.nom, about(&cle));
        eprintln!("It is shown this once: only its hash is stored. Clients send it in the header x-api-key.");
    }
    Ok(Fin::Done)
}

/// Scopes and end of a key, in words.
fn about(cle: &Cle) -> String {
    let end = cle.expire_le.map_or("no end".to_owned(), |day| format!("until {day}"));
    format!("scopes: {}; {end}", scopes(cle))
}

fn scopes(cle: &Cle) -> String {
    cle.droits.iter().map(|droit| droit.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(cles: &[Cle], clock: Clock) {
    if cles.is_empty() {
        println!("There is no key yet: exposition keys create --name NAME");
        return;
    }
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["id", "name", "contact", "scopes", "quota", "created", "last day", "last use", "state"]);
    for cle in cles {
        let used = cle.utilisee_le.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        table.add_row([
            cle.id.to_string(),
            cle.nom.clone(),
            cle.contact.clone().unwrap_or_default(),
            scopes(cle),
            cle.quota.map(|quota| quota.to_string()).unwrap_or_default(),
            cle.creee_le.format("%Y-%m-%d").to_string(),
            cle.expire_le.map(|day| day.to_string()).unwrap_or_default(),
            used.unwrap_or_default(),
            state(cle, clock),
        ]);
    }
    println!("{table}");
}

fn state(cle: &Cle, clock: Clock) -> String {
    match (cle.etat(clock.today()), cle.revoquee_le) {
        (EtatCle::Revoquee, Some(at)) => format!("revoked {}", at.format("%Y-%m-%d")),
        (EtatCle::Revoquee, None) => "revoked".to_owned(),
        (EtatCle::Expiree, _) => "expired".to_owned(),
        (EtatCle::Active, _) => "active".to_owned(),
    }
}

async fn revoke(key: &str, db: &Db) -> Result<Fin, CliError> {
    match db.revoquer_cle(key.trim()).await? {
        Revocation::Faite(cle) => {
            println!("Key {} of {} is revoked; running servers refuse it within seconds.", cle.id, cle.nom);
            Ok(Fin::Done)
        }
        Revocation::DejaFaite(cle) => {
            println!("Key {} of {} was revoked before.", cle.id, cle.nom);
            Ok(Fin::Done)
        }
        // The text is not repeated: somebody may have given the key itself.
        Revocation::Inconnue => {
            eprintln!("error: no key has this number or name: see `exposition keys list`");
            Ok(Fin::Refused)
        }
        Revocation::Ambigue(cles) => {
            let numbers: Vec<_> = cles.iter().map(|cle| cle.id.to_string()).collect();
            eprintln!("error: several keys have this name, give the number of one: {}", numbers.join(", "));
            Ok(Fin::Refused)
        }
    }
}
