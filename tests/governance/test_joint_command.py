"""`hanse joint sign`: the city's own key signs, after what is signed so far has been checked."""

from pathlib import Path

from click.testing import CliRunner

from hanse.cli.joint_commands import read_joint
from hanse.cli.main import hanse
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.league import store
from hanse.mechanisms.league.documents import Signed
from hanse.mechanisms.league.joint_documents import check_signatures, joint_values
from hanse.node.config import load
from hanse.services.governance.conference.contracts import Resolution
from tests.node.running import make_zone


def test_two_cities_sign_a_file_one_after_the_other(tmp_path: Path) -> None:
    folder = make_zone(tmp_path / "zone", "510100", "510600")
    configs = [folder / city / "node.toml" for city in ("510100", "510600")]
    engine = open_engine(load(configs[0]).database_url)
    with reading(engine) as transaction:
        charter = store.load(transaction, "510100").charter
    engine.dispose()
    assert charter is not None
    values = joint_values(charter, charter.cities, 2, charter.valid_from)
    resolution = Resolution.model_validate(
        values
        | {
            "id": "510100-J1",
            "meeting": "510100-2026-1",
            "point": 1,
            "kind": "general",
            "voting": "unanimous",
            "title": {"zh": "决议", "en": "A resolution"},
            "text": [{"zh": "生成", "en": "Generated"}],
        }
    )
    file = tmp_path / "resolution.json"
    file.write_bytes(Signed(resolution).to_bytes())
    for config in configs:
        done = CliRunner().invoke(hanse, ["joint", "sign", "--config", str(config), str(file)])
        assert done.exit_code == 0, done.output
    read = read_joint(file.read_bytes())
    assert read.signers == {"510100", "510600"}
    check_signatures(read.document, read.signatures, charter)

    before = file.read_bytes().replace(b"\xe5\x86\xb3\xe8\xae\xae", b"\xe5\x86\xb3\xe5\xae\x9a")
    file.write_bytes(before)
    spoiled = CliRunner().invoke(hanse, ["joint", "sign", "--config", str(configs[0]), str(file)])
    assert getattr(spoiled.exception, "code", None) == "joint_signature_wrong"
    assert file.read_bytes() == before

    file.write_bytes(b'{"document":{"paper":"charter"},"signatures":[]}')
    unknown = CliRunner().invoke(hanse, ["joint", "sign", "--config", str(configs[0]), str(file)])
    assert getattr(unknown.exception, "code", None) == "joint_kind_unknown"
