//! Logs: human-readable on a terminal, JSON lines otherwise, always on stderr, so that what a
//! command prints stays clean on stdout.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing::subscriber::set_global_default;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{LogConfig, LogFormat};

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `EXPOSITION_LOG` is no filter.
    #[error(
        "EXPOSITION_LOG={filter:?} is no filter ({reason}): expected levels and modules, as in info,exposition=debug"
    )]
    Filter {
        /// Its text.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Called twice.
    #[error("logs were set up before: {0}")]
    Twice(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Sets up the logs of the whole program. To be called once.
///
/// # Errors
/// [`TelemetryError::Filter`] when `EXPOSITION_LOG` cannot be read, [`TelemetryError::Twice`] on a
/// second call.
pub fn init(config: &LogConfig) -> Result<(), TelemetryError> {
    let subscriber = subscriber(config, io::stderr().is_terminal(), io::stderr)?;
    // The log of libraries that use the `log` crate passes through here too.
    Ok(set_global_default(subscriber)?)
}

fn subscriber(
    config: &LogConfig,
    terminal: bool,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Result<Box<dyn Subscriber + Send + Sync>, TelemetryError> {
    let filter = EnvFilter::try_new(&config.filter)
        .map_err(|error| TelemetryError::Filter { filter: config.filter.clone(), reason: error.to_string() })?;
    let json = match config.format {
        LogFormat::Auto => !terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    Ok(match (json, terminal) {
        (true, _) => Box::new(lines.json().flatten_event(true).finish()),
        // The default has colours, unless NO_COLOR is set.
        (false, true) => Box::new(lines.finish()),
        (false, false) => Box::new(lines.with_ansi(false).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of one line of level info and one of level debug.
    fn logged(format: LogFormat, terminal: bool) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let config = LogConfig { format, filter: "info".to_owned() };
        let subscriber = subscriber(&config, terminal, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(rows = 3, "ingested");
            tracing::debug!("hidden");
        });
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn without_a_terminal_each_line_is_json() {
        for (format, terminal) in [(LogFormat::Auto, false), (LogFormat::Json, true)] {
            let line: serde_json::Value = serde_json::from_str(&logged(format, terminal)).unwrap();
            assert_eq!((&line["message"], &line["rows"]), (&"ingested".into(), &3.into()));
        }
    }

    #[test]
    fn text_has_colours_on_a_terminal_only() {
        let text = logged(LogFormat::Text, false);
        assert!(text.contains("ingested rows=3") && !text.contains('\u{1b}') && !text.contains("hidden"), "{text}");
        assert!(logged(LogFormat::Auto, true).contains("ingested"));
    }

    #[test]
    fn a_filter_that_is_none_is_reported_with_its_variable() {
        let config = LogConfig { format: LogFormat::Auto, filter: "exposition=bavard".to_owned() };
        let message = subscriber(&config, true, io::sink).err().unwrap().to_string();
        assert!(message.contains("EXPOSITION_LOG=\"exposition=bavard\""), "{message}");
    }
}
