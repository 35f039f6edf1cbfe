//! What an order costs: the depth that the square-root law implies, walked from the best price.

use gbm_core::market::Book;
use gbm_core::math::{LN_2, exp2, ln};

use crate::order::Side;

/// Below this displacement h(D) is summed as a series: the closed form loses what they have in common.
const SERIES_BELOW: f64 = 0.5;
/// Terms of the series; the last is below 1e-18 of the first at [`SERIES_BELOW`].
const TERMS: u32 = 20;
/// Steps of excess volume shorter than this part of what is there are integrated by Gauss's rule.
const SHORT: f64 = 1e-2;

/// The depth of one tick's book, as a trader meets it.
///
/// D(x) = sign(x)·a·√|x| is the displacement of a depth-relative excess volume x, a = Y·σ_d/√V. An order of quantity q moves its
/// account's excess from e to e + q/L (down for a sale), and pays, relative to the best price, the mean of e^D on that way:
///
/// (1/Δ)·∫ e^{D(x)} dx = (G(x₁) − G(x₀))/(x₁ − x₀), G(x) = sign(x)·(2/a²)·h(D(x)), h(D) = (D − 1)·e^D + 1.
///
/// Source: the square-root law, Tóth et al. (2011), *Phys. Rev. X* 1, 021006; the integral is elementary.
///
/// ```
/// use gbm_core::market::Book;
/// use trading_core::depth::Depth;
/// let depth = Depth::new(Book::btc(), 1.0);
/// // A hundred coins: displaced by 0.27 % at the end, two thirds of that on average.
/// let end = depth.factor(100.0);
/// assert!((end.ln() - 0.042 * (100.0_f64 / 25_000.0).sqrt()).abs() < 1e-12);
/// let mean = depth.mean_factor(0.0, 100.0);
/// assert!(((mean - 1.0) / (end - 1.0) - 2.0 / 3.0).abs() < 1e-3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depth {
    book: Book,
    liquidity: f64,
}

impl Depth {
    /// The book's law at a liquidity L > 0.
    pub fn new(book: Book, liquidity: f64) -> Self {
        Self { book, liquidity }
    }

    /// e^D of an excess volume.
    pub fn factor(&self, excess: f64) -> f64 {
        exp2(self.book.displacement(excess))
    }

    /// The excess after a trade: up by a purchase, down by a sale (negative quantity), less in a deeper book.
    pub fn after(&self, excess: f64, quantity: f64) -> f64 {
        excess + quantity / self.liquidity
    }

    /// The mean of e^D on the way of a trade from an excess; e^D itself for a quantity of 0.
    pub fn mean_factor(&self, excess: f64, quantity: f64) -> f64 {
        let (from, to) = (excess, self.after(excess, quantity));
        let way = to - from;
        if way == 0.0 {
            return self.factor(excess);
        }
        // Through zero each side is a way of its own, since D has a kink there.
        if from * to < 0.0 {
            return (self.integral(to) - self.integral(from)) / way;
        }
        if way.abs() < SHORT * from.abs() {
            return self.gauss(from, way);
        }
        (self.integral(to) - self.integral(from)) / way
    }

    /// The largest purchase (or, negative, sale) after which e^D is still within `factor`; 0 if it isn't now. In a book that nothing displaces
    /// e^D is 1 whatever is traded, so that is infinite or 0.
    pub fn quantity_within(&self, excess: f64, factor: f64, side: Side) -> f64 {
        if self.scale() == 0.0 {
            return match side {
                Side::Buy if factor >= 1.0 => f64::INFINITY,
                Side::Sell if factor <= 1.0 => f64::NEG_INFINITY,
                _ => 0.0,
            };
        }
        let limit = self.excess_at(factor);
        let quantity = (limit - excess) * self.liquidity;
        match side {
            Side::Buy => quantity.max(0.0),
            Side::Sell => quantity.min(0.0),
        }
    }

    /// The excess whose e^D is `factor`.
    fn excess_at(&self, factor: f64) -> f64 {
        let root = ln(factor) / self.scale();
        root * root.abs() * self.book.daily_volume.get()
    }

    /// Y·σ_d
    fn scale(&self) -> f64 {
        self.book.impact.get() * self.book.daily_volatility.get()
    }

    /// What is left of an excess after some seconds.
    pub fn relaxed(&self, excess: f64, seconds: f64) -> f64 {
        excess * exp2(-seconds / self.book.resilience_half_life_s.get())
    }

    /// G, divided by 2/a² = 2·|x|/D².
    fn integral(&self, excess: f64) -> f64 {
        let displacement = self.book.displacement(excess) * LN_2;
        if displacement == 0.0 {
            return 0.0;
        }
        2.0 * excess * weight(displacement)
    }

    /// Gauss's rule with three points, exact enough where D changes little: the error falls with the sixth power of the way.
    fn gauss(&self, from: f64, way: f64) -> f64 {
        let (middle, reach) = (from + 0.5 * way, 0.5 * way * 0.6_f64.sqrt());
        let ends = self.factor(middle - reach) + self.factor(middle + reach);
        (5.0 * ends + 8.0 * self.factor(middle)) / 18.0
    }
}

/// h(D)/D² = ((D − 1)·e^D + 1)/D² = Σ (n + 1)·Dⁿ/(n + 2)!
fn weight(displacement: f64) -> f64 {
    if displacement.abs() >= SERIES_BELOW {
        let power = exp2(displacement / LN_2);
        return ((displacement - 1.0) * power + 1.0) / (displacement * displacement);
    }
    // From the smallest term: each is (n + 1)/(n + 2)! times a power.
    let mut sum = 0.0;
    for n in (0..TERMS).rev() {
        let (n, sum_before) = (f64::from(n), sum);
        // t(n + 1)/t(n) = D·(n + 2)/((n + 1)·(n + 3))
        sum = 1.0 + displacement * (n + 2.0) / ((n + 1.0) * (n + 3.0)) * sum_before;
    }
    0.5 * sum
}
