//! Who calls, and what a body says, through a router.

use axum::Router;
use axum::body::Body as Bytes;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use http_body_util::BodyExt;
use market_api::auth::Role;
use serde::Deserialize;
use serde_json::Value;
use svc_common::body::Body;
use svc_common::caller::{Admin, Caller};
use svc_common::token::{LIFETIME, Signer, Verifier};
use tower::ServiceExt;

fn router(data: &std::path::Path) -> Router {
    Router::new()
        .route("/any", get(async |caller: Caller| caller.0.map_or_else(|| "nobody".to_owned(), |claims| claims.sub)))
        .route("/admin", get(async |Admin(claims): Admin| claims.sub))
        .with_state(Verifier::new(data))
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn roles_open_what_is_theirs() {
    let directory = tempfile::tempdir().unwrap();
    let signer = Signer::open(directory.path()).unwrap();
    let [trader, admin] = [("guest-1", Role::Trader), ("admin", Role::Admin)]
        .map(|(subject, role)| format!("Bearer {}", signer.sign(subject, role, LIFETIME).unwrap().token));
    let lower = admin.replacen("Bearer", "bearer", 1);
    let basic = admin.replacen("Bearer", "Basic", 1);
    let cases: [(&[&str], u16, u16); 9] = [
        (&[], 200, 401),
        (&[&trader], 200, 403),
        (&[&admin], 200, 200),
        (&[&lower], 200, 200),
        (&[&basic], 401, 401),
        (&["Bearer"], 401, 401),
        (&["Bearer "], 401, 401),
        (&["Bearer x"], 401, 401),
        (&[&admin, &admin], 401, 401),
    ];
    for (values, any, for_admins) in cases {
        for (path, status) in [("/any", any), ("/admin", for_admins)] {
            let mut request = Request::get(path);
            for value in values {
                request = request.header(header::AUTHORIZATION, *value);
            }
            let response = router(directory.path()).oneshot(request.body(Bytes::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), status, "{values:?} {path}");
            assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), status == 401);
        }
    }
    // A token in the query is nobody's.
    let token = admin.strip_prefix("Bearer ").unwrap();
    for name in ["token", "access_token"] {
        let request = Request::get(format!("/admin?{name}={token}")).body(Bytes::empty()).unwrap();
        let response = router(directory.path()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(!text(response).await.contains(token));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    legs: Vec<Leg>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leg {
    #[serde(rename = "a/b")]
    size: u32,
}

#[tokio::test]
async fn a_fault_has_a_place() {
    let app = || {
        Router::new().route(
            "/",
            post(async |Body(order): Body<Order>| order.legs.iter().map(|leg| leg.size).sum::<u32>().to_string()),
        )
    };
    let send = async |kind: &str, body: &str| {
        let request = Request::post("/").header(header::CONTENT_TYPE, kind).body(Bytes::from(body.to_owned()));
        let response = app().oneshot(request.unwrap()).await.unwrap();
        (response.status().as_u16(), text(response).await)
    };
    let json = "application/json; charset=utf-8";
    assert_eq!(send(json, r#"{"legs":[{"a/b":1},{"a/b":2}]}"#).await, (200, "3".into()));
    for (body, pointer) in [
        (r#"{"legs":[{"a/b":1},{"a/b":-2}]}"#, "/legs/1/a~1b"),
        (r#"{"legs":[{"a/b":1,"c":2}]}"#, "/legs/0/c"),
        (r#"{"legs":[{}]}"#, "/legs/0"),
        (r#"{"legs":{}}"#, "/legs"),
        ("[]", ""),
        (r#"{"legs":[]}{}"#, ""),
        ("", ""),
    ] {
        let (status, text) = send(json, body).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (400, Some(pointer)), "{body} {text}");
        assert_eq!(problem["type"], "urn:algo-trading:problem:malformed");
    }
    assert_eq!(send("text/json", "{}").await.0, 415);
    assert_eq!(send(json, &" ".repeat((64 << 10) + 1)).await.0, 413);
}
