"""The advisory group of experts: roster, consultation, research, evaluation, declared interests."""

from hanse.foundation.languages import Text
from hanse.mechanisms.cases import (
    answer_handlers_of,
    due_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.experts import asking, roster
from hanse.services.governance.experts.consultation import CONSULTATION
from hanse.services.governance.experts.rules import DEFAULTS

SERVICE = Service(
    name="governance.experts",
    title=Text("专家咨询", "Expert consultation"),
    operations=(*roster.OPERATIONS, *asking.OPERATIONS, *operations_of(CONSULTATION)),
    topics=(roster.entered,),
    answer_handlers=answer_handlers_of(CONSULTATION),
    refusal_handlers=refusal_handlers_of(CONSULTATION),
    due=(due_of(CONSULTATION),),
    parameters=DEFAULTS,
    summary=Text(
        "各市专家共用，有利害关系的须回避，评估意见留痕",
        "Experts of every city, asked alike; whoever has an interest stands aside",
    ),
)
