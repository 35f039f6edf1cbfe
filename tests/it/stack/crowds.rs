//! Many clients at once, that ask as soon as they may.

use serde_json::json;
use test_support::socket::Client;
use tokio::task::JoinSet;

use super::{Stack, ready};
use crate::support::Folder;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_at_once_is_answered() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &[]);
    ready(stack.gateway()).await;
    let mut lost = 0;
    for _ in 0..10 {
        let mut clients = JoinSet::new();
        for _ in 0..200 {
            let asked = json!({"instrument": "BTC-USD", "channels": ["stats"]});
            clients.spawn(Client::ask_at_once(stack.gateway(), "subscribe", asked));
        }
        lost += clients.join_all().await.iter().filter(|answer| answer.is_none()).count();
    }
    assert_eq!(lost, 0, "of 2000 subscriptions sent on connect");
}
