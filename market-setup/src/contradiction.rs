//! Flags against a session that exists: it goes on as it is, so a flag that says otherwise is an error.

use std::fmt::Display;

use gbm_core::prelude::*;

use crate::args::{MarketArgs, Result};
use crate::instruments::{Named, parse};

/// A flag that contradicts a session's header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{flag} says {field} = {given}, but the session here has {field} = {found}")]
pub struct Contradiction {
    /// The flag.
    pub flag: &'static str,
    /// What it is about.
    pub field: &'static str,
    /// What the flag, or its file, says.
    pub given: String,
    /// What the header says.
    pub found: String,
}

impl MarketArgs {
    /// The first flag that contradicts a market.
    ///
    /// # Errors
    /// [`crate::SetupError`] for a flag or file that can't be used.
    ///
    /// ```
    /// use market_setup::args::{MarketArgs, Start};
    /// let market = MarketArgs::default().market(Start::Now(0))?.market;
    /// assert_eq!(MarketArgs::default().contradiction(&market)?, None);
    /// let calmer = MarketArgs { volatility: Some(0.1), ..MarketArgs::default() };
    /// assert_eq!(calmer.contradiction(&market)?.map(|found| found.flag), Some("--volatility"));
    /// # Ok::<(), market_setup::SetupError>(())
    /// ```
    pub fn contradiction(&self, market: &Market<Model>) -> Result<Option<Contradiction>> {
        let given = self.given()?;
        let Some(instrument) = market.instruments().first() else { return Ok(None) };
        let (grid, model) = (market.grid(), &instrument.model);
        // A seed foretells the market, so the one that is there is not told.
        if given.seed.is_some_and(|seed| seed != market.seed()) {
            let (given, found) = ("the one given".into(), "another".into());
            return Ok(Some(Contradiction { flag: "--seed", field: "seed", given, found }));
        }
        if let Some(text) = &self.instruments {
            let names = |instruments: &[Instrument<Model>]| -> Vec<String> {
                instruments.iter().map(|instrument| instrument.name.clone()).collect()
            };
            let Named { instruments, has_model, .. } = parse(text, self.correlation)?;
            let (given, found) = (names(&instruments).join(","), names(market.instruments()).join(","));
            if given != found {
                return Ok(Some(Contradiction { flag: "--instruments", field: "instruments", given, found }));
            }
            let pairs = instruments.iter().zip(market.instruments()).zip(has_model);
            let mut wanted = pairs.filter(|(_, has_model)| *has_model).map(|(pair, _)| pair);
            if let Some((wanted, found)) = wanted.find(|(wanted, found)| !is_like(&wanted.model, &found.model)) {
                let (given, found) = (called(&wanted.model), called(&found.model));
                return Ok(Some(Contradiction { flag: "--instruments", field: "model", given, found }));
            }
        }
        if let Some(wanted) = self.correlation {
            let found = pairwise(market).find(|found| found.is_none_or(|found| found != wanted));
            if let Some(found) = found {
                let found = found.map_or_else(|| "none".into(), |found| found.to_string());
                let given = wanted.to_string();
                return Ok(Some(Contradiction { flag: "--correlation", field: "correlation", given, found }));
            }
        }
        if let Some(wanted) = given.model.as_ref().filter(|wanted| !is_like(wanted, model)) {
            let (given, found) = (called(wanted), called(model));
            return Ok(Some(Contradiction { flag: "--model", field: "model", given, found }));
        }
        // A model's own volatility may differ by rounding from the one that it was scaled to.
        let rate = |given: Option<f64>, found: f64| given.filter(|given| (given - found).abs() > 1e-9 * found.abs());
        let of_file = |flag, is_given: bool| if is_given { flag } else { "--calibrate" };
        Ok(differs(of_file("--spot", self.spot.is_some()), "spot", given.spot, instrument.spot.get())
            .or_else(|| {
                let (flag, found) = (of_file("--drift", self.drift.is_some()), model.drift().get());
                differs(flag, "drift", rate(given.drift, found), found)
            })
            .or_else(|| {
                let (flag, found) = (of_file("--volatility", self.volatility.is_some()), model.volatility().get());
                differs(flag, "volatility", rate(given.volatility, found), found)
            })
            .or_else(|| differs("--tick-interval", "tick_interval_ms", given.interval_ms, grid.tick_interval_ms()))
            .or_else(|| differs("--start-time", "start_time_ms", given.start_time_ms, grid.start_time_ms())))
    }
}

/// Whether one is the other at another drift and volatility.
fn is_like(wanted: &Model, found: &Model) -> bool {
    wanted
        .at(found.drift().get(), found.volatility().get())
        .is_ok_and(|like| like == *found || Preset::of(&like).is_some_and(|preset| Some(preset) == Preset::of(found)))
}

/// The correlation of each pair; none once for an instrument alone.
fn pairwise(market: &Market<Model>) -> impl Iterator<Item = Option<f64>> {
    let count = market.instruments().len();
    let pairs = (0..count).flat_map(|row| (0..row).map(move |column| (row, column)));
    let alone = market.correlation().is_none().then_some(None);
    let found = move |pair| market.correlation().map(|known| known.matrix()[pair]);
    alone.into_iter().chain(pairs.filter_map(move |pair| found(pair).map(Some)))
}

/// A model's preset, or its kind if it has none.
fn called(model: &Model) -> String {
    Preset::of(model).map_or_else(|| format!("a {}", model.name()), |preset| preset.to_string())
}

fn differs<T: Copy + PartialEq + Display>(
    flag: &'static str,
    field: &'static str,
    given: Option<T>,
    found: T,
) -> Option<Contradiction> {
    let given = given.filter(|given| *given != found)?;
    Some(Contradiction { flag, field, given: given.to_string(), found: found.to_string() })
}
