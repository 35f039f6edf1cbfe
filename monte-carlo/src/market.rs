//! What an option is priced in.

use gbm_core::correlation::Correlation;
use gbm_core::model::{Gbm, MultiGbm};

use crate::error::PriceError;
use crate::units::{Maturity, OutOfDomain, Price, Rate};

/// One asset, the rate at which payments are discounted, and the time of the payment.
///
/// A price is e^{−rT}·E\[payoff\] under the model as it is given: an arbitrage-free one has drift r, which
/// [`Market::black_scholes`] sees to. With another drift it is the expected payment in the world, discounted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Market<P = Gbm> {
    /// S₀, the price today.
    pub spot: Price,
    /// r per year.
    pub rate: Rate,
    /// T in years.
    pub maturity: Maturity,
    /// How the price moves.
    pub model: P,
}

/// The market of Black and Scholes, unchecked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// S₀, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// r per year, continuously compounded; −10 to 10.
    pub rate: f64,
    /// σ per √year; 0 to 100.
    pub volatility: f64,
    /// T in years; 0 to 30.
    pub maturity: f64,
}

impl Market {
    /// Geometric Brownian motion whose drift is the rate: dS = r·S dt + σ·S dW.
    ///
    /// # Errors
    /// [`OutOfDomain`] naming the first field outside its domain.
    ///
    /// ```
    /// use monte_carlo::{Market, Parameters};
    /// let parameters = Parameters { spot: 100.0, rate: 0.1, volatility: 0.25, maturity: 0.1 };
    /// assert_eq!(Market::black_scholes(parameters)?.model.drift().get(), 0.1);
    /// let error = Market::black_scholes(Parameters { maturity: -1.0, ..parameters }).unwrap_err();
    /// assert_eq!(error.to_string(), "maturity = -1 is outside [0, 30]");
    /// # Ok::<(), gbm_core::units::OutOfDomain>(())
    /// ```
    pub fn black_scholes(parameters: Parameters) -> Result<Self, OutOfDomain> {
        let Parameters { spot, rate, volatility, maturity } = parameters;
        Ok(Self {
            spot: Price::new(spot)?,
            rate: Rate::new(rate)?,
            maturity: Maturity::new(maturity)?,
            model: Gbm::new(rate, volatility)?,
        })
    }
}

/// Several assets, correlated.
#[derive(Clone, Debug, PartialEq)]
pub struct BasketMarket {
    /// The prices today, one for each asset of the model.
    pub spots: Vec<Price>,
    /// r per year.
    pub rate: Rate,
    /// T in years.
    pub maturity: Maturity,
    /// How the prices move.
    pub model: MultiGbm,
}

/// One of several assets, unchecked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asset {
    /// S₀, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// σ per √year; 0 to 100.
    pub volatility: f64,
}

impl BasketMarket {
    /// Geometric Brownian motions whose drift is the rate; row i of the matrix belongs to asset i.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a number outside its domain, [`PriceError::Correlation`] unless there are as many assets as rows.
    ///
    /// ```
    /// use gbm_core::correlation::Correlation;
    /// use monte_carlo::units::{Maturity, Rate};
    /// use monte_carlo::{Asset, BasketMarket};
    /// let correlation = Correlation::try_from(vec![vec![1.0, 0.5], vec![0.5, 1.0]])?;
    /// let assets = [Asset { spot: 100.0, volatility: 0.2 }, Asset { spot: 95.0, volatility: 0.3 }];
    /// let (rate, maturity) = (Rate::new(0.05)?, Maturity::new(1.0)?);
    /// assert!(BasketMarket::black_scholes(&assets, correlation.clone(), rate, maturity).is_ok());
    /// assert!(BasketMarket::black_scholes(&assets[..1], correlation, rate, maturity).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn black_scholes(
        assets: &[Asset],
        correlation: Correlation,
        rate: Rate,
        maturity: Maturity,
    ) -> Result<Self, PriceError> {
        let model = |asset: &Asset| Gbm::new(rate.get(), asset.volatility);
        let spots = assets.iter().map(|asset| Price::new(asset.spot)).collect::<Result<_, _>>()?;
        let models = assets.iter().map(model).collect::<Result<_, _>>()?;
        Ok(Self { spots, rate, maturity, model: MultiGbm::new(models, correlation)? })
    }
}
