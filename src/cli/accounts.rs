//! `exposition accounts`: names and passwords for `auth/login`.
//!
//! A password is typed twice on the terminal, which does not show it, or read from standard input
//! when that is no terminal. Never an argument: arguments stand in the list of processes and in
//! the shell's history.

use std::io::{self, IsTerminal as _, Read as _};

use clap::{Args, Subcommand};
use comfy_table::Table;

use super::table::{self, Column};
use super::{CliError, Ending};
use crate::db::Db;
use crate::domain::password::{Account, MIN_LENGTH, Password, name};
use crate::http::access::random_bytes;

/// Most that is read of standard input: more is no password.
const INPUT_MAX: u64 = 1 << 16;

/// Arguments of `exposition accounts`.
#[derive(Debug, Args)]
pub(super) struct AccountsArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an account; the password is asked for, or read from standard input
    ///
    /// On a terminal it is typed twice and not shown. Otherwise standard input holds it on one line:
    /// exposition accounts create platform < password.txt
    Create {
        /// The name to log in with
        #[arg(value_parser = name)]
        user: String,
    },
    /// Remove an account: its password is forgotten, its tokens are refused within seconds
    Remove {
        /// The name to log in with
        user: String,
    },
    /// List the accounts (the default)
    List,
}

/// Makes, removes or lists.
pub(super) async fn run(args: AccountsArgs, db: &Db) -> Result<Ending, CliError> {
    match args.action.unwrap_or(Action::List) {
        Action::Create { user } => create(&user, db).await,
        Action::Remove { user } => remove(&user, db).await,
        Action::List => {
            list(&db.accounts().await?);
            Ok(Ending::Done)
        }
    }
}

async fn create(user: &str, db: &Db) -> Result<Ending, CliError> {
    // On a thread of its own: a person may take long, and Ctrl-C must be heard meanwhile.
    let read = tokio::task::spawn_blocking(password).await.map_err(|error| CliError::Other(error.to_string()))?;
    let text = match read.map_err(CliError::io("cannot read the password"))? {
        Ok(text) => text,
        Err(why) => return Ok(refused(why)),
    };
    let password = match Password::new(text) {
        Ok(password) => password,
        Err(why) => return Ok(refused(&why.to_string())),
    };
    let salt = random_bytes().map_err(|error| CliError::Other(error.to_string()))?;
    let hash = password.hash(&salt).map_err(|error| CliError::Other(error.to_string()))?;
    if !db.create_account(user, &hash).await? {
        return Ok(refused("there is an account of this name: remove it first to give it another password"));
    }
    println!("Account {user} is made.");
    Ok(Ending::Done)
}

fn refused(why: &str) -> Ending {
    eprintln!("error: {why}");
    Ending::Refused
}

/// What was typed or piped in, or why it is none.
fn password() -> io::Result<Result<String, &'static str>> {
    if !io::stdin().is_terminal() {
        let mut input = String::new();
        io::stdin().lock().take(INPUT_MAX).read_to_string(&mut input)?;
        return Ok(only_line(&input));
    }
    let typed = rpassword::prompt_password(format!("Password (at least {MIN_LENGTH} characters): "))?;
    let again = rpassword::prompt_password("The same again: ")?;
    Ok(if typed == again { Ok(typed) } else { Err("the two passwords differ") })
}

/// The one line of a text; two are accepted when they are the same, as a terminal would ask.
fn only_line(input: &str) -> Result<String, &'static str> {
    let mut lines = input.lines();
    let first = lines.next().unwrap_or_default();
    if lines.any(|line| line != first) {
        return Err("standard input holds several lines: the password must be the only one");
    }
    Ok(first.to_owned())
}

async fn remove(user: &str, db: &Db) -> Result<Ending, CliError> {
    if !db.delete_account(user.trim()).await? {
        return Ok(refused("there is no account of this name: see `exposition accounts list`"));
    }
    println!("Account {} is removed; its tokens are refused within seconds.", user.trim());
    Ok(Ending::Done)
}

fn list(comptes: &[Account]) {
    if comptes.is_empty() {
        println!("There is no account yet: exposition accounts create USER");
    } else {
        println!("{}", table(comptes));
    }
}

fn table(comptes: &[Account]) -> Table {
    let mut table = table::table(&[Column::Text("name"), Column::Whole("created"), Column::Text("state")]);
    for account in comptes {
        let removed = account.desactive_le.map(|at| format!("removed {}", at.format("%Y-%m-%d")));
        let created = account.cree_le.format("%Y-%m-%d").to_string();
        table.add_row([account.nom.clone(), created, removed.unwrap_or("active".to_owned())]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_a_terminal_whatever_the_accounts_are_called() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let table = table(&[Account { id: 1, nom: "n".repeat(200), cree_le: at, desactive_le: Some(at) }]);
        assert!(table::width(&table) <= table::WIDEST, "{table}");
    }

    #[test]
    fn a_password_is_one_line_whatever_ends_it() {
        for input in ["Mot2passe!", "Mot2passe!\n", "Mot2passe!\r\n", "Mot2passe!\nMot2passe!\n"] {
            assert_eq!(only_line(input).as_deref(), Ok("Mot2passe!"), "{input:?}");
        }
        assert_eq!(only_line(" with spaces \n").as_deref(), Ok(" with spaces "));
        assert!(only_line("Mot2passe!\nanother\n").is_err());
        assert_eq!(only_line("").as_deref(), Ok(""), "too short, as will be said");
    }
}
