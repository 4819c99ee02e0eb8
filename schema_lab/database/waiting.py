"""Wait until a database server answers."""

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed


def wait_until_it_answers(engine: sa.Engine, seconds: float) -> None:
    """Try to connect until it works, for at most so many seconds. Read-only.

    Raises
    ------
    sqlalchemy.exc.OperationalError
        The last attempt's, when the time is over.
    """
    attempts = Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.5),
        retry=retry_if_exception_type(OperationalError),
        reraise=True,
    )
    attempts(_connect, engine)


def _connect(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.select(1))
