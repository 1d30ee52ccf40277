"""Forms as a browser sends them, within limits: fields of text, and files of a few kilobytes."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX
from hanse.node.exchange_api import Receive, read_body

FIELDS_MAX: Final = 200
FILES_MAX: Final = 4
FORM_UNREADABLE = ProblemKind(
    "form_unreadable",
    400,
    Text("表单无法读取", "The form can't be read"),
    Text("请返回页面重新填写并提交", "Go back to the page, fill it in again and send it"),
)
FORM_TOO_LARGE = ProblemKind(
    "form_too_large",
    413,
    Text("提交的内容过大", "What was sent is too large"),
    Text("最多 {bytes_max} 字节", "At most {bytes_max} bytes"),
)


@dataclass(frozen=True)
class Upload:
    """A file that was sent. Its name is the sender's and is never a path here."""

    name: str
    body: bytes


async def read_form(
    headers: Headers, receive: Receive, bytes_max: int
) -> tuple[Mapping[str, str], Mapping[str, Upload]]:
    """The fields and files of a form. The last of several values of one name counts."""
    try:
        body = await read_body(receive, min(bytes_max, DELIVERY_BYTES_MAX))
    except Problem:
        raise FORM_TOO_LARGE(bytes_max=bytes_max) from None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(body), {}
    if kind == "multipart/form-data":
        return await _multipart(headers, body, bytes_max)
    raise FORM_UNREADABLE()


def _urlencoded(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:
        raise FORM_UNREADABLE() from None
    return dict(pairs)


async def _multipart(
    headers: Headers, body: bytes, bytes_max: int
) -> tuple[dict[str, str], dict[str, Upload]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        headers, stream(), max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=bytes_max
    )
    try:
        found = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError, ValueError, AssertionError):
        raise FORM_UNREADABLE() from None
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for name, value in found.multi_items():
        if isinstance(value, UploadFile):
            uploads[name] = Upload(value.filename or "", await value.read())
        else:
            fields[name] = value
    await found.close()
    return fields, uploads
