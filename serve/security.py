"""Who calls: signed tokens with a role, and the short tickets of sockets.

Tokens are JWTs signed with a shared HS256 secret; claims: ``sub``, ``role``,
``tenant``, ``departments``, ``exp``, and who of the term the person is: ``faculty_id``,
``student_id``, ``batches``. A ticket stands in for the token where a browser
cannot send a header (WebSocket, EventSource): it lives for seconds and opens one job's
events once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt

from .exceptions import Forbidden, Unauthenticated

__all__ = ["KeyScope", "Principal", "Role", "TicketOffice", "TokenAuthority"]

_ALGORITHM = "HS256"
_LEEWAY_SECONDS = 5
TICKET_SECONDS = 60


class Role(StrEnum):
    """What a person may do; see the section on roles in docs/api.md."""

    ADMIN = "admin"
    STAFF = "staff"
    FACULTY = "faculty"
    STUDENT = "student"
    ERP = "erp"


class KeyScope(StrEnum):
    """What a key may be narrowed to."""

    READ = "read"
    GENERATE = "generate"
    REVIEW = "review"


_PLANNERS = frozenset({Role.ADMIN, Role.STAFF})


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller, as the token says.

    Parameters
    ----------
    subject
        Stable id of the person or program.
    role
        Role within the tenant.
    tenant
        Institution; nothing of another one is visible.
    departments
        Departments of staff; empty means all of the tenant.
    faculty_id, student_id, batches
        Who the person is in the term; None and empty where the token does not say.
    scopes
        What a program's key is narrowed to; empty means all that the role may.
    """

    subject: str
    role: Role
    tenant: str
    departments: tuple[str, ...] = ()
    faculty_id: str | None = None
    student_id: str | None = None
    batches: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    def require_scope(self, scope: KeyScope) -> None:
        """Insist that a key's scopes allow a kind of request.

        Raises
        ------
        Forbidden
            If they do not.
        """
        if self.scopes and scope not in self.scopes:
            raise Forbidden(f"The key lacks the scope {scope}.", code="scope_missing")

    def require_planner(self, department: str | None = None) -> None:
        """Insist on the right to generate, for one department or the institution.

        Raises
        ------
        Forbidden
            If the role or the department does not allow it.
        """
        self.require_role_of_planner()
        if self.role is Role.ADMIN or not self.departments:
            return
        if department is None or department not in self.departments:
            raise Forbidden("The token's departments do not cover this request.")

    def require_role_of_planner(self) -> None:
        """Insist on a role that plans, whatever the department.

        Raises
        ------
        Forbidden
            If it is another one.
        """
        if self.role not in _PLANNERS:
            raise Forbidden(f"The role {self.role} may not do this.")

    def sees(self, department: str | None) -> bool:
        """Whether jobs of a department are visible to this person."""
        if self.role not in _PLANNERS:
            return False
        if self.role is Role.ADMIN or not self.departments:
            return True
        return department in self.departments


class TokenAuthority:
    """Issues and verifies tokens of one secret.

    Parameters
    ----------
    secret
        At least 32 bytes.
    tenant
        Tenant of tokens that name none.
    """

    def __init__(self, secret: str, tenant: str = "default") -> None:
        self._secret = secret
        self._tenant = tenant

    def issue(
        self,
        role: Role,
        *,
        subject: str,
        tenant: str | None = None,
        departments: tuple[str, ...] = (),
        faculty_id: str | None = None,
        student_id: str | None = None,
        batches: tuple[str, ...] = (),
        lifetime_seconds: float = 12 * 3600,
    ) -> str:
        """Return a signed token."""
        now = int(time.time())
        person = {
            "faculty_id": faculty_id,
            "student_id": student_id,
            "batches": list(batches),
        }
        return self.sign(
            {
                **{name: value for name, value in person.items() if value},
                "sub": subject,
                "role": str(role),
                "tenant": tenant or self._tenant,
                "departments": list(departments),
                "iat": now,
                "exp": now + int(lifetime_seconds),
            }
        )

    def verify(self, token: str) -> Principal:
        """Return the caller of a token.

        Raises
        ------
        Unauthenticated
            If it is not valid now.
        """
        claims = self.claims(token)
        if "job" in claims:
            raise Unauthenticated("A ticket is not a token.")
        return self.principal(claims)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Sign claims."""
        return jwt.encode(dict(claims), self._secret, algorithm=_ALGORITHM)

    def claims(self, token: str) -> dict[str, Any]:
        """Return verified claims.

        Raises
        ------
        Unauthenticated
            If signature, algorithm, expiry or a required claim is wrong.
        """
        try:
            return jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "role"], "verify_aud": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired.") from error
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("The token is not valid.") from error

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        """Return the caller of verified claims.

        Raises
        ------
        Unauthenticated
            If a claim is not what it must be.
        """
        try:
            role = Role(claims["role"])
        except ValueError as error:
            raise Unauthenticated("The token's role is unknown.") from error
        return Principal(
            subject=_name(claims, "sub") or "",
            role=role,
            tenant=_name(claims, "tenant") or self._tenant,
            departments=_names(claims, "departments"),
            faculty_id=_name(claims, "faculty_id"),
            student_id=_name(claims, "student_id"),
            batches=_names(claims, "batches"),
        )


def _names(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    names = claims.get(claim) or ()
    if not isinstance(names, list | tuple) or not all(map(_is_plain, names)):
        raise Unauthenticated(f"The claim {claim} must be a list of ids.")
    return tuple(names)


def _name(claims: Mapping[str, Any], claim: str) -> str | None:
    name = claims.get(claim)
    if name is not None and not _is_plain(name):
        raise Unauthenticated(f"The claim {claim} must be an id.")
    return name or None


def _is_plain(name: object) -> bool:
    """Whether it is text that PostgreSQL can hold."""
    return isinstance(name, str) and "\x00" not in name


class TicketOffice:
    """Short, single-use stand-ins of a token for one job's events.

    Parameters
    ----------
    authority
        Signs them.
    first_use
        Answers True once per ticket id, False ever after; kept where all replicas see
        it.
    """

    def __init__(
        self, authority: TokenAuthority, first_use: Callable[[str, int], bool]
    ) -> None:
        self._authority = authority
        self._first_use = first_use

    def issue(self, principal: Principal, job_id: str) -> str:
        """Return a ticket for the events of one job."""
        return self._authority.sign(
            {
                "sub": principal.subject,
                "role": str(principal.role),
                "tenant": principal.tenant,
                "departments": list(principal.departments),
                "job": job_id,
                "jti": secrets.token_urlsafe(16),
                "exp": int(time.time()) + TICKET_SECONDS,
            }
        )

    def redeem(self, ticket: str, job_id: str) -> Principal:
        """Return the caller of a ticket and make it worthless.

        Raises
        ------
        Unauthenticated
            If it is of another job, used, or not valid.
        """
        claims = self._authority.claims(ticket)
        if claims.get("job") != job_id or not isinstance(claims.get("jti"), str):
            raise Unauthenticated("The ticket is not for this job.")
        keep_seconds = TICKET_SECONDS + 2 * _LEEWAY_SECONDS
        if not self._first_use(claims["jti"], keep_seconds):
            raise Unauthenticated("The ticket has been used.")
        return self._authority.principal(claims)
