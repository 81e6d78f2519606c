"""A bare FastAPI + SQLAlchemy process, to compare memory and the time to ready with: one model, one route, one pool."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select


class Thing(SQLModel, table=True):
    """One row of anything."""

    id: int = Field(primary_key=True)
    name: str


class Ready(BaseModel):
    """What the route answers."""

    ready: bool


engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=4)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


app = FastAPI(lifespan=_lifespan)


@app.get("/readyz")
async def readyz() -> Ready:
    """Ask the database, with what a service has loaded to ask it."""
    str(select(Thing).where(Thing.name == "x"))
    async with engine.connect() as connection:
        return Ready(ready=bool((await connection.execute(text("SELECT 1"))).scalar_one()))


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), http="h11", access_log=False, log_level="warning")
