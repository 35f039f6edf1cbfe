use serde::{Deserialize, Serialize};

use super::asset::{Asset, AssetState};
use super::simulation::{MAX_INTERVENTIONS, Simulation};
use crate::VALUE_VERSION;
use crate::grid::GridError;
use crate::intervention::{Accepted, InterventionError};
use crate::market::Market;
use crate::process::Process;

/// A simulation between two ticks. It only saves time: the journal alone gives the same state.
///
/// ```
/// # use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let mut simulation = Simulation::new(market);
/// simulation.by_ref().take(1000).for_each(drop);
/// let text = serde_json::to_string(&simulation.snapshot())?;
/// let mut restored = Simulation::restore(serde_json::from_str::<Snapshot<Model>>(&text)?)?;
/// assert_eq!(restored.next(), simulation.next());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(serialize = "P: Serialize", deserialize = "P: Process + Deserialize<'de>"))]
pub struct Snapshot<P: Process> {
    value_version: u32,
    market: Market<P>,
    tick: u64,
    assets: Vec<AssetState<P::State>>,
    interventions: Vec<Accepted>,
}

/// A snapshot that no simulation has left behind.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Made by a build that computes other values.
    #[error("value_version = {found}: this build produces version {VALUE_VERSION}")]
    ValueVersion {
        /// The version in the snapshot.
        found: u32,
    },
    /// Its tick is outside its grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// It has the state of another number of instruments.
    #[error("assets = {states}, but its market has {instruments} instruments")]
    Assets {
        /// States in the snapshot.
        states: usize,
        /// Instruments of its market.
        instruments: usize,
    },
    /// A state that its model can't be in.
    #[error("assets: the state of {0:?} is none of its model's")]
    State(String),
    /// An id that stands twice, an unknown instrument, or too many interventions.
    #[error("interventions: {0}")]
    Interventions(#[from] InterventionError),
}

impl<P: Process + Clone> Simulation<P> {
    /// The state after the tick last stepped to.
    pub fn snapshot(&self) -> Snapshot<P> {
        Snapshot {
            value_version: VALUE_VERSION,
            market: self.market.clone(),
            tick: self.tick,
            assets: self
                .assets
                .iter()
                .zip(self.market.instruments())
                .map(|(asset, instrument)| asset.settled(self.given(), &instrument.model))
                .collect(),
            interventions: self.known.values().cloned().collect(),
        }
    }
}

impl<P: Process> Simulation<P> {
    /// A simulation that goes on where a snapshot was made.
    ///
    /// # Errors
    /// [`SnapshotError`] for another value version, a tick outside the grid, states that don't match the market's
    /// instruments, or interventions that contradict each other.
    pub fn restore(snapshot: Snapshot<P>) -> Result<Self, SnapshotError> {
        let Snapshot { value_version, market, tick, assets, interventions } = snapshot;
        if value_version != VALUE_VERSION {
            return Err(SnapshotError::ValueVersion { found: value_version });
        }
        let grid = market.grid();
        grid.check(tick)?;
        let (states, instruments) = (assets.len(), market.instruments().len());
        if states != instruments {
            return Err(SnapshotError::Assets { states, instruments });
        }
        let mut pairs = assets.iter().zip(market.instruments());
        if let Some((_, instrument)) = pairs.find(|(state, instrument)| !state.fits(&instrument.model)) {
            return Err(SnapshotError::State(instrument.name.clone()));
        }
        if interventions.len() > MAX_INTERVENTIONS {
            return Err(InterventionError::Full(MAX_INTERVENTIONS).into());
        }
        if let Some(unknown) = interventions.iter().find(|known| market.position(&known.instrument).is_none()) {
            return Err(InterventionError::UnknownInstrument(unknown.instrument.clone()).into());
        }
        let mut known = std::collections::BTreeMap::new();
        for accepted in interventions {
            if let Some(twice) = known.insert(accepted.id, accepted) {
                return Err(InterventionError::IdTaken(twice.id).into());
            }
        }
        let assets = assets
            .into_iter()
            .zip(market.instruments())
            .map(|(state, instrument)| Asset::restore(market.seed(), &grid, instrument, state))
            .collect();
        Ok(Self::assemble(market, tick, assets, known))
    }
}
