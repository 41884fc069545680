//! Validation: applies the rules to the parameters of a request and reports every problem at
//! once, in the order in which they are read, unknown parameters last.

use serde_json::{Map, Value, json};

use super::demande::{Demande, Valeur};
use super::erreur::{Detail, Erreur};
use super::regles::{self, HORS_LISTE, Refus};
use crate::domain::CodeCertification;

/// Reads the parameters of one request, each once; then [`Validation::finir`].
pub(super) struct Validation<'a> {
    demande: &'a Demande,
    lus: Vec<&'static str>,
    details: Vec<Detail>,
}

/// Where a value stands: a parameter, or an element of a list.
#[derive(Clone, Copy)]
struct Place<'a> {
    nom: &'a str,
    rang: Option<usize>,
}

impl Place<'_> {
    fn label(self) -> String {
        self.rang.map_or_else(|| self.nom.to_owned(), |rang| format!("{}[{rang}]", self.nom))
    }

    fn detail(self, refus: Refus, valeur: Value) -> Detail {
        let label = self.label();
        let cle = self.rang.map_or_else(|| json!(self.nom), |rang| json!(rang));
        let path = std::iter::once(json!(self.nom)).chain(self.rang.map(|rang| json!(rang))).collect();
        let mut context: Map<String, Value> = refus.contexte;
        context.insert("label".to_owned(), json!(label));
        context.insert("key".to_owned(), cle);
        context.insert("value".to_owned(), valeur);
        Detail {
            message: format!("\"{label}\" {}", refus.message),
            path,
            kind: refus.kind,
            context: Value::Object(context),
        }
    }
}

impl<'a> Validation<'a> {
    pub(super) fn new(demande: &'a Demande) -> Self {
        Self { demande, lus: Vec::new(), details: Vec::new() }
    }

    /// A part of the path.
    pub(super) fn segment<T>(
        &mut self,
        nom: &'static str,
        texte: &str,
        lire: impl Fn(&str) -> Result<T, Refus>,
    ) -> Option<T> {
        self.lire(Place { nom, rang: None }, &Valeur::Une(texte.to_owned()), lire)
    }

    /// A query parameter; `None` also when it is not given.
    pub(super) fn texte<T>(&mut self, nom: &'static str, lire: impl Fn(&str) -> Result<T, Refus>) -> Option<T> {
        let valeur = self.prendre(nom)?;
        self.lire(Place { nom, rang: None }, valeur, lire)
    }

    /// A number; 0 means that none is given.
    pub(super) fn nombre(&mut self, nom: &'static str) -> Option<u64> {
        let valeur = self.prendre(nom)?;
        let lu = match valeur {
            Valeur::Une(texte) => regles::nombre(texte),
            Valeur::Plusieurs(_) => Err(Refus::new("number.base", "must be a number")),
        };
        let place = Place { nom, rang: None };
        let lu = lu.map_err(|refus| {
            // A number that was understood is repeated as one.
            let nombre = match valeur {
                Valeur::Une(texte) if refus.kind == "number.min" => texte.trim().parse::<i64>().ok(),
                _ => None,
            };
            let valeur = nombre.map_or_else(|| valeur.json(), |nombre| json!(nombre));
            self.details.push(place.detail(refus, valeur));
        });
        lu.ok().filter(|nombre| *nombre > 0)
    }

    /// A list, elements separated by commas; `requis`: one more problem when no element is right.
    pub(super) fn liste<T>(
        &mut self,
        nom: &'static str,
        requis: bool,
        lire: impl Fn(&str) -> Result<T, Refus>,
    ) -> Option<Vec<T>> {
        let elements = elements(self.prendre(nom)?);
        let lus: Vec<Option<T>> = elements
            .iter()
            .enumerate()
            .map(|(rang, valeur)| self.lire(Place { nom, rang: Some(rang) }, valeur, &lire))
            .collect();
        if requis && lus.iter().all(Option::is_none) {
            let mut refus = Refus::new("array.includesRequiredUnknowns", "does not contain 1 required value(s)");
            refus.contexte.insert("unknownMisses".to_owned(), json!(1));
            let valeur: Vec<_> = elements.iter().map(Valeur::json).collect();
            self.details.push(Place { nom, rang: None }.detail(refus, json!(valeur)));
        }
        Some(lus.into_iter().flatten().collect())
    }

    /// The codes of a list's filter.
    pub(super) fn codes(&mut self, nom: &'static str) -> Option<Vec<CodeCertification>> {
        let elements = elements(self.prendre(nom)?);
        let textes = elements.iter().map(|valeur| match valeur {
            Valeur::Une(texte) => texte.clone(),
            Valeur::Plusieurs(_) => String::new(),
        });
        let valeur = json!(elements.iter().map(Valeur::json).collect::<Vec<_>>());
        self.lire_codes(nom, &textes.collect::<Vec<_>>(), valeur)
    }

    /// The codes of a path, separated by `,` or `|`.
    pub(super) fn codes_du_chemin(&mut self, nom: &'static str, texte: &str) -> Option<Vec<CodeCertification>> {
        let textes: Vec<_> = texte.split([',', '|']).map(str::to_owned).collect();
        self.lire_codes(nom, &textes, json!(textes))
    }

    fn lire_codes(&mut self, nom: &str, textes: &[String], valeur: Value) -> Option<Vec<CodeCertification>> {
        regles::codes(textes).map_err(|refus| self.details.push(Place { nom, rang: None }.detail(refus, valeur))).ok()
    }

    /// A parameter of the route that has been read: it is not unknown.
    fn prendre(&mut self, nom: &'static str) -> Option<&'a Valeur> {
        self.lus.push(nom);
        self.demande.parametre(nom)
    }

    fn lire<T>(&mut self, place: Place<'_>, valeur: &Valeur, lire: impl Fn(&str) -> Result<T, Refus>) -> Option<T> {
        let mauvais_type = match valeur {
            Valeur::Une(texte) if texte.is_empty() => Some(Refus::new("string.empty", "is not allowed to be empty")),
            Valeur::Une(_) => None,
            Valeur::Plusieurs(_) => Some(Refus::new("string.base", "must be a string")),
        };
        let texte = if let Valeur::Une(texte) = valeur { texte.as_str() } else { "" };
        let (lu, refus) = match (lire(texte), mauvais_type) {
            (Ok(lu), None) => (Some(lu), Vec::new()),
            (Err(refus), None) => (None, vec![refus]),
            // A closed list is checked before the type of the value, a pattern after it.
            (Err(refus), Some(mauvais)) if refus.kind == HORS_LISTE => (None, vec![refus, mauvais]),
            (_, Some(mauvais)) => (None, vec![mauvais]),
        };
        self.details.extend(refus.into_iter().map(|refus| place.detail(refus, valeur.json())));
        lu
    }

    /// Refuses what was not read.
    ///
    /// # Errors
    /// 400 with every problem, if there is one.
    pub(super) fn finir(mut self) -> Result<(), Erreur> {
        for (nom, valeur) in self.demande.parametres().filter(|(nom, _)| !self.lus.contains(nom)) {
            let mut refus = Refus::new("object.unknown", "is not allowed");
            refus.contexte.insert("child".to_owned(), json!(nom));
            self.details.push(Place { nom, rang: None }.detail(refus, valeur.json()));
        }
        if self.details.is_empty() { Ok(()) } else { Err(Erreur::validation(self.details)) }
    }

    /// A refusal that only the data could tell.
    pub(super) fn refuser(nom: &str, refus: Refus, valeur: Value) -> Erreur {
        Erreur::validation(vec![Place { nom, rang: None }.detail(refus, valeur)])
    }
}

/// The elements of a list. One given several times is a single element that is a list.
fn elements(valeur: &Valeur) -> Vec<Valeur> {
    match valeur {
        Valeur::Une(texte) => texte.split(',').map(|texte| Valeur::Une(texte.to_owned())).collect(),
        plusieurs @ Valeur::Plusieurs(_) => vec![plusieurs.clone()],
    }
}
