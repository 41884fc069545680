//! Batches of a thousand pairs, against the same pairs asked for one by one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::plain;
use crate::common::Fallible;

/// Pairs of a request: what needs no key.
const PAIRS: usize = 1000;
/// Requests at once: one for each core.
const AT_ONCE: usize = 2;

/// The bodies of requests for pairs of région and code, in their order.
pub(crate) fn bodies(pairs: &[(String, String)]) -> Arc<[Vec<u8>]> {
    let element = |(region, code): &(String, String)| json!({"region": region, "code": code});
    let body = |pairs: &[(String, String)]| Value::Array(pairs.iter().map(element).collect()).to_string().into_bytes();
    pairs.chunks_exact(PAIRS).map(body).collect()
}

/// Pairs per second over this time.
pub(crate) async fn measure(url: &str, bodies: &Arc<[Vec<u8>]>, time: Duration) -> Fallible<f64> {
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..AT_ONCE {
        let (client, bodies, address) = (plain()?, Arc::clone(bodies), format!("{url}/api/v1/regions/lot"));
        tasks.push(tokio::spawn(async move {
            let mut count = 0u32;
            for body in bodies.iter().cycle().skip(bodies.len() * number / AT_ONCE) {
                if begin.elapsed() >= time {
                    break;
                }
                let request = client.post(&address).header("content-type", "application/json").body(body.clone());
                let answer = request.send().await?.error_for_status()?.bytes().await?;
                check(&answer)?;
                count += 1;
            }
            Fallible::Ok(count)
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    Ok(f64::from(count) * f64::from(u32::try_from(PAIRS)?) / begin.elapsed().as_secs_f64())
}

/// Each pair has a statistic: the end of the answer counts them.
fn check(answer: &[u8]) -> Fallible<()> {
    let end = answer.get(answer.len().saturating_sub(200)..).unwrap_or_default();
    let end = String::from_utf8_lossy(end);
    let (_, end) = end.split_once("],\"statuts\":").ok_or("an answer without end")?;
    let end: Value = serde_json::from_str(&format!("{{\"statuts\":{end}"))?;
    let count = |statut: &str| end.pointer(&format!("/statuts/{statut}")).and_then(Value::as_u64).unwrap_or_default();
    let found = count("trouvee") + count("masquee");
    if found == u64::try_from(PAIRS)? { Ok(()) } else { Err(format!("{end}").into()) }
}
