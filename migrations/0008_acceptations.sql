-- What an operator let in although a rule spoke against it (`--accepter`), by name: `contradictions`,
-- `texte`, `colonne_disparue` of a file, `perte:SLICE` of a publication. Empty nearly always.
ALTER TABLE fichiers ADD COLUMN acceptations text[] NOT NULL DEFAULT '{}';
ALTER TABLE publications ADD COLUMN acceptations text[] NOT NULL DEFAULT '{}';

-- The measures of which a scope has any value, one bit each in the order of the columns below: a file
-- that replaces it, or the next millésime, must not lose one in silence.
ALTER TABLE portees ADD COLUMN mesures integer NOT NULL DEFAULT 0;

UPDATE portees p SET mesures = held.bits FROM (
    SELECT fichier_id, maille, filiere, millesime, bit_or(
        (nb_annee_term IS NOT NULL)::integer | (nb_poursuite_etudes IS NOT NULL)::integer << 1
        | (nb_sortant IS NOT NULL)::integer << 2 | (nb_en_emploi_6_mois IS NOT NULL)::integer << 3
        | (nb_en_emploi_12_mois IS NOT NULL)::integer << 4 | (nb_en_emploi_18_mois IS NOT NULL)::integer << 5
        | (nb_en_emploi_24_mois IS NOT NULL)::integer << 6 | (taux_poursuite_etudes IS NOT NULL)::integer << 7
        | (taux_emploi_6_mois IS NOT NULL)::integer << 8 | (taux_emploi_12_mois IS NOT NULL)::integer << 9
        | (taux_emploi_18_mois IS NOT NULL)::integer << 10 | (taux_emploi_24_mois IS NOT NULL)::integer << 11
        | (part_poursuite_etudes IS NOT NULL)::integer << 12 | (part_en_emploi_6_mois IS NOT NULL)::integer << 13
        | (part_autres_situations_6_mois IS NOT NULL)::integer << 14
        | (taux_rupture_contrats IS NOT NULL)::integer << 15 | (salaire_12_mois_q1 IS NOT NULL)::integer << 16
        | (salaire_12_mois_q2 IS NOT NULL)::integer << 17 | (salaire_12_mois_q3 IS NOT NULL)::integer << 18) AS bits
    FROM mesures GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT fichier_id, maille, 'superieur', millesime, bit_or(
        (nb_poursuite_etudes IS NOT NULL)::integer << 1 | (nb_sortant IS NOT NULL)::integer << 2
        | (nb_en_emploi_6_mois IS NOT NULL)::integer << 3 | (nb_en_emploi_12_mois IS NOT NULL)::integer << 4
        | (nb_en_emploi_18_mois IS NOT NULL)::integer << 5 | (nb_en_emploi_24_mois IS NOT NULL)::integer << 6
        | (salaire_12_mois_q1 IS NOT NULL)::integer << 16 | (salaire_12_mois_q2 IS NOT NULL)::integer << 17
        | (salaire_12_mois_q3 IS NOT NULL)::integer << 18)
    FROM insersup WHERE ensemble GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT fichier_id, 'etablissement', filiere, millesime, bit_or(
        (part_poursuite_etudes IS NOT NULL)::integer | (part_en_emploi_6_mois IS NOT NULL)::integer << 1
        | (part_autres_situations_6_mois IS NOT NULL)::integer << 2 | (taux_emploi_6_mois IS NOT NULL)::integer << 3
        | (taux_emploi_12_mois IS NOT NULL)::integer << 4 | (taux_emploi_18_mois IS NOT NULL)::integer << 5
        | (taux_emploi_24_mois IS NOT NULL)::integer << 6
        | (taux_emploi_6_mois_attendu IS NOT NULL)::integer << 7
        | (valeur_ajoutee_emploi_6_mois IS NOT NULL)::integer << 8
        | (taux_rupture_contrats IS NOT NULL)::integer << 9)
    FROM mesures_etablissement GROUP BY 1, 2, 3, 4
) AS held (fichier_id, maille, filiere, millesime, bits)
WHERE (p.fichier_id, p.maille, p.filiere, p.millesime)
    = (held.fichier_id, held.maille, held.filiere, held.millesime);
