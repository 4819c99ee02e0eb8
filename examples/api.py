"""An application that migrates its own database when it starts: `uvicorn examples.api:app`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, create_engine, select

from schema_lab import init_db
from schema_lab.database import database_url
from schema_lab.models import User, UserProfile

PROJECT = Path(__file__).resolve().parent.parent


class NewUser(SQLModel):
    """What a client sends to sign up."""

    email: str
    name: str
    display_name: str | None = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Upgrade to the newest revision before the first request; do not start when that fails."""
    init_db(config=PROJECT / "alembic.ini")
    app.state.engine = create_engine(database_url(PROJECT))
    yield
    app.state.engine.dispose()


def open_session(request: Request) -> Iterator[Session]:
    """Open one session for one request."""
    with Session(request.app.state.engine) as session:
        yield session


app = FastAPI(title="schema_lab example", lifespan=lifespan)
CurrentSession = Annotated[Session, Depends(open_session)]


@app.get("/health")
def health(session: CurrentSession) -> dict[str, str]:
    """Say that the application and its database answer."""
    session.connection()
    return {"status": "ok"}


@app.get("/users")
def users(session: CurrentSession) -> list[User]:
    """List the users in the order of their ids."""
    return list(session.exec(select(User).order_by("id")))


@app.post("/users", status_code=201)
def sign_up(new: NewUser, session: CurrentSession) -> User:
    """Add a user and their profile."""
    user = User(email=new.email, name=new.name)
    display_name = new.display_name or new.name
    user.profile = UserProfile(display_name=display_name)  # type: ignore[call-arg]  # sets user_id
    session.add(user)
    try:
        session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "This address has signed up before.") from error
    session.refresh(user)
    return user
