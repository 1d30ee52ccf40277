"""The members of the league and their keys, as the charter lists them."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Block, Mark, Table, Tone
from hanse.mechanisms.league.charter import USE_TITLES
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

VALID = Mark(Text("有效", "Valid"), Tone.GOOD)
NOT_VALID = Mark(Text("不在有效期", "Not valid now"), Tone.CAUTION)
COLUMNS = (
    Text("城市", "City"),
    Text("密钥", "Key"),
    Text("算法", "Suite"),
    Text("用途", "Uses"),
    Text("生效", "From"),
    Text("失效", "Until"),
    Text("状态", "State"),
)


async def members(visit: Visit) -> Result:
    """Every key of every member."""
    charter = visit.node.league.charter
    rows = []
    for member in charter.cities.values() if charter else ():
        for key in member.keys:
            uses = [USE_TITLES[use] for use in key.uses]
            titles = Text("、".join(one.zh for one in uses), ", ".join(one.en for one in uses))
            mark = VALID if key.is_valid(visit.now) else NOT_VALID
            row = (member.name, key.id, key.suite, titles, key.valid_from, key.valid_until, mark)
            rows.append(row)
    empty = Text("尚无章程", "There is no charter yet")
    block: Block = Table(Text("成员与密钥", "Members and keys"), COLUMNS, tuple(rows), empty)
    hint = Text(
        "更换密钥、地址或成员须修订章程："
        "hanse charter propose 起草，各市用 hanse charter sign 签署。",
        "A key, an address or a member is changed by the charter: hanse charter propose drafts it, "
        "and the cities sign it with hanse charter sign.",
    )
    values = {"title": Text("成员与密钥", "Members and keys"), "hint": hint, "blocks": [block]}
    return Shown("operator/blocks.html", values)
