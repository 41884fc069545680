//! Reading the certifications of a publication.

use sqlx::types::chrono::NaiveDate;

use super::load::{code, codes};
use super::{Db, DbError};
use crate::domain::{Certification, CodeCertification, Diplome, Famille, Nomenclature};

/// A row of `certifications`.
#[derive(sqlx::FromRow)]
pub(in crate::db) struct Row {
    code_certification: String,
    cfd: Option<String>,
    libelle: String,
    libelle_ancien: Option<String>,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_ouverture: Option<NaiveDate>,
    date_fermeture: Option<NaiveDate>,
    premiere_session: Option<i16>,
    derniere_session: Option<i16>,
    libelle_nomenclature: Option<String>,
    niveau_formation_diplome: Option<String>,
    groupe_specialite: Option<String>,
    lettre_specialite: Option<String>,
    famille_code: Option<String>,
    famille_libelle: Option<String>,
    annee_commune: bool,
    anciens: Vec<String>,
    nouveaux: Vec<String>,
}

impl TryFrom<Row> for Certification {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let famille = row.famille_code.zip(row.famille_libelle);
        Ok(Self {
            code: code(&row.code_certification)?,
            cfd: row.cfd.as_deref().and_then(CodeCertification::from_stored),
            libelle: row.libelle,
            libelle_ancien: row.libelle_ancien,
            diplome: row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle }),
            date_ouverture: row.date_ouverture,
            date_fermeture: row.date_fermeture,
            premiere_session: row.premiere_session,
            derniere_session: row.derniere_session,
            nomenclature: Nomenclature {
                libelle: row.libelle_nomenclature,
                niveau: row.niveau_formation_diplome,
                groupe_specialite: row.groupe_specialite,
                lettre_specialite: row.lettre_specialite,
            },
            famille: famille.map(|(code, libelle)| Famille { code, libelle, annee_commune: row.annee_commune }),
            anciens: codes(&row.anciens),
            nouveaux: codes(&row.nouveaux),
        })
    }
}

impl Db {
    /// What the publication says of a code; `None` when no nomenclature has it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn certification(
        &self,
        publication: i32,
        code: CodeCertification,
    ) -> Result<Option<Certification>, DbError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT code_certification, cfd, libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture,
                    date_fermeture, premiere_session, derniere_session, libelle_nomenclature, niveau_formation_diplome,
                    groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune, anciens, nouveaux
             FROM certifications WHERE publication_id = $1 AND code_certification = $2",
            publication,
            code.as_str()
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(Certification::try_from).transpose()
    }

    /// One page of the CFDs and MEFSTAT11s of the nomenclatures, by code.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn nomenclature_legacy(
        &self,
        publication: i32,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Certification>, DbError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT code_certification, cfd, libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture,
                    date_fermeture, premiere_session, derniere_session, libelle_nomenclature, niveau_formation_diplome,
                    groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune, anciens, nouveaux
             FROM certifications WHERE publication_id = $1 AND type <> 'sise'
             ORDER BY code_certification OFFSET $2 LIMIT $3",
            publication,
            offset,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(Certification::try_from).collect()
    }

    /// How many CFDs and MEFSTAT11s the nomenclatures have.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn total_nomenclature_legacy(&self, publication: i32) -> Result<u64, DbError> {
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!" FROM certifications WHERE publication_id = $1 AND type <> 'sise'"#,
            publication
        )
        .fetch_one(&self.read)
        .await?;
        Ok(u64::try_from(total).unwrap_or(0))
    }
}
