CREATE TYPE letter AS ENUM ('a', 'it''s');
CREATE SCHEMA aside;
CREATE TABLE plain (id SERIAL PRIMARY KEY, n BIGSERIAL, s SMALLSERIAL, l letter DEFAULT 'a');
CREATE TABLE "Big.Name %" ("Id :x" SERIAL PRIMARY KEY, "q""q" TEXT COLLATE "C");
CREATE SEQUENCE loose;
CREATE SEQUENCE aside."Loose One";
CREATE TABLE next (a INTEGER DEFAULT nextval('loose'), id INTEGER PRIMARY KEY,
    b BIGINT DEFAULT nextval('aside."Loose One"'));
CREATE TABLE aside.elsewhere (id SERIAL PRIMARY KEY);
CREATE SEQUENCE aside.lent OWNED BY aside.elsewhere.id;
CREATE TABLE borrows (id INTEGER DEFAULT nextval('aside.lent'), other INTEGER, third INTEGER);
CREATE SEQUENCE given OWNED BY plain.n;
ALTER TABLE borrows ALTER COLUMN third SET DEFAULT nextval('given');
CREATE TABLE points (a INTEGER REFERENCES aside.elsewhere ON DELETE SET NULL,
    b INTEGER REFERENCES plain DEFERRABLE INITIALLY DEFERRED, CHECK (a > 0), UNIQUE (a, b));
CREATE TABLE identity (a INTEGER GENERATED ALWAYS AS IDENTITY (START 5),
    b INTEGER DEFAULT 3, c INTEGER GENERATED ALWAYS AS (7 + 1) STORED);
CREATE TABLE defaults (a TEXT DEFAULT ' see :name', b TEXT DEFAULT '100%', c INTEGER[],
    d TIMESTAMP DEFAULT now(), e NUMERIC(10, 2), f VARCHAR(20) DEFAULT 'nextval(''loose'')');
CREATE INDEX ix_lower ON defaults (lower(a), b DESC NULLS LAST) WHERE b <> '%';
CREATE UNIQUE INDEX ix_hash ON defaults (f) INCLUDE (e);
COMMENT ON TABLE plain IS 'it''s 100% :name';
COMMENT ON COLUMN plain.n IS 'said';
CREATE TABLE whole (id INTEGER, at DATE) PARTITION BY RANGE (at);
CREATE TABLE child () INHERITS (plain);
CREATE VIEW seen AS SELECT a FROM defaults;
