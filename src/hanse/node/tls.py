"""Transport encryption: what a node serves with, and which peers' certificates it trusts."""

import ssl

from hanse.node.config import NodeConfig


def client_tls(config: NodeConfig) -> ssl.SSLContext | bool:
    """The context towards peers: the machine's trust, or the operator's file alone."""
    if config.tls_trust is None:
        return True
    context = ssl.create_default_context(cafile=str(config.tls_trust))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
