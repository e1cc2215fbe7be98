"""What changes from one policy to another, how much it matters, and what follows for people."""

from troth.policy.diff.compare import diff
from troth.policy.diff.model import Change, Consequences, Diff, Kind

__all__ = ["Change", "Consequences", "Diff", "Kind", "diff"]
