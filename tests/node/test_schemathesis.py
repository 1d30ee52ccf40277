"""schemathesis over the agencies' OpenAPI: no server error, and every refusal has its code."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.node.running import Running

EXAMPLES_PER_OPERATION = 50 if os.environ.get("HANSE_TEST_EVERYWHERE") else 10
"""There are well over a hundred operations."""


@pytest.mark.timeout(600)
def test_no_call_of_an_agency_ends_in_a_server_error(zone: Running) -> None:
    address = zone.zone.addresses["510100"]
    headers = {"Authorization": f"Bearer {zone.zone.tokens['510100']['operations']}"}
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    called = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=EXAMPLES_PER_OPERATION,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def call(case: Any) -> None:
            nonlocal called
            if case.query and "wait_seconds" in case.query:
                case.query["wait_seconds"] = 0
            if case.query and "to" in case.query:
                case.query["to"] = "510600"  # else hardly one reaches the other city
            response = case.call(headers=headers)
            called += 1
            assert response.status_code < 500, (case.formatted_path, response.text)
            if response.status_code >= 400:
                assert response.json()["code"], case.formatted_path

        given(case=operation.as_strategy())(call)()
    assert called > EXAMPLES_PER_OPERATION
    assert zone.is_alive("510100")
