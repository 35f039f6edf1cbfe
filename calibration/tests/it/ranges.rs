//! Range estimators on Bitcoin's hours of 2020, joined to days.

use calibration::range::{Bar, Bars, join};

use crate::support::{data, near, rows};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: u32 = 86_400_000;
/// 2020-01-01.
const BEGIN_MS: i64 = 1_577_836_800_000;

#[test]
fn bitcoin_s_2020_is_met() {
    let Some(text) = data("btc_hourly_2017_2022.csv") else { return };
    let all: Vec<Vec<&str>> = rows(&text).collect();
    let first = all.iter().position(|row| row[0].starts_with("2020-01-01T00")).unwrap();
    let last = all.iter().position(|row| row[0].starts_with("2020-12-31T23")).unwrap();
    let bars: Vec<Bar> = all[first..=last]
        .iter()
        .map(|row| {
            let number = |column: usize| row[column].parse().unwrap();
            Bar { open: number(1), high: number(2), low: number(3), close: number(4) }
        })
        .collect();
    let times: Vec<i64> = (0..).map(|hour| BEGIN_MS + hour * HOUR_MS).take(bars.len()).collect();
    let (times, days) = join(&times, &bars, DAY_MS).unwrap();
    assert_eq!(days.len(), 366);
    let bars = Bars::new(&times, &days, 365 * 86_400).unwrap();
    near("close-close", bars.close_to_close().value, 0.810713, 1e-6);
    near("Parkinson", bars.parkinson().value, 0.783908, 1e-6);
    near("Garman-Klass", bars.garman_klass().value, 0.772894, 1e-6);
    near("Rogers-Satchell", bars.rogers_satchell().value, 0.767515, 1e-6);
    near("Yang-Zhang", bars.yang_zhang().value, 0.774777, 1e-6);
    println!("{:?}", bars.yang_zhang());
}
