"""The coded values of a clearing cycle, with their names in both languages."""

from hanse.foundation.worded import Worded


class CycleState(Worded):
    """How far a cycle has come, as the clearing house has it."""

    CUT = "cut", "已截止,待各市申报", "Cut; the cities submit"
    MATCHING = "matching", "核对差异", "Differences are being named"
    NETTED = "netted", "已轧差,待确认", "Netted; the cities acknowledge"
    DISPUTED = "disputed", "有异议", "Disputed"
    SHORT = "short", "资金不足,待补足", "Short of funds: waiting"
    SETTLED = "settled", "已结算", "Settled"


class DifferenceKind(Worded):
    """How the two sides of a pair differ."""

    NOT_SUBMITTED = "not_submitted", "对方城市未申报", "The other city did not submit"
    ONE_SIDED = "one_sided", "仅一方申报", "On one side only"
    MISSING = "missing", "一方缺少该笔", "Missing on one side"
    AMOUNT_DIFFERS = "amount_differs", "金额不一致", "The amounts differ"


class PairState(Worded):
    """What became of a pair in a cycle."""

    SETTLES = "settles", "本场结算", "Settles"
    WAITS = "waits", "资金不足,转入下一场", "Waits for funds: next cycle"
    CARRIED = "carried", "有差异,转入下一场", "Differs: next cycle"
    UNWOUND = "unwound", "撤出本场", "Taken out of this cycle"
