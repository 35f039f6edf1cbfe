use super::numbered;
use crate::stats::{Moments, decay, jump_share, jumps_a_day, log_volatilities, roughness};

const A_DAY: usize = 24;

numbered! {
    1 volatility "annualised volatility" => |sample| sample.volatility(),
    2 hill_5 "Hill index, top 5 % of |r|" => |sample| sample.hill(),
    3 beyond_5 "P(|r − mean| > 5 sd)" => |sample| sample.beyond(5.0),
    4 acf_abs_1 "ACF of |r|, lag 1" => |sample| sample.size_autocorrelation(1),
    5 acf_abs_5 "ACF of |r|, lag 5" => |sample| sample.size_autocorrelation(5),
    6 acf_abs_24 "ACF of |r|, lag 24" => |sample| sample.size_autocorrelation(24),
    7 acf_abs_168 "ACF of |r|, lag 168" => |sample| sample.size_autocorrelation(168),
    8 acf_abs_720 "ACF of |r|, lag 720" => |sample| sample.size_autocorrelation(720),
    9 decay "decay exponent of the ACF of |r|, 1–60 days" => |sample| decay(&sample.sizes, (1..=60).map(|k| 24 * k)),
    10 kurtosis_1h "excess kurtosis, 1 hour" => |sample| sample.kurtosis(1),
    11 kurtosis_4h "excess kurtosis, 4 hours" => |sample| sample.kurtosis(4),
    12 kurtosis_24h "excess kurtosis, 24 hours" => |sample| sample.kurtosis(24),
    13 kurtosis_168h "excess kurtosis, 168 hours" => |sample| sample.kurtosis(168),
    14 jump_share "jumps' share of realised variance" => |sample| jump_share(sample.returns, A_DAY),
    15 roughness "roughness H of log-volatility" => |sample| roughness(&log_volatilities(sample.returns, A_DAY)),
    16 log_volatility_sd "sd of daily log-volatility" => |sample| {
        let days = log_volatilities(sample.returns, A_DAY).concat();
        Moments::of(&days).map(|moments| moments.deviation())
    },
    17 jumps_a_day "Lee-Mykland jumps a day, 1 %" => |sample| jumps_a_day(sample.returns, &sample.hour_factors()),
}
