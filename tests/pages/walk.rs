//! A person's walk, as README.md begins with it: hairdressing near Rennes.

use super::html::{link, plain, shown, text};
use crate::common::TestServer;

#[tokio::test]
async fn somebody_looks_for_hairdressing_near_rennes_understands_compares_and_sends_the_link() {
    let server = TestServer::sample().await;
    // One word, one place.
    let home = text(&server, "/").await;
    assert!(home.contains("action=\"/recherche\"") && home.contains("name=\"q\"") && home.contains("name=\"ou\""));
    let results = text(&server, "/recherche?q=coiffure&ou=Rennes").await;
    assert!(plain(&results).contains("à moins de 60 km de Rennes"));
    // A course with figures.
    let course = link(&results, "Metiers de la coiffure (CAP)");
    let page = text(&server, &course).await;
    let read = plain(&page);
    assert!(
        read.contains("Lycée professionnel des Saules (fictif)")
            && read.contains("sont en emploi salarié 6 mois après")
    );
    assert!(read.contains("Données fictives"));
    assert!(shown(&page).iter().filter(|(_, _, text)| text.ends_with('%')).count() >= 3, "{read}");
    // What it means.
    assert_eq!(link(&page, "Autre situation"), "/donnees#part_autres_situations_6_mois");
    // Compared with the other way to learn it.
    let compare = text(&server, &link(&page, "Comparer avec une autre formation")).await;
    let both = link(&compare, "Ajouter : Metiers de la coiffure (CAP)");
    let page = text(&server, &both).await;
    let read = plain(&page);
    assert!(read.contains("en apprentissage") && read.contains("en lycée"), "{read}");
    assert!(read.contains("Quelques points d'écart ne veulent rien dire"), "{read}");
    // The link is all that has to be sent: another reader sees the same.
    let another = TestServer::sample().await;
    assert_eq!(text(&another, &both).await, page);
}
