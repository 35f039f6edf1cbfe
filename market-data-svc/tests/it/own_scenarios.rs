//! Own scenarios over REST: recorded from the running session, kept, replaced, deleted, found again by a restart.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use market_data_svc::files::{Files, Listed, OpenFile, SystemFiles};
use market_data_svc::scenarios::{KeepError, Kept, Library, MAX_BYTES, MAX_KEPT};
use scenario::{NAMES, Scenario};
use serde_json::{Value, json};
use test_support::http::{Answer, request};
use tokio::time::sleep;

use crate::live::{INTERVENTIONS, Live};

const SCENARIOS: &str = "/v1/scenarios";
const RUNS: &str = "/v1/instruments/BTC-USD/runs";

/// A scenario of one shock.
pub(crate) fn text(name: &str, log_return: f64) -> String {
    format!(
        "name = \"{name}\"\ntitle = \"T\"\ndescription = \"D.\"\n\
         [[steps]]\nat_s = 0\nkind = \"shock\"\nlog_return = {log_return}\npermanent_fraction = 1\n"
    )
}

/// The same in exactly so many bytes.
fn text_of(name: &str, bytes: usize) -> String {
    let text = text(name, 0.1);
    let rest = bytes - text.len();
    format!("{text}#{}", "\n".repeat(rest - 1))
}

async fn tick(live: &Live) -> u64 {
    live.get("/v1/status").await.json()["tick"].as_u64().unwrap()
}

async fn reach(live: &Live, reached: u64) {
    while tick(live).await < reached {
        sleep(Duration::from_millis(20)).await;
    }
}

async fn own(live: &Live) -> Vec<Value> {
    let listed = live.get(SCENARIOS).await.json();
    listed.as_array().unwrap().iter().filter(|one| one["built_in"] == json!(false)).cloned().collect()
}

#[track_caller]
fn is_problem(answer: &Answer, status: u16, detail: &str, pointer: &str) {
    let problem = answer.json();
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    assert_eq!(problem["errors"][0]["pointer"].as_str().unwrap_or(""), pointer, "{problem}");
}

/// Lets the clock stand or go on, so that what acts soon can be said in peace.
async fn run_clock(live: &Live, running: bool) {
    assert_eq!(live.post("/v1/clock", json!({ "running": running })).await.status, 200);
}

/// A session with one shock, a few ticks ago; its tick.
async fn shocked(live: &Live) -> u64 {
    run_clock(live, false).await;
    let at = tick(live).await + 3;
    act(live, at, json!({"kind": "shock", "log_return": 0.1, "permanent_fraction": 1})).await;
    run_clock(live, true).await;
    reach(live, at + 5).await;
    at
}

/// An intervention on a tick; its id.
async fn act(live: &Live, tick: u64, body: Value) -> u64 {
    let answer = live.post(INTERVENTIONS, json!({"tick": tick, "body": body})).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_u64().unwrap()
}

fn kept_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("scenarios/{name}.toml"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_stretch_is_found_again_and_runs_as_it_ran() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    run_clock(&live, false).await;
    let base = tick(&live).await + 5;
    // What acts on the tick `from` itself is not of the stretch, nor is what acts after `to`, nor what never acted.
    let shock = |size: f64| json!({"kind": "shock", "log_return": size, "permanent_fraction": 1});
    act(&live, base, shock(0.001)).await;
    act(&live, base + 1, json!({"kind": "set_volatility", "sigma": 0.25})).await;
    act(&live, base + 11, shock(-0.05)).await;
    let pin = act(&live, base + 15, json!({"kind": "pin", "price": 90000, "duration_s": 60})).await;
    act(&live, base + 25, json!({"kind": "cancel", "id": pin})).await;
    let never = act(&live, base + 20, json!({"kind": "spread", "factor": 3})).await;
    act(&live, base + 18, json!({"kind": "cancel", "id": never})).await;
    act(&live, base + 31, shock(0.002)).await;
    run_clock(&live, true).await;
    reach(&live, base + 40).await;

    let asked = json!({"instrument": "BTC-USD", "from": base, "to": base + 30, "name": "morning", "title": "A morning",
        "description": "Calm, a shock, a pin."});
    let recorded = live.post(SCENARIOS, asked.clone()).await;
    assert_eq!(recorded.status, 201, "{}", recorded.text());
    let told = recorded.json();
    assert_eq!((&told["name"], &told["title"]), (&json!("morning"), &json!("A morning")));
    assert_eq!((&told["description"], &told["built_in"]), (&json!("Calm, a shock, a pin."), &json!(false)));
    let again = live.post(SCENARIOS, asked.clone()).await;
    assert_eq!((again.status, again.json()), (200, told.clone()), "the same request has the same answer");
    live.stop().await;

    let live = Live::start(folder.path()).await;
    assert_eq!(own(&live).await, std::slice::from_ref(&told));
    let listed = live.get(SCENARIOS).await.json();
    assert_eq!(listed.as_array().unwrap().len(), NAMES.len() + 1);
    assert!(listed.as_array().unwrap()[..NAMES.len()].iter().all(|one| one["built_in"] == json!(true)));
    let preview = live.post(&format!("{RUNS}/preview"), json!({"scenario": "morning", "horizon_s": 1})).await;
    assert_eq!(preview.status, 200, "{}", preview.text());

    run_clock(&live, false).await;
    let start = tick(&live).await + 5;
    let run = live.post(RUNS, json!({"scenario": "morning", "tick": start})).await;
    assert_eq!(run.status, 202, "{}", run.text());
    let run = run.json();
    let ids: Vec<&Value> = run["interventions"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    let known = live.get(INTERVENTIONS).await.json();
    let mut of_run: Vec<&Value> =
        known.as_array().unwrap().iter().filter(|known| ids.contains(&&known["id"])).collect();
    of_run.sort_by_key(|known| known["tick"].as_u64());
    let at: Vec<u64> = of_run.iter().map(|known| known["tick"].as_u64().unwrap() - start).collect();
    assert_eq!(at, [0, 10, 14, 24]);
    let body = |place: usize| &of_run[place]["body"];
    assert_eq!(body(0), &json!({"kind": "set_volatility", "sigma": 0.25}));
    assert_eq!((&body(1)["kind"], &body(1)["log_return"]), (&json!("shock"), &json!(-0.05)));
    assert_eq!((&body(2)["kind"], &body(2)["duration_s"]), (&json!("pin"), &json!(60.0)));
    assert_eq!(body(2)["price"].as_f64(), Some(90000.0));
    assert_eq!(body(3), &json!({"kind": "cancel", "id": of_run[2]["id"]}));

    // A cancel of what began before can't be recorded, and the text says so.
    let asked = json!({"instrument": "BTC-USD", "from": base + 20, "to": base + 31, "name": "later"});
    let told = live.post(SCENARIOS, asked).await.json();
    assert_eq!(told["title"], json!(format!("Ticks {} to {}", base + 21, base + 31)));
    assert!(told["toml"].as_str().unwrap().starts_with("# Left out: cancels of what began before, 1.\n"), "{told}");
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_says_why_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let at = shocked(&live).await;
    let asked = |change: Value| {
        let mut asked = json!({"instrument": "BTC-USD", "from": at - 1, "to": at, "name": "one"});
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        live.post(SCENARIOS, asked)
    };
    let long = "x".repeat(501);
    for (change, status, detail, pointer) in [
        (json!({"instrument": "DOGE-USD"}), 404, "DOGE-USD", "/instrument"),
        (json!({"from": at}), 422, "the tick before the first one", "/from"),
        (json!({"from": at + 1}), 422, "the tick before the first one", "/from"),
        (json!({"from": 0, "to": 0}), 422, "the tick before the first one", "/from"),
        (json!({"to": u64::MAX}), 422, "the last tick", "/to"),
        (json!({"to": at + 100_000}), 422, "the last tick", "/to"),
        (json!({"from": at, "to": at + 1}), 422, "nothing acts on ticks", "/from"),
        (json!({"name": "Bad name"}), 422, "name = \"Bad name\": a name is", "/name"),
        (json!({"name": "../escape"}), 422, "a name is", "/name"),
        (json!({"name": ""}), 422, "a name is", "/name"),
        (json!({"name": "a".repeat(33)}), 422, "a name is", "/name"),
        (json!({"title": ""}), 422, "title", "/title"),
        (json!({"title": "two\nlines"}), 422, "title", "/title"),
        (json!({"description": long}), 422, "description", "/description"),
        (json!({"name": "flash_crash"}), 409, "comes with the service", "/name"),
        (json!({"form": at}), 400, "unknown field `form`", "/form"),
        (json!({"from": -1}), 400, "", "/from"),
    ] {
        is_problem(&asked(change).await, status, detail, pointer);
    }
    assert!(own(&live).await.is_empty());
    assert!(!folder.path().join("scenarios").exists(), "nothing was written");

    assert_eq!(asked(json!({})).await.status, 201);
    let other = asked(json!({"title": "Another"})).await;
    is_problem(&other, 409, "name = \"one\" is that of another scenario", "/name");
    assert_eq!(own(&live).await[0]["title"], json!(format!("Ticks {at} to {at}")));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_of_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    // A thousand commands, as many as a scenario makes, on twenty ticks; written one by one they need more than 64 KiB.
    let head = "name = \"many\"\ntitle = \"T\"\ndescription = \"D.\"\n";
    let step = "[[steps]]\nat_s = 0\nevery_s = 0.01\ntimes = 20\nkind = \"shock\"\nlog_return = 0.0001\npermanent_fraction = 1\n";
    run_clock(&live, false).await;
    let first = tick(&live).await + 3;
    let many = json!({"toml": format!("{head}{}", step.repeat(50)), "tick": first});
    assert_eq!(live.post(RUNS, many).await.status, 202);
    act(&live, first + 30, json!({"kind": "shock", "log_return": 0.1, "permanent_fraction": 1})).await;
    run_clock(&live, true).await;
    reach(&live, first + 30).await;
    let record = |to: u64| {
        let body = json!({"instrument": "BTC-USD", "from": first - 1, "to": to, "name": "many"});
        live.post(SCENARIOS, body)
    };
    is_problem(&record(first + 25).await, 422, "a scenario that is kept has at most 65536", "/from");
    is_problem(&record(first + 30).await, 422, "commands = 1001: a scenario makes at most 1000", "/from");
    assert_eq!(record(first + 5).await.status, 201, "a part of it is not too much");
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_put_replaced_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let path = |name: &str| format!("{SCENARIOS}/{name}");
    let put = |name: &str, toml: &str| {
        let (path, body) = (path(name), json!({ "toml": toml }));
        let live = &live;
        async move { live.put(&path, body).await }
    };
    let first = put("mine", &text("mine", 0.1)).await;
    assert_eq!((first.status, &first.json()["toml"]), (201, &json!(text("mine", 0.1))));
    assert_eq!(put("mine", &text("mine", 0.1)).await.status, 200, "again");
    let second = put("mine", &text("mine", 0.2)).await;
    assert_eq!((second.status, &second.json()["toml"]), (200, &json!(text("mine", 0.2))));
    assert_eq!(std::fs::read_to_string(kept_file(folder.path(), "mine")).unwrap(), text("mine", 0.2));
    for (name, toml, status, detail, pointer) in [
        ("mine", text("yours", 0.1), 422, "name = \"yours\" is not the path's, \"mine\"", "/toml"),
        ("mine", text("mine", 1e9), 422, "line 7: log_return", "/toml"),
        ("mine", "name = 5".into(), 422, "line 1", "/toml"),
        ("mine", String::new(), 422, "name", "/toml"),
        ("calm", text("calm", 0.1), 409, "comes with the service", "/toml"),
        ("mine", text_of("mine", MAX_BYTES + 1), 422, "text = 65537 bytes", "/toml"),
    ] {
        is_problem(&put(name, &toml).await, status, detail, pointer);
    }
    assert_eq!(put("mine", &"x".repeat(257 << 10)).await.status, 413);
    assert_eq!(live.put(&path("mine"), json!({"text": ""})).await.status, 400);
    assert_eq!(own(&live).await[0]["toml"], json!(text("mine", 0.2)));
    assert_eq!(put("longest", &text_of("longest", MAX_BYTES)).await.status, 201);
    assert_eq!(live.post(RUNS, json!({"scenario": "longest"})).await.status, 202);

    is_problem(&live.delete(&path("calm")).await, 409, "comes with the service", "");
    for unknown in ["other", "..%2fclock", &"n".repeat(500)] {
        is_problem(&live.delete(&path(unknown)).await, 404, "is not that of a scenario that is kept", "");
    }
    let gone = live.delete(&path("mine")).await;
    assert_eq!((gone.status, gone.text()), (204, String::new()));
    assert!(!kept_file(folder.path(), "mine").exists());
    is_problem(&live.delete(&path("mine")).await, 404, "mine", "");
    let run = live.post(RUNS, json!({"scenario": "mine"})).await;
    is_problem(&run, 404, "is not one of calm", "");
    assert!(run.text().contains("longest"), "it names the own ones too: {}", run.text());
    assert_eq!(put("mine", &text("mine", 0.3)).await.status, 201, "new again");
    live.stop().await;
    let live = Live::start(folder.path()).await;
    let names: Vec<Value> = own(&live).await.iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["longest", "mine"]);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_there_may_be_and_not_one_more() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let put = |name: String| {
        let live = &live;
        async move { live.put(&format!("{SCENARIOS}/{name}"), json!({"toml": text(&name, 0.1)})).await }
    };
    for number in 0..MAX_KEPT {
        assert_eq!(put(format!("s{number}")).await.status, 201);
    }
    is_problem(&put("more".into()).await, 409, "scenarios = 100 are kept", "");
    let replaced = live.put(&format!("{SCENARIOS}/s7"), json!({"toml": text("s7", 0.2)})).await;
    assert_eq!(replaced.status, 200, "one that is there may be replaced");
    assert_eq!(live.delete(&format!("{SCENARIOS}/s3")).await.status, 204);
    assert_eq!(put("more".into()).await.status, 201);
    live.stop().await;
    // One more, put there by hand, is left alone.
    std::fs::write(kept_file(folder.path(), "zz"), text("zz", 0.1)).unwrap();
    let live = Live::start(folder.path()).await;
    let held = own(&live).await;
    assert_eq!(held.len(), MAX_KEPT);
    assert!(held.iter().all(|one| one["name"] != json!("zz")));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_scenarios_are_left_alone_and_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    let files: [(&str, Vec<u8>); 7] = [
        ("broken", b"name = 5".to_vec()),
        ("binary", vec![0xff, 0xfe, 0]),
        ("other", text("mine", 0.1).into_bytes()),
        ("flash_crash", text("flash_crash", 0.1).into_bytes()),
        ("long", text_of("long", MAX_BYTES + 1).into_bytes()),
        ("empty", Vec::new()),
        ("Upper", text("upper", 0.1).into_bytes()),
    ];
    for (name, bytes) in &files {
        std::fs::write(kept_file(folder.path(), name), bytes).unwrap();
    }
    std::fs::create_dir(kept_file(folder.path(), "folder")).unwrap();
    std::fs::write(folder.path().join("scenarios/notes.txt"), "notes").unwrap();
    std::fs::write(kept_file(folder.path(), "good"), text("good", 0.1)).unwrap();
    let live = Live::start(folder.path()).await;
    let held = own(&live).await;
    assert_eq!(held.iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["good"]);
    for name in ["broken", "folder"] {
        let answer = live.put(&format!("{SCENARIOS}/{name}"), json!({"toml": text(name, 0.1)})).await;
        is_problem(&answer, 409, &format!("scenarios/{name}.toml is there"), "/toml");
        assert_eq!(live.delete(&format!("{SCENARIOS}/{name}")).await.status, 404);
    }
    for (name, bytes) in &files {
        assert_eq!(&std::fs::read(kept_file(folder.path(), name)).unwrap(), bytes, "{name}");
    }
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_is_told_and_nothing_is_half_kept() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("scenarios");
    std::fs::write(&in_the_way, "a file where the folder should be").unwrap();
    let live = Live::start(folder.path()).await;
    let put = || live.put("/v1/scenarios/mine", json!({"toml": text("mine", 0.1)}));
    let refused = put().await;
    is_problem(&refused, 503, "scenarios can't be written: ", "");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(own(&live).await.is_empty());
    std::fs::remove_file(&in_the_way).unwrap();
    assert_eq!(put().await.status, 201, "the same request, once the disk is well");
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_at_once_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let at = shocked(&live).await;
    let statuses = async |bodies: Vec<Value>| {
        let asked = bodies
            .into_iter()
            .map(|body| tokio::spawn(request("POST", live.address, SCENARIOS).bearer(&live.admin).json(&body).send()));
        let mut statuses = Vec::new();
        for answer in asked.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            statuses.push((answer.status, answer.json()["title"].clone()));
        }
        statuses.sort_by_key(|(status, _)| *status);
        statuses
    };
    let asked =
        |name: &str, title: String| json!({"instrument": "BTC-USD", "from": 0, "to": at, "name": name, "title": title});
    let same = statuses((0..8).map(|_| asked("same", "One".into())).collect()).await;
    assert_eq!(same.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 200, 200, 201]);
    let other = statuses((0..8).map(|number| asked("other", format!("T{number}"))).collect()).await;
    assert_eq!(other.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [201, 409, 409, 409, 409, 409, 409, 409]);
    let kept = std::fs::read_to_string(kept_file(folder.path(), "other")).unwrap();
    assert_eq!(own(&live).await[0]["title"], other[0].1, "the one that was told is the one that is held");
    assert!(kept.contains(&format!("title = {}", other[0].1)), "and on the disk: {kept}");
    live.stop().await;
}

/// The system's files, slowly, counting who writes at once.
#[derive(Debug, Default)]
struct Counting {
    inside: AtomicUsize,
    most: AtomicUsize,
    /// The directory's sync that fails, from 1 on; 0 for none.
    fails_at: AtomicUsize,
}

impl Counting {
    fn within<T>(&self, act: impl FnOnce() -> T) -> T {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
        let done = act();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        done
    }
}

impl Files for Counting {
    fn create_directories(&self, path: &Path) -> io::Result<()> {
        self.within(|| SystemFiles.create_directories(path))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        SystemFiles.exists(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        SystemFiles.open(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        SystemFiles.create(path)
    }

    fn replace(&self, path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        assert!(synced, "a text that is told must be durable");
        self.within(|| SystemFiles.replace(path, bytes, synced))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemFiles.rename(from, to)
    }

    fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<Listed>> {
        SystemFiles.list(directory, most)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.within(|| SystemFiles.remove(path))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let left = self.fails_at.load(Ordering::SeqCst);
        self.fails_at.store(left.saturating_sub(1), Ordering::SeqCst);
        if left == 1 {
            return Err(io::Error::other("input/output error"));
        }
        self.within(|| SystemFiles.sync_directory(path))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_writes_at_a_time_and_readers_do_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Counting::default());
    let library = Library::open(files.clone(), folder.path());
    let keep = |number: usize| {
        let library = library.clone();
        let scenario = Scenario::from_toml(&text(&format!("s{number}"), 0.1)).unwrap();
        tokio::spawn(async move { library.keep(scenario, false).await })
    };
    let kept: Vec<_> = (0..MAX_KEPT + 20).map(keep).collect();
    sleep(Duration::from_millis(30)).await;
    let began = tokio::time::Instant::now();
    for _ in 0..100 {
        library.all();
    }
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    let (mut new, mut full) = (0, 0);
    for kept in kept {
        match kept.await.unwrap() {
            Ok(Kept::New) => new += 1,
            Err(KeepError::Full) => full += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((new, full), (MAX_KEPT, 20));
    assert_eq!(files.most.load(Ordering::SeqCst), 1, "writers at once");
    assert_eq!(Library::open(files, folder.path()).all().len(), MAX_KEPT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_on_to_its_end_when_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Counting::default());
    let library = Library::open(files.clone(), folder.path());
    // Opening has synced the folder.
    files.most.store(0, Ordering::SeqCst);
    let scenario = Scenario::from_toml(&text("left", 0.1)).unwrap();
    let left = tokio::spawn({
        let library = library.clone();
        async move { library.keep(scenario, false).await }
    });
    while files.most.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_micros(100)).await;
    }
    left.abort();
    // The next change has to wait for it.
    library.keep(Scenario::from_toml(&text("next", 0.1)).unwrap(), false).await.unwrap();
    assert!(library.get("left").is_some());
    assert_eq!(Library::open(files, folder.path()).all().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_sync_fails_is_undone_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Counting::default());
    let library = Library::open(files.clone(), folder.path());
    let scenario = |name: &str, size: f64| Scenario::from_toml(&text(name, size)).unwrap();
    library.keep(scenario("old", 0.1), true).await.unwrap();
    for (change, syncs) in [("replace", 2), ("new", 2), ("delete", 1)] {
        files.fails_at.store(syncs, Ordering::SeqCst);
        let refused = match change {
            "replace" => library.keep(scenario("old", 0.2), true).await.map(drop),
            "new" => library.keep(scenario("new", 0.2), true).await.map(drop),
            _ => library.forget("old").await,
        };
        assert!(matches!(refused, Err(KeepError::Disk(_))), "{change}: {refused:?}");
        for held in [library.all(), Library::open(files.clone(), folder.path()).all()] {
            let texts: Vec<&str> = held.iter().map(|one| one.text()).collect();
            assert_eq!(texts, [text("old", 0.1)], "{change}");
        }
        assert!(!kept_file(folder.path(), "new").exists(), "{change}");
    }
    assert_eq!(library.keep(scenario("new", 0.2), true).await.unwrap(), Kept::New);
    library.forget("old").await.unwrap();
    assert!(!kept_file(folder.path(), "old").exists());
}
