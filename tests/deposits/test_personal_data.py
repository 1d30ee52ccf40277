"""Numbers of cards and people, and names, stay in the service's tables and in the messages."""

from sqlalchemy import select

from hanse.foundation.store import metadata

from .league import BANKS, CHENGDU, DEYANG, HOLDER, NAME, OTHER_HOLDER, League, advance

KEPT_IN = frozenset({"deposits_accounts", "deposits_serials", "messages_in", "messages_out"})


def test_no_other_table_holds_a_number_or_a_name(league: League) -> None:
    card, payer = league.open(DEYANG, 100_000), league.open(CHENGDU, 100_000)
    paid = league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 1_000)
    league.begin(CHENGDU, "send", DEYANG, card, 1_000, payer_account=payer)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000, holder_id=OTHER_HOLDER)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 99_999_999)
    league.carry()
    league.step(CHENGDU, "pay", paid)
    league.carry()
    league.step(CHENGDU, "undo", paid)
    advance(league, seconds=700)
    league.carry()
    league.call(CHENGDU, "close_day", business_date=league.clock.now.date().isoformat())
    looked_at = 0
    for town in league.towns.values():
        for table in metadata.sorted_tables:
            if table.name in KEPT_IN:
                continue
            for row in town.rows(select(table)):
                looked_at += 1
                text = repr(tuple(row))
                for personal in (card, payer, HOLDER, OTHER_HOLDER, NAME):
                    assert personal not in text, table.name
    assert looked_at > 100


def test_no_refusal_repeats_what_it_refuses(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    values = {
        "serial": "S1",
        "account_city": DEYANG,
        "account_bank": BANKS[DEYANG],
        "account": card,
        "holder_name": NAME,
        "holder_id": HOLDER,
        "amount_fen": 1,
    }
    for changes in (
        {"fee_fen": 10**6},
        {"amount_fen": 10**14},
        {"account": card + "x"},
        {"holder_id": HOLDER[:-1] + "?"},
        {"holder_name": NAME * 60},
    ):
        reply = league.towns[CHENGDU].call(
            "deposits.withdraw", {**values, **changes}, organisation=BANKS[CHENGDU]
        )
        assert str(reply.kind) == "refusal"
        for personal in (card, HOLDER[:-1], NAME):
            assert personal not in str(reply.data)
