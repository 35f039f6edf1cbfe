//! The table and the page: everything is told, nothing comes from elsewhere.

use std::ops::ControlFlow;

use gbm_core::noise::Seed;
use realism::report::{About, page, table};
use realism::{Scale, Scorecard, Study};

use crate::support::{bars_of, synthetic};

fn card() -> (Scorecard, About) {
    let path = |seed: u64| {
        let mut sum = 0.0;
        let steps = synthetic(2000, seed).into_iter().map(move |r| {
            sum += r;
            sum
        });
        std::iter::once(0.0).chain(steps).collect::<Vec<f64>>()
    };
    let bars = bars_of(Scale::Hour, &path(1));
    let study = Study { paths: 20, resamples: 20, ..Study::new(Seed::from(42)) };
    let card = study.run(&bars, |number| path(number + 2), |_| ControlFlow::Continue(())).unwrap();
    let parameters = vec![("level".into(), "16 to 255".into())];
    (card, About { model: "two levels <b>".into(), parameters, source: "none & \"nothing\"".into(), tick_ms: 60_000 })
}

#[test]
fn both_tell_every_fact_setting_and_score() {
    let (card, about) = card();
    let (text, html) = (table(&card, &about), page(&card, &about).unwrap());
    for scored in &card.facts {
        assert!(text.contains(scored.fact.name), "{text}");
        assert!(
            html.contains(&scored.fact.name.replace('>', "&gt;").replace('\'', "&#39;")),
            "{} is missing",
            scored.fact.name
        );
    }
    let score = format!("atched {} of {}", card.tally.matched, card.tally.of);
    for told in [score.as_str(), "1 min", "16 to 255", "42", "blocks of 1440 bars", "does not apply"] {
        assert!(html.contains(told), "{told} is missing");
    }
    // A series of 83 days is too short for 168-hour sums and for lags of 60 days.
    assert!(text.contains("n/a") && card.tally.of < 17);
}

#[test]
fn the_page_has_no_script_and_its_pictures_have_names_and_colours_of_the_page() {
    let (card, about) = card();
    let html = page(&card, &about).unwrap();
    assert_eq!(html.matches("<svg ").count(), 6);
    assert_eq!(html.matches("<svg role=\"img\" aria-label=\"").count(), 6);
    assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("<b>two"));
    assert!(html.contains("two levels &lt;b&gt; against none &amp; &quot;nothing&quot;"));
    assert!(!html.contains("#0102"), "a colour that no variable stands for");
    assert!(!html.contains("NaN") && !html.contains("inf,"));
    for name in ["lag, hours", "excess kurtosis", "density", "price over the first", "quantile of the normal law"] {
        assert!(html.contains(name), "{name} is missing");
    }
}

#[test]
fn the_json_has_everything() {
    let (card, _) = card();
    let value = serde_json::to_value(&card).unwrap();
    assert_eq!((value["scale"].as_str(), value["seed"].as_str()), (Some("1h"), Some("42")));
    assert_eq!(value["facts"].as_array().unwrap().len(), 17);
    assert_eq!(value["facts"][0]["id"], "volatility");
    assert!(value["facts"][0]["model"]["median"].is_f64() && value["facts"][0]["is_matched"].is_boolean());
    assert_eq!(value["curves"].as_array().unwrap().len(), 5);
    assert_eq!(value["drawn"].as_array().unwrap().len(), 4);
}
