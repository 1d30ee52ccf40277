"""What a node measures, in Prometheus form. One registry for each node: nothing is global."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The counters of one node."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages_in = Counter(
            "hanse_messages_in",
            "Messages taken from peers and own agencies",
            ("operation", "outcome"),
            registry=self.registry,
        )
        self.answers = Histogram(
            "hanse_answer_seconds",
            "Time from a question's commit to its answer's",
            ("operation",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.deliveries = Counter(
            "hanse_deliveries",
            "Deliveries by direction and peer",
            ("direction", "peer"),
            registry=self.registry,
        )
        self.delivery_failures = Counter(
            "hanse_delivery_failures",
            "Deliveries that a peer did not take",
            ("peer", "code"),
            registry=self.registry,
        )
        self.refused_deliveries = Counter(
            "hanse_refused_deliveries",
            "Deliveries of others that this node refused whole",
            ("code",),
            registry=self.registry,
        )
        self.pending = Gauge(
            "hanse_pending_messages",
            "Messages that wait to be delivered",
            ("peer",),
            registry=self.registry,
        )
        self.stage = Histogram(
            "hanse_stage_seconds",
            "Time by stage of a delivery: verify, write, sign, network",
            ("stage",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.commit = Histogram(
            "hanse_commit_seconds",
            "Time of one group commit",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.group = Histogram(
            "hanse_commit_pieces",
            "Pieces of work that shared a commit",
            buckets=GROUP_SIZES,
            registry=self.registry,
        )

    def committed(self, pieces: int, seconds: float) -> None:
        """Note one group commit."""
        self.commit.observe(seconds)
        self.group.observe(pieces)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
