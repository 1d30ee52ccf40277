"""The same transfers in two other ledgers of Python, each in its own way and each commit durable.

django-hordak 2.0 on PostgreSQL: `transfer_to`, one in a transaction, and its own way in bulk,
1,000 transactions with their legs. python-accounting 2.0 on a file of SQLite: journal entries that
are posted one by one. Neither has limits, pending transfers, client's ids or evidence.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benches.ledger import stores
from benches.timing import percentile

ACCOUNTS = 50
BULK = 1_000
SINGLES, BULKS, POSTINGS = 200, 8, 150


def hordak(scale: float) -> dict[str, Any]:
    """Singles and bulks on a PostgreSQL of its own, like ours; the sum of all legs is 0 after."""
    with stores("postgresql") as url:
        _configure(str(parse_qs(urlsplit(url).query)["host"][0]))
        from django.core.management import call_command
        from django.db import connection, transaction
        from hordak.models import Account, AccountType, Leg, Transaction
        from moneyed import Money

        call_command("migrate", verbosity=0)
        held = [
            Account.objects.create(
                name=f"a{n}", code=f"{n:03}", type=AccountType.liability, currencies=["CNY"]
            )
            for n in range(ACCOUNTS)
        ]
        chance = random.Random(7)

        def single() -> None:
            debit, credit = chance.sample(held, 2)
            debit.transfer_to(credit, Money(chance.randrange(1, 1_000), "CNY"))

        def bulk() -> None:
            transactions, legs = [], []
            for _ in range(BULK):
                debit, credit = chance.sample(held, 2)
                amount = Money(chance.randrange(1, 1_000), "CNY")
                one = Transaction()
                transactions.append(one)
                legs.append(Leg(transaction=one, account=debit, debit=amount))
                legs.append(Leg(transaction=one, account=credit, credit=amount))
            with transaction.atomic():
                Transaction.objects.bulk_create(transactions)
                Leg.objects.bulk_create(legs)

        singles, bulks = max(20, int(SINGLES * scale)), max(2, int(BULKS * scale))
        found = {
            "transfer_to": _timed(single, singles, 1),
            "bulk_create_1000": _timed(bulk, bulks, BULK),
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), sum(coalesce(debit, 0) - coalesce(credit, 0)) FROM hordak_leg"
            )
            count, total = cursor.fetchone()
        connection.close()
    if (count, total) != (2 * (singles + bulks * BULK), 0):
        raise RuntimeError("hordak's legs are not all there")
    return found


def _configure(socket: str) -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "postgres",
                "HOST": socket,
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()


def python_accounting(scale: float) -> dict[str, Any]:
    """Journal entries of two lines, posted one by one to a file of SQLite with full sync."""
    from python_accounting.database.session import get_session
    from python_accounting.models import Base
    from sqlalchemy import create_engine, event

    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'peer.sqlite'}")

        @event.listens_for(engine, "connect")
        def full(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

        Base.metadata.create_all(engine)
        with get_session(engine) as session:
            found = {"post": _timed(_poster(session), max(20, int(POSTINGS * scale)), 1)}
        engine.dispose()
    return found


def _poster(session: Any) -> Callable[[], None]:
    from python_accounting.models import Account, Currency, Entity, LineItem
    from python_accounting.transactions import JournalEntry

    def kept(one: Any) -> Any:
        session.add(one)
        session.commit()
        return one

    entity = session.get(Entity, kept(Entity(name="bench")).id)
    entity_id = entity.id
    currency_id = kept(Currency(name="Renminbi", code="CNY", entity_id=entity_id)).id
    held = [
        kept(
            Account(
                name=f"a{n}",
                account_type=Account.AccountType.BANK,
                currency_id=currency_id,
                entity_id=entity_id,
            )
        ).id
        for n in range(4)
    ]
    chance, now = random.Random(7), datetime.now(UTC).replace(tzinfo=None)

    def post() -> None:
        main, other = chance.sample(held, 2)
        entry = JournalEntry(
            narration="bench", transaction_date=now, account_id=main, entity_id=entity_id
        )
        session.add(entry)
        session.flush()
        line = LineItem(
            narration="bench",
            account_id=other,
            amount=chance.randrange(1, 1_000),
            entity_id=entity_id,
        )
        session.add(line)
        session.flush()
        entry.line_items.add(line)
        session.add(entry)
        entry.post(session)
        session.commit()

    return post


def _timed(work: Any, times: int, size: int) -> dict[str, float]:
    work()
    seconds = []
    for _ in range(times - 1):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return {
        "per_second": round(size * (times - 1) / sum(seconds)),
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 2),
    }
