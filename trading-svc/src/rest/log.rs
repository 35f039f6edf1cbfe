//! The trading log, for admins: what the exchange was asked, from the session's beginning to now.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream;
use svc_common::caller::Admin;
use svc_common::problem::ApiError;

use super::{Rest, read};
use crate::acting::Acting;
use crate::state::Session;

/// Where the download stands.
struct Download {
    rest: Rest,
    session: Session,
    after: u64,
    through: u64,
}

pub(super) async fn log(State(rest): State<Rest>, _: Admin) -> Result<impl IntoResponse, ApiError> {
    let look = |acting: &mut Acting<'_>| Ok((acting.session.clone(), acting.state.inputs));
    let (session, through) = rest.handle.act(look).await?;
    let name = session.name.clone();
    let header = {
        let session = session.clone();
        read(&rest, move |reader| reader.header(&session)).await? + "\n"
    };
    let rest = Download { rest, session, after: 0, through };
    let lines = stream::try_unfold(rest, async |mut download| {
        let Download { session, after, through, .. } = &download;
        let (session, after, through) = (session.clone(), *after, *through);
        let page = read(&download.rest, move |reader| reader.log(&session, after, through)).await;
        let page = page.map_err(|error| std::io::Error::other(error.problem().detail.clone()))?;
        Ok::<_, std::io::Error>(page.map(|(text, last)| {
            download.after = last;
            (Bytes::from(text), download)
        }))
    });
    let lines = stream::StreamExt::chain(stream::iter([Ok(Bytes::from(header))]), lines);
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.trading.jsonl\"")),
    ];
    Ok((headers, Body::from_stream(lines)))
}
