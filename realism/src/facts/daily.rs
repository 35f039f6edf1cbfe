use super::numbered;
use crate::stats::{Series, decay, leverage};

numbered! {
    1 volatility "annualised volatility" => |sample| sample.sample_volatility(),
    2 kurtosis_1d "excess kurtosis" => |sample| sample.kurtosis(1),
    3 hill_5 "Hill index, top 5 % of |r|" => |sample| sample.hill(),
    4 acf_r_1 "ACF of r, lag 1" => |sample| Series::of(sample.returns, |r| r).autocorrelation(1),
    5 acf_abs_1 "ACF of |r|, lag 1" => |sample| sample.size_autocorrelation(1),
    6 acf_abs_5 "ACF of |r|, lag 5" => |sample| sample.size_autocorrelation(5),
    7 acf_abs_10 "ACF of |r|, lag 10" => |sample| sample.size_autocorrelation(10),
    8 acf_abs_20 "ACF of |r|, lag 20" => |sample| sample.size_autocorrelation(20),
    9 acf_abs_50 "ACF of |r|, lag 50" => |sample| sample.size_autocorrelation(50),
    10 decay "decay exponent of the ACF of |r|, lags 1–100" => |sample| decay(&sample.sizes, 1..=100),
    11 acf_square_1 "ACF of r², lag 1" => |sample| Series::of(sample.returns, |r| r * r).autocorrelation(1),
    12 leverage "leverage: corr(r, later r²), lags 1–10" => |sample| leverage(sample.returns),
    13 beyond_3 "P(|r − mean| > 3 sd)" => |sample| sample.beyond(3.0),
    14 beyond_5 "P(|r − mean| > 5 sd)" => |sample| sample.beyond(5.0),
    15 kurtosis_7d "excess kurtosis, 7 days" => |sample| sample.kurtosis(7),
    16 kurtosis_30d "excess kurtosis, 30 days" => |sample| sample.kurtosis(30),
}
