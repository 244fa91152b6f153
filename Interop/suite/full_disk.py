"""One agent of the feed on a file system of its own that is full, and then has room again. Run by test_feed_disk in a mount namespace:

    python3 -m suite.full_disk AGENT FOLDER      peopled or peoplefeed; FOLDER is where the file system is mounted
"""

import os
import shutil
import sys
import time

from . import agents
from .agents import Failed, person

LEFT = 512 * 1024  # octets


def people(count, **more):
    return [person(number, **more) for number in range(count)]


def fill(folder):
    """Takes all room but some; the file's path."""
    filler = f"{folder}/filler"
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - LEFT)
    return filler


def wait_for_complaint(pair, process):
    deadline = time.monotonic() + 30
    while not any(text in process.log_text() for text in ("No space left on the device", "there is no room for it")):
        if time.monotonic() > deadline:
            raise Failed(f"{process.name} does not say that the disk is full\n{pair.logs()}")
        time.sleep(0.05)


def check(pair, people):
    if wrong := pair.differences(people):
        raise Failed(f"a full disk shows:\n{wrong}")


def run(agent, folder):
    with agents.Agents("subscription", name="full-disk") as pair:
        small = pair.people if agent == "peopled" else pair.feed
        small.configuration["data"] = f"{folder}/data"
        before, after = people(50), people(50, title=["Dean"]) + people(900, title=["x" * 16_000])[50:]
        pair.write(before)
        pair.start()
        pair.wait_until_served(before)
        filler = fill(folder)
        pair.write(after)
        wait_for_complaint(pair, small)
        check(pair, before)
        # Killed and started on a full disk, it is what it was.
        small.kill()
        small.start()
        check(pair, before)
        os.remove(filler)
        pair.wait_until_served(after, seconds=60)


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except Failed as problem:
        sys.exit(str(problem))
