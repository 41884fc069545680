//! Searches, as statements of SQL.

use crate::common::TestServer;
use crate::common::statements::StatementCounter;

#[tokio::test]
async fn a_search_asks_the_database_no_more_than_three_times_the_first_one_included() {
    let server = TestServer::sample().await;
    let counter = StatementCounter::start();
    for query in ["coiffure", "coifure", "50033616", "boulanger&grouper=non&total=true"] {
        let found = server.json(&format!("/api/v1/certifications?q={query}")).await;
        assert!(!found["donnees"].as_array().unwrap().is_empty(), "{query}");
        let statements = counter.take();
        assert!((1..=3).contains(&statements.len()), "{query}: {statements:#?}");
    }
}
