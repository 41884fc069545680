//! The fictitious data set of `exposition demo`.
//!
//! A newcomer must see true behaviour without the ministry's files, so the sample is made in the
//! formats of those files, oddities included (Windows-1252, `nd`, CRLF, blanks under the
//! thresholds), and goes through the same ingestion. It is generated, not stored: a table of
//! certifications, a list of invented établissements and a seeded generator are easier to review
//! than a megabyte of rows, and a changed rule changes all rows alike. Codes and labels of
//! certifications and communes are official, those of higher education excepted; every établissement
//! and every figure is invented.

mod bcn;
mod catalogue;
mod cohortes;
mod crosswalks;
mod etablissements;
mod lieux;
mod mesures;
mod nomenclature;
mod offers;
mod random;
mod superieur;
mod table;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::domain::Dataset;

/// How the sample is called wherever it shows.
pub const MARK: &str = "données fictives";

/// The file of [`platform_catalogue`].
pub const PLATFORM_CATALOGUE: &str = "catalogue-plateforme-fictif.csv";

/// What is written beside the files.
const README: &str = "\
Données fictives
================

Ces fichiers ont été fabriqués pour la démonstration du programme « exposition ».

TOUS LES CHIFFRES SONT INVENTÉS, ainsi que les établissements, leurs noms et leurs numéros (UAI).
Ils ne disent rien de vrai sur aucune formation et ne doivent servir ni à informer ni à comparer.

Seuls sont officiels les codes et les libellés des certifications et des communes ; les diplômes de
l'enseignement supérieur et leurs codes sont inventés. Les dates sont inventées aussi.
Le format est celui des fichiers publiés par les services statistiques ministériels.
";

/// One file of the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFile {
    /// Name, which begins with the id of its dataset (`n_mef-fictif.csv`).
    pub name: String,
    /// The bytes, in the encoding of the real file.
    pub content: Vec<u8>,
}

/// Every file of the sample, nomenclatures and places first; the same bytes at each call.
#[must_use]
pub fn files() -> Vec<SampleFile> {
    let etablissements = etablissements::all();
    let universites = etablissements::universites();
    let formations = cohortes::formations(&etablissements);
    [
        (Dataset::NNiveauFormationDiplome, "", bcn::n_niveau_formation_diplome().into_bytes()),
        (Dataset::VFormationDiplome, "", bcn::v_formation_diplome().into_bytes()),
        (Dataset::NFormationDiplome, "", bcn::n_formation_diplome()),
        (Dataset::NMef, "", bcn::n_mef().into_bytes()),
        (Dataset::NGroupeFormation, "", bcn::n_groupe_formation().into_bytes()),
        (Dataset::NLienFormationGroupe, "", bcn::n_lien_formation_groupe().into_bytes()),
        (Dataset::NTypeDiplomeSise, "", superieur::n_type_diplome_sise().into_bytes()),
        (Dataset::NDiplomeSise, "", superieur::n_diplome_sise().into_bytes()),
        (Dataset::AcceEtablissements, "", lieux::acce(&universites)),
        (Dataset::AnnuaireEducation, "", lieux::annuaire(&etablissements).into_bytes()),
        (Dataset::CatalogueApprentissage, "", catalogue::catalogue(&etablissements, &formations).into_bytes()),
        (Dataset::InserjeunesMesures, "-national", mesures::national(&formations).into_bytes()),
        (Dataset::InserjeunesMesures, "-regional", mesures::regional(&formations).into_bytes()),
        (Dataset::InserjeunesMesures, "-etablissement", mesures::etablissement(&formations).into_bytes()),
        (Dataset::OnisepIdeo, "", crosswalks::onisep_ideo().into_bytes()),
        (Dataset::OnisepTablePassage, "", crosswalks::onisep_table_passage().into_bytes()),
        (Dataset::CertifInfo, "", crosswalks::certif_info()),
        (Dataset::RncpCfd, "", crosswalks::rncp_cfd().into_bytes()),
        (Dataset::RncpHistorique, "", crosswalks::rncp_historique().into_bytes()),
        (Dataset::SiseCorrespondances, "", crosswalks::sise().into_bytes()),
        (Dataset::AcceRattachements, "", crosswalks::rattachements(&etablissements).into_bytes()),
        (Dataset::DaresRemunerations, "", mesures::dares(&formations).into_bytes()),
        (Dataset::EsrInsersup, "", superieur::insersup(&universites).into_bytes()),
        (Dataset::InserjeunesCfa, "", whole::cfa(&etablissements, &formations).into_bytes()),
        (Dataset::InserjeunesLyceePro, "", whole::lycees(&etablissements, &formations).into_bytes()),
    ]
    .into_iter()
    .map(|(dataset, part, content)| SampleFile { name: format!("{dataset}{part}-fictif.csv"), content })
    .collect()
}

/// The catalogue of an invented platform, with every fault, to try the matching with. It is not one of
/// the files that are ingested.
#[must_use]
pub fn platform_catalogue() -> SampleFile {
    let etablissements = etablissements::all();
    let formations = cohortes::formations(&etablissements);
    let content = offers::catalogue(&etablissements, &formations).into_bytes();
    SampleFile { name: PLATFORM_CATALOGUE.to_owned(), content }
}

/// Writes the sample into a folder, which is created if need be, with a `README.txt` that says
/// what it is. Returns the paths of the CSV files, in the order of [`files`].
///
/// # Errors
/// The folder or a file that cannot be written.
pub fn write_to(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(dir)?;
    std::fs::write(dir.join("README.txt"), README)?;
    let write = |file: SampleFile| {
        let path = dir.join(&file.name);
        std::fs::write(&path, &file.content).map(|()| path)
    };
    files().into_iter().map(write).collect()
}

/// Whether a SHA-256 (lower-case hexadecimal) is that of a file of the sample: what is published
/// from it must be marked [`MARK`].
#[must_use]
pub fn is_sample(sha256: &str) -> bool {
    static HASHES: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| files().iter().map(|file| hex::encode(Sha256::digest(&file.content))).collect());
    HASHES.contains(sha256)
}
