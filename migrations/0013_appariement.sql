-- What the matching of a platform's catalogue asks of a year of a school-based course: how many years
-- the course takes (DUREE_DISPOSITIF) and which of them this is (ANNEE_DISPOSITIF). NULL for diplomas,
-- for higher education, and in publications made before: they are matched without.
ALTER TABLE certifications
    ADD COLUMN duree_dispositif smallint,
    ADD COLUMN annee_dispositif smallint;
