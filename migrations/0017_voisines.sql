-- The neighbours of a formation: who teaches the same or a related certification nearby.

-- Metres between two points on a sphere of the earth's mean radius (great circle, haversine): within
-- half a percent of the truth, without an extension. A single expression, so that PostgreSQL puts it
-- in the place of its call.
CREATE FUNCTION distance_m(
    latitude double precision, longitude double precision,
    other_latitude double precision, other_longitude double precision
) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(12742017.6 * asin(sqrt(least(1,
        power(sin(radians(latitude - other_latitude) / 2), 2)
        + cos(radians(latitude)) * cos(radians(other_latitude))
          * power(sin(radians(longitude - other_longitude) / 2), 2)
    ))))::integer
$$;

-- /formations/{uai}/{code}/voisines: the diplomas of a group of specialities.
CREATE INDEX certifications_par_groupe
    ON certifications (publication_id, groupe_specialite, diplome_code) WHERE groupe_specialite IS NOT NULL;
