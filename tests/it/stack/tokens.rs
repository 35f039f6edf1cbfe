//! Links and tokens: used once, and never written anywhere.

use std::time::Duration;

use serde_json::json;
use test_support::http::request;
use test_support::socket::Client;
use tokio::time::sleep;

use super::Stack;
use crate::support::Folder;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once_and_no_secret_is_logged() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--log", "debug", "--seed", "987654321987"]);
    let admin = stack.admin().await;
    let secret = admin.link.split_once("#token=").unwrap().1.to_owned();
    let again = request("POST", stack.gateway(), "/api/auth/link").json(&json!({ "token": secret })).send().await;
    assert_eq!((again.status, again.header("content-type")), (401, "application/problem+json"));
    admin.intervene(json!({"kind": "set_drift", "mu": 1})).await;
    let bad = admin.token.clone() + "x";
    assert_eq!(request("GET", stack.gateway(), "/api/market/v1/status").bearer(&bad).send().await.status, 401);
    let (_client, _) = Client::connect_as(stack.gateway(), &admin.token).await;
    assert!(Client::try_connect(stack.gateway(), Some(&bad)).await.is_err());
    let query = format!("/api/market/v1/status?token={}", admin.token);
    assert_eq!(request("GET", stack.gateway(), &query).send().await.status, 401);
    sleep(Duration::from_millis(50)).await;
    let output = stack.process.output();
    let log = stack.process.kill();
    assert!(log.lines().count() > 5, "requests are logged: {log}");
    for line in output.lines().chain(log.lines()) {
        let signature = admin.token.rsplit('.').next().unwrap();
        assert!(!line.contains(signature) && !line.contains(&secret) && !line.contains("987654321987"), "{line}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_secret_on_the_disk_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &[]);
    stack.admin().await;
    let mode = |name: &str| std::fs::metadata(stack.data.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("keys/token.key"), mode("keys"), mode("links")), (0o600, 0o700, 0o700));
    assert_eq!(mode("session.jsonl"), 0o600, "a journal holds the seed");
}
