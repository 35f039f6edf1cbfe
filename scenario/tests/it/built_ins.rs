//! Each built-in scenario does what its name says, by figures computed here: at its defaults and at its parameters' bounds.
//!
//! A geometric Brownian motion whose volatility is multiplied by f_k on tick k and whose log-price is displaced by T_k has
//! ln P_k = ln P_0 + Σ((μ − ½(f·σ)²)Δt + f·σ·√Δt·z) + T_k. The z are taken from the reference, which knows of no scenario.

use gbm_core::engine::Quote;
use gbm_core::prelude::*;
use scenario::{NAMES, Overrides, Scenario, built_in};

use crate::support::{DRIFT, SPOT, VOLATILITY, after, next};

const BEFORE: usize = 100;
/// A tick is a second here.
const DT: f64 = 1.0 / (365.0 * 86_400.0);

fn named(name: &str) -> Scenario {
    built_in(name).unwrap().unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A parameter's value under a setting.
struct Chosen<'a>(&'a Scenario, &'a Overrides);

impl Chosen<'_> {
    fn get(&self, name: &str) -> f64 {
        self.1.get(name).copied().unwrap_or(self.0.parameters()[name].value)
    }
}

struct Run {
    /// The price of the tick before.
    level: f64,
    quotes: Vec<Quote>,
}

/// So many ticks from the start on, after [`BEFORE`] others; what the simulation says after each is shown.
fn run(
    scenario: &Scenario,
    overrides: &Overrides,
    ticks: usize,
    mut seen: impl FnMut(usize, &Simulation<Model>),
) -> Run {
    let mut simulation = after(BEFORE, 42);
    let start = next(scenario, &simulation);
    let level = simulation.last_price(0).unwrap();
    scenario.play(&mut simulation, overrides, &start).unwrap_or_else(|error| panic!("{}: {error}", scenario.name()));
    let mut quotes = Vec::new();
    let mut quote = [Quote::default()];
    for place in 0..ticks {
        simulation.step_into(&mut quote).unwrap();
        seen(place, &simulation);
        quotes.push(quote[0]);
    }
    Run { level, quotes }
}

/// Compares every price with the law, for factor f_k and displacement T_k of the ticks k = 0, 1, … from the start on.
fn follows(
    scenario: &Scenario,
    overrides: &Overrides,
    ticks: usize,
    factor: impl Fn(f64) -> f64,
    displaced: impl Fn(f64) -> f64,
) -> Run {
    let run = run(scenario, overrides, ticks, |_, _| {});
    let (mut log, mut before) = (run.level.ln(), run.level);
    for (k, quote) in run.quotes.iter().enumerate() {
        let k = k as f64;
        let drift = (DRIFT - 0.5 * VOLATILITY * VOLATILITY) * DT;
        let noise = (quote.reference / before).ln() - drift;
        before = quote.reference;
        let f = factor(k);
        log += (DRIFT - 0.5 * (f * VOLATILITY) * (f * VOLATILITY)) * DT + f * noise;
        let expected = log + displaced(k);
        let off = (quote.price.ln() - expected).abs();
        assert!(off < 1e-9, "{} {overrides:?}: tick {k} is {off} off", scenario.name());
    }
    run
}

/// How far the price is from its reference after so many ticks from the start on, natural logarithm.
fn away(run: &Run, ticks: f64) -> f64 {
    let quote = run.quotes[place(ticks) - 1];
    (quote.price / quote.reference).ln()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
fn place(ticks: f64) -> usize {
    ticks.ceil() as usize
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
}

fn for_each_setting(name: &str, check: impl Fn(&Scenario, &Overrides, &Chosen<'_>)) {
    let scenario = named(name);
    for overrides in scenario.settings() {
        check(&scenario, &overrides, &Chosen(&scenario, &overrides));
    }
}

/// w(x) of a ramp over n ticks after tick k.
fn way(k: f64, n: f64) -> f64 {
    ((k + 1.0) / n.ceil()).clamp(0.0, 1.0)
}

fn smooth(x: f64) -> f64 {
    x * x * (3.0 - 2.0 * x)
}

#[test]
fn each_is_read_resolved_and_accepted_at_every_bound() {
    for name in NAMES {
        let scenario = named(name);
        assert_eq!(scenario.name(), name);
        assert!(scenario.description().ends_with('.') && scenario.description().matches('.').count() == 1, "{name}");
        assert!(!scenario.parameters().is_empty(), "{name}");
        let simulation = after(3, 1);
        let start = next(&scenario, &simulation);
        for overrides in scenario.settings() {
            let commands = scenario.resolve(&overrides, &start).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(commands.len(), scenario.commands());
            let accepted = scenario.check(&simulation, &overrides, &start);
            assert_eq!(accepted.map(|accepted| accepted.len()), Ok(commands.len()), "{name} {overrides:?}");
        }
    }
}

/// Realised volatility of the price over that of the reference, ticks of one stretch, about their own means.
fn realised_ratio(run: &Run, ticks: usize) -> f64 {
    let deviation = |price: fn(&Quote) -> f64| {
        let logs: Vec<f64> =
            std::iter::once(run.level).chain(run.quotes[..ticks].iter().map(price)).map(f64::ln).collect();
        let steps: Vec<f64> = logs.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        steps.iter().map(|step| (step - mean) * (step - mean)).sum::<f64>().sqrt()
    };
    deviation(|quote| quote.price) / deviation(|quote| quote.reference)
}

#[test]
fn calm_is_calm_and_a_spike_is_one() {
    for name in ["calm", "volatility_spike"] {
        for_each_setting(name, |scenario, overrides, chosen| {
            let (factor, duration) = (chosen.get("factor"), chosen.get("duration_s"));
            let ticks = place(duration) + 60;
            let run = follows(scenario, overrides, ticks, |k| if k < duration { factor } else { 1.0 }, |_| 0.0);
            let ratio = realised_ratio(&run, place(duration));
            assert!((ratio / factor - 1.0).abs() < 1e-6, "{name}: {ratio} instead of {factor}");
        });
    }
}

#[test]
fn a_bull_market_gains_and_keeps_it() {
    for_each_setting("bull", |scenario, overrides, chosen| {
        let (gain, duration) = (chosen.get("gain"), chosen.get("duration_s"));
        let ticks = place(duration) + 60;
        let run = follows(scenario, overrides, ticks, |_| 1.0, |k| gain * smooth(way(k, duration)));
        close(away(&run, duration), gain);
        close(away(&run, ticks as f64), gain);
    });
}

#[test]
fn a_bear_market_loses_and_is_nervous() {
    for_each_setting("bear", |scenario, overrides, chosen| {
        let (loss, factor, duration) = (chosen.get("loss"), chosen.get("nervousness"), chosen.get("duration_s"));
        let nervous = |k| if k < duration { factor } else { 1.0 };
        let run = follows(scenario, overrides, place(duration) + 60, nervous, |k| -loss * way(k, duration));
        let ratio = realised_ratio(&run, place(duration));
        assert!((ratio / factor - 1.0).abs() < 1e-6, "{ratio} instead of {factor}");
    });
}

#[test]
fn a_sideways_market_stays_in_its_band() {
    for_each_setting("sideways", |scenario, overrides, chosen| {
        let (band, duration) = (chosen.get("band"), place(chosen.get("duration_s")));
        let run = run(scenario, overrides, duration + 1, |_, _| {});
        let away: Vec<f64> = run.quotes[..duration].iter().map(|quote| (quote.price / run.level).ln()).collect();
        // P(|Z| > c) ≤ 2·exp(−c²/2) for each tick: less than one chance in a million for all of them.
        let critical = (2.0 * (2.0 * duration as f64 / 1e-6).ln()).sqrt();
        let farthest = away.iter().fold(0.0_f64, |far, x| far.max(x.abs()));
        assert!(farthest < critical * band, "{farthest} of {band}");
        // Where the band is narrow against the market's own way, it is filled: σ²T is many times its square.
        let theta = VOLATILITY * VOLATILITY * DT / (2.0 * band * band);
        let independent = duration as f64 * theta.min(1.0) / 2.0;
        if independent > 500.0 {
            let variance = away.iter().map(|x| x * x).sum::<f64>() / away.len() as f64;
            let ratio = variance.sqrt() / band;
            assert!((ratio - 1.0).abs() < 5.6 / (2.0 * independent).sqrt(), "{ratio} with {independent}");
        }
    });
}

#[test]
fn a_flash_crash_falls_by_its_depth_and_recovers_its_share() {
    for_each_setting("flash_crash", |scenario, overrides, chosen| {
        let (depth, recovered) = (chosen.get("depth"), chosen.get("recovered"));
        let (fall, hold, half_life) = (chosen.get("fall_s"), chosen.get("hold_s"), chosen.get("half_life_s"));
        let (bottom, up) = (fall.ceil() - 1.0, fall.ceil() - 1.0 + hold.ceil());
        let displaced = |k: f64| {
            let back = (-(k - up).max(0.0) / half_life).exp2();
            if k < bottom { -depth * way(k, fall) } else { -depth * (recovered * back + (1.0 - recovered)) }
        };
        let ticks = place(up + 65.0 * half_life);
        let run = follows(scenario, overrides, ticks, |_| 1.0, displaced);
        close(away(&run, fall), -depth);
        close(away(&run, fall + hold), -depth);
        close(away(&run, ticks as f64), -depth * (1.0 - recovered));
    });
}

#[test]
fn a_pump_is_dumped() {
    for_each_setting("pump_and_dump", |scenario, overrides, chosen| {
        let (gain, loss) = (chosen.get("gain"), chosen.get("loss"));
        let (pump, dump) = (chosen.get("pump_s"), chosen.get("dump_s"));
        let displaced = |k: f64| gain * smooth(way(k, pump)) - (gain + loss) * way(k - pump.ceil(), dump);
        let run = follows(scenario, overrides, place(pump + dump) + 60, |_| 1.0, displaced);
        close(away(&run, pump), gain);
        close(away(&run, pump + dump), -loss);
    });
}

#[test]
fn liquidity_leaves_and_comes_back() {
    for_each_setting("liquidity_drought", |scenario, overrides, chosen| {
        let (quantity, half_life) = (chosen.get("quantity"), chosen.get("half_life_s"));
        // Depth within 1 %: V·(δ/(Y·σ_d))², with the book of a BTC market.
        let depth = 25_000.0 * (0.01_f64 / 0.042).powi(2);
        let liquidity = |k: f64| 1.0 - quantity / depth * (-k / half_life).exp2();
        let ticks = place(10.0 * half_life).min(100_000);
        follows(scenario, overrides, ticks, |k| 1.0 / liquidity(k).sqrt(), |_| 0.0);
        run(scenario, overrides, ticks, |place, simulation| {
            let found = simulation.in_force(0).unwrap();
            close(found.liquidity, liquidity(place as f64));
            close(found.spread_factor * liquidity(place as f64).sqrt(), 1.0);
        });
    });
}

#[test]
fn news_jumps_and_fades() {
    for_each_setting("news_jump", |scenario, overrides, chosen| {
        let (jump, kept) = (chosen.get("jump"), chosen.get("kept"));
        let (factor, half_life) = (chosen.get("nervousness"), chosen.get("half_life_s"));
        let left = |k: f64| (-k / half_life).exp2();
        let nervous = |k| 1.0 + (factor - 1.0) * left(k);
        let displaced = |k| jump * (kept + (1.0 - kept) * left(k));
        follows(scenario, overrides, place(65.0 * half_life), nervous, displaced);
    });
}

#[test]
fn an_exchange_halts_for_its_time_and_reopens_where_the_market_is() {
    for_each_setting("exchange_halt", |scenario, overrides, chosen| {
        let duration = place(chosen.get("duration_s"));
        let run = run(scenario, overrides, duration + 60, |_, _| {});
        let (halted, open) = run.quotes.split_at(duration);
        assert!(halted.iter().all(|quote| quote.is_halted && quote.price == run.level));
        assert!(open.iter().all(|quote| !quote.is_halted && quote.price == quote.reference));
    });
}

#[test]
fn a_bleed_ends_lower_by_its_loss() {
    for_each_setting("slow_bleed", |scenario, overrides, chosen| {
        let (loss, every) = (chosen.get("loss"), chosen.get("every_s"));
        let displaced = |k: f64| -loss * ((k / every).floor() + 1.0).min(64.0) / 64.0;
        let run = follows(scenario, overrides, place(64.0 * every) + 60, |_| 1.0, displaced);
        close(away(&run, 1.0), -loss / 64.0);
        close(away(&run, 64.0 * every), -loss);
    });
}

#[test]
fn a_v_comes_back_to_where_it_was() {
    for_each_setting("v_recovery", |scenario, overrides, chosen| {
        let (depth, fall, rise) = (chosen.get("depth"), chosen.get("fall_s"), chosen.get("rise_s"));
        let displaced = |k: f64| depth * (way(k - fall.ceil(), rise) - way(k, fall));
        let run = follows(scenario, overrides, place(fall + rise) + 60, |_| 1.0, displaced);
        close(away(&run, fall), -depth);
        close(away(&run, fall + rise), 0.0);
    });
}

#[test]
fn the_law_notices_a_planted_fault() {
    let caught = |factor: f64, gain: f64| {
        let bull = named("bull");
        let outcome = std::panic::catch_unwind(|| {
            follows(&bull, &Overrides::new(), 600, |_| factor, |k| gain * smooth(way(k, 3600.0)));
        });
        outcome.is_err()
    };
    assert!(!caught(1.0, 0.1));
    assert!(caught(1.000_01, 0.1), "a volatility off by a hundred-thousandth");
    assert!(caught(1.0, 0.100_001), "a gain off by a hundred-thousandth");
    assert_eq!(after(BEFORE, 42).market().instruments()[0].spot.get(), SPOT);
}
