"""The coded values of a clearing cycle, with their names in both languages."""

from hanse.foundation.worded import Worded


class CycleState(Worded):
    """How far a cycle has come, as the clearing house has it."""

    CUT = "cut", "已截止，待各市申报", "Cut; the cities submit"
    MATCHING = "matching", "核对差异", "Differences are being named"
    NETTED = "netted", "已轧差，待确认", "Netted; the cities acknowledge"
    DISPUTED = "disputed", "有异议", "Disputed"
    SHORT = "short", "资金不足，待补足", "Short of funds: waiting"
    SETTLED = "settled", "已结算", "Settled"


class Stage(Worded):
    """How far a city has collected a cut. Each is done in bounded pieces."""

    TRANSFERS = "transfers", "归集转账", "Transfers of the range"
    PAIRS = "pairs", "归集整对结转", "Pairs carried whole from earlier cycles"
    CARRIED = "carried", "归集逐笔结转", "Lines carried from earlier cycles"
    SUMMING = "summing", "汇总", "Summing the lines of each pair"
    DONE = "done", "归集完毕", "Collected"


class DifferenceKind(Worded):
    """How the two sides of a pair differ."""

    NOT_SUBMITTED = "not_submitted", "对方城市未申报", "The other city did not submit"
    ONE_SIDED = "one_sided", "仅一方申报", "On one side only"
    MISSING = "missing", "一方缺少该笔", "Missing on one side"
    AMOUNT_DIFFERS = "amount_differs", "金额不一致", "The amounts differ"


class PairState(Worded):
    """What became of a pair in a cycle."""

    SETTLES = "settles", "本场结算", "Settles"
    WAITS = "waits", "等待，转入下一场", "Waits: next cycle"
    CARRIED = "carried", "有差异，转入下一场", "Differs: next cycle"
    UNWOUND = "unwound", "撤出本场", "Taken out of this cycle"


class LeftOut(Worded):
    """The rule by which a pair is not settled in a cycle; by each, the next cycle has it."""

    DIFFERENCE = "difference", "两方记录不一致", "The two sides differ"
    NET_DEBIT_CAP = "net_debit_cap", "超过净借记限额", "Beyond the debtor's net debit cap"
    LIQUIDITY = "liquidity", "超过清算资金", "Beyond the debtor's funds"
    NO_LINES = "no_lines", "逾期未报明细", "A city gave no lines in time"
    NO_WORD = "no_word", "逾期未确认", "A city gave no word in time"
    FUNDS_NEVER_CAME = "funds_never_came", "逾期未补足资金", "A city's funds did not come in time"
    DISPUTED = "disputed", "逾期仍有异议", "Disputed, and the time for it is over"
    DECIDED = "decided", "清算所决定", "Taken out by a decision of the house"
