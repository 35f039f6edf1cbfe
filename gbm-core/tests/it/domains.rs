//! Units, seeds, grids and markets: what is inside, what is outside, and what the error says.

use gbm_core::grid::{GridError, MAX_TICK, MAX_TIME_MS, TRADING_YEAR_S};
use gbm_core::market::MarketError;
use gbm_core::prelude::*;
use gbm_core::units::{Factor, OutOfDomain, Volume};
use proptest::prelude::*;

use crate::support::{btc, instrument};

#[track_caller]
fn says<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>, text: &str) {
    match result {
        Ok(value) => panic!("{value:?} was allowed"),
        Err(error) => assert_eq!(error.to_string(), text),
    }
}

#[test]
fn units_name_field_value_and_domain() {
    says(Price::new(0.0), "price = 0 is outside [0.000000000000001, 1000000000000000]");
    says(Price::new(f64::INFINITY), "price = inf is outside [0.000000000000001, 1000000000000000]");
    says(Drift::new(f64::NAN), "drift = NaN is outside [-1000, 1000]");
    says(Volatility::new(-0.1), "volatility = -0.1 is outside [0, 100]");
    says(Fraction::new(1.5), "fraction = 1.5 is outside [0, 1]");
    says(Seconds::new(0.0), "seconds = 0 is outside (0, 1000000000000]");
    says(LogReturn::new(21.0), "log_return = 21 is outside [-20, 20]");
    says(Quantity::new(f64::NEG_INFINITY), "quantity = -inf is outside [-1000000000000000, 1000000000000000]");
    says(LogDistance::new(-1.0), "within = -1 is outside (0, 20]");
    says(Volume::new(0.0), "volume = 0 is outside [0.000000001, 1000000000000000]");
    says(Factor::new(-1.0), "factor = -1 is outside [0.000000001, 1000000]");
    says(Years::new(0.0), "years = 0 is outside (0, 1000000]");
    says(Gbm::new(2000.0, 0.5), "drift = 2000 is outside [-1000, 1000]");
}

#[test]
fn serde_goes_through_the_same_door() {
    let error = serde_json::from_str::<Volatility>("-1").unwrap_err();
    assert_eq!(error.to_string(), "volatility = -1 is outside [0, 100]");
    assert!(serde_json::from_str::<Price>("null").is_err());
    assert!(serde_json::from_str::<Model>(r#"{"kind":"gbm","drift":0,"volatility":1,"skew":2}"#).is_err());
    assert!(serde_json::from_str::<Model>(r#"{"kind":"none"}"#).is_err());
    assert!(serde_json::from_str::<TimeGrid>(r#"{"start_time_ms":0,"tick_interval_ms":0}"#).is_err());
    assert!(serde_json::from_str::<Market<Model>>(r#"{"seed":"1"}"#).is_err());
    let market = btc(42);
    let text = serde_json::to_string(&market).unwrap();
    assert_eq!(serde_json::from_str::<Market<Model>>(&text).unwrap(), market);
}

#[test]
fn seeds_are_integers_of_256_bits() {
    assert_eq!("42".parse::<Seed>().unwrap(), Seed::from(42));
    assert_eq!("0x2a".parse::<Seed>().unwrap(), Seed::from(42));
    assert_eq!(Seed::from(u64::MAX).to_string(), "18446744073709551615");
    let long = format!("0x{}1", "0".repeat(46) + "1".repeat(17).as_str());
    let seed: Seed = long.parse().unwrap();
    assert!(!seed.is_guessable() && Seed::from(7).is_guessable());
    assert_eq!(seed.to_string(), long);
    for bad in ["", "0x", "-1", "+1", " 1", "18446744073709551616", "0xg", &format!("0x{}", "1".repeat(65))] {
        assert!(bad.parse::<Seed>().is_err(), "{bad:?}");
    }
    says(
        "4.2".parse::<Seed>(),
        "seed = \"4.2\" is neither a decimal integer below 2^64 nor 0x and 1 to 64 hexadecimal digits",
    );
}

#[test]
fn grids_count_in_integers_and_know_their_end() {
    let grid = TimeGrid::new(0, 100).unwrap();
    assert_eq!(grid.time_ms(3).unwrap(), 300);
    assert_eq!([1, 100, 101, 200].map(|time_ms| grid.tick_at(time_ms).unwrap()), [1, 1, 2, 2]);
    assert_eq!(
        [0.05, 0.1, 1.1, 0.3, 1e12].map(|s| grid.ticks_in(Seconds::new(s).unwrap())),
        [1, 1, 11, 3, 10_000_000_000_000]
    );
    assert_eq!(grid.last_tick(), (MAX_TIME_MS / 100) as u64);
    assert_eq!(TimeGrid::new(-MAX_TIME_MS, 1).unwrap().last_tick(), MAX_TICK);
    let year = TimeGrid::new(0, 365 * 86_400_000).unwrap();
    assert_eq!(year.dt().get(), 1.0);
    assert_eq!(TimeGrid::with_year(0, 23_400_000, TRADING_YEAR_S).unwrap().dt().get(), 1.0 / 252.0);
    says(year.time_ms(285_617), "tick = 285617 is outside [0, 285616], the ticks that this grid can address");
    says(grid.tick_at(0), "time_ms = 0 is outside (0, 9007199254740900], the times of this grid");
    says(TimeGrid::new(0, 0), "tick_interval_ms = 0 is outside [1, 3153600000000]");
    says(
        TimeGrid::new(i64::MIN, 1),
        "start_time_ms = -9223372036854775808 is outside [-9007199254740991, 9007199254740991)",
    );
    says(TimeGrid::with_year(0, 1, 0), "year_s = 0 is outside [3600, 31622400]");
    assert!(matches!(grid.check(u64::MAX), Err(GridError::Overflow { .. })));
}

#[test]
fn a_simulation_ends_with_its_grid() {
    let grid = TimeGrid::new(MAX_TIME_MS - 3000, 1000).unwrap();
    let market = Market::new(Seed::from(1), grid, vec![instrument("X", 0, 0.0, 1.0)], None).unwrap();
    let mut simulation = Simulation::new(market);
    assert_eq!(simulation.by_ref().count(), 3);
    let mut quotes = [Quote::default()];
    says(simulation.step_into(&mut quotes), "tick = 4 is outside [0, 3], the ticks that this grid can address");
    says(simulation.step_into(&mut []), "quotes has 0 places, but the market has 1 instruments");
    assert_eq!(simulation.tick(), 3);
}

#[test]
fn prices_saturate_instead_of_overflowing() {
    let grid = TimeGrid::new(0, 86_400_000).unwrap();
    let wild = vec![instrument("UP", 0, 1000.0, 0.0), instrument("DOWN", 1, -1000.0, 100.0)];
    let market = Market::new(Seed::from(1), grid, wild, None).unwrap();
    let prices: Vec<f64> = Simulation::new(market).map(|tick| tick.price).take(20_000).collect();
    assert!(prices.iter().all(|price| price.is_finite() && *price > 0.0));
    assert_eq!(prices[19_998], 1e5 * 2f64.powi(900));
}

#[test]
fn markets_check_their_parts_against_each_other() {
    let grid = btc(1).grid();
    let market = |instruments| Market::new(Seed::from(1), grid, instruments, None);
    let one = |name: &str, asset| instrument(name, asset, 0.0, 1.0);
    says(market(vec![]), "instruments = 0 is outside [1, 256]");
    says(market(vec![one("A", 0), one("A", 1)]), "instrument \"A\" is given twice");
    says(
        market(vec![one("A", 0), one("B", 0)]),
        "asset = 0 is given twice: the two instruments would share one noise stream",
    );
    says(market(vec![one("a b", 0)]), "instrument \"a b\": a name is 1 to 32 letters, digits, '-', '_' or '.'");
    assert!(matches!(market(vec![one(&"x".repeat(33), 0)]), Err(MarketError::Name(_))));
    let correlation = Correlation::try_from(vec![vec![1.0]]).unwrap();
    says(
        Market::new(Seed::from(1), grid, vec![one("A", 0), one("B", 1)], Some(correlation)),
        "instruments = 2, but the correlation matrix has 1 rows",
    );
}

/// Every unit keeps what it was given, to the bit, through JSON.
fn round_trip(value: f64) -> Result<(), TestCaseError> {
    let price = Price::new(value).map_err(|error: OutOfDomain| TestCaseError::fail(error.to_string()))?;
    let text = serde_json::to_string(&price).unwrap();
    let back: Price = serde_json::from_str(&text).unwrap();
    prop_assert_eq!(back.get().to_bits(), value.to_bits());
    Ok(())
}

proptest! {
    #[test]
    fn numbers_survive_json_to_the_bit(value in 1e-15..1e15_f64) {
        round_trip(value)?;
    }

    #[test]
    fn domains_hold_for_any_bits(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assert_eq!(Price::new(value).is_ok(), (1e-15..=1e15).contains(&value));
        prop_assert_eq!(Volatility::new(value).is_ok(), (0.0..=100.0).contains(&value));
        prop_assert_eq!(Drift::new(value).is_ok(), (-1000.0..=1000.0).contains(&value));
    }

    #[test]
    fn seeds_print_what_they_parse(key: [u8; 32]) {
        let seed = Seed::from_key(key);
        prop_assert_eq!(seed.to_string().parse::<Seed>().unwrap(), seed);
    }

    #[test]
    fn any_text_is_a_seed_or_an_error(text in "\\PC{0,70}") {
        let _ = text.parse::<Seed>();
    }

    #[test]
    fn times_and_ticks_are_inverse(start in -1_000_000_000_000_i64..1_000_000_000_000, interval in 1_u64..100_000_000, tick in 1_u64..1_000_000) {
        let grid = TimeGrid::new(start, interval).unwrap();
        let time_ms = grid.time_ms(tick).unwrap();
        prop_assert_eq!(grid.tick_at(time_ms).unwrap(), tick);
        prop_assert_eq!(grid.tick_at(time_ms - i64::try_from(interval).unwrap() + 1).unwrap(), tick);
    }
}
