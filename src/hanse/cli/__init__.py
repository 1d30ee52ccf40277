"""The command `hanse`."""

from hanse.cli.main import main

__all__ = ["main"]
