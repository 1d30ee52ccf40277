"""A process that dies at a commit: before it is on disk, or right after."""

import pytest

from hanse.foundation.store import Transaction


class Crashed(Exception):  # noqa: N818 - the process died: nothing here is an error
    """The process died at a commit."""


class Crash:
    """Kills the process at its n-th commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, *, durable: bool) -> None:
        self.left = at
        self.happened = False
        finish = Transaction.finish

        def dying(transaction: Transaction) -> None:
            finish(transaction)
            self.left -= 1
            if self.left == 0:
                self.happened = True
                if not durable:
                    raise Crashed
                transaction.after_commit.append(self._die)

        monkeypatch.setattr(Transaction, "finish", dying)

    def _die(self) -> None:
        raise Crashed
