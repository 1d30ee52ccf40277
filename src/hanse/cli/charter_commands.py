"""`hanse charter genesis | show | propose | sign | verify | apply`: the league's constitution.

A proposal is a file that travels between the cities by any way they like: it proves itself.
"""

from datetime import datetime
from pathlib import Path

import click

from hanse.cli.league_files import Held, open_held, own_key, read_file, write_file
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, out, print_json, say, table
from hanse.foundation.clock import iso, wall_clock
from hanse.foundation.languages import Text
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.league import charter_proposals as proposals
from hanse.mechanisms.league import store
from hanse.mechanisms.league.charter import (
    Charter,
    Member,
    MemberKey,
    SignedCharter,
    read_charter,
)
from hanse.mechanisms.league.charter_changes import tally
from hanse.mechanisms.league.charter_differences import differences
from hanse.mechanisms.league.documents import (
    Signed,
    add_signature,
    read_json,
    read_part,
)
from hanse.mechanisms.league.documents import (
    sign as sign_document,
)
from hanse.node.config import load

file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True))
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="写入 / Write to"
)


@click.group()
def charter() -> None:
    """联盟章程 / The league's charter."""


@charter.command()
@click.argument("league")
@click.argument("members", type=click.Path(path_type=Path, exists=True, file_okay=False))
@output_option
def genesis(league: str, members: Path, output: Path) -> None:
    """起草首版章程 / Draft the first charter.

    LEAGUE is the league's file; MEMBERS a folder with CITY/member.json of each city.
    """
    from hanse.node.zone import genesis as first_charter
    from hanse.node.zone import read_league

    drafted: Signed[Charter] = Signed(first_charter(members, read_league(league), wall_clock()))
    write_file(output, drafted.to_bytes())
    say(
        Text(
            "已写入 {output}。摘要 {digest} 须由各市核对并写入 node.toml 的 genesis_digest",
            "Wrote {output}. Each city checks digest {digest} and puts it in node.toml's "
            "genesis_digest",
        ),
        output=output,
        digest=drafted.digest,
    )


@charter.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="JSON")
def show(config_path: Path, as_json: bool) -> None:
    """显示现行章程 / Show the charter in force."""
    held = open_held(load(config_path))
    signed = held.need_charter()
    if as_json:
        print_json(read_json(signed.to_bytes()))
        return
    document = signed.document
    speaks = language()
    say(
        Text(
            "{title} 第 {version} 版，有效期至 {until}，修订须 {threshold} 市签署\n{digest}",
            "{title}, version {version}, valid until {until}, a change needs {threshold} cities\n"
            "{digest}",
        ),
        title=document.title.in_language(speaks),
        version=document.version,
        until=iso(document.valid_until),
        threshold=document.threshold,
        digest=signed.digest,
    )
    rows = table(
        Text("成员", "Members"),
        [Text("代码", "Code"), Text("城市", "City"), Text("地址", "Address"), Text("密钥", "Keys")],
    )
    for member in document.members:
        keys = ", ".join(f"{key.id} ({key.suite})" for key in member.keys)
        rows.add_row(member.city, member.name.in_language(speaks), member.address, keys)
    out.print(rows)


@charter.command()
@config_option
@output_option
def export(config_path: Path, output: Path) -> None:
    """导出已签章程，供离线核验 / Write the signed charter, for checking evidence offline."""
    signed = open_held(load(config_path)).need_charter()
    write_file(output, signed.to_bytes())
    say(Text("已写入 {output}", "Wrote {output}"), output=output)


@charter.group()
def propose() -> None:
    """提出修订 / Propose the next version."""


@propose.command("join")
@config_option
@output_option
@click.argument("member", type=click.Path(path_type=Path, exists=True))
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
def propose_join(config_path: Path, output: Path, member: Path, name_zh: str, name_en: str) -> None:
    """新城市加入 / A city joins; MEMBER is its member.json."""
    values = read_json(member.read_bytes()) | {"name": {"zh": name_zh, "en": name_en}}
    joining = read_part(values, Member)
    held = open_held(load(config_path))
    _write(held, proposals.with_member_joined(held.charter, joining, issued_at=_now()), output)


@propose.command("leave")
@config_option
@output_option
@click.argument("city")
def propose_leave(config_path: Path, output: Path, city: str) -> None:
    """城市退出 / A city leaves."""
    held = open_held(load(config_path))
    _write(held, proposals.with_member_left(held.charter, city, issued_at=_now()), output)


@propose.command("address")
@config_option
@output_option
@click.argument("city")
@click.argument("address")
def propose_address(config_path: Path, output: Path, city: str, address: str) -> None:
    """变更节点地址 / A city's node moves."""
    held = open_held(load(config_path))
    changed = proposals.with_address_changed(held.charter, city, address, issued_at=_now())
    _write(held, changed, output)


@propose.command("key")
@config_option
@output_option
@click.argument("city")
@click.argument("key_file", type=click.Path(path_type=Path, exists=True))
@click.option("--replaces", help="被替换的密钥 / The key that it replaces")
@click.option(
    "--overlap-until", type=click.DateTime(), help="旧密钥失效时间 / When the old one ends"
)
def propose_key(
    config_path: Path,
    output: Path,
    city: str,
    key_file: Path,
    replaces: str | None,
    overlap_until: datetime | None,
) -> None:
    """增加或轮换密钥 / A city adds or rotates a key; KEY_FILE comes from `charter new-key`."""
    held = open_held(load(config_path))
    key = read_part(read_json(key_file.read_bytes()), MemberKey)
    if replaces is None:
        changed = proposals.with_key_added(held.charter, city, key, issued_at=_now())
    else:
        changed = proposals.with_key_replaced(
            held.charter,
            city,
            replaces,
            key,
            issued_at=_now(),
            valid_until=overlap_until.astimezone() if overlap_until else None,
        )
    _write(held, changed, output)


@propose.command("extend")
@config_option
@output_option
@click.argument("until", type=click.DateTime())
def propose_extend(config_path: Path, output: Path, until: datetime) -> None:
    """延长有效期 / The charter lasts longer."""
    held = open_held(load(config_path))
    longer = proposals.with_validity(held.charter, issued_at=_now(), valid_until=until.astimezone())
    _write(held, longer, output)


@charter.command("new-key")
@config_option
@output_option
@click.argument("key_id")
@click.option("--suite", default="ed25519", show_default=True)
def new_key(config_path: Path, output: Path, key_id: str, suite: str) -> None:
    """生成新密钥，供轮换 / Make a key for a rotation; only its public part is written out."""
    made = own_key(load(config_path)).add(key_id, suite, wall_clock())
    write_file(output, made)
    say(Text("已生成密钥 {key_id}", "Made key {key_id}"), key_id=key_id)


@charter.command()
@config_option
@file_argument
@click.option("--key", "key_id", help="密钥编号，默认为节点现用密钥 / Key, by default the node's")
def sign(config_path: Path, file: Path, key_id: str | None) -> None:
    """以本市密钥签署 / Sign a proposal with the city's key."""
    config = load(config_path)
    signed = read_file(file, read_charter)
    named = key_id or config.key_id
    key = own_key(config).load(named)
    signature = sign_document(signed.document, config.city, named, key)
    write_file(file, add_signature(signed, signature).to_bytes())
    _report(open_held(config), read_file(file, read_charter))


@charter.command()
@config_option
@file_argument
def verify(config_path: Path, file: Path) -> None:
    """核对修订内容与签名 / What a proposal changes, who signed, who is missing."""
    _report(open_held(load(config_path)), read_file(file, read_charter))


@charter.command()
@config_option
@file_argument
def apply(config_path: Path, file: Path) -> None:
    """启用已签足的章程 / Take a charter that enough cities signed; it spreads by itself."""
    config = load(config_path)
    held = open_held(config)
    signed = read_file(file, read_charter)
    with committing(held.engine) as transaction:
        version = store.accept_charters(
            transaction, [signed.to_bytes()], config.genesis_digest, wall_clock()
        )
    say(Text("现行章程为第 {version} 版", "The charter is version {version} now"), version=version)


def _now() -> datetime:
    return wall_clock()


def _write(held: Held, proposed: Charter, output: Path) -> None:
    drafted: SignedCharter = Signed(proposed)
    write_file(output, drafted.to_bytes())
    _report(held, drafted)


def _report(held: Held, proposed: SignedCharter) -> None:
    """What the proposal changes in words, and how far the signatures are."""
    speaks = language()
    current = held.signed_charter
    if current is not None and current.digest != proposed.digest:
        for change in differences(current.document, proposed.document):
            out.print(f"• {change.in_language(speaks)}", markup=False, highlight=False)
    counted = tally(None if proposed.document.version == 1 else current, proposed)
    say(
        Text(
            "已签 {signed}/{needed}；尚可签署：{missing}；新密钥未签：{unproven}",
            "Signed {signed}/{needed}; may still sign: {missing}; new keys unsigned: {unproven}",
        ),
        signed=len(counted.signed),
        needed=counted.needed,
        missing=", ".join(counted.missing) or "-",
        unproven=", ".join(counted.unproven) or "-",
    )
