//! Every kind of intervention has the same form on the wire as in the journal, and a refusal names its field.

use gbm_core::prelude::Intervention;
use market_api::intervention::Body;
use market_data_svc::wire;

const BODIES: [&str; 17] = [
    r#"{"kind":"set_drift","mu":0.5,"ramp_s":3}"#,
    r#"{"kind":"set_volatility","sigma":0.5}"#,
    r#"{"kind":"set_price","price":5}"#,
    r#"{"kind":"shock","log_return":-0.1,"permanent_fraction":0.5,"half_life_s":9}"#,
    r#"{"kind":"inject_liquidity","side":"bid","quantity":-5,"within":0.1,"half_life_s":9,"eta":1,"pressure":0.1}"#,
    r#"{"kind":"flash_crash","depth":0.1,"fall_s":1,"hold_s":2,"half_life_s":3,"recovered_fraction":0.5}"#,
    r#"{"kind":"ramp","log_return":0.1,"duration_s":5,"shape":"smooth"}"#,
    r#"{"kind":"meta_order","side":"sell","quantity":5,"duration_s":5}"#,
    r#"{"kind":"volatility_scale","factor":2,"half_life_s":5}"#,
    r#"{"kind":"jump_rate","factor":2,"duration_s":5}"#,
    r#"{"kind":"regime","state":1}"#,
    r#"{"kind":"spread","factor":2}"#,
    r#"{"kind":"target","price":5,"at_ms":1700000000000,"on_conflict":"queue"}"#,
    r#"{"kind":"pin","price":5,"band":0.1,"duration_s":5,"on_conflict":"replace"}"#,
    r#"{"kind":"halt","reopen":"freeze","duration_s":5}"#,
    r#"{"kind":"price_band","percent":5,"window_s":60,"pause_s":30}"#,
    r#"{"kind":"cancel","id":7}"#,
];

#[test]
fn the_wire_and_the_journal_say_the_same() {
    for text in BODIES {
        let body: Body = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let journaled: Intervention = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(wire::intervention(&body).unwrap(), journaled, "{text}");
        let told = wire::body(&journaled).unwrap();
        assert_eq!(wire::intervention(&told).unwrap(), journaled, "{text}");
    }
}

#[test]
fn a_number_outside_its_domain_is_named() {
    for (text, pointer, detail) in [
        (r#"{"kind":"pin","price":5,"band":-1}"#, "/body/band", "band = -1 is outside [0, 20]"),
        (r#"{"kind":"halt","reopen":"freeze","duration_s":0}"#, "/body/duration_s", "duration_s = 0 is outside (0,"),
        (r#"{"kind":"spread","factor":0}"#, "/body/factor", "factor = 0 is outside"),
        (r#"{"kind":"ramp","log_return":99,"duration_s":5}"#, "/body/log_return", "log_return = 99 is outside"),
    ] {
        let error = wire::intervention(&serde_json::from_str::<Body>(text).unwrap()).unwrap_err();
        assert_eq!(error.pointer, pointer);
        assert!(error.detail.starts_with(detail), "{}", error.detail);
    }
}
