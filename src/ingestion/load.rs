//! Second pass: a thread reads, checks and encodes rows; batches go through a bounded channel to
//! the task that feeds `COPY`. Memory is a few batches, whatever the size of the file, and
//! neither side waits for the other longer than it must.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::champs::Ligne;
use super::detect::{Constat, other_separator};
use super::rapport::Rapport;
use super::records::Records;
use super::refus::Refus;
use super::rejets::{MotifRejet, Rejet};
use super::sources::{Adaptateur, Sortie};
use crate::db::ingestion::Batch;
use crate::db::ingestion::copy::Passage;

/// How far an import has come.
#[derive(Debug, Clone, Copy)]
pub struct Avancement {
    /// Lines read.
    pub lignes: u64,
    /// Bytes of the file read.
    pub octets: u64,
    /// Bytes of the whole file.
    pub taille: u64,
}

/// Who wants to know how far an import has come.
pub type Progression = Arc<dyn Fn(Avancement) + Send + Sync>;

/// Lines between two announcements of the progress.
const PAS: u64 = 8192;

/// Why the reading stopped before the end of the file.
#[derive(Debug)]
pub(super) enum Arret {
    /// The file is bad.
    Refus(Refus),
    /// Nobody takes the rows any more: the server failed, and says why itself.
    Abandon,
}

impl From<std::io::Error> for Arret {
    fn from(error: std::io::Error) -> Self {
        Self::Refus(error.into())
    }
}

impl From<Refus> for Arret {
    fn from(refus: Refus) -> Self {
        Self::Refus(refus)
    }
}

/// Everything the reading thread needs, and the report it fills.
pub(super) struct Chargement {
    pub(super) constat: Constat,
    pub(super) records: Records,
    pub(super) adaptateur: Box<dyn Adaptateur>,
    pub(super) sortie: Sortie,
    pub(super) rapport: Rapport,
    pub(super) progression: Option<Progression>,
}

impl Chargement {
    /// Reads the file to its end. The report comes back in any case: it says what was found
    /// until then.
    pub(super) fn lire(mut self, batches: &Sender<Batch>) -> (Rapport, Passage, Result<(), Arret>) {
        let result = self.lire_lignes(batches).and_then(|()| self.finir(batches));
        self.rapport.findings = self.sortie.findings;
        self.rapport.lignes.ignorees =
            self.sortie.mesures_ignorees.values().chain(self.sortie.hors_perimetre.values()).sum();
        self.rapport.mesures_ignorees = self.sortie.mesures_ignorees;
        self.rapport.hors_perimetre = self.sortie.hors_perimetre;
        (self.rapport, self.sortie.copie.passage(), result)
    }

    fn lire_lignes(&mut self, batches: &Sender<Batch>) -> Result<(), Arret> {
        let attendus = self.sortie.header.len();
        // A line with too few fields: a bad row, or the file's cut end. The next line tells.
        let mut courte: Option<(u64, usize)> = None;
        while let Some(numero) = self.records.advance()? {
            if let Some((ligne, champs)) = courte.take() {
                self.rejeter_longueur(ligne, champs);
            }
            self.rapport.lignes.lues += 1;
            match self.records.record().len() {
                champs if champs == attendus => self.lire_ligne(numero, batches)?,
                champs => {
                    self.verifier_separateur(numero, champs)?;
                    if champs < attendus {
                        courte = Some((numero, champs));
                    } else {
                        self.rejeter_longueur(numero, champs);
                    }
                }
            }
        }
        match courte {
            Some((ligne, trouves)) => Err(Refus::Tronque { ligne, trouves, attendus }.into()),
            None => Ok(()),
        }
    }

    fn lire_ligne(&mut self, numero: u64, batches: &Sender<Batch>) -> Result<(), Arret> {
        let ligne = Ligne::new(self.records.record(), numero);
        if let Err(rejet) = self.adaptateur.ligne(&ligne, &mut self.sortie) {
            self.rapport.rejeter(numero, &rejet, &self.sortie.header);
        }
        if self.sortie.copie.is_full() {
            self.envoyer(batches)?;
        }
        if self.rapport.lignes.lues.is_multiple_of(PAS) {
            self.annoncer();
        }
        Ok(())
    }

    fn rejeter_longueur(&mut self, ligne: u64, champs: usize) {
        let attendus = self.sortie.header.len();
        let rejet = Rejet::ligne(MotifRejet::NombreDeChamps, format!("{champs} champs"))
            .attendu(format!("attendu : {attendus} champs"));
        self.rapport.rejeter(ligne, &rejet, &self.sortie.header);
    }

    /// A first row that is one field, but would be whole with another separator, is no bad row:
    /// the file was put together from two.
    fn verifier_separateur(&self, ligne: u64, champs: usize) -> Result<(), Refus> {
        if champs != 1 || self.rapport.lignes.lues != 1 {
            return Ok(());
        }
        let entete = self.constat.separateur;
        match other_separator(self.records.record().as_slice(), entete, self.sortie.header.len()) {
            Some(lignes) => Err(Refus::Separateurs { entete: char::from(entete), lignes: char::from(lignes), ligne }),
            None => Ok(()),
        }
    }

    fn finir(&mut self, batches: &Sender<Batch>) -> Result<(), Arret> {
        if self.rapport.lignes.lues == 0 {
            return Err(Refus::SansLigne.into());
        }
        if self.records.consumed() != self.constat.taille {
            return Err(Refus::Modifie.into());
        }
        if let Some(sha256) = self.records.sha256() {
            self.rapport.sha256 = Some(sha256.to_owned());
        }
        self.envoyer(batches)?;
        self.annoncer();
        batches.blocking_send(Batch::End).map_err(|_| Arret::Abandon)
    }

    fn envoyer(&mut self, batches: &Sender<Batch>) -> Result<(), Arret> {
        match self.sortie.copie.take() {
            Some(rows) => batches.blocking_send(Batch::Rows(rows)).map_err(|_| Arret::Abandon),
            None => Ok(()),
        }
    }

    fn annoncer(&self) {
        if let Some(progression) = &self.progression {
            progression(Avancement {
                lignes: self.rapport.lignes.lues,
                octets: self.records.consumed(),
                taille: self.constat.taille,
            });
        }
    }
}
