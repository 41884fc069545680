//! Reading a publication for the matching of catalogues: whole, once, in compact rows.

use futures_util::TryStreamExt as _;

use super::{Db, DbError};
use crate::domain::crosswalk::{CodeLink, Relation};
use crate::domain::matching::{KnownPlace, PairEntry, PairFigures};
use crate::domain::sources::{AttachmentRow, CatalogueRow};
use crate::domain::valeur::unpack;
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Dataset, FileId, Filiere, Indicateur, Lieu, Millesime, PlatformCode,
    RoleUai, Statistique, TypeOrigine, Uai,
};

/// Everything of a publication that matching needs beside its entries.
#[derive(Debug, Clone, Default)]
pub struct PublishedTables {
    /// Every code of the nomenclatures.
    pub certifications: Vec<Certification>,
    /// Every établissement that is known.
    pub places: Vec<KnownPlace>,
    /// What sources say of two codes.
    pub links: Vec<CodeLink>,
    /// Daughters and mothers.
    pub attachments: Vec<AttachmentRow>,
    /// The catalogue of apprenticeship.
    pub catalogue: Vec<CatalogueRow>,
}

impl Db {
    /// The tables of a publication that are not statistics. They are read whole, on the connections
    /// whose statements may take their time.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn published_tables(&self, publication: i32) -> Result<PublishedTables, DbError> {
        Ok(PublishedTables {
            certifications: self.all_certifications(publication).await?,
            places: self.all_places(publication).await?,
            links: self.all_links(publication).await?,
            attachments: self.all_attachments(publication).await?,
            catalogue: self.whole_catalogue(publication).await?,
        })
    }

    async fn all_places(&self, publication: i32) -> Result<Vec<KnownPlace>, DbError> {
        let rows = sqlx::query_as!(
            KnownPlace,
            r#"SELECT uai AS "uai: Uai", region AS "region: CodeRegion" FROM etablissements WHERE publication_id = $1"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    async fn all_links(&self, publication: i32) -> Result<Vec<CodeLink>, DbError> {
        let rows = sqlx::query!(
            r#"SELECT code AS "code: PlatformCode", code_lie AS "code_lie: PlatformCode",
                      relation AS "relation: Relation", duree, source AS "source: Dataset", fichier_id, ligne
               FROM liens_codes WHERE publication_id = $1"#,
            publication
        );
        let rows = rows.fetch_all(&self.write).await?;
        let link = rows.into_iter().map(|row| CodeLink {
            from: row.code,
            to: row.code_lie,
            relation: row.relation,
            duration: row.duree,
            source: row.source,
            fichier: FileId(row.fichier_id),
            line: row.ligne,
        });
        Ok(link.collect())
    }

    async fn all_attachments(&self, publication: i32) -> Result<Vec<AttachmentRow>, DbError> {
        let rows = sqlx::query_as!(
            AttachmentRow,
            r#"SELECT uai AS "uai: Uai", uai_mere AS "mother: Uai" FROM liens_uai WHERE publication_id = $1"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    async fn whole_catalogue(&self, publication: i32) -> Result<Vec<CatalogueRow>, DbError> {
        let rows = sqlx::query_as!(
            CatalogueRow,
            r#"SELECT cfd AS "cfd: CodeCertification", uai_formation AS "lieu: Uai", uai_formateur AS "formateur: Uai",
                      uai_gestionnaire AS "gestionnaire: Uai", cle_ministere AS ministry_key
               FROM lieux_apprentissage WHERE publication_id = $1"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    /// Gives every entry of a publication to `each`, one after the other: nobody holds all of them.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn each_pair(&self, publication: i32, mut each: impl FnMut(PairEntry)) -> Result<(), DbError> {
        let mut rows = sqlx::query!(
            r#"SELECT lieu AS "lieu: Lieu", code_certification AS "code: CodeCertification", filiere AS "filiere: Filiere",
                      millesime AS "millesime: Millesime", nb_annee_term, part_en_emploi_6_mois, part_poursuite_etudes,
                      part_autres_situations_6_mois, absences, sans_perspectives, origine AS "origine: TypeOrigine",
                      code_origine AS "code_origine: CodeCertification", uai_origine AS "uai_origine: Uai",
                      role_origine AS "role_origine: RoleUai", nullif(source, '') AS "source: Dataset",
                      cellules_incluses, cellules_total, role_uai AS "role_uai: RoleUai",
                      certifications_terminales AS "terminales: Vec<CodeCertification>"
               FROM statistiques WHERE publication_id = $1"#,
            publication
        )
        .fetch(&self.write);
        while let Some(row) = rows.try_next().await? {
            let value = |column, indicateur: Indicateur| unpack(column, row.absences, indicateur as usize);
            let columns = [row.part_en_emploi_6_mois, row.part_poursuite_etudes, row.part_autres_situations_6_mois];
            let [emploi, poursuite, others] = Statistique::AT_SIX_MONTHS;
            let [a, b, c] = columns;
            let figures = PairFigures {
                filiere: row.filiere,
                millesime: row.millesime,
                effectif: value(row.nb_annee_term, Indicateur::NbAnneeTerm),
                parts: [value(a, emploi), value(b, poursuite), value(c, others)],
                sans_perspectives: row.sans_perspectives,
                origine: row.origine,
                code_origine: row.code_origine.unwrap_or(row.code),
                uai_origine: row.uai_origine.zip(row.role_origine),
                source: row.source,
                cellules: row.cellules_incluses.zip(row.cellules_total),
                role: row.role_uai,
            };
            each(PairEntry {
                lieu: row.lieu,
                code: row.code,
                figures: Some(figures).filter(|figures| figures.origine != TypeOrigine::AnneeTerminale),
                terminales: row.terminales.unwrap_or_default(),
                filiere: row.filiere,
                millesime: row.millesime,
            });
        }
        Ok(())
    }
}
