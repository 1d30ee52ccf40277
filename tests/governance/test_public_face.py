"""The public face over real HTTP: no token is asked for, and nothing can be written."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import feedparser

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.league.documents import Signed, read_signed, sign
from hanse.mechanisms.league.joint_documents import check_signatures, joint_values
from hanse.services.governance.press import book
from hanse.services.governance.press.contracts import Announcement
from tests.node.running import make_zone, run_zone


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_anybody_reads_the_feed_and_checks_a_text(tmp_path: Path) -> None:
    folder = make_zone(tmp_path / "zone", "510100", "510600")
    with run_zone(folder) as running:
        node = running.zone.nodes["510100"]
        charter: Any = node.league.charter
        signed = _publish(running.zone.nodes, charter)
        base = running.zone.addresses["510100"] + "/public/press"
        status, headers, body = fetch(f"{base}/atom.xml?lang=en")
        assert (status, headers["content-type"]) == (200, "application/atom+xml")
        parsed = feedparser.parse(body)
        assert (parsed.bozo, parsed.entries[0].title) == (0, "Generated")
        again = fetch(f"{base}/atom.xml?lang=en", **{"If-None-Match": headers["etag"]})
        assert (again[0], again[2]) == (304, b"")
        assert fetch(f"{base}/atom.xml?lang=en", "HEAD")[2] == b""
        link = parsed.entries[0].link
        assert link == f"{charter.member('510100').address}/public/press/510100-N1/1"
        read = read_signed(fetch(f"{base}/510100-N1/1")[2], Announcement)
        check_signatures(read.document, read.signatures, charter)
        assert read.digest == signed.digest
        for path, expected in (
            ("/510100-N1/2", 404),
            ("/510100-N1/999999999999999999999", 404),
            ("/510100-N1/x", 404),
            ("/510100-N2", 404),
            ("/../../api/press.drafts", 404),
            ("/atom.xml/1", 404),
            ("/%00", 404),
        ):
            status, headers, body = fetch(base + path)
            assert (status, json.loads(body)["status"]) == (expected, expected), path
        for method in ("POST", "PUT", "DELETE"):
            assert fetch(f"{base}/atom.xml", method)[0] == 405
        assert fetch(running.zone.addresses["510100"] + "/api/press.drafts", "POST")[0] == 401


def _publish(nodes: Any, charter: Any) -> Signed[Announcement]:
    words = {"zh": "生成", "en": "Generated"}
    values = joint_values(charter, charter.cities, 2, charter.valid_from) | {
        "id": "510100-N1",
        "version": 1,
        "subject": "league",
        "title": words,
        "text": [words],
    }
    document = Announcement.model_validate(values)
    signatures = [
        sign(document, city, node.signer.key_id, node.signer.key) for city, node in nodes.items()
    ]
    signed = Signed(document).with_signatures(signatures)
    with committing(nodes["510100"].engine) as transaction:
        book.keep(transaction, signed)
        book.publish(transaction, signed, charter.valid_from)
    return signed
