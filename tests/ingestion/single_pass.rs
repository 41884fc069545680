//! A large file that says its encoding is examined while its rows are read: the same rows, the
//! same refusals.

use exposition::ingestion::{FileStatus, Options, Report};
use sha2::{Digest as _, Sha256};

use super::{WIDE, World, wide, wide_row};

/// Read once, whatever its size.
fn read_once() -> Options {
    Options { single_pass_from: Some(0), ..Options::default() }
}

fn marked(text: impl AsRef<[u8]>) -> Vec<u8> {
    [b"\xEF\xBB\xBF", text.as_ref()].concat()
}

/// What a report says of the file and its lines, without durations.
fn content(report: &Report) -> serde_json::Value {
    let mut value = serde_json::to_value(report).unwrap();
    let object = value.as_object_mut().unwrap();
    object.retain(|key, _| !["fichier", "secondes", "lignes_par_seconde"].contains(&key.as_str()));
    value
}

#[tokio::test]
async fn a_file_read_once_gives_the_rows_and_the_report_of_one_read_twice() {
    // Several chunks, CRLF, an accent and a quoted field in the last row, one bad row.
    let mut text = wide("2020_2021", 3000);
    text += "2020_2021;11;apprentissage;32990001;\"\";100;40;60;30;50;é\n";
    text += "2020_2021;11;apprentissage;\"32990002\";;100;40;60;30;50;40\n";
    let file = marked(text.replace('\n', "\r\n"));
    let (once, twice) = (World::new().await, World::new().await);
    let first = once.ingest_with("file.csv", &file, &read_once()).await;
    let second = twice.ingest("file.csv", &file).await;
    assert_eq!((first.state, first.lines.gardees, first.lines.rejetees), (FileStatus::Importe, 3001, 1));
    assert_eq!(content(&first), content(&second));
    assert_eq!(first.sha256, Some(hex::encode(Sha256::digest(&file))));
    let rows = "SELECT ligne, lieu, code_certification, nb_annee_term, nb_sortant FROM mesures ORDER BY ligne";
    assert_eq!(once.rows(rows).await, twice.rows(rows).await);
    assert_eq!(once.rows("SELECT sha256 FROM fichiers").await, [first.sha256.unwrap()]);
}

#[tokio::test]
async fn damage_at_the_end_refuses_the_file_in_the_same_words_and_undoes_its_beginning() {
    let sound = wide("2020_2021", 4000);
    let row = wide_row("2020_2021", "84", 32_000_001);
    let long = "x".repeat(1 << 20);
    let world = World::new().await;
    world.accept("older.csv", wide("2020_2021", 3)).await;
    let before = world.everything().await;
    for (damage, expected) in [
        (format!("{row}\n\"2020_2021;11;apprentissage\n").into_bytes(), "never closed"),
        ([row.as_bytes(), b"\n2020_2021;\xE9;\n"].concat(), "unreadable encoding on line 4003"),
        ([row.as_bytes(), b"\n2020_2021;\xC3"].concat(), "unreadable encoding on line 4003"),
        (format!("{row}\n2020\0;11\n").into_bytes(), "(byte 0x00, NUL, on line 4003)"),
        (format!("{row}\n{long};{row}").into_bytes(), "longer than"),
        (b"2020_2021;11;appr".to_vec(), "truncated"),
    ] {
        let file = marked([sound.as_bytes(), &damage].concat());
        let once = world.ingest_with("file.csv", &file, &read_once()).await;
        assert_eq!(once.state, FileStatus::Refuse, "{expected}");
        let message = once.motif.unwrap();
        assert!(message.contains(expected), "{message}");
        assert_eq!(world.refuse("file.csv", &file).await, message);
        assert_eq!(world.everything().await, before, "{expected}");
    }
}

#[tokio::test]
async fn the_same_file_read_once_is_in_already_and_one_of_the_same_size_is_not() {
    let world = World::new().await;
    let file = marked(wide("2020_2021", 50));
    let first = world.ingest_with("a.csv", &file, &read_once()).await;
    let again = world.ingest_with("b.csv", &file, &read_once()).await;
    assert_eq!((first.state, again.state), (FileStatus::Importe, FileStatus::DejaPresent));
    let other = marked(wide("2021_2022", 50));
    assert_eq!(file.len(), other.len());
    let other = world.ingest_with("b.csv", &other, &read_once()).await;
    assert_eq!((other.state, other.lines.gardees), (FileStatus::Importe, 50));
    assert_eq!(world.rows("SELECT count(*), count(DISTINCT sha256) AS d FROM fichiers").await, ["2 2"]);
}

#[tokio::test]
async fn a_file_that_does_not_say_its_encoding_is_examined_first() {
    let world = World::new().await;
    let mut file = WIDE.as_bytes().to_vec();
    file.extend(b";libell\xE9\n");
    file.extend(format!("{};x\n", wide_row("2020_2021", "11", 32_000_001)).bytes());
    let report = world.ingest_with("file.csv", &file, &read_once()).await;
    assert_eq!((report.state, report.encodage), (FileStatus::Importe, Some("iso-8859-1")));
}
