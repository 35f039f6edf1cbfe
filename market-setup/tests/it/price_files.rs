//! The price reader in all the forms of time, and with any bytes.

use market_setup::prices::{parse_time_ms, read_prices};
use proptest::prelude::*;

#[test]
fn times_come_in_many_forms() {
    for (text, time_ms) in [
        ("2017-07-01T11:00:00Z", 1_498_906_800_000),
        ("2017-07-01T13:00:00+02:00", 1_498_906_800_000),
        ("2016-10-07 00:01:00", 1_475_798_460_000),
        ("2013-04-27", 1_367_020_800_000),
        ("1367020800", 1_367_020_800_000),
        ("1367020800123", 1_367_020_800_123),
        ("-1", -1000),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(parse_time_ms(text), Some(time_ms), "{text}");
    }
    for text in ["", "soon", "2013-13-01", "12.5", "2013-04-27T25:00:00Z", "99999999999999999999"] {
        assert_eq!(parse_time_ms(text), None, "{text}");
    }
}

#[test]
fn columns_are_found_by_name_whatever_else_there_is() {
    let csv = "\u{feff}Volume, CLOSE ,note,TimeStamp\r\n1,10.5,\"a, b\",2020-01-01\r\n2,11,,2020-01-02\r\n";
    let series = read_prices(csv.as_bytes()).unwrap();
    assert_eq!((series.prices, series.times_ms), (vec![10.5, 11.0], vec![1_577_836_800_000, 1_577_923_200_000]));
    let marked = read_prices("\u{feff}date,price\n2020-01-01,1\n".as_bytes()).unwrap();
    assert_eq!(marked.prices, [1.0]);
}

#[test]
fn a_quote_that_is_never_closed_is_a_row_with_an_end() {
    for csv in ["date,close\n2020-01-01,\"1\n2020-01-02,2\n", "date,close\n\""] {
        assert!(read_prices(csv.as_bytes()).is_err(), "{csv:?}");
    }
    assert_eq!(read_prices("date,close\n2020-01-01,\"1\n\n".as_bytes()).unwrap().prices, [1.0]);
}

#[test]
fn bytes_that_are_no_text_name_their_line() {
    let error = read_prices(&b"date,close\n2020-01-01,1\n\xff\xfe,2\n"[..]).unwrap_err();
    assert_eq!(error.to_string(), "line 3: not UTF-8");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_prices(&bytes[..]);
    }

    #[test]
    fn nor_do_bytes_behind_a_header(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut csv = b"date,close\n".to_vec();
        csv.extend(bytes);
        if let Ok(series) = read_prices(&csv[..]) {
            prop_assert!(series.times_ms.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(series.prices.iter().all(|price| price.is_finite() && *price > 0.0));
        }
    }

    #[test]
    fn written_prices_are_read_to_the_bit(prices in proptest::collection::vec(1e-9..1e9_f64, 1..50)) {
        let rows: Vec<String> = (1..).zip(&prices).map(|(day, price)| format!("{},{price}", day * 86_400)).collect();
        let rows = rows.join("\n");
        let series = read_prices(format!("timestamp,close\n{rows}").as_bytes()).unwrap();
        prop_assert_eq!(series.prices, prices);
    }
}
