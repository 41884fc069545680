//! CSV files in `.gz` and `.zip`.

use std::io::Write as _;

use exposition::ingestion::{FileStatus, Options, ingest, ingest_source, sources};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use sha2::{Digest as _, Sha256};

use super::{CFA, CFA_FILE, cfas, file};
use crate::common::config;
use crate::ingestion::World;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// An archive of these files, written by hand: what is read is the format, not another program.
fn zip(files: &[(&str, &[u8])], deflate: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let data = if deflate { encoder.finish().unwrap() } else { content.to_vec() };
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let offset = u32::try_from(out.len()).unwrap();
        let mut common = Vec::new();
        common.extend(20u16.to_le_bytes());
        common.extend(0x0800u16.to_le_bytes());
        common.extend(if deflate { 8u16 } else { 0 }.to_le_bytes());
        common.extend([0; 4]);
        common.extend(crc.sum().to_le_bytes());
        common.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        common.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0; 2]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&data);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, start) = (u16::try_from(files.len()).unwrap(), u32::try_from(out.len()).unwrap());
    let size = u32::try_from(directory.len()).unwrap();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

#[tokio::test]
async fn a_compressed_file_gives_the_rows_and_the_sum_of_the_csv_in_it() {
    let text = format!("\u{FEFF}{}", file(CFA, &cfas(3000)));
    let plain = World::new().await;
    let expected = plain.accept(CFA_FILE, &text).await;
    assert_eq!(expected.sha256, Some(hex::encode(Sha256::digest(&text))));
    let inner = [(CFA_FILE, text.as_bytes())];
    for (name, bytes, kept) in [
        ("fr-en-inserjeunes-cfa.csv.gz", gzip(text.as_bytes()), "fr-en-inserjeunes-cfa.csv.gz"),
        ("a.zip", zip(&inner, true), "a.zip/fr-en-inserjeunes-cfa.csv"),
        ("b.ZIP", zip(&inner, false), "b.ZIP/fr-en-inserjeunes-cfa.csv"),
        ("two.csv.gz", [gzip(&text.as_bytes()[..5000]), gzip(&text.as_bytes()[5000..])].concat(), "two.csv.gz"),
    ] {
        for once in [None, Some(0)] {
            let world = World::new().await;
            let options = Options {
                single_pass_from: once,
                dataset: exposition::ingestion::Dataset::parse("fr-en-inserjeunes-cfa").ok(),
                ..Options::default()
            };
            let found = world.ingest_with(name, &bytes, &options).await;
            assert_eq!((found.state, found.sha256.as_ref()), (FileStatus::Importe, expected.sha256.as_ref()), "{name}");
            assert_eq!((found.lines, found.taille), (expected.lines, expected.taille), "{name}");
            assert_eq!(world.wholes().await, plain.wholes().await, "{name}");
            assert_eq!(world.rows("SELECT nom FROM fichiers").await, [kept]);
            let again = world.ingest_with(CFA_FILE, &text, &Options::default()).await;
            assert_eq!(again.state, FileStatus::DejaPresent, "the same CSV, whatever it comes in");
        }
    }
}

#[tokio::test]
async fn each_csv_of_an_archive_is_a_file_and_what_else_is_in_it_is_passed_over() {
    let world = World::new().await;
    let niveaux = "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100\n320;3;BTS;UN BTS\n";
    let cfa = file(CFA, &cfas(3));
    let bytes = zip(
        &[
            ("lisez-moi.txt", b"x"),
            ("2023/fr-en-inserjeunes-cfa.csv", cfa.as_bytes()),
            ("__MACOSX/2023/._fr-en-inserjeunes-cfa.csv", b"\0\x05"),
            ("2023\\n_niveau.CSV", niveaux.as_bytes()),
            ("prenoms.csv", b"prenom;nombre\nAda;3\n"),
        ],
        true,
    );
    let path = world.write("a.zip", bytes);
    let options = Options { in_folder: true, ..Options::default() };
    let mut names = Vec::new();
    for source in sources(&config().ingestion, &path, &options).await.unwrap() {
        let report = ingest_source(&world.pg.db, &config().ingestion, &source, &options).await.unwrap();
        assert!(report.fichier.ends_with(&source.name()), "{}", report.fichier);
        names.push((source.name(), report.state));
    }
    let expected = [
        ("a.zip/2023/fr-en-inserjeunes-cfa.csv", FileStatus::Importe),
        ("a.zip/2023/n_niveau.CSV", FileStatus::Importe),
        ("a.zip/prenoms.csv", FileStatus::Ignore),
    ];
    assert_eq!(names, expected.map(|(name, state)| (name.to_owned(), state)));
}

#[tokio::test]
async fn a_damaged_archive_or_one_without_a_csv_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let before = world.everything().await;
    let text = file(CFA, &cfas(3000));
    let good = gzip(text.as_bytes());
    let archive = zip(&[(CFA_FILE, text.as_bytes())], true);
    let mut flipped = archive.clone();
    flipped[4000] ^= 0x55;
    let mut wrong_sum = zip(&[(CFA_FILE, text.as_bytes())], false);
    wrong_sum[4000] = b'9';
    for (name, bytes, part) in [
        ("cut.csv.gz", good[..good.len() / 2].to_vec(), "ends too early"),
        ("cut-in-its-sum.csv.gz", good[..good.len() - 3].to_vec(), "compressed file cannot be read"),
        ("cut.zip", archive[..archive.len() / 2].to_vec(), "compressed file cannot be read"),
        ("flipped.zip", flipped, "compressed file cannot be read"),
        ("sum.zip", wrong_sum, "the sum of what it holds"),
        ("none.zip", zip(&[("a.txt", b"x"), ("b/c.pdf", b"y")], true), "it holds a.txt, b/c.pdf"),
        ("sheet.xlsx", zip(&[("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"y")], true), "it is a spreadsheet"),
        ("binary.csv.gz", gzip(b"a;b\n\0\0;1\n"), "NUL"),
    ] {
        let message = world.refuse(name, &bytes).await;
        assert!(message.contains(part), "{name}: {message}");
        assert_eq!(world.everything().await, before, "{name}");
    }
}

#[tokio::test]
async fn what_comes_out_of_a_compressed_file_is_bounded() {
    let world = World::new().await;
    let zeros = b";;;;;;;\n".repeat(10 << 20);
    let text = file(CFA, &cfas(3000));
    for (name, bytes, (max_bytes, max_ratio), setting) in [
        ("bomb.csv.gz", gzip(&zeros), (1 << 40, 20), "MAX_RATIO"),
        ("bomb.zip", zip(&[("a.csv", &zeros)], true), (1 << 40, 20), "MAX_RATIO"),
        ("large.csv.gz", gzip(text.as_bytes()), (100_000, 200), "MAX_BYTES"),
        ("large.zip", zip(&[("a.csv", text.as_bytes())], false), (100_000, 200), "MAX_BYTES"),
    ] {
        let mut config = config().ingestion;
        (config.expansion_max_bytes, config.expansion_max_ratio) = (max_bytes, max_ratio);
        let path = world.write(name, bytes);
        let report = ingest(&world.pg.db, &config, &path, &Options::default()).await.unwrap();
        let message = report.motif.unwrap();
        assert!(report.state == FileStatus::Refuse && message.contains("expands to more than"), "{name}: {message}");
        assert!(message.contains(setting), "{name}: {message}");
    }
}
