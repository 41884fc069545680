//! Many lookups of one moment share their statements; none may notice.

use std::collections::BTreeMap;

use exposition::domain::{CodeCertification, Indicateur, Lieu};
use futures_util::future::join_all;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::common::{TestDb, sample_database};

type Pair = (Lieu, CodeCertification);
/// Millésime, filière, pupils, and the name of the établissement.
type Seen = (String, String, Option<i32>, Option<String>);

/// The number of the publication, and what it says of every pair of place and certification, read
/// row by row.
async fn pairs(test: &TestDb) -> (i32, BTreeMap<Pair, Vec<Seen>>) {
    let mut connection = test.connection().await;
    let publication = sqlx::query_scalar("SELECT publication_id FROM publication_courante");
    let publication: i32 = publication.fetch_one(&mut connection).await.unwrap();
    let rows = sqlx::query(
        "SELECT lieu, code_certification, millesime, filiere, nb_annee_term,
                (SELECT nom FROM etablissements e WHERE e.uai = lieu AND e.publication_id = s.publication_id)
         FROM statistiques s",
    );
    let mut pairs = BTreeMap::<Pair, Vec<Seen>>::new();
    for row in rows.fetch_all(&mut connection).await.unwrap() {
        let seen = (row.get(2), row.get(3), row.get(4), row.get(5));
        pairs.entry(pair(&row)).or_default().push(seen);
    }
    for seen in pairs.values_mut() {
        seen.sort();
    }
    (publication, pairs)
}

fn pair(row: &PgRow) -> Pair {
    (Lieu::from_stored(row.get(0)).unwrap(), CodeCertification::from_stored(row.get(1)).unwrap())
}

/// What a lookup finds, in the same form.
async fn found(test: &TestDb, publication: i32, (lieu, code): Pair) -> Vec<Seen> {
    let found = test.db.statistiques_at_lieu(publication, lieu, code).await.unwrap();
    let seen = found.into_iter().map(|named| {
        let statistique = named.statistique;
        let pupils = statistique.figures.get(Indicateur::NbAnneeTerm).known();
        let nom = named.etablissement.and_then(|etablissement| etablissement.nom);
        (statistique.millesime.to_string(), statistique.filiere.to_string(), pupils, nom)
    });
    let mut seen: Vec<Seen> = seen.collect();
    seen.sort();
    seen
}

#[tokio::test]
async fn of_a_rush_of_lookups_each_gets_its_own_statistics_and_all_of_them() {
    let test = sample_database().await;
    let (publication, pairs) = pairs(&test).await;
    assert!(pairs.len() > 1000, "a rush, not {}", pairs.len());
    // Every third pair is asked for twice, and each also in a publication that does not exist.
    let twice = pairs.iter().chain(pairs.iter().step_by(3));
    let asked = twice.map(async |(pair, expected)| {
        assert_eq!(found(&test, publication, *pair).await, *expected, "{pair:?}");
        assert_eq!(found(&test, publication + 1, *pair).await, [], "{pair:?}");
    });
    join_all(asked).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_the_fault_of_its_own_lookup_alone() {
    let test = sample_database().await;
    let (publication, pairs) = pairs(&test).await;
    let mut asked = pairs.keys();
    let (lieu, code) = asked.next().unwrap();
    let damage = "UPDATE statistiques SET origine = 'inconnue' WHERE lieu = $1 AND code_certification = $2";
    let damage = sqlx::query(damage).bind(lieu.as_str()).bind(code.as_str());
    damage.execute(&mut test.connection().await).await.unwrap();
    let damaged = test.db.statistiques_at_lieu(publication, *lieu, *code);
    let others = join_all(asked.take(50).map(|(lieu, code)| test.db.statistiques_at_lieu(publication, *lieu, *code)));
    let (damaged, others) = tokio::join!(damaged, others);
    assert!(damaged.is_err());
    assert!(others.iter().all(Result::is_ok));
}

#[tokio::test]
async fn who_hangs_up_takes_nobody_along() {
    let test = sample_database().await;
    let (publication, pairs) = pairs(&test).await;
    let lookups = pairs.into_iter().take(500).map(|((lieu, code), seen)| {
        let (db, count) = (test.db.clone(), seen.len());
        (count, tokio::spawn(async move { db.statistiques_at_lieu(publication, lieu, code).await.unwrap().len() }))
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
