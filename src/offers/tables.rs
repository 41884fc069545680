//! The tables of the report as CSV files, with the same numbers.

use std::io;
use std::path::{Path, PathBuf};

use super::html::FullReport;
use crate::matching::report::{Labelled, ProspectsLine};

/// Writes `rapport.html`, `rapport.json` and a CSV file per table into a folder.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write(full: &FullReport, dir: &Path) -> io::Result<PathBuf> {
    std::fs::create_dir_all(dir)?;
    let page = dir.join("rapport.html");
    std::fs::write(&page, full.html().map_err(io::Error::other)?)?;
    std::fs::write(dir.join("rapport.json"), serde_json::to_vec_pretty(full)?)?;
    let rapport = &full.rapport;
    table(dir, "cascade", &["etape", "lignes", "poids", "cumul_lignes", "cumul_poids"], &rapport.cascade, |s| {
        vec![
            s.etape.clone(),
            s.lignes.to_string(),
            s.poids.to_string(),
            s.cumul_lignes.to_string(),
            s.cumul_poids.to_string(),
        ]
    })?;
    for (name, rows) in
        [("perimetres", &rapport.perimetres), ("types_diplome", &rapport.types_diplome), ("roles", &rapport.roles)]
    {
        table(dir, name, &["nom", "voie", "lignes", "lignes_couvertes", "poids", "poids_couvert"], rows, share)?;
    }
    table(dir, "motifs", &["statut", "chez", "lignes", "poids", "action"], &rapport.motifs, |m| {
        vec![m.statut.clone(), m.chez.clone(), m.lignes.to_string(), m.poids.to_string(), m.action.clone()]
    })?;
    table(dir, "lourdes", &["id", "libelle", "poids", "statut", "chez", "avis", "action"], &rapport.lourdes, |h| {
        [&h.id, &h.libelle, &h.poids.to_string(), &h.statut, &h.chez, &h.avis, &h.action].map(String::clone).to_vec()
    })?;
    table(dir, "corrections", &["id", "code", "motif", "inutile", "code_ferme"], &rapport.corrections, |c| {
        vec![c.id.clone(), c.code.clone(), c.motif.clone(), c.inutile.to_string(), c.code_ferme.to_string()]
    })?;
    let groups = &rapport.perspectives;
    for (name, rows) in [("types", &groups.types_diplome), ("voies", &groups.voies), ("regions", &groups.regions)] {
        let name = format!("perspectives_{name}");
        table(dir, &name, &["nom", "poids_sans", "poids_avec", "poids_inconnu"], rows, prospects)?;
    }
    if let Some(before) = &full.avant {
        table(dir, "avant", &["cause", "gagnees", "perdues"], &before.causes, |c| {
            vec![c.cause.clone(), c.gagnees.to_string(), c.perdues.to_string()]
        })?;
    }
    Ok(page)
}

fn share(row: &Labelled) -> Vec<String> {
    let part = row.part;
    let numbers = [part.lignes, part.lignes_couvertes, part.poids, part.poids_couvert].map(|number| number.to_string());
    [row.nom.clone(), row.voie.clone()].into_iter().chain(numbers).collect()
}

fn prospects(row: &ProspectsLine) -> Vec<String> {
    vec![row.nom.clone(), row.poids.sans.to_string(), row.poids.avec.to_string(), row.poids.inconnu.to_string()]
}

fn table<T>(dir: &Path, name: &str, columns: &[&str], rows: &[T], of: impl Fn(&T) -> Vec<String>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_path(dir.join(format!("{name}.csv")))?;
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(of(row))?;
    }
    writer.flush()
}
