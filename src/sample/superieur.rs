//! Higher education: `fr-esr-insersup`, a cube with margins, and the tables that its codes need.
//!
//! The kinds of diplomas are official; the diplomas themselves, with their codes, are invented, as
//! are the universities. The file has what the real one has beside what is served: single and
//! pooled promotions, margins by région and for the country, a margin over all diplomas, and the
//! country by gender.

use std::collections::BTreeMap;

use super::MARK;
use super::cohortes::{self, Cohorte};
use super::etablissements::Etablissement;
use super::mesures::{part, years};
use super::nomenclature::{Profile, profile};
use super::random::Random;
use super::table::{Dialect, or_blank, text};
use crate::domain::{CodeRegion, Millesime, SEUIL};

/// A kind of diploma, as N_TYPE_DIPLOME_SISE has it.
#[derive(Debug)]
struct Kind {
    code: &'static str,
    niveau_interministeriel: &'static str,
    short: &'static str,
    long: &'static str,
    /// Typical percents; the salary is the median at 12 months.
    profile: Profile,
}

const KINDS: [Kind; 3] = [
    Kind {
        code: "DP",
        niveau_interministeriel: "2",
        short: "LIC PRO",
        long: "LICENCE PROFESSIONNELLE",
        profile: profile(27, 71, 1780),
    },
    Kind {
        code: "DR",
        niveau_interministeriel: "2",
        short: "BUT",
        long: "BACHELOR UNIVERSITAIRE DE TECHNOLOGIE",
        profile: profile(61, 58, 1690),
    },
    Kind {
        code: "XB",
        niveau_interministeriel: "1",
        short: "MAST LMD",
        long: "MASTER (LMD)",
        profile: profile(18, 74, 2080),
    },
];

/// A diploma of the sample.
#[derive(Debug)]
pub(super) struct Diplome {
    code: &'static str,
    kind: &'static str,
    libelle: &'static str,
}

const fn diplome(code: &'static str, kind: &'static str, libelle: &'static str) -> Diplome {
    Diplome { code, kind, libelle }
}

const DIPLOMES: [Diplome; 7] = [
    diplome("9800001", "DR", "TECHNIQUES DE COMMERCIALISATION"),
    diplome("9800002", "DR", "GENIE ELECTRIQUE ET INFORMATIQUE INDUSTRIELLE"),
    diplome("9800003", "DR", "GESTION LOGISTIQUE ET TRANSPORT"),
    diplome("9800011", "DP", "METIERS DU BTP : CONDUITE DE TRAVAUX"),
    diplome("9800012", "DP", "METIERS DE LA GESTION ET DE LA COMPTABILITE"),
    diplome("9800021", "XB", "GESTION DES RESSOURCES HUMAINES"),
    diplome("9800022", "XB", "INFORMATIQUE"),
];

impl Diplome {
    fn kind(&self) -> &'static Kind {
        KINDS.iter().find(|kind| kind.code == self.kind).unwrap_or(&KINDS[0])
    }
}

const N_DIPLOME_SISE: &str = "\
    DIPLOME_SISE|TYPE_DIPLOME_SISE|VOIE_LMD|DOMAINE_FORMATION|LIBELLE_INTITULE_1|LIBELLE_INTITULE_2|\
    GROUPE_SPECIALITE|LETTRE_SPECIALITE|SECTEUR_DISCIPLINAIRE_SISE|CITE_DOMAINE_FORMATION|DUREE|\
    NATURE_DIPLOME_SISE|DATE_OUVERTURE|DATE_FERMETURE|DATE_INTERVENTION|DEFINITIF|N_COMMENTAIRE|\
    CATEGORIE_FORMATION_SISE|CITE_DOMAINE_DETAILLE|SECTEUR_DISCIPL_DETAIL_SISE";
const N_TYPE_DIPLOME_SISE: &str = "\
    TYPE_DIPLOME_SISE|CURSUS|CYCLE_SISE|NIVEAU_FORMATION|NIVEAU_INTERMINISTERIEL|NATURE_DIPLOME_SISE|\
    LIBELLE_COURT|LIBELLE_LONG|ECTS|SEMESTRES|DUREE|DATE_OUVERTURE|DATE_FERMETURE|DATE_INTERVENTION|\
    N_COMMENTAIRE|PEPSISE|CATEGORIE_FORMATION_SISE";

/// The codes of the diplomas.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    DIPLOMES.iter().map(|diplome| diplome.code)
}

/// `n_diplome_sise`.
pub(super) fn n_diplome_sise() -> String {
    text(Dialect::Bars, N_DIPLOME_SISE, &DIPLOMES, |diplome, column| {
        match column {
            "DIPLOME_SISE" => diplome.code,
            "TYPE_DIPLOME_SISE" => diplome.kind,
            "LIBELLE_INTITULE_1" => diplome.libelle,
            "DATE_OUVERTURE" => "01/09/2016",
            "DEFINITIF" => "O",
            "N_COMMENTAIRE" => MARK,
            _ => "",
        }
        .to_owned()
    })
}

/// `n_type_diplome_sise`.
pub(super) fn n_type_diplome_sise() -> String {
    text(Dialect::Bars, N_TYPE_DIPLOME_SISE, &KINDS, |kind, column| {
        match column {
            "TYPE_DIPLOME_SISE" => kind.code,
            "NIVEAU_INTERMINISTERIEL" => kind.niveau_interministeriel,
            "LIBELLE_COURT" => kind.short,
            "LIBELLE_LONG" => kind.long,
            _ => "",
        }
        .to_owned()
    })
}

const KEYS: &str = "\
    date_jeu;reg_nom;reg_id;aca_nom;aca_id;uo_lib;uo_lib_actuel;id_paysage;id_paysage_actuel;etablissement;\
    denomination_principale;type_diplome_long;type_diplome;dom_lib;dom;discipli_lib;discipli;sectdis_lib;sectdis;\
    libelle_diplome;diplome;source;obtention_diplome;genre;nationalite;regime_inscription;promo;nb_poursuivants;\
    nb_sortants";
/// Months after the end of the studies; figures are invented for the first four.
const HORIZONS: [&str; 5] = ["6", "12", "18", "24", "30"];
/// What the file says of each horizon, before its number.
const BY_HORIZON: [&str; 11] = [
    "flag_",
    "exception_",
    "nb_sortants_en_emploi_sal_fr_",
    "tx_sortants_en_emploi_sal_fr_",
    "nb_sortants_en_emploi_non_sal_",
    "tx_sortants_en_emploi_non_sal_",
    "nb_sortants_en_emploi_stable_",
    "tx_sortants_en_emploi_stable_",
    "salaire_q1_",
    "salaire_q2_",
    "salaire_q3_",
];
/// The last promotion, for which 18 and 24 months have not elapsed.
const LAST: u16 = 2023;

/// The place of a row.
#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    France,
    Region(CodeRegion),
    Universite(&'a Etablissement),
}

/// One row of the cube.
#[derive(Debug)]
struct Line<'a> {
    place: Place<'a>,
    /// `None` for the margin over all of them.
    diplome: Option<&'static Diplome>,
    kind: &'static str,
    millesime: Millesime,
    cohorte: Cohorte,
}

/// One course of one university, with its yearly promotions.
struct Cursus<'a> {
    universite: &'a Etablissement,
    diplome: &'static Diplome,
    promotions: BTreeMap<u16, Cohorte>,
}

/// `fr-esr-insersup`, of the generation with one number of leavers.
pub(super) fn insersup(universites: &[Etablissement]) -> String {
    let cursus: Vec<Cursus<'_>> =
        universites.iter().flat_map(|u| DIPLOMES.iter().filter_map(|d| taught(u, d))).collect();
    let horizons = HORIZONS.iter().flat_map(|horizon| BY_HORIZON.iter().map(move |name| format!(";{name}{horizon}")));
    let header = KEYS.to_owned() + &horizons.collect::<String>();
    text(Dialect::UnixBom, &header, &rows(&cursus), Line::value)
}

fn taught<'a>(universite: &'a Etablissement, diplome: &'static Diplome) -> Option<Cursus<'a>> {
    let mut random = Random::named(&[&universite.uai, diplome.code]);
    if !random.chance(65) {
        return None;
    }
    let taille = if random.chance(20) { random.between(9, 18) } else { random.between(30, 120) };
    let Profile { poursuite, emploi, salaire } = diplome.kind().profile;
    let profile =
        Profile { poursuite: poursuite + random.between(-6, 6), emploi: emploi + random.between(-6, 6), salaire };
    let promotions = cohortes::ANNEES.into_iter().map(|annee| (annee, cohortes::cohorte(&mut random, taille, profile)));
    Some(Cursus { universite, diplome, promotions: promotions.collect() })
}

/// Single promotions everywhere, pooled ones of the universities; then the margins.
fn rows<'a>(cursus: &[Cursus<'a>]) -> Vec<Line<'a>> {
    let mut rows = Vec::new();
    for millesime in [2021, 2022, 2023].map(Millesime::single) {
        let mut regions: BTreeMap<(CodeRegion, &'static str), (&'static Diplome, Cohorte)> = BTreeMap::new();
        let mut france: BTreeMap<&'static str, (&'static Diplome, Cohorte)> = BTreeMap::new();
        let mut all = Cohorte::default();
        for one in cursus {
            let cohorte = one.promotion(millesime);
            rows.push(one.line(millesime, cohorte));
            for sum in [
                regions.entry((one.universite.region, one.diplome.code)).or_insert((one.diplome, Cohorte::default())),
                france.entry(one.diplome.code).or_insert((one.diplome, Cohorte::default())),
            ] {
                sum.1 = sum.1.plus(cohorte);
            }
            all = all.plus(cohorte);
        }
        let margin = |place, diplome, kind, cohorte| Line { place, diplome, kind, millesime, cohorte };
        rows.extend(
            regions.into_iter().map(|((region, _), (d, c))| margin(Place::Region(region), Some(d), "ensemble", c)),
        );
        for (diplome, cohorte) in france.into_values() {
            let (women, men) = by_gender(cohorte, diplome);
            for (kind, part) in [("ensemble", cohorte), ("femme", women), ("homme", men)] {
                rows.push(margin(Place::France, Some(diplome), kind, part));
            }
        }
        rows.push(margin(Place::France, None, "ensemble", all));
    }
    let pooled = [2022, 2023].map(Millesime::pooled);
    rows.extend(
        pooled.iter().flat_map(|millesime| cursus.iter().map(|one| one.line(*millesime, one.promotion(*millesime)))),
    );
    rows
}

/// The country by gender: two parts of each number.
fn by_gender(all: Cohorte, diplome: &Diplome) -> (Cohorte, Cohorte) {
    let percent = Random::named(&["genre", diplome.code]).between(25, 70);
    let of = |count| cohortes::share(count, percent);
    let (p, s) = (of(all.p), of(all.s()));
    let women = Cohorte { e: p + s, p, j: all.j.map(of) };
    let j = std::array::from_fn(|horizon| all.j.get(horizon).zip(women.j.get(horizon)).map_or(0, |(all, f)| all - f));
    (women, Cohorte { e: all.e - women.e, p: all.p - women.p, j })
}

impl<'a> Cursus<'a> {
    fn promotion(&self, millesime: Millesime) -> Cohorte {
        let promotions = years(millesime).into_iter().filter_map(|annee| self.promotions.get(&annee).copied());
        promotions.fold(Cohorte::default(), Cohorte::plus)
    }

    fn line(&self, millesime: Millesime, cohorte: Cohorte) -> Line<'a> {
        let place = Place::Universite(self.universite);
        Line { place, diplome: Some(self.diplome), kind: "ensemble", millesime, cohorte }
    }
}

impl Line<'_> {
    fn value(&self, column: &str) -> String {
        match column {
            "date_jeu" => "2025_S2".to_owned(),
            "source" => "insersup".to_owned(),
            "genre" => self.kind.to_owned(),
            "obtention_diplome" | "nationalite" | "regime_inscription" => "ensemble".to_owned(),
            "promo" => self.millesime.to_string().replace('_', ","),
            "nb_poursuivants" => self.cohorte.p.to_string(),
            "nb_sortants" => self.cohorte.s().to_string(),
            "diplome" => self.diplome.map_or("all", |diplome| diplome.code).to_owned(),
            "libelle_diplome" => self.diplome.map_or("all", |diplome| diplome.libelle).to_owned(),
            "type_diplome" => self.diplome.map_or("all", |diplome| diplome.kind).to_owned(),
            "type_diplome_long" => self.diplome.map_or("all", |diplome| diplome.kind().long).to_owned(),
            "reg_nom"
            | "reg_id"
            | "aca_nom"
            | "aca_id"
            | "uo_lib"
            | "uo_lib_actuel"
            | "etablissement"
            | "denomination_principale" => self.place(column),
            figure => self.figure(figure),
        }
    }

    fn place(&self, column: &str) -> String {
        let region = match self.place {
            Place::France => None,
            Place::Region(region) => Some(region),
            Place::Universite(universite) => Some(universite.region),
        };
        match (column, self.place) {
            ("reg_nom", _) => region.map_or("all", |region| region.region().nom).to_owned(),
            ("reg_id", _) => region.map_or_else(|| "all".to_owned(), |region| format!("R{region}")),
            ("aca_nom", Place::Universite(here)) => here.departement.academie().map_or("", |a| a.nom).to_owned(),
            ("aca_id", Place::Universite(here)) => format!("A{}", here.departement.academie),
            ("uo_lib" | "uo_lib_actuel" | "denomination_principale", Place::Universite(here)) => here.nom.clone(),
            ("uo_lib" | "uo_lib_actuel", Place::Region(region)) => region.region().nom.to_owned(),
            ("uo_lib" | "uo_lib_actuel", Place::France) => "National".to_owned(),
            ("etablissement", Place::Universite(here)) => here.uai.clone(),
            _ => "all".to_owned(),
        }
    }

    /// What became of the leavers at the horizon that ends the column's name.
    fn figure(&self, column: &str) -> String {
        let Some((name, horizon)) = column.rsplit_once('_') else { return String::new() };
        let employed = HORIZONS.iter().position(|known| *known == horizon).and_then(|rank| self.cohorte.j.get(rank));
        let elapsed = ["6", "12"].contains(&horizon) || self.millesime.end() < LAST;
        let Some(employed) = employed.copied().filter(|_| elapsed) else { return String::new() };
        let s = self.cohorte.s();
        match name {
            "nb_sortants_en_emploi_sal_fr" | "tx_sortants_en_emploi_sal_fr" if s < SEUIL => "nd".to_owned(),
            "nb_sortants_en_emploi_sal_fr" => employed.to_string(),
            "tx_sortants_en_emploi_sal_fr" => or_blank(part(employed, s)),
            "salaire_q1" | "salaire_q2" | "salaire_q3" => self.salaire(name, horizon),
            _ => String::new(),
        }
    }

    fn salaire(&self, quartile: &str, horizon: &str) -> String {
        let Some(diplome) = self.diplome.filter(|_| self.cohorte.s() >= 2 * SEUIL) else { return "nd".to_owned() };
        let mut random =
            Random::named(&["salaire", diplome.code, &self.place("uo_lib"), &self.millesime.to_string(), horizon]);
        let raise = if horizon == "6" { 0 } else { 40 };
        let median = diplome.kind().profile.salaire + raise + 10 * random.between(-9, 12);
        let (below, above) = (10 * random.between(12, 22), 10 * random.between(18, 40));
        match quartile {
            "salaire_q1" => median - below,
            "salaire_q3" => median + above,
            _ => median,
        }
        .to_string()
    }
}
