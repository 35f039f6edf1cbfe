use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use trading_core::strategy::{BuiltIn, NAMES, Parameter};

use super::error::{CliError, Result};
use super::output::print;

#[derive(Args)]
pub(super) struct StrategiesArgs {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    parameters: Vec<ListedParameter>,
}

#[derive(Serialize)]
struct ListedParameter {
    name: &'static str,
    default: f64,
    min: f64,
    max: f64,
    is_whole: bool,
    description: &'static str,
}

pub(super) fn run(args: &StrategiesArgs) -> Result<()> {
    let listed: Vec<Listed> = NAMES.iter().map(|name| listed(name)).collect();
    if args.json {
        let text = serde_json::to_string(&listed).map_err(|error| CliError::Output(error.into()))?;
        return print(&(text + "\n"));
    }
    let mut text = String::new();
    for Listed { name, title, description, parameters } in &listed {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{name}  {title}\n  {description}");
        for ListedParameter { name, default, min, max, description, .. } in parameters {
            let domain = format!("[{min}, {max}]");
            let _ = writeln!(text, "  {name:<12} {default:>6}  {domain:<18}  {description}");
        }
        text.push('\n');
    }
    print(text.trim_end_matches('\n')).and_then(|()| print("\n"))
}

fn listed(name: &'static str) -> Listed {
    let of = |parameter: &Parameter| {
        let Parameter { name, default, min, max, is_whole, description } = *parameter;
        ListedParameter { name, default, min, max, is_whole, description }
    };
    Listed {
        name,
        title: BuiltIn::title(name).unwrap_or_default(),
        description: BuiltIn::description(name).unwrap_or_default(),
        parameters: BuiltIn::parameters(name).unwrap_or_default().iter().map(of).collect(),
    }
}
