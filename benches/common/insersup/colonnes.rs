//! The 101 columns of a row, and the texts of it.

use std::io::{self, Write};

use super::chiffres::Chiffre;
use super::{Generation, Groupe, Place, region, uai};

/// Columns of the real file. Only some names are known: the others are called `colonne_n` here.
const NOMBRE: usize = 101;

pub(super) const HORIZONS: [&str; 5] = ["6", "12", "18", "24", "30"];

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Champ {
    DateJeu,
    Texte(Texte),
    /// By the rank in `VALEURS`.
    Ventilation(usize),
    Chiffre(Chiffre),
}

/// A text about the place or the diploma.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texte {
    RegionNom,
    RegionCode,
    AcademieNom,
    AcademieCode,
    Unite,
    Paysage,
    Etablissement,
    TypeLong,
    Type,
    DomaineLong,
    Domaine,
    DisciplineLong,
    Discipline,
    SecteurLong,
    Secteur,
    DiplomeLong,
    Diplome,
    Source,
    Promo,
}

/// The columns of a generation, with their names.
pub(super) fn colonnes(generation: Generation) -> Vec<(String, Champ)> {
    let mut all: Vec<(String, Champ)> = TEXTES.iter().map(|(name, champ)| ((*name).to_owned(), *champ)).collect();
    let mut chiffre = |name: String, chiffre: Chiffre| all.push((name, Champ::Chiffre(chiffre)));
    match generation {
        Generation::Unique => {
            chiffre("nb_poursuivants".to_owned(), Chiffre::Poursuivants(0));
            chiffre("nb_sortants".to_owned(), Chiffre::Sortants(0));
        }
        Generation::ParHorizon => {
            for (rang, horizon) in HORIZONS.iter().enumerate() {
                chiffre(format!("nb_poursuivants_{horizon}"), Chiffre::Poursuivants(rang));
                chiffre(format!("nb_sortants_{horizon}"), Chiffre::Sortants(rang));
            }
        }
    }
    for (rang, horizon) in HORIZONS.iter().enumerate() {
        chiffre(format!("flag_{horizon}"), Chiffre::Drapeau);
        chiffre(format!("exception_{horizon}"), Chiffre::Vide);
        if rang < 3 {
            chiffre(format!("tx_sortants_en_emploi_{horizon}"), Chiffre::Taux(rang, 104));
            chiffre(format!("tx_sortants_en_emploi_etranger_{horizon}"), Chiffre::Taux(rang, 4));
        }
        for (kind, percent) in [("sal_fr", 100), ("non_sal", 8), ("stable", 70)] {
            chiffre(format!("nb_sortants_en_emploi_{kind}_{horizon}"), Chiffre::Emploi(rang, percent));
            chiffre(format!("tx_sortants_en_emploi_{kind}_{horizon}"), Chiffre::Taux(rang, percent));
        }
        for quartile in 1..=3 {
            chiffre(format!("salaire_q{quartile}_{horizon}"), Chiffre::Salaire(rang, quartile));
        }
    }
    for number in all.len() + 1..=NOMBRE {
        all.push((format!("colonne_{number}"), Champ::Chiffre(Chiffre::Taux(number % 3, 60))));
    }
    all
}

const TEXTES: [(&str, Champ); 27] = [
    ("date_jeu", Champ::DateJeu),
    ("reg_nom", Champ::Texte(Texte::RegionNom)),
    ("reg_id", Champ::Texte(Texte::RegionCode)),
    ("aca_nom", Champ::Texte(Texte::AcademieNom)),
    ("aca_id", Champ::Texte(Texte::AcademieCode)),
    ("uo_lib", Champ::Texte(Texte::Unite)),
    ("uo_lib_actuel", Champ::Texte(Texte::Unite)),
    ("id_paysage", Champ::Texte(Texte::Paysage)),
    ("id_paysage_actuel", Champ::Texte(Texte::Paysage)),
    ("etablissement", Champ::Texte(Texte::Etablissement)),
    ("denomination_principale", Champ::Texte(Texte::Unite)),
    ("type_diplome_long", Champ::Texte(Texte::TypeLong)),
    ("type_diplome", Champ::Texte(Texte::Type)),
    ("dom_lib", Champ::Texte(Texte::DomaineLong)),
    ("dom", Champ::Texte(Texte::Domaine)),
    ("discipli_lib", Champ::Texte(Texte::DisciplineLong)),
    ("discipli", Champ::Texte(Texte::Discipline)),
    ("sectdis_lib", Champ::Texte(Texte::SecteurLong)),
    ("sectdis", Champ::Texte(Texte::Secteur)),
    ("libelle_diplome", Champ::Texte(Texte::DiplomeLong)),
    ("diplome", Champ::Texte(Texte::Diplome)),
    ("source", Champ::Texte(Texte::Source)),
    ("obtention_diplome", Champ::Ventilation(2)),
    ("genre", Champ::Ventilation(0)),
    ("nationalite", Champ::Ventilation(1)),
    ("regime_inscription", Champ::Ventilation(3)),
    ("promo", Champ::Texte(Texte::Promo)),
];

const TYPES: [(&str, &str); 4] = [
    ("Bachelor universitaire de technologie", "DR"),
    ("Licence professionnelle", "DP"),
    ("Master (lmd)", "XB"),
    ("Licence (lmd)", "XA"),
];
const DOMAINES: [(&str, &str); 3] = [
    ("Sciences, technologies, santé", "STS"),
    ("Droit, économie, gestion", "DEG"),
    ("Sciences humaines et sociales", "SHS"),
];

impl Groupe {
    pub(super) fn texte(&self, out: &mut Vec<u8>, texte: Texte) -> io::Result<()> {
        let (kind, domain) = (TYPES[self.diplome % TYPES.len()], DOMAINES[self.diplome % DOMAINES.len()]);
        let numero = self.diplome % 60;
        match texte {
            Texte::RegionNom | Texte::RegionCode | Texte::AcademieNom | Texte::AcademieCode => self.lieu(out, texte),
            Texte::Unite | Texte::Paysage | Texte::Etablissement => self.unite(out, texte),
            Texte::TypeLong => write!(out, "{}", kind.0),
            Texte::Type => write!(out, "{}", kind.1),
            Texte::DomaineLong => write!(out, "{}", domain.0),
            Texte::Domaine => write!(out, "{}", domain.1),
            Texte::DisciplineLong => write!(out, "Discipline fictive {numero:02} : sciences et techniques"),
            Texte::Discipline => write!(out, "disc{numero:02}"),
            Texte::SecteurLong => write!(out, "Secteur disciplinaire fictif {numero:02} (inventé)"),
            Texte::Secteur => write!(out, "sectdis{numero:02}"),
            Texte::DiplomeLong | Texte::Diplome if self.agrege => write!(out, "all"),
            Texte::DiplomeLong => {
                write!(out, "Diplôme fictif {} : études appliquées et métiers de l'exemple", self.diplome)
            }
            Texte::Diplome => write!(out, "{:07}", 9_000_000 + self.diplome),
            Texte::Source => write!(out, "{}", self.source),
            Texte::Promo => write!(out, "{}", self.promo),
        }
    }

    /// Région and académie, as far as the place has them.
    fn lieu(&self, out: &mut Vec<u8>, texte: Texte) -> io::Result<()> {
        let (number, academie) = match self.place {
            Place::France | Place::Universites => {
                return if matches!(texte, Texte::RegionNom) { write!(out, "National") } else { Ok(()) };
            }
            Place::Region(number) => (number, false),
            Place::Academie(number) => (number, true),
            // Paris.
            Place::Universite(_) => (super::regions().position(|code| code.as_str() == "11").unwrap_or(0), true),
        };
        let region = region(number);
        match texte {
            Texte::RegionNom => write!(out, "{}", region.region().nom),
            // Both spellings occur.
            Texte::RegionCode if self.diplome.is_multiple_of(2) => write!(out, "R{}", region.as_str()),
            Texte::RegionCode => write!(out, "{}", region.as_str()),
            Texte::AcademieNom if academie => write!(out, "Académie fictive {number:02}"),
            Texte::AcademieCode if academie => write!(out, "A{number:02}"),
            _ => Ok(()),
        }
    }

    fn unite(&self, out: &mut Vec<u8>, texte: Texte) -> io::Result<()> {
        match (texte, self.place) {
            (Texte::Etablissement, Place::Universites) => write!(out, "UNIV"),
            (Texte::Etablissement, Place::Universite(number)) => write!(out, "{}", uai(number)),
            (Texte::Etablissement, _) => write!(out, "all"),
            (Texte::Paysage, Place::Universite(number)) => write!(out, "fic{number:02}"),
            (Texte::Paysage, _) => Ok(()),
            (_, Place::France | Place::Universites) => write!(out, "National"),
            (_, Place::Region(number)) => write!(out, "{}", region(number).region().nom),
            (_, Place::Academie(number)) => write!(out, "Académie fictive {number:02}"),
            (_, Place::Universite(number)) => {
                write!(out, "Université fictive {number:03} - Établissement public expérimental")
            }
        }
    }
}
