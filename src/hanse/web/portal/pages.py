"""The portal's pages, for everybody."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.page import Page, Result, Section, Shown
from hanse.web.portal import catalogue, happenings, league, published, verifying
from hanse.web.portal.fields import by_field, by_need
from hanse.web.portal.league_map import league_map
from hanse.web.visit import Visit


async def home(visit: Visit) -> Result:
    """What the league is, and what happens in its cities now."""
    layers = await happenings.now(visit)
    node = visit.node
    values = {
        "layers": layers,
        "map": league_map(node.league, node.config.city, layers),
        "fields": by_field(node.registry.services),
        "needs": by_need(node.registry.services),
        "publications": published.publications(visit),
        "agreements": node.league.describe_agreements(visit.now),
        "now": visit.now,
    }
    return Shown("portal/home.html", values)


PORTAL: Final = Section(
    name="portal",
    title=Text("门户", "Portal"),
    package="hanse.web.portal",
    pages=(
        Page("home", "/", Text("首页", "Home"), home, in_menu=True),
        Page(
            "services",
            "/services",
            Text("服务", "Services"),
            catalogue.services,
            in_menu=True,
        ),
        Page(
            "service",
            "/services/{name}",
            Text("服务详情", "Service"),
            catalogue.service,
            under="services",
            example={"name": "safety.traffic"},
        ),
        Page(
            "published",
            "/published",
            Text("信息公开", "Published"),
            published.published,
            in_menu=True,
        ),
        Page(
            "publication",
            "/published/{name}",
            Text("公开信息", "Publication"),
            published.publication,
            under="published",
            example={"name": "traffic"},
        ),
        Page(
            "verify",
            "/verify",
            Text("核验", "Verify"),
            verifying.verify,
            submit=verifying.check,
            form_bytes_max=verifying.FORM_BYTES_MAX,
            in_menu=True,
        ),
        Page("league", "/league", Text("联盟", "The league"), league.league, in_menu=True),
        Page(
            "charter",
            "/league/charter",
            Text("章程文件", "The charter"),
            league.charter,
            gives_file=True,
            under="league",
        ),
        Page(
            "agreement",
            "/league/agreements/{id}",
            Text("协议", "Agreement"),
            league.agreement,
            under="league",
            example={"id": "credit"},
        ),
    ),
)
