//! Volumes and the trades that make them: exact sums, one pure function, and the law of their mean.

use gbm_core::intervention::OrderSide;
use gbm_core::prelude::*;
use gbm_core::prints::{MAX_PRINTS, Print, Tape, TickVolume};
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use crate::quotes::increment;
use crate::support::{Dice, at, btc, instrument};

fn tape(market: &Market<Model>) -> Tape {
    Tape::new(market.seed(), market.grid(), &market.instruments()[0], increment(2), increment(5))
}

/// One tick of a tape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) tick: u64,
    pub(crate) before: f64,
    pub(crate) price: f64,
    pub(crate) book: BookState,
    pub(crate) volume: TickVolume,
    pub(crate) prints: Vec<Print>,
}

/// What a market's tape says of its first ticks.
pub(crate) fn told(simulation: &mut Simulation<Model>, ticks: u64) -> Vec<Told> {
    let mut tape = tape(simulation.market());
    let mut before = tape.round(simulation.last_price(0).unwrap());
    let mut quotes = [Quote::default()];
    let mut told = Vec::new();
    for _ in 0..ticks {
        let tick = simulation.step_into(&mut quotes).unwrap();
        if quotes[0].is_halted {
            continue;
        }
        let (price, book) = (tape.round(quotes[0].price), simulation.book_state(0).unwrap());
        let mut prints = Vec::new();
        let volume = tape.print(tick, before, price, &book, &mut prints);
        told.push(Told { tick, before, price, book, volume, prints });
        before = price;
    }
    told
}

/// The mean volume of ticks whose prices have this volatility, in units of V·Δ.
fn mean_volume(volatility: f64, interval_ms: u64, ticks: u64) -> f64 {
    let grid = TimeGrid::new(0, interval_ms).unwrap();
    let btc = instrument("BTC-USD", 0, 0.0, volatility);
    let market = Market::new(Seed::from(17), grid, vec![btc], None).unwrap();
    let told = told(&mut Simulation::new(market), ticks);
    let sum: u64 = told.iter().map(|told| told.volume.total()).sum();
    sum as f64 * 1e-5 / ticks as f64 / (25_000.0 * grid.tick_s() / 86_400.0)
}

#[test]
fn the_mean_volume_is_the_books_while_returns_have_its_volatility() {
    // A year's volatility of the book's day, 0.042·√365.
    let own = 0.042 * 365.0_f64.sqrt();
    // The factor's second moment is e·(¾ + π/8); 5.6 standard errors are a family error below 1e-6.
    let deviation = (1_f64.exp() * (0.75 + std::f64::consts::PI / 8.0) - 1.0).sqrt();
    let ticks = 200_000;
    let critical = 5.6 * deviation / (ticks as f64).sqrt();
    assert!(critical < 0.02);
    for interval_ms in [20, 100, 1000, 60_000] {
        let mean = mean_volume(own, interval_ms, ticks);
        println!("interval {interval_ms} ms: mean {mean:.4}, critical {critical:.4}");
        assert!((mean - 1.0).abs() < critical, "{interval_ms} ms: {mean}");
    }
    // Planted: returns half as large, and twice as large, as the book's.
    for (factor, expected) in [(0.5, 0.75), (2.0, 1.5)] {
        let mean = mean_volume(factor * own, 1000, ticks);
        println!("volatility × {factor}: mean {mean:.4}");
        assert!((mean - 1.0).abs() > critical, "{mean}");
        assert!((mean / expected - 1.0).abs() < critical, "{mean}");
    }
}

#[test]
fn volume_and_size_of_the_return_go_together() {
    let told = told(&mut Simulation::new(btc(3)), 50_000);
    let mut sizes: Vec<(f64, f64)> =
        told.iter().map(|told| ((told.price / told.before).ln().abs(), told.volume.own as f64)).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = |part: &[(f64, f64)]| part.iter().map(|size| size.1).sum::<f64>() / part.len() as f64;
    let (calm, wild) = (mean(&sizes[..5000]), mean(&sizes[45_000..]));
    // Means of |z| in the outer tenths are 0.063 and 2.06; the law's factors 0.54 and 1.79.
    assert!((wild / calm - 3.3).abs() < 0.3, "{}", wild / calm);
}

#[test]
fn sides_follow_the_tick() {
    let told = told(&mut Simulation::new(btc(9)), 50_000);
    for (name, sign, expected) in [("rising", 1.0, 0.75), ("falling", -1.0, 0.25)] {
        let ticks = told.iter().filter(|told| (told.price - told.before) * sign > 0.0);
        let sides: Vec<bool> = ticks.flat_map(|told| &told.prints).map(|print| print.side == OrderSide::Buy).collect();
        let share = sides.iter().filter(|&&buy| buy).count() as f64 / sides.len() as f64;
        let critical = 5.6 * (expected * (1.0 - expected) / sides.len() as f64).sqrt();
        println!("{name}: {share:.4} of {} prints are purchases", sides.len());
        assert!((share - expected).abs() < critical, "{name}: {share}");
        assert!((share - 0.5).abs() > critical, "planted: sides by a coin");
    }
}

#[test]
fn an_orders_quantity_is_traded_on_its_side() {
    let mut simulation = Simulation::new(btc(1));
    simulation.intervene(&at(11, r#"{"kind":"meta_order","side":"sell","quantity":900,"duration_s":30}"#)).unwrap();
    let bid = r#"{"kind":"inject_liquidity","side":"bid","quantity":1000,"within":0.02,"half_life_s":60}"#;
    simulation.intervene(&at(20, bid)).unwrap();
    let told = told(&mut simulation, 60);
    for Told { tick, volume, prints, .. } in &told {
        let (sold, bought) = (u64::from((11..41).contains(tick)) * 3_000_000, u64::from(*tick == 20) * 50_000_000);
        assert_eq!((volume.sold, volume.bought), (sold, bought), "tick {tick}");
        let of = |side| prints.iter().filter(move |print| print.side == side).map(|print| print.lots).sum::<u64>();
        assert!(of(OrderSide::Sell) >= sold && of(OrderSide::Buy) >= bought, "tick {tick}");
        assert!(prints.len() <= MAX_PRINTS);
    }
}

#[test]
fn a_cancelled_order_trades_no_more() {
    let mut simulation = Simulation::new(btc(1));
    let order = at(5, r#"{"kind":"meta_order","side":"buy","quantity":100,"duration_s":100}"#);
    let id = simulation.intervene(&order).unwrap().id;
    simulation.intervene(&Command::now(Intervention::Cancel(Cancel { id })).at(9)).unwrap();
    let told = told(&mut simulation, 20);
    let traded: Vec<u64> = told.iter().filter(|told| told.volume.bought > 0).map(|told| told.tick).collect();
    assert_eq!(traded, [5, 6, 7, 8]);
}

#[test]
fn a_deeper_book_trades_more_and_at_a_narrower_spread() {
    let run = |json: Option<&str>| {
        let mut simulation = Simulation::new(btc(5));
        if let Some(json) = json {
            simulation.intervene(&at(1, json)).unwrap();
        }
        let told = told(&mut simulation, 2000);
        let volume: u64 = told.iter().map(|told| told.volume.total()).sum();
        let reach = |told: &Told| told.prints.iter().map(|print| (print.price / told.price - 1.0).abs()).sum::<f64>();
        (
            volume as f64,
            told.iter().map(reach).sum::<f64>() / told.iter().map(|told| told.prints.len() as f64).sum::<f64>(),
        )
    };
    let (volume, reach) = run(None);
    assert!((reach / 0.5e-4 - 1.0).abs() < 0.01, "{reach}");
    let depth = 3.0 * Book::btc().depth(LogDistance::new(0.01).unwrap());
    let deep = format!(
        r#"{{"kind":"inject_liquidity","side":"both","quantity":{depth},"within":0.01,"half_life_s":1e12,"eta":0}}"#
    );
    let (deeper, narrower) = run(Some(&deep));
    assert!((deeper / volume - 2.0).abs() < 1e-3, "{}", deeper / volume);
    assert!((narrower / reach - 0.5).abs() < 0.01, "{}", narrower / reach);
    let (same, wider) = run(Some(r#"{"kind":"spread","factor":20}"#));
    assert!(same == volume && (wider / reach - 20.0).abs() < 0.2, "{}", wider / reach);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// On any journal prints sum to the volume, stand at the quotes within their tick, and are the same in any order, after a
    /// restart, and from a tape that was written down.
    #[test]
    fn prints_are_the_volume_and_one_pure_function(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut simulation = Simulation::new(btc(seed));
        for _ in 0..20 {
            drop(simulation.intervene(&Command::now(dice.any_body(20)).at(1 + dice.below(1000))));
        }
        let cut = dice.below(1000);
        let mut whole = told(&mut simulation.clone(), 1000);
        let first = told(&mut simulation, cut);
        let text = serde_json::to_string(&simulation.snapshot()).unwrap();
        let mut restored = Simulation::restore(serde_json::from_str::<Snapshot<Model>>(&text).unwrap()).unwrap();
        let second = told(&mut restored, 1000 - cut);
        // A tape's first tick asks for the price before it, which its caller keeps.
        prop_assert!(first == whole[..first.len()]);
        prop_assert!(second.is_empty() || second[1..] == whole[first.len() + 1..]);
        let market = btc(seed);
        let mut again: Tape = serde_json::from_str(&serde_json::to_string(&tape(&market)).unwrap()).unwrap();
        prop_assert!(again == tape(&market));
        whole.reverse();
        for Told { tick, before, price, book, volume, prints } in whole {
            let Best { bid, ask } = again.best(price, again.quoting(&book));
            prop_assert!(prints.iter().map(|print| print.lots).sum::<u64>() == volume.total());
            prop_assert!(prints.len() <= MAX_PRINTS && prints.iter().all(|print| print.lots > 0));
            prop_assert!(prints.is_sorted_by_key(|print| print.offset_ms));
            for print in &prints {
                prop_assert!((1..=1000).contains(&print.offset_ms));
                let at = if print.side == OrderSide::Buy { ask } else { bid };
                prop_assert!(print.price == at);
            }
            let mut anew = Vec::new();
            prop_assert!(again.volume(tick, before, price, &book) == volume);
            prop_assert!(again.print(tick, before, price, &book, &mut anew) == volume && anew == prints);
        }
    }
}
