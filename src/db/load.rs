//! Reading the sources back, whole, for the computation of a publication.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::DbError;
use crate::domain::sources::{
    Annuaire, AnnuaireRow, CatalogueRow, DiplomeRow, DiplomeSiseRow, EtablissementRow, GroupeRow, LienRow, MefRow,
    MesuresRow, NiveauRow, Sources, TableDiplomes, TypeDiplomeSiseRow,
};
use crate::domain::{
    CodeCertification, CodeRegion, FileId, Filiere, Lieu, Mesure, MesureEtablissement, Mesures, Millesime, Population,
    Position, Secteur, Uai,
};

/// A file whose rows are current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentFile {
    /// Its number.
    pub id: FileId,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// Reads every current source row and the list of the files, in one snapshot if `connection` is
/// in a REPEATABLE READ transaction.
///
/// # Errors
/// See [`DbError`].
pub(in crate::db) async fn sources(connection: &mut PgConnection) -> Result<(Sources, Vec<CurrentFile>), DbError> {
    let fichiers = files(connection).await?;
    let sources = Sources {
        mesures: statistiques(connection).await?,
        etablissements: etablissements(connection).await?,
        diplomes: diplomes(connection).await?,
        mefs: mefs(connection).await?,
        niveaux: niveaux(connection).await?,
        groupes: groupes(connection).await?,
        liens: liens(connection).await?,
        diplomes_sise: diplomes_sise(connection).await?,
        types_sise: types_sise(connection).await?,
        annuaires: annuaires(connection).await?,
        catalogue: catalogue(connection).await?,
    };
    Ok((sources, fichiers))
}

async fn files(connection: &mut PgConnection) -> Result<Vec<CurrentFile>, DbError> {
    let rows =
        sqlx::query!("SELECT id, sha256 FROM fichiers WHERE retire_le IS NULL ORDER BY id").fetch_all(connection);
    Ok(rows.await?.into_iter().map(|row| CurrentFile { id: FileId(row.id), sha256: row.sha256 }).collect())
}

/// One shared text per dataset instead of one per row.
#[derive(Default)]
struct Interned(HashMap<String, Arc<str>>);

impl Interned {
    fn get(&mut self, text: String) -> Arc<str> {
        Arc::clone(self.0.entry(text).or_insert_with_key(|text| Arc::from(text.as_str())))
    }
}

/// What was checked before it was stored and can be read no more: a corrupt database.
fn stored<T>(value: Option<T>, text: &str) -> Result<T, DbError> {
    value.ok_or_else(|| DbError::Corrupt(text.to_owned()))
}

pub(in crate::db) fn lieu(text: &str) -> Result<Lieu, DbError> {
    stored(Lieu::from_stored(text), text)
}

pub(in crate::db) fn code(text: &str) -> Result<CodeCertification, DbError> {
    stored(CodeCertification::from_stored(text), text)
}

pub(in crate::db) fn filiere(text: &str) -> Result<Filiere, DbError> {
    stored(Filiere::parse(text).ok(), text)
}

pub(in crate::db) fn millesime(text: &str) -> Result<Millesime, DbError> {
    stored(Millesime::parse(text).ok(), text)
}

pub(in crate::db) fn uai(text: &str) -> Result<Uai, DbError> {
    stored(Uai::from_stored(text), text)
}

/// The codes of a `text[]` column; a code of another shape is no code of ours and is dropped.
pub(in crate::db) fn codes(texts: &[String]) -> Vec<CodeCertification> {
    texts.iter().filter_map(|text| CodeCertification::from_stored(text)).collect()
}

/// The statistics of every dataset: InserJeunes and those of higher education.
async fn statistiques(connection: &mut PgConnection) -> Result<Vec<MesuresRow>, DbError> {
    let mut rows = mesures(connection).await?;
    rows.extend(insersup(connection).await?);
    Ok(rows)
}

async fn mesures(connection: &mut PgConnection) -> Result<Vec<MesuresRow>, DbError> {
    let mut rows = sqlx::query!("SELECT * FROM mesures").fetch(connection);
    let mut interned = Interned::default();
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let mut mesures = Mesures::default();
        // In the order of `Mesure::ALL`.
        let values = [
            row.nb_annee_term,
            row.nb_poursuite_etudes,
            row.nb_sortant,
            row.nb_en_emploi_6_mois,
            row.nb_en_emploi_12_mois,
            row.nb_en_emploi_18_mois,
            row.nb_en_emploi_24_mois,
            row.taux_poursuite_etudes,
            row.taux_emploi_6_mois,
            row.taux_emploi_12_mois,
            row.taux_emploi_18_mois,
            row.taux_emploi_24_mois,
            row.part_poursuite_etudes,
            row.part_en_emploi_6_mois,
            row.part_autres_situations_6_mois,
            row.taux_rupture_contrats,
            row.salaire_12_mois_q1,
            row.salaire_12_mois_q2,
            row.salaire_12_mois_q3,
        ];
        for (mesure, value) in Mesure::ALL.iter().zip(values) {
            if let Some(value) = value {
                mesures.set(*mesure, value);
            }
        }
        mesures.set_withheld_bits(row.non_diffusees);
        found.push(MesuresRow {
            lieu: lieu(&row.lieu)?,
            code: code(&row.code_certification)?,
            filiere: filiere(&row.filiere)?,
            millesime: millesime(&row.millesime)?,
            mesures,
            universites_seules: false,
            source: interned.get(row.dataset),
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

/// The statistics of higher education: the rows of InserSup that are not ventilated.
async fn insersup(connection: &mut PgConnection) -> Result<Vec<MesuresRow>, DbError> {
    let mut rows = sqlx::query!(
        "SELECT fichier_id, dataset, lieu, universites_seules, code_certification, millesime, nb_poursuite_etudes,
                nb_sortant, nb_en_emploi_6_mois, nb_en_emploi_12_mois, nb_en_emploi_18_mois, nb_en_emploi_24_mois,
                salaire_12_mois_q1, salaire_12_mois_q2, salaire_12_mois_q3, non_diffusees
         FROM insersup WHERE ensemble"
    )
    .fetch(connection);
    let mut interned = Interned::default();
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let mut mesures = Mesures::default();
        let values = [
            (Mesure::NbPoursuiteEtudes, row.nb_poursuite_etudes),
            (Mesure::NbSortant, row.nb_sortant),
            (Mesure::NbEnEmploi6Mois, row.nb_en_emploi_6_mois),
            (Mesure::NbEnEmploi12Mois, row.nb_en_emploi_12_mois),
            (Mesure::NbEnEmploi18Mois, row.nb_en_emploi_18_mois),
            (Mesure::NbEnEmploi24Mois, row.nb_en_emploi_24_mois),
            (Mesure::Salaire12MoisQ1, row.salaire_12_mois_q1),
            (Mesure::Salaire12MoisQ2, row.salaire_12_mois_q2),
            (Mesure::Salaire12MoisQ3, row.salaire_12_mois_q3),
        ];
        for (mesure, value) in values {
            if let Some(value) = value {
                mesures.set(mesure, value);
            }
        }
        mesures.set_withheld_bits(row.non_diffusees);
        found.push(MesuresRow {
            lieu: lieu(&row.lieu)?,
            code: code(&row.code_certification)?,
            filiere: Filiere::Superieur,
            millesime: millesime(&row.millesime)?,
            mesures,
            universites_seules: row.universites_seules,
            source: interned.get(row.dataset),
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

async fn etablissements(connection: &mut PgConnection) -> Result<Vec<EtablissementRow>, DbError> {
    let mut rows = sqlx::query!("SELECT * FROM mesures_etablissement").fetch(connection);
    let mut interned = Interned::default();
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        // In the order of `MesureEtablissement::ALL`.
        let valeurs: [Option<i32>; MesureEtablissement::COUNT] = [
            row.part_poursuite_etudes,
            row.part_en_emploi_6_mois,
            row.part_autres_situations_6_mois,
            row.taux_emploi_6_mois,
            row.taux_emploi_12_mois,
            row.taux_emploi_18_mois,
            row.taux_emploi_24_mois,
            row.taux_emploi_6_mois_attendu,
            row.valeur_ajoutee_emploi_6_mois,
            row.taux_rupture_contrats,
        ];
        found.push(EtablissementRow {
            uai: uai(&row.uai)?,
            filiere: filiere(&row.filiere)?,
            millesime: millesime(&row.millesime)?,
            population: stored(Population::parse(&row.dont_apprentis_eple).ok(), &row.dont_apprentis_eple)?,
            libelle: row.libelle,
            region: row.region.as_deref().and_then(CodeRegion::from_stored),
            valeurs,
            non_diffusees: row.non_diffusees,
            source: interned.get(row.dataset),
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

async fn diplomes(connection: &mut PgConnection) -> Result<Vec<DiplomeRow>, DbError> {
    let rows = sqlx::query!(
        "SELECT dataset, formation_diplome, niveau_formation_diplome, groupe_specialite, lettre_specialite,
                libelle_court, libelle_stat_33, libelle_long_200, date_ouverture, date_fermeture,
                date_premiere_session, date_derniere_session, anciens_diplomes, nouveaux_diplomes
         FROM formations_diplome ORDER BY fichier_id, ligne"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let table = match row.dataset.as_str() {
                "v_formation_diplome" => Some(TableDiplomes::V),
                "n_formation_diplome" => Some(TableDiplomes::N),
                "n_formation_diplome_enquete_51" => Some(TableDiplomes::Enquete51),
                _ => None,
            };
            Ok(DiplomeRow {
                table: stored(table, &row.dataset)?,
                cfd: code(&row.formation_diplome)?,
                niveau: row.niveau_formation_diplome,
                groupe_specialite: row.groupe_specialite,
                lettre_specialite: row.lettre_specialite,
                libelle_court: row.libelle_court,
                libelle_stat_33: row.libelle_stat_33,
                libelle_long: row.libelle_long_200,
                date_ouverture: row.date_ouverture,
                date_fermeture: row.date_fermeture,
                premiere_session: row.date_premiere_session,
                derniere_session: row.date_derniere_session,
                anciens: codes(&row.anciens_diplomes),
                nouveaux: codes(&row.nouveaux_diplomes),
            })
        })
        .collect()
}

async fn mefs(connection: &mut PgConnection) -> Result<Vec<MefRow>, DbError> {
    let rows = sqlx::query!(
        "SELECT mef_stat_11, formation_diplome, dispositif_formation, annee_dispositif, libelle_long, date_ouverture,
                date_fermeture
         FROM mefs ORDER BY fichier_id, ligne"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MefRow {
                code: code(&row.mef_stat_11)?,
                cfd: code(&row.formation_diplome)?,
                dispositif: row.dispositif_formation,
                annee: row.annee_dispositif,
                libelle_long: row.libelle_long,
                date_ouverture: row.date_ouverture,
                date_fermeture: row.date_fermeture,
            })
        })
        .collect()
}

async fn niveaux(connection: &mut PgConnection) -> Result<Vec<NiveauRow>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT niveau_formation_diplome AS niveau, libelle_court AS "libelle_court!"
           FROM niveaux_formation_diplome WHERE libelle_court IS NOT NULL ORDER BY fichier_id, ligne"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| NiveauRow { niveau: row.niveau, libelle_court: row.libelle_court }).collect())
}

async fn groupes(connection: &mut PgConnection) -> Result<Vec<GroupeRow>, DbError> {
    let rows = sqlx::query_as!(
        GroupeRow,
        "SELECT groupe_formation AS groupe, libelle_edition AS libelle FROM groupes_formation ORDER BY fichier_id, ligne"
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn liens(connection: &mut PgConnection) -> Result<Vec<LienRow>, DbError> {
    let rows = sqlx::query!(
        "SELECT groupe_formation, formation_diplome FROM liens_formation_groupe ORDER BY fichier_id, ligne"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok(LienRow { groupe: row.groupe_formation, cfd: code(&row.formation_diplome)? }))
        .collect()
}

async fn diplomes_sise(connection: &mut PgConnection) -> Result<Vec<DiplomeSiseRow>, DbError> {
    let rows = sqlx::query!(
        "SELECT diplome_sise, type_diplome_sise, libelle_intitule_1, date_ouverture, date_fermeture
         FROM diplomes_sise ORDER BY fichier_id, ligne"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DiplomeSiseRow {
                code: code(&row.diplome_sise)?,
                type_diplome: row.type_diplome_sise,
                libelle: row.libelle_intitule_1,
                date_ouverture: row.date_ouverture,
                date_fermeture: row.date_fermeture,
            })
        })
        .collect()
}

async fn types_sise(connection: &mut PgConnection) -> Result<Vec<TypeDiplomeSiseRow>, DbError> {
    let rows = sqlx::query_as!(
        TypeDiplomeSiseRow,
        "SELECT type_diplome_sise AS type_diplome, niveau_interministeriel, libelle_court
         FROM types_diplome_sise ORDER BY fichier_id, ligne"
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn annuaires(connection: &mut PgConnection) -> Result<Vec<AnnuaireRow>, DbError> {
    let mut rows = sqlx::query!("SELECT * FROM annuaire ORDER BY fichier_id, ligne").fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let annuaire = match row.dataset.as_str() {
            "acce_etablissements" => Annuaire::Acce,
            "fr-en-annuaire-education" => Annuaire::Education,
            _ => Annuaire::Geolocalisation,
        };
        let position = row.latitude.zip(row.longitude).map(|(latitude, longitude)| Position { latitude, longitude });
        found.push(AnnuaireRow {
            annuaire,
            uai: uai(&row.uai)?,
            nom: row.nom,
            adresse: row.adresse,
            code_postal: row.code_postal,
            commune: row.commune,
            departement: row.departement,
            academie: row.academie,
            region: row.region.as_deref().and_then(CodeRegion::from_stored),
            position,
            secteur: row.secteur.as_deref().and_then(|secteur| Secteur::parse(secteur).ok()),
            site_web: row.site_web,
        });
    }
    Ok(found)
}

async fn catalogue(connection: &mut PgConnection) -> Result<Vec<CatalogueRow>, DbError> {
    let mut rows = sqlx::query!(
        "SELECT cfd, uai_formation, uai_formateur, uai_gestionnaire FROM catalogue_apprentissage ORDER BY fichier_id, ligne"
    )
    .fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let optional = |text: Option<String>| text.as_deref().map(uai).transpose();
        found.push(CatalogueRow {
            cfd: code(&row.cfd)?,
            lieu: optional(row.uai_formation)?,
            formateur: optional(row.uai_formateur)?,
            gestionnaire: optional(row.uai_gestionnaire)?,
        });
    }
    Ok(found)
}
