"""The JSON API: pydantic in, plain values out, problem+json for every no, described as OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from flask import Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError

from skills import __version__
from skills.kernel.canon import canon
from skills.kernel.errors import Forbidden, Malformed, Missing, Refusal, Unavailable
from skills.web import i18n, paging
from skills.web.amounts import FAULT
from skills.web.pages import PUBLIC, ApiRoute, lang, misread

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def endpoint(
    view: Callable[..., Any], body: type[BaseModel] | None, answers: Any, status: int, keyless: bool = False,
    by: tuple[str, ...] = (), skips: bool = False,
) -> Callable[..., Response]:
    """A view of plain values as a view of HTTP. `by` names the rows of a list: it is given by pages."""

    @cache
    def out() -> TypeAdapter[Any]:  # when it is first asked for: there are hundreds
        return TypeAdapter(answers)

    @wraps(view)
    def serve(**values: Any) -> Response:
        if body is not None:
            try:
                values["body"] = body.model_validate_json(request.get_data() or b"{}")
            except ValidationError as error:
                misread("invalid_body", {str(e["loc"][0]) if e["loc"] else "body" for e in error.errors()})
                return problem("invalid_body", 422, {"errors": _plain_errors(error)})
        if request.method in WRITES and not keyless and not request.headers.get("Idempotency-Key"):
            return problem("key_needed", 400, {})
        if by:
            page = paging.asked()
            rows, further = paging.cut(view(**values), page, by, skips)
            response = Response(out().dump_json(rows), status, mimetype="application/json")
            if further:
                response.headers["Link"] = paging.next_link(further)
            return response
        answer = view(**values)
        return Response(out().dump_json(answer), status, mimetype="application/json")

    return serve


def request_key() -> str:
    """The caller's idempotency key."""
    return request.headers["Idempotency-Key"][:100]


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a no."""
    match refusal:
        case Forbidden():
            return 403
        case Missing():
            return 404
        case Unavailable():
            return 503
        case Malformed():
            return 400
    return _STATUS.get(refusal.code, 409)


_STATUS = {"key_reused": 422, "page.limit": 422, "page.cursor": 422, "page.gone": 410}


def problem_of(refusal: Refusal) -> Response:
    """A refusal as problem+json: its code, facts, both languages and every condition behind it."""
    body: dict[str, Any] = {"facts": refusal.facts}
    for code in i18n.LANGUAGES:
        told = i18n.tell_refusal(refusal, code)
        body[code] = {
            "detail": told.text,
            "todo": told.todo,
            "clause": told.clause,
            "findings": [
                {"code": f.code, "met": f.met, "detail": f.text, "todo": f.todo, "clause": f.clause}
                for f in told.findings
            ],
        }
    return problem(refusal.code, status_of(refusal), body)


def problem(code: str, status: int, extra: dict[str, Any]) -> Response:
    """An RFC 9457 answer."""
    said = i18n.sentence(code, extra.get("facts", {}), lang())
    body = {
        "type": f"/problems/{code}",
        "title": said.text,
        "status": status,
        "code": code,
        "todo": said.todo,
        **extra,
    }
    response = Response(canon(body), status, content_type="application/problem+json; charset=utf-8")
    if status in {429, 503}:
        response.headers["Retry-After"] = "30"
    return response


def _plain_errors(error: ValidationError) -> list[dict[str, Any]]:
    """Where what is wrong; of an amount of money with its code, and in both languages with what to write instead."""
    found: list[dict[str, Any]] = []
    for e in error.errors(include_url=False):
        told: dict[str, Any] = {"at": "/".join(str(p) for p in e["loc"]), "says": e["msg"]}
        if e["type"].startswith(FAULT):
            told["code"] = e["type"]
            for code in i18n.LANGUAGES:
                said = i18n.sentence(e["type"], e.get("ctx", {}), code)
                told[code] = {"detail": said.text, "todo": said.todo}
        found.append(told)
    return found


def describe(routes: Iterable[ApiRoute], base: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the routes."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in sorted(routes, key=lambda r: (r.rule, r.method)):
        path, names = _path(route.rule)
        operation: dict[str, Any] = {
            "summary": route.summary,
            "operationId": f"{route.method.lower()}{path.replace('/', '_').replace('{', '').replace('}', '')}",
            "parameters": [
                {"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names
            ],
            "responses": {
                "200": {
                    "description": "OK",
                    "content": {"application/json": {"schema": _schema(route.answers, schemas)}},
                },
                "default": {
                    "description": "A refusal with its code, facts and what would turn it into a yes",
                    "content": {"application/problem+json": {"schema": {"type": "object"}}},
                },
            },
            "security": [] if route.access.may == PUBLIC else [{"bearer": []}],
        }
        if route.method in WRITES and not route.keyless:
            operation["parameters"].append(
                {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
            )
        if route.by:
            operation["parameters"] += _PAGING
            operation["responses"]["200"]["headers"] = _LINK
        if route.body is not None:
            content = {"application/json": {"schema": _schema(route.body, schemas)}}
            operation["requestBody"] = {"required": True, "content": content}
        paths.setdefault(path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "满天星 Skills API", "version": __version__, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


_PAGING: list[dict[str, Any]] = [
    {"name": "limit", "in": "query", "required": False, "description": "Rows of a page",
     "schema": {"type": "integer", "minimum": 1, "maximum": paging.MOST, "default": paging.DEFAULT}},
    {"name": "after", "in": "query", "required": False,
     "description": "A cursor from the Link header of the page before; to be taken as it is", "schema": {"type": "string"}},
]  # fmt: skip
_LINK = {"Link": {"description": '<…>; rel="next", if there are more rows', "schema": {"type": "string"}}}


def _path(rule: str) -> tuple[str, list[str]]:
    names: list[str] = []
    parts = []
    for part in rule.split("/"):
        if part.startswith("<"):
            names.append(part.strip("<>").split(":")[-1])
            parts.append("{" + names[-1] + "}")
        else:
            parts.append(part)
    return "/".join(parts), names


def _schema(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    return schema
