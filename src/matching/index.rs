//! A publication, for looking up pairs: built once, then only read.
//!
//! Of each pair (place, code) it keeps the statistic of the latest millésime, and the terminal years
//! of its latest pointer. With a million entries (some 200,000 pairs) that is about 100 MB.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike as _, NaiveDate};

use crate::domain::crosswalk::{CodeLink, Relation};
use crate::domain::matching::{KnownPlace, PairEntry, PairFigures};
use crate::domain::sources::{AttachmentRow, CatalogueRow};
use crate::domain::territoire::Departement;
use crate::domain::text::fold;
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Dataset, Lieu, Millesime, PlatformCode, TypeCode, Uai,
};

/// What is known of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// The diploma that it belongs to; none for higher education.
    pub cfd: Option<CodeCertification>,
    /// Its label.
    pub label: Box<str>,
    /// The short label of its kind.
    pub kind: Option<Box<str>>,
    /// Opening day.
    pub opening: Option<NaiveDate>,
    /// Closing day.
    pub closing: Option<NaiveDate>,
    /// Years of the course.
    pub duration: Option<i16>,
    /// Which of them this is.
    pub annee: Option<i16>,
    /// Code of its famille de métiers.
    pub famille: Option<Box<str>>,
    /// Whether it is the year that the famille has in common.
    pub commune: bool,
    old: Box<[CodeCertification]>,
    newer: Box<[CodeCertification]>,
}

/// What an entry of earlier or common years points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Of the latest millésime.
    pub millesime: Millesime,
    /// The terminal years.
    pub terminales: Vec<CodeCertification>,
}

/// What there is of a certification at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// Its statistic.
    pub statistic: Option<PairFigures>,
    /// The latest millésime that shows a part at 6 months.
    pub shown: Option<Millesime>,
    /// Its pointer.
    pub pointer: Option<Box<Pointer>>,
}

/// One statement about a code, seen from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The other code.
    pub to: PlatformCode,
    /// What is said.
    pub relation: Relation,
    /// Years that the training takes.
    pub duration: Option<i16>,
    /// Who says it.
    pub source: Dataset,
}

/// A publication, for looking up.
#[derive(Debug, Clone, Default)]
pub struct Index {
    trainings: HashMap<CodeCertification, Training>,
    years: HashMap<CodeCertification, Vec<CodeCertification>>,
    labels: HashMap<String, CodeCertification>,
    pairs: HashMap<(Lieu, CodeCertification), Pair>,
    latest: HashMap<CodeCertification, Millesime>,
    last: Option<u16>,
    regions: HashMap<Uai, Option<CodeRegion>>,
    covered: HashSet<CodeRegion>,
    mothers: HashMap<Uai, Vec<Uai>>,
    daughters: HashMap<Uai, Vec<Uai>>,
    links: HashMap<PlatformCode, Vec<Link>>,
    rows: Vec<CatalogueRow>,
    named: HashMap<(CodeCertification, Uai), Vec<u32>>,
    in_catalogue: HashSet<Uai>,
    keys: HashMap<String, Vec<u32>>,
}

/// Builds an [`Index`], entry by entry.
#[derive(Debug, Default)]
pub struct IndexBuilder(Index);

impl IndexBuilder {
    /// Takes what is known of codes.
    pub fn certifications(&mut self, rows: impl IntoIterator<Item = Certification>) {
        for row in rows {
            if let Some(cfd) = row.cfd.filter(|_| row.code.type_code() == TypeCode::Mef11) {
                self.0.years.entry(cfd).or_default().push(row.code);
            }
            if row.code.type_code() == TypeCode::Cfd {
                let smallest = self.0.labels.entry(fold(&row.libelle)).or_insert(row.code);
                *smallest = row.code.min(*smallest);
            }
            self.0.trainings.insert(row.code, training(row));
        }
    }

    /// Takes the établissements that are known; before the entries.
    pub fn places(&mut self, rows: impl IntoIterator<Item = KnownPlace>) {
        self.0.regions.extend(rows.into_iter().map(|row| (row.uai, row.region)));
    }

    /// Takes what sources say of codes.
    pub fn links(&mut self, rows: impl IntoIterator<Item = CodeLink>) {
        for CodeLink { from, to, relation, duration, source, .. } in rows {
            self.0.links.entry(from).or_default().push(Link { to, relation, duration, source });
        }
    }

    /// Takes daughters and mothers.
    pub fn attachments(&mut self, rows: impl IntoIterator<Item = AttachmentRow>) {
        for AttachmentRow { uai, mother } in rows.into_iter().filter(|row| row.uai != row.mother) {
            self.0.mothers.entry(uai).or_default().push(mother);
            self.0.daughters.entry(mother).or_default().push(uai);
        }
    }

    /// Takes the catalogue of apprenticeship.
    pub fn catalogue(&mut self, rows: impl IntoIterator<Item = CatalogueRow>) {
        for row in rows {
            let number = u32::try_from(self.0.rows.len()).unwrap_or(u32::MAX);
            let mut uais = [row.lieu, row.formateur, row.gestionnaire]
                .map(IntoIterator::into_iter)
                .into_iter()
                .flatten()
                .collect::<Vec<_>>();
            uais.sort();
            uais.dedup();
            for uai in uais {
                self.0.named.entry((row.cfd, uai)).or_default().push(number);
                self.0.in_catalogue.insert(uai);
            }
            if let Some(key) = &row.ministry_key {
                self.0.keys.entry(key.clone()).or_default().push(number);
            }
            self.0.rows.push(row);
        }
    }

    /// Takes one entry.
    pub fn entry(&mut self, entry: PairEntry) {
        let PairEntry { lieu, code, figures, terminales, millesime, .. } = entry;
        let latest = self.0.latest.entry(code).or_insert(millesime);
        *latest = millesime.max(*latest);
        let pair = self.0.pairs.entry((lieu, code)).or_default();
        if let Some(figures) = figures {
            add_figures(pair, figures);
            self.0.last = self.0.last.max(Some(millesime.end()));
            let region = match lieu {
                Lieu::France => None,
                Lieu::Region(region) => Some(region),
                Lieu::Etablissement(uai) => self.0.region(uai),
            };
            self.0.covered.extend(region);
            if let Lieu::Etablissement(uai) = lieu {
                self.0.regions.entry(uai).or_default();
            }
        } else {
            add_pointer(pair, millesime, terminales);
        }
    }

    /// The index.
    #[must_use]
    pub fn build(mut self) -> Index {
        let lists = self.0.mothers.values_mut().chain(self.0.daughters.values_mut());
        lists.for_each(|uais| {
            uais.sort();
            uais.dedup();
        });
        self.0.years.values_mut().for_each(|codes| codes.sort());
        for links in self.0.links.values_mut() {
            links.sort_by_key(|link| (link.to, link.source, link.duration));
            links.shrink_to_fit();
        }
        self.0
    }
}

fn training(row: Certification) -> Training {
    Training {
        cfd: row.cfd,
        label: row.libelle.into_boxed_str(),
        kind: row.diplome.map(|diplome| diplome.libelle.into_boxed_str()),
        opening: row.date_ouverture,
        closing: row.date_fermeture,
        duration: row.duration,
        annee: row.annee,
        commune: row.famille.as_ref().is_some_and(|famille| famille.annee_commune),
        famille: row.famille.map(|famille| famille.code.into_boxed_str()),
        old: row.anciens.into_boxed_slice(),
        newer: row.nouveaux.into_boxed_slice(),
    }
}

/// Of the latest millésime; among filières a shown one before a hidden one, then the larger.
fn add_figures(pair: &mut Pair, figures: PairFigures) {
    let rank = |figures: &PairFigures| {
        let filiere = std::cmp::Reverse(figures.filiere);
        (figures.millesime, figures.is_shown(), figures.effectif.known(), filiere)
    };
    if figures.is_shown() {
        pair.shown = pair.shown.max(Some(figures.millesime));
    }
    if pair.statistic.as_ref().is_none_or(|known| rank(known) < rank(&figures)) {
        pair.statistic = Some(figures);
    }
}

fn add_pointer(pair: &mut Pair, millesime: Millesime, terminales: Vec<CodeCertification>) {
    let known = pair.pointer.get_or_insert_with(|| Box::new(Pointer { millesime, terminales: Vec::new() }));
    if known.millesime < millesime {
        **known = Pointer { millesime, terminales: Vec::new() };
    }
    if known.millesime == millesime {
        known.terminales.extend(terminales);
        known.terminales.sort();
        known.terminales.dedup();
    }
}

impl Index {
    /// What is known of a code.
    #[must_use]
    pub fn training(&self, code: CodeCertification) -> Option<&Training> {
        self.trainings.get(&code)
    }

    /// The diploma of a code; itself for higher education.
    #[must_use]
    pub fn diploma(&self, code: CodeCertification) -> CodeCertification {
        self.training(code).and_then(|training| training.cfd).unwrap_or(code)
    }

    /// Whether its closing day is before `today`.
    #[must_use]
    pub fn is_closed(&self, code: CodeCertification, today: NaiveDate) -> bool {
        self.training(code).and_then(|training| training.closing).is_some_and(|day| day < today)
    }

    /// The years of a diploma's school-based courses.
    #[must_use]
    pub fn years(&self, cfd: CodeCertification) -> &[CodeCertification] {
        self.years.get(&cfd).map(Vec::as_slice).unwrap_or_default()
    }

    /// The last years among them: ANNEE_DISPOSITIF = DUREE_DISPOSITIF.
    pub fn last_years(&self, cfd: CodeCertification) -> impl Iterator<Item = CodeCertification> + '_ {
        let is_last = |code: &&CodeCertification| {
            self.training(**code).is_some_and(|year| year.annee.is_some() && year.annee == year.duration)
        };
        self.years(cfd).iter().filter(is_last).copied()
    }

    /// The diploma with this label, if one has it exactly.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<CodeCertification> {
        let folded = fold(label);
        self.labels.get(&folded).copied().filter(|_| !folded.is_empty())
    }

    /// The newer codes that replace a code.
    #[must_use]
    pub fn newer(&self, code: CodeCertification) -> &[CodeCertification] {
        self.training(code).map(|training| &*training.newer).unwrap_or_default()
    }

    fn older(&self, code: CodeCertification) -> &[CodeCertification] {
        self.training(code).map(|training| &*training.old).unwrap_or_default()
    }

    /// The simple chain of a code: itself, the older ones while there is exactly one, then the newer
    /// ones while there is exactly one.
    #[must_use]
    pub fn chain(&self, code: CodeCertification) -> Vec<CodeCertification> {
        let mut chain = vec![code];
        for next in [Self::older, Self::newer] {
            let mut at = code;
            while let [only] = next(self, at) {
                if chain.contains(only) {
                    break;
                }
                chain.push(*only);
                at = *only;
            }
        }
        chain
    }

    /// Whether one is in the simple chain of the other.
    #[must_use]
    pub fn is_same_diploma(&self, a: CodeCertification, b: CodeCertification) -> bool {
        a == b || self.chain(a).contains(&b) || self.chain(b).contains(&a)
    }

    /// The codes that one code was renovated into, or out of, one to one: the nearest first, the
    /// newer before the older.
    #[must_use]
    pub fn renovations(&self, code: CodeCertification) -> Vec<CodeCertification> {
        let mut found = vec![code];
        let both = [(Self::newer as Neighbours, Self::older as Neighbours), (Self::older, Self::newer)];
        for (next, back) in both {
            let mut at = code;
            while let [only] = next(self, at)
                && matches!(back(self, *only), [_])
                && !found.contains(only)
            {
                found.push(*only);
                at = *only;
            }
        }
        found.remove(0);
        found
    }

    /// What there is of a certification at a place.
    #[must_use]
    pub fn pair(&self, lieu: Lieu, code: CodeCertification) -> Option<&Pair> {
        self.pairs.get(&(lieu, code))
    }

    /// The statistic of a certification at a place.
    #[must_use]
    pub fn statistic(&self, lieu: Lieu, code: CodeCertification) -> Option<&PairFigures> {
        self.pair(lieu, code)?.statistic.as_ref()
    }

    /// The pointer of a certification at a place, where it has no statistic.
    #[must_use]
    pub fn pointer(&self, lieu: Lieu, code: CodeCertification) -> Option<&Pointer> {
        self.pair(lieu, code).filter(|pair| pair.statistic.is_none())?.pointer.as_deref()
    }

    /// The latest millésime in which there is anything of a code, at whatever maille.
    #[must_use]
    pub fn latest(&self, code: CodeCertification) -> Option<Millesime> {
        self.latest.get(&code).copied()
    }

    /// The last year of which the publication has a statistic.
    #[must_use]
    pub fn last_year(&self) -> Option<u16> {
        self.last
    }

    /// Where an établissement is: by a directory, else by its digits.
    #[must_use]
    pub fn region(&self, uai: Uai) -> Option<CodeRegion> {
        let known = self.regions.get(&uai).copied().flatten();
        known.or_else(|| Departement::from_uai(uai).and_then(Departement::region))
    }

    /// Whether a directory, a statistic or the catalogue has a UAI.
    #[must_use]
    pub fn is_known(&self, uai: Uai) -> bool {
        self.regions.contains_key(&uai) || self.in_catalogue.contains(&uai)
    }

    /// Whether there is a statistic of any code in a région.
    #[must_use]
    pub fn covers(&self, region: CodeRegion) -> bool {
        self.covered.contains(&region)
    }

    /// The établissements that one belongs to.
    #[must_use]
    pub fn mothers(&self, uai: Uai) -> &[Uai] {
        self.mothers.get(&uai).map(Vec::as_slice).unwrap_or_default()
    }

    /// The établissements that belong to one.
    #[must_use]
    pub fn daughters(&self, uai: Uai) -> &[Uai] {
        self.daughters.get(&uai).map(Vec::as_slice).unwrap_or_default()
    }

    /// What sources say of a code.
    #[must_use]
    pub fn links(&self, code: PlatformCode) -> &[Link] {
        self.links.get(&code).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rows of the catalogue under a key of the ministry.
    pub fn keyed(&self, key: &str) -> impl Iterator<Item = &CatalogueRow> {
        self.keys.get(key).into_iter().flatten().filter_map(|row| self.row(*row))
    }

    /// The rows of the catalogue for the simple chain of a diploma that name a UAI in any role.
    pub fn naming<'a>(&'a self, chain: &'a [CodeCertification], uai: Uai) -> impl Iterator<Item = &'a CatalogueRow> {
        let rows = chain.iter().filter_map(move |code| self.named.get(&(*code, uai))).flatten();
        rows.filter_map(|row| self.row(*row))
    }

    fn row(&self, number: u32) -> Option<&CatalogueRow> {
        self.rows.get(usize::try_from(number).ok()?)
    }

    /// Whether the catalogue has a UAI as a place of a diploma's simple chain.
    #[must_use]
    pub fn is_place(&self, chain: &[CodeCertification], uai: Uai) -> bool {
        self.naming(chain, uai).any(|row| row.lieu == Some(uai))
    }

    /// The year from which a code's simple chain was open, and the years that its course takes: of a
    /// MEFSTAT11 its own, of a CFD those of its shortest; `None` where nobody says either.
    #[must_use]
    pub fn beginning(&self, code: CodeCertification) -> Option<(i32, i16)> {
        let opened = |code: CodeCertification| Some(self.training(code)?.opening?.year());
        let opening = self.chain(code).into_iter().filter_map(opened).min()?;
        let duration = |code: CodeCertification| self.training(code)?.duration.filter(|years| *years < 9);
        let duration = match code.type_code() {
            TypeCode::Mef11 => duration(code),
            TypeCode::Cfd => self.years(code).iter().filter_map(|year| duration(*year)).min(),
            TypeCode::Sise => None,
        };
        Some((opening, duration?))
    }
}

/// Next to a code, on one side.
type Neighbours = fn(&Index, CodeCertification) -> &[CodeCertification];
