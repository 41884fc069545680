//! Reading the statistics of a publication.
//!
//! The hot path is [`Db::statistiques_au_lieu`]: one range of the primary key. Which of the rows
//! answers (millésime, filière) is decided by the caller, so that one prepared statement serves
//! every form of the question.

use sqlx::types::chrono::NaiveDate;

use super::load::{code, filiere, lieu, millesime};
use super::{Db, DbError};
use crate::domain::{
    CodeCertification, Diplome, FichierId, Figures, Filiere, Indicateur, Lieu, Maille, Millesime, Origine, Statistique,
    TypeOrigine,
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
    sans_perspectives: Option<bool>,
    origine: String,
    source: String,
    fichier_id: Option<i64>,
    cellules_incluses: Option<i32>,
    cellules_total: Option<i32>,
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

impl TryFrom<Row> for StatistiqueNommee {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let code = code(&row.code_certification)?;
        let statistique = Statistique {
            lieu: lieu(&row.lieu)?,
            code,
            filiere: filiere(&row.filiere)?,
            millesime: millesime(&row.millesime)?,
            figures: Figures::unpack(row.values(), row.absences),
            sans_perspectives: row.sans_perspectives,
            origine: Origine {
                type_origine: TypeOrigine::parse(&row.origine).map_err(|_| DbError::Corrupt(row.origine))?,
                source: row.source.into(),
                fichier: row.fichier_id.map(FichierId),
                cellules_incluses: row.cellules_incluses,
                cellules_total: row.cellules_total,
            },
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
                    s.sans_perspectives, s.origine, s.source, s.fichier_id, s.cellules_incluses, s.cellules_total,
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
