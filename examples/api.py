"""An application that migrates its own database when it starts: `uvicorn examples.api:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlmodel import Session, create_engine, select

from examples.models import User
from schema_lab import init_db
from schema_lab.database import database_url

PROJECT = Path(__file__).resolve().parent.parent


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Upgrade to the newest revision before the first request; do not start when that fails."""
    init_db(config=PROJECT / "alembic.ini")
    app.state.engine = create_engine(database_url(PROJECT))
    yield
    app.state.engine.dispose()


app = FastAPI(title="schema_lab example", lifespan=lifespan)


@app.get("/users")
def users() -> list[User]:
    """List the users in the order of their ids."""
    with Session(app.state.engine) as session:
        return list(session.exec(select(User).order_by("id")))


@app.post("/users", status_code=201)
def sign_up(email: str, name: str) -> User:
    """Add a user."""
    with Session(app.state.engine, expire_on_commit=False) as session:
        user = User(email=email, name=name)
        session.add(user)
        session.commit()
        return user
