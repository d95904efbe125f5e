"""The catalogue: looks up scopes, and reads terms as institution documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from erp_bridge.database import Database
from erp_bridge.exceptions import TablesMissing
from erp_bridge.records import Scope
from solvers.exceptions import InputError, Issue

from .checking import CatalogueCheck, check_catalogue
from .contacts import Directory
from .mapping import institution_of
from .names import CatalogueMapping
from .people import code_of_faculty, student_named
from .reading import (
    batches_named,
    departments_named,
    has_offering,
    organizations_named,
    read_snapshot,
)
from .snapshot import Organization
from .sources import sources_of
from .wishes import TermWishes

__all__ = ["Catalogue"]

_NO_WISHES = TermWishes()


class Catalogue:
    """Terms in the ERP's tables.

    Parameters
    ----------
    database
        PostgreSQL.
    default_tenant
        Tenant that means the only organization; any other must name one by its code,
        name or id.
    mapping
        What the ERP calls its tables and columns; None for our own names.
    """

    def __init__(
        self,
        database: Database,
        default_tenant: str,
        mapping: CatalogueMapping | None = None,
    ) -> None:
        self._database = database
        self._default_tenant = default_tenant
        self._mapping = mapping
        self._sources = sources_of(mapping, database.catalogue_schema)

    def check(self) -> CatalogueCheck:
        """Look up in the database every table and column that is read.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL does not answer.
        """
        with self._database.unit_of_work() as session:
            schema = self._database.catalogue_schema
            return check_catalogue(session, self._mapping, schema)

    def organization(self, tenant: str) -> Organization:
        """Return the organization of a tenant.

        Raises
        ------
        InputError
            If there is not exactly one.
        """
        with self._reading() as session:
            return self._organization(session, tenant)

    def check_scope(
        self, tenant: str, scope: Scope, wishes: TermWishes = _NO_WISHES
    ) -> None:
        """Look up the ids of a scope.

        Raises
        ------
        InputError
            If one is unknown, or nothing is offered, or there are no tables of an ERP;
            with all findings.
        """
        with self._reading() as session:
            organization = self._organization(session, tenant)
            if issues := list(self._unknown(session, organization, scope, wishes)):
                raise InputError(issues)

    def read_document(
        self, tenant: str, scope: Scope, wishes: TermWishes = _NO_WISHES
    ) -> tuple[bytes, Sequence[Issue]]:
        """Return a term as an institution document, and what of it was left out.

        Raises
        ------
        InputError
            As by :meth:`check_scope`.
        """
        with self._reading() as session:
            organization = self._organization(session, tenant)
            if issues := list(self._unknown(session, organization, scope, wishes)):
                raise InputError(issues)
            snapshot = read_snapshot(
                session, self._sources, organization, scope, wishes
            )
        institution, warnings = institution_of(snapshot, scope)
        text = institution.model_dump_json(exclude_defaults=True)
        return text.encode(), warnings

    def faculty_code(self, tenant: str, name: str) -> str | None:
        """Return the code of a person by code or id; None if there is no such."""
        try:
            with self._reading() as session:
                org = self._organization(session, tenant).org_id
                return code_of_faculty(session, self._sources, org, name)
        except InputError:
            return None

    def student(self, tenant: str, name: str) -> tuple[str, str | None] | None:
        """Return a student's enrollment number and batch; None if there is no such."""
        try:
            with self._reading() as session:
                org = self._organization(session, tenant).org_id
                return student_named(session, self._sources, org, name)
        except InputError:
            return None

    @contextmanager
    def directory(self, tenant: str) -> Iterator[Directory]:
        """Open a transaction in which people of a tenant can be looked up.

        Raises
        ------
        InputError
            If there is not exactly one organization, or there are no tables of an ERP.
        """
        with self._reading() as session:
            yield Directory(
                session,
                self._sources,
                self._mapping,
                self._organization(session, tenant),
                self._database.catalogue_schema,
            )

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        try:
            with self._database.unit_of_work() as session:
                yield session
        except TablesMissing as error:
            detail = "The catalogue's schema has no such tables as an ERP's."
            nothing = [Issue("no_catalogue", detail)]
            raise InputError(self._wrong() or nothing) from error
        except ProgrammingError as error:
            if issues := self._wrong():
                raise InputError(issues) from error
            raise

    def _wrong(self) -> Sequence[Issue]:
        """What of a mapping is not in the database, after a query has failed."""
        return () if self._mapping is None else self.check().issues

    def _organization(self, session: Session, tenant: str) -> Organization:
        found = organizations_named(session, self._sources, tenant)
        if not found and tenant == self._default_tenant:
            found = organizations_named(session, self._sources, None)
        if len(found) == 1:
            return found[0]
        problem = "is not the only one" if found else "is not there"
        detail = f"The organization of the tenant {tenant!r} {problem}."
        raise InputError(Issue("unknown_organization", detail))

    def _unknown(
        self,
        session: Session,
        organization: Organization,
        scope: Scope,
        wishes: TermWishes,
    ) -> Iterator[Issue]:
        """Yield what is wrong with a scope."""
        org, sources = organization.org_id, self._sources
        departments = None
        if scope.department_id is not None:
            departments = departments_named(session, sources, org, scope.department_id)
            if len(departments) != 1:
                yield _not_one("department_id", scope.department_id, len(departments))
        if scope.batch_id is not None:
            batches = batches_named(session, sources, org, scope.batch_id)
            if len(batches) != 1:
                yield _not_one("batch_id", scope.batch_id, len(batches))
            elif departments and batches[0].dept_id != departments[0].dept_id:
                detail = f"{scope.batch_id} is no batch of {scope.department_id}."
                yield Issue("batch_of_other_department", detail, "/batch_id")
        if not has_offering(session, sources, org, scope, wishes):
            semester = wishes.semester_type or scope.semester or "any"
            detail = (
                f"Nothing is offered in semester {semester} of "
                f"{scope.academic_year or 'any year'}."
            )
            yield Issue("empty_term", detail, "/academic_year")


def _not_one(member: str, name: str, count: int) -> Issue:
    kind = member.removesuffix("_id")
    if count:
        detail = f"There are {count} {kind}s {name!r}; name one by its UUID."
        return Issue(f"ambiguous_{member}", detail, f"/{member}")
    return Issue(f"unknown_{member}", f"There is no {kind} {name!r}.", f"/{member}")
