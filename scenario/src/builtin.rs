use crate::error::ScenarioError;
use crate::format::Scenario;

macro_rules! built_ins {
    ($($name:literal),+ $(,)?) => {
        /// The names of the scenarios that come with the crate.
        pub const NAMES: [&str; [$($name),+].len()] = [$($name),+];

        fn text_of(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!("../builtin/", $name, ".toml"))),)+
                _ => None,
            }
        }
    };
}

built_ins!(
    "calm",
    "bull",
    "bear",
    "sideways",
    "flash_crash",
    "pump_and_dump",
    "liquidity_drought",
    "news_jump",
    "volatility_spike",
    "exchange_halt",
    "slow_bleed",
    "v_recovery",
);

/// A scenario that comes with the crate, by its name; `None` for another name.
///
/// ```
/// let crash = scenario::built_in("flash_crash").ok_or("no such scenario")??;
/// assert_eq!(crash.title(), "Flash crash");
/// assert!(scenario::built_in("flash crash").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn built_in(name: &str) -> Option<Result<Scenario, ScenarioError>> {
    text_of(name).map(Scenario::from_toml)
}
