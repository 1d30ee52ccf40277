"""The limits of the exchange, each with its unit in its name. They are part of the protocol."""

from dataclasses import dataclass
from typing import Final

MESSAGE_BYTES_MAX: Final = 1_048_576
"""One message with its attributes; larger data travels as a body of its own."""

MESSAGES_PER_DELIVERY_MAX: Final = 1_000
DELIVERY_BYTES_MAX: Final = 8 * 1_048_576
JSON_DEPTH_MAX: Final = 64
BODY_BYTES_MAX: Final = 4 * 1_073_741_824
CLOCK_SKEW_SECONDS_MAX: Final = 300
"""How far a delivery's `created` may lie from the receiver's clock, before or after."""

IDENTIFIER_LENGTH_MAX: Final = 128


@dataclass(frozen=True)
class ExchangeLimits:
    """A node's own limits: what it holds in queues and how long it tries."""

    pending_per_peer_max: int = 100_000
    deliveries_in_flight_max: int = 4
    retry_seconds_min: float = 0.5
    retry_seconds_max: float = 300.0
    delivery_hours_max: int = 72
    """After this a message that no delivery has carried becomes a dead letter."""
    body_bytes_max: int = BODY_BYTES_MAX
