// The wire of the paper exchange, as the page sees it: `market-api/src/trading/`. Decimals are strings; times are Unix milliseconds
// of simulated time.

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "stop_limit" | "take_profit";
export type TimeInForce = "gtc" | "ioc" | "fok";
export type Status = "accepted" | "untriggered" | "resting" | "partially_filled" | "filled" | "cancelled" | "expired";

export interface NewOrder {
  instrument: string; client_id?: string; side: Side; type: OrderType; quantity: string; price?: string; stop?: string;
  time_in_force: TimeInForce; post_only?: boolean; reduce_only?: boolean;
}
export interface Order extends NewOrder {
  id: number; status: Status; filled: string; average_price?: string; reason?: string; created_at: number; updated_at: number;
  run?: number; why?: string;
}
export interface Fill {
  id: number; order: number; instrument: string; side: Side; quantity: string; price: string; fee: string; is_maker: boolean;
  realised: string; tick: number; time: number; run?: number;
}
export interface Print { instrument: string; tick: number; time: number; side: Side; price: string; quantity: string }
export interface Refusal { code: string; detail: string }
export interface Preview {
  taken: string; average_price?: string; worst_price?: string; slippage_bp?: string; value: string; fee: string; total: string;
  refused?: Refusal;
}
export interface Terms { initial: string; maker_bp: string; taker_bp: string; leverage: string }
export interface Position {
  instrument: string; quantity: string; entry_price: string; cost: string; mark_price: string; unrealised: string;
  liquidation_price?: string;
}
export interface Account {
  id: number; terms: Terms; cash: string; free: string; free_base: string; most_buy: string; most_sell: string; equity: string; realised: string; unrealised: string;
  fees: string; written_off: string; position?: Position; tick: number; time: number;
}
export interface EquityCurve { time: number[]; equity: string[] }
export interface Parameter { name: string; default: number; min: number; max: number; is_whole: boolean; description: string }
export interface Strategy { name: string; title: string; description: string; parameters: Parameter[] }
export interface NewRun {
  instrument: string; strategy: string; values: Record<string, number>; initial?: string; leverage?: string; loss_limit?: string;
}
export interface Decided { tick: number; time: number; why: string; what: string; refused?: string }
export interface Run {
  id: number; instrument: string; strategy: string; values: Record<string, number>; loss_limit?: string;
  state: "running" | "stopping" | "stopped"; reason?: string; started_at: number; account: Account; profit: string; fills: number;
  decided: number; decisions: Decided[];
}
export interface Rules {
  tick_size: string; lot_size: string; max_quantity: string; max_open_orders: number; latency_ticks: number; maintenance: string;
  max_runs: number;
}
export interface Venue { session: string; tick: number; time: number; is_live: boolean; is_halted: boolean; trouble?: string }
/** `volatility` is what the session's ticks have shown, per √year; absent before there are enough. */
export interface Hello extends Venue { server_time: number; instrument: string; rules: Rules; terms: Terms; volatility?: number }
/** All that a trader has. */
export interface Snapshot { session: string; account: Account; orders: Order[]; fills: Fill[]; strategies: Run[] }

export type Source = { on: "session"; ticks?: number } | { on: "seeds"; first: number; count: number; ticks: number; drift?: number; volatility?: number };
export type NewBacktest = { instrument: string; strategy: string; values: Record<string, number>; initial?: string; leverage?: string } & Source;
export interface Distribution {
  paths: number; mean: number; standard_error: number; probability: number[]; quantile: number[]; edge: number[]; count: number[];
  probability_of_loss: number; probability_of_ruin: number;
}
export interface BacktestResult {
  drift?: number; volatility?: number; preset?: string; figures: Record<string, number>; path: { time: number[]; price: number[]; equity: number[] };
  fills: Print[]; distribution?: Distribution;
}
export interface Backtest {
  id: number; asked: NewBacktest; state: "waiting" | "running" | "done" | "failed" | "cancelled"; progress: number; error?: string;
  result?: BacktestResult;
}
