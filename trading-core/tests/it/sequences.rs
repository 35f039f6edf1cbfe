//! Random sequences of ticks, orders, cancels, halts and resets, and what must hold after each event of each.

use std::collections::{BTreeMap, BTreeSet};

use gbm_core::market::Book;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use trading_core::account::{Account, Terms};
use trading_core::events::{Event, Fill, FillId};
use trading_core::exchange::Exchange;
use trading_core::order::{AccountId, Kind, NewOrder, Order, OrderId, Rejection, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Queue, Rules};

use crate::support::{Dice, dec};

const SEQUENCES: u64 = 10_000;
const ACCOUNTS: u64 = 3;

/// What is known from outside: orders as they were accepted, and every event since.
#[derive(Default)]
struct Ledger {
    orders: BTreeMap<OrderId, Order>,
    filled: BTreeMap<OrderId, Decimal>,
    ended: BTreeSet<OrderId>,
    last_fill: u64,
    fills: u64,
    liquidations: u64,
    /// Each account's cash, position and fees, entered here from its fills alone.
    money: BTreeMap<AccountId, (Decimal, Decimal, Decimal)>,
}

type Broken = String;

macro_rules! must {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}

impl Ledger {
    fn follow(&mut self, events: &[Event], terms: &BTreeMap<AccountId, Terms>) -> Result<(), Broken> {
        let mut makers: Vec<(&Fill, Decimal)> = Vec::new();
        for event in events {
            match event {
                Event::Filled(fill) => {
                    must!(fill.id == FillId(self.last_fill + 1), "fill {:?} after {}", fill.id, self.last_fill);
                    self.last_fill += 1;
                    self.fills += 1;
                    must!(fill.quantity > Decimal::ZERO && fill.price > Decimal::ZERO, "{fill:?}");
                    let money = self.money.entry(fill.account).or_default();
                    let signed = fill.side.signed(fill.quantity);
                    money.0 -= signed * fill.price + fill.fee;
                    money.1 += signed;
                    money.2 += fill.fee;
                    let bp = if fill.is_maker { terms[&fill.account].maker_bp } else { terms[&fill.account].taker_bp };
                    let exact = fill.price * fill.quantity * bp / dec("10000");
                    must!(fill.fee <= exact && exact - fill.fee < dec("0.00000001"), "fee of {fill:?}");
                    // A liquidation has an order of its own, which nobody submitted.
                    let Some(order) = self.orders.get(&fill.order) else { continue };
                    must!(!self.ended.contains(&fill.order), "{:?} was filled after its end", fill.order);
                    must!(order.account == fill.account && order.asked.side == fill.side, "{fill:?} of {order:?}");
                    let filled = self.filled.entry(fill.order).or_default();
                    *filled += fill.quantity;
                    must!(*filled <= order.asked.quantity, "{:?} was filled twice", fill.order);
                    if *filled == order.asked.quantity {
                        self.ended.insert(fill.order);
                    }
                    if let Some(limit) = order.asked.kind.limit() {
                        let is_within = if fill.side == Side::Buy { fill.price <= limit } else { fill.price >= limit };
                        must!(is_within, "{fill:?} is beyond {limit}");
                        if fill.is_maker {
                            makers.push((fill, limit));
                        }
                    }
                    must!(fill.tick > order.decided_tick, "{fill:?} of {order:?} was too soon");
                }
                Event::Cancelled { order, .. } | Event::Expired { order } => {
                    must!(self.ended.insert(*order), "{order:?} ended twice");
                }
                Event::Liquidated { account, written_off } => {
                    self.liquidations += 1;
                    self.money.entry(*account).or_default().0 += *written_off;
                }
                _ => {}
            }
        }
        // On one side the better price comes first, and of one price the older order.
        for pair in makers.windows(2).filter(|pair| pair[0].0.side == pair[1].0.side) {
            let [(first, one), (second, other)] = [pair[0], pair[1]];
            let better = if first.side == Side::Buy { one > other } else { one < other };
            must!(better || (one == other && first.order < second.order), "{first:?} before {second:?}");
        }
        Ok(())
    }

    fn agrees(&self, id: AccountId, account: &Account, price: Decimal) -> Result<(), Broken> {
        let Account { terms, cash, position, cost, realised, fees, written_off } = account;
        let left = *cash + *position * price + *fees;
        let right = terms.initial + *realised + (*position * price - *cost) + *written_off;
        must!(left == right, "{id:?}: {left} is not {right}: {account:?}");
        let (moved, held, paid) = self.money.get(&id).copied().unwrap_or_default();
        must!(*cash == terms.initial + moved && *position == held && *fees == paid, "{id:?}: {account:?}");
        must!(!position.is_zero() || cost.is_zero(), "{id:?} has a cost and no position: {account:?}");
        if !terms.has_margin() {
            must!(*position >= Decimal::ZERO && *cash >= Decimal::ZERO, "{id:?} owes: {account:?}");
        }
        Ok(())
    }
}

fn cents(price: f64) -> Decimal {
    Decimal::from_f64(price).unwrap().round_dp(2)
}

fn lots(lots: f64) -> Decimal {
    (Decimal::from_f64(lots).unwrap().floor() + Decimal::ONE) * dec("0.00001")
}

fn any_order(dice: &mut Dice, price: f64) -> NewOrder {
    let side = if dice.below(2) == 0 { Side::Buy } else { Side::Sell };
    let near = |dice: &mut Dice| cents(price * (1.0 + 0.02 * (dice.unit() - 0.5)));
    let (limit, stop) = (near(dice), near(dice));
    let kind = match dice.below(8) {
        0 | 1 => Kind::Market,
        2..=4 => Kind::Limit { price: limit },
        5 => Kind::Stop { stop },
        6 => Kind::StopLimit { stop, price: limit },
        _ => Kind::TakeProfit { stop },
    };
    let time_in_force = match dice.below(6) {
        0 => TimeInForce::Ioc,
        1 => TimeInForce::Fok,
        _ => TimeInForce::Gtc,
    };
    NewOrder {
        client_id: (dice.below(4) == 0).then(|| format!("c{}", dice.below(6))),
        side,
        quantity: lots(10_f64.powf(7.0 * dice.unit())),
        kind,
        time_in_force,
        post_only: dice.below(8) == 0,
        reduce_only: dice.below(6) == 0,
        expires_tick: (dice.below(8) == 0).then(|| dice.below(60)),
    }
}

#[derive(Default)]
struct Seen {
    fills: u64,
    makers: u64,
    liquidations: u64,
    rejections: BTreeMap<Rejection, u64>,
}

fn sequence(seed: u64, seen: &mut Seen) -> Result<(), Broken> {
    let mut dice = Dice(seed);
    let queue = dice.pick(&[Queue::Touch, Queue::Through, Queue::Depth]);
    let mut exchange = Exchange::new(Rules { queue, ..Rules::btc(Book::btc()) });
    let mut terms = BTreeMap::new();
    for id in 1..=ACCOUNTS {
        let leverage = dice.pick(&[Decimal::ONE, Decimal::ONE, dec("5"), dec("50")]);
        let initial = dice.pick(&[dec("1000"), dec("100000"), dec("3333.33333333")]);
        let maker_bp = dice.pick(&[Decimal::ZERO, dec("2"), dec("12.5")]);
        terms.insert(AccountId(id), Terms { initial, maker_bp, taker_bp: dec("7.77"), leverage });
        exchange.open(AccountId(id), terms[&AccountId(id)]);
    }
    let (mut ledger, mut events) = (Ledger::default(), Vec::new());
    let (mut price, mut tick, mut is_halted) = (100.0, 0, false);
    for _ in 0..60 {
        let account = AccountId(1 + dice.below(ACCOUNTS));
        events.clear();
        match dice.below(12) {
            0..5 => {
                tick += 1 + dice.below(2);
                // Now and then a jump, which is more than some margins bear.
                let reach = if dice.below(12) == 0 { 0.6 } else { 0.02 };
                price *= 1.0 + reach * (dice.unit() - 0.5);
                let rounded = |price: f64| (price * 100.0).round() / 100.0;
                let time_ms = 1000 * tick.cast_signed();
                let (bid, ask) = (rounded(price * 0.9999), rounded(price * 1.0001));
                let liquidity = dice.pick(&[1.0, 0.001, 30.0]);
                exchange.on_tick(&Quote { tick, time_ms, price: rounded(price), bid, ask, liquidity }, &mut events);
                is_halted = false;
            }
            5..9 => {
                let asked = any_order(&mut dice, price);
                let known = exchange.open_orders(account).count();
                match exchange.submit(account, asked.clone()) {
                    Ok(id) => {
                        must!(!is_halted || ledger.orders.contains_key(&id), "{id:?} was accepted in a halt");
                        if let Some(order) = exchange.order(id).filter(|_| !ledger.orders.contains_key(&id)) {
                            must!(order.asked == asked, "{order:?} is not {asked:?}");
                            ledger.orders.insert(id, order.clone());
                        }
                        // Again it is the same order if it has a name.
                        if asked.client_id.is_some() {
                            must!(exchange.submit(account, asked) == Ok(id), "{id:?} was not known again");
                        }
                    }
                    Err(why) => {
                        *seen.rejections.entry(why).or_default() += 1;
                        must!(exchange.open_orders(account).count() == known, "a refused order stands");
                    }
                }
            }
            9 => {
                let open: Vec<OrderId> = exchange.open_orders(account).map(|order| order.id).collect();
                if !open.is_empty() && dice.coin() {
                    let id = dice.pick(&open);
                    must!(exchange.cancel(account, id).is_ok(), "{id:?} can't be cancelled");
                    let other = AccountId(1 + account.0 % ACCOUNTS);
                    must!(exchange.cancel(other, id) == Err(Rejection::UnknownOrder), "{other:?} cancelled {id:?}");
                }
            }
            10 => {
                exchange.halt();
                is_halted = true;
            }
            _ if dice.below(10) == 0 => {
                exchange.reset(account, None, &mut events).map_err(|why| why.to_string())?;
                ledger.follow(&events, &terms)?;
                events.clear();
                ledger.money.remove(&account);
            }
            _ => {}
        }
        must!(!is_halted || events.is_empty(), "something happened in a halt: {events:?}");
        seen.makers +=
            events.iter().filter(|event| matches!(event, Event::Filled(fill) if fill.is_maker)).count() as u64;
        ledger.follow(&events, &terms)?;
        for id in terms.keys() {
            let account = exchange.account(*id).ok_or("no account")?;
            ledger.agrees(*id, account, cents(price))?;
            let free = exchange.free_cash(*id).ok_or("no account")?;
            must!(account.terms.has_margin() || free >= Decimal::ZERO, "{id:?} has {free} free");
        }
        for order in ledger.orders.keys() {
            let is_open = exchange.order(*order).is_some();
            must!(is_open != ledger.ended.contains(order), "{order:?}: open is {is_open}");
        }
    }
    seen.fills += ledger.fills;
    seen.liquidations += ledger.liquidations;
    Ok(())
}

#[test]
fn money_and_rules_hold_whatever_happens() {
    let mut seen = Seen::default();
    for seed in 0..SEQUENCES {
        if let Err(broken) = sequence(seed, &mut seen) {
            panic!("sequence {seed}: {broken}");
        }
    }
    let Seen { fills, makers, liquidations, rejections } = seen;
    println!("{fills} fills, {makers} of them of resting orders, {liquidations} liquidations, {rejections:?}");
    assert!(fills > 20_000 && makers > 4000 && liquidations > 50, "{fills} {makers} {liquidations}");
    assert!(rejections.len() >= 9, "{rejections:?}");
}
