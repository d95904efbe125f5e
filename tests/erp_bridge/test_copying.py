"""Rows that are copied come back as they were."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from erp_bridge.copying import copy_rows
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration

TABLE = Table(
    "copied",
    MetaData(schema="public"),
    Column("number", Integer, primary_key=True),
    Column("texts", ARRAY(Text)),
    Column("facts", JSONB),
    Column("word", Text),
)
AWKWARD = ['"', "\\", '\\"', "{a,b}", "NULL", "", " ", "a\nb\tc", "é 中", "\\N", "'"]


def test_awkward_values_come_back(servers: Servers) -> None:
    """Quotes, backslashes, braces, empty texts and arrays, and what looks like null."""
    rows = [
        {"number": 0, "texts": AWKWARD, "facts": {"a": AWKWARD}, "word": "\\N"},
        {"number": 1, "texts": [], "facts": {}, "word": ""},
        {"number": 2, "texts": None, "facts": None, "word": None},
        *(
            {"number": n, "texts": [text], "facts": {text: text}, "word": text}
            for n, text in enumerate(AWKWARD, start=3)
        ),
    ]
    with servers.engine.begin() as connection:
        TABLE.create(connection)
        copy_rows(connection, TABLE, rows)
        query = select(TABLE).order_by(TABLE.c.number)
        found = [dict(row) for row in connection.execute(query).mappings()]
        TABLE.drop(connection)
    assert found == rows
