"""One filled ledger for all of the dashboard's tests, which only read; an application and a client over it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from app.dashboard import context
from storage import store
from tests.dashboard import filled


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Stores]:
    stores = store.open_stores(f"sqlite:///{tmp_path_factory.mktemp('dashboard')}/watch.db")
    filled.fill(stores)
    yield stores
    stores.database.close()


@pytest.fixture
def around(ledger: store.Stores) -> context.Context:
    return filled.around(ledger)


@pytest.fixture
async def client(around: context.Context) -> AsyncIterator[httpx.AsyncClient]:
    async with filled.client_of(around) as made:
        yield made
