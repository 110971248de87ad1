"""Who acts, with which rights, for which organisations (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grant:
    """One right. `organisation` and `district` bound it; None means without that bound."""

    right: str
    organisation: str | None = None
    district: str | None = None


@dataclass(frozen=True)
class Actor:
    """A signed-in account, or SYSTEM.

    account  id of the account ("system" for jobs, "anonymous" for visitors)
    person   id of the person behind it, if the account is a person's own
    network, device  from where, as keyed digests that lead back to nothing (empty for jobs)
    """

    account: str
    name: str = ""
    person: str | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    roles: frozenset[str] = frozenset()
    everything: bool = False
    stepped_up: bool = False
    on_behalf_of: str | None = None
    network: str = ""
    device: str = ""

    @property
    def helping(self) -> bool:
        """Whether somebody acts in another person's name: `person` is that one, the account the helper's own."""
        return self.person is not None and self.on_behalf_of is not None

    def may(self, right: str, organisation: str | None = None) -> bool:
        """Whether the actor holds the right, for this organisation if one is named."""
        if self.everything:
            return True
        return any(g.right == right and (organisation is None or g.organisation in (None, organisation))
                   for g in self.grants)

    def may_unbound(self, right: str) -> bool:
        """Whether the actor holds the right for no organisation in particular: as the authority, not as a body."""
        return self.everything or any(g.right == right and g.organisation is None for g in self.grants)

    @property
    def organisations(self) -> frozenset[str]:
        """The organisations for which the actor holds any right."""
        return frozenset(g.organisation for g in self.grants if g.organisation)

    def organisations_for(self, right: str) -> frozenset[str]:
        """The organisations for which the actor holds this right."""
        return frozenset(g.organisation for g in self.grants if g.right == right and g.organisation)

    def districts_for(self, right: str) -> frozenset[str] | None:
        """The districts in which the actor holds this right; None means the whole city."""
        if self.everything:
            return None
        held = {g.district for g in self.grants if g.right == right}
        return None if None in held else frozenset(d for d in held if d)


SYSTEM = Actor("system", "系统", everything=True)
ANONYMOUS = Actor("anonymous")
