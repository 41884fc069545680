//! The 101 columns of a row, and the texts of it.

use std::io::{self, Write};

use super::chiffres::Chiffre;
use super::{Generation, Groupe, Place, region, uai};

/// Columns of the real file. Only some names are known: the others are called `colonne_n` here.
const NUMBER: usize = 101;

pub(super) const HORIZONS: [&str; 5] = ["6", "12", "18", "24", "30"];

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    ReleaseDate,
    Text(Text),
    /// By the rank in `VALEURS`.
    Ventilation(usize),
    Chiffre(Chiffre),
}

/// A text about the place or the diploma.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    RegionName,
    RegionCode,
    AcademieName,
    AcademieCode,
    Unit,
    Landscape,
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
pub(super) fn columns(generation: Generation) -> Vec<(String, Field)> {
    let mut all: Vec<(String, Field)> = TEXTS.iter().map(|(name, field)| ((*name).to_owned(), *field)).collect();
    let mut chiffre = |name: String, chiffre: Chiffre| all.push((name, Field::Chiffre(chiffre)));
    match generation {
        Generation::Unique => {
            chiffre("nb_poursuivants".to_owned(), Chiffre::Continuing(0));
            chiffre("nb_sortants".to_owned(), Chiffre::Leavers(0));
        }
        Generation::ByHorizon => {
            for (rang, horizon) in HORIZONS.iter().enumerate() {
                chiffre(format!("nb_poursuivants_{horizon}"), Chiffre::Continuing(rang));
                chiffre(format!("nb_sortants_{horizon}"), Chiffre::Leavers(rang));
            }
        }
    }
    for (rang, horizon) in HORIZONS.iter().enumerate() {
        chiffre(format!("flag_{horizon}"), Chiffre::Flag);
        chiffre(format!("exception_{horizon}"), Chiffre::Empty);
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
    for number in all.len() + 1..=NUMBER {
        all.push((format!("colonne_{number}"), Field::Chiffre(Chiffre::Taux(number % 3, 60))));
    }
    all
}

const TEXTS: [(&str, Field); 27] = [
    ("date_jeu", Field::ReleaseDate),
    ("reg_nom", Field::Text(Text::RegionName)),
    ("reg_id", Field::Text(Text::RegionCode)),
    ("aca_nom", Field::Text(Text::AcademieName)),
    ("aca_id", Field::Text(Text::AcademieCode)),
    ("uo_lib", Field::Text(Text::Unit)),
    ("uo_lib_actuel", Field::Text(Text::Unit)),
    ("id_paysage", Field::Text(Text::Landscape)),
    ("id_paysage_actuel", Field::Text(Text::Landscape)),
    ("etablissement", Field::Text(Text::Etablissement)),
    ("denomination_principale", Field::Text(Text::Unit)),
    ("type_diplome_long", Field::Text(Text::TypeLong)),
    ("type_diplome", Field::Text(Text::Type)),
    ("dom_lib", Field::Text(Text::DomaineLong)),
    ("dom", Field::Text(Text::Domaine)),
    ("discipli_lib", Field::Text(Text::DisciplineLong)),
    ("discipli", Field::Text(Text::Discipline)),
    ("sectdis_lib", Field::Text(Text::SecteurLong)),
    ("sectdis", Field::Text(Text::Secteur)),
    ("libelle_diplome", Field::Text(Text::DiplomeLong)),
    ("diplome", Field::Text(Text::Diplome)),
    ("source", Field::Text(Text::Source)),
    ("obtention_diplome", Field::Ventilation(2)),
    ("genre", Field::Ventilation(0)),
    ("nationalite", Field::Ventilation(1)),
    ("regime_inscription", Field::Ventilation(3)),
    ("promo", Field::Text(Text::Promo)),
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
    pub(super) fn text(&self, out: &mut Vec<u8>, text: Text) -> io::Result<()> {
        let (kind, domain) = (TYPES[self.diplome % TYPES.len()], DOMAINES[self.diplome % DOMAINES.len()]);
        let number = self.diplome % 60;
        match text {
            Text::RegionName | Text::RegionCode | Text::AcademieName | Text::AcademieCode => self.lieu(out, text),
            Text::Unit | Text::Landscape | Text::Etablissement => self.unit(out, text),
            Text::TypeLong => write!(out, "{}", kind.0),
            Text::Type => write!(out, "{}", kind.1),
            Text::DomaineLong => write!(out, "{}", domain.0),
            Text::Domaine => write!(out, "{}", domain.1),
            Text::DisciplineLong => write!(out, "Discipline fictive {number:02} : sciences et techniques"),
            Text::Discipline => write!(out, "disc{number:02}"),
            Text::SecteurLong => write!(out, "Secteur disciplinaire fictif {number:02} (inventé)"),
            Text::Secteur => write!(out, "sectdis{number:02}"),
            Text::DiplomeLong | Text::Diplome if self.agrege => write!(out, "all"),
            Text::DiplomeLong => {
                write!(out, "Diplôme fictif {} : études appliquées et métiers de l'exemple", self.diplome)
            }
            Text::Diplome => write!(out, "{:07}", 9_000_000 + self.diplome),
            Text::Source => write!(out, "{}", self.source),
            Text::Promo => write!(out, "{}", self.promo),
        }
    }

    /// Région and académie, as far as the place has them.
    fn lieu(&self, out: &mut Vec<u8>, text: Text) -> io::Result<()> {
        let (number, academie) = match self.place {
            Place::France | Place::Universites => {
                return if matches!(text, Text::RegionName) { write!(out, "National") } else { Ok(()) };
            }
            Place::Region(number) => (number, false),
            Place::Academie(number) => (number, true),
            // Paris.
            Place::Universite(_) => (super::regions().position(|code| code.as_str() == "11").unwrap_or(0), true),
        };
        let region = region(number);
        match text {
            Text::RegionName => write!(out, "{}", region.region().nom),
            // Both spellings occur.
            Text::RegionCode if self.diplome.is_multiple_of(2) => write!(out, "R{}", region.as_str()),
            Text::RegionCode => write!(out, "{}", region.as_str()),
            Text::AcademieName if academie => write!(out, "Académie fictive {number:02}"),
            Text::AcademieCode if academie => write!(out, "A{number:02}"),
            _ => Ok(()),
        }
    }

    fn unit(&self, out: &mut Vec<u8>, text: Text) -> io::Result<()> {
        match (text, self.place) {
            (Text::Etablissement, Place::Universites) => write!(out, "UNIV"),
            (Text::Etablissement, Place::Universite(number)) => write!(out, "{}", uai(number)),
            (Text::Etablissement, _) => write!(out, "all"),
            (Text::Landscape, Place::Universite(number)) => write!(out, "fic{number:02}"),
            (Text::Landscape, _) => Ok(()),
            (_, Place::France | Place::Universites) => write!(out, "National"),
            (_, Place::Region(number)) => write!(out, "{}", region(number).region().nom),
            (_, Place::Academie(number)) => write!(out, "Académie fictive {number:02}"),
            (_, Place::Universite(number)) => {
                write!(out, "Université fictive {number:03} - Établissement public expérimental")
            }
        }
    }
}
