// The wire of `market-api`, as the pages see it. Times are Unix milliseconds of simulated time unless said otherwise.

export type Role = "trader" | "admin";
export type Interval = "1s" | "5s" | "15s" | "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
export type Side = "both" | "bid" | "ask";
export type OrderSide = "buy" | "sell";
export type RampShape = "linear" | "smooth";
export type Reopen = "catch_up" | "freeze";
export type OnConflict = "reject" | "replace" | "queue";

export interface Credentials { token: string; role: Role; subject: string; expires_at: number }
export interface Candle { open_time: number; open: number; high: number; low: number; close: number; volume: number; trades: number; ticks: number; closed: boolean }
export interface ReferencePoint { open_time: number; reference: number }
export interface Clock { running: boolean; speed: number }
export interface ClockChange { running?: boolean; speed?: number }
export interface Status extends Clock {
  tick: number; through: number; clients: number; ticks_per_second: number; lateness_p99_ms: number; stalled?: string;
}
export interface ServiceHealth { name: string; ready: boolean; latency_ms: number; detail?: string }
export interface Health { services: ServiceHealth[] }

export interface Instrument {
  id: string; base: string; quote: string; tick_size: number; lot_size: number; model: string; preset?: string;
  halted?: boolean; book: Book;
}
export interface Book {
  daily_volatility: number; daily_volume: number; impact: number; resilience_half_life_s: number; spread_bp: number;
}
export interface Parameters { spot: number; drift: number; volatility: number; jumps: boolean; regimes: number; book: Book; model: object; note?: string }
export interface Preset { name: string; model: string; drift: number; volatility: number }
export interface InForce {
  price: number; reference: number; drift: number; volatility: number; volatility_factor: number; liquidity: number;
  excess_volume: number; spread_factor: number; jump_rate_factor: number; regime?: number;
}
export interface InstrumentDetail extends Instrument { parameters?: Parameters; state?: InForce }

export type Body =
  | { kind: "set_drift"; mu: number; ramp_s?: number }
  | { kind: "set_volatility"; sigma: number; ramp_s?: number }
  | { kind: "set_price"; price: number }
  | { kind: "shock"; log_return: number; permanent_fraction: number; half_life_s?: number }
  | { kind: "inject_liquidity"; side: Side; quantity: number; within: number; half_life_s: number; eta?: number; pressure?: number }
  | { kind: "flash_crash"; depth: number; fall_s: number; hold_s?: number; half_life_s: number; recovered_fraction: number }
  | { kind: "ramp"; log_return: number; duration_s: number; shape?: RampShape }
  | { kind: "meta_order"; side: OrderSide; quantity: number; duration_s: number }
  | { kind: "volatility_scale"; factor: number; half_life_s?: number; duration_s?: number }
  | { kind: "jump_rate"; factor: number; duration_s?: number }
  | { kind: "regime"; state: number; duration_s?: number }
  | { kind: "spread"; factor: number; duration_s?: number }
  | { kind: "target"; price: number; duration_s?: number; at_ms?: number; on_conflict?: OnConflict }
  | { kind: "pin"; price: number; band?: number; duration_s?: number; on_conflict?: OnConflict }
  | { kind: "halt"; reopen: Reopen; duration_s?: number; on_conflict?: OnConflict }
  | { kind: "price_band"; percent: number; window_s: number; pause_s: number; duration_s?: number; on_conflict?: OnConflict }
  | { kind: "cancel"; id: number };
/** The future with commands acting as soon as they can, and without: a price every `dt` from `t0` on, that of the last tick; `null` while halted. */
export interface Preview { tick: number; t0: number; dt: number; price: (number | null)[]; without: (number | null)[] }
export interface NewIntervention { body: Body; tick?: number; time_ms?: number; reason?: string; session?: string }
export interface Acknowledged { id: number; tick: number; time: number }
export type OverrideState = "scheduled" | "active" | "superseded" | "ended" | "cancelled";
export interface Override {
  id: number; tick: number; time: number; instrument: string; body: Body; actor: string; reason: string;
  state: OverrideState; ends?: number; before?: number; after?: number;
}

export interface Run { run: number; scenario: string; interventions: Acknowledged[] }

/** What an intervention has added to ln(price/reference) by the window's two ends, given those before it. */
export interface Contribution { id: number; tick: number; time: number; body: Body; at_from: number; at_to: number }
export interface Attribution { from: number; to: number; at_from: number; at_to: number; contributions: Contribution[] }
export type Edit =
  | { edit: "add"; tick: number; body: Body }
  | { edit: "remove"; id: number }
  | { edit: "change"; id: number; body: Body };
/** A price every `dt` from `t0` on, the last one on the fork's last tick; `null` while halted. */
export interface Fork {
  tick0: number; every: number; t0: number; dt: number; price: (number | null)[]; was: (number | null)[]; reference: number[];
}
export interface Started { job: number }
export type Job<T> = { state: "running"; done: number; of: number } | { state: "done"; result: T } | { state: "failed"; detail: string };

export interface Session {
  session: string; practice: boolean; start_time: number; tick_interval_ms: number; tick: number; seq: number;
  halted?: boolean; clock: Clock; instruments: Instrument[];
}
export interface SessionDetail extends Session { seed?: string }
export interface NewSession {
  seed?: string; instrument?: string; model?: string | object; spot?: number; drift?: number; volatility?: number; tick_interval_ms?: number; speed?: number;
}

export interface ScenarioParameter { value: number; min: number; max: number; description: string }
/** One that comes with the service, or an own one, which can be replaced and deleted. */
export interface Scenario {
  name: string; title: string; description: string; parameters: Record<string, ScenarioParameter>; toml: string; built_in: boolean;
}
/** What acted on the ticks after `from`, up to `to`. */
export interface NewRecording { instrument: string; from: number; to: number; name: string; title?: string; description?: string }
export interface NewScenario { toml: string }

export interface TickBatch {
  instrument: string; session: string; prev_seq: number; seq0: number; tick0: number; t0: number; dt: number; price: number[];
  bid: number[]; ask: number[]; volume: number[]; liquidity: number[]; gaps?: Gap[];
}
/** Columns of consecutive trades; row i has seq `seq0 + i`. */
export interface TradeBatch {
  instrument: string; session: string; prev_seq: number; seq0: number; tick: number[]; t: number[]; price: number[];
  quantity: number[]; side: OrderSide[];
}
/** Levels are [price, quantity], the best first. */
export interface BookProfile {
  instrument: string; session: string; seq: number; tick: number; t: number; price: number; bid: number; ask: number;
  liquidity: number; bids: [number, number][]; asks: [number, number][];
}
export interface Gap { seq: number; ticks: number }
export interface ReferenceBatch { instrument: string; seq0: number; t0: number; dt: number; reference: number[]; gaps?: Gap[] }
export interface Hello extends Session { protocol: number; server_time: number; resume_limit: number; trade_resume_limit: number }
export interface CandleHistory { interval: Interval; candles: Candle[] }
export interface CandleUpdate extends CandleHistory { instrument: string }
export interface Subscribed {
  channels: string[]; expired: boolean; ticks?: TickBatch; trades?: TradeBatch; trades_expired?: boolean; book?: BookProfile; candles?: CandleHistory[]; reference?: ReferenceBatch;
  overrides?: Override[];
}
export interface StreamError { code: string; message: string }
export interface Stats {
  instrument: string; price: number; realised_volatility: number | null; realised_drift: number | null; drawdown: number;
  window_ticks: number;
}
export interface Heartbeat { server_time: number; session: string; seq: Record<string, number>; clock: Clock; halted?: boolean }
export interface OverrideUpdate { instrument: string; session: string; overrides: Override[] }
export interface Problem {
  type: string; title: string; status: number; detail: string; instance?: string; errors?: { pointer: string; detail: string }[];
}
