//! The one table of kinds and their fields: what the reader checks and what the schema says.

use gbm_core::units::{
    Band, Depth, Domain, Drift, Exponent, Factor, Fraction, LogDistance, LogReturn, OrderSize, Percent, Price,
    Quantity, Seconds, Volatility,
};

/// A kind of intervention.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// One of its fields, by its name on the wire.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) is_required: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Number(Domain),
    Whole(Domain),
    /// A price, in whose place `price_factor` may stand.
    Price(Domain),
    Word(&'static [&'static str]),
}

/// How long after the start a step may act.
pub(crate) const AT_S: Domain = Domain::closed(0.0, 1e12);
/// Regimes are numbered by 32 bits.
const STATE: Domain = Domain::closed(0.0, u32::MAX as f64);

/// The factor of the price at the start, in the place of a price.
pub(crate) const PRICE_FACTOR: &str = "price_factor";
pub(crate) const PRICE: &str = "price";
pub(crate) const CANCEL: &str = "cancel";

const fn needs(name: &'static str, domain: Domain) -> Field {
    Field { name, form: Form::Number(domain), is_required: true }
}

const fn takes(name: &'static str, domain: Domain) -> Field {
    Field { name, form: Form::Number(domain), is_required: false }
}

const fn word(name: &'static str, words: &'static [&'static str], is_required: bool) -> Field {
    Field { name, form: Form::Word(words), is_required }
}

const A_PRICE: Field = Field { name: PRICE, form: Form::Price(Price::DOMAIN), is_required: true };
const DURATION: Field = takes("duration_s", Seconds::DOMAIN);
const ON_CONFLICT: Field = word("on_conflict", &["reject", "replace", "queue"], false);

/// Every kind but `cancel`, which names a step and no number. A target's `at_ms` is left out: it is no relative time.
pub(crate) const KINDS: [Kind; 16] = [
    Kind { name: "set_drift", fields: &[needs("mu", Drift::DOMAIN), takes("ramp_s", Seconds::DOMAIN)] },
    Kind { name: "set_volatility", fields: &[needs("sigma", Volatility::DOMAIN), takes("ramp_s", Seconds::DOMAIN)] },
    Kind { name: "set_price", fields: &[A_PRICE] },
    Kind {
        name: "shock",
        fields: &[
            needs("log_return", LogReturn::DOMAIN),
            needs("permanent_fraction", Fraction::DOMAIN),
            takes("half_life_s", Seconds::DOMAIN),
        ],
    },
    Kind {
        name: "inject_liquidity",
        fields: &[
            word("side", &["both", "bid", "ask"], true),
            needs("quantity", Quantity::DOMAIN),
            needs("within", LogDistance::DOMAIN),
            needs("half_life_s", Seconds::DOMAIN),
            takes("eta", Exponent::DOMAIN),
            takes("pressure", Fraction::DOMAIN),
        ],
    },
    Kind {
        name: "flash_crash",
        fields: &[
            needs("depth", Depth::DOMAIN),
            needs("fall_s", Seconds::DOMAIN),
            takes("hold_s", Seconds::DOMAIN),
            needs("half_life_s", Seconds::DOMAIN),
            needs("recovered_fraction", Fraction::DOMAIN),
        ],
    },
    Kind {
        name: "ramp",
        fields: &[
            needs("log_return", LogReturn::DOMAIN),
            needs("duration_s", Seconds::DOMAIN),
            word("shape", &["linear", "smooth"], false),
        ],
    },
    Kind {
        name: "meta_order",
        fields: &[
            word("side", &["buy", "sell"], true),
            needs("quantity", OrderSize::DOMAIN),
            needs("duration_s", Seconds::DOMAIN),
        ],
    },
    Kind {
        name: "volatility_scale",
        fields: &[needs("factor", Factor::DOMAIN), takes("half_life_s", Seconds::DOMAIN), DURATION],
    },
    Kind { name: "jump_rate", fields: &[needs("factor", Factor::DOMAIN), DURATION] },
    Kind { name: "regime", fields: &[Field { name: "state", form: Form::Whole(STATE), is_required: true }, DURATION] },
    Kind { name: "spread", fields: &[needs("factor", Factor::DOMAIN), DURATION] },
    Kind { name: "target", fields: &[A_PRICE, needs("duration_s", Seconds::DOMAIN), ON_CONFLICT] },
    Kind { name: "pin", fields: &[A_PRICE, takes("band", Band::DOMAIN), DURATION, ON_CONFLICT] },
    Kind { name: "halt", fields: &[word("reopen", &["catch_up", "freeze"], true), DURATION, ON_CONFLICT] },
    Kind {
        name: "price_band",
        fields: &[
            needs("percent", Percent::DOMAIN),
            needs("window_s", Seconds::DOMAIN),
            needs("pause_s", Seconds::DOMAIN),
            DURATION,
            ON_CONFLICT,
        ],
    },
];

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Kind {
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// A field and its form; `price_factor` stands for the price.
    pub(crate) fn field(&self, name: &str) -> Option<(&'static str, Form)> {
        let field = self.fields.iter().find(|field| field.name == name);
        let has_price = || self.fields.iter().any(|field| matches!(field.form, Form::Price(_)));
        let factor = || (name == PRICE_FACTOR && has_price()).then_some((PRICE_FACTOR, Form::Number(Factor::DOMAIN)));
        field.map(|field| (field.name, field.form)).or_else(factor)
    }

    pub(crate) fn field_names(&self) -> Vec<&'static str> {
        let name_of = |field: &Field| match field.form {
            Form::Price(_) => vec![PRICE, PRICE_FACTOR],
            _ => vec![field.name],
        };
        self.fields.iter().flat_map(name_of).collect()
    }
}

#[cfg(test)]
mod tests {
    use gbm_core::intervention::Intervention;
    use serde_json::{Map, Value, json};

    use super::*;

    fn some(form: Form) -> Value {
        match form {
            Form::Word(words) => json!(words[0]),
            Form::Whole(_) => json!(1),
            Form::Number(domain) | Form::Price(domain) => json!(domain.high().min(1.0)),
        }
    }

    fn least(kind: &Kind) -> Map<String, Value> {
        let needed = kind.fields.iter().filter(|field| field.is_required);
        let mut body: Map<String, Value> = needed.map(|field| (field.name.into(), some(field.form))).collect();
        body.insert("kind".into(), json!(kind.name));
        body
    }

    fn read(body: &Map<String, Value>) -> Result<Intervention, String> {
        serde_json::from_value(Value::Object(body.clone())).map_err(|error| error.to_string())
    }

    /// The names that serde quotes after "expected".
    fn expected(error: &str) -> Vec<String> {
        let (_, names) = error.split_once("expected").unwrap();
        let mut names: Vec<String> = names.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        names.sort();
        names
    }

    #[test]
    fn the_table_has_the_engine_s_kinds_and_fields() {
        let unknown = json!({"kind": "x"}).as_object().unwrap().clone();
        let mut names: Vec<String> = KINDS.iter().map(|kind| kind.name.to_owned()).chain([CANCEL.into()]).collect();
        names.sort();
        assert_eq!(expected(&read(&unknown).unwrap_err()), names);
        for kind in &KINDS {
            let mut body = least(kind);
            body.insert("unheard_of".into(), json!(1));
            let mut fields: Vec<String> = kind.fields.iter().map(|field| field.name.to_owned()).collect();
            if kind.name == "target" {
                fields.push("at_ms".into());
            }
            fields.sort();
            assert_eq!(expected(&read(&body).unwrap_err()), fields, "{}", kind.name);
        }
    }

    #[test]
    fn the_table_has_the_engine_s_domains() {
        for kind in &KINDS {
            assert_eq!(read(&least(kind)).err(), None, "{}", kind.name);
            for field in kind.fields {
                let with = |value: Value| {
                    let mut body = least(kind);
                    body.insert(field.name.into(), value);
                    read(&body)
                };
                let what = format!("{} {}", kind.name, field.name);
                match field.form {
                    Form::Word(words) => {
                        assert!(words.iter().all(|word| with(json!(word)).is_ok()), "{what}");
                        let mut known: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
                        known.sort();
                        assert_eq!(expected(&with(json!("x")).unwrap_err()), known, "{what}");
                    }
                    Form::Whole(domain) => {
                        assert_eq!((domain.low(), domain.high()), (0.0, f64::from(u32::MAX)), "{what}");
                        assert!(with(json!(u32::MAX)).is_ok(), "{what}");
                        assert!(with(json!(u64::from(u32::MAX) + 1)).is_err() && with(json!(-1)).is_err(), "{what}");
                    }
                    Form::Number(domain) | Form::Price(domain) => {
                        assert_eq!(with(json!(domain.low())).is_ok(), domain.includes_low(), "{what}");
                        assert!(with(json!(domain.low().next_up())).is_ok(), "{what}");
                        assert!(with(json!(domain.low().next_down())).is_err(), "{what}");
                        assert!(with(json!(domain.high())).is_ok(), "{what}");
                        assert!(with(json!(domain.high().next_up())).is_err(), "{what}");
                    }
                }
                let mut without = least(kind);
                without.remove(field.name);
                // The engine asks for a target's duration only when it checks the whole.
                let is_needed = field.is_required && what != "target duration_s";
                assert_eq!(read(&without).is_err(), is_needed, "{what}");
            }
        }
    }
}
