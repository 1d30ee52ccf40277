"""The resident's pages."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.page import RESIDENTS, Page, Section
from hanse.web.resident import home, records

QUERIES_OF_PARTS: Final = 160
"""Each part of a service is a call, which leaves its record and its evidence."""

RESIDENT: Final = Section(
    name="resident",
    title=Text("我的", "Mine"),
    package="hanse.web.resident",
    pages=(
        Page(
            "mine",
            "/my",
            Text("我的事项", "My matters"),
            home.home,
            access=RESIDENTS,
            in_menu=True,
            queries_max=QUERIES_OF_PARTS,
        ),
        Page(
            "my_certificates",
            "/my/certificates",
            Text("我的凭证", "My certificates"),
            home.certificates,
            submit=home.issue,
            access=RESIDENTS,
            in_menu=True,
        ),
        Page(
            "my_records",
            "/my/records",
            Text("谁查看过我的信息", "Who looked at my data"),
            records.records,
            access=RESIDENTS,
            in_menu=True,
            queries_max=QUERIES_OF_PARTS,
        ),
        Page(
            "my_records_file",
            "/my/records/file",
            Text("查看记录及证明", "The lines with their proofs"),
            records.file,
            gives_file=True,
            access=RESIDENTS,
            under="my_records",
            queries_max=QUERIES_OF_PARTS,
        ),
    ),
)
