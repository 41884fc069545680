//! Rows of établissements as a whole, shared by the portal's files and the ministry's yearly
//! ones: the same figures under different column names.

use super::super::fields::{self, Chiffre, FigureKind, Line, Memory};
use super::super::header::Layout;
use super::super::plausibility::Rule;
use super::super::rejections::{Rejection, RejectionReason};
use super::mesures::{MillesimeText, millesime};
use super::{Adapter, Dataset, Output, line_number};
use crate::db::ingestion::rows::EtablissementRow;
use crate::domain::MesureEtablissement as M;
use crate::domain::{CodeRegion, Filiere, Population};

/// Where a row's millésime comes from.
pub(super) enum Cohorte {
    /// From this column.
    Column(usize),
    /// The same for the whole file.
    SourceFile(MillesimeText),
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
    millesimes: Memory<MillesimeText>,
    regions: Memory<Option<CodeRegion>>,
    populations: Memory<Population>,
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
            millesimes: Memory::default(),
            regions: Memory::default(),
            populations: Memory::default(),
        }
    }

    fn population(&mut self, line: &Line<'_>) -> Result<Population, Rejection> {
        let Some(index) = self.population else { return Ok(Population::Whole) };
        self.populations.get(line.field(Some(index)), |text| {
            Population::parse_source(text).ok_or_else(|| {
                Rejection::field(RejectionReason::PopulationInconnue, index, text)
                    .expected("attendu : ensemble, dont apprentis ou dont élèves en voie pro sco")
            })
        })
    }

    /// A région that is not in the list is no reason to lose the figures: the établissement's
    /// place is then known from its UAI. It is reported.
    fn region(&mut self, line: &Line<'_>, output: &mut Output) -> Option<CodeRegion> {
        let text = line.filled(self.region)?;
        let read =
            |text: &str| Ok::<_, Rejection>(CodeRegion::from_name(text).or_else(|| CodeRegion::from_stored(text)));
        let region = self.regions.get(text, read).ok().flatten();
        if region.is_none() {
            output.find(Rule::UnknownWord, line.number, self.region, text, || {
                "La région n'existe pas ; celle de l'UAI est retenue.".to_owned()
            });
        }
        region
    }

    fn valeurs(&self, line: &Line<'_>) -> Result<([Option<i32>; M::COUNT], i32), Rejection> {
        let (mut valeurs, mut non_diffusees) = ([None; M::COUNT], 0);
        for ((slot, column), mesure) in valeurs.iter_mut().zip(self.valeurs).zip(M::ALL) {
            let kind = FigureKind::from(mesure.definition().unite);
            let mut figure = read(line, column, kind)?;
            if *mesure == M::PartPoursuiteEtudes
                && let other @ Chiffre::Valeur(_) = read(line, self.taux_poursuite, kind)?
                && !matches!(figure, Chiffre::Valeur(_))
            {
                figure = other;
            }
            match figure {
                Chiffre::Valeur(valeur) => *slot = Some(valeur),
                Chiffre::NonDiffuse => non_diffusees |= 1 << (*mesure as u32),
                Chiffre::Absent => {}
            }
        }
        Ok((valeurs, non_diffusees))
    }

    /// The three parts make up everybody; the added value is the rate minus the expected one.
    fn compare(&self, valeurs: &[Option<i32>; M::COUNT], line: &Line<'_>, output: &mut Output) {
        let of = |mesure: M| valeurs.get(mesure as usize).copied().flatten();
        let at = |mesure: M| self.valeurs.get(mesure as usize).copied().flatten();
        if let (Some(taux), Some(expected), Some(published)) =
            (of(M::TauxEmploi6Mois), of(M::TauxEmploi6MoisAttendu), of(M::ValeurAjouteeEmploi6Mois))
            && (taux - expected - published).abs() > 1
        {
            output.discrepancy(
                Rule::AddedValue,
                line.number,
                at(M::ValeurAjouteeEmploi6Mois),
                published,
                taux - expected,
            );
        }
        if let (Some(poursuite), Some(emploi), Some(published)) =
            (of(M::PartPoursuiteEtudes), of(M::PartEnEmploi6Mois), of(M::PartAutresSituations6Mois))
            && (100 - poursuite - emploi - published).abs() > 1
        {
            output.discrepancy(
                Rule::SumOfParts,
                line.number,
                at(M::PartAutresSituations6Mois),
                published,
                100 - poursuite - emploi,
            );
        }
    }
}

fn read(line: &Line<'_>, column: Option<usize>, kind: FigureKind) -> Result<Chiffre, Rejection> {
    let text = line.field(column);
    fields::chiffre(text, kind).map_err(|motif| Rejection::field(motif, column.unwrap_or_default(), text))
}

impl Adapter for Etablissements {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let uai = fields::uai(line, self.uai)?;
        let cohorte = match &self.cohorte {
            Cohorte::SourceFile(millesime) => *millesime,
            Cohorte::Column(index) => self.millesimes.get(line.field(Some(*index)), |text| millesime(text, *index))?,
        };
        let population = self.population(line)?;
        let (valeurs, non_diffusees) = self.valeurs(line)?;
        self.compare(&valeurs, line, output);
        let row = EtablissementRow {
            dataset: self.dataset,
            uai,
            filiere: self.filiere,
            millesime: cohorte.as_str(),
            population,
            libelle: line.filled(self.libelle),
            region: self.region(line, output),
            valeurs: &valeurs,
            non_diffusees,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
