"""What every book with positions between cities has in common, so that one clearing serves all.

    intercity/<own party>/<other city>/<other party>     a debit is a claim on the other, a credit
                                                         a debt to it
    cleared/<own party>                                  what the clearing house has settled

The book of a service that owes between cities declares `CLEARED_ACCOUNT` and `CLEARED_TRANSFER`.
"""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.ledger import AccountCode, Side, TransferCode

PREFIX: Final = "intercity/"
CLEARED_ACCOUNT: Final = AccountCode(
    9_001, Text("清算所已清算款项", "Settled through the clearing house"), Side.DEBIT
)
CLEARED_TRANSFER: Final = TransferCode(901, Text("清算入账", "Cleared"))
REFERENCE_PREFIX: Final = "clearing/"
"""Of the transfers that clearing itself books: no cycle clears them again."""


def intercity_account(own_party: str, peer_city: str, peer_party: str) -> str:
    """The id of the account of what another city's party owes an own party."""
    return f"{PREFIX}{own_party}/{peer_city}/{peer_party}"


def cleared_account(book: str, own_party: str) -> str:
    """The id of the account of what was settled for an own party, in its book."""
    return f"cleared/{book}/{own_party}"


def parties_of(account_id: str, city: str) -> tuple[str, str]:
    """The own and the other party of an inter-city account: `510100/bank`, `510600/other`."""
    own, peer_city, peer = account_id.removeprefix(PREFIX).split("/", 2)
    return f"{city}/{own}", f"{peer_city}/{peer}"
