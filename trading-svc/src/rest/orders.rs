//! Orders and fills.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use market_api::trading::{self as told, Fill, NewOrder, Order, Preview};
use rust_decimal::Decimal;
use serde::Deserialize;
use svc_common::body::Body;
use svc_common::problem::ApiError;
use trading_core::desk::{DeskError, Input, Outcome};
use trading_core::order::{self, AccountId, OrderId, Rejection, Side};

use super::{Answer, MAX_ROWS, Rest, Trader, known, number, read, within};
use crate::acting::Acting;
use crate::ledger::Page;
use crate::refusal::Refusal;
use crate::state::Session;
use crate::wire;

const BASIS_POINTS: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersQuery {
    #[serde(default)]
    open: bool,
    before: Option<u64>,
    limit: Option<usize>,
}

/// The trader's session and number; its account is opened if there is none.
async fn trader(rest: &Rest, subject: String) -> Result<(Session, u64), ApiError> {
    let look = move |acting: &mut Acting<'_>| Ok((acting.account(&subject)?, acting.session.clone()));
    let (id, session) = rest.handle.act(look).await?;
    Ok((session, id.0))
}

pub(super) async fn list(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    query: Result<Query<OrdersQuery>, QueryRejection>,
) -> Answer<Vec<Order>> {
    let OrdersQuery { open, before, limit } = known(query)?;
    let limit = within("limit", limit.unwrap_or(100), MAX_ROWS)?;
    if open {
        let look = move |acting: &mut Acting<'_>| {
            let owner = acting.account(&claims.sub)?;
            let open = acting.books.open(owner).map(|known| known.order.clone());
            Ok(open.filter(|order| before.is_none_or(|before| order.id < before)).take(limit).collect())
        };
        return Ok(Json(rest.handle.act(look).await?));
    }
    let (session, owner) = trader(&rest, claims.sub).await?;
    let orders = read(&rest, move |reader| reader.orders(&session, owner, Page { before, limit })).await?;
    Ok(Json(orders))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FillsQuery {
    before: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn fills(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    query: Result<Query<FillsQuery>, QueryRejection>,
) -> Answer<Vec<Fill>> {
    let FillsQuery { before, limit } = known(query)?;
    let limit = within("limit", limit.unwrap_or(100), MAX_ROWS)?;
    let (session, owner) = trader(&rest, claims.sub).await?;
    let fills = read(&rest, move |reader| reader.fills(&session, owner, Page { before, limit })).await?;
    Ok(Json(fills))
}

pub(super) async fn one(State(rest): State<Rest>, Trader(claims): Trader, Path(id): Path<String>) -> Answer<Order> {
    let id = number("order", &id)?;
    let (session, owner) = trader(&rest, claims.sub).await?;
    let found = read(&rest, move |reader| reader.order(&session, owner, id)).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found(format!("order {id} is not known")))
}

/// The order as the exchange takes it.
fn asked(acting: &Acting<'_>, asked: &NewOrder) -> Result<order::NewOrder, Refusal> {
    if asked.instrument != acting.session.instrument {
        return Err(Refusal::Instrument(asked.instrument.chars().take(80).collect()));
    }
    Ok(wire::order(asked)?)
}

/// An order as it stands: open, or as it was when it was sent before under the same name and has ended since.
fn standing(acting: &Acting<'_>, id: OrderId) -> Option<Order> {
    acting.books.order(id).map(|known| known.order.clone())
}

/// The order that was sent under the same name, if the exchange has forgotten it and the ledger hasn't.
fn sent_before(acting: &Acting<'_>, account: AccountId, order: &order::NewOrder) -> Result<Option<Order>, Refusal> {
    let Some(name) = &order.client_id else { return Ok(None) };
    if acting.state.desk.exchange().named(account, name).is_some() {
        return Ok(None);
    }
    let known =
        acting.ledger.named(acting.session, account.0, name).map_err(|error| Refusal::Disk(error.to_string()))?;
    let Some(known) = known else { return Ok(None) };
    if known.order.asked == wire::asked(&acting.session.instrument, order) {
        Ok(Some(known.order))
    } else {
        Err(DeskError::Rejected(Rejection::ClientIdTaken).into())
    }
}

pub(super) async fn submit(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Body(new): Body<NewOrder>,
) -> Result<(StatusCode, Json<Order>), ApiError> {
    let subject = claims.sub.clone();
    let act = move |acting: &mut Acting<'_>| {
        acting.must_be_live()?;
        let order = asked(acting, &new)?;
        let account = acting.account(&subject)?;
        if let Some(known) = sent_before(acting, account, &order)? {
            return Ok((OrderId(known.id), false, Some(known)));
        }
        let last = acting.state.desk.exchange().last_order();
        let Outcome::Order(id) = acting.apply(Input::Submit { account, order })? else { return Err(Refusal::Stopped) };
        Ok((id, id > last, standing(acting, id)))
    };
    let (id, is_new, order) = rest.handle.act(act).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    if let Some(order) = order {
        return Ok((status, Json(order)));
    }
    let (session, owner) = trader(&rest, claims.sub).await?;
    let found = read(&rest, move |reader| reader.order(&session, owner, id.0)).await?;
    found.map(|order| (status, Json(order))).ok_or_else(ApiError::internal)
}

pub(super) async fn preview(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Body(new): Body<NewOrder>,
) -> Answer<Preview> {
    let look = move |acting: &mut Acting<'_>| {
        let order = asked(acting, &new)?;
        let account = acting.account(&claims.sub)?;
        let exchange = acting.state.desk.exchange();
        let refused = match acting.must_be_live() {
            Ok(()) => exchange
                .check(account, &order)
                .err()
                .map(|rejection| told::Refusal { code: rejection.code().into(), detail: rejection.to_string() }),
            Err(error) => Some(told::Refusal { code: "not_live".into(), detail: error.to_string() }),
        };
        // What breaks a rule of numbers can't be estimated.
        exchange.rules().check(&order).map_err(DeskError::from)?;
        let estimate = exchange.estimate(account, &order).ok_or(DeskError::Rejected(Rejection::NoPrice))?;
        let mid = exchange.quote().and_then(|quote| Decimal::from_f64_retain(0.5 * (quote.bid + quote.ask)));
        let against = |average: Decimal, mid: Decimal| {
            let way = if order.side == Side::Buy { average - mid } else { mid - average };
            Some(way.checked_div(mid)?.checked_mul(BASIS_POINTS)?.round_dp(2))
        };
        let mid = mid.filter(|mid| !mid.is_zero());
        let signed = if order.side == Side::Buy { estimate.value } else { -estimate.value };
        Ok(Preview {
            taken: estimate.taken,
            average_price: estimate.average,
            worst_price: estimate.worst,
            slippage_bp: estimate.average.zip(mid).and_then(|(average, mid)| against(average, mid)),
            value: estimate.value,
            fee: estimate.fee,
            total: signed + estimate.fee,
            refused,
        })
    };
    Ok(Json(rest.handle.act(look).await?))
}

pub(super) async fn cancel(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Order>), ApiError> {
    let order = OrderId(number("order", &id)?);
    let act = move |acting: &mut Acting<'_>| {
        let account = acting.account(&claims.sub)?;
        acting.apply(Input::Cancel { account, order })?;
        standing(acting, order).ok_or(Refusal::Desk(DeskError::Rejected(Rejection::UnknownOrder)))
    };
    Ok((StatusCode::ACCEPTED, Json(rest.handle.act(act).await?)))
}

/// Asks for the end of all of the trader's own open orders; those of strategies are the strategies'.
pub(super) async fn cancel_all(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<Vec<Order>> {
    let act = move |acting: &mut Acting<'_>| {
        let account = acting.account(&claims.sub)?;
        let open: Vec<OrderId> = acting
            .state
            .desk
            .exchange()
            .open_orders(account)
            .filter(|order| !order.is_leaving)
            .map(|order| order.id)
            .collect();
        for order in &open {
            acting.apply(Input::Cancel { account, order: *order })?;
        }
        Ok(open.into_iter().filter_map(|id| standing(acting, id)).collect())
    };
    Ok(Json(rest.handle.act(act).await?))
}
