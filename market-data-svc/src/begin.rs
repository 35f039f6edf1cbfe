//! The market of a new session: what was asked for, and otherwise what the session that ends had.

use gbm_core::engine::Quote;
use gbm_core::model::UnknownPreset;
use gbm_core::prelude::*;
use market_api::clock::Clock;
use market_api::session::{ModelChoice, NewSession};
use market_setup::args::fresh_seed;

use crate::clock::{SPEEDS, SpeedError, server_time};
use crate::wire::BadField;

/// A market like the one that ends, changed as asked, and the clock it runs by.
///
/// # Errors
/// [`BadField`] for a value outside its domain.
pub fn market(
    asked: &NewSession,
    ended: &Market<Model>,
    last: &[Quote],
    clock: Clock,
) -> Result<(Market<Model>, Clock), BadField> {
    fn bad<E: ToString>(pointer: &'static str) -> impl Fn(E) -> BadField {
        move |error| BadField { pointer, detail: error.to_string() }
    }
    let seed = match &asked.seed {
        Some(text) => text.parse().map_err(bad::<gbm_core::noise::SeedError>("/seed"))?,
        None => fresh_seed().map_err(bad("/seed"))?,
    };
    let speed = asked.speed.unwrap_or(clock.speed);
    if !SPEEDS.contains(&speed) {
        return Err(bad("/speed")(SpeedError(speed)));
    }
    let grid = ended.grid();
    let interval_ms = asked.tick_interval_ms.unwrap_or(grid.tick_interval_ms());
    let grid = TimeGrid::with_year(server_time(), interval_ms, grid.year_s()).map_err(bad("/tick_interval_ms"))?;
    let mut instruments = ended.instruments().to_vec();
    for (instrument, quote) in instruments.iter_mut().zip(last) {
        instrument.spot = Price::new(quote.price).map_err(bad("/spot"))?;
    }
    let position = match &asked.instrument {
        Some(name) => ended.position(name).ok_or_else(|| {
            let shown: String = name.chars().take(80).collect();
            bad("/instrument")(format!("instrument = {shown:?} is not one of this market's"))
        })?,
        None => 0,
    };
    if let Some(meant) = instruments.get_mut(position) {
        if let Some(spot) = asked.spot {
            meant.spot = Price::new(spot).map_err(bad("/spot"))?;
        }
        if let Some(choice) = &asked.model {
            meant.model = chosen(choice).map_err(bad("/model"))?;
        }
        let drift = Drift::new(asked.drift.unwrap_or(meant.model.drift().get())).map_err(bad("/drift"))?;
        let volatility = asked.volatility.unwrap_or(meant.model.volatility().get());
        let volatility = Volatility::new(volatility).map_err(bad("/volatility"))?;
        let scaled = meant.model.at(drift.get(), volatility.get());
        meant.model = scaled.map_err(|error| {
            let (name, volatility) = (meant.model.name(), volatility.get());
            bad("/volatility")(format!("volatility = {volatility}: a {name} can't be scaled to it: {error}"))
        })?;
        if let Some(note) = meant.model.note() {
            tracing::warn!(instrument = meant.name, note);
        }
    }
    // What is left are steps that a model isn't made for.
    let pointer =
        if asked.model.is_none() && asked.tick_interval_ms.is_some() { "/tick_interval_ms" } else { "/model" };
    let market = Market::new(seed, grid, instruments, ended.correlation().cloned()).map_err(bad(pointer))?;
    Ok((market, Clock { running: true, speed }))
}

fn chosen(choice: &ModelChoice) -> Result<Model, String> {
    match choice {
        ModelChoice::Preset(name) => name.parse().map(Preset::model).map_err(|error: UnknownPreset| error.to_string()),
        ModelChoice::Model(model) => serde_json::from_value(model.clone().into()).map_err(|error| error.to_string()),
    }
}
