//! Markets and orders for tests.

use gbm_core::market::Book;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::events::{Event, Fill};
use trading_core::exchange::Exchange;
use trading_core::order::{AccountId, Kind, NewOrder, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Queue, Rules};

pub(crate) const ME: AccountId = AccountId(1);

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn order(side: Side, quantity: &str, kind: Kind) -> NewOrder {
    NewOrder {
        client_id: None,
        side,
        quantity: dec(quantity),
        kind,
        time_in_force: TimeInForce::Gtc,
        post_only: false,
        reduce_only: false,
        expires_tick: None,
    }
}

pub(crate) fn limit(side: Side, quantity: &str, price: &str) -> NewOrder {
    order(side, quantity, Kind::Limit { price: dec(price) })
}

/// A market of one account, tick after tick.
pub(crate) struct Desk {
    pub(crate) exchange: Exchange,
    pub(crate) events: Vec<Event>,
    pub(crate) tick: u64,
}

impl Desk {
    pub(crate) fn new(terms: Terms, queue: Queue) -> Self {
        let mut exchange = Exchange::new(Rules { queue, ..Rules::btc(Book::btc()) });
        exchange.open(ME, terms);
        let mut desk = Self { exchange, events: Vec::new(), tick: 0 };
        desk.at(100.0);
        desk
    }

    /// A second later the price is this, with a spread of two cents.
    pub(crate) fn at(&mut self, price: f64) -> Vec<Event> {
        self.tick += 1;
        let cents = |price: f64| (price * 100.0).round() / 100.0;
        let (bid, ask) = (cents(price - 0.01), cents(price + 0.01));
        let time_ms = 1000 * self.tick.cast_signed();
        let quote = Quote { tick: self.tick, time_ms, price, bid, ask, liquidity: 1.0 };
        let mut events = Vec::new();
        self.exchange.on_tick(&quote, &mut events);
        self.events.extend_from_slice(&events);
        events
    }

    pub(crate) fn fills(&self) -> Vec<&Fill> {
        fills(&self.events)
    }
}

pub(crate) fn fills(events: &[Event]) -> Vec<&Fill> {
    events.iter().filter_map(|event| if let Event::Filled(fill) = event { Some(fill) } else { None }).collect()
}

/// No fees, and ten times the equity.
pub(crate) fn free_margin() -> Terms {
    let (initial, leverage) = (dec("1000000000"), dec("10"));
    Terms { initial, maker_bp: Decimal::ZERO, taker_bp: Decimal::ZERO, leverage }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.word() % end
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.word() >> 63 == 1
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
