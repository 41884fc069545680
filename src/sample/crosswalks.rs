//! The crosswalks: under which numbers RNCP, Onisep and Certif-Info have the diplomas of the
//! sample, and which CFA belongs to which lycée.
//!
//! Every number is invented, from 990000 on. As in the real tables one diploma has several RNCP
//! numbers, a renovated one has an old and a new number, some are not in every table, and one is
//! written without the prefix.

use super::MARK;
use super::etablissements::{Etablissement, Type};
use super::nomenclature::{DIPLOMES, Diplome, Renovation};
use super::superieur;
use super::table::{Dialect, text};

const ONISEP_IDEO: &str = "libelle_formation_principal;code_rncp;url_et_id_onisep;code_scolarite;duree;commentaire";
const ONISEP_TABLE_PASSAGE: &str =
    "certif_info_ci_identifiant;ideo_identifiant_formation;ci_code_rncp;ci_code_scolarite;libelle";
const CERTIF_INFO: &str = "Code_Diplome;Libellé_Diplome;codeIdeo2;Code_RNCP;Code_Scolarité;Etat";
const RNCP_CFD: &str = "Numero_Fiche;Code_CFD;Intitule";
const RNCP_HISTORIQUE: &str = "ancien;nouveau";
const SISE: &str = "sise;code_rncp;onisep";
const RATTACHEMENTS: &str = "numero_uai_trouve;numero_uai_mere;type_rattachement";

/// A diploma and its rank in the table, which its numbers are made of.
type Numbered = (usize, &'static Diplome);

fn numbered() -> impl Iterator<Item = Numbered> {
    DIPLOMES.iter().enumerate().filter(|(_, diplome)| diplome.has_leavers(2021) || diplome.has_leavers(2022))
}

/// The RNCP number of a diploma.
fn rncp(rank: usize) -> String {
    format!("RNCP{}", 990_000 + rank)
}

/// The second number that every tenth diploma has.
fn second(rank: usize) -> Option<String> {
    (rank % 10 == 7).then(|| format!("RNCP{}", 991_000 + rank))
}

fn onisep(rank: usize) -> String {
    format!("FOR.{}", 990_000 + rank)
}

/// The RNCP number of a diploma, as platforms write it; empty for one that has none.
pub(super) fn rncp_of(diplome: &Diplome) -> String {
    rank_of(diplome).map(|rank| rncp(rank).trim_start_matches("RNCP").to_owned()).unwrap_or_default()
}

/// The Onisep identifier of a diploma; the same.
pub(super) fn onisep_of(diplome: &Diplome) -> String {
    rank_of(diplome).map(onisep).unwrap_or_default()
}

fn rank_of(diplome: &Diplome) -> Option<usize> {
    numbered().find(|(_, known)| known.cfd == diplome.cfd).map(|(rank, _)| rank)
}

fn years(count: u8) -> String {
    if count > 1 { format!("{count} ans") } else { format!("{count} an") }
}

/// `onisep-ideo-formations-initiales`: two of three diplomas have their CFD, all the address.
pub(super) fn onisep_ideo() -> String {
    let rows: Vec<Numbered> = numbered().collect();
    text(Dialect::UnixBom, ONISEP_IDEO, &rows, |(rank, diplome), column| match column {
        "libelle_formation_principal" => diplome.libelle.to_lowercase(),
        "code_rncp" => rncp(*rank).trim_start_matches("RNCP").to_owned(),
        "url_et_id_onisep" => format!("https://exemple.invalid/formation/{}", onisep(*rank)),
        "code_scolarite" if rank % 3 > 0 => diplome.cfd.to_owned(),
        "duree" => diplome.kind().map(|kind| years(kind.duration)).unwrap_or_default(),
        "commentaire" => MARK.to_owned(),
        _ => String::new(),
    })
}

/// `onisep-table-passage`: the open diplomas.
pub(super) fn onisep_table_passage() -> String {
    let rows: Vec<Numbered> =
        numbered().filter(|(_, diplome)| !matches!(diplome.renovation, Renovation::ReplacedBy(_))).collect();
    text(Dialect::Unix, ONISEP_TABLE_PASSAGE, &rows, |(rank, diplome), column| match column {
        "certif_info_ci_identifiant" => (990_000 + rank).to_string(),
        "ideo_identifiant_formation" => onisep(*rank),
        "ci_code_rncp" => rncp(*rank),
        "ci_code_scolarite" => diplome.cfd.to_owned(),
        _ => diplome.libelle.to_owned(),
    })
}

/// `certif-info`, in Latin-1.
pub(super) fn certif_info() -> Vec<u8> {
    let rows: Vec<Numbered> = numbered().filter(|(rank, _)| rank % 2 == 0).collect();
    let text = text(Dialect::Unix, CERTIF_INFO, &rows, |(rank, diplome), column| match column {
        "Code_Diplome" | "Code_RNCP" => (990_000 + rank).to_string(),
        "Libellé_Diplome" => diplome.libelle.to_owned(),
        "codeIdeo2" => onisep(*rank),
        "Code_Scolarité" => diplome.cfd.to_owned(),
        _ => MARK.to_owned(),
    });
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

/// `rncp-cfd`.
pub(super) fn rncp_cfd() -> String {
    let rows: Vec<(String, &Diplome)> = numbered()
        .flat_map(|(rank, diplome)| {
            [Some(rncp(rank)), second(rank)].into_iter().flatten().map(move |number| (number, diplome))
        })
        .collect();
    text(Dialect::WindowsBom, RNCP_CFD, &rows, |(number, diplome), column| match column {
        "Numero_Fiche" => number.clone(),
        "Code_CFD" => diplome.cfd.to_owned(),
        _ => diplome.libelle.to_owned(),
    })
}

/// `rncp-historique`: the renovations.
pub(super) fn rncp_historique() -> String {
    let rank_of = |cfd: &str| numbered().find(|(_, diplome)| diplome.cfd == cfd).map(|(rank, _)| rank);
    let rows: Vec<(usize, usize)> = numbered()
        .filter_map(|(rank, diplome)| match diplome.renovation {
            Renovation::Replaced(ancien) => Some((rank_of(ancien)?, rank)),
            _ => None,
        })
        .collect();
    text(Dialect::Unix, RNCP_HISTORIQUE, &rows, |(ancien, nouveau), column| {
        rncp(if column == "ancien" { *ancien } else { *nouveau })
    })
}

/// `sise-correspondances`.
pub(super) fn sise() -> String {
    let rows: Vec<(usize, &str)> = superieur::codes().enumerate().collect();
    text(Dialect::Unix, SISE, &rows, |(rank, code), column| match column {
        "sise" => (*code).to_owned(),
        "code_rncp" => format!("RNCP{}", 992_000 + rank),
        _ => format!("FOR.{}", 992_000 + rank),
    })
}

/// `acce-rattachements`: half of the CFA belong to the lycée of their département.
pub(super) fn rattachements(etablissements: &[Etablissement]) -> String {
    let lycee = |of: &Etablissement| {
        let here = |e: &&Etablissement| e.departement.code == of.departement.code;
        etablissements.iter().filter(here).find(|e| e.kind == Type::LyceePro)
    };
    let rows: Vec<(&Etablissement, Option<&Etablissement>)> = etablissements
        .iter()
        .filter(|e| e.kind == Type::Cfa)
        .enumerate()
        .map(|(rank, cfa)| (cfa, lycee(cfa).filter(|_| rank % 2 == 0)))
        .collect();
    text(Dialect::Unix, RATTACHEMENTS, &rows, |(cfa, mother), column| match column {
        "numero_uai_trouve" => cfa.uai.clone(),
        "numero_uai_mere" => mother.map(|mother| mother.uai.clone()).unwrap_or_default(),
        _ => MARK.to_owned(),
    })
}
