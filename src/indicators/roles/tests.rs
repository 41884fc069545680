use super::super::tests::{code, diplome};
use super::*;
use crate::domain::TypeOrigine;

/// Five établissements of invented UAIs, called by one letter in the worlds below.
fn name(uai: Uai) -> char {
    "ABCDE".chars().find(|letter| place(*letter) == uai).unwrap()
}

fn place(letter: char) -> Uai {
    let number = 9_900_001 + letter as u32 - 'A' as u32;
    let key = "ABCDEFGHJKLMNPRSTUVWXYZ".chars().nth(number as usize % 23).unwrap();
    Uai::from_stored(&format!("{number}{key}")).unwrap()
}

/// `"BAC"`: taught at B, trained by A, managed by C; `-` for nobody.
fn catalogue(rows: &[&str]) -> Vec<CatalogueRow> {
    let who = |letter: char| (letter != '-').then(|| place(letter));
    rows.iter()
        .map(|row| {
            let letters: Vec<char> = row.chars().collect();
            CatalogueRow {
                cfd: code("40000001"),
                lieu: who(letters[0]),
                formateur: who(letters[1]),
                gestionnaire: who(letters[2]),
                ministry_key: None,
            }
        })
        .collect()
}

/// Each établissement with a statistic, its role in one letter, and from whom its figures come.
fn world(rows: &[&str], with_statistics: &str) -> String {
    let continuum = Continuum::build(&[diplome("40000001", &[])], &[]);
    let mut entries: Entries = with_statistics
        .chars()
        .enumerate()
        .map(|(cohorte, letter)| {
            let key = CellKey {
                lieu: Lieu::Etablissement(place(letter)),
                code: code("40000001"),
                millesime: Millesime::pooled(2023),
                filiere: Filiere::Apprentissage,
            };
            let chiffres = Chiffres { cohorte, relation: TypeOrigine::Propre, figures_role: None };
            (key, Entry { chiffres: Some(chiffres), ..Entry::default() })
        })
        .collect();
    assign(&mut entries, &catalogue(rows), &continuum);
    entries.sort_by_key(|(key, _)| *key);
    let shown = |(key, entry): &(CellKey, Entry)| {
        let Lieu::Etablissement(uai) = key.lieu else { panic!("an établissement") };
        let (roles, chiffres) = (entry.roles.clone().unwrap(), entry.chiffres.unwrap());
        let list = |uais: &Option<Vec<Uai>>| {
            uais.as_ref().map_or("?".to_owned(), |uais| uais.iter().map(|uai| name(*uai)).collect())
        };
        let datum = chiffres.figures_role.map_or(String::new(), |role| {
            format!(
                "<{}{}",
                with_statistics.chars().nth(chiffres.cohorte).unwrap(),
                role.as_str().chars().next().unwrap()
            )
        });
        let lists = [&roles.lieux_formation, &roles.formateurs, &roles.gestionnaires].map(list).join("/");
        format!("{}{datum}={} {lists}", name(uai), roles.role.as_str().chars().next().unwrap())
    };
    entries.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[test]
fn roles_and_copies_follow_the_catalogue() {
    for (rows, own, expected, why) in [
        (&["AAA"][..], "A", "A=l ?/A/A", "a CFA that does everything itself"),
        (&[], "A", "A=i ?/?/?", "nobody knows"),
        (&["ABC"], "A", "A=l ?/B/C", "a place of teaching"),
        (&["A--"], "A", "A=l ?//", "nobody is named: the lists are empty"),
        (&["ABB"], "B", "A<Bf=l ?/B/B, B=f A/?/B", "the trainer's figures are those of its place"),
        (&["ABB"], "AB", "A=l ?/B/B, B=f A/?/B", "a statistic that exists is not overwritten"),
        (&["ABB", "ACC"], "B", "B=f A/?/B", "another trainer at the place: no copy"),
        (&["ABB", "A-B"], "B", "B=f A/?/B", "nobody named counts as another trainer"),
        (&["AAA", "BAA"], "A", "A=f AB/A/A, B<Af=l ?/A/A", "a place that trains for another without statistic"),
        (&["AAA", "BAA"], "AB", "A=l ?/A/A, B=l ?/A/A", "each place has its own"),
        (&["BCA"], "A", "A=g B/C/?, B<Ag=l ?/C/A", "a manager's figures are those of the places"),
        (&["BCA", "BCD"], "A", "A=g B/C/?", "another manager at the place: no copy"),
        (&["BBB", "CDB"], "B", "B=g BC/BD/B, C<Bg=l ?/D/B", "a place that manages for a trainer counted nowhere"),
        (&["BBB", "CDB"], "BC", "B=l ?/B/B, C=l ?/D/B", "the trainer is counted at all its places"),
        (&["BBB", "CDB", "CDB"], "BD", "B=l ?/B/B, C<Df=l ?/D/B, D=f C/?/B", "the trainer has a statistic"),
    ] {
        assert_eq!(world(rows, own), expected, "{why}");
    }
}

#[test]
fn schools_are_everything_themselves_and_universities_unknown() {
    let mut entries: Entries = [Filiere::Pro, Filiere::Superieur]
        .map(|filiere| {
            let lieu = Lieu::Etablissement(place('A'));
            let key = CellKey { lieu, code: code("40000001"), millesime: Millesime::pooled(2023), filiere };
            (key, Entry::default())
        })
        .to_vec();
    assign(&mut entries, &[], &Continuum::default());
    let roles: Vec<_> = entries.iter().map(|(_, entry)| entry.roles.clone().unwrap()).collect();
    assert_eq!((roles[0].role, roles[0].formateurs.clone()), (RoleUai::LieuFormation, Some(vec![place('A')])));
    assert_eq!((roles[1].role, roles[1].formateurs.clone()), (RoleUai::Unknown, None));
}

#[test]
fn the_catalogue_of_a_renovated_diploma_counts_for_the_one_it_replaced() {
    let continuum = Continuum::build(&[diplome("40000001", &["40000002"]), diplome("40000002", &[])], &[]);
    let key = CellKey {
        lieu: Lieu::Etablissement(place('B')),
        code: code("40000002"),
        millesime: Millesime::pooled(2023),
        filiere: Filiere::Apprentissage,
    };
    let chiffres = Chiffres { cohorte: 0, relation: TypeOrigine::Propre, figures_role: None };
    let mut entries = vec![(key, Entry { chiffres: Some(chiffres), ..Entry::default() })];
    assign(&mut entries, &catalogue(&["ABB"]), &continuum);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].0.lieu, Lieu::Etablissement(place('A')));
}
