//! Any bytes are prices or an error that names a line; prices that are read calibrate or name a row.
#![no_main]

use market_setup::prices::read_prices;
use gbm_core::calibrate::fit_gbm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(series) = read_prices(bytes) {
        assert!(series.times_ms.windows(2).all(|pair| pair[0] < pair[1]));
        let _ = fit_gbm(&series.times_ms, &series.prices, 31_536_000);
    }
});
