//! Paramètres: reading path and query, with every problem reported at once.
//!
//! Derived extractors (serde) stop at the first error and silently ignore what they do not know;
//! an integrator who mistypes `milesime` would get an answer to another question. So a
//! [`Lecteur`] is asked for each parameter by name: it parses, remembers what is wrong and goes
//! on, and [`Lecteur::fin`] refuses the request with all of it, unknown and repeated parameters
//! included. What was asked for is also the list of what is allowed.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use utoipa::PartialSchema;

use super::champs::Champs;
use super::csv::Separateur;
use super::page::Page;
use super::probleme::{Erreur, Probleme};
use super::requete::{Format, Requete};
use crate::db::listes::{Comparaison, Filtre};
use crate::domain::{CodeCertification, CodeRegion, Filiere, Indicateur, Invalide, Millesime, Uai};

/// The longest text that a search reads.
const TEXTE_MAX: usize = 200;

/// The comparisons of a filter, with their spelling in brackets.
const COMPARAISONS: [(&str, Comparaison); 5] = [
    ("gte", Comparaison::Gte),
    ("gt", Comparaison::Gt),
    ("lte", Comparaison::Lte),
    ("lt", Comparaison::Lt),
    ("eq", Comparaison::Eq),
];

/// Reads the parameters of one request and collects what is wrong with them.
pub struct Lecteur<'a> {
    requete: &'a Requete,
    connus: Vec<String>,
    erreurs: Vec<Erreur>,
}

impl<'a> Lecteur<'a> {
    pub(super) fn new(requete: &'a Requete) -> Self {
        let contexte = requete.contexte();
        let connus = if contexte.epinglable { vec!["publication".to_owned()] } else { Vec::new() };
        let mut erreurs = contexte.erreurs.clone();
        let paires = &contexte.interrogation.paires;
        for (index, (nom, valeur)) in paires.iter().enumerate() {
            if paires.iter().take(index).any(|(earlier, _)| earlier == nom) {
                erreurs.push(Erreur::new(nom, valeur, "paramètre répété : donnez-le une seule fois"));
            }
        }
        Self { requete, connus, erreurs }
    }

    /// Records a problem that only the handler can see (two parameters that exclude each other).
    pub fn refuser(&mut self, nom: &str, valeur: &str, detail: impl Into<String>) {
        self.erreurs.push(Erreur::new(nom, valeur, detail));
    }

    fn valeur(&mut self, nom: &str) -> Option<&'a str> {
        self.connus.push(nom.to_owned());
        self.requete.contexte().interrogation.valeur(nom)
    }

    fn analyser<T>(&mut self, nom: &str, valeur: &str, parse: impl Fn(&str) -> Result<T, Invalide>) -> Option<T> {
        parse(valeur).map_err(|invalide| self.refuser(nom, valeur, invalide.0)).ok()
    }

    /// A parameter of the path. `None` is recorded as a problem: see [`Lecteur::fin_avec`].
    pub fn chemin<T>(&mut self, nom: &str, parse: impl Fn(&str) -> Result<T, Invalide>) -> Option<T> {
        let valeur = self.requete.segment(nom);
        self.analyser(nom, valeur, parse)
    }

    /// Any parameter that a domain type parses.
    pub fn lire<T>(&mut self, nom: &str, parse: impl Fn(&str) -> Result<T, Invalide>) -> Option<T> {
        let valeur = self.valeur(nom)?;
        self.analyser(nom, valeur, parse)
    }

    /// `nom=` a code of a certification.
    pub fn code(&mut self, nom: &str) -> Option<CodeCertification> {
        self.lire(nom, CodeCertification::parse)
    }

    /// `uai=`
    pub fn uai(&mut self) -> Option<Uai> {
        self.lire("uai", Uai::parse)
    }

    /// `region=`, an INSEE or a postal code.
    pub fn region(&mut self) -> Option<CodeRegion> {
        self.lire("region", CodeRegion::parse)
    }

    /// `millesime=`
    pub fn millesime(&mut self) -> Option<Millesime> {
        self.lire("millesime", Millesime::parse)
    }

    /// `filiere=`
    pub fn filiere(&mut self) -> Option<Filiere> {
        self.lire("filiere", Filiere::parse)
    }

    /// A whole number within `bornes`; `defaut` when it is not given.
    pub fn entier(&mut self, nom: &str, bornes: RangeInclusive<i64>, defaut: i64) -> i64 {
        let parse = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit());
            text.parse()
                .ok()
                .filter(|n| digits && bornes.contains(n))
                .ok_or_else(|| Invalide(format!("attendu : un nombre entier de {} à {}", bornes.start(), bornes.end())))
        };
        self.lire(nom, parse).unwrap_or(defaut)
    }

    /// `true` or `false`.
    pub fn booleen(&mut self, nom: &str) -> Option<bool> {
        self.lire(nom, |text| text.parse().map_err(|_| Invalide("attendu : true ou false".to_owned())))
    }

    /// One of a closed list of words.
    pub fn choix<T: Copy>(&mut self, nom: &str, choix: &[(&str, T)]) -> Option<T> {
        self.lire(nom, |text| parmi(text, choix))
    }

    /// Several values separated by commas, `max` at most; every bad one is reported.
    pub fn liste<T>(&mut self, nom: &str, max: usize, parse: impl Fn(&str) -> Result<T, Invalide>) -> Vec<T> {
        let Some(valeur) = self.valeur(nom) else { return Vec::new() };
        let pieces: Vec<_> = valeur.split(',').collect();
        if pieces.len() > max {
            self.refuser(nom, valeur, format!("attendu : {max} valeurs au plus, séparées par des virgules"));
            return Vec::new();
        }
        pieces.into_iter().filter_map(|piece| self.analyser(nom, piece, &parse)).collect()
    }

    /// A text to search for: not blank, 200 characters at most.
    pub fn texte(&mut self, nom: &str) -> Option<String> {
        self.lire(nom, |text| {
            let text = text.trim();
            let fits = !text.is_empty() && text.chars().count() <= TEXTE_MAX;
            fits.then(|| text.to_owned())
                .ok_or_else(|| Invalide(format!("attendu : un texte de 1 à {TEXTE_MAX} caractères")))
        })
    }

    /// Every filter on one of `permis`: `part_en_emploi_6_mois[gte]=50`.
    pub fn filtres(&mut self, permis: &[Indicateur]) -> Vec<Filtre> {
        let mut filtres = Vec::new();
        for indicateur in permis {
            for (mot, comparaison) in COMPARAISONS {
                let nom = format!("{indicateur}[{mot}]");
                let borne = |text: &str| text.parse().map_err(|_| Invalide("attendu : un nombre entier".to_owned()));
                if let Some(valeur) = self.lire(&nom, borne) {
                    filtres.push(Filtre { indicateur: *indicateur, comparaison, valeur });
                }
            }
        }
        filtres
    }

    /// `tri=`: one of a closed list, `-` in front for descending; `defaut`, ascending, when
    /// it is not given. Gives the key and whether it is descending.
    pub fn tri<T: Copy>(&mut self, choix: &[(&str, T)], defaut: T) -> (T, bool) {
        let parse = |text: &str| {
            let (mot, descendant) = text.strip_prefix('-').map_or((text, false), |mot| (mot, true));
            let erreur =
                |invalide: Invalide| Invalide(format!("{} ; « - » devant pour l'ordre décroissant", invalide.0));
            Ok((parmi(mot, choix).map_err(erreur)?, descendant))
        };
        self.lire("tri", parse).unwrap_or((defaut, false))
    }

    /// `champs=` of a single resource of type `T`.
    pub fn champs<T: PartialSchema>(&mut self) -> Champs {
        let Some(valeur) = self.valeur("champs") else { return Champs::tous() };
        let permis = Champs::de_schema::<T>();
        let choisis = valeur.split(',').filter_map(|champ| self.analyser("champs", champ, |mot| permis.trouver(mot)));
        Champs::seulement(choisis.collect())
    }

    /// What every list understands: `limite`, `curseur`, `total`, `champs`; as CSV, which is
    /// always the whole list, `separateur` instead.
    pub fn page<K: DeserializeOwned, T: PartialSchema>(&mut self) -> Page<K> {
        if self.requete.format() == Format::Csv {
            let separateur = self.choix("separateur", &[(",", Separateur::Virgule), (";", Separateur::PointVirgule)]);
            return Page { separateur: separateur.unwrap_or(Separateur::Virgule), ..Page::default() };
        }
        Page {
            limite: self.entier("limite", 1..=1000, 50),
            apres: self.curseur(),
            total: self.booleen("total").unwrap_or(false),
            champs: self.champs::<T>(),
            separateur: Separateur::Virgule,
        }
    }

    fn curseur<K: DeserializeOwned>(&mut self) -> Option<K> {
        let valeur = self.valeur("curseur")?;
        let contexte = self.requete.contexte();
        let Some(curseur) = &contexte.curseur else {
            self.refuser("curseur", valeur, "curseur altéré ou d'une autre version : recommencez sans « curseur »");
            return None;
        };
        let key = curseur.key(&self.requete.demande());
        if key.is_none() {
            let detail = "ce curseur est celui d'une autre liste, d'un autre tri ou d'autres filtres : gardez les \
                          mêmes paramètres d'une page à l'autre, ou recommencez sans « curseur »";
            self.refuser("curseur", valeur, detail);
        }
        key
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with every problem found, unknown parameters included.
    pub fn fin(mut self) -> Result<(), Probleme> {
        let paires = &self.requete.contexte().interrogation.paires;
        for (nom, valeur) in paires.iter().filter(|(nom, _)| !self.connus.contains(nom)) {
            self.erreurs.push(Erreur::new(nom, valeur, self.permis()));
        }
        if self.erreurs.is_empty() { Ok(()) } else { Err(Probleme::parametres(self.erreurs)) }
    }

    /// Ends the reading and gives back what the handler cannot do without.
    ///
    /// # Errors
    /// As [`Lecteur::fin`]; `requis` is `None` only together with a recorded problem.
    pub fn fin_avec<T>(self, requis: Option<T>) -> Result<T, Probleme> {
        self.fin()?;
        requis.ok_or_else(|| Probleme::interne("a required parameter is missing without a recorded problem"))
    }

    /// What is allowed, filters in their short form.
    fn permis(&self) -> String {
        let mut permis: Vec<String> = self.connus.iter().filter(|nom| !nom.contains('[')).cloned().collect();
        let filtres = self.connus.iter().filter_map(|nom| nom.strip_suffix("[gte]"));
        permis.extend(filtres.map(|nom| format!("{nom}[gte|gt|lte|lt|eq]")));
        permis.sort();
        let csv = if self.requete.format() == Format::Csv { " en CSV" } else { "" };
        if permis.is_empty() {
            return format!("paramètre inconnu : cette adresse n'en prend aucun{csv}");
        }
        format!("paramètre inconnu ; permis{csv} : {}", permis.join(", "))
    }
}

fn parmi<T: Copy>(text: &str, choix: &[(&str, T)]) -> Result<T, Invalide> {
    choix.iter().find(|(mot, _)| *mot == text).map(|(_, valeur)| *valeur).ok_or_else(|| {
        let mots: Vec<_> = choix.iter().map(|(mot, _)| *mot).collect();
        Invalide(format!("attendu : {}", mots.join(", ")))
    })
}
