//! Rows of établissements as a whole, shared by the portal's files and the ministry's yearly
//! ones: the same figures under different column names.

use super::super::champs::{self, Chiffre, Genre, Ligne, Memoire};
use super::super::header::Layout;
use super::super::plausibility::Rule;
use super::super::rejets::{MotifRejet, Rejet};
use super::mesures::{MillesimeTexte, millesime};
use super::{Adaptateur, Dataset, Sortie, numero};
use crate::db::ingestion::rows::EtablissementRow;
use crate::domain::etablissement::MesureEtablissement as M;
use crate::domain::{CodeRegion, Filiere, Population};

/// Where a row's millésime comes from.
pub(super) enum Cohorte {
    /// From this column.
    Colonne(usize),
    /// The same for the whole file.
    Fichier(MillesimeTexte),
}

/// Reads rows of établissements as a whole.
pub(super) struct Etablissements {
    dataset: Dataset,
    filiere: Filiere,
    cohorte: Cohorte,
    uai: Option<usize>,
    libelle: Option<usize>,
    region: Option<usize>,
    population: Option<usize>,
    valeurs: [Option<usize>; M::COUNT],
    /// Used where the DEVENIR part gives no figure.
    taux_poursuite: Option<usize>,
    millesimes: Memoire<MillesimeTexte>,
    regions: Memoire<Option<CodeRegion>>,
    populations: Memoire<Population>,
}

impl Etablissements {
    /// The columns are those of the layout, under the names of [`M`]; the population stands where
    /// the caller found it.
    pub(super) fn new(
        dataset: Dataset,
        filiere: Filiere,
        cohorte: Cohorte,
        layout: &Layout,
        population: Option<usize>,
    ) -> Self {
        let mut valeurs = [None; M::COUNT];
        for (slot, mesure) in valeurs.iter_mut().zip(M::ALL) {
            *slot = layout.at(mesure.as_str());
        }
        Self {
            dataset,
            filiere,
            cohorte,
            uai: layout.at("uai"),
            libelle: layout.at("libelle"),
            region: layout.at("region"),
            population,
            valeurs,
            taux_poursuite: layout.at("taux_poursuite_etudes"),
            millesimes: Memoire::default(),
            regions: Memoire::default(),
            populations: Memoire::default(),
        }
    }

    fn population(&mut self, ligne: &Ligne<'_>) -> Result<Population, Rejet> {
        let Some(index) = self.population else { return Ok(Population::Ensemble) };
        self.populations.get(ligne.champ(Some(index)), |text| {
            Population::parse_source(text).ok_or_else(|| {
                Rejet::champ(MotifRejet::PopulationInconnue, index, text)
                    .attendu("attendu : ensemble, dont apprentis ou dont élèves en voie pro sco")
            })
        })
    }

    /// A région that is not in the list is no reason to lose the figures: the établissement's
    /// place is then known from its UAI. It is reported.
    fn region(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Option<CodeRegion> {
        let text = ligne.rempli(self.region)?;
        let read = |text: &str| Ok::<_, Rejet>(CodeRegion::from_name(text).or_else(|| CodeRegion::from_stored(text)));
        let region = self.regions.get(text, read).ok().flatten();
        if region.is_none() {
            sortie.find(Rule::UnknownWord, ligne.numero, self.region, text, || {
                "La région n'existe pas ; celle de l'UAI est retenue.".to_owned()
            });
        }
        region
    }

    fn valeurs(&self, ligne: &Ligne<'_>) -> Result<([Option<i32>; M::COUNT], i32), Rejet> {
        let (mut valeurs, mut non_diffusees) = ([None; M::COUNT], 0);
        for ((slot, colonne), mesure) in valeurs.iter_mut().zip(self.valeurs).zip(M::ALL) {
            let genre = if *mesure == M::ValeurAjouteeEmploi6Mois { Genre::Points } else { Genre::Pourcent };
            let mut lu = lire(ligne, colonne, genre)?;
            if *mesure == M::PartPoursuiteEtudes
                && let autre @ Chiffre::Valeur(_) = lire(ligne, self.taux_poursuite, genre)?
                && !matches!(lu, Chiffre::Valeur(_))
            {
                lu = autre;
            }
            match lu {
                Chiffre::Valeur(valeur) => *slot = Some(valeur),
                Chiffre::NonDiffuse => non_diffusees |= 1 << (*mesure as u32),
                Chiffre::Absent => {}
            }
        }
        Ok((valeurs, non_diffusees))
    }

    /// The three parts make up everybody; the added value is the rate minus the expected one.
    fn comparer(&self, valeurs: &[Option<i32>; M::COUNT], ligne: &Ligne<'_>, sortie: &mut Sortie) {
        let of = |mesure: M| valeurs.get(mesure as usize).copied().flatten();
        let at = |mesure: M| self.valeurs.get(mesure as usize).copied().flatten();
        if let (Some(taux), Some(attendu), Some(publie)) =
            (of(M::TauxEmploi6Mois), of(M::TauxEmploi6MoisAttendu), of(M::ValeurAjouteeEmploi6Mois))
            && (taux - attendu - publie).abs() > 1
        {
            sortie.ecart(Rule::AddedValue, ligne.numero, at(M::ValeurAjouteeEmploi6Mois), publie, taux - attendu);
        }
        if let (Some(poursuite), Some(emploi), Some(publie)) =
            (of(M::PartPoursuiteEtudes), of(M::PartEnEmploi6Mois), of(M::PartAutresSituations6Mois))
            && (100 - poursuite - emploi - publie).abs() > 1
        {
            sortie.ecart(
                Rule::SumOfParts,
                ligne.numero,
                at(M::PartAutresSituations6Mois),
                publie,
                100 - poursuite - emploi,
            );
        }
    }
}

fn lire(ligne: &Ligne<'_>, colonne: Option<usize>, genre: Genre) -> Result<Chiffre, Rejet> {
    let text = ligne.champ(colonne);
    champs::chiffre(text, genre).map_err(|motif| Rejet::champ(motif, colonne.unwrap_or_default(), text))
}

impl Adaptateur for Etablissements {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let uai = champs::uai(ligne, self.uai)?;
        let cohorte = match &self.cohorte {
            Cohorte::Fichier(millesime) => *millesime,
            Cohorte::Colonne(index) => {
                self.millesimes.get(ligne.champ(Some(*index)), |text| millesime(text, *index))?
            }
        };
        let population = self.population(ligne)?;
        let (valeurs, non_diffusees) = self.valeurs(ligne)?;
        self.comparer(&valeurs, ligne, sortie);
        let row = EtablissementRow {
            dataset: self.dataset.as_str(),
            uai,
            filiere: self.filiere,
            millesime: cohorte.as_str(),
            population,
            libelle: ligne.rempli(self.libelle),
            region: self.region(ligne, sortie),
            valeurs: &valeurs,
            non_diffusees,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}
