"""What evidence does to an entitlement: the one place that certifies, doubts, or ends it."""

from hanse.foundation.credentials import Status
from hanse.foundation.credentials.register import set_status
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.social.retirees import book, rules
from hanse.services.social.retirees.codes import Channel
from hanse.services.social.retirees.contracts import Recipient


def certify_from(
    transaction: Transaction, recipient: Recipient, seen: rules.Seen, context: Context
) -> Recipient:
    """Certify a recipient by evidence, for all benefits at once; or the refusal.

    The channels begin anew, and a suspicion is over: the person was seen. A certificate that was
    suspended meanwhile counts again.
    """
    today = book.day_of(context.now)
    rules.check_evidence(seen, recipient.last_evidence, today, context.parameters)
    if recipient.suspected and recipient.credential_id is not None:
        set_status(transaction, recipient.credential_id, Status.VALID)
    changed = recipient.model_copy(
        update={
            "last_evidence": seen.on,
            "last_kind": seen.kind,
            "last_channel": seen.channel,
            "tried": (),
            "suspected": False,
        }
    )
    book.keep(transaction, changed, context.now)
    return changed


def note_tried(
    transaction: Transaction, recipient: Recipient, channel: Channel, context: Context
) -> None:
    """A channel found nothing: the next one may be used."""
    if channel in recipient.tried:
        return
    changed = recipient.model_copy(update={"tried": (*recipient.tried, channel)})
    book.keep(transaction, changed, context.now)


def suspect(transaction: Transaction, recipient: Recipient, context: Context) -> Recipient:
    """A loss is suspected: it is investigated, payment goes on, the certificate does not count."""
    if recipient.credential_id is not None:
        set_status(transaction, recipient.credential_id, Status.SUSPENDED)
    changed = recipient.model_copy(update={"suspected": True})
    book.keep(transaction, changed, context.now)
    return changed
