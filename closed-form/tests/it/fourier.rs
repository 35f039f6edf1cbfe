//! Jumps and stochastic variance against `tools/fourier_values.py`: another integral, in 22 digits, and another program.

use std::collections::BTreeMap;

use closed_form::cos::{CharacteristicFunction, Contract, Settings, price};
use closed_form::heston::{Bates, Heston};
use closed_form::jump_diffusion::{Kou, Merton};
use closed_form::merton::{Jumps, european};
use closed_form::{Kind, Market, Parameters};

/// What is promised for every price.
const ALLOWED: f64 = 1e-7;

fn heston(x: &[f64]) -> Heston {
    Heston { variance: x[0], mean_reversion: x[1], long_variance: x[2], vol_of_vol: x[3], correlation: x[4] }
}

fn jumps(x: &[f64]) -> Jumps {
    Jumps { intensity: x[0], mean: x[1], deviation: x[2] }
}

fn kou(x: &[f64]) -> Kou {
    Kou { volatility: x[0], intensity: x[1], up_probability: x[2], up_rate: x[3], down_rate: x[4] }
}

fn value(law: &impl CharacteristicFunction, contract: Contract) -> f64 {
    // Andersen's cases have tails that take a wide range, and that many terms.
    price(law, contract, Settings { width: 32.0, terms: 1 << 16, ..Settings::default() }).unwrap()
}

/// Merton's by his series too.
fn values(family: &str, x: &[f64], c: Contract) -> Vec<f64> {
    match family {
        "heston" => vec![value(&heston(x), c)],
        "bates" => vec![value(&Bates { heston: heston(x), jumps: jumps(&x[5..]) }, c)],
        "kou" => vec![value(&kou(x), c)],
        "merton" => {
            let Contract { spot, rate, dividend_yield, maturity, kind, strike } = c;
            let volatility = x[0];
            let market = Market::new(Parameters { spot, rate, dividend_yield, volatility, maturity }).unwrap();
            let mut all = vec![value(&Merton { volatility, jumps: jumps(&x[1..]) }, c)];
            // The series has no price for more than 500 jumps.
            all.extend(european(&market, kind, strike, jumps(&x[1..])));
            all
        }
        _ => panic!("{family}"),
    }
}

#[test]
fn values_are_those_of_another_integral() {
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    for line in include_str!("data/fourier.txt").lines().filter(|line| !line.starts_with('#')) {
        let (family, rest) = line.split_once(' ').unwrap();
        let words: Vec<&str> = rest.split(' ').collect();
        let (numbers, option) = words.split_at(words.len() - 3);
        let numbers: Vec<f64> = numbers.iter().map(|word| word.parse().unwrap()).collect();
        let (x, market) = numbers.split_at(numbers.len() - 4);
        let contract = Contract {
            spot: market[0],
            rate: market[1],
            dividend_yield: market[2],
            maturity: market[3],
            kind: if option[0] == "call" { Kind::Call } else { Kind::Put },
            strike: option[1].parse().unwrap(),
        };
        let expected: f64 = option[2].parse().unwrap();
        for ours in values(family, x, contract) {
            let error = (ours - expected).abs();
            assert!(error <= ALLOWED, "{line}: {ours} is off by {error:.1e}");
            let seen = worst.entry(family).or_default();
            *seen = seen.max(error);
        }
    }
    println!("off by at most {worst:?}");
    assert_eq!(worst.len(), 4);
}
