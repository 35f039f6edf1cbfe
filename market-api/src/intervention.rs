//! Interventions: what an admin asks for, and what became of it.

use serde::{Deserialize, Serialize};

/// What to do. Rates are per year, returns and distances natural logarithms, sizes in base units, times in seconds of
/// simulated time.
///
/// ```
/// use market_api::intervention::Body;
/// let body: Body = serde_json::from_str(r#"{"kind":"set_volatility","sigma":0.4}"#)?;
/// assert_eq!(body, Body::SetVolatility { sigma: 0.4, ramp_s: None });
/// assert!(serde_json::from_str::<Body>(r#"{"kind":"set_volatility","sigma":0.4,"mood":1}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// Sets the model's drift until it is set again.
    SetDrift {
        /// μ per year.
        mu: f64,
        /// Reached linearly over this time; at once if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ramp_s: Option<f64>,
    },
    /// Sets the model's volatility until it is set again.
    SetVolatility {
        /// σ per √year.
        sigma: f64,
        /// Reached linearly over this time; at once if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ramp_s: Option<f64>,
    },
    /// Sets the price of one tick.
    SetPrice {
        /// The price.
        price: f64,
    },
    /// Moves the price at once, a part of it for good.
    Shock {
        /// The whole jump.
        log_return: f64,
        /// The share that stays, in [0, 1].
        permanent_fraction: f64,
        /// The half-life of the rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        half_life_s: Option<f64>,
    },
    /// Deepens the book, or thins it with a negative quantity.
    InjectLiquidity {
        /// Which side: one of them also leans on the price.
        side: Side,
        /// Base units.
        quantity: f64,
        /// The log-distance from the mid within which they rest.
        within: f64,
        /// The half-life of the added depth.
        half_life_s: f64,
        /// The exponent by which depth damps volatility: ½ if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        eta: Option<f64>,
        /// The share of a one-sided quantity that leans on the price: ½ if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pressure: Option<f64>,
    },
    /// Lets the price fall and recover.
    FlashCrash {
        /// The whole fall, positive.
        depth: f64,
        /// How long it falls.
        fall_s: f64,
        /// How long it stays down; not at all if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_s: Option<f64>,
        /// The half-life of the recovery.
        half_life_s: f64,
        /// The share of the fall that comes back, in [0, 1].
        recovered_fraction: f64,
    },
    /// Moves the price gradually, for good.
    Ramp {
        /// The whole way.
        log_return: f64,
        /// How long it takes.
        duration_s: f64,
        /// How the way is spread over that time: linear if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shape: Option<RampShape>,
    },
    /// Works a large order into the market at a constant rate.
    MetaOrder {
        /// Buys lift the price, sales press it.
        side: OrderSide,
        /// Base units in all.
        quantity: f64,
        /// How long it is worked.
        duration_s: f64,
    },
    /// Scales the volatility: fading, for a time, or until cancelled.
    VolatilityScale {
        /// The factor.
        factor: f64,
        /// The half-life of factor − 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        half_life_s: Option<f64>,
        /// Or how long the factor holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
    },
    /// Scales the intensity of the model's jumps.
    JumpRate {
        /// The factor.
        factor: f64,
        /// For how long; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
    },
    /// Holds the model in one of its regimes.
    Regime {
        /// The regime's number, from 0.
        state: u32,
        /// For how long; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
    },
    /// Widens the quotes, or narrows them by a factor below 1.
    Spread {
        /// The factor.
        factor: f64,
        /// For how long; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
    },
    /// Leads the price to a level by a time: exactly one of `duration_s` and `at_ms`.
    Target {
        /// The level.
        price: f64,
        /// How long it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
        /// Or the simulated time, Unix milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<i64>,
        /// Against another target: it is refused if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_conflict: Option<OnConflict>,
    },
    /// Holds the price at a level.
    Pin {
        /// The level.
        price: f64,
        /// The standard deviation around it: 0 if absent, which emits the level itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        band: Option<f64>,
        /// For how long; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
        /// Against another pin: it is refused if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_conflict: Option<OnConflict>,
    },
    /// Halts trading: ticks go on and aren't published.
    Halt {
        /// Where the price is afterwards.
        reopen: Reopen,
        /// For how long; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
        /// Against another halt: it is refused if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_conflict: Option<OnConflict>,
    },
    /// Halts trading for a pause whenever the price leaves the mean of a window by more than so many per cent.
    PriceBand {
        /// How far, in per cent.
        percent: f64,
        /// The mean's window.
        window_s: f64,
        /// How long trading pauses.
        pause_s: f64,
        /// For how long the limit holds; until cancelled if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_s: Option<f64>,
        /// Against another limit: it is refused if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_conflict: Option<OnConflict>,
    },
    /// Ends another intervention now, as its own expiry would.
    Cancel {
        /// The intervention to end.
        id: u64,
    },
}

/// A side of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Both.
    Both,
    /// Buyers.
    Bid,
    /// Sellers.
    Ask,
}

/// How a ramp's way is spread over its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RampShape {
    /// Evenly.
    Linear,
    /// Slowly at both ends.
    Smooth,
}

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSide {
    /// It buys.
    Buy,
    /// It sells.
    Sell,
}

/// What becomes of a controller whose time overlaps that of another of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// It is refused.
    Reject,
    /// It ends the other.
    Replace,
    /// It begins when the other ends.
    Queue,
}

/// Where a halted price goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// Where it would have been.
    CatchUp,
    /// Where it was.
    Freeze,
}

/// `POST /v1/instruments/{id}/interventions`. Send an `Idempotency-Key` header (1 to 64 visible ASCII characters), and
/// repeating the request has one effect and one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewIntervention {
    /// What to do.
    pub body: Body,
    /// The tick on which it acts; the first one that is far enough ahead for the journal if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<u64>,
    /// Or the simulated time, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The session that is meant, if no other is: 412 where another one runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// 202: an intervention is in the journal and acts on its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Its id.
    pub id: u64,
    /// The tick on which it acts.
    pub tick: u64,
    /// That tick's time, Unix milliseconds of simulated time.
    pub time: i64,
}

/// How an intervention stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its tick has not come.
    Scheduled,
    /// It acts; it can be released.
    Active,
    /// A later setting of the same parameter hides it.
    Superseded,
    /// It is over, or was done at once.
    Ended,
    /// It was released before its end.
    Cancelled,
}

/// An intervention in the journal, with what it changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Its id.
    pub id: u64,
    /// The tick on which it acts.
    pub tick: u64,
    /// That tick's time, Unix milliseconds of simulated time.
    pub time: i64,
    /// The instrument.
    pub instrument: String,
    /// What it does.
    pub body: Body,
    /// Who asked for it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// How it stands.
    pub state: State,
    /// When it ends by itself, simulated time; absent if it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<i64>,
    /// What it changes, before its tick: drift, volatility, price, or the depth multiplier. Absent until it has acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// The same on its tick (a ramp's aim).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<f64>,
}
