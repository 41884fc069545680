//! Everyday words, and the words of the nomenclatures that they stand for.

/// The words of one way to say something, stemmed.
pub(super) type Alternative = Vec<String>;

/// A part of a question: the ways to say it, the one that was typed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group(pub(super) Vec<Alternative>);

/// Words that carry no meaning.
const EMPTY: [&str; 20] = [
    "a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur",
    "un", "une",
];

/// Sayings and what they mean, folded.
pub(super) type Table = &'static [(&'static str, &'static [&'static str])];

/// How the names of établissements and communes are shortened, in one directory or the other.
pub(super) const PLACES: Table = &[
    ("cfa", &["centre formation apprentis"]),
    ("lp", &["lycee professionnel"]),
    ("lpo", &["lycee polyvalent"]),
    ("lycee polyvalent", &["lpo"]),
    ("lycee professionnel", &["lp"]),
    ("saint", &["st"]),
    ("sainte", &["ste"]),
    ("st", &["saint"]),
    ("ste", &["sainte"]),
];

/// How pupils say it, and how the nomenclatures do; folded.
#[rustfmt::skip]
pub(super) const TRADES: Table = &[
    ("aepe", &["accompagnant educatif petite enfance"]),
    ("agent de securite", &["securite"]),
    ("agora", &["assistance gestion organisations activites"]),
    ("aide soignant", &["aide soignant", "soins services personne"]),
    ("animaux", &["animales", "canin", "animalier"]),
    ("assp", &["accompagnement soins services personne"]),
    ("ama", &["artisanat metiers art"]),
    ("auto", &["automobile", "voitures particulieres", "vehicules"]),
    ("baccalaureat professionnel", &["bac pro"]),
    ("bachelor", &["licence"]),
    ("banque", &["bancaire"]),
    ("bois", &["menuisier", "menuiserie", "charpentier", "ebeniste"]),
    ("boulangerie", &["boulanger"]),
    ("boucherie", &["boucher"]),
    ("brevet de technicien superieur", &["bts"]),
    ("carrosserie", &["carrosseries", "carrossier"]),
    ("carrossier", &["carrosserie", "carrosseries"]),
    ("certificat d aptitude professionnelle", &["cap"]),
    ("chaudronnier", &["chaudronnerie"]),
    ("ciel", &["cybersecurite informatique reseaux electronique"]),
    ("coiffeur", &["coiffure"]),
    ("comptable", &["comptabilite"]),
    ("compta", &["comptabilite"]),
    ("com", &["communication"]),
    ("conducteur routier", &["conducteur transport", "conducteur routier"]),
    ("couture", &["mode", "vetement"]),
    ("cuisinier", &["cuisine"]),
    ("electricien", &["electricite", "electrotechnique", "electricien"]),
    ("esf", &["economie sociale familiale"]),
    ("esthetique", &["esthetique cosmetique", "esthetique"]),
    ("estheticien", &["esthetique"]),
    ("fleur", &["fleuriste"]),
    ("garagiste", &["maintenance vehicules"]),
    ("hotellerie", &["hotellerie", "hotel", "hotellerie restauration"]),
    ("immo", &["immobilier", "immobilieres"]),
    ("infirmier", &["infirmier", "soins infirmiers"]),
    ("info", &["informatique"]),
    ("jardinier", &["jardinier", "paysagers"]),
    ("macon", &["macon", "maconnerie"]),
    ("maconnerie", &["macon"]),
    ("mco", &["management commercial operationnel"]),
    ("mecanicien", &["maintenance", "mecanique"]),
    ("mecanicien auto", &["maintenance vehicules", "maintenance voitures particulieres"]),
    ("mecano", &["maintenance vehicules"]),
    ("mecanique auto", &["maintenance vehicules"]),
    ("mei", &["maintenance equipements industriels"]),
    ("melec", &["electricite environnements connectes"]),
    ("mention complementaire", &["mc"]),
    ("menuiserie", &["menuisier"]),
    ("moto", &["motocycles"]),
    ("mspc", &["maintenance systemes production connectes"]),
    ("ndrc", &["negociation digitalisation relation client"]),
    ("opticien", &["opticien", "optique"]),
    ("optique", &["opticien"]),
    ("patisserie", &["patissier", "patisserie"]),
    ("paysagiste", &["paysagers", "paysage"]),
    ("peintre", &["peintre", "peinture"]),
    ("petite enfance", &["petite enfance", "accompagnant educatif petite enfance"]),
    ("plombier", &["sanitaires", "installateur sanitaires", "thermiques"]),
    ("plomberie", &["sanitaires", "thermiques"]),
    ("poids lourds", &["vehicules transport routier", "vehicules industriels"]),
    ("resto", &["restaurant", "restauration"]),
    ("sam", &["support action manageriale"]),
    ("secretaire", &["secretariat", "assistance gestion organisations"]),
    ("secretariat", &["secretariat", "assistance gestion organisations"]),
    ("serveur", &["commercialisation services hotel cafe restaurant", "commercialisation services restauration"]),
    ("sio", &["services informatiques organisations"]),
    ("soudeur", &["soudage"]),
    ("soudure", &["soudage"]),
    ("tourisme", &["tourisme"]),
    ("vendeur", &["vente", "vendeur"]),
    ("vente", &["vente", "vendeur"]),
    ("voiture", &["voitures particulieres", "vehicules"]),
];

/// The most words of a synonym's left side.
const LONGEST: usize = 5;

/// Whether a word carries no meaning.
pub(super) fn is_empty_word(word: &str) -> bool {
    EMPTY.contains(&word)
}

/// A word without the endings that tell numbers and genders apart: `infirmieres` → `infirmier`,
/// `coiffeuse` → `coiffeur`, `animatrice` → `animateur`, `techniciennes` → `technicien`.
pub(super) fn stem(word: &str) -> String {
    let single = word.strip_suffix(['s', 'x']).filter(|rest| rest.len() > 3).unwrap_or(word);
    for (feminine, masculine) in [("trice", "teur"), ("euse", "eur"), ("ienne", "ien"), ("ere", "er"), ("ante", "ant")]
    {
        if let Some(start) = single.strip_suffix(feminine).filter(|start| start.len() > 2) {
            return format!("{start}{masculine}");
        }
    }
    single.to_owned()
}

/// The parts of a folded question: the longest phrases that the table has, else single words. A part
/// that is said twice counts once.
pub(super) fn groups(text: &str, table: Table) -> Vec<Group> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut rest = words.as_slice();
    let mut groups: Vec<Group> = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        let group = if let Some((count, group)) = phrase(rest, table) {
            rest = rest.get(count..).unwrap_or_default();
            group
        } else {
            rest = after;
            if is_empty_word(first) {
                continue;
            }
            Group(vec![vec![stem(first)]])
        };
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// The longest phrase of the table that the words begin with, and how many words it takes.
fn phrase(words: &[&str], table: Table) -> Option<(usize, Group)> {
    (1..=LONGEST.min(words.len())).rev().find_map(|count| {
        let typed = stemmed(words.get(..count)?.iter().copied());
        let (_, meanings) = table.iter().find(|(said, _)| stemmed(said.split(' ')) == typed)?;
        let meanings = meanings.iter().map(|meaning| stemmed(meaning.split(' ')));
        let mut alternatives = vec![typed];
        alternatives.extend(meanings);
        Some((count, Group(alternatives)))
    })
}

fn stemmed<'a>(words: impl Iterator<Item = &'a str>) -> Alternative {
    words.filter(|word| !is_empty_word(word)).map(stem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genders_and_numbers_are_one() {
        for (said, stemmed) in [
            ("infirmieres", "infirmier"),
            ("boulangere", "boulanger"),
            ("coiffeuse", "coiffeur"),
            ("animatrices", "animateur"),
            ("technicienne", "technicien"),
            ("bts", "bts"),
            ("gaz", "gaz"),
        ] {
            assert_eq!(stem(said), stemmed);
        }
    }

    #[test]
    fn the_table_is_folded_sayings_are_unique_and_short_enough_to_be_found() {
        let mut seen = std::collections::BTreeSet::new();
        let tables = TRADES.iter().map(|row| ("trades", row)).chain(PLACES.iter().map(|row| ("places", row)));
        for (table, (said, meanings)) in tables {
            assert!(seen.insert((table, stemmed(said.split(' ')))), "{said} twice");
            assert!(said.split(' ').count() <= LONGEST && !meanings.is_empty(), "{said}");
            for text in meanings.iter().chain([said]) {
                assert_eq!(crate::domain::text::fold(text), **text);
            }
        }
    }
}
