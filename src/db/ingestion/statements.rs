//! The statements that depend on the table, put together from the closed list of [`Table`].

use super::tables::Table;
use crate::domain::Mesure;

fn columns(prefix: &str, names: &[&str], separator: &str) -> String {
    names.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(separator)
}

/// Deletes the rows of file `$1` that share their key with another of its rows: all of them when
/// they contradict each other, all but the first when they say the same or where the first one
/// counts, all but the last where the last one counts. Of those that contradict each other, the
/// first pairs come back with the columns in which they differ: all parts of the statement see the
/// table as it was.
pub(super) fn duplicates(table: Table, examples: i32) -> String {
    let (name, key) = (table.name(), table.key());
    let (keys, same_key) =
        (columns("", key, ", "), key.iter().map(|column| same(table, column)).collect::<Vec<_>>().join(" AND "));
    let (kind, doomed) = if table.last_counts() {
        ("'remplacee'", "t.ligne < d.derniere")
    } else if table.first_counts() {
        ("CASE WHEN d.contraire THEN 'repetee' ELSE 'identique' END", "t.ligne <> d.premiere")
    } else {
        ("CASE WHEN d.contraire THEN 'contradictoire' ELSE 'identique' END", "(d.contraire OR t.ligne > d.premiere)")
    };
    format!(
        "WITH d AS (
             SELECT {keys}, {first} AS premiere, max(ligne) AS derniere,
                    min(empreinte) <> max(empreinte) AS contraire
             FROM {name} WHERE fichier_id = $1 GROUP BY {keys} HAVING count(*) > 1
         ), x AS (
             DELETE FROM {name} t USING d WHERE t.fichier_id = $1 AND {same_key} AND {doomed}
             RETURNING {kind} AS sorte, t.ligne, concat_ws(' ', {shown}) AS cle
         ), e AS ({pairs})
         {summary} GROUP BY sorte",
        first = table.first_open().map_or_else(
            || "min(ligne)".to_owned(),
            |open| format!("coalesce(min(ligne) FILTER (WHERE {open}), min(ligne))")
        ),
        shown = columns("t.", key, ", "),
        pairs = contradictions(table, &same_key, examples),
        summary = summary("sorte, (SELECT json_agg(e) FROM e WHERE sorte = 'contradictoire') AS paires, ", examples),
    )
}

/// The first pairs of rows that contradict each other: lines, key, and the columns that differ.
fn contradictions(table: Table, same_key: &str, examples: i32) -> String {
    let (name, shown) = (table.name(), columns("t.", table.key(), ", "));
    format!(
        "SELECT t.ligne AS line, o.ligne AS other, concat_ws(' ', {shown}) AS key,
                ARRAY(SELECT a.key FROM json_each_text(to_json(t)) WITH ORDINALITY a (key, value, place)
                      JOIN json_each_text(to_json(o)) b (key, value) USING (key)
                      WHERE a.value IS DISTINCT FROM b.value AND key NOT IN ('ligne', 'empreinte')
                      ORDER BY place) AS columns
         FROM (SELECT * FROM d WHERE contraire ORDER BY premiere LIMIT {examples}) d
         JOIN {name} t ON t.fichier_id = $1 AND t.ligne = d.premiere AND {same_key}
         JOIN LATERAL (SELECT t.empreinte AS first) f ON true
         JOIN LATERAL (SELECT t.* FROM {name} t WHERE t.fichier_id = $1 AND {same_key} AND t.empreinte <> f.first
                       ORDER BY t.ligne LIMIT 1) o ON true
         ORDER BY 1"
    )
}

/// Whether a column of the key is the same in `t` and `d`. `IS NOT DISTINCT FROM` would say it of
/// `NULL`s too, but cannot be hashed: a large file would be compared row by row with itself.
fn same(table: Table, column: &str) -> String {
    if table.key_has_nulls() {
        format!("coalesce(t.{column}::text, '') = coalesce(d.{column}::text, '')")
    } else {
        format!("t.{column} = d.{column}")
    }
}

/// Deletes the rows of file `$1`, in the long form, whose numbers contradict each other: more
/// than everybody goes on or leaves, or more are in employment than left. Returns their lines.
pub(super) fn incoherent(examples: i32) -> String {
    let key = columns("", &["lieu", "code_certification", "filiere", "millesime"], ", ");
    format!(
        "WITH d AS (
             DELETE FROM mesures WHERE fichier_id = $1 AND (
                 coalesce(nb_poursuite_etudes, 0) + coalesce(nb_sortant, 0) > nb_annee_term
                 OR greatest(nb_en_emploi_6_mois, nb_en_emploi_12_mois, nb_en_emploi_18_mois, nb_en_emploi_24_mois)
                    > coalesce(nb_sortant, nb_annee_term))
             RETURNING {key}
         ), x AS (
             SELECT l.ligne, concat_ws(' ', {key}) AS cle FROM mesures_longues l JOIN d USING ({key})
         )
         {}",
        summary("", examples)
    )
}

fn summary(group: &str, examples: i32) -> String {
    format!(
        "SELECT {group}count(*) AS nombre, (array_agg(ligne ORDER BY ligne))[1:{examples}] AS lignes,
                (array_agg(cle ORDER BY ligne))[1:{examples}] AS cles FROM x"
    )
}

/// The rows of file `$1` in `mesures`, in the order of their lines.
pub(super) fn measures() -> String {
    let columns: Vec<_> = Mesure::ALL.iter().map(|mesure| mesure.as_str()).collect();
    format!("SELECT ligne, {} FROM mesures WHERE fichier_id = $1 ORDER BY ligne", columns.join(", "))
}

/// Empties `columns` of the rows of file `$1` that are of filière `$2` and millésime `$3`.
pub(super) fn blank(table: Table, columns: &[&str]) -> String {
    let [_, filiere, millesime] = table.scope();
    let emptied: Vec<_> = columns.iter().map(|column| format!("{column} = NULL")).collect();
    format!(
        "UPDATE {} SET {} WHERE fichier_id = $1 AND {filiere} = $2 AND {millesime} = $3",
        table.name(),
        emptied.join(", ")
    )
}

/// The scopes of file `$1`.
pub(super) fn scopes(table: Table) -> String {
    let [maille, filiere, millesime] = table.scope();
    format!(
        "SELECT {maille} AS maille, {filiere} AS filiere, {millesime} AS millesime, count(*) AS lignes
         FROM {} WHERE fichier_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        table.name()
    )
}

/// Deletes the rows of the files that hold scopes of dataset `$1` until now; the scopes are the
/// three parallel arrays `$2`, `$3`, `$4`.
pub(super) fn replace(table: Table) -> String {
    let [maille, filiere, millesime] = table.scope();
    format!(
        "DELETE FROM {} t USING portees p, unnest($2::text[], $3::text[], $4::text[]) AS n (maille, filiere, millesime)
         WHERE p.dataset = $1 AND p.maille = n.maille AND p.filiere = n.filiere AND p.millesime = n.millesime
           AND t.fichier_id = p.fichier_id
           AND (p.maille, p.filiere, p.millesime) = ({}, {}, {})",
        table.name(),
        of_row(maille),
        of_row(filiere),
        of_row(millesime)
    )
}

/// A scope's expression as seen from the alias `t`; constants stay what they are.
fn of_row(expression: &str) -> String {
    if expression.starts_with('\'') { expression.to_owned() } else { format!("t.{expression}") }
}
