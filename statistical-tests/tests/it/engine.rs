//! The engine as a [`Source`].

use gbm_core::correlation::{Correlation, CorrelationError};
use gbm_core::grid::TimeGrid;
use gbm_core::market::{Book, Instrument, Market};
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::{
    Command, Gbm, Intervention, MultiGbm, Paths, Price, Seed, SetVolatility, Simulation, Volatility,
};
use nalgebra::DMatrix;

use crate::source::{Basket, Law, SPOT, Source, Stream};

/// gbm-core under one seed.
pub(crate) struct Engine(pub(crate) Seed);

/// The grid of a law. The engine derives Δt from it; the tests use [`Law::dt`].
fn grid(law: Law) -> TimeGrid {
    TimeGrid::new(0, law.interval_ms).expect("an interval of the tests")
}

fn model(law: Law) -> Gbm {
    Gbm::new(law.drift, law.volatility).expect("parameters of the tests")
}

fn spot() -> Price {
    Price::new(SPOT).expect("positive")
}

impl Engine {
    /// Prices after a step each, on the stream that terminal prices share.
    pub(crate) fn shared_terminals(&self, law: Law, first_path: u64, prices: &mut [f64]) {
        self.paths(law, first_path, 1).fill_terminal(&model(law), spot(), prices).expect("single steps");
    }

    fn stream(&self, Stream { asset, path }: Stream) -> NoiseStream {
        NoiseStream::new(self.0, StreamId::new(Domain::Diffusion, asset, path).expect("a path below 2^40"))
    }

    fn paths(&self, law: Law, first_path: u64, steps: u64) -> Paths {
        Paths { first_path, ..Paths::new(self.0, steps, grid(law).dt()) }
    }
}

impl Source for Engine {
    fn words(&self, stream: Stream, first: u64, words: &mut [u64]) {
        self.stream(stream).fill_words(first, words);
    }

    fn normals(&self, stream: Stream, first: u64, normals: &mut [f64]) {
        self.stream(stream).fill_normals(first, normals);
    }

    fn terminals(&self, law: Law, steps: u64, first_path: u64, prices: &mut [f64]) {
        let row = usize::try_from(steps).expect("steps of the tests");
        let mut buffer = vec![0.0; 1024 * row];
        for (chunk, first) in prices.chunks_mut(1024).zip((first_path..).step_by(1024)) {
            let rows = &mut buffer[..chunk.len() * row];
            self.paths(law, first, steps).fill_paths(&model(law), spot(), rows).expect("whole paths");
            chunk.iter_mut().zip(rows.chunks(row)).for_each(|(price, row)| *price = row[row.len() - 1]);
        }
    }

    fn path(&self, law: Law, path: u64, prices: &mut [f64]) {
        self.paths(law, path, prices.len() as u64).fill_paths(&model(law), spot(), prices).expect("one path");
    }

    fn basket(&self, basket: &Basket, steps: u64, prices: &mut [f64]) {
        let models: Vec<Gbm> = basket.laws.iter().map(|&law| model(law)).collect();
        let spots = vec![spot(); models.len()];
        let correlation = Correlation::new(basket.correlation.clone()).expect("a correlation matrix");
        let model = MultiGbm::new(models, correlation).expect("a row for each asset");
        self.paths(basket.laws[0], 0, steps).fill_basket(&model, &spots, prices).expect("whole paths");
    }

    fn coupled(&self, law: Law, steered: &mut [f64], reference: &mut [f64]) {
        let name = "BTC-USD".to_owned();
        let instrument = Instrument { name, asset: 0, spot: spot(), model: model(law), book: Book::btc() };
        let market = Market::new(self.0, grid(law), vec![instrument], None).expect("one instrument");
        let mut simulation = Simulation::new(market);
        let sigma = Volatility::new(0.5 * law.volatility).expect("in range");
        let halve = Intervention::SetVolatility(SetVolatility { sigma, ramp_s: None });
        simulation.intervene(&Command::now(halve)).expect("a valid command");
        for ((steered, reference), tick) in steered.iter_mut().zip(reference).zip(simulation) {
            (*steered, *reference) = (tick.price, tick.reference);
        }
    }
}

/// The engine's Cholesky factor, or its reason to refuse the matrix.
pub(crate) fn factor(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, CorrelationError> {
    Correlation::new(matrix.clone()).map(|correlation| correlation.factor())
}
