//! An arithmetic Asian call by independent paths, and by scrambled Sobol' points: the same work, two errors.
//!
//! `cargo run --release -p monte-carlo --features rayon --example asian_sobol`

#![allow(clippy::print_stdout, reason = "what an example is for")]

use gbm_core::noise::Seed;
use monte_carlo::payoff::{AsianArithmetic, Average, Control, Right};
use monte_carlo::units::Strike;
use monte_carlo::{Market, MonteCarlo, Parameters, PriceError, QuasiMonteCarlo};

fn main() -> Result<(), PriceError> {
    let market = Market::black_scholes(Parameters { spot: 2.0, rate: 0.18, volatility: 0.3, maturity: 1.0 })?;
    let call = AsianArithmetic { right: Right::Call, strike: Strike::new(2.0)?, average: Average::Continuous };
    println!("exactly              0.2183875466 (Linetsky 2004)");
    for control in [None, Some(Control::Geometric)] {
        let plain = MonteCarlo { control, ..MonteCarlo::new(Seed::from(42), 64, 1 << 20) };
        let sobol = QuasiMonteCarlo { control, ..QuasiMonteCarlo::new(Seed::from(42), 64, 1 << 20) };
        for (name, estimate) in [("paths", plain.price(&market, &call)?), ("Sobol'", sobol.price(&market, &call)?)] {
            let (mean, error) = (estimate.mean, estimate.standard_error);
            println!("{name:<6} {:<13} {mean:.10} ± {error:.1e}", control.map_or("", Control::name));
        }
    }
    Ok(())
}
