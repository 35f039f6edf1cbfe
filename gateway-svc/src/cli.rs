//! The program: flags, start, stop.

use std::future::Future;
use std::process::ExitCode;

use clap::Parser;
use svc_common::flags::{self, BindFlag, Flags};
use svc_common::serve::Listeners;
use svc_common::{program, shutdown};

use crate::{Config, run};

/// The one door: a reverse proxy for HTTP and WebSocket, sign-in, limits.
#[derive(Parser)]
#[command(name = "gateway-svc", version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
}

/// A gateway on its port, ready to run.
#[derive(Debug)]
pub struct Started {
    listeners: Listeners,
    config: Config,
}

impl Started {
    /// Takes the port.
    ///
    /// # Errors
    /// One line about what can't be used.
    pub fn new(flags: &Flags, bind: BindFlag) -> Result<Self, String> {
        let listeners = Listeners::bind(bind.bind, flags.gateway_port, "--gateway-port");
        Ok(Self { listeners: listeners.map_err(|error| error.to_string())?, config: Config::from(flags) })
    }

    /// What to say once it has started.
    pub fn line(&self) -> String {
        format!(
            "gateway      http://{}:{}  pages, REST and Socket.IO",
            self.config.hosts.first(),
            self.listeners.port()
        )
    }

    /// Runs until `shutdown` is done.
    ///
    /// # Errors
    /// One line about what failed.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), String> {
        run(self.listeners, self.config, shutdown).await.map_err(|error| error.to_string())
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli: Cli = match flags::parse("gateway_port") {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    cli.bind.warn();
    program::run(cli.flags.log, async {
        let started = Started::new(&cli.flags, cli.bind)?;
        Ok((started.line(), started.run(shutdown::signal())))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_flag_has_a_variable() {
        assert_eq!(flags::without_variable(&Cli::command()), Vec::<String>::new());
    }
}
