"""The sample identities of a demonstration, and signing out."""

from hanse.foundation.store import Transaction
from hanse.node.people import accounts, sessions
from hanse.web.guard import own_path
from hanse.web.page import GoTo, Result
from hanse.web.visit import Visit


async def be_sample(visit: Visit) -> Result:
    """Sign in as a sample identity; a node without any refuses every login here."""
    login, earlier, now = visit.form.get("login", ""), visit.secret, visit.now

    def begin(tx: Transaction) -> str:
        account = accounts.sample(tx, login)
        if earlier:
            sessions.end(tx, earlier)
        return sessions.begin(tx, account, "sample", now)

    secret = await visit.node.writer.run(begin)
    return GoTo(own_path(visit.form.get("next", "/")), begins=secret)


async def signed_out(visit: Visit) -> Result:
    """Where nothing is left to end."""
    return GoTo("/")


async def sign_out(visit: Visit) -> Result:
    """End the session, in the store and at the browser."""
    secret = visit.secret
    if secret:
        await visit.node.writer.run(lambda tx: sessions.end(tx, secret))
    return GoTo("/", ends=True)
