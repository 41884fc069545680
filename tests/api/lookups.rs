//! Many lookups of one moment share their statements; none may notice.

use exposition::domain::{CodeCertification, Lieu};
use futures_util::future::join_all;
use sqlx::Row as _;

use crate::common::{TestDb, sample_database};

/// Every pair of place and certification of the publication, with how many statistics it has,
/// and the publication's number.
async fn pairs(test: &TestDb) -> (i32, Vec<(Lieu, CodeCertification, usize)>) {
    let mut connection = test.connection().await;
    let publication = sqlx::query_scalar("SELECT publication_id FROM publication_courante");
    let publication: i32 = publication.fetch_one(&mut connection).await.unwrap();
    let rows = sqlx::query("SELECT lieu, code_certification, count(*) FROM statistiques GROUP BY 1, 2 ORDER BY 1, 2")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let pair = |row: &sqlx::postgres::PgRow| {
        let lieu = Lieu::from_stored(row.get(0)).unwrap();
        let code = CodeCertification::from_stored(row.get(1)).unwrap();
        (lieu, code, usize::try_from(row.get::<i64, _>(2)).unwrap())
    };
    (publication, rows.iter().map(pair).collect())
}

#[tokio::test]
async fn of_a_rush_of_lookups_each_gets_its_own_statistics_and_all_of_them() {
    let test = sample_database().await;
    let (publication, pairs) = pairs(&test).await;
    assert!(pairs.len() > 1000, "a rush, not {}", pairs.len());
    // Every third pair is asked for twice, and each also in a publication that does not exist.
    let twice = pairs.iter().chain(pairs.iter().step_by(3));
    let asked = twice.map(async |(lieu, code, count)| {
        let found = test.db.statistiques_au_lieu(publication, *lieu, *code).await.unwrap();
        let elsewhere = test.db.statistiques_au_lieu(publication + 1, *lieu, *code).await.unwrap();
        assert_eq!((found.len(), elsewhere.len()), (*count, 0), "{lieu:?} {code}");
        for nommee in found {
            assert_eq!((nommee.statistique.lieu, nommee.statistique.code), (*lieu, *code));
            assert_eq!(nommee.etablissement.map(|found| found.uai), nommee.statistique.uai());
        }
    });
    join_all(asked).await;
}

#[tokio::test]
async fn who_hangs_up_takes_nobody_along() {
    let test = sample_database().await;
    let (publication, pairs) = pairs(&test).await;
    let lookups = pairs.into_iter().take(500).map(|(lieu, code, count)| {
        let db = test.db.clone();
        (count, tokio::spawn(async move { db.statistiques_au_lieu(publication, lieu, code).await.unwrap().len() }))
    });
    let mut staying = Vec::new();
    for (number, (count, lookup)) in lookups.collect::<Vec<_>>().into_iter().enumerate() {
        if number % 2 == 0 {
            tokio::task::yield_now().await;
            lookup.abort();
        } else {
            staying.push((count, lookup));
        }
    }
    for (count, lookup) in staying {
        assert_eq!(lookup.await.unwrap(), count);
    }
}
