"""The public projects on which the lab is proved, and how each is told which database to use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OSLO = "from oslo_config import cfg; cfg.CONF([], default_config_files=[])"
"""OpenStack's projects read a variable once their configuration was asked for."""

DATABASE = "OS_DATABASE__CONNECTION"
SQLITE, POSTGRESQL, MARIADB = "sqlite", "postgresql", "mariadb"


@dataclass(frozen=True)
class Project:
    """A published project that is installed, and whose own Alembic folder is opened as it is.

    Attributes
    ----------
    name, package, version
        How it is called, and what is installed.
    ini
        Its alembic.ini, within the installed packages.
    folder
        The working directory, within the installed packages; "" is where they are.
    variable
        The environment's variable that names the database; "" where alembic.ini does.
    drivers
        The driver that its own env.py needs, by dialect, where it is asynchronous.
    prepare
        Python that runs before Alembic, in which `url` is the database's.
    dialects
        The databases that the project itself can migrate.
    beside
        What else is installed.
    explained
        Why a step is not simply right, by the step, or by the dialect and the step.
    """

    name: str
    package: str
    version: str
    ini: str
    folder: str = ""
    variable: str = ""
    drivers: Mapping[str, str] = field(default_factory=dict)
    prepare: str = ""
    dialects: tuple[str, ...] = (SQLITE, POSTGRESQL)
    beside: tuple[str, ...] = ()
    explained: Mapping[str, str] = field(default_factory=dict)

    def reason(self, dialect: str, step: str) -> str:
        """Say why a step is not simply right; "" where nobody has said so."""
        return self.explained.get(f"{dialect} {step}") or self.explained.get(step, "")


ORDER = (
    "The tables are the same but for the order of their indexes, which is chance where a script "
    "creates a table: SQLAlchemy keeps them in a set."
)
MORE = (
    "The lab also compares what Alembic does not, such as server defaults, CHECKs, members of "
    "enums and primary keys (compared.md); the first differences are named here, and were not held "
    "against each other one by one."
)
RESPELLED = (
    "PostgreSQL itself spells a CHECK with IN in another way after a dump and a restore: the "
    "constraint is the same."
)

ASYNCHRONOUS = {SQLITE: "sqlite+aiosqlite", POSTGRESQL: "postgresql+asyncpg"}

PROJECTS = (
    Project(
        "MLflow",
        "mlflow",
        "3.17.2",
        "mlflow/store/db_migrations/alembic.ini",
        prepare="from mlflow.store.tracking.dbmodels.initial_models import Base\n"
        "engine = sa.create_engine(url)\nBase.metadata.create_all(engine)\nengine.dispose()",
        explained={"drift": MORE, "postgresql snapshot and restore": RESPELLED},
    ),
    Project(
        "Optuna",
        "optuna",
        "5.0.0",
        "optuna/storages/_rdb/alembic.ini",
        folder="optuna/storages/_rdb",
        explained={"postgresql drift": MORE},
    ),
    Project(
        "Prefect",
        "prefect",
        "3.9.1",
        "prefect/server/database/alembic.ini",
        variable="PREFECT_API_DATABASE_CONNECTION_URL",
        drivers=ASYNCHRONOUS,
        explained=dict.fromkeys(
            ("open", "status", "review", "snapshot and restore", "panel"),
            "Prefect's env.py runs within Prefect's own program only: plain Alembic fails too.",
        ),
    ),
    Project(
        "Langflow",
        "langflow-base",
        "0.11.6",
        "langflow/alembic.ini",
        folder="langflow",
        drivers={SQLITE: "sqlite+aiosqlite", POSTGRESQL: "postgresql+psycopg"},
        explained={
            "drift": MORE,
            "sqlite upgrade": "The history gives a column several foreign keys to one other, "
            "and Alembic's copies of the table keep one of them. The lab keeps them: it is right.",
            "postgresql snapshot and restore": RESPELLED,
        },
    ),
    Project(
        "Phoenix",
        "arize-phoenix",
        "20.26.1",
        "phoenix/db/alembic.ini",
        folder="phoenix/db",
        variable="PHOENIX_SQL_DATABASE_URL",
        beside=("asyncpg",),
        explained={"drift": MORE, "postgresql snapshot and restore": RESPELLED},
    ),
    Project(
        "Airflow",
        "apache-airflow-core",
        "3.3.2",
        "airflow/alembic.ini",
        variable="AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        beside=("asyncpg",),
        explained={
            "drift": MORE,
            "sqlite upgrade": "Alembic's copy of the table loses the DESC of an index, and the "
            "lab's keeps it: the lab is right.",
            "sqlite down and up": "The same index.",
            "postgresql snapshot and restore": RESPELLED,
        },
    ),
    Project("Nova", "nova", "34.0.0", "nova/db/main/alembic.ini"),
    Project(
        "Keystone",
        "keystone",
        "30.0.0",
        "keystone/common/sql/alembic.ini",
        prepare="import keystone.conf; keystone.conf.configure()",
        explained={
            "mariadb upgrade": ORDER,
            "drift": "Keystone's own program imports all models, and its env.py only a part. "
            "`alembic check` would drop the tables of the others. The lab leaves them alone: "
            "its drift names them as tables of others.",
        },
        dialects=(SQLITE, POSTGRESQL, MARIADB),
    ),
    Project(
        "Cinder",
        "cinder",
        "29.0.0",
        "cinder/db/alembic.ini",
        explained={
            "sqlite drift": "The lab compares CHECKs, of which Alembic sees none: the tables have "
            "some from Boolean columns, and the models have none. The lab is right.",
            "sqlite upgrade": "Plain Alembic loses the same CHECKs, and says nothing.",
        },
    ),
    Project(
        "Designate",
        "designate",
        "23.0.0",
        "designate/storage/sqlalchemy/alembic.ini",
        explained={
            "sqlite upgrade": "The history declares this foreign key twice, and Alembic's copy of "
            "the table loses the one with the action. The lab's copy keeps it: the lab is right.",
        },
    ),
    Project(
        "Aodh",
        "aodh",
        "23.0.0",
        "aodh/storage/sqlalchemy/alembic/alembic.ini",
        dialects=(POSTGRESQL,),
        explained={
            "upgrade": "The default is the moment at which the revision runs: both are right.",
            "drift": "The lab compares server defaults, and the models have none: the lab is "
            "right.",
        },
    ),
    Project(
        "Ironic",
        "ironic",
        "39.0.0",
        "ironic/db/sqlalchemy/alembic.ini",
        variable=DATABASE,
        prepare=OSLO,
        dialects=(SQLITE, POSTGRESQL, MARIADB),
        explained={
            "mariadb upgrade": ORDER,
        },
    ),
    Project(
        "Manila",
        "manila",
        "23.0.1",
        "manila/db/migrations/alembic.ini",
        variable=DATABASE,
        prepare=OSLO,
        dialects=(POSTGRESQL,),
    ),
    Project(
        "Watcher",
        "python-watcher",
        "17.0.0",
        "watcher/db/sqlalchemy/alembic.ini",
        variable=DATABASE,
        prepare=OSLO,
        dialects=(POSTGRESQL, MARIADB),
    ),
    Project(
        "Magnum",
        "magnum",
        "23.0.0",
        "magnum/db/sqlalchemy/alembic.ini",
        variable=DATABASE,
        prepare=OSLO,
        dialects=(MARIADB,),
        explained={"drift": MORE},
    ),
)
