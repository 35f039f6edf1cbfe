//! The program: flags, start, stop.

use std::future::Future;
use std::process::ExitCode;

use clap::Parser;
use svc_common::flags::{self, BindFlag, Flags};
use svc_common::serve::Listeners;
use svc_common::{program, shutdown};

use crate::{Config, run};

/// The two screens: Trading and the Control room.
#[derive(Parser)]
#[command(name = "frontend-admin", version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
}

/// A dashboard on its port, ready to run.
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
        let listeners = Listeners::bind(bind.bind, flags.dashboard_port, "--dashboard-port");
        Ok(Self { listeners: listeners.map_err(|error| error.to_string())?, config: Config::from(flags) })
    }

    /// What to say once it has started.
    pub fn line(&self) -> String {
        format!("dashboard    http://{}:{}/dashboard/", self.config.hosts.first(), self.listeners.port())
    }

    /// Runs until `shutdown` is done.
    ///
    /// # Errors
    /// None so far: a dashboard that has its port can't fail. The signature is that of every service.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), String> {
        run(self.listeners, &self.config, shutdown).await;
        Ok(())
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli: Cli = match flags::parse("dashboard_port") {
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
