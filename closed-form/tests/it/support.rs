//! Markets, and files of values with the functions that should give them.

use closed_form::barrier::{Barrier, Knock};
use closed_form::exchange::Asset;
use closed_form::touch::Motion;
use closed_form::{Direction, Kind, Market, Parameters, asian, barrier, black_scholes, exchange, lookback, touch};

#[track_caller]
pub(crate) fn market(spot: f64, rate: f64, dividend_yield: f64, volatility: f64, maturity: f64) -> Market {
    Market::new(Parameters { spot, rate, dividend_yield, volatility, maturity }).unwrap()
}

/// A line of a file of values: the family, what our function gives for the inputs, what the file says, and the inputs'
/// scale (spot plus strike).
pub(crate) struct Case {
    pub(crate) line: &'static str,
    pub(crate) family: &'static str,
    pub(crate) ours: f64,
    pub(crate) expected: f64,
    pub(crate) scale: f64,
}

/// The cases of a file's text.
pub(crate) fn cases(text: &'static str) -> impl Iterator<Item = Case> {
    text.lines().filter(|line| !line.starts_with('#')).map(case)
}

fn case(line: &'static str) -> Case {
    let words: Vec<&str> = line.split(' ').collect();
    let (family, expected) = (words[0], words[words.len() - 1].parse().unwrap());
    let mut inputs = Words(words[1..words.len() - 1].iter());
    let (ours, scale) = match family {
        "touch" => (inputs.touch(), 1.0),
        "exchange" => (inputs.exchange(), 100.0),
        _ => {
            let market = inputs.market();
            (inputs.option(family, &market), market.parameters().spot)
        }
    };
    let strike = words.iter().rev().nth(1).unwrap().parse().unwrap_or(0.0);
    assert!(inputs.0.next().is_none(), "{line}");
    Case { line, family, ours, expected, scale: scale + strike }
}

struct Words<'a>(std::slice::Iter<'a, &'static str>);

impl Words<'_> {
    fn word(&mut self) -> &'static str {
        self.0.next().unwrap()
    }

    fn number(&mut self) -> f64 {
        self.word().parse().unwrap()
    }

    fn kind(&mut self) -> Kind {
        if self.word() == "call" { Kind::Call } else { Kind::Put }
    }

    fn direction(&mut self) -> Direction {
        if self.word() == "up" { Direction::Up } else { Direction::Down }
    }

    fn market(&mut self) -> Market {
        market(self.number(), self.number(), self.number(), self.number(), self.number())
    }

    fn option(&mut self, family: &str, market: &Market) -> f64 {
        let kind = self.kind();
        match family {
            "european" => black_scholes::european(market, kind, self.number()),
            "digital" => black_scholes::cash_or_nothing(market, kind, self.number(), self.number()),
            "asian" => asian::geometric(market, kind, self.number(), self.word().parse().unwrap()),
            "continuous" => asian::geometric_continuous(market, kind, self.number()),
            "floating" => lookback::floating_strike(market, kind, self.number()),
            "fixed" => lookback::fixed_strike(market, kind, self.number(), self.number()),
            "barrier" => {
                let direction = self.direction();
                let knock = if self.word() == "in" { Knock::In } else { Knock::Out };
                let strike = self.number();
                barrier::price(market, kind, strike, Barrier { direction, knock, level: self.number() })
            }
            _ => panic!("{family}"),
        }
        .unwrap()
    }

    fn touch(&mut self) -> f64 {
        let motion =
            Motion { spot: self.number(), drift: self.number(), volatility: self.number(), horizon: self.number() };
        touch::probability(motion, self.direction(), self.number()).unwrap()
    }

    fn exchange(&mut self) -> f64 {
        let mut asset = || Asset { spot: self.number(), dividend_yield: self.number(), volatility: self.number() };
        let (first, second) = (asset(), asset());
        exchange::price(first, second, self.number(), self.number()).unwrap()
    }
}
