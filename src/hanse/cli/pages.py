"""The pages that a node serves when the command line starts it."""

from hanse.node.node import Node
from hanse.node.server import App
from hanse.web.app import pages_of
from hanse.web.registry import SECTIONS, flaws


def pages(node: Node) -> App:
    """Every section's pages of a node; declarations with a flaw are not served."""
    if wrong := flaws(SECTIONS):
        raise ValueError("; ".join(wrong))
    return pages_of(node, SECTIONS)
