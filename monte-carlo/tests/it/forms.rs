//! The serde forms: each payoff out and in again, and nothing else.

use monte_carlo::payoff::{BasketPayoff, Payoff};

const PAYOFFS: [&str; 8] = [
    r#"{"kind":"european","right":"call","strike":100.0}"#,
    r#"{"kind":"digital","right":"put","strike":100.0,"cash":10.0}"#,
    r#"{"kind":"asian_arithmetic","right":"call","strike":100.0,"average":"discrete"}"#,
    r#"{"kind":"asian_geometric","right":"put","strike":100.0,"average":"continuous"}"#,
    r#"{"kind":"barrier","right":"call","strike":100.0,"direction":"up","knock":"out","level":120.0,"watch":"continuous"}"#,
    r#"{"kind":"one_touch","direction":"down","level":80.0,"cash":1.0,"pays":"no_touch","watch":"discrete"}"#,
    r#"{"kind":"lookback_floating","right":"call","watch":"continuous"}"#,
    r#"{"kind":"lookback_fixed","right":"put","strike":95.0,"watch":"discrete"}"#,
];

const BASKETS: [&str; 2] = [
    r#"{"kind":"basket","right":"call","strike":100.0,"weights":[0.5,-0.25]}"#,
    r#"{"kind":"exchange","receive":1,"pay":0}"#,
];

#[test]
fn payoffs_have_a_form() {
    use monte_carlo::payoff::PathPayoff;
    for text in PAYOFFS {
        let payoff: Payoff = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&payoff).unwrap(), text);
        assert!(text.contains(&format!(r#""kind":"{}""#, payoff.name())));
    }
    for text in BASKETS {
        let payoff: BasketPayoff = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&payoff).unwrap(), text);
        assert!(text.contains(&format!(r#""kind":"{}""#, payoff.name())));
    }
}

/// A field more, a field less, another word, a number outside its domain.
#[test]
fn nothing_else_is_read() {
    for text in PAYOFFS.into_iter().chain(BASKETS) {
        let refused = |text: &str| {
            assert!(serde_json::from_str::<Payoff>(text).is_err(), "{text}");
            assert!(serde_json::from_str::<BasketPayoff>(text).is_err(), "{text}");
        };
        refused(&text.replace('}', r#","more":1}"#));
        refused(&text.replace("kind", "sort"));
        for part in text[1..text.len() - 1].split(',').filter(|part| !part.contains("kind") && part.contains(':')) {
            if !part.contains('[') {
                refused(&text.replace(&format!(",{part}"), ""));
            }
            let (name, value) = part.split_once(':').unwrap();
            if value.starts_with('"') {
                refused(&text.replace(part, &format!(r#"{name}:"other""#)));
            } else {
                refused(&text.replace(part, &format!("{name}:-1e300")));
                refused(&text.replace(part, &format!("{name}:null")));
            }
        }
    }
    let error = serde_json::from_str::<Payoff>(&PAYOFFS[0].replace("100.0", "0")).unwrap_err().to_string();
    assert!(error.starts_with("strike = 0 is outside [0.000000000000001, 1000000000000000]"), "{error}");
}
