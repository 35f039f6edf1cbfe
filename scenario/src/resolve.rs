use std::collections::BTreeMap;

use gbm_core::engine::Simulation;
use gbm_core::grid::TimeGrid;
use gbm_core::intervention::{Accepted, Cancel, Command, Intervention, InterventionError, InterventionId};
use gbm_core::process::Process;
use gbm_core::units::{Price, Seconds};
use toml::{Table, Value};

use crate::error::{Rule, ScenarioError, short};
use crate::format::{Action, Content, Parameter, Scenario, Step};
use crate::kinds::{AT_S, Form, Kind, PRICE, PRICE_FACTOR};
use crate::limits::MAX_LOOK_AHEAD_TICKS;
use crate::number::Number;

/// The values chosen for some of a scenario's parameters.
pub type Overrides = BTreeMap<String, f64>;

/// Where and when a scenario begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The tick on which a step at 0 s acts; one at t seconds acts ⌈t/Δ⌉ ticks later.
    pub tick: u64,
    /// The market's time grid.
    pub grid: TimeGrid,
    /// The instrument's name.
    pub instrument: String,
    /// The price of the tick before, to which `price_factor` refers; a scenario without one makes no use of it.
    pub last_price: Price,
    /// The id of the first command; the others follow it.
    pub first_id: InterventionId,
}

/// A command and the step it comes from.
type Planned = (usize, Command);

impl Scenario {
    /// The start on a tick of a simulation, on one of its instruments (`None`: the only one), with ids after those that it knows.
    ///
    /// The price before a later tick is found on a copy, and only for a scenario with a `price_factor`.
    ///
    /// # Errors
    /// [`ScenarioError::Start`] for an instrument that isn't there, a tick in the past or beyond the grid, or a market whose last id is
    /// taken; [`ScenarioError::TooFar`] for a price more than [`MAX_LOOK_AHEAD_TICKS`] ahead, [`ScenarioError::LastPrice`] for one that no
    /// price can be made of.
    pub fn start<P: Process + Clone>(
        &self,
        simulation: &Simulation<P>,
        instrument: Option<&str>,
        tick: u64,
    ) -> Result<Start, ScenarioError> {
        let instruments = simulation.market().instruments();
        let position = match instrument {
            Some(name) => simulation.market().position(name),
            None if instruments.len() == 1 => Some(0),
            None => return Err(InterventionError::InstrumentMissing(instruments.len()).into()),
        };
        let unknown = || InterventionError::UnknownInstrument(short(instrument.unwrap_or_default()));
        let position = position.ok_or_else(unknown)?;
        let (grid, now) = (simulation.market().grid(), simulation.tick());
        grid.check(tick).map_err(InterventionError::from)?;
        if tick <= now {
            return Err(InterventionError::Past { tick, next: now + 1 }.into());
        }
        let last = simulation.interventions().last().map_or(0, |known| known.id.get());
        let first_id = InterventionId::new(last + 1).map_err(|_| InterventionError::IdsExhausted)?;
        let is_used = self.uses_last_price();
        if is_used && tick - now > MAX_LOOK_AHEAD_TICKS {
            return Err(ScenarioError::TooFar { tick, now });
        }
        let is_known = !is_used || tick == now + 1;
        let price =
            if is_known { simulation.last_price(position) } else { price_before(simulation.clone(), tick, position) };
        let last_price = match price.map_or(Ok(instruments[position].spot), Price::new) {
            Err(_) if !is_used => instruments[position].spot,
            price => price.map_err(ScenarioError::LastPrice)?,
        };
        Ok(Start { tick, grid, instrument: instruments[position].name.clone(), last_price, first_id })
    }

    /// Settings by which a scenario can be tried: its defaults, everything at its least, everything at its most, and each parameter by
    /// itself at both bounds.
    ///
    /// ```
    /// let calm = scenario::built_in("calm").ok_or("no such scenario")??;
    /// assert_eq!(calm.settings().len(), 3 + 2 * calm.parameters().len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> Vec<Overrides> {
        let least = self.parameters.iter().map(|(name, parameter)| (name.clone(), parameter.min));
        let most = self.parameters.iter().map(|(name, parameter)| (name.clone(), parameter.max));
        let alone = least.clone().chain(most.clone()).map(|one| Overrides::from([one]));
        [Overrides::new(), least.collect(), most.collect()].into_iter().chain(alone).collect()
    }

    /// Whether a step's price refers to the price at the start.
    fn uses_last_price(&self) -> bool {
        let uses = |step: &Step| match &step.action {
            Action::Cancel(_) => false,
            Action::Intervene(_, fields) => fields.contains_key(PRICE_FACTOR),
        };
        self.steps.iter().any(uses)
    }

    /// The commands, in the order of their ticks (steps of one tick in the order of the text), with ids from `first_id` on.
    ///
    /// # Errors
    /// [`ScenarioError`] for an override that isn't a parameter or lies outside its bounds, a step beyond the grid, a cancel before what
    /// it cancels, a price outside its domain, and ids that run out.
    ///
    /// ```
    /// use gbm_core::grid::TimeGrid;
    /// use gbm_core::intervention::InterventionId;
    /// use gbm_core::units::Price;
    /// use scenario::{Overrides, Start, built_in};
    /// let start = Start {
    ///     tick: 601,
    ///     grid: TimeGrid::new(0, 100)?,
    ///     instrument: "BTC-USD".into(),
    ///     last_price: Price::new(100_000.0)?,
    ///     first_id: InterventionId::new(7)?,
    /// };
    /// let crash = built_in("flash_crash").ok_or("no such scenario")??;
    /// let commands = crash.resolve(&Overrides::from([("depth".into(), 0.3)]), &start)?;
    /// assert_eq!((commands[0].tick, commands[0].id.map(InterventionId::get)), (Some(601), Some(7)));
    /// let error = crash.resolve(&Overrides::from([("depth".into(), 30.0)]), &start).unwrap_err();
    /// assert_eq!(error.to_string(), "depth = 30 is outside [0.01, 1]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, overrides: &Overrides, start: &Start) -> Result<Vec<Command>, ScenarioError> {
        Ok(self.plan(overrides, start)?.into_iter().map(|(_, command)| command).collect())
    }

    /// Tries all of it on a copy of a simulation, and says what would be accepted.
    ///
    /// # Errors
    /// As [`Scenario::resolve`]; [`ScenarioError::Refused`] with the step that the simulation refuses.
    pub fn check<P: Process + Clone>(
        &self,
        simulation: &Simulation<P>,
        overrides: &Overrides,
        start: &Start,
    ) -> Result<Vec<Accepted>, ScenarioError> {
        Ok(self.tried(simulation, overrides, start)?.0)
    }

    /// Applies all of it or, where any step is refused, nothing.
    ///
    /// # Errors
    /// As [`Scenario::check`].
    pub fn play<P: Process + Clone>(
        &self,
        simulation: &mut Simulation<P>,
        overrides: &Overrides,
        start: &Start,
    ) -> Result<Vec<Accepted>, ScenarioError> {
        let (accepted, played) = self.tried(simulation, overrides, start)?;
        *simulation = played;
        Ok(accepted)
    }

    /// A copy of a simulation that has accepted all of it.
    pub(crate) fn tried<P: Process + Clone>(
        &self,
        simulation: &Simulation<P>,
        overrides: &Overrides,
        start: &Start,
    ) -> Result<(Vec<Accepted>, Simulation<P>), ScenarioError> {
        let mut copy = simulation.clone();
        let mut accepted = Vec::new();
        for (place, command) in self.plan(overrides, start)? {
            let tick = command.tick.unwrap_or_default();
            let refused = |error| ScenarioError::Refused { step: place + 1, line: self.steps[place].line, tick, error };
            // An id that is known already would be taken for a repetition, and change nothing.
            if let Some(id) = command.id.filter(|id| copy.knows(*id)) {
                return Err(refused(InterventionError::IdTaken(id)));
            }
            accepted.push(copy.intervene(&command).map_err(refused)?);
        }
        Ok((accepted, copy))
    }

    fn plan(&self, overrides: &Overrides, start: &Start) -> Result<Vec<Planned>, ScenarioError> {
        let values = self.values(overrides)?;
        let mut due: Vec<(u64, usize)> = Vec::with_capacity(self.commands());
        for (place, step) in self.steps.iter().enumerate() {
            for time in 0..step.times {
                let tick = step.tick(time, &values, start).map_err(|rule| self.in_step(place, rule))?;
                due.push((tick, place));
            }
        }
        due.sort_by_key(|&(tick, _)| tick);
        let mut commands = Vec::with_capacity(due.len());
        let mut labelled = BTreeMap::new();
        for ((tick, place), number) in due.into_iter().zip(start.first_id.get()..) {
            let step = &self.steps[place];
            let planned = InterventionId::new(number).map_err(Rule::from).and_then(|id| {
                let body = match &step.action {
                    Action::Cancel(label) => {
                        let id = labelled.get(label.as_str()).ok_or_else(|| Rule::CancelFirst(label.clone()))?;
                        Intervention::Cancel(Cancel { id: *id })
                    }
                    Action::Intervene(kind, fields) => body(kind, fields, &values, start.last_price)?,
                };
                if let Some(label) = &step.label {
                    labelled.insert(label.as_str(), id);
                }
                let (id, instrument) = (Some(id), Some(start.instrument.clone()));
                Ok(Command { id, tick: Some(tick), time_ms: None, instrument, body })
            });
            commands.push((place, planned.map_err(|rule| self.in_step(place, rule))?));
        }
        Ok(commands)
    }

    fn in_step(&self, place: usize, rule: Rule) -> ScenarioError {
        ScenarioError::Step { step: place + 1, line: self.steps[place].line, rule }
    }

    /// Every parameter's value: the one chosen, or its default.
    fn values(&self, overrides: &Overrides) -> Result<BTreeMap<&str, f64>, ScenarioError> {
        for (name, &value) in overrides {
            let Some(parameter) = self.parameters.get(name) else {
                let known: Vec<&str> = self.parameters.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none".into() } else { known.join(", ") };
                return Err(ScenarioError::UnknownParameter { name: short(name), scenario: self.name.clone(), known });
            };
            let (min, max) = (parameter.min, parameter.max);
            if !(min..=max).contains(&value) {
                return Err(ScenarioError::Value { name: name.clone(), value, min, max });
            }
        }
        let chosen =
            |(name, parameter): (&'_ String, &Parameter)| overrides.get(name).copied().unwrap_or(parameter.value);
        Ok(self.parameters.iter().map(|entry| (entry.0.as_str(), chosen(entry))).collect())
    }
}

/// The price of the tick before another, which is still to come.
fn price_before<P: Process>(simulation: Simulation<P>, tick: u64, position: usize) -> Option<f64> {
    let before = simulation.take_while(|quote| quote.tick < tick);
    before.filter(|quote| quote.instrument == position).last().map(|quote| quote.price)
}

impl Step {
    /// The tick of one of its times, counted from 0.
    fn tick(&self, time: usize, values: &BTreeMap<&str, f64>, start: &Start) -> Result<u64, Rule> {
        let every_s = self.every_s.as_ref().map_or(0.0, |every_s| every_s.value(values));
        tick_after(start.tick, self.at_s.value(values) + every_s * time as f64, &start.grid)
    }
}

/// The tick that comes so many seconds after another: ⌈seconds/Δ⌉ ticks later.
///
/// # Errors
/// [`Rule::Domain`] for less than 0 s or more than 10¹² s, [`Rule::Grid`] beyond the grid.
///
/// ```
/// use gbm_core::grid::TimeGrid;
/// use scenario::tick_after;
/// let grid = TimeGrid::new(0, 100)?;
/// assert_eq!((tick_after(7, 0.0, &grid)?, tick_after(7, 0.01, &grid)?, tick_after(7, 60.0, &grid)?), (7, 8, 607));
/// assert!(tick_after(7, -1.0, &grid).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tick_after(tick: u64, seconds: f64, grid: &TimeGrid) -> Result<u64, Rule> {
    let at_s = AT_S.check("at_s", seconds)?;
    // Nothing comes at once but what comes after 0 s: no other length of time is shorter than a tick.
    let ticks = Seconds::new(at_s).map_or(0, |at_s| grid.ticks_in(at_s));
    Ok(grid.check(tick.saturating_add(ticks))?)
}

/// An intervention's body, by way of its wire form: one door for every kind.
fn body(
    kind: &Kind,
    fields: &BTreeMap<&'static str, Content>,
    values: &BTreeMap<&str, f64>,
    last_price: Price,
) -> Result<Intervention, Rule> {
    let mut table = Table::from_iter([("kind".to_owned(), Value::from(kind.name))]);
    for (&field, content) in fields {
        let (field, value) = match content {
            Content::Word(word) => (field, Value::from(word.as_str())),
            Content::Number(number) if field == PRICE_FACTOR => {
                let price = number.value(values) * last_price.get();
                (PRICE, Value::from(Price::new(price)?.get()))
            }
            Content::Number(number) => (field, written(kind, field, number, values)?),
        };
        table.insert(field.into(), value);
    }
    Value::Table(table).try_into().map_err(|error: toml::de::Error| Rule::Toml(short(error.message())))
}

fn written(kind: &Kind, field: &'static str, number: &Number, values: &BTreeMap<&str, f64>) -> Result<Value, Rule> {
    let value = number.value(values);
    if !matches!(kind.field(field), Some((_, Form::Whole(_)))) {
        return Ok(Value::from(value));
    }
    if value.fract() != 0.0 {
        return Err(Rule::Whole { field, value });
    }
    #[allow(clippy::cast_possible_truncation, reason = "a whole number inside the field's domain")]
    let whole = value as i64;
    Ok(Value::from(whole))
}
