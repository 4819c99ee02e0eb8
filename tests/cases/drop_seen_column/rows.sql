CREATE VIEW seen AS SELECT plan FROM users;
