//! Which dataset a file is of: by its header, then by its name, never by a guess.

use super::header::Header;
use super::names;
use super::refusal::FileRefusal;
use super::siblings;
use super::source::Source;
use super::sources::{DEFINITIONS, Dataset, Definition, insersup};

/// What a file was taken for, and why.
#[derive(Debug)]
pub(super) struct Recognition {
    pub(super) definition: &'static Definition,
    pub(super) by: String,
}

/// Recognises a file.
///
/// # Errors
/// No dataset, several, one of which a column is missing, or one that is known and not read.
pub(super) fn recognise(header: &Header, source: &Source, asked: Option<Dataset>) -> Result<Recognition, FileRefusal> {
    siblings::refuse(header, source)?;
    if let Some(dataset) = asked {
        let definition = of_dataset(header, dataset)?;
        return Ok(Recognition { definition, by: "--dataset".to_owned() });
    }
    let fitting: Vec<_> = DEFINITIONS.iter().copied().filter(|definition| definition.fits(header)).collect();
    let named = names::dataset(source);
    match fitting.as_slice() {
        [one] => Ok(Recognition { definition: one, by: by_header(one) }),
        [] => Err(nothing_fits(header, named)),
        several => several
            .iter()
            .copied()
            .find(|definition| Some(definition.dataset) == named)
            .map(|definition| Recognition { definition, by: format!("{} and file name", by_header(definition)) })
            .ok_or_else(|| FileRefusal::Ambiguous(ids(several.iter().copied()))),
    }
}

fn by_header(definition: &Definition) -> String {
    let columns: Vec<_> = definition.required.iter().map(|group| group.join("|")).collect();
    format!("header ({})", columns.join(", "))
}

fn ids<'a>(definitions: impl Iterator<Item = &'a Definition>) -> String {
    let mut ids: Vec<_> = definitions.map(|definition| definition.dataset.as_str()).collect();
    ids.dedup();
    ids.join(", ")
}

/// The definition of a dataset that the operator named, or what its header lacks.
fn of_dataset(header: &Header, dataset: Dataset) -> Result<&'static Definition, FileRefusal> {
    let forms = || DEFINITIONS.iter().copied().filter(move |definition| definition.dataset == dataset);
    let complete = forms().find(|form| form.missing(header).is_empty());
    match (complete, forms().min_by_key(|form| form.missing(header).len())) {
        (Some(form), _) => Ok(form),
        (None, Some(nearest)) => Err(missing(nearest, header)),
        // Every dataset has a definition: a test sees to it.
        (None, None) => Err(unknown(header)),
    }
}

/// What is wrong with a file whose first line is no header that fits: the header may stand below
/// it, under a title. `below` has the next lines, each with its number.
pub(super) fn beneath(refusal: FileRefusal, below: Vec<(u64, Vec<String>)>) -> FileRefusal {
    let no_header = matches!(
        refusal,
        FileRefusal::Unknown { .. } | FileRefusal::MissingColumn { .. } | FileRefusal::RepeatedColumn { .. }
    );
    let fits = |names: Vec<String>| {
        Header::parse(&names).is_ok_and(|header| DEFINITIONS.iter().any(|definition| definition.fits(&header)))
    };
    let header = below.into_iter().filter(|_| no_header).find_map(|(line, names)| fits(names).then_some(line));
    header.map_or(refusal, FileRefusal::TitleAboveHeader)
}

/// Says what is wrong with a header that fits nothing: a file that was meant for a dataset lacks
/// a column; any other is unknown.
fn nothing_fits(header: &Header, named: Option<Dataset>) -> FileRefusal {
    if insersup::has_labels(header, named) {
        return FileRefusal::InsersupLabels(header.summary());
    }
    let by_name = named.and_then(|dataset| of_dataset(header, dataset).err());
    let near = DEFINITIONS.iter().copied().find(|definition| {
        let (all, missing) = (definition.required.len(), definition.missing(header).len());
        // The key and two thirds of the columns: no other real header has that many by chance.
        let key = definition.required.first().is_some_and(|group| definition.has(header, group));
        key && missing > 0
            && (all - missing) * 3 >= all * 2
            && !definition.excluded.iter().any(|column| header.has(column))
    });
    by_name.or_else(|| near.map(|definition| missing(definition, header))).unwrap_or_else(|| unknown(header))
}

fn unknown(header: &Header) -> FileRefusal {
    FileRefusal::Unknown { found: header.summary(), known: ids(DEFINITIONS.iter().copied()) }
}

fn missing(definition: &Definition, header: &Header) -> FileRefusal {
    let spellings = |nom: &str| {
        let column = definition.columns.iter().find(|column| column.nom == nom);
        let others = column.map(|column| column.spellings).unwrap_or_default();
        std::iter::once(nom).chain(others.iter().copied()).map(|spelling| format!("«{spelling}»")).collect::<Vec<_>>()
    };
    let groups = definition.missing(header);
    let expected: Vec<_> = groups
        .iter()
        .map(|group| group.iter().flat_map(|nom| spellings(nom)).collect::<Vec<_>>().join(" or "))
        .collect();
    FileRefusal::MissingColumn {
        dataset: definition.dataset.as_str(),
        expected: expected.join("; "),
        found: header.summary(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn recognised(name: &str, header: &str) -> Result<&'static str, String> {
        let header = Header::parse(&header.split(';').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        recognise(&header, &Source::plain(Path::new(name)), None)
            .map(|found| found.definition.dataset.as_str())
            .map_err(|refusal| refusal.to_string())
    }

    const ETABLISSEMENT: &str =
        "Année;UAI;Libellé;Région;Taux emploi 6 mois;Taux emploi 6 mois attendu;VA emploi 6 mois;Taux emploi 12 mois";

    #[test]
    fn every_dataset_has_a_definition() {
        for dataset in Dataset::ALL {
            assert!(DEFINITIONS.iter().any(|definition| definition.dataset == *dataset), "{dataset}");
        }
    }

    #[test]
    fn each_dataset_is_told_by_its_header() {
        for (header, dataset) in [
            ("millesime;code_region;voie;cfd;mefstat11;nb_annee_term".to_owned(), "inserjeunes-mesures"),
            ("millesime;uai;filiere;code_certification;id_mesure;valeur_mesure".to_owned(), "inserjeunes-mesures"),
            (format!("{ETABLISSEMENT};Part contrats apprentissage interrompus"), "fr-en-inserjeunes-cfa"),
            (format!("{ETABLISSEMENT};Dont apprentis en EPLE"), "fr-en-inserjeunes-lycee_pro"),
            (
                "n°UAI de l'établissement;Taux;Taux attendu;Valeur ajoutée;;".to_owned(),
                "depp-inserjeunes-etablissements",
            ),
            (format!("{ETABLISSEMENT};Code formation mefstat11"), "fr-en-inserjeunes-lycee_pro-formation-fine"),
            (format!("{ETABLISSEMENT};Code formation apprentissage"), "fr-en-inserjeunes-cfa-formation_fine"),
            (
                "annee;uai;code_formation_mefstat11;taux_emploi_6_mois".to_owned(),
                "fr-en-inserjeunes-lycee_pro-formation-fine",
            ),
            ("Millésime;Filière;Code formation;Q1;médian;Q3".to_owned(), "dares-remunerations"),
            ("GROUPE_FORMATION;FORMATION_DIPLOME;DATE_OUVERTURE".to_owned(), "n_lien_formation_groupe"),
            (
                "id;published;cfd;uai_formation;etablissement_formateur_uai;etablissement_gestionnaire_uai".to_owned(),
                "catalogue-apprentissage",
            ),
            ("GROUPE_FORMATION;TYPE_GROUPE_FORMATION;LIBELLE_EDITION".to_owned(), "n_groupe_formation"),
            ("TYPE_DIPLOME_SISE;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_LONG".to_owned(), "n_type_diplome_sise"),
            (
                "DIPLOME_SISE;TYPE_DIPLOME_SISE;LIBELLE_INTITULE_1;DATE_OUVERTURE;DATE_FERMETURE".to_owned(),
                "n_diplome_sise",
            ),
        ] {
            assert_eq!(recognised("file.csv", &header), Ok(dataset), "{header}");
        }
    }

    #[test]
    fn the_three_directories_are_told_apart_also_where_they_share_names() {
        let acce = "numero_uai;nature_uai;etat_etablissement;etat_etablissement_libe;secteur_public_prive;commune;\
                    commune_libe;academie;departement_insee_3;denomination_principale;appellation_officielle;\
                    coordonnee_x;coordonnee_y;appariement";
        let technical = "numero_uai;appellation_officielle;denomination_principale;secteur_public_prive_libe;\
                         code_postal_uai;libelle_commune;coordonnee_x;coordonnee_y;epsg;latitude;longitude;appariement;\
                         nature_uai;etat_etablissement;etat_etablissement_libe;code_departement;code_region;\
                         code_academie;code_commune";
        let labels = "Code établissement;Appellation officielle;Dénomination principale;Secteur Public/Privé;Code \
                      postal;Commune;Coordonnee X;Coordonnee Y;EPSG;Latitude;Longitude;Qualité d'appariement;Code \
                      nature;Etat établissement;Code département;Code région;Code académie;Code commune";
        let common = "Identifiant_de_l_etablissement;Nom_etablissement;Statut_public_prive;Nom_commune;\
                      Code_departement;Code_academie;Code_region;latitude;longitude;etat";
        let geolocalisation = "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre";
        for (header, dataset) in [
            (acce.to_owned(), "acce_etablissements"),
            (technical.to_owned(), geolocalisation),
            (labels.to_owned(), geolocalisation),
            (format!("{common};Code postal;coordonnee_X;coordonnee_Y;epsg"), "fr-en-annuaire-education"),
            (format!("{common};Code_postal;coordX_origine;coordY_origine;epsg_origine"), "fr-en-annuaire-education"),
            (format!("{common};code_postal").to_lowercase(), "fr-en-annuaire-education"),
        ] {
            assert_eq!(recognised("file.csv", &header), Ok(dataset), "{header}");
        }
    }

    #[test]
    fn salaries_with_places_are_not_those_of_the_country() {
        let header = "millesime;voie;code_certification;salaire_12_mois_q1;salaire_12_mois_q2;salaire_12_mois_q3";
        assert_eq!(recognised("file.csv", header), Ok("dares-remunerations"));
        for place in ["uai", "code_region", "nb_annee_term"] {
            assert_ne!(recognised("file.csv", &format!("{header};{place}")), Ok("dares-remunerations"), "{place}");
        }
    }

    #[test]
    fn one_header_of_several_datasets_is_told_by_the_name_or_refused() {
        assert_eq!(recognised("fr-en-inserjeunes-cfa.csv", ETABLISSEMENT), Ok("fr-en-inserjeunes-cfa"));
        assert_eq!(recognised("FR-EN-inserjeunes-lycee_pro (1).csv", ETABLISSEMENT), Ok("fr-en-inserjeunes-lycee_pro"));
        assert!(recognised("export.csv", ETABLISSEMENT).unwrap_err().contains("several datasets"));
        let cfds = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE";
        assert_eq!(recognised("n_formation_diplome_enquete_51_.csv", cfds), Ok("n_formation_diplome_enquete_51"));
        assert_eq!(recognised("v_formation_diplome.csv", cfds), Ok("v_formation_diplome"));
        assert!(recognised("cfds.csv", cfds).is_err());
    }

    #[test]
    fn a_missing_column_is_named_with_its_spellings() {
        let message = recognised("x.csv", "millesime;voie;cfd;nb_sortant").unwrap_err();
        assert!(message.contains("«nb_annee_term»") && message.contains("found millesime, voie"), "{message}");
        let message = recognised("fr-en-inserjeunes-cfa.csv", "a;b").unwrap_err();
        assert!(message.contains("fr-en-inserjeunes-cfa") && message.contains("«Année»"), "{message}");
    }

    #[test]
    fn a_header_below_a_title_is_named_by_its_line() {
        let fields = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
        let unknown = || FileRefusal::Unknown { found: String::new(), known: String::new() };
        let below = vec![(2, fields("")), (3, fields(&format!("{ETABLISSEMENT};Dont apprentis en EPLE")))];
        assert!(matches!(beneath(unknown(), below.clone()), FileRefusal::TitleAboveHeader(3)));
        assert!(matches!(beneath(unknown(), vec![(2, fields("a;b"))]), FileRefusal::Unknown { .. }));
        assert!(matches!(beneath(FileRefusal::Empty, below), FileRefusal::Empty), "any other refusal stays");
    }

    #[test]
    fn insersup_with_labels_is_told_how_to_get_technical_names() {
        let labels = "Date du jeu;Région;Académie;Établissement;Type de diplôme;Libellé du diplôme;Obtention du \
                      diplôme;Genre;Nationalité;Régime d'inscription;Promotion;Nombre de sortants;Nombre de \
                      poursuivants;Nombre de sortants en emploi à 6 mois";
        for name in ["fr-esr-insersup.csv", "export.csv"] {
            let message = recognised(name, labels).unwrap_err();
            assert!(message.contains("technical names"), "{message}");
        }
        let technical = "date_jeu;reg_id;aca_id;uo_lib;etablissement;diplome;source";
        assert!(recognised("fr-esr-insersup.csv", technical).unwrap_err().contains("column missing"));
    }

    #[test]
    fn a_header_that_fits_nothing_is_unknown() {
        let message = recognised("prenoms.csv", "sexe;prenom;nombre").unwrap_err();
        assert!(message.starts_with("no known dataset"), "{message}");
    }
}
