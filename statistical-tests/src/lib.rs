//! Laws of the engine's output, tested against closed forms; and planted faults that each test must catch.
//!
//! A test takes a sample and gives an [`Outcome`]: a statistic and the interval that a correct engine stays in. The
//! interval's ends are *derived*: a [`Level`] is the family error 10⁻⁶ shared out over all checks of the suite
//! (Bonferroni), and each test turns its share into a quantile of its own null law. Nothing here calls the engine's
//! maths: normal, chi-squared and Poisson laws are `statrs`', the rest are published formulas, named where they stand.
//!
//! ```
//! use statistical_tests::{Level, moments, uniformity};
//! let level = Level::bonferroni(1e-6, 200);
//! assert!((level.two_sided() - 5.848).abs() < 1e-3);
//! let sample: Vec<f64> = (0..1000).map(|i| (f64::from(i) + 0.5) / 1000.0).collect();
//! assert!(uniformity::kolmogorov_smirnov(&sample, level).passes());
//! assert!(!moments::moments(sample.iter().copied(), level)[0].passes()); // uniforms aren't standard normals
//! ```
//!
//! The tests that use all this stand in `tests/it`; the table of faults is printed by
//! `cargo test -p statistical-tests faults -- --nocapture`.

pub mod closed_form;
pub mod correlation;
pub mod counts;
pub mod level;
pub mod moments;
mod outcome;
pub mod serial;
pub mod uniformity;

pub use level::Level;
pub use outcome::Outcome;
