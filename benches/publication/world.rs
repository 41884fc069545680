//! A country of invented schools, as large as wanted, with the shape that makes publications
//! large: renovated diplomas, courses of three years, apprenticeships with a catalogue.
//!
//! Diplomas come in pairs, an old one and the one that replaced it; only the new one has
//! statistics. A cell of an apprenticeship makes two entries (itself and the old diploma's), one
//! of a school six (each of the two with the two years before the last): about as many, in all,
//! as the real sources give.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::common::Fallible;
use crate::common::rows::regions;

const MILLESIMES: [&str; 5] = ["2019_2020", "2020_2021", "2021_2022", "2022_2023", "2023"];
/// Diplomas that replaced another one.
const DIPLOMAS: usize = 600;
const CFAS: usize = 2_500;
const LYCEES: usize = 2_500;
const PER_CFA: usize = 12;
const PER_LYCEE: usize = 9;

fn old(number: usize) -> String {
    format!("400{:05}", 10_000 + number)
}

fn new(number: usize) -> String {
    format!("400{:05}", 20_000 + number)
}

/// The MEFSTAT11 of a year of a diploma.
fn mef(cfd: &str, year: usize) -> String {
    format!("247{year}00{}", cfd.get(3..).unwrap_or_default())
}

fn uai(number: usize) -> String {
    let number = 350_000 + number;
    let key = "ABCDEFGHJKLMNPRSTUVWXYZ".chars().nth(number % 23).unwrap_or('A');
    format!("{number:07}{key}")
}

/// Writes every file of the country into a folder.
pub(crate) fn write(folder: &Path) -> Fallible<()> {
    nomenclatures(folder)?;
    let mut rng = StdRng::seed_from_u64(1);
    let mut out = file(folder, "inserjeunes-mesures-etablissement.csv", "millesime;uai;voie;cfd;mefstat11;FIGURES")?;
    let mut catalogue = file(
        folder,
        "catalogue-apprentissage.csv",
        "cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai;published;catalogue_published",
    )?;
    for school in 0..CFAS + LYCEES {
        let (place, apprentices) = (uai(school), school < CFAS);
        for course in 0..if apprentices { PER_CFA } else { PER_LYCEE } {
            let cfd = new((school * 7 + course) % DIPLOMAS);
            if apprentices {
                writeln!(catalogue, "{cfd};{place};{place};{place};true;true")?;
            }
            for millesime in MILLESIMES {
                let code =
                    if apprentices { format!("apprentissage;{cfd};") } else { format!("scolaire;;{}", mef(&cfd, 3)) };
                writeln!(out, "{millesime};{place};{code};{}", figures(&mut rng))?;
            }
        }
    }
    let mut out = file(folder, "inserjeunes-mesures-regional.csv", "millesime;code_region;voie;cfd;mefstat11;FIGURES")?;
    for region in regions() {
        for (number, millesime) in (0..DIPLOMAS).flat_map(|number| MILLESIMES.map(|m| (number, m))) {
            writeln!(out, "{millesime};{region};apprentissage;{};;{}", new(number), figures(&mut rng))?;
        }
    }
    Ok(())
}

fn nomenclatures(folder: &Path) -> Fallible<()> {
    let header = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_COURT;LIBELLE_STAT_33;LIBELLE_LONG_200;\
                  DATE_OUVERTURE;DATE_FERMETURE;ANCIEN_DIPLOME_1;NOUVEAU_DIPLOME_1";
    let mut diplomas = file(folder, "n_formation_diplome.csv", header)?;
    let header = "MEF;DISPOSITIF_FORMATION;FORMATION_DIPLOME;DUREE_DISPOSITIF;ANNEE_DISPOSITIF;LIBELLE_COURT;\
                  LIBELLE_LONG;DATE_OUVERTURE;DATE_FERMETURE;MEF_STAT_11;MEF_STAT_9";
    let mut mefs = file(folder, "n_mef.csv", header)?;
    for number in 0..DIPLOMAS {
        let (old, new) = (old(number), new(number));
        writeln!(diplomas, "{old};400;BAC PRO;ANCIEN {number};ANCIEN DIPLOME {number};01/09/2000;31/08/2020;;{new}")?;
        writeln!(diplomas, "{new};400;BAC PRO;NOUVEAU {number};DIPLOME {number};01/09/2018;;;")?;
        for (cfd, year) in [&old, &new].into_iter().flat_map(|cfd| [1, 2, 3].map(|year| (cfd, year))) {
            let code = mef(cfd, year);
            let number = code.get(1..).unwrap_or_default();
            writeln!(
                mefs,
                "{number};247;{cfd};3;{year};PRO;ANNEE {year};01/09/2000;;{code};{}",
                code.get(..9).unwrap_or_default()
            )?;
        }
    }
    let mut levels = file(
        folder,
        "n_niveau_formation_diplome.csv",
        "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100",
    )?;
    writeln!(levels, "400;4;BAC PRO;BACCALAUREAT PROFESSIONNEL")?;
    Ok(levels.flush()?)
}

fn file(folder: &Path, name: &str, header: &str) -> Fallible<BufWriter<File>> {
    let counts = "nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;nb_en_emploi_12_mois";
    let mut out = BufWriter::new(File::create(folder.join(name))?);
    writeln!(out, "{}", header.replace("FIGURES", counts))?;
    Ok(out)
}

/// The counts of one cohort; a third are under the threshold, as in the real files.
fn figures(rng: &mut StdRng) -> String {
    let e: u32 = if rng.random_bool(0.35) { rng.random_range(1..20) } else { rng.random_range(20..200) };
    let p = rng.random_range(0..=e);
    let s = e - p;
    let (six, twelve) = (rng.random_range(0..=s), rng.random_range(0..=s));
    format!("{e};{p};{s};{six};{twelve}")
}
