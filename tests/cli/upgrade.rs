//! What docs/OPERATIONS.md says of upgrades: a new server begins, the old one ends, and no request is
//! lost on the way.

use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::Connection as _;

use super::{Running, ready_server, ready_server_with};
use crate::common::{client, sample_database};

fn terminate(program: &Running) {
    kill(Pid::from_raw(i32::try_from(program.0.id()).unwrap()), Signal::SIGTERM).unwrap();
}

async fn ended(mut program: Running) -> ExitStatus {
    tokio::task::spawn_blocking(move || program.0.wait().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_in_progress_when_a_server_is_asked_to_end_are_answered() {
    const REQUESTS: i64 = 3;
    let test = sample_database().await;
    let (program, address) = ready_server(&test.url).await;
    // Whoever reads this table waits.
    let mut holder = test.connection().await;
    let mut lock = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE certifications IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    let client = client().build().unwrap();
    let asked: Vec<_> = (1..=REQUESTS)
        .map(|limit| tokio::spawn(client.get(format!("{address}/api/v1/certifications?limite={limit}")).send()))
        .collect();
    let mut connection = test.connection().await;
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let begin = Instant::now();
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut connection).await.unwrap() < REQUESTS {
        assert!(begin.elapsed() < Duration::from_secs(8), "the requests do not wait for the table");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    terminate(&program);
    // It takes no further connections, which says that it has begun to end.
    while client.get(format!("{address}/health/live")).send().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    lock.commit().await.unwrap();
    for (limit, asked) in (1..).zip(asked) {
        let answer = asked.await.unwrap().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["donnees"].as_array().unwrap().len(), limit);
    }
    assert_eq!(ended(program).await.code(), Some(0));
}

/// What a proxy does with two servers, of which the first is to go: a request that gets no answer
/// from one is asked of the other, since it changes nothing.
struct Proxy {
    servers: [String; 2],
    client: reqwest::Client,
    lost: Mutex<Vec<String>>,
    answered: [AtomicUsize; 2],
}

impl Proxy {
    async fn ask(&self, number: usize) {
        // Some from the cache of the server, some not.
        let path = format!("/api/v1/certifications?limite={}", 1 + number % 50);
        for (server, answered) in self.servers.iter().zip(&self.answered) {
            let Ok(answer) = self.client.get(format!("{server}{path}")).send().await else { continue };
            let status = answer.status();
            match answer.bytes().await {
                Ok(_) if status.is_success() => drop(answered.fetch_add(1, Ordering::Relaxed)),
                end => self.lost.lock().unwrap().push(format!("{server}{path}: {status}, {end:?}")),
            }
            return;
        }
        self.lost.lock().unwrap().push(format!("{path}: no server answers"));
    }
}

/// So many ask at the same time.
const WORKERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_lost_while_a_new_server_takes_the_place_of_an_old_one() {
    let test = sample_database().await;
    // A busy machine is no reason to refuse here: what is lost would be lost by the change of servers.
    let patient = [("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", "25")];
    let (old, old_address) = ready_server_with(&test.url, &patient).await;
    let (new, new_address) = ready_server_with(&test.url, &patient).await;
    let client = client().pool_max_idle_per_host(0).build().unwrap();
    let proxy = Arc::new(Proxy {
        servers: [old_address, new_address],
        client,
        lost: Mutex::default(),
        answered: [const { AtomicUsize::new(0) }; 2],
    });
    let done = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker: usize| {
            let (proxy, done) = (Arc::clone(&proxy), Arc::clone(&done));
            tokio::spawn(async move {
                for number in (worker..).step_by(WORKERS) {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    proxy.ask(number).await;
                }
            })
        })
        .collect();
    let until = async |server: usize| {
        let begin = Instant::now();
        while proxy.answered[server].load(Ordering::Relaxed) < 100 {
            assert!(begin.elapsed() < Duration::from_mins(1), "server {server} answers nothing");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    until(0).await;
    terminate(&old);
    assert_eq!(ended(old).await.code(), Some(0));
    until(1).await;
    done.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    let lost = proxy.lost.lock().unwrap().clone();
    assert!(lost.is_empty(), "{lost:?} of {:?}", proxy.answered);
    terminate(&new);
    assert_eq!(ended(new).await.code(), Some(0));
}
