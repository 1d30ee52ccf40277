"""Step-up: before something sensitive, the person proves again who they are.

With a local account by password and code; with a sign-in elsewhere by signing in there anew; a
sample identity by a press of the button, and the page says so.
"""

from hanse.foundation.errors import Problem
from hanse.node.people import sessions
from hanse.node.people.signing_in import Given
from hanse.web.guard import own_path
from hanse.web.page import GoTo, Result, Shown
from hanse.web.signin.password import TRIES, checked
from hanse.web.visit import Visit


async def ask(visit: Visit) -> Result:
    """Ask for the proof."""
    return _page(visit, None)


async def prove(visit: Visit) -> Result:
    """Take the proof, and go on to where it was asked for."""
    visit.limit(TRIES)
    now, secret = visit.now, visit.secret or ""
    try:
        if visit.who.method == "password":
            given = Given(
                visit.who.login, visit.form.get("password", ""), visit.form.get("code", "")
            )
            await checked(visit, given)
        elif visit.who.method != "sample":
            return _page(visit, None)
    except Problem as problem:
        return _page(visit, problem)
    await visit.node.writer.run(lambda tx: sessions.note_proved(tx, secret, now))
    return GoTo(own_path(visit.form.get("next", "/")))


def _page(visit: Visit, problem: Problem | None) -> Shown:
    values = {
        "next": own_path(visit.form.get("next") or visit.query.get("next", "/")),
        "problem": problem,
        "method": visit.who.method,
        "providers": {
            name: one for name, one in visit.providers.items() if one.config.kind is visit.who.kind
        },
    }
    return Shown("signin/prove.html", values, 200 if problem is None else problem.kind.status)
