//! The last ticks of the session, once, over a connection of its own.

use market_api::stream::{Hello, Position, Subscribe, Subscribed, event};

use super::socket::{Packet, Socket};
use super::{Market, quotes, read};
use trading_core::quote::Quote;

/// As many of the session's last ticks as are wanted and kept.
///
/// # Errors
/// What went wrong, in words.
pub async fn recent(market: &Market, wanted: u64) -> Result<Vec<Quote>, String> {
    let mut socket = Socket::connect(&market.host, market.port).await?;
    let hello: Hello = loop {
        if let Packet::Event(name, body) = socket.next().await?
            && name == event::HELLO
        {
            break read(body)?;
        }
    };
    let instrument = hello.session.instruments.into_iter().next().ok_or("the market has no instrument")?.id;
    // A tick more may have come until the answer, so that the oldest is gone.
    let most = (hello.resume_limit as u64).saturating_sub(1000).min(wanted);
    let seq = hello.session.seq.saturating_sub(most);
    let resume = Some(Position { session: hello.session.session, seq, trade_seq: None });
    socket.ask(event::SUBSCRIBE, &Subscribe { instrument, channels: vec!["ticks".into()], resume }).await?;
    loop {
        if let Packet::Ack(answer) = socket.next().await? {
            let subscribed: Subscribed = read(answer)?;
            let ticks = subscribed.ticks.ok_or("the answer has no ticks")?;
            return quotes(&ticks).ok_or_else(|| "a batch of ticks has columns of different lengths".into());
        }
    }
}
