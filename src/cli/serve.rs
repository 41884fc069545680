//! `exposition serve`: the HTTP server, until Ctrl-C or SIGTERM.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::pin;

use tokio::net::TcpListener;

use super::session::Session;
use super::{CliError, Ending, stop_token};
use crate::config::{Config, HttpConfig};
use crate::db::DbError;
use crate::http::{self, AppState};

/// Arguments of `exposition serve` and `exposition demo`.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// Port to listen on, 0 for a free one [env: EXPOSITION_PORT]
    #[arg(long)]
    port: Option<u16>,
    /// Address to listen on [env: EXPOSITION_BIND]
    #[arg(long)]
    bind: Option<IpAddr>,
}

impl ServeArgs {
    /// The configuration with what the command line says.
    pub(super) fn apply(&self, config: &mut HttpConfig) {
        config.port = self.port.unwrap_or(config.port);
        config.bind = self.bind.unwrap_or(config.bind);
    }
}

/// Opens the socket before anything slow: a port that is taken is said at once.
pub(super) async fn listen(config: &HttpConfig) -> Result<(TcpListener, SocketAddr), CliError> {
    let what = || {
        let hint = "choose another with --port, or --port 0 for a free one";
        CliError::io(format!("cannot listen on {}:{} ({hint})", config.bind, config.port))
    };
    let listener = TcpListener::bind((config.bind, config.port)).await.map_err(what())?;
    let address = listener.local_addr().map_err(what())?;
    Ok((listener, address))
}

/// Serves until asked to stop.
pub(super) async fn run(args: ServeArgs, mut config: Config, data_dir: &Path) -> Result<Ending, CliError> {
    args.apply(&mut config.http);
    let stop = stop_token()?;
    let (listener, address) = listen(&config.http).await?;
    let (session, is_away) = Session::open_or_wait(&config, data_dir).await?;
    let state = AppState::new(session.db.clone(), config.clock, config.http.clone());
    println!("Listening on http://{address} (documentation: http://{address}/docs)");
    let prepare = async {
        if is_away {
            session.prepare_patiently().await?;
            state.publications.refresh().await?;
        }
        if session.db.current_publication().await?.is_none() {
            tracing::warn!("there is no publication yet: exposition ingest PATH… && exposition publish");
        }
        Ok::<(), DbError>(())
    };
    let serve = http::serve(listener, state.clone(), stop.cancelled_owned());
    let mut serve = pin!(serve);
    // What waiting does not mend ends the program; all else is served meanwhile, as «not ready».
    let served = tokio::select! {
        served = &mut serve => served.map_err(CliError::io("the server failed")),
        prepared = prepare => match prepared {
            Ok(()) | Err(DbError::Unavailable(_)) => serve.await.map_err(CliError::io("the server failed")),
            Err(error) => Err(error.into()),
        },
    };
    session.close().await?;
    served.map(|()| Ending::Done)
}
