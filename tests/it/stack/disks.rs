//! A disk that is really full.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::socket::Client;
use tokio::time::sleep;

use super::{Admin, INTERVENTIONS, Stack};
use crate::support::Folder;

/// A file system in memory with room for little; nothing where the test may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: &Path) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(path).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(path.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What is still open keeps it; it falls with the process then.
        drop(Command::new("umount").arg("-l").arg(&self.0).output());
    }
}

async fn eventually(admin: &Admin, as_it_should: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..1000 {
        let status = admin.get("/api/market/v1/status").await.json();
        if as_it_should(&status) {
            return status;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("the market never stood as it should");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_commands_with_a_reason_and_recovers_by_itself() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder.path("disk")) else {
        println!("skipped: this user may not mount a file system");
        return;
    };
    let stack = Stack::serve(&disk.0.join("data"), &["--tick-interval", "10ms"]);
    let admin = stack.admin().await;
    let shock = json!({"body": {"kind": "shock", "log_return": 0.01, "permanent_fraction": 1}});
    assert_eq!(admin.post(INTERVENTIONS, shock.clone()).await.status, 202);
    let filler = disk.0.join("filler");
    std::fs::write(&filler, vec![0; 1 << 20]).unwrap_err();
    let stalled = eventually(&admin, |status| !status["stalled"].is_null()).await;
    assert!(stalled["stalled"].as_str().unwrap().contains("No space left"), "{stalled}");
    let refused = admin.post(INTERVENTIONS, shock.clone()).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("the journal can't be written: No space left"), "{detail}");
    assert_eq!(admin.post("/api/market/v1/sessions", json!({})).await.status, 503);
    let stopped = eventually(&admin, |status| status["tick"] == status["through"]).await;
    std::fs::remove_file(&filler).unwrap();
    eventually(&admin, |now| now["stalled"].is_null() && now["tick"].as_u64() > stopped["tick"].as_u64()).await;
    assert_eq!(admin.post(INTERVENTIONS, shock).await.status, 202);
    assert_eq!(admin.get(INTERVENTIONS).await.json().as_array().unwrap().len(), 2);
    let (mut client, hello) = Client::connect(stack.gateway()).await;
    assert!(hello["seq"].as_u64() > stopped["tick"].as_u64());
    client.ask("subscribe", json!({"instrument": "BTC-USD", "channels": ["ticks"]})).await;
    client.event("ticks").await;
}
