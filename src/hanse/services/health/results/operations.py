"""Results between hospitals of the league: kept where they were made, found and fetched on need."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, Reach, Service, operation
from hanse.mechanisms.exchange.parts import Need
from hanse.services.health.results import book, parts
from hanse.services.health.results.codes import Choice
from hanse.services.health.results.contracts import (
    Decision,
    FetchAnswer,
    FetchQuestion,
    FiguresAnswer,
    FiguresQuestion,
    Found,
    IndexAnswer,
    IndexEntry,
    IndexQuestion,
    Judgement,
    Judgements,
    JudgeQuestion,
    ReadResource,
    Recorded,
    RegisterHospital,
    SearchResources,
    Stored,
    StoredResource,
    StoreResources,
)
from hanse.services.health.results.formats.fhir_face import FHIR
from hanse.services.health.results.formats.fhir_read import read
from hanse.services.health.results.parameters import DEFAULTS, ResultParameters
from hanse.services.health.results.rules import Offered, Place, check_choice, obstacles

PATIENT_NOT_TOLD = ProblemKind(
    "result_patient_not_told",
    422,
    Text("复查前须告知患者原因", "The patient is told before an item is repeated"),
    Text("告知后请将 patient_told 置为 true", "Tell the patient, then set patient_told"),
)
IDS_DO_NOT_FIT = ProblemKind(
    "result_ids_do_not_fit",
    422,
    Text("标识数量与资源数量不符", "There are not as many ids as resources"),
    Text("请为每个资源给出一个标识或留空", "Give each resource an id, or none to any"),
)

TREATMENT = Purpose("treatment", Text("诊疗", "Treatment"))
SUPERVISION = Purpose("health-supervision", Text("医疗质量监管", "Supervision of care"))


@operation("results.hospital", Text("登记医院等级", "Register a hospital"), reach=Reach.CITY)
def hospital(
    transaction: Transaction, request: RegisterHospital, context: Context
) -> RegisterHospital:
    """Keep the grade of a hospital and the items that passed their quality assessment."""
    book.keep_hospital(transaction, request)
    return request


@operation("results.store", Text("提交检查检验结果", "Hand in results"), reach=Reach.CITY)
def store(transaction: Transaction, request: StoreResources, context: Context) -> Stored:
    """Keep FHIR resources exactly as the hospital sends them; all of them, or none."""
    ids = request.ids or (None,) * len(request.resources)
    if len(ids) != len(request.resources):
        raise IDS_DO_NOT_FIT()
    kept = []
    for text, given in zip(request.resources, ids, strict=True):
        resource_id = given or context.new_id()
        kept.append(
            book.keep(
                transaction, read(text), resource_id, context.caller.organisation, context.now
            )
        )
    return Stored(resources=tuple(kept))


@operation("results.read", Text("读取本市资源", "Read a resource"), reach=Reach.CITY)
def read_one(transaction: Transaction, request: ReadResource, context: Context) -> StoredResource:
    """A resource of this city, newest or of a version."""
    return book.one(transaction, request.type, request.id, request.version)


@operation("results.search", Text("检索本市资源", "Search resources"), reach=Reach.CITY)
def search(transaction: Transaction, request: SearchResources, context: Context) -> Found:
    """Resources of this city that fit, a page at a time, by id."""
    found = book.search(transaction, request)
    page = tuple(found[: request.count])
    more = len(found) > request.count
    return Found(resources=page, after=page[-1].id if more else None)


@operation(
    "results.index",
    Text("查询居民检查检验结果索引", "Which results does a city hold of a person"),
    purposes=(TREATMENT,),
    person=lambda request: request.person,
)
def index(transaction: Transaction, request: IndexQuestion, context: Context) -> IndexAnswer:
    """What this city holds of a person, without a value in it; newest first."""
    entries, complete = book.index(transaction, context.city, request.person, request.since)
    return IndexAnswer(entries=tuple(entries), complete=complete)


@operation(
    "results.fetch",
    Text("调阅检查检验结果", "Fetch a result"),
    purposes=(TREATMENT,),
    person=lambda request: request.person,
)
def fetch(transaction: Transaction, request: FetchQuestion, context: Context) -> FetchAnswer:
    """One result of that person with its values. Another person's is as good as none."""
    if book.person_of(transaction, request.type, request.id) != request.person:
        raise book.RESOURCE_UNKNOWN(type=request.type, id=request.id)
    found = book.one(transaction, request.type, request.id)
    return FetchAnswer(
        holder_city=context.city,
        type=found.type,
        id=found.id,
        version=found.version,
        text=found.text,
    )


@operation("results.judge", Text("判断是否互认", "Judge offered results"), reach=Reach.CITY)
def judge(transaction: Transaction, request: JudgeQuestion, context: Context) -> Judgements:
    """Which offered results are recognised at the calling hospital today, and why others not."""
    return Judgements(
        judgements=tuple(_judged(transaction, entry, context) for entry in request.entries)
    )


def _judged(transaction: Transaction, entry: IndexEntry, context: Context) -> Judgement:
    parameters: ResultParameters = context.parameters
    asking = book.hospital(transaction, context.caller.organisation)
    here = Place(asking.organisation, context.city, asking.grade, asking.consortium)
    made_at = Place(entry.organisation, entry.holder_city, entry.grade, entry.consortium)
    offered = Offered(
        item=entry.item,
        group=entry.group,
        made_at=made_at,
        reported_on=entry.reported_on,
        mark=entry.mark,
        complete=entry.complete,
        diagnosis_only=entry.diagnosis_only,
    )
    today = book.day_of(context.now)
    found = obstacles(offered, here, today, frozenset(parameters.listed_items), parameters)
    return Judgement(
        holder_city=entry.holder_city,
        type=entry.type,
        id=entry.id,
        recognised=not found,
        obstacles=found,
    )


@operation("results.decide", Text("记录互认或复查", "Record what was done"), reach=Reach.CITY)
def decide(transaction: Transaction, request: Decision, context: Context) -> Recorded:
    """Record what the doctor did with an offered result. A repetition of what is recognised
    needs a reason of the list, and the patient is told of it first."""
    recognisable = _judged(transaction, request.entry, context).recognised
    check_choice(request.choice, recognisable, request.reason, request.explanation)
    if request.choice is Choice.REPEATED and recognisable and not request.patient_told:
        raise PATIENT_NOT_TOLD()
    decision_id = context.new_id()
    book.keep_decision(
        transaction,
        decision_id,
        context.caller.organisation,
        request,
        recognisable,
        book.day_of(context.now),
    )
    return Recorded(decision_id=decision_id, recognised_by_rule=recognisable)


@operation(
    "results.figures",
    Text("互认统计", "Figures of recognition"),
    purposes=(SUPERVISION,),
)
def figures(transaction: Transaction, request: FiguresQuestion, context: Context) -> FiguresAnswer:
    """What was recognised, repeated and saved in this city, by item and holder."""
    rows = book.figures(transaction, request.first_day, request.last_day)
    return FiguresAnswer(rows=tuple(rows))


SERVICE = Service(
    name="health.results",
    title=Text("检查检验结果互认", "Mutual recognition of results"),
    operations=(
        hospital,
        store,
        read_one,
        search,
        index,
        fetch,
        judge,
        decide,
        figures,
    ),
    parameters=DEFAULTS,
    faces=(FHIR,),
    parts=(parts.RESIDENT,),
    summary=Text(
        "在一市做过的检查检验，到另一市就医不必重做",
        "What was examined in one city need not be examined again in another",
    ),
    needs=(Need(Text("我要在另一城市看病", "I see a doctor in another city")),),
)
