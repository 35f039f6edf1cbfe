//! Accounts: cash, a position with its cost, and what both have come to. All of it is decimal and exact.

use rust_decimal::Decimal;
use rust_decimal::prelude::RoundingStrategy;
use serde::{Deserialize, Serialize};

use crate::order::Side;

/// The most cash that an account may begin with.
pub const MAX_INITIAL: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
/// The highest fee, in basis points.
pub const MAX_FEE_BP: Decimal = Decimal::from_parts(1000, 0, 0, false, 0);
/// The highest leverage.
pub const MAX_LEVERAGE: Decimal = Decimal::ONE_HUNDRED;

/// Decimals of cash.
pub const CASH_DECIMALS: u32 = 8;
/// Basis points of one.
const BASIS_POINTS: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// What an account begins with and pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The cash it begins with.
    pub initial: Decimal,
    /// The fee of a fill that rested, in basis points of its value.
    pub maker_bp: Decimal,
    /// The fee of a fill that took, in basis points of its value.
    pub taker_bp: Decimal,
    /// The position's value may be so many times the equity; 1 is an account without margin, which is never short.
    pub leverage: Decimal,
}

impl Terms {
    /// 100,000 of cash, 10 bp for takers, 2 bp for makers, no margin.
    pub fn paper() -> Self {
        Self { initial: Decimal::from(100_000), maker_bp: Decimal::TWO, taker_bp: Decimal::TEN, leverage: Decimal::ONE }
    }

    /// Checks that each is in its domain: cash in (0, 10⁹] with at most [`CASH_DECIMALS`] decimals, fees in [0, 1000] basis points,
    /// leverage in [1, 100].
    ///
    /// # Errors
    /// [`TermsError`] by the first that isn't.
    pub fn check(&self) -> Result<(), TermsError> {
        let is_fee = |bp: Decimal| (Decimal::ZERO..=MAX_FEE_BP).contains(&bp) && bp.scale() <= CASH_DECIMALS;
        if self.initial <= Decimal::ZERO || self.initial > MAX_INITIAL || self.initial.scale() > CASH_DECIMALS {
            return Err(TermsError::Initial(self.initial));
        }
        if !is_fee(self.maker_bp) {
            return Err(TermsError::MakerFee(self.maker_bp));
        }
        if !is_fee(self.taker_bp) {
            return Err(TermsError::TakerFee(self.taker_bp));
        }
        if !(Decimal::ONE..=MAX_LEVERAGE).contains(&self.leverage) {
            return Err(TermsError::Leverage(self.leverage));
        }
        Ok(())
    }

    /// Whether it may owe.
    pub fn has_margin(&self) -> bool {
        self.leverage > Decimal::ONE
    }

    /// The most that a purchase of this value can take, in however many fills.
    pub(crate) fn with_fee(&self, value: Decimal) -> Decimal {
        let fee = part(value, self.maker_bp.max(self.taker_bp), BASIS_POINTS);
        value + fee.round_dp_with_strategy(CASH_DECIMALS, RoundingStrategy::AwayFromZero)
    }

    /// The fee of a fill, rounded down: those of an order's fills never come to more than was kept for it.
    pub fn fee(&self, value: Decimal, is_maker: bool) -> Decimal {
        let bp = if is_maker { self.maker_bp } else { self.taker_bp };
        part(value, bp, BASIS_POINTS).round_dp_with_strategy(CASH_DECIMALS, RoundingStrategy::ToZero)
    }
}

/// value·of/whole, by its quotient first where the product has more digits than a decimal.
fn part(value: Decimal, of: Decimal, whole: Decimal) -> Decimal {
    value.checked_mul(of).map_or_else(|| value / whole * of, |product| product / whole)
}

/// Terms that no account may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// Too little or too much, or in too small units.
    #[error("initial = {0} is outside (0, {MAX_INITIAL}], or has more than {CASH_DECIMALS} decimals")]
    Initial(Decimal),
    /// The fee of resting orders.
    #[error("maker_bp = {0} is outside [0, {MAX_FEE_BP}]")]
    MakerFee(Decimal),
    /// The fee of orders that take.
    #[error("taker_bp = {0} is outside [0, {MAX_FEE_BP}]")]
    TakerFee(Decimal),
    /// The leverage.
    #[error("leverage = {0} is outside [1, {MAX_LEVERAGE}]")]
    Leverage(Decimal),
}

/// An account's money.
///
/// cash + position·price + fees = initial + realised + (position·price − cost) + written off, at any price and to the last unit:
/// the position's price cancels, and what is left holds after every fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What it began with, and pays.
    pub terms: Terms,
    /// What it has.
    pub cash: Decimal,
    /// Base units; negative if short.
    pub position: Decimal,
    /// What the position has cost, its sign the position's. The total is kept and not an average price, whose rounding would add up.
    pub cost: Decimal,
    /// What closed positions have brought, before fees.
    pub realised: Decimal,
    /// Fees paid.
    pub fees: Decimal,
    /// Losses beyond the account's money, which a liquidation has left and the house bears.
    pub written_off: Decimal,
}

impl Account {
    /// A new account.
    pub fn new(terms: Terms) -> Self {
        let zero = Decimal::ZERO;
        let cash = terms.initial;
        Self { terms, cash, position: zero, cost: zero, realised: zero, fees: zero, written_off: zero }
    }

    /// What the position would bring beyond its cost.
    pub fn unrealised(&self, price: Decimal) -> Decimal {
        self.position * price - self.cost
    }

    /// What all of it is worth.
    pub fn equity(&self, price: Decimal) -> Decimal {
        self.cash + self.position * price
    }

    /// Enters a fill; gives what it has realised.
    pub(crate) fn fill(&mut self, side: Side, quantity: Decimal, price: Decimal, fee: Decimal) -> Decimal {
        let signed = side.signed(quantity);
        let held = self.position.abs();
        let is_closing = !self.position.is_zero() && self.position.is_sign_negative() != signed.is_sign_negative();
        let closing = if is_closing { quantity.min(held) } else { Decimal::ZERO };
        let mut realised = Decimal::ZERO;
        if is_closing {
            // The last of a position takes all that is left of its cost.
            let cost = if closing == held { self.cost } else { part(self.cost, closing, held).round_dp(CASH_DECIMALS) };
            realised = side.opposite().signed(closing) * price - cost;
            self.cost -= cost;
        }
        self.cost += side.signed(quantity - closing) * price;
        self.position += signed;
        self.cash -= signed * price + fee;
        self.fees += fee;
        self.realised += realised;
        realised
    }

    /// Lets the house bear what the account can't.
    pub(crate) fn write_off(&mut self) -> Decimal {
        let loss = (-self.cash).max(Decimal::ZERO);
        self.cash += loss;
        self.written_off += loss;
        loss
    }
}
