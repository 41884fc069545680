//! `exposition serve`: the HTTP server, until Ctrl-C or SIGTERM.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::pin;

use tokio::net::TcpListener;

use super::session::Session;
use super::{CliError, Ending, stop_token};
use crate::config::{Config, HttpConfig};
use crate::db::{Db, DbError};
use crate::http::{self, AppState};

/// The folder of the exported files in the data folder.
pub(super) const EXPORTS: &str = "exports";

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

/// What the server shares, with the operator's look of its pages.
pub(super) fn open(db: Db, config: &Config) -> Result<AppState, CliError> {
    let what = CliError::io("cannot read the folder of EXPOSITION_THEME");
    AppState::open(db, config.clock, config.http.clone()).map_err(what)
}

/// The socket of the metrics, when there is to be one.
async fn listen_for_metrics(config: &HttpConfig) -> Result<Option<(TcpListener, SocketAddr)>, CliError> {
    let Some(bind) = config.metrics else { return Ok(None) };
    let what = || CliError::io(format!("cannot listen on {bind} (EXPOSITION_METRICS)"));
    let listener = TcpListener::bind(bind).await.map_err(what())?;
    let address = listener.local_addr().map_err(what())?;
    Ok(Some((listener, address)))
}

/// Serves until asked to stop.
pub(super) async fn run(args: ServeArgs, mut config: Config, data_dir: &Path) -> Result<Ending, CliError> {
    args.apply(&mut config.http);
    config.http.exports.get_or_insert_with(|| data_dir.join(EXPORTS));
    let stop = stop_token()?;
    let (listener, address) = listen(&config.http).await?;
    let admin = listen_for_metrics(&config.http).await?;
    let (session, is_away) = Session::open_or_wait(&config, data_dir).await?;
    let state = open(session.db.clone(), &config)?;
    if let Some((listener, address)) = admin {
        println!("Metrics on http://{address}/metrics");
        let serving = http::metrics::serve(listener, state.clone(), stop.clone().cancelled_owned());
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the metrics are not served any more");
            }
        });
    }
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
