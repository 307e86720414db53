"""The API keeps what its OpenAPI description promises, whatever it is asked: schemathesis asks over a real socket."""

from typing import Any

import hypothesis
import pytest
import schemathesis

from storage import store
from tests.dashboard import live


@pytest.mark.timeout(300)
def test_every_answer_is_as_described(ledger: store.Stores) -> None:
    settings = hypothesis.settings(
        max_examples=15, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    with live.served(ledger) as address:
        described = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
        operations = [found.ok() for found in described.get_all_operations()]
        for operation in operations:

            @settings
            @hypothesis.given(case=operation.as_strategy())
            def ask(case: Any) -> None:
                case.call_and_validate()

            ask()
    assert {one.path for one in operations} >= {"/healthz", "/api/v1/board", "/api/v1/developments"}
