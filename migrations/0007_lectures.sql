-- Indexes for the questions that the treatments make possible.

-- /etablissements?proche= : the box around the circle.
CREATE INDEX etablissements_par_position ON etablissements (publication_id, latitude, longitude);
-- /formations?departement= and /etablissements?departement=
CREATE INDEX etablissements_par_departement ON etablissements (publication_id, departement, uai);
-- /correspondances/{code}: every year of a diploma.
CREATE INDEX certifications_par_cfd ON certifications (publication_id, cfd);
-- /certifications?famille_metier= and /referentiels/familles-metiers
CREATE INDEX certifications_par_famille ON certifications (publication_id, famille_code) WHERE famille_code IS NOT NULL;
