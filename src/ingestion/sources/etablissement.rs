//! Rows of établissements as a whole, shared by the portal's files and the ministry's yearly
//! ones: the same figures under different column names.

use super::super::fields::{self, Chiffre, FigureKind, Line, Memory};
use super::super::header::Layout;
use super::super::labels::label;
use super::super::plausibility::{Published, Rule};
use super::super::rejections::{Rejection, RejectionReason};
use super::mesures::{MillesimeText, millesime};
use super::{Adapter, Dataset, Output, bits, line_number};
use crate::db::ingestion::rows::EtablissementRow;
use crate::domain::MesureEtablissement as M;
use crate::domain::{CodeRegion, Filiere, Population, Uai};

/// Where a row's millésime comes from.
pub(super) enum Cohorte {
    /// From this column.
    Column(usize),
    /// The same for the whole file.
    File(MillesimeText),
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
            Population::parse_source(&label(text).text).ok_or_else(|| {
                Rejection::field(RejectionReason::PopulationInconnue, index, text)
                    .expected("attendu : ensemble, dont apprentis ou dont élèves en voie pro sco")
            })
        })
    }

    /// A région that is not in the list is no reason to lose the figures: the établissement's
    /// place is then known from its UAI, and so it is where the two disagree. Both are reported.
    fn region(&mut self, line: &Line<'_>, uai: Uai, output: &mut Output) -> Option<CodeRegion> {
        let text = &*output.label(line, self.region)?;
        let read =
            |text: &str| Ok::<_, Rejection>(CodeRegion::from_name(text).or_else(|| CodeRegion::from_stored(text)));
        let said = self.regions.get(text, read).ok().flatten();
        let Some(said) = said else {
            output.find(Rule::UnknownWord, line.number, self.region, text, || {
                "La région n'existe pas ; celle de l'UAI est retenue.".to_owned()
            });
            return None;
        };
        if let Some(agrees) = output.region(line, self.region, said, uai) {
            output.watch.contradictions.region(agrees);
        }
        Some(said)
    }

    /// The figures, which of them are withheld, and what can be compared of them.
    fn valeurs(&self, line: &Line<'_>, output: &mut Output) -> Result<Valeurs, Rejection> {
        let mut lues = Valeurs::default();
        for ((slot, column), mesure) in lues.figures.iter_mut().zip(self.valeurs).zip(M::ALL) {
            let kind = FigureKind::from(mesure.definition().unite);
            match output.chiffre(line, column, kind)? {
                Chiffre::Valeur(valeur) => *slot = Some(valeur),
                Chiffre::NonDiffuse => lues.non_diffusees |= 1 << (*mesure as u32),
                Chiffre::Absent => {}
            }
        }
        lues.taux_poursuite = output.chiffre(line, self.taux_poursuite, FigureKind::Pourcent)?.valeur();
        Ok(lues)
    }

    /// Compares the figures of a row with each other.
    fn compare(&self, lues: &Valeurs, line: &Line<'_>, output: &mut Output) {
        let mut contradictions = std::mem::take(&mut output.watch.contradictions);
        contradictions.check_published(lues.published(), |rule, found| {
            output.contradict(rule, line, found, |figure| {
                let at = M::ALL.iter().zip(self.valeurs).find(|(mesure, _)| mesure.as_str() == figure);
                at.map_or(self.taux_poursuite, |(_, at)| at)
            });
        });
        output.watch.contradictions = contradictions;
    }
}

/// The figures of one row.
#[derive(Default)]
struct Valeurs {
    figures: [Option<i32>; M::COUNT],
    non_diffusees: i32,
    taux_poursuite: Option<i32>,
}

impl Valeurs {
    fn of(&self, mesure: M) -> Option<i32> {
        self.figures.get(mesure as usize).copied().flatten()
    }

    fn published(&self) -> Published {
        Published {
            further_study_rate: self.taux_poursuite,
            further_study_part: self.of(M::PartPoursuiteEtudes),
            employment_part: self.of(M::PartEnEmploi6Mois),
            other_part: self.of(M::PartAutresSituations6Mois),
            employment_rate: self.of(M::TauxEmploi6Mois),
            expected_rate: self.of(M::TauxEmploi6MoisAttendu),
            added_value: self.of(M::ValeurAjouteeEmploi6Mois),
        }
    }

    /// With the rate of further study where the DEVENIR part gives no figure: they are one.
    fn completed(mut self) -> Self {
        if let (None, Some(taux)) = (self.of(M::PartPoursuiteEtudes), self.taux_poursuite)
            && let Some(slot) = self.figures.get_mut(M::PartPoursuiteEtudes as usize)
        {
            *slot = Some(taux);
            self.non_diffusees &= !(1 << (M::PartPoursuiteEtudes as u32));
        }
        self
    }
}

/// The measures that a layout has a column for, one bit each.
pub(super) fn present(layout: &Layout) -> u32 {
    let has = |mesure: &M| {
        let other = (*mesure == M::PartPoursuiteEtudes).then(|| layout.at("taux_poursuite_etudes")).flatten();
        layout.at(mesure.as_str()).or(other).is_some()
    };
    bits(M::ALL.iter().map(has))
}

impl Adapter for Etablissements {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let uai = fields::uai(line, self.uai)?;
        let cohorte = match &self.cohorte {
            Cohorte::File(millesime) => *millesime,
            Cohorte::Column(index) => self.millesimes.get(line.field(Some(*index)), |text| millesime(text, *index))?,
        };
        let population = self.population(line)?;
        let lues = self.valeurs(line, output)?;
        self.compare(&lues, line, output);
        let Valeurs { figures, non_diffusees, .. } = lues.completed();
        let libelle = output.label(line, self.libelle);
        let row = EtablissementRow {
            dataset: self.dataset,
            uai,
            filiere: self.filiere,
            millesime: cohorte.as_str(),
            population,
            libelle: libelle.as_deref(),
            region: self.region(line, uai, output),
            valeurs: &figures,
            non_diffusees,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
