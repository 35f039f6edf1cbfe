use serde::{Deserialize, Serialize};

use super::chain::{Chain, SealError};
use super::digest::{DigestState, TickDigest};
use crate::engine::{Simulation, Snapshot, SnapshotError};
use crate::process::Process;

/// A simulation and its digest between two ticks, as one sealed line.
///
/// ```
/// # use gbm_core::prelude::*;
/// use gbm_core::journal::{Checkpoint, TickDigest};
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let text = Checkpoint::new(&Simulation::new(market), &TickDigest::default()).to_text()?;
/// let (simulation, digest) = Checkpoint::<Model>::from_text(text.as_bytes())?.restore()?;
/// assert!(Checkpoint::<Model>::from_text(text.replace("42", "43").as_bytes()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "P: Serialize", deserialize = "P: Process + Deserialize<'de>"))]
pub struct Checkpoint<P: Process> {
    simulation: Snapshot<P>,
    digest: DigestState,
}

/// A text that isn't a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It was changed, or is something else.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Sealed, but not a checkpoint.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// No simulation has left it behind.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The digest's open block can't be gone on with.
    #[error("digest: the open block is not a hash state")]
    Digest,
}

impl<P: Process + Clone + Serialize> Checkpoint<P> {
    /// A checkpoint of a simulation and the digest of its ticks.
    pub fn new(simulation: &Simulation<P>, digest: &TickDigest) -> Self {
        Self { simulation: simulation.snapshot(), digest: digest.state() }
    }

    /// The sealed line, with its newline.
    ///
    /// # Errors
    /// Those of serde.
    pub fn to_text(&self) -> serde_json::Result<String> {
        let (mut text, _) = Chain::default().seal(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl<P: Process + for<'de> Deserialize<'de>> Checkpoint<P> {
    /// Reads a sealed line.
    ///
    /// # Errors
    /// [`CheckpointError`] for a text that was changed or is something else.
    pub fn from_text(text: &[u8]) -> Result<Self, CheckpointError> {
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        Chain::default().open(line)?;
        Ok(serde_json::from_slice(line)?)
    }

    /// The simulation and digest, ready to go on.
    ///
    /// # Errors
    /// [`CheckpointError`] for contents that no simulation has left behind.
    pub fn restore(self) -> Result<(Simulation<P>, TickDigest), CheckpointError> {
        let digest = TickDigest::restore(&self.digest).ok_or(CheckpointError::Digest)?;
        Ok((Simulation::restore(self.simulation)?, digest))
    }
}
