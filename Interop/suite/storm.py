"""Either agent of the feed killed at random moments under load, again and again, and the directory compared with the registry.

    Interop/storm KILLS [--seed N] [--people N]     fails, and says why, where somebody is missing, wrong or written twice
"""

import argparse
import random
import shutil
import sys
import threading
import time

from . import agents
from .agents import Failed

MECHANISMS = "subscription changelog snapshot".split()
KILLS_OF_A_PAIR, KILLS_BETWEEN_LOOKS = 30, 10
LONGEST_LIFE = 0.6  # seconds that an agent gets at most before it is killed


class Registry:
    """The people as they should be. Each round of changes touches some, adds some, removes some, and renames one."""
    def __init__(self, chosen, count):
        self.chosen, self.next = chosen, count
        self.people = {number: agents.person(number) for number in range(count)}
        self.versions = 0
        self.touched = set()

    def change(self):
        self.versions += 1
        for number in self.chosen.sample(sorted(self.people), 3):
            self.people[number] = {**self.people[number], "title": [f"version {self.versions}"]}
            self.touched.add(number)
        kind = self.chosen.randrange(4)
        if kind == 0:
            self.people[self.next] = agents.person(self.next)
            self.touched.add(self.next)
            self.next += 1
        elif kind == 1 and len(self.people) > 50:
            del self.people[self.chosen.choice(sorted(self.people))]
        elif kind == 2:
            number = self.chosen.choice(sorted(self.people))
            self.people[number] = {**self.people[number], "uid": [f"r{self.versions:07d}"]}
            self.touched.add(number)
        elif kind == 3:
            number = self.chosen.choice(sorted(self.people))
            self.people[number].pop("mail", None)
            self.touched.add(number)


class Load(threading.Thread):
    """Changes the registry for as long as the storm lasts."""
    def __init__(self, pair, registry):
        super().__init__()
        self.pair, self.registry = pair, registry
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            self.registry.change()
            self.pair.write(self.registry.people.values())
            time.sleep(0.02)

    def stop(self):
        self.stopping.set()
        self.join()


def stamps(pair):
    """{subject: (entryUUID, entryCSN)} of everybody served."""
    return {entry["eduPersonUniqueId"][0]: (entry["entryUUID"][0], entry["entryCSN"][0])
            for entry in pair.served(["eduPersonUniqueId", "entryUUID", "entryCSN"]).values()}


def compare(pair, registry, before):
    """Everybody is served as the registry has it; who was not touched was not written again; nobody has become another."""
    pair.wait_until_served(list(registry.people.values()), seconds=60)
    after = stamps(pair)
    for number in registry.people:
        subject = f"{number:08d}@example.edu"
        if subject not in before:
            continue
        if before[subject][0] != after[subject][0]:
            raise Failed(f"{subject} has another entryUUID than before")
        if number not in registry.touched and before[subject] != after[subject]:
            raise Failed(f"{subject} was written again without a change")
    registry.touched = set()
    return after


def alternate(pair, chosen, kills):
    """Kills one or the other, and starts it again: what comes first, `ready` or the end, is left to chance."""
    for _ in range(kills):
        victim = chosen.choice([pair.feed, pair.people])
        if chosen.random() < 0.3:
            time.sleep(chosen.random() * 0.05)
        else:
            time.sleep(chosen.random() * LONGEST_LIFE)
        victim.kill()
        victim.launch()


def weather(pair, registry, kills, say):
    """Kills, and looks every so often whether all is as it should be."""
    pair.write(registry.people.values())
    pair.start()
    pair.wait_until_served(list(registry.people.values()))
    before = stamps(pair)
    for begun in range(0, kills, KILLS_BETWEEN_LOOKS):
        load = Load(pair, registry)
        load.start()
        try:
            alternate(pair, registry.chosen, min(KILLS_BETWEEN_LOOKS, kills - begun))
        finally:
            load.stop()
        for each in (pair.feed, pair.people):
            each.wait_until_ready()
        before = compare(pair, registry, before)
        say(f"  {len(registry.people)} people after {registry.versions} changes: all as they should be")


def run(kills, seed, people=200, say=print):
    """The whole of it; raises Failed where something is not as it should be."""
    chosen = random.Random(seed)
    for number, begun in enumerate(range(0, kills, KILLS_OF_A_PAIR)):
        mechanism, some = MECHANISMS[number % len(MECHANISMS)], min(KILLS_OF_A_PAIR, kills - begun)
        say(f"kills {begun + 1} to {begun + some} of {kills}: {mechanism}")
        with agents.Agents(mechanism, name="storm") as pair:
            # Nobody is there to say that a removal is right.
            pair.identity_provider["brake"] = {"percent": 100, "people": 1_000_000}
            pair.feed.configuration["registry"]["maximumRemoved"] = 100
            try:
                weather(pair, Registry(chosen, people), some, say)
            except Failed:
                kept = pair.folder.with_name(pair.folder.name + "-failed")
                shutil.copytree(pair.folder, kept, ignore=shutil.ignore_patterns("*.socket"))
                say(f"what they left is kept in {kept}")
                raise


def main():
    parser = argparse.ArgumentParser(prog="Interop/storm", description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--people", type=int, default=200)
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.randrange(1 << 30)
    print(f"seed {seed}", flush=True)
    try:
        run(chosen.kills, seed, chosen.people, lambda text: print(text, flush=True))
    except Failed as problem:
        sys.exit(f"seed {seed}: {problem}")
    print("passed")


if __name__ == "__main__":
    main()
