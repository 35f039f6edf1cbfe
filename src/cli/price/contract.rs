use gbm_core::model::Model;
use gbm_core::prelude::{Drift, Gbm};
use monte_carlo::payoff::{
    AsianArithmetic, AsianGeometric, Average, Barrier, BasketPayoff, Digital, Direction, European, Knock,
    LookbackFixed, LookbackFloating, OneTouch, Payoff, Pays, Right, Watch,
};
use monte_carlo::units::{Cash, Level, Strike};
use monte_carlo::units::{Maturity, Price, Rate};
use monte_carlo::{BasketMarket, Market};

use super::args::{DirectionName, Kind, KnockName, Method, PaysName, PriceArgs, RightName, When};
use super::{assets, model};
use crate::cli::error::{CliError, Result};

/// What is priced, and in what.
pub(super) enum Contract {
    One {
        market: Market<Model>,
        payoff: Payoff,
    },
    /// `repair`: how far the correlation matrix is from the one given, if it was to be repaired.
    Several {
        market: BasketMarket,
        payoff: BasketPayoff,
        repair: Option<f64>,
    },
}

/// The flags that only some payoffs take.
const FLAGS: [&str; 18] = [
    "--model",
    "--market-price",
    "--drift",
    "--steps",
    "--strike",
    "--right",
    "--cash",
    "--average",
    "--watch",
    "--direction",
    "--knock",
    "--level",
    "--pays",
    "--weights",
    "--receive",
    "--pay",
    "--correlation",
    "--repair-correlation",
];

impl Kind {
    /// The flags that a payoff takes, of those that not all take.
    fn takes(self) -> &'static [&'static str] {
        match self {
            Self::European => &["--model", "--market-price", "--drift", "--steps", "--strike", "--right"],
            Self::Digital => &["--model", "--drift", "--steps", "--strike", "--right", "--cash"],
            Self::AsianArithmetic | Self::AsianGeometric => {
                &["--model", "--drift", "--steps", "--strike", "--right", "--average"]
            }
            Self::Barrier => &[
                "--model",
                "--drift",
                "--steps",
                "--strike",
                "--right",
                "--direction",
                "--knock",
                "--level",
                "--watch",
            ],
            Self::OneTouch => {
                &["--model", "--drift", "--steps", "--direction", "--level", "--pays", "--cash", "--watch"]
            }
            Self::Lookback => &["--model", "--drift", "--steps", "--strike", "--right", "--watch"],
            Self::Basket => &["--strike", "--right", "--weights", "--correlation", "--repair-correlation"],
            Self::Exchange => &["--receive", "--pay", "--correlation", "--repair-correlation"],
        }
    }
}

impl PriceArgs {
    fn has(&self, flag: &str) -> bool {
        match flag {
            "--model" => self.model.is_some(),
            "--market-price" => self.market_price.is_some(),
            "--drift" => self.drift.is_some(),
            "--steps" => self.steps.is_some(),
            "--strike" => self.strike.is_some(),
            "--right" => self.right.is_some(),
            "--cash" => self.cash.is_some(),
            "--average" => self.average.is_some(),
            "--watch" => self.watch.is_some(),
            "--direction" => self.direction.is_some(),
            "--knock" => self.knock.is_some(),
            "--level" => self.level.is_some(),
            "--pays" => self.pays.is_some(),
            "--weights" => !self.weights.is_empty(),
            "--receive" => self.receive.is_some(),
            "--pay" => self.pay.is_some(),
            "--correlation" => self.correlation.is_some() || self.correlation_file.is_some(),
            _ => self.repair_correlation,
        }
    }

    /// The payoff's name on the command line.
    pub(super) fn payoff_name(&self) -> String {
        clap::ValueEnum::to_possible_value(&self.payoff).map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// A flag's value, which this payoff can't do without.
    pub(super) fn needed<T>(&self, flag: &'static str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| CliError::Needed { flag, payoff: self.payoff_name() })
    }

    fn strike(&self) -> Result<Strike> {
        Ok(Strike::new(self.needed("--strike", self.strike)?)?)
    }

    fn level(&self) -> Result<Level> {
        Ok(Level::new(self.needed("--level", self.level)?)?)
    }

    fn cash(&self) -> Result<Cash> {
        Ok(Cash::new(self.cash.unwrap_or(1.0))?)
    }

    fn right(&self) -> Right {
        if self.right == Some(RightName::Put) { Right::Put } else { Right::Call }
    }

    fn direction(&self) -> Result<Direction> {
        let name = self.needed("--direction", self.direction)?;
        Ok(if name == DirectionName::Up { Direction::Up } else { Direction::Down })
    }

    fn knock(&self) -> Result<Knock> {
        Ok(if self.needed("--knock", self.knock)? == KnockName::In { Knock::In } else { Knock::Out })
    }

    fn average(&self) -> Average {
        if self.average == Some(When::Continuous) { Average::Continuous } else { Average::Discrete }
    }

    fn watch(&self) -> Watch {
        if self.watch == Some(When::Discrete) { Watch::Discrete } else { Watch::Continuous }
    }

    /// The only value of a flag that takes several where there are several assets.
    fn only(&self, flag: &'static str, values: &[f64]) -> Result<f64> {
        match *values {
            [value] => Ok(value),
            _ => Err(CliError::Values { flag, given: values.len(), payoff: self.payoff_name() }),
        }
    }

    /// The drift that prices have: without arbitrage the rate.
    fn growth(&self) -> Result<Drift> {
        Ok(Drift::new(self.drift.unwrap_or(self.rate))?)
    }

    fn market(&self) -> Result<Market<Model>> {
        let spot = Price::new(self.only("--spot", &self.spot)?)?;
        let (rate, maturity) = (Rate::new(self.rate)?, Maturity::new(self.maturity)?);
        let model = match &self.model {
            Some(choice) => model::at(choice, self.growth()?)?,
            None => Gbm::new(self.growth()?.get(), self.only("--volatility", &self.volatility)?)?.into(),
        };
        Ok(Market { spot, rate, maturity, model })
    }
}

impl Contract {
    /// What the flags ask for. A flag that says nothing about the payoff is an error, not ignored.
    pub(super) fn new(args: &PriceArgs) -> Result<Self> {
        let takes = args.payoff.takes();
        if let Some(&flag) = FLAGS.iter().find(|flag| args.has(flag) && !takes.contains(flag)) {
            return Err(CliError::Unused { flag, payoff: args.payoff_name() });
        }
        let right = args.right();
        let payoff = match args.payoff {
            Kind::European => European { right, strike: args.strike()? }.into(),
            Kind::Digital => Digital { right, strike: args.strike()?, cash: args.cash()? }.into(),
            Kind::AsianArithmetic => AsianArithmetic { right, strike: args.strike()?, average: args.average() }.into(),
            Kind::AsianGeometric => AsianGeometric { right, strike: args.strike()?, average: args.average() }.into(),
            Kind::Barrier => Barrier {
                right,
                strike: args.strike()?,
                direction: args.direction()?,
                knock: args.knock()?,
                level: args.level()?,
                watch: args.watch(),
            }
            .into(),
            Kind::OneTouch => OneTouch {
                direction: args.direction()?,
                level: args.level()?,
                cash: args.cash()?,
                pays: if args.pays == Some(PaysName::NoTouch) { Pays::NoTouch } else { Pays::Touch },
                watch: args.watch(),
            }
            .into(),
            Kind::Lookback if args.strike.is_some() => {
                LookbackFixed { right, strike: args.strike()?, watch: args.watch() }.into()
            }
            Kind::Lookback => LookbackFloating { right, watch: args.watch() }.into(),
            Kind::Basket => return assets::basket(args, right, args.strike()?),
            Kind::Exchange => return assets::exchange(args),
        };
        // How often a path is looked at is part of the contract, so it isn't guessed.
        if !matches!(args.payoff, Kind::European | Kind::Digital) {
            args.needed("--steps", args.steps)?;
        }
        let market = args.market()?;
        if args.method == Method::Simulation && !model::is_exact(&market.model) && args.steps.is_none() {
            return Err(CliError::Steps { flag: "--steps", model: market.model.name() });
        }
        Ok(Self::One { market, payoff })
    }
}
