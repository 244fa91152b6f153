"""Change records for `peopled apply`: each batch gives so many people another title, and is recognised by it."""

import itertools


class Changes:
    def __init__(self, folder):
        self.folder = folder
        self.numbers = itertools.count(1)
        self.last = ""

    def write(self, people, count):
        """The path of the next batch; the first person it changes is always number 0, whose title is then `last`."""
        number = next(self.numbers)
        self.last = f"Batch {number:06d}"
        # A prime step, so that the same people come again only when all have had their turn.
        others = ((number * count + index) * 7919 % people.count or 1 for index in range(1, count))
        path = self.folder / f"changes-{number % 64}.ldif"
        path.write_text("\n".join(record(person, self.last) for person in (0, *others)))
        return path


def record(person, title):
    return (f"dn: uid=u{person:07d},ou=People,dc=example,dc=edu\nchangetype: modify\n"
            f"replace: title\ntitle: {title}\n-\n")
