-- Who may use the routes that are not public: keys for programs, accounts for people who log in
-- to get a token. Neither a key nor a password is stored, only what is needed to recognise it.

CREATE TABLE cles (
    id         integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the key. A key is 256 random bits: there is nothing to guess, so that a slow,
    -- salted hash would cost every request time and protect nothing more.
    empreinte  bytea       NOT NULL UNIQUE CHECK (length(empreinte) = 32),
    -- Whose key it is. Two keys of one platform may share it, while one replaces the other.
    nom        text        NOT NULL,
    contact    text,
    droits     text[]      NOT NULL CHECK (cardinality(droits) > 0 AND droits <@ ARRAY['legacy', 'v1']),
    -- Requests a minute; NULL: that of everybody with a key.
    quota      integer     CHECK (quota > 0),
    creee_le   timestamptz NOT NULL DEFAULT now(),
    -- The last day on which it is accepted, in Europe/Paris.
    expire_le  date,
    revoquee_le timestamptz,
    -- To the minute: written at most once a minute by each server.
    utilisee_le timestamptz
);

CREATE TABLE comptes (
    id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nom          text        NOT NULL,
    -- argon2id, with its parameters and its salt, as a PHC string; gone with the account.
    empreinte    text        COLLATE "C",
    cree_le      timestamptz NOT NULL DEFAULT now(),
    desactive_le timestamptz,
    CHECK ((empreinte IS NULL) = (desactive_le IS NOT NULL))
);

-- Logging in. A removed account stays on record and its name may be given again.
CREATE UNIQUE INDEX comptes_actifs ON comptes (nom) WHERE desactive_le IS NULL;

-- What the servers of one database must share: each accepts the tokens that another one signed.
CREATE TABLE secrets (
    nom     text        PRIMARY KEY COLLATE "C",
    valeur  bytea       NOT NULL,
    cree_le timestamptz NOT NULL DEFAULT now()
);
