"""How exceptions are answered: ``application/problem+json`` of RFC 9457.

This is the only place that knows both the exceptions and HTTP. Every problem carries
``errors[]`` of ``{pointer, code, severity, detail}``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from solvers.exceptions import InputError, Issue

from .exceptions import ServiceError
from .schemas import issues_of

__all__ = ["PROBLEM_JSON", "install_error_handlers", "problem"]

PROBLEM_JSON = "application/problem+json"
MAX_ISSUES = 200
_RETRY_SECONDS = {429: "30", 503: "5"}
_CODES = {404: "not_found", 405: "method_not_allowed"}

logger = logging.getLogger(__name__)


def _item(issue: Issue) -> dict[str, str]:
    return {
        "pointer": issue.pointer,
        "code": issue.code,
        "severity": issue.severity,
        "detail": issue.detail,
    }


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    issues: Sequence[Issue] = (),
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Compose an answer; without issues the problem itself is the only one.

    Parameters
    ----------
    more
        Further members of the document, e.g. the state of a job.
    """
    shown = issues[:MAX_ISSUES] or (Issue(code, detail),)
    body = {
        "type": f"urn:horarium:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [_item(issue) for issue in shown],
        **more,
    }
    if len(issues) > MAX_ISSUES:
        body["errors_total"] = len(issues)
    sent = dict(headers or {})
    if status in _RETRY_SECONDS:
        sent.setdefault("Retry-After", _RETRY_SECONDS[status])
    if status == HTTPStatus.UNAUTHORIZED:
        sent.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(body, status, headers=sent, media_type=PROBLEM_JSON)


async def _service_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    return problem(
        error.status, error.code, error.detail, issues=error.issues, **error.more
    )


async def _input_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InputError)
    detail = f"The input has {len(error.issues)} error(s)."
    return problem(422, "invalid_input", detail, issues=error.issues)


async def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    issues = issues_of(error.errors())
    detail = f"The request has {len(issues)} error(s)."
    return problem(422, "invalid_request", detail, issues=issues)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "http_error")
    headers = dict(error.headers or {})
    return problem(error.status_code, code, str(error.detail), headers=headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error(
        "request failed",
        extra={"action": "request_failed", "path": request.url.path},
        exc_info=error,
    )
    detail = "An unexpected error; it has been logged."
    return problem(500, "internal_error", detail)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(InputError, _input_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
