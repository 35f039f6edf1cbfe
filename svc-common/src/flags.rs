//! Flags that services share. A launcher that starts all of them in one process flattens the same structs once.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, value_parser};

use crate::complain;
use crate::hosts::{PublicHost, PublicHosts};
use crate::telemetry::Log;

/// The port of the gateway.
pub const GATEWAY_PORT: u16 = 3000;
/// The port of the dashboard.
pub const DASHBOARD_PORT: u16 = 3002;
/// The port of the market data service.
pub const MARKET_DATA_PORT: u16 = 3003;
/// The port of the trading service.
pub const TRADING_PORT: u16 = 3004;

/// What every service is told, since each must know where the others are and by which names it may be called.
#[derive(Args, Clone, Debug)]
pub struct Flags {
    /// Where sessions, keys and links are kept
    #[arg(long = "data", env = "ALGO_TRADING_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// A host by which the system may be called, without a port; repeat it or separate by commas; by default
    /// localhost, 127.0.0.1 and ::1
    #[arg(long = "public-host", env = "ALGO_TRADING_PUBLIC_HOST", value_name = "HOST", value_delimiter = ',')]
    pub public_host: Vec<PublicHost>,
    /// The gateway's port
    #[arg(long, env = "ALGO_TRADING_GATEWAY_PORT", value_name = "PORT", default_value_t = GATEWAY_PORT, value_parser = value_parser!(u16).range(1..))]
    pub gateway_port: u16,
    /// The dashboard's port
    #[arg(long, env = "ALGO_TRADING_DASHBOARD_PORT", value_name = "PORT", default_value_t = DASHBOARD_PORT, value_parser = value_parser!(u16).range(1..))]
    pub dashboard_port: u16,
    /// The market data service's port
    #[arg(long, env = "ALGO_TRADING_MARKET_DATA_PORT", value_name = "PORT", default_value_t = MARKET_DATA_PORT, value_parser = value_parser!(u16).range(1..))]
    pub market_data_port: u16,
    /// The trading service's port
    #[arg(long, env = "ALGO_TRADING_TRADING_PORT", value_name = "PORT", default_value_t = TRADING_PORT, value_parser = value_parser!(u16).range(1..))]
    pub trading_port: u16,
    /// How much is logged to standard error
    #[arg(long, env = "ALGO_TRADING_LOG", value_name = "LEVEL", value_enum, default_value_t = Log::Warn)]
    pub log: Log,
}

impl Flags {
    /// The public hosts.
    pub fn hosts(&self) -> PublicHosts {
        PublicHosts::new(self.public_host.clone())
    }
}

/// What the services that others may reach are told: the gateway and the dashboard.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct BindFlag {
    /// Listen on this address too, beside this machine's own; needs --public-host
    #[arg(long, env = "ALGO_TRADING_BIND", value_name = "ADDR", requires = "public_host")]
    pub bind: Option<IpAddr>,
}

impl BindFlag {
    /// Warns on standard error if tokens will travel in clear.
    pub fn warn(&self) {
        if let Some(address) = self.bind.filter(|address| !address.is_loopback()) {
            complain::warn(&format!(
                "--bind {address}: tokens travel in clear over this network; put TLS in front of it"
            ));
        }
    }
}

/// Parses the process's arguments for one service's own program, where `--port` is another name of its own port's flag.
///
/// # Errors
/// The exit code, after help was printed or one line said what was wrong.
pub fn parse<T: CommandFactory + FromArgMatches>(own_port: &'static str) -> Result<T, ExitCode> {
    parse_from(own_port, std::env::args_os()).map_err(|error| complain::usage(&error))
}

fn parse_from<T: CommandFactory + FromArgMatches>(
    own_port: &'static str,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<T, clap::Error> {
    let command = T::command().mut_arg(own_port, |port| port.visible_alias("port"));
    T::from_arg_matches(&command.try_get_matches_from(arguments)?)
}

/// The flags of a program that no environment variable `ALGO_TRADING_<FLAG>` sets.
pub fn without_variable(command: &clap::Command) -> Vec<String> {
    let flags = command.get_arguments().filter_map(|flag| Some((flag, flag.get_long()?)));
    let lacks = |flag: &clap::Arg, long: &str| {
        let variable = format!("ALGO_TRADING_{}", long.replace('-', "_").to_uppercase());
        flag.get_env().is_none_or(|set| set != variable.as_str())
    };
    flags.filter(|(flag, long)| lacks(flag, long)).map(|(_, long)| long.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        flags: Flags,
        #[command(flatten)]
        bind: BindFlag,
    }

    fn parsed(arguments: &[&str]) -> Result<Program, clap::Error> {
        parse_from("gateway_port", ["program"].iter().chain(arguments).map(OsString::from))
    }

    #[test]
    fn port_is_the_services_own() {
        let program = parsed(&["--port", "21000", "--dashboard-port=21002"]).unwrap();
        assert_eq!((program.flags.gateway_port, program.flags.dashboard_port), (21000, 21002));
        assert_eq!(program.flags.hosts(), PublicHosts::default());
    }

    #[test]
    fn hosts_come_in_one_list() {
        let flags = parsed(&["--public-host", "a.example,B.example", "--public-host", "::1"]).unwrap().flags;
        assert_eq!(flags.hosts().iter().collect::<Vec<_>>(), ["a.example", "b.example", "[::1]"]);
        assert!(parsed(&["--public-host", "a:80"]).is_err());
    }

    #[test]
    fn every_flag_has_a_variable() {
        assert_eq!(without_variable(&Program::command()), Vec::<String>::new());
        let other = Program::command().arg(clap::Arg::new("other").long("other"));
        assert_eq!(without_variable(&other), ["other"]);
    }

    #[test]
    fn another_address_needs_a_name() {
        assert!(parsed(&["--bind", "0.0.0.0"]).is_err());
        let program = parsed(&["--bind", "0.0.0.0", "--public-host", "a.example"]).unwrap();
        assert!(program.bind.bind.is_some());
    }
}
