"""The node's face to its own agencies: REST made from the declared operations, with OpenAPI."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.mechanisms.exchange.core import DATA_INVALID, INTERNAL_ERROR, places_in_words
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.message import Kind, Message, read_line
from hanse.mechanisms.exchange.operations import Basis, Operation, Reach
from hanse.node.bodies import BODY_MISSING
from hanse.node.operator_api import MessageId, add_operator_routes
from hanse.node.tokens import TOKEN_WRONG, Agency

if TYPE_CHECKING:
    from hanse.node.node import Node

ROUTE_NOT_FOUND = ProblemKind(
    "route_not_found",
    404,
    Text("没有该地址或方法", "There is no such path or method"),
    Text("请查阅 /api/openapi.json", "See /api/openapi.json"),
)
BODY_UNREADABLE = ProblemKind(
    "body_unreadable",
    400,
    Text("请求正文无法读取", "The request's body can't be read"),
    Text("请发送 JSON，嵌套不宜过深", "Send JSON that is not nested too deep"),
)
WAIT_SECONDS_MAX = 60.0

_bearer = HTTPBearer(auto_error=False)


class AnswerState(StrEnum):
    """How far a question to one city has come."""

    ANSWERED = "answered"
    REFUSED = "refused"
    OWED = "owed"
    """Sent again until answered; nothing is lost by hanging up."""


class CityAnswer(BaseModel):
    """What one city said. Its answer has the fields that the agreement grants, and no others."""

    model_config = ConfigDict(extra="forbid")

    city: Annotated[str, titled("城市", "City")]
    state: Annotated[AnswerState, titled("状态", "State")]
    message_id: Annotated[str | None, titled("报文编号", "Message id")] = None
    answer: Annotated[dict[str, Any] | None, titled("答复", "Answer")] = None
    problem: Annotated[dict[str, Any] | None, titled("拒绝原因", "Problem")] = None


class Owing(BaseModel):
    """The call is taken, its answer comes later."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[AnswerState, titled("状态", "State")]
    message_id: Annotated[str, titled("报文编号", "Message id")]


class Answers(BaseModel):
    """What the asked cities said, each for itself."""

    model_config = ConfigDict(extra="forbid")

    answers: Annotated[list[CityAnswer], titled("各市答复", "Answers by city")]


def build(node: "Node") -> FastAPI:
    """The agencies' application of one node."""
    app = FastAPI(
        title=f"Hanse {node.config.city}",
        version="1",
        description="本市机构接口 / The city's own agencies",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    _add_problem_handlers(app, node)
    for operation in node.registry.operations.values():
        _add_own_route(app, node, operation)
        if operation.reach is Reach.LEAGUE:
            _add_league_route(app, node, operation)
    _add_message_route(app, node)
    add_operator_routes(app, node, agency_of(node))
    return app


def agency_of(node: "Node") -> Callable[..., Awaitable[Agency]]:
    """The dependency that knows who calls."""

    async def agency(
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Agency:
        if credentials is None:
            raise TOKEN_WRONG()
        return await node.agency(credentials.credentials)

    return agency


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "RFC 9457 problem details, in Chinese and English",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
}
BodyName = Annotated[
    str | None,
    Query(
        pattern=r"^sha-256:[0-9a-f]{64}$",
        description="附件摘要，先经 PUT /api/bodies 上传 / A body that was put to /api/bodies",
    ),
]
WaitSeconds = Annotated[
    float,
    Query(
        ge=0,
        le=WAIT_SECONDS_MAX,
        description="最多等待的秒数，之后答复为待答 / Seconds to wait before it is said to be owed",
    ),
]
PurposeCode = Annotated[str | None, Query(max_length=128, pattern=r"^[\x21-\x7e]+$")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$",
        description="重复调用不重复办理 / The same key with the same call is the same call",
    ),
]


def _add_own_route(app: FastAPI, node: "Node", operation: Operation) -> None:
    request_model: Any = operation.request

    async def call(
        request: request_model,
        agency: Annotated[Agency, Depends(agency_of(node))],
        idempotency_key: IdempotencyKey = None,
        purpose: PurposeCode = None,
        wait_seconds: WaitSeconds = 10.0,
    ) -> Any:
        agency.require(operation.name)
        reply = await node.call(
            operation,
            request.model_dump(mode="json"),
            agency.organisation,
            purpose=purpose,
            key=idempotency_key,
        )
        if reply.kind is Kind.RECEIPT and wait_seconds > 0:
            line = await node.questions.own_answer(reply.in_reply_to or "", wait_seconds)
            reply = read_line(line) if line is not None else reply
        return reply_response(reply)

    app.add_api_route(
        f"/api/{operation.name}",
        call,
        methods=["POST"],
        response_model=None,
        summary=f"{operation.title.zh} / {operation.title.en}",
        description=operation.description,
        operation_id=operation.name,
        responses={200: {"model": operation.answer}, 202: {"model": Owing}, **PROBLEMS},
        tags=[operation.name.split(".")[0]],
    )


def _add_league_route(app: FastAPI, node: "Node", operation: Operation) -> None:
    request_model: Any = operation.request
    to_title = "城市代码，以逗号分隔，或 all / City codes separated by commas, or all"

    async def ask(
        request: request_model,
        agency: Annotated[Agency, Depends(agency_of(node))],
        to: Annotated[str, Query(max_length=512, description=to_title)],
        purpose: PurposeCode = None,
        wait_seconds: WaitSeconds = 10.0,
        body: BodyName = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Any:
        agency.require(operation.name)
        if body is not None and not node.bodies.path(body).is_file():
            raise BODY_MISSING()
        cities = node.questions.cities_named(to)
        questions = [
            Question(
                city=city,
                operation=operation.name,
                data=request.model_dump(mode="json"),
                organisation=agency.organisation,
                purpose=purpose,
                body=body,
                message_id=node.id_for_key(agency.organisation, idempotency_key, city),
            )
            for city in cities
        ]
        answers = await node.questions.ask_all(questions, wait_seconds)
        owed = any(one["state"] == AnswerState.OWED for one in answers)
        return JSONResponse({"answers": answers}, status_code=202 if owed else 200)

    app.add_api_route(
        f"/api/league/{operation.name}",
        ask,
        methods=["POST"],
        response_model=None,
        summary=f"{operation.title.zh}(向其他城市) / {operation.title.en} (in other cities)",
        description=_purposes_in_words(operation),
        operation_id=f"league.{operation.name}",
        responses={200: {"model": Answers}, 202: {"model": Answers}, **PROBLEMS},
        tags=[operation.name.split(".")[0]],
    )


def _purposes_in_words(operation: Operation) -> str:
    if operation.basis is Basis.CHARTER:
        return operation.description
    lines = [f"- `{one.code}`: {one.title.zh} / {one.title.en}" for one in operation.purposes]
    return "\n".join([operation.description, "", "purpose:", *lines])


def _add_message_route(app: FastAPI, node: "Node") -> None:
    async def message(
        message_id: MessageId, agency: Annotated[Agency, Depends(agency_of(node))]
    ) -> dict[str, Any]:
        """The state of a question that this organisation asked."""
        return await node.questions.state(message_id, agency.organisation)

    app.add_api_route(
        "/api/messages/{message_id}",
        message,
        methods=["GET"],
        summary="查询请求进展 / The state of a question",
        operation_id="message",
        responses=PROBLEMS,
        tags=["messages"],
    )


def _add_problem_handlers(app: FastAPI, node: "Node") -> None:
    @app.exception_handler(Problem)
    async def refused(_request: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        wrong = [(one["loc"], one["type"]) for one in error.errors()]
        return problem_response(DATA_INVALID(fields=places_in_words(wrong)))

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        kind = BODY_UNREADABLE if error.status_code == 400 else ROUTE_NOT_FOUND
        response = problem_response(kind())
        response.status_code = error.status_code
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def failed(_request: Request, error: Exception) -> Response:
        reference = node.note_error("agency_api", error)
        return problem_response(INTERNAL_ERROR(reference=reference))


def reply_response(reply: Message) -> Response:
    """An own node's reply: the answer, the refusal, or that the answer comes later."""
    if reply.kind is Kind.REFUSAL:
        return JSONResponse(
            reply.data,
            status_code=int(reply.data["status"]),
            media_type="application/problem+json",
        )
    if reply.kind is Kind.RECEIPT:
        owing = {"state": AnswerState.OWED, "message_id": reply.in_reply_to}
        return JSONResponse(owing, status_code=202)
    return JSONResponse(reply.data)


def problem_response(problem: Problem) -> Response:
    """A refusal as RFC 9457 has it."""
    headers = {"WWW-Authenticate": "Bearer"} if problem.kind.status == 401 else None
    return JSONResponse(
        problem.as_dict(),
        status_code=problem.kind.status,
        media_type="application/problem+json",
        headers=headers,
    )
