use super::numbered;
use crate::stats::jump_share;

numbered! {
    1 volatility "annualised volatility" => |sample| sample.volatility(),
    2 hill_5 "Hill index, top 5 % of |r|" => |sample| sample.hill(),
    3 beyond_5 "P(|r − mean| > 5 sd)" => |sample| sample.beyond(5.0),
    4 acf_abs_1 "ACF of |r|, lag 1" => |sample| sample.size_autocorrelation(1),
    5 acf_abs_5 "ACF of |r|, lag 5" => |sample| sample.size_autocorrelation(5),
    6 acf_abs_30 "ACF of |r|, lag 30" => |sample| sample.size_autocorrelation(30),
    7 acf_abs_60 "ACF of |r|, lag 60" => |sample| sample.size_autocorrelation(60),
    8 acf_abs_240 "ACF of |r|, lag 240" => |sample| sample.size_autocorrelation(240),
    9 acf_abs_1440 "ACF of |r|, lag 1440" => |sample| sample.size_autocorrelation(1440),
    10 kurtosis_1m "excess kurtosis, 1 minute" => |sample| sample.kurtosis(1),
    11 kurtosis_5m "excess kurtosis, 5 minutes" => |sample| sample.kurtosis(5),
    12 kurtosis_15m "excess kurtosis, 15 minutes" => |sample| sample.kurtosis(15),
    13 kurtosis_60m "excess kurtosis, 60 minutes" => |sample| sample.kurtosis(60),
    14 kurtosis_240m "excess kurtosis, 240 minutes" => |sample| sample.kurtosis(240),
    15 jump_share "jumps' share of realised variance, 5-minute returns" => |sample| jump_share(&sample.returns.sums(5), 288),
}
