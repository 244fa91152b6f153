"""The kinds of difference from slapd that are right, each with the clause that says so (Interop/README.md lists them)."""


def explain(operation, ours, theirs, made):
    """The kind of a difference, or None where nothing explains it."""
    for kind, applies in KINDS.items():
        if applies(operation, ours, theirs, made):
            return kind
    return None


KINDS = {}
