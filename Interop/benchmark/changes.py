"""Change records for `peopled apply`."""


def record(person, title):
    """Gives a person another title."""
    return (f"dn: uid=u{person:07d},ou=People,dc=example,dc=edu\nchangetype: modify\n"
            f"replace: title\ntitle: {title}\n-\n")
