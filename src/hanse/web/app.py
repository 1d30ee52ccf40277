"""The pages of one node as an ASGI application: the route of each declared page, and its guard."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.routing import compile_path

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import LANGUAGES, Text
from hanse.mechanisms.exchange.core import INTERNAL_ERROR
from hanse.node.exchange_api import Receive, Scope, Send
from hanse.node.node import Node
from hanse.node.people import sessions
from hanse.node.people.openid_client import OpenIdClient
from hanse.node.people.who import VISITOR, Kind, Who
from hanse.node.server import App
from hanse.web import assets, guard
from hanse.web.answers import Answer, Cookie, send
from hanse.web.forms import read_form
from hanse.web.page import GoTo, Page, Result, Section, Sent, Shown
from hanse.web.rates import Counters
from hanse.web.recent import Recent
from hanse.web.rendering import environment, words_of
from hanse.web.request import LANGUAGE_COOKIE, CookieNames, Request
from hanse.web.visit import Visit

LANGUAGE_SECONDS: Final = 365 * 86_400
FLOW_SECONDS: Final = 600
ASSET_SECONDS: Final = 365 * 86_400
PROVED_MAX: Final = timedelta(minutes=10)
"""How long a proof of who one is serves for what is sensitive."""

PAGE_NOT_FOUND = ProblemKind(
    "page_not_found",
    404,
    Text("没有该页面", "There is no such page"),
    Text("请检查地址，或从首页进入", "Check the address, or begin at the first page"),
)
PAGE_NOT_YOURS = ProblemKind(
    "page_not_yours",
    403,
    Text("您无权查看该页面", "The page is not for you"),
    Text("请以有权的身份登录", "Sign in as somebody who may see it"),
)
METHOD_WRONG = ProblemKind(
    "page_method_wrong",
    405,
    Text("该页面不接受此操作", "The page does not take that"),
    Text("请从页面上的链接和按钮操作", "Use the links and buttons of the page"),
)


def pages_of(node: Node, sections: Sequence[Section]) -> App:
    """The ASGI application with these sections' pages."""
    return Site(node, sections)


def may_see(page: Page, who: Who) -> bool:
    """Whether a page is for this person: the one place where it is decided."""
    if who.kind not in page.access:
        return False
    has_rights = who.kind in (Kind.OFFICER, Kind.JOINT)
    return not has_rights or all(map(who.may, page.needs))


class Site:
    """All pages of a node."""

    def __init__(self, node: Node, sections: Sequence[Section]) -> None:
        self._node = node
        self._sections = sections
        self._templates = environment(sections)
        pages = [page for section in sections for page in section.pages]
        self._by_name = {page.name: page for page in pages}
        self._routes = [(compile_path(page.path)[0], page) for page in pages]
        self._menu_pages = [page for page in pages if page.in_menu]
        self._recent = Recent()
        self._providers = {
            name: OpenIdClient(config) for name, config in node.config.sign_in.items()
        }
        self._acts = {act.name: act for section in sections for act in section.acts}
        self._counters = Counters()

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        """One request, as ASGI hands it over."""
        if scope["path"].startswith(assets.PREFIX):
            await send(scope, send_, _asset(scope["path"]))
            return
        names = CookieNames(self._node.config.city, self._is_tls)
        request = Request.of(scope, names, self._node.randomness)
        visit = Visit(
            self._node,
            VISITOR,
            request.language,
            query=request.query,
            secret=request.secret,
            address=request.client,
            flow=request.cookies.get(names.flow, ""),
            recent=self._recent,
            counters=self._counters,
            acts=self._acts,
            providers=self._providers,
        )
        try:
            visit = await self._recognised(visit)
            answer = await self._answer(visit, request, receive, names)
        except Problem as problem:
            answer = self._problem(visit, request, problem)
        except Exception as error:
            reference = self._node.note_error("web", error)
            answer = self._problem(visit, request, INTERNAL_ERROR(reference=reference))
        await send(scope, send_, self._completed(answer, request, names))

    async def _recognised(self, visit: Visit) -> Visit:
        """The visit with whoever is signed in."""
        secret, now, node = visit.secret, visit.now, self._node
        if secret is None:
            return visit
        who, is_due = await node.read(lambda tx: sessions.look_up(tx, secret, now))
        if is_due:
            await node.writer.run(lambda tx: sessions.note_seen(tx, secret, now))
        return replace(visit, who=who)

    async def _answer(
        self, visit: Visit, request: Request, receive: Receive, names: CookieNames
    ) -> Answer:
        page, path = self._page(request.path)
        visit = replace(visit, path=path)
        if not may_see(page, visit.who):
            if visit.who.kind is Kind.VISITOR and request.is_reading:
                to_sign_in = f"/sign-in?{urlencode({'next': request.path})}"
                return _going(GoTo(to_sign_in), names)
            raise PAGE_NOT_YOURS()
        if page.proved and not self._is_proved(visit):
            return _going(GoTo(f"/sign-in/prove?{urlencode({'next': request.path})}"), names)
        if request.is_reading:
            result = await page.show(visit)
        elif request.method == "POST" and page.submit is not None:
            result = await page.submit(await self._with_form(visit, page, request, receive))
        else:
            raise METHOD_WRONG()
        return self._made(result, visit, request, page, names)

    def _page(self, path: str) -> tuple[Page, dict[str, str]]:
        for pattern, page in self._routes:
            found = pattern.match(path)
            if found:
                return page, found.groupdict()
        raise PAGE_NOT_FOUND()

    async def _with_form(
        self, visit: Visit, page: Page, request: Request, receive: Receive
    ) -> Visit:
        """The visit with its form, once it is sure that it came from a page of ours."""
        form, uploads = await read_form(request.headers, receive, page.form_bytes_max)
        token = form.get(guard.FORM_TOKEN, "")
        guard.check_form(self._form_key, request.bound_to, token, request.headers)
        return replace(visit, form=form, uploads=uploads)

    def _is_proved(self, visit: Visit) -> bool:
        """Whether the person has proved lately who it is; asked before the form is shown, too."""
        proved = visit.who.proved_at
        return proved is not None and visit.now - proved <= PROVED_MAX

    @property
    def _form_key(self) -> bytes:
        return guard.web_key(self._node.exchange.person_key)

    @property
    def _is_tls(self) -> bool:
        charter = self._node.league.charter
        member = None if charter is None else charter.cities.get(self._node.config.city)
        return member is not None and member.address.startswith("https:")

    # What goes out.

    def _made(
        self, result: Result, visit: Visit, request: Request, page: Page, names: CookieNames
    ) -> Answer:
        if isinstance(result, GoTo):
            return _going(result, names)
        if isinstance(result, Sent):
            kept = {"content-disposition": f'attachment; filename="{result.file_name}"'}
            headers = kept if result.file_name is not None else {}
            return Answer(200, result.body, result.media_type, headers)
        return self._rendered(result, visit, request, page)

    def _rendered(self, shown: Shown, visit: Visit, request: Request, page: Page | None) -> Answer:
        values = {
            **words_of(visit.language),
            "language": visit.language,
            "who": visit.who,
            "page": page,
            "menu": self._menu(visit.who),
            "submenu": self._submenu(page, visit.who),
            "form_token": guard.form_token(self._form_key, request.bound_to),
            "url_of": self._url_of,
            "node_city": visit.node.config.city,
            "league": visit.node.league,
            "in_language": request.in_languages(),
            **shown.values,
        }
        text = self._templates.get_template(shown.template).render(values)
        headers = {
            "content-language": "zh-CN" if visit.language == "zh" else "en",
            "cache-control": "no-store",
            "vary": "cookie, accept-language",
        }
        return Answer(shown.status, text.encode(), "text/html; charset=utf-8", headers)

    def _menu(self, who: Who) -> list[Page]:
        return [page for page in self._menu_pages if may_see(page, who)]

    def _submenu(self, page: Page | None, who: Who) -> list[Page]:
        if page is None:
            return []
        top = page.under or page.name
        below = [
            one
            for one in self._by_name.values()
            if one.under == top and one.in_submenu and may_see(one, who)
        ]
        return [self._by_name[top], *below] if below else []

    def _url_of(self, page: str, /, **values: str) -> str:
        return self._by_name[page].address(**values)

    def _problem(self, visit: Visit, request: Request, problem: Problem) -> Answer:
        shown = Shown("problem.html", {"problem": problem}, problem.kind.status)
        return self._rendered(shown, visit, request, None)

    def _completed(self, answer: Answer, request: Request, names: CookieNames) -> Answer:
        """The answer with the headers and cookies that every page has."""
        cookies = list(answer.cookies)
        if request.is_new and answer.media_type.startswith("text/html"):
            cookies.append(Cookie(names.form, request.browser, None))
        if request.query.get("lang") in LANGUAGES:
            cookies.append(Cookie(LANGUAGE_COOKIE, request.query["lang"], LANGUAGE_SECONDS))
        headers = {**guard.HEADERS, **answer.headers}
        if names.is_tls:
            headers["strict-transport-security"] = "max-age=31536000"
        bound = tuple(replace(one, tls=names.is_tls) for one in cookies)
        return replace(answer, headers=headers, cookies=bound)


def _going(result: GoTo, names: CookieNames) -> Answer:
    cookies = []
    if result.begins:
        seconds = sessions.SESSION_HOURS_MAX * 3_600
        cookies.append(Cookie(names.session, result.begins, seconds))
    if result.ends:
        cookies.append(Cookie(names.session, None, 0))
    if result.flow is not None:
        cookies.append(Cookie(names.flow, result.flow or None, FLOW_SECONDS))
    path = result.abroad or guard.own_path(result.path)
    return Answer(303, b"", "text/plain", {"location": path}, tuple(cookies))


def _asset(path: str) -> Answer:
    found = assets.by_address().get(path)
    if found is None:
        return Answer(404, b"", "text/plain", guard.HEADERS)
    headers = {**guard.HEADERS, "cache-control": f"public, max-age={ASSET_SECONDS}, immutable"}
    return Answer(200, found.body, found.media_type, headers)
