//! Point lookups through HTTP, with the whole middleware, against `pgbench -M prepared` of the
//! same statement with the same parameters on the same server.
//!
//! pgbench is what PostgreSQL gives a client that does nothing with the rows: it asks for one pair
//! of place and code at a time, planned once. The service routes, checks, asks for those that
//! wait, chooses among the rows, writes JSON and its headers; the goal is 0.4 of pgbench's speed.
//! A batch asks for a thousand pairs in one request, and should be faster than asking one by one.
//! An answer 304 needs no statement, and should cost a third of a 200 at most. Client, service and
//! PostgreSQL share the cores, as they would on a small machine.

use std::time::Duration;

mod batch;
mod client;
#[path = "../common/mod.rs"]
mod common;
mod data;
mod hello;
mod pgbench;
mod service;

use client::{Client, DataRequest};
use common::{Fallible, Server, median};
use data::Data;
use service::Service;

/// Clients at once, of either kind: few, and a rush.
const CLIENTS: [usize; 2] = [8, 32];
/// Threads of the client, of either kind.
const THREADS: usize = 2;
/// Measured rounds, after one to warm up.
const ROUNDS: usize = 3;
/// Length of a measure; of the two that are compared with pgbench, and of the others.
const LONG: Duration = Duration::from_secs(8);
const SHORT: Duration = Duration::from_secs(4);
/// Share of pgbench's speed to be reached by a 200.
const GOAL: f64 = 0.4;
/// How many times faster a 304 should be than a 200.
const GOAL_304: f64 = 3.0;
/// Pairs per second of batches to be reached on two cores.
const GOAL_BATCH: u32 = 15_000;

struct Bench<'a> {
    server: &'a Server,
    data: &'a Data,
    client: Client,
}

impl Bench<'_> {
    /// 200, 304 and pgbench in turns, the cache off.
    async fn compare(&self, clients: usize) -> Fallible<f64> {
        println!("{clients} clients");
        let service = Service::start(self.server, &self.data.url, &[("EXPOSITION_CACHE_BYTES", "0")]).await?;
        let plain: Vec<DataRequest> = self.data.requests();
        let conditional = client::with_etags(&service.url, &plain).await?;
        let (mut ok, mut not_modified, mut tps) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let (long, short) = if round == 0 { (SHORT / 2, SHORT / 2) } else { (LONG, SHORT) };
            let measures = [
                self.client.measure(&service.url, &plain, clients, long).await?,
                pgbench::measure(self.server, self.data, clients, long).await?,
                self.client.measure(&service.url, &conditional, clients, short).await?,
            ];
            if round > 0 {
                let [a, b, c] = measures;
                ok.push(a);
                tps.push(b);
                not_modified.push(c);
            }
        }
        service.stop().await?;
        line("GET 200, cache off, requests/s", &ok);
        line("pgbench -M prepared, transactions/s", &tps);
        line("GET 304, requests/s", &not_modified);
        println!("  ratio of 200 to pgbench   {:.2} (goal: at least {GOAL})", ratio(&ok, &tps));
        println!("  ratio of 304 to 200       {:.1} (goal: at least {GOAL_304:.0})", ratio(&not_modified, &ok));
        Ok(median(ok))
    }

    /// Batches and single lookups in turns, the cache off.
    async fn batches(&self) -> Fallible<()> {
        println!("batches of 1,000 pairs, two at once; single lookups, {} clients", CLIENTS[0]);
        let service = Service::start(self.server, &self.data.url, &[("EXPOSITION_CACHE_BYTES", "0")]).await?;
        let (singles, bodies) = (self.data.requests(), batch::bodies(&self.data.pairs()));
        let (mut one_by_one, mut together) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let a = self.client.measure(&service.url, &singles, CLIENTS[0], SHORT).await?;
            let b = batch::measure(&service.url, &bodies, SHORT).await?;
            if round > 0 {
                one_by_one.push(a);
                together.push(b);
            }
        }
        service.stop().await?;
        line("single lookups, pairs/s", &one_by_one);
        line("batches, pairs/s", &together);
        println!("  ratio of batches to single lookups   {:.1}", ratio(&together, &one_by_one));
        println!("  goal: at least {GOAL_BATCH} pairs/s on two cores");
        Ok(())
    }

    /// Other settings, or other requests, after each of these was made once.
    async fn variant(
        &self,
        name: &str,
        settings: &[(&str, &str)],
        requests: Vec<DataRequest>,
        reference: f64,
    ) -> Fallible<()> {
        let service = Service::start(self.server, &self.data.url, settings).await?;
        client::warm(&service.url, &requests).await?;
        let [few, _] = CLIENTS;
        let speed = self.client.measure(&service.url, &requests, few, SHORT).await?;
        service.stop().await?;
        println!("  {name:<40}{speed:>9.0}   {:.2} times the 200 above", speed / reference);
        Ok(())
    }

    async fn run(&self) -> Fallible<()> {
        println!(
            "{} statistics served, {} publications kept; {} pairs of région and code asked for; {THREADS} threads ({})",
            self.data.statistiques,
            data::PUBLICATIONS,
            self.data.requests().len(),
            self.client
        );
        let [few, many] = CLIENTS;
        let ok = self.compare(few).await?;
        self.compare(many).await?;
        self.batches().await?;
        println!("for scale, {few} clients, requests/s");
        let off = ("EXPOSITION_CACHE_BYTES", "0");
        let (v1, legacy) = (self.data.requests(), self.data.legacy_requests());
        let logged = [off, ("EXPOSITION_LOG", "info")];
        self.variant("GET 200, cache off, access log written", &logged, v1.clone(), ok).await?;
        self.variant("GET 200, from the cache", &[("EXPOSITION_CACHE_BYTES", "268435456")], v1, ok).await?;
        self.variant("GET 200, legacy contract", &[off], legacy, ok).await?;
        let bare = hello::measure(&self.client, SHORT).await?;
        println!("  {:<40}{bare:>9.0}   {:.2} times the 200 above", "bare axum, a constant text", bare / ok);
        Ok(())
    }
}

/// The median of the ratios round by round: what else the machine does meets both alike.
fn ratio(measures: &[f64], references: &[f64]) -> f64 {
    median(measures.iter().zip(references).map(|(measure, reference)| measure / reference))
}

fn line(name: &str, measures: &[f64]) {
    let rounds: Vec<String> = measures.iter().map(|measure| format!("{measure:>8.0}")).collect();
    println!("  {name:<36}{}   median {:>8.0}", rounds.join(" "), median(measures.iter().copied()));
}

async fn bench(server: &Server) -> Fallible<()> {
    let data = data::publish(server).await?;
    let client = Client::find(server.folder()).await;
    Bench { server, data: &data, client }.run().await
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let server = Server::start().await?;
    let outcome = bench(&server).await;
    server.stop().await?;
    outcome
}
