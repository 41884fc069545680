-- What an operator let in although a rule spoke against it (`--accepter`), by name: `contradictions`,
-- `texte`, `colonne_disparue` of a file, `perte:SLICE` of a publication. Empty nearly always.
ALTER TABLE fichiers ADD COLUMN acceptations text[] NOT NULL DEFAULT '{}';
ALTER TABLE publications ADD COLUMN acceptations text[] NOT NULL DEFAULT '{}';
