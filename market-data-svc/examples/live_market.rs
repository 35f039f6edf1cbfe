//! A live BTC market on one port: `io("http://localhost:3003")` gets its ticks.
//!
//! `cargo run --release -p market-data-svc --example live_market [PORT] [DIRECTORY]`; Ctrl-C stops it, and the session
//! goes on when it is started again.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use gbm_core::prelude::*;
use market_api::instrument::TickSize;
use market_data_svc::feed::server_time;
use market_data_svc::service::{Config, run};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().map_or(Ok(3003), |port| port.parse())?;
    let folder = arguments.next().unwrap_or_else(|| "data".into());
    let btc = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(100_000.0)?,
        model: Gbm::new(0.5, 0.8)?.into(),
        book: Book::btc(),
    };
    let market = Market::new(Seed::from(42), TimeGrid::new(server_time(), 100)?, vec![btc], None)?;
    let config = Config {
        data_directory: folder.into(),
        market,
        session: format!("{:x}", server_time()),
        tick_size: TickSize::new(1, 2)?,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://127.0.0.1:{port}/v1/session and Socket.IO");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    run(listener, config, |_| (), stop).await?;
    Ok(())
}
