//! Reading the certifications of a publication.

use std::collections::BTreeSet;

use sqlx::types::chrono::NaiveDate;

use super::{Db, DbError};
use crate::domain::{Certification, CodeCertification, Diplome, Famille, Nomenclature, Uai};

/// A row of `certifications`.
#[derive(sqlx::FromRow)]
pub(in crate::db) struct CertificationSqlRow {
    code_certification: CodeCertification,
    cfd: Option<CodeCertification>,
    libelle: String,
    libelle_ancien: Option<String>,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_ouverture: Option<NaiveDate>,
    date_fermeture: Option<NaiveDate>,
    premiere_session: Option<i16>,
    derniere_session: Option<i16>,
    duree_dispositif: Option<i16>,
    annee_dispositif: Option<i16>,
    libelle_nomenclature: Option<String>,
    niveau_formation_diplome: Option<String>,
    groupe_specialite: Option<String>,
    lettre_specialite: Option<String>,
    famille_code: Option<String>,
    famille_libelle: Option<String>,
    annee_commune: bool,
    anciens: Vec<CodeCertification>,
    nouveaux: Vec<CodeCertification>,
}

impl From<CertificationSqlRow> for Certification {
    fn from(row: CertificationSqlRow) -> Self {
        let famille = row.famille_code.zip(row.famille_libelle);
        Self {
            code: row.code_certification,
            cfd: row.cfd,
            libelle: row.libelle,
            libelle_ancien: row.libelle_ancien,
            diplome: row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle }),
            date_ouverture: row.date_ouverture,
            date_fermeture: row.date_fermeture,
            premiere_session: row.premiere_session,
            derniere_session: row.derniere_session,
            duration: row.duree_dispositif,
            annee: row.annee_dispositif,
            nomenclature: Nomenclature {
                libelle: row.libelle_nomenclature,
                niveau: row.niveau_formation_diplome,
                groupe_specialite: row.groupe_specialite,
                lettre_specialite: row.lettre_specialite,
            },
            famille: famille.map(|(code, libelle)| Famille { code, libelle, annee_commune: row.annee_commune }),
            anciens: row.anciens,
            nouveaux: row.nouveaux,
        }
    }
}

/// A famille de métiers and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilleMetier {
    /// GROUPE_FORMATION.
    pub code: String,
    /// LIBELLE_EDITION.
    pub libelle: String,
    /// The codes of its common first year.
    pub annees_communes: Vec<CodeCertification>,
    /// How many codes belong to it.
    pub certifications: i64,
}

impl Db {
    /// The familles de métiers, by code; or the one of a code.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn familles_metiers(
        &self,
        publication: i32,
        famille: Option<&str>,
    ) -> Result<Vec<FamilleMetier>, DbError> {
        let rows = sqlx::query_as!(
            FamilleMetier,
            r#"SELECT famille_code AS "code!", min(famille_libelle) AS "libelle!", count(*) AS "certifications!",
                      coalesce(array_agg(code_certification ORDER BY code_certification) FILTER (WHERE annee_commune), '{}')
                          AS "annees_communes!: Vec<CodeCertification>"
               FROM certifications
               WHERE publication_id = $1 AND famille_code IS NOT NULL AND famille_code = coalesce($2, famille_code)
               GROUP BY famille_code ORDER BY famille_code"#,
            publication,
            famille
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// Which of some codes a nomenclature has, and of which of some UAIs there is an établissement, with
    /// one statement.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn known(
        &self,
        publication: i32,
        codes: &[CodeCertification],
        uais: &[Uai],
    ) -> Result<(BTreeSet<CodeCertification>, BTreeSet<Uai>), DbError> {
        let row = sqlx::query!(
            r#"SELECT ARRAY(SELECT code_certification FROM certifications
                            WHERE publication_id = $1 AND code_certification = ANY($2))
                          AS "codes!: Vec<CodeCertification>",
                      ARRAY(SELECT uai FROM etablissements WHERE publication_id = $1 AND uai = ANY($3))
                          AS "uais!: Vec<Uai>""#,
            publication,
            codes as _,
            uais as _
        );
        let rows = self.reserve.run(async |connection| row.fetch_all(connection).await).await?;
        let row = rows.into_iter().next().ok_or(sqlx::Error::RowNotFound)?;
        Ok((row.codes.into_iter().collect(), row.uais.into_iter().collect()))
    }

    /// What the publication says of a code; `None` when no nomenclature has it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn certification(
        &self,
        publication: i32,
        code: CodeCertification,
    ) -> Result<Option<Certification>, DbError> {
        let row = sqlx::query_as!(
            CertificationSqlRow,
            r#"SELECT code_certification AS "code_certification: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture, date_fermeture,
                      premiere_session, derniere_session, duree_dispositif, annee_dispositif, libelle_nomenclature,
                      niveau_formation_diplome,
                      groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune,
                      anciens AS "anciens: Vec<CodeCertification>", nouveaux AS "nouveaux: Vec<CodeCertification>"
               FROM certifications WHERE publication_id = $1 AND code_certification = $2"#,
            publication,
            code as _
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(Certification::from))
    }

    /// Every code of the nomenclatures, on the connections whose statements may take their time.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub(in crate::db) async fn all_certifications(&self, publication: i32) -> Result<Vec<Certification>, DbError> {
        let rows = sqlx::query_as!(
            CertificationSqlRow,
            r#"SELECT code_certification AS "code_certification: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture, date_fermeture,
                      premiere_session, derniere_session, duree_dispositif, annee_dispositif, libelle_nomenclature,
                      niveau_formation_diplome, groupe_specialite, lettre_specialite, famille_code, famille_libelle,
                      annee_commune, anciens AS "anciens: Vec<CodeCertification>",
                      nouveaux AS "nouveaux: Vec<CodeCertification>"
               FROM certifications WHERE publication_id = $1"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?.into_iter().map(Certification::from).collect())
    }

    /// One page of the CFDs and MEFSTAT11s of the nomenclatures, by code.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn nomenclature_legacy(
        &self,
        publication: i32,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Certification>, DbError> {
        let rows = sqlx::query_as!(
            CertificationSqlRow,
            r#"SELECT code_certification AS "code_certification: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture, date_fermeture,
                      premiere_session, derniere_session, duree_dispositif, annee_dispositif, libelle_nomenclature,
                      niveau_formation_diplome,
                      groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune,
                      anciens AS "anciens: Vec<CodeCertification>", nouveaux AS "nouveaux: Vec<CodeCertification>"
               FROM certifications WHERE publication_id = $1 AND type <> 'sise'
               ORDER BY code_certification OFFSET $2 LIMIT $3"#,
            publication,
            offset,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(Certification::from).collect())
    }

    /// How many CFDs and MEFSTAT11s the nomenclatures have.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_nomenclature_legacy(&self, publication: i32) -> Result<u64, DbError> {
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!" FROM certifications WHERE publication_id = $1 AND type <> 'sise'"#,
            publication
        )
        .fetch_one(&self.read)
        .await?;
        Ok(u64::try_from(total).unwrap_or(0))
    }
}
