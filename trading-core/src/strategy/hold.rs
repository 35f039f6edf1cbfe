use serde::{Deserialize, Serialize};

use super::parameter::{Checked, number};
use super::target::Target;
use super::{Decision, Parameter, ParameterError, Strategy, Values, View};
use crate::quote::float;

/// Buys once and holds: a part of the cash that is there on its first tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    fraction: f64,
    is_decided: bool,
    target: Target,
}

impl Hold {
    pub(super) const PARAMETERS: &[Parameter] =
        &[number("fraction", 0.95, (0.001, 0.99), "part of the cash that is spent")];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        Ok(Self { fraction: values.get("fraction"), is_decided: false, target: Target::default() })
    }
}

impl Strategy for Hold {
    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        if !self.is_decided {
            self.is_decided = true;
            let quantity = view.steps.lots(self.fraction * float(view.account.cash) / view.quote.ask);
            self.target.set(view.account.position + quantity, "buys once, and holds".into());
        }
        self.target.pursue(view, decisions);
    }
}
