//! Reading the statistics of a publication.
//!
//! The hot path is [`Db::statistiques_au_lieu`]: one range of the primary key. Which of the rows
//! answers (millésime, filière) is decided by the caller, so that one prepared statement serves
//! every form of the question.

use std::sync::Arc;

use sqlx::types::chrono::NaiveDate;

use super::load::{code, codes, filiere, lieu, millesime, uai};
use super::{Db, DbError};
use crate::domain::{
    CodeCertification, Contexte, Diplome, FichierId, Figures, Filiere, Indicateur, Invalide, Lieu, Maille, Millesime,
    Origine, RoleUai, Roles, Statistique, TypeOrigine, Uai,
};

/// What a statistic's answer says of its certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeCertification {
    /// Its code.
    pub code: CodeCertification,
    /// Long label.
    pub libelle: String,
    /// Kind and level.
    pub diplome: Option<Diplome>,
    /// Closing day.
    pub date_fermeture: Option<NaiveDate>,
}

/// A statistic and its certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatistiqueNommee {
    /// The statistic.
    pub statistique: Statistique,
    /// The certification.
    pub certification: ResumeCertification,
}

/// A filière and the millésime of it that a list shows.
pub type Tranche = (Filiere, Millesime);

/// A row of `statistiques` with the names of its certification.
#[derive(sqlx::FromRow)]
pub(in crate::db) struct Row {
    lieu: String,
    code_certification: String,
    filiere: String,
    millesime: String,
    nb_annee_term: Option<i32>,
    nb_poursuite_etudes: Option<i32>,
    nb_sortant: Option<i32>,
    nb_en_emploi_6_mois: Option<i32>,
    nb_en_emploi_12_mois: Option<i32>,
    nb_en_emploi_18_mois: Option<i32>,
    nb_en_emploi_24_mois: Option<i32>,
    part_poursuite_etudes: Option<i32>,
    part_en_emploi_6_mois: Option<i32>,
    part_en_emploi_12_mois: Option<i32>,
    part_en_emploi_18_mois: Option<i32>,
    part_en_emploi_24_mois: Option<i32>,
    part_autres_situations_6_mois: Option<i32>,
    part_autres_situations_12_mois: Option<i32>,
    part_autres_situations_18_mois: Option<i32>,
    part_autres_situations_24_mois: Option<i32>,
    taux_emploi_6_mois: Option<i32>,
    taux_emploi_12_mois: Option<i32>,
    taux_emploi_18_mois: Option<i32>,
    taux_emploi_24_mois: Option<i32>,
    taux_rupture_contrats: Option<i32>,
    salaire_12_mois_q1: Option<i32>,
    salaire_12_mois_q2: Option<i32>,
    salaire_12_mois_q3: Option<i32>,
    absences: i64,
    presentes: i32,
    sans_perspectives: Option<bool>,
    origine: String,
    code_origine: Option<String>,
    uai_origine: Option<String>,
    role_origine: Option<String>,
    source: String,
    fichier_id: Option<i64>,
    cellules_incluses: Option<i32>,
    cellules_total: Option<i32>,
    role_uai: Option<String>,
    lieux_formation: Option<Vec<String>>,
    formateurs: Option<Vec<String>>,
    gestionnaires: Option<Vec<String>>,
    certifications_terminales: Option<Vec<String>>,
    contexte_region: Option<i32>,
    contexte_france: Option<i32>,
    evolution_millesime: Option<String>,
    evolution_ecart: Option<i32>,
    rang_region: Option<i32>,
    rang_region_sur: Option<i32>,
    libelle: String,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
}

impl Row {
    /// The figures, in the order of [`Indicateur::ALL`].
    fn values(&self) -> [Option<i32>; Indicateur::COUNT] {
        [
            self.nb_annee_term,
            self.nb_poursuite_etudes,
            self.nb_sortant,
            self.nb_en_emploi_6_mois,
            self.nb_en_emploi_12_mois,
            self.nb_en_emploi_18_mois,
            self.nb_en_emploi_24_mois,
            self.part_poursuite_etudes,
            self.part_en_emploi_6_mois,
            self.part_en_emploi_12_mois,
            self.part_en_emploi_18_mois,
            self.part_en_emploi_24_mois,
            self.part_autres_situations_6_mois,
            self.part_autres_situations_12_mois,
            self.part_autres_situations_18_mois,
            self.part_autres_situations_24_mois,
            self.taux_emploi_6_mois,
            self.taux_emploi_12_mois,
            self.taux_emploi_18_mois,
            self.taux_emploi_24_mois,
            self.taux_rupture_contrats,
            self.salaire_12_mois_q1,
            self.salaire_12_mois_q2,
            self.salaire_12_mois_q3,
        ]
    }
}

impl Row {
    fn origine(&self, own: CodeCertification) -> Result<Origine, DbError> {
        let uai = match (&self.uai_origine, &self.role_origine) {
            (Some(text), Some(role)) => Some((uai(text)?, closed(role, RoleUai::parse)?)),
            _ => None,
        };
        Ok(Origine {
            type_origine: closed(&self.origine, TypeOrigine::parse)?,
            code: self.code_origine.as_deref().map_or(Ok(own), code)?,
            uai,
            source: self.source.as_str().into(),
            fichier: self.fichier_id.map(FichierId),
            cellules: self.cellules_incluses.zip(self.cellules_total),
        })
    }

    fn roles(&self) -> Result<Option<Roles>, DbError> {
        let Some(role) = &self.role_uai else { return Ok(None) };
        Ok(Some(Roles {
            role: closed(role, RoleUai::parse)?,
            lieux_formation: uais(self.lieux_formation.as_deref())?,
            formateurs: uais(self.formateurs.as_deref())?,
            gestionnaires: uais(self.gestionnaires.as_deref())?,
        }))
    }

    fn contexte(&self) -> Result<Contexte, DbError> {
        let previous = self.evolution_millesime.as_deref().map(millesime).transpose()?;
        Ok(Contexte {
            region: self.contexte_region,
            france: self.contexte_france,
            evolution: previous.zip(self.evolution_ecart),
            rang: self.rang_region.zip(self.rang_region_sur),
        })
    }
}

/// A word of a closed list as the database holds it.
fn closed<T>(text: &str, parse: fn(&str) -> Result<T, Invalide>) -> Result<T, DbError> {
    parse(text).map_err(|_| DbError::Corrupt(text.to_owned()))
}

fn uais(texts: Option<&[String]>) -> Result<Option<Vec<Uai>>, DbError> {
    texts.map(|texts| texts.iter().map(|text| uai(text)).collect()).transpose()
}

impl TryFrom<Row> for StatistiqueNommee {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let code = code(&row.code_certification)?;
        let statistique = Statistique {
            lieu: lieu(&row.lieu)?,
            code,
            filiere: filiere(&row.filiere)?,
            millesime: millesime(&row.millesime)?,
            figures: Arc::new(Figures::unpack(row.values(), row.absences)),
            presentes: row.presentes,
            sans_perspectives: row.sans_perspectives,
            origine: row.origine(code)?,
            roles: row.roles()?,
            terminales: row.certifications_terminales.as_deref().map(codes).unwrap_or_default(),
            contexte: row.contexte()?,
        };
        let diplome = row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle });
        let certification =
            ResumeCertification { code, libelle: row.libelle, diplome, date_fermeture: row.date_fermeture };
        Ok(Self { statistique, certification })
    }
}

pub(in crate::db) fn nommees(rows: Vec<Row>) -> Result<Vec<StatistiqueNommee>, DbError> {
    rows.into_iter().map(StatistiqueNommee::try_from).collect()
}

/// Splits tranches into the two arrays that SQL takes.
pub(in crate::db) fn columns(tranches: &[Tranche]) -> (Vec<String>, Vec<String>) {
    tranches.iter().map(|(filiere, millesime)| (filiere.to_string(), millesime.to_string())).unzip()
}

impl Db {
    /// Every statistic of a certification at one place: all millésimes, the latest first, and all
    /// filières.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn statistiques_au_lieu(
        &self,
        publication: i32,
        lieu: Lieu,
        code: CodeCertification,
    ) -> Result<Vec<StatistiqueNommee>, DbError> {
        let query = sqlx::query_as!(
            Row,
            "SELECT s.lieu, s.code_certification, s.filiere, s.millesime, s.nb_annee_term, s.nb_poursuite_etudes,
                    s.nb_sortant, s.nb_en_emploi_6_mois, s.nb_en_emploi_12_mois, s.nb_en_emploi_18_mois,
                    s.nb_en_emploi_24_mois, s.part_poursuite_etudes, s.part_en_emploi_6_mois,
                    s.part_en_emploi_12_mois, s.part_en_emploi_18_mois, s.part_en_emploi_24_mois,
                    s.part_autres_situations_6_mois, s.part_autres_situations_12_mois,
                    s.part_autres_situations_18_mois, s.part_autres_situations_24_mois, s.taux_emploi_6_mois,
                    s.taux_emploi_12_mois, s.taux_emploi_18_mois, s.taux_emploi_24_mois, s.taux_rupture_contrats,
                    s.salaire_12_mois_q1, s.salaire_12_mois_q2, s.salaire_12_mois_q3, s.absences,
                    s.presentes, s.sans_perspectives, s.origine, s.code_origine, s.uai_origine, s.role_origine,
                    s.source, s.fichier_id, s.cellules_incluses, s.cellules_total, s.role_uai, s.lieux_formation,
                    s.formateurs, s.gestionnaires, s.certifications_terminales, s.contexte_region,
                    s.contexte_france, s.evolution_millesime, s.evolution_ecart, s.rang_region, s.rang_region_sur,
                    c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture
             FROM statistiques s
             JOIN certifications c USING (publication_id, code_certification)
             WHERE s.publication_id = $1 AND s.lieu = $2 AND s.code_certification = $3
             ORDER BY right(s.millesime, 4) DESC, s.millesime DESC, s.filiere",
            publication,
            lieu.as_str(),
            code.as_str()
        );
        let rows = self.reserve.run(async |connection| query.fetch_all(connection).await).await?;
        nommees(rows)
    }

    /// Where and when there are statistics of a certification: France, then régions, then
    /// établissements, each the latest first; at most `limit`.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn ou_et_quand(
        &self,
        publication: i32,
        code: CodeCertification,
        limit: i64,
    ) -> Result<Vec<(Lieu, Filiere, Millesime)>, DbError> {
        let rows = sqlx::query!(
            "SELECT lieu, filiere, millesime FROM statistiques
             WHERE publication_id = $1 AND code_certification = $2
             ORDER BY length(lieu), right(millesime, 4) DESC, lieu, filiere LIMIT $3",
            publication,
            code.as_str(),
            limit
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(|row| Ok((lieu(&row.lieu)?, filiere(&row.filiere)?, millesime(&row.millesime)?))).collect()
    }

    /// Whether the publication has any statistic of a maille for a certification.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn has_statistiques(
        &self,
        publication: i32,
        code: CodeCertification,
        maille: Maille,
    ) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM statistiques
               WHERE publication_id = $1 AND code_certification = $2 AND maille = $3) AS "found!""#,
            publication,
            code.as_str(),
            maille.as_str()
        );
        Ok(found.fetch_one(&self.read).await?)
    }
}
