//! Adds verdicts up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::HEAVIEST;
use super::prospects::{Prospect, Prospects, ProspectsLine};
use super::sums::{Corrected, Heavy, Labelled, Motif, Report, RowOutcome, Share, Stage};
use crate::domain::Maille;
use crate::matching::rules::RuleName;
use crate::matching::status::Statut;
use crate::matching::{Offer, Verdict};

/// What stands where a catalogue says nothing.
const UNSAID: &str = "non précisé";

/// A row among the heaviest: its weight, then its identifier backwards, so that the lightest is first
/// to go.
type Ranked = (Reverse<u64>, String, usize);

/// Sums over the verdicts so far.
#[derive(Debug, Default)]
pub struct Tally {
    whole: Share,
    stages: BTreeMap<Step, (u64, u64)>,
    scopes: BTreeMap<String, Share>,
    kinds: BTreeMap<(String, String), Share>,
    roles: BTreeMap<String, Share>,
    reasons: BTreeMap<Statut, (u64, u64)>,
    communes: u64,
    fallbacks: (u64, u64),
    heaviest: BinaryHeap<Ranked>,
    heavy: BTreeMap<usize, Heavy>,
    added: usize,
    corrections: BTreeSet<Corrected>,
    corrected: u64,
    prospects: Prospect,
    prospects_by: [BTreeMap<String, Prospect>; 3],
    rows: Vec<RowOutcome>,
    sources: BTreeSet<String>,
}

/// The steps of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Its code and UAI as given, figures of the producers alone.
    AsGiven,
    /// The same with the treatments of the publication.
    Treatments,
    /// A cell was mended.
    Mended,
    /// A rule.
    Rule(RuleName),
}

impl Step {
    fn of(verdict: &Verdict) -> Option<Self> {
        let rule = verdict.rule?;
        Some(match rule {
            RuleName::Direct if verdict.mended => Self::Mended,
            RuleName::Direct if verdict.is_own() => Self::AsGiven,
            // Pointing to the terminal year is a treatment of the publication as well.
            RuleName::Direct | RuleName::TerminalYear => Self::Treatments,
            rule => Self::Rule(rule),
        })
    }

    fn name(self) -> String {
        match self {
            Self::AsGiven => "codes tels quels, chiffres des producteurs".to_owned(),
            Self::Treatments => "traitements de la publication (continuum, rôles, dernières années)".to_owned(),
            Self::Mended => "appariement : nettoyage".to_owned(),
            Self::Rule(rule) => format!("appariement : {rule}"),
        }
    }
}

impl Tally {
    /// Adds the verdict on an offer.
    pub fn add(&mut self, offer: &Offer, verdict: &Verdict) {
        let (weight, covered) = (offer.weight, verdict.statut == Statut::Couvert);
        self.whole.add(weight, covered);
        let said = |text: Option<&String>| text.cloned().unwrap_or_else(|| UNSAID.to_owned());
        self.scopes.entry(said(offer.scope.as_ref())).or_default().add(weight, covered);
        let voie = voie(verdict);
        self.kinds.entry((said(verdict.kind.as_ref()), voie.clone())).or_default().add(weight, covered);
        let role = verdict.hit.and_then(|hit| hit.figures.role).map_or("aucune statistique", |role| role.as_str());
        self.roles.entry(role.to_owned()).or_default().add(weight, covered);
        if covered {
            if let Some(step) = Step::of(verdict) {
                count(self.stages.entry(step).or_default(), weight);
            }
        } else {
            count(self.reasons.entry(verdict.statut).or_default(), weight);
            self.communes += u64::from(verdict.several.as_ref().is_some_and(|several| several.commune));
            match verdict.fallback.map(|fallback| fallback.maille) {
                Some(Maille::Regionale) => self.fallbacks.0 += 1,
                Some(_) => self.fallbacks.1 += 1,
                None => {}
            }
            self.add_heavy(offer, verdict);
        }
        self.add_correction(verdict);
        let prospects = verdict.hit.and_then(|hit| hit.figures.sans_perspectives);
        self.prospects.add(weight, prospects);
        let region = verdict.region.map_or(UNSAID, |region| region.region().nom);
        for (groups, name) in self.prospects_by.iter_mut().zip([said(verdict.kind.as_ref()), voie, region.to_owned()]) {
            groups.entry(name).or_default().add(weight, prospects);
        }
        let (id, statut) = (verdict.id.clone(), verdict.statut.to_string());
        self.rows.push(RowOutcome { id, statut, empreinte: offer.fingerprint });
        let sources = verdict.hit.and_then(|hit| hit.figures.source).into_iter().chain(verdict.links.iter().copied());
        self.sources.extend(sources.map(|source| format!("{source} ({})", source.licence())));
    }

    fn add_heavy(&mut self, offer: &Offer, verdict: &Verdict) {
        self.added += 1;
        let ranked: Ranked = (Reverse(offer.weight), verdict.id.clone(), self.added);
        if self.heaviest.len() >= HEAVIEST {
            match self.heaviest.peek() {
                Some(lightest) if (lightest.0, &lightest.1) > (ranked.0, &ranked.1) => {
                    if let Some((.., number)) = self.heaviest.pop() {
                        self.heavy.remove(&number);
                    }
                }
                _ => return,
            }
        }
        self.heaviest.push(ranked);
        let heavy = Heavy {
            id: verdict.id.clone(),
            libelle: offer.label.clone().unwrap_or_default(),
            poids: offer.weight,
            statut: verdict.statut.to_string(),
            chez: verdict.actor().map(|actor| actor.to_string()).unwrap_or_default(),
            avis: verdict.notes.join(" "),
            action: verdict.statut.action().to_owned(),
        };
        self.heavy.insert(self.added, heavy);
    }

    fn add_correction(&mut self, verdict: &Verdict) {
        let Some(used) = &verdict.correction else { return };
        self.corrected += 1;
        if used.useless || used.closed {
            self.corrections.insert(Corrected {
                id: verdict.id.clone(),
                code: used.code.clone(),
                motif: used.motif.clone(),
                inutile: used.useless,
                code_ferme: used.closed,
            });
        }
    }

    /// The report.
    #[must_use]
    pub fn report(mut self) -> Report {
        let mut lourdes: Vec<Heavy> = self.heavy.into_values().collect();
        lourdes.sort_by(|a, b| {
            (Reverse(a.poids), &a.id, &a.statut, &a.avis).cmp(&(Reverse(b.poids), &b.id, &b.statut, &b.avis))
        });
        self.rows.sort();
        let [kinds, voies, regions] = self
            .prospects_by
            .map(|groups| groups.into_iter().map(|(nom, poids)| ProspectsLine { nom, poids }).collect::<Vec<_>>());
        Report {
            ensemble: self.whole,
            cascade: cascade(&self.stages),
            perimetres: labelled(self.scopes),
            types_diplome: self.kinds.into_iter().map(|((nom, voie), part)| Labelled { nom, voie, part }).collect(),
            roles: labelled(self.roles),
            motifs: self.reasons.into_iter().map(motif).collect(),
            annees_communes: self.communes,
            repli_regional: self.fallbacks.0,
            repli_national: self.fallbacks.1,
            lourdes,
            corrections: self.corrections.into_iter().collect(),
            corrections_utilisees: self.corrected,
            perspectives: Prospects { ensemble: self.prospects, types_diplome: kinds, voies, regions },
            lignes: self.rows,
            sources: self.sources.into_iter().collect(),
        }
    }
}

fn count((rows, sum): &mut (u64, u64), weight: u64) {
    *rows += 1;
    *sum += weight;
}

fn voie(verdict: &Verdict) -> String {
    match verdict.voie {
        Some(voie) => voie.to_string(),
        None if verdict.higher => "superieur".to_owned(),
        None => UNSAID.to_owned(),
    }
}

fn labelled(groups: BTreeMap<String, Share>) -> Vec<Labelled> {
    groups.into_iter().map(|(nom, part)| Labelled { nom, voie: String::new(), part }).collect()
}

fn motif((statut, (lignes, poids)): (Statut, (u64, u64))) -> Motif {
    Motif {
        statut: statut.to_string(),
        chez: statut.actor().map(|actor| actor.to_string()).unwrap_or_default(),
        lignes,
        poids,
        action: statut.action().to_owned(),
    }
}

fn cascade(stages: &BTreeMap<Step, (u64, u64)>) -> Vec<Stage> {
    let (mut rows, mut weight) = (0, 0);
    let stage = |(step, (lignes, poids)): (&Step, &(u64, u64))| {
        rows += lignes;
        weight += poids;
        Stage { etape: step.name(), lignes: *lignes, poids: *poids, cumul_lignes: rows, cumul_poids: weight }
    };
    stages.iter().map(stage).collect()
}
