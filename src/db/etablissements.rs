//! Reading the établissements of a publication.

use super::load::{filiere, millesime, uai};
use super::{Db, DbError};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::valeur::unpack;
use crate::domain::{
    CodeRegion, Etablissement, FileId, MesureEtablissement, MesuresEtablissement, OrigineLieu, Population, Position,
    Secteur, Uai, Valeur,
};

#[derive(sqlx::FromRow)]
pub(in crate::db) struct EtablissementSqlRow {
    uai: String,
    nom: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    region: Option<String>,
    academie: Option<String>,
    departement: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    secteur: Option<String>,
    site_web: Option<String>,
    origine_lieu: String,
    avec_statistiques: bool,
}

impl TryFrom<EtablissementSqlRow> for Etablissement {
    type Error = DbError;

    fn try_from(row: EtablissementSqlRow) -> Result<Self, DbError> {
        let departement = row.departement.as_deref().and_then(Departement::from_code);
        Ok(Self {
            uai: uai(&row.uai)?,
            nom: row.nom,
            adresse: row.adresse,
            code_postal: row.code_postal,
            commune: row.commune,
            region: row.region.as_deref().and_then(CodeRegion::from_stored),
            academie: row.academie.as_deref().and_then(Academie::from_code),
            departement,
            position: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Position { latitude, longitude }),
            secteur: row.secteur.as_deref().and_then(|secteur| Secteur::parse(secteur).ok()),
            site_web: row.site_web,
            origine_lieu: OrigineLieu::parse(&row.origine_lieu).map_err(|_| DbError::Corrupt(row.origine_lieu))?,
            avec_statistiques: row.avec_statistiques,
        })
    }
}

impl Db {
    /// Who and where an établissement is; `None` when nothing is published of it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn etablissement(&self, publication: i32, uai: Uai) -> Result<Option<Etablissement>, DbError> {
        let row = sqlx::query_as!(
            EtablissementSqlRow,
            "SELECT uai, nom, adresse, code_postal, commune, region, academie, departement, latitude, longitude, secteur,
                    site_web, origine_lieu, avec_statistiques
             FROM etablissements WHERE publication_id = $1 AND uai = $2",
            publication,
            uai.as_str()
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(Etablissement::try_from).transpose()
    }

    /// The figures of an établissement as a whole: every millésime (the latest first), filière and
    /// population.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn statistiques_etablissement(
        &self,
        publication: i32,
        uai: Uai,
    ) -> Result<Vec<MesuresEtablissement>, DbError> {
        let rows = sqlx::query!(
            "SELECT uai, filiere, millesime, dont_apprentis_eple, part_poursuite_etudes, part_en_emploi_6_mois,
                    part_autres_situations_6_mois, taux_emploi_6_mois, taux_emploi_12_mois, taux_emploi_18_mois,
                    taux_emploi_24_mois, taux_emploi_6_mois_attendu, valeur_ajoutee_emploi_6_mois,
                    taux_rupture_contrats, absences, source, fichier_id
             FROM statistiques_etablissement WHERE publication_id = $1 AND uai = $2
             ORDER BY right(millesime, 4) DESC, millesime DESC, filiere, dont_apprentis_eple",
            publication,
            uai.as_str()
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|row| {
                let population = Population::parse(&row.dont_apprentis_eple)
                    .map_err(|_| DbError::Corrupt(row.dont_apprentis_eple.clone()))?;
                // In the order of `MesureEtablissement::ALL`.
                let values = [
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
                let mut valeurs = [Valeur::NON_COUVERT; MesureEtablissement::COUNT];
                for (index, (slot, value)) in valeurs.iter_mut().zip(values).enumerate() {
                    *slot = unpack(value, row.absences, index);
                }
                Ok(MesuresEtablissement {
                    uai,
                    filiere: filiere(&row.filiere)?,
                    millesime: millesime(&row.millesime)?,
                    population,
                    valeurs,
                    source: row.source.into(),
                    fichier: FileId(row.fichier_id),
                })
            })
            .collect()
    }
}
