"""The SQL that empties a PostgreSQL database and leaves its extensions where they are.

Dropping the schema public would take along the extensions in it, which an ordinary user cannot
make again, and its privileges. So public, and every schema that holds an extension, is emptied
thing by thing and gets back the privileges from which pg_dump counts; the snapshot adds the rest.
Source: https://www.postgresql.org/docs/current/catalog-pg-depend.html
"""

from collections.abc import Iterable

_CLOSED_SINCE = 15

_CLEAR = """
BEGIN;
SET LOCAL lock_timeout = '500ms';
SET LOCAL client_min_messages = warning;
SELECT set_config('schema_lab.extensions', {extensions}::text, true),
       set_config('schema_lab.emptied', {emptied}::text, true);
DO $$
DECLARE
  extensions text[] := current_setting('schema_lab.extensions');
  emptied text[] := current_setting('schema_lab.emptied');
  thing record;
BEGIN
  FOR thing IN
    SELECT extname FROM pg_extension WHERE extname <> ALL (extensions) AND extname <> 'plpgsql'
  LOOP
    EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', thing.extname);
  END LOOP;

  FOR thing IN
    SELECT nspname FROM pg_namespace n
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL (emptied)
      AND NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_namespace'::regclass AND objid = n.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', thing.nspname);
  END LOOP;

  LOOP  -- what the schemas hold, apart from members of extensions and parts of other things
    SELECT what.type, what.identity INTO thing
    FROM pg_depend d
    JOIN pg_namespace n ON n.oid = d.refobjid
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS what
    WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = ANY (emptied)
      AND d.deptype = 'n' AND d.objsubid = 0 AND d.classid <> 'pg_extension'::regclass
      AND NOT EXISTS (SELECT FROM pg_depend other
                      WHERE other.classid = d.classid AND other.objid = d.objid
                        AND other.objsubid = 0 AND other.refobjid <> d.objid
                        AND other.deptype IN ('e', 'i'))
    LIMIT 1;
    EXIT WHEN NOT FOUND;
    EXECUTE format('DROP %s %s CASCADE', replace(thing.type, ' object', ''), thing.identity);
  END LOOP;

  FOR thing IN
    SELECT DISTINCT nspname,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS who
    FROM pg_namespace CROSS JOIN LATERAL aclexplode(nspacl)
    WHERE nspname = ANY (emptied) AND pg_has_role(nspowner, 'USAGE')
  LOOP
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s CASCADE', thing.nspname, thing.who);
  END LOOP;
  FOR thing IN
    SELECT nspname, nspowner::regrole::text AS owner FROM pg_namespace
    WHERE nspname = ANY (emptied) AND pg_has_role(nspowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT ALL ON SCHEMA %I TO %s', thing.nspname, thing.owner);
    IF thing.nspname = 'public' THEN
      GRANT {of_public} ON SCHEMA public TO PUBLIC;
    END IF;
  END LOOP;
END
$$;
"""


def clearing(extensions: Iterable[str], emptied: Iterable[str], version: int) -> str:
    """Give the SQL that begins a transaction and empties the database in it.

    Parameters
    ----------
    extensions
        Those that stay.
    emptied
        The schemas that stay without their contents; all others go.
    version
        Of pg_dump: until 14 it took for granted that everybody may create in the schema public.
    """
    of_public = "USAGE" if version >= _CLOSED_SINCE else "ALL"
    return _CLEAR.format(
        extensions=_array(extensions), emptied=_array(emptied), of_public=of_public
    )


def _array(names: Iterable[str]) -> str:
    """Spell names as an array of SQL.

    Examples
    --------
    >>> _array(["it's"])
    "ARRAY['it''s']::text[]"
    """
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))
    return f"ARRAY[{quoted}]::text[]"
